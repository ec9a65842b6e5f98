"""The person who waits hears how far a forecast is, and when it will be done."""

import pytest

from experiments.pages import progress
from experiments.pages.shop_progress import ShopProgress


@pytest.fixture
def now(monkeypatch):
    """A clock that only the test moves, in seconds; a line is shown at every call."""
    time = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: time[0])
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.0)
    monkeypatch.setattr(progress, "SHARE_BETWEEN_LINES", 0.0)
    return time


def said(capsys):
    return capsys.readouterr().err.splitlines()


def test_the_time_left_follows_from_the_share_that_is_done(now, capsys):
    with ShopProgress() as tell:
        tell("network 1 of 4", 0.0)
        now[0] += 60
        tell("network 2 of 4", 0.25)
    assert said(capsys) == ["0%, network 1 of 4", "25%, 3:00 to go; network 2 of 4"]


def test_until_more_is_done_the_time_left_runs_down(now, capsys):
    with ShopProgress() as tell:
        tell("network 1 of 4", 0.0)
        for seconds in (60, 20, 20):
            now[0] += seconds
            tell("network 2 of 4", 0.25)
    assert [line.split()[1] for line in said(capsys)[1:]] == ["3:00", "2:40", "2:20"]


def test_compiling_does_not_count(now, capsys):
    with ShopProgress() as tell:
        for seconds in (0, 30):
            now[0] += seconds
            tell(f"compiling: {seconds} s", 0.0)
        tell("network 1 of 2", 0.0)
        now[0] += 20
        tell("network 2 of 2", 0.5)
    assert said(capsys)[-1] == "50%, 0:20 to go; network 2 of 2"


def test_what_was_done_by_an_earlier_command_does_not_count(now, capsys):
    with ShopProgress() as tell:
        tell("network 3 of 4", 0.5)
        now[0] += 10
        tell("network 4 of 4", 0.75)
    assert said(capsys)[-1] == "75%, 0:10 to go; network 4 of 4"


def test_at_the_end_nothing_is_left(now, capsys):
    with ShopProgress() as tell:
        tell("backtest", 1.0)
    assert said(capsys) == ["100%, backtest"]


def test_news_without_a_share_is_a_line(now, capsys):
    with ShopProgress() as tell:
        tell("a worker was killed", None)
    assert said(capsys) == ["a worker was killed"]
