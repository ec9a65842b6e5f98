"""What is measured, and that a ratio is taken within a round."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.bench import measure as module
from experiments.bench.contenders import DifferentWorkError, NumPy
from experiments.bench.libraries import PEERS
from experiments.bench.measure import QUICK, Case, Plan, Setting, measure

PLAN = Plan([], ["native"], [1], [3, 2], [4, 5], [3, 1], [1], 0, QUICK)


def case(**seconds):
    """A training step of two units, one window, in the given seconds."""
    arrays = {name: np.array(values) for name, values in seconds.items()}
    return Case(Setting("native", 1), "train", 2, 64, 1, arrays, others=0.0)


def test_every_contender_is_timed_at_every_task_size_and_setting(data, here, monkeypatch):
    class Forecaster(NumPy):
        """Only predicts, as onnxruntime."""

        tasks = ("predict",)

    monkeypatch.setitem(PEERS, "torch", {"torch": NumPy})
    monkeypatch.setitem(PEERS, "onnxruntime", {"onnxruntime": Forecaster})
    plan = replace(PLAN, peers=["numpy", "torch", "onnxruntime"], threads=[1, 2], epoch_windows=70)
    news = []
    done = measure(*data, plan, news.append, here)
    cases = {
        (c.setting.threads, c.task, c.units, c.batch, c.windows): tuple(c.seconds)
        for c in done.cases
    }
    trained = "numba", "numpy", "torch"
    expected = {}
    for threads in (1, 2):
        for units in (3, 2):
            steps = {(threads, "train", units, n, n): trained for n in (4, 5)}
            expected |= steps | {(threads, "epoch", units, 64, 70): ("numba",)}
    assert cases == expected | {(1, "predict", n, 1, 1): (*trained, "onnxruntime") for n in (3, 1)}
    assert set(done.peaks) == {Setting("native", 1), Setting("native", 2)}
    assert "native, 1 thread, 3 units: same loss curve to 0.0001 over 5 steps" in news[0]
    assert len(here.begun) == 8
    assert all(child.is_ended for child in here.begun)


def test_nothing_is_timed_of_different_work_and_all_processes_end(data, here, monkeypatch):
    class Liar(NumPy):
        """Forecasts a little more."""

        def predict(self, x):
            return super().predict(x) + 1

    monkeypatch.setitem(PEERS, "torch", {"torch": Liar})
    monkeypatch.setattr(module, "time_task", None)
    with pytest.raises(DifferentWorkError, match="torch does different work"):
        measure(*data, replace(PLAN, peers=["torch"]), print, here)
    assert [child.is_ended for child in here.begun] == [True, True]


def test_a_ratio_is_how_many_times_as_fast_in_the_same_round():
    # A machine that is ten times as slow in one round changes the times, not the ratios.
    slowness = np.array([1, 10, 1, 1])
    timed = case(numba=0.001 * slowness, torch=0.003 * slowness)
    assert timed.ratio("numba", "torch") == pytest.approx((3, 3, 3))


def test_there_is_no_ratio_to_a_peer_that_is_not_there():
    assert np.isnan(case(numba=[0.001]).ratio("numba", "keras")).all()


def test_times_are_milliseconds_and_speed_follows_from_them(monkeypatch):
    monkeypatch.setattr(module, "work", lambda task, windows, units: 4_000_000)
    timed = case(numba=[0.001, 0.002, 0.003])
    assert timed.milliseconds("numba") == pytest.approx((1, 2, 3))
    assert timed.gflops("numba") == pytest.approx(2)
