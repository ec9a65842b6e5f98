"""A command that ends while its libraries are loaded, for lack of memory or by Ctrl-C."""

import subprocess
import sys

import pytest

from experiments import end_with_a_sentence, is_interrupt, is_scarce
from experiments.limits import allowed

resource = pytest.importorskip("resource")


@pytest.mark.parametrize("megabytes", [100, 150, 500])
def test_too_little_memory_for_the_libraries_is_one_sentence_and_status_1(megabytes):
    if sys.platform != "linux":
        pytest.skip("limits memory as Linux does")

    def limit():
        resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 2**20,) * 2)
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20,) * 2)

    command = [sys.executable, "-m", "experiments.report", "nowhere"]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=limit, timeout=600)
    assert "Traceback" not in done.stderr
    assert done.returncode in (1, 2)
    assert done.stderr.strip()


@pytest.mark.parametrize("module", ["tinylstm.size", "experiments.report"])
@pytest.mark.parametrize(
    ("limit", "told"),
    [
        (("RLIMIT_DATA", 150), "ulimit -d allows 150"),
        (("RLIMIT_AS", 300), "ulimit -v allows 300"),  # with 400 it waited for ever
    ],
    ids=["data", "address space"],
)
def test_too_little_room_is_one_sentence_with_the_number_and_not_a_wait_for_ever(
    module, limit, told
):
    if sys.platform != "linux":
        pytest.skip("limits memory as Linux does")
    name, megabytes = limit

    def set_limit():
        resource.setrlimit(getattr(resource, name), (megabytes * 2**20,) * 2)

    command = [sys.executable, "-m", module]
    done = subprocess.run(
        command, capture_output=True, text=True, preexec_fn=set_limit, timeout=600
    )
    assert done.returncode == 1
    assert done.stderr.startswith("not enough memory")
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_interrupt_while_libraries_are_loaded_is_one_word_and_status_130(capsys, monkeypatch):
    statuses = []
    monkeypatch.setattr("os._exit", statuses.append)
    error = ImportError("NumPy cannot be imported")
    error.__context__ = KeyboardInterrupt()
    end_with_a_sentence(ImportError, error, None)
    assert (statuses, capsys.readouterr().err) == ([130], "interrupted\n")


def test_the_limits_that_are_set_are_named_with_their_numbers(monkeypatch):
    set_here = {resource.RLIMIT_DATA: 190 * 2**20, resource.RLIMIT_NOFILE: 16}
    unset = resource.RLIM_INFINITY
    monkeypatch.setattr(resource, "getrlimit", lambda limit: (set_here.get(limit, unset), unset))
    assert allowed("-d", "-v", "-n") == " (ulimit -d allows 190 MB, ulimit -n allows 16)"
    assert allowed("-v") == ""


def test_an_error_of_the_interpreter_is_a_lack_of_memory_where_memory_is_limited(monkeypatch):
    error = SystemError("initialization of _umath raised unreported exception")
    limits = {resource.RLIMIT_AS: resource.RLIM_INFINITY, resource.RLIMIT_DATA: 2**30}
    monkeypatch.setattr(resource, "getrlimit", lambda limit: (limits[limit], -1))
    assert is_scarce(error)
    limits[resource.RLIMIT_DATA] = resource.RLIM_INFINITY
    assert not is_scarce(error)


def test_an_error_in_answer_to_an_interrupt_is_no_interrupt():
    error = AttributeError("a fault of the program")
    error.__context__ = KeyboardInterrupt()
    assert not is_interrupt(error)


def test_a_cause_behind_an_error_is_found_and_another_error_is_none():
    error = ImportError("cannot find the library")
    error.__context__ = OSError("libx.so: failed to map segment from shared object")
    assert is_scarce(error)
    assert not is_scarce(ImportError("no module named x"))
