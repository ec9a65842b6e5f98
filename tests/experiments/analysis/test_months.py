"""Intervals over time: months drawn anew in blocks, for both forecasters the same."""

import numpy as np
import pytest

from experiments.analysis.months import month_blocks, rmse_by_months
from experiments.references.monthly import Monthly


def monthly(squared_error):
    """Sums of a hundred days a month."""
    n = len(squared_error)
    names = tuple(f"{2000 + k // 12}-{k % 12 + 1:02}" for k in range(n))
    squares = tuple(map(float, squared_error))
    return Monthly(names, (100,) * n, (100,) * n, (0.0,) * n, squares, (1.0,) * n, (0.0,) * n)


def test_a_change_is_that_of_the_errors_over_all_months():
    one, other = monthly([400.0] * 12), monthly([100.0] * 12)
    found = rmse_by_months([one], [other])
    assert (found.mean, found.low, found.high) == pytest.approx((100, 100, 100))


def test_the_errors_of_several_networks_are_averaged_first():
    two = [monthly([100.0] * 12), monthly([300.0] * 12)]
    other = monthly([100.0] * 12)
    assert rmse_by_months(two, [other]).mean == pytest.approx(100 * (2**0.5 - 1))


def test_what_both_find_hard_does_not_widen_the_interval():
    hard = np.random.default_rng(0).uniform(100, 1000, 60)
    found = rmse_by_months([monthly(hard * 1.21)], [monthly(hard)])
    assert (found.low, found.high) == pytest.approx((10, 10))


def test_an_interval_of_months_without_memory_is_that_of_the_normal_distribution():
    """Squares of 60 months, of deviation 2 about 100: the root has half of that, in percent."""
    values = np.random.default_rng(1).standard_normal(60)
    values = 100 + 2 * (values - values.mean()) / values.std()
    found = rmse_by_months([monthly(values)], [monthly([100.0] * 60)])
    half = 1.96 * 1 / 60**0.5
    assert (found.low, found.high) == pytest.approx((-half, half), abs=0.08)


def test_months_that_are_alike_for_a_season_widen_the_interval():
    """Six months high and six low: blocks of four keep most of what they have in common."""
    seasons = np.where(np.arange(60) % 12 < 6, 98.0, 102.0)
    shuffled = np.random.default_rng(0).permutation(seasons)
    other = monthly([100.0] * 60)
    found, apart = (rmse_by_months([monthly(values)], [other]) for values in (seasons, shuffled))
    assert found.high - found.low > 1.3 * (apart.high - apart.low)


def test_every_month_is_drawn_as_often_as_any_other():
    drawn = month_blocks(59, np.random.default_rng(0))
    assert drawn.shape == (10_000, 59)
    assert np.bincount(drawn.ravel()) == pytest.approx(np.full(59, 10_000), rel=0.05)
    assert np.all((np.diff(drawn[:, :4], axis=1) % 59) == 1)  # a block of four goes together


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (monthly([1.0] * 11), monthly([1.0] * 11)),  # less than a year
        (monthly([1.0] * 24), monthly([1.0] * 12)),  # other days
        (monthly([1.0] * 12), monthly([0.0] * 12)),  # nothing to compare with
    ],
    ids=["short", "other days", "no error"],
)
def test_without_a_year_of_the_same_months_there_is_no_interval(one, other):
    assert rmse_by_months([one], [other]) is None
