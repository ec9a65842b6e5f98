"""The --help of every command explains its options, and its example can be copied."""

import importlib
import shlex

import pytest

from tinylstm.commandline import Parser

COMMANDS = [
    *("experiments.benchmark", "experiments.compress", "experiments.forecast"),
    *("experiments.held_out", "experiments.simulated_shops"),
    *("experiments.playground", "experiments.report", "experiments.scaling"),
    *("experiments.study", "experiments.sweep", "experiments.trace", "experiments.tune"),
    *("tinylstm.export", "tinylstm.gradcheck", "tinylstm.size"),
]


class Stopped(BaseException):
    """In place of a command's work."""


@pytest.fixture(params=COMMANDS)
def parser(request, monkeypatch):
    """The parser of a command, which goes no further than to it."""
    built = []

    def stop(parser, arguments=None):
        built.append(parser)
        raise Stopped

    command = importlib.import_module(request.param)
    monkeypatch.setattr(Parser, "parse_args", stop)
    with pytest.raises(Stopped):
        command.main([])
    monkeypatch.undo()
    return built[0]


def test_every_option_is_explained_and_its_default_said(parser):
    for action in parser._actions:
        assert action.help, action.dest
        takes_a_value = action.nargs != 0 and not action.required
        assert not takes_a_value or "default: " in action.help or action.dest == "bug", action.dest


def test_the_description_fits_any_terminal(parser):
    description, _, _ = parser.format_help().partition("options:")
    assert max(map(len, description.splitlines())) <= 80


def test_the_example_stands_on_one_line_and_its_arguments_are_taken(parser):
    line = parser.format_help().splitlines()[-1]
    assert line.startswith(f"  {parser.prog} ")
    parser.parse_args(shlex.split(line)[3:])
