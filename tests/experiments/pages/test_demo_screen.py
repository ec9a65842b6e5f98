"""Where the demonstration is shown: which terminals get pictures, with which colours."""

from types import SimpleNamespace

import pytest

from experiments.pages import demo_screen
from experiments.pages.demo_screen import HIDE_CURSOR, HOME, SHOW_CURSOR, Lines, can_draw, stage


class Terminal:
    """In the place of standard output."""

    encoding = "utf-8"
    is_terminal = True

    def isatty(self):
        return self.is_terminal


@pytest.fixture
def terminal(monkeypatch):
    """A terminal of 80 x 24 that shows everything."""
    for name, value in {"COLUMNS": "80", "LINES": "24", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal()
    monkeypatch.setattr(demo_screen, "sys", SimpleNamespace(stdout=terminal))
    return terminal


def test_a_terminal_of_80_by_24_gets_pictures(terminal):
    assert can_draw()


@pytest.mark.parametrize("variable", [("COLUMNS", "79"), ("LINES", "23"), ("TERM", "dumb")])
def test_a_terminal_that_is_too_small_or_knows_no_escapes_gets_none(
    terminal, variable, monkeypatch
):
    monkeypatch.setenv(*variable)
    assert not can_draw()


def test_neither_a_pipe_nor_a_terminal_without_blocks_gets_pictures(terminal):
    terminal.encoding = "cp1252"
    assert not can_draw()
    terminal.encoding, terminal.is_terminal = "utf-8", False
    assert not can_draw()


def test_where_no_picture_can_be_drawn_there_are_lines():
    with stage(seconds=60, pauses=True) as shown:
        assert isinstance(shown, Lines)


@pytest.mark.parametrize(("variable", "is_coloured"), [("", True), ("1", False)])
def test_no_color_leaves_out_the_colours_and_the_cursor_comes_back(
    variable, is_coloured, monkeypatch, capsys
):
    monkeypatch.setattr(demo_screen, "can_draw", lambda: True)
    monkeypatch.setenv("NO_COLOR", variable)
    with stage(seconds=0, pauses=False) as shown:
        shown.begin(1.0, 1)
        shown.check([], None, ())
    text = capsys.readouterr().out
    assert text.startswith(HIDE_CURSOR)
    assert HOME in text
    assert text.endswith(SHOW_CURSOR)
    assert ("\x1b[1m" in text) == is_coloured
