"""What is measured, and that a ratio is taken within a round."""

import numpy as np
import pytest

from experiments.bench import measure as module
from experiments.bench.measure import QUICK, Case, measure


def case(**seconds):
    """A training step of two units, one window, in the given seconds."""
    arrays = {name: np.array(values) for name, values in seconds.items()}
    return Case("train", 2, 64, 1, arrays, others=0.0)


def test_every_contender_is_timed_at_every_task_size_and_batch(data, with_stand_ins, monkeypatch):
    monkeypatch.setattr(module, "sgemm_peak", lambda sizes, with_torch: 100.0)
    news = []
    done = measure(*data, [3, 2], [4, 5], 1, QUICK, epoch_windows=70, news=news.append)
    cases = {(c.task, c.units, c.batch, c.windows): tuple(c.seconds) for c in done.cases}
    everyone = ("numba", "numpy", "torch", "keras")
    steps = (("train", 4), ("train", 5), ("predict", 1), ("predict", 1024))
    assert cases == {
        **{(task, units, n, n): everyone for units in (3, 2) for task, n in steps},
        **{("epoch", units, 64, 70): ("numba",) for units in (3, 2)},
    }
    assert (done.threads, done.peak_gflops) == (1, 100.0)
    assert "3 units: same loss curve to 0.0001 over 5 steps" in news[0]


def test_a_ratio_is_how_many_times_as_fast_in_the_same_round():
    # A machine that is ten times as slow in one round changes the times, not the ratios.
    slowness = np.array([1, 10, 1, 1])
    assert case(numba=0.001 * slowness, torch=0.003 * slowness).ratio(
        "numba", "torch"
    ) == pytest.approx((3, 3, 3))


def test_there_is_no_ratio_to_a_peer_that_is_not_there():
    assert np.isnan(case(numba=[0.001]).ratio("numba", "keras")).all()


def test_times_are_milliseconds_and_speed_follows_from_them(monkeypatch):
    monkeypatch.setattr(module, "work", lambda task, windows, units: 4_000_000)
    timed = case(numba=[0.001, 0.002, 0.003])
    assert timed.milliseconds("numba") == pytest.approx((1.5, 2, 2.5))
    assert timed.gflops("numba") == pytest.approx(2)
