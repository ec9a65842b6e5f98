"""Stand-ins for machines: one without frameworks, and one with a clock of our own."""

import sys

import pytest

from experiments.bench import contenders, stopwatch
from experiments.bench.contenders import NumPy
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


@pytest.fixture
def with_stand_ins(monkeypatch):
    """PyTorch and Keras are here: the two are NumPy in disguise."""

    class Peer(NumPy):
        """A stand-in for a framework."""

    for package in ("torch", "keras", "tensorflow"):
        monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setattr(contenders, "PEERS", {"torch": {"torch": Peer}, "keras": {"keras": Peer}})
    monkeypatch.setattr(contenders, "installed", lambda peer: True)


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
    monkeypatch.setattr(stopwatch, "others_seconds", lambda: 0.0)
    return clock
