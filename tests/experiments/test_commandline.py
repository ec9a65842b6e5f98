"""Arguments, and sentences on files that cannot be written."""

import argparse
import errno

import pytest

from experiments import commandline, study, sweep, tune
from experiments.commandline import (
    Ending,
    add_run_arguments,
    allowed_workers,
    natural,
    run_guarded,
    share,
)
from experiments.training.interrupts import Interrupted


@pytest.mark.parametrize(("read", "texts"), [(natural, ["1", "12"]), (share, ["0", "0.5"])])
def test_numbers_within_the_bounds_are_read(read, texts):
    assert [read(text) for text in texts] == [float(text) for text in texts]


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", ""])
def test_what_is_no_natural_number_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match="is not a whole number of at least 1"):
        natural(text)


@pytest.mark.parametrize("text", ["1", "-0.1", "nan", "half"])
def test_what_is_no_share_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match="is not a number from 0 to below 1"):
        share(text)


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
        (OSError(errno.EMFILE, "Too many open files", "x"), "too many open files; allow more"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "not enough memory; allow more"),
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


def parsed(*arguments):
    parser = argparse.ArgumentParser()
    add_run_arguments(parser, "runs/here", sales="simulated sales")
    return parser.parse_args(arguments)


@pytest.mark.parametrize(
    ("arguments", "started", "said"),
    [
        ([], 2, ""),
        (["--workers", "99"], 2, "--workers 99 on 2 cores: 2 workers; see --over"),
        (["--workers", "99", "--oversubscribe"], 15, ""),
        (["--workers", "1"], 1, ""),
    ],
)
def test_there_are_no_more_workers_than_cores_unless_that_is_asked_for(
    monkeypatch, capsys, arguments, started, said
):
    monkeypatch.setattr(commandline, "get_num_threads", lambda: 2)
    assert allowed_workers(parsed(*arguments), n_jobs=15) == started
    assert capsys.readouterr().err.startswith(said)


HUGE = "9" * 20


@pytest.mark.parametrize("command", [sweep, study, tune])
@pytest.mark.parametrize("option", ["--units", "--seeds", "--workers", "--windows-per-epoch"])
def test_a_number_beyond_all_sense_is_refused_before_any_work(command, option, capsys):
    if option not in options_of(command, capsys):
        return
    with pytest.raises(SystemExit, match="2"):
        command.parse(["--data", "sales.csv", option, HUGE])
    said = capsys.readouterr().err
    assert f"argument {option}: '{HUGE}' is more than 1" in said
    assert said.count("\n") == 1


def options_of(command, capsys):
    with pytest.raises(SystemExit, match="0"):
        command.parse(["--help"])
    return capsys.readouterr().out


def test_a_long_argument_is_not_repeated_whole():
    with pytest.raises(argparse.ArgumentTypeError, match=r"'9{40}'… is more than"):
        natural("9" * 4000)
