"""Stand-ins for machines: one without frameworks and processes, and one with a clock of our own."""

import pytest

from experiments.bench import stopwatch
from experiments.bench.processes import Host
from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from tinylstm import LSTMRegressor


@pytest.fixture(scope="package")
def data():
    """Windows of real shape and their targets."""
    study = build_study(simulate_panel(stores=2, items=2, days=120))
    return study.windows, study.y


@pytest.fixture(scope="package")
def weights():
    return LSTMRegressor(7, 4, seed=0).params


class Here:
    """A contender in this process, where a Child has one of its own."""

    begun = ()  # those of a test

    def __init__(self, name, contender, threads, environment):
        self.name, self.host, self.is_ended = name, Host(contender, threads), False
        self.version, self.tasks = self.host.describe()
        Here.begun = (*Here.begun, self)

    def call(self, method, *args):
        assert not self.is_ended
        return getattr(self.host, method)(*args)

    def end(self):
        self.is_ended = True


@pytest.fixture
def here(monkeypatch):
    monkeypatch.setattr(Here, "begun", ())
    return Here


class Clock:
    """A clock that only stands or is moved."""

    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    """The clock by which everything is timed, on a machine where no other program runs."""
    clock = Clock()
    monkeypatch.setattr(stopwatch, "time", clock)
    monkeypatch.setattr(stopwatch, "machine_seconds", lambda: 0.0)
    return clock
