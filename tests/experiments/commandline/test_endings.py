"""How a command ends that meets an error, or a limit of the system."""

import errno

import pytest

from experiments.commandline.endings import Ending, run_guarded
from tinylstm.interrupts import Interrupted


class TroubleError(ValueError):
    pass


def ends(error, out, capsys, **options):
    """The exit status of a command that meets an error, and what it says."""

    def work():
        raise error

    endings = {TroubleError: Ending(1, "try again")}
    return run_guarded(work, out, endings, **options), capsys.readouterr().err


def test_an_error_that_is_known_is_one_sentence_with_its_cure_and_its_status(tmp_path, capsys):
    assert ends(TroubleError("no luck"), tmp_path, capsys) == (1, "no luck; try again\n")


def test_an_interrupt_says_what_is_kept_and_has_the_status_of_its_signal(tmp_path, capsys):
    kept = {"interrupted": "all is kept"}
    assert ends(KeyboardInterrupt(), tmp_path, capsys, **kept) == (
        130,
        "interrupted; all is kept\n",
    )
    assert ends(Interrupted(15), tmp_path, capsys) == (143, "interrupted\n")


def test_a_file_that_cannot_be_written_is_status_2_and_a_closed_terminal_no_matter_of_ours(
    tmp_path, capsys
):
    denied = PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "a"))
    status, said = ends(denied, tmp_path, capsys)
    assert (status, said.startswith(f"cannot write {tmp_path / 'a'}: ")) == (2, True)
    with pytest.raises(BrokenPipeError):
        ends(BrokenPipeError(), tmp_path, capsys)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            OSError(errno.EMFILE, "Too many open files", "x"),
            "too many open files (ulimit -n allows",
        ),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "not enough memory"),
        (BlockingIOError(errno.EAGAIN, "unavailable"), "no more processes or threads may be"),
        (RuntimeError("can't start new thread"), "no more processes or threads may be"),
    ],
)
def test_a_limit_of_the_system_is_status_1_and_not_blamed_on_the_folder(
    tmp_path, capsys, error, told
):
    status, said = ends(error, tmp_path, capsys)
    assert (status, said.count("\n")) == (1, 1)
    assert said.startswith(told)
    assert "--out" not in said


def test_an_error_of_the_program_is_not_hidden(tmp_path, capsys):
    with pytest.raises(RuntimeError, match="a bug"):
        ends(RuntimeError("a bug"), tmp_path, capsys)
