"""Arguments that are read, refused or cut to the machine."""

import argparse

import pytest

from experiments import study, sweep, tune
from experiments.commandline import arguments as commandline
from experiments.commandline.arguments import add_run_arguments, allowed_workers, natural, share


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


def test_a_machine_of_more_cores_than_the_system_allows_workers_has_as_many_as_it_allows(
    monkeypatch,
):
    monkeypatch.setattr(commandline, "get_num_threads", lambda: 96)
    monkeypatch.setattr(commandline, "MOST_WORKERS", 61)  # as on Windows
    assert allowed_workers(parsed(), n_jobs=500) == 61


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
