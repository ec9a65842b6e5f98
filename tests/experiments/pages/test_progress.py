"""How far a run is: a bar on a terminal, plain lines elsewhere."""

import io
import sys
from contextlib import redirect_stderr

import pytest

from experiments.pages import progress
from experiments.pages.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_has_a_bar_with_the_share_done_and_the_time_left():
    pytest.importorskip("tqdm")
    with redirect_stderr(Terminal()) as terminal, Progress(200.0) as shown:
        shown.stage("compiling: 3 s")
        assert "compiling: 3 s" in terminal.getvalue()
        shown.advance(100.0)
        shown._bar.refresh()
        assert " 50%|" in terminal.getvalue()
        assert "to go" in terminal.getvalue()


def test_lines_stand_above_the_bar_each_on_its_stream(capsys):
    pytest.importorskip("tqdm")
    with redirect_stderr(Terminal()) as terminal, Progress(1.0) as shown:
        shown.say("news")
        shown.show("a row")
    assert "news\n" in terminal.getvalue()
    assert capsys.readouterr().out == "a row\n"


@pytest.mark.parametrize("missing", ["terminal", "tqdm"])
def test_without_a_terminal_or_tqdm_there_are_only_lines(missing, monkeypatch, capsys):
    if missing == "tqdm":
        monkeypatch.setitem(sys.modules, "tqdm", None)
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with Progress(2.0) as shown:
        shown.advance(1.0)
        shown.say("news")
        shown.show("a row")
    assert capsys.readouterr() == ("a row\n", "news\n")


def test_a_stage_that_lasts_is_told_now_and_then(monkeypatch, capsys):
    clock = iter([0.0, 0.0, 1.0, 9.9, 10.0, 10.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with Progress(1.0) as shown:
        for second in (0, 1, 9, 10):
            shown.stage(f"compiling: {second} s")
    assert capsys.readouterr().err == "compiling: 0 s\ncompiling: 10 s\n"
