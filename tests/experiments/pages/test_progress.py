"""How far a run is: a bar on a terminal, plain lines elsewhere; and when it will be done."""

import dataclasses
import io
import sys
from contextlib import redirect_stderr

import pytest

from experiments.pages import progress
from experiments.pages.progress import Pace, Progress, clock, time_to_run
from experiments.training.milestones import Milestone
from experiments.training.record import Job
from tests.records import PAPER

JOB = Job("sales.csv", "0" * 64, "stores", PAPER, units=1, seed=0, stamp="1")
OTHER = dataclasses.replace(JOB, seed=1)
N_TRAIN = 483_000  # so that the job is thought to take a minute


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    """Time that passes when told to."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now


@pytest.fixture
def time(monkeypatch):
    passing = Clock()
    monkeypatch.setattr(progress, "time", passing)
    return passing


def test_jobs_share_the_workers_and_the_longest_has_one_for_itself():
    assert time_to_run([4.0, 4.0, 4.0, 4.0], 2) == 8.0
    assert time_to_run([1.0, 1.0, 10.0], 2) == 10.0
    assert time_to_run([], 2) == 0.0


def test_the_end_is_estimated_first_and_then_learnt_from_what_is_done(time):
    pace = Pace({JOB: 60.0, OTHER: 60.0}, workers=1)
    pace.learn()
    assert pace.end - time.now == pytest.approx(120)
    time.now += 180  # three times as long as estimated
    pace.reached(JOB, 1.0)
    pace.learn()
    assert pace.share == 0.5
    assert 2.3 * 60 < pace.end - time.now < 3 * 60  # the estimate counts a little still


def test_what_an_earlier_run_did_says_nothing_of_how_fast_this_one_is(time):
    pace = Pace({JOB: 60.0, OTHER: 60.0}, workers=1)
    pace.reached(JOB, 1.0)
    pace.learn()
    assert pace.end - time.now == pytest.approx(60)


def test_a_terminal_has_a_bar_with_the_share_done_the_time_left_and_the_news():
    pytest.importorskip("tqdm")
    with redirect_stderr(Terminal()) as terminal, Progress([JOB], N_TRAIN, workers=1) as shown:
        shown.stage("compiling: 3 s")
        assert "compiling: 3 s" in terminal.getvalue()
        shown.going([Milestone(JOB, PAPER.epochs // 2, 13.4)])
        *_, last = terminal.getvalue().split("\r")
        assert last.startswith(" 50% |")
        assert "0:30 to go; paper, dropout 0.2, 1 unit, seed 0: MAPE 13.4%" in last
        shown.say("a row")
    assert "\ra row\n" in terminal.getvalue().replace(" ", "").replace("arow", "a row")


@pytest.mark.parametrize("missing", ["terminal", "tqdm"])
def test_without_a_terminal_or_tqdm_there_are_only_lines(missing, monkeypatch, capsys):
    if missing == "tqdm":
        monkeypatch.setitem(sys.modules, "tqdm", None)
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with Progress([JOB], N_TRAIN, workers=1) as shown:
        shown.going([Milestone(JOB, PAPER.epochs // 2, 13.4)])
        shown.say("a row")
    first, second = capsys.readouterr().err.splitlines()
    assert first == "50%, 0:30 to go; paper, dropout 0.2, 1 unit, seed 0: MAPE 13.4% (epoch 15)"
    assert second == "a row"


def test_lines_come_every_ten_seconds_and_less_often_in_a_long_run(time, capsys):
    with Progress([JOB], N_TRAIN, workers=1) as shown:
        for _ in range(21):
            shown.stage("compiling")
            time.now += 1
        assert capsys.readouterr().err.count("compiling") == 3  # at 0, 10 and 20
        time.now += 3600
        for _ in range(200):
            shown.stage("compiling")
            time.now += 1
        assert capsys.readouterr().err.count("compiling") == 2


def test_time_is_told_as_on_a_clock():
    assert [clock(seconds) for seconds in (-3, 9.4, 75, 3 * 3600 + 62)] == [
        *("0:00", "0:09", "1:15"),
        "3 h 01 min",
    ]
