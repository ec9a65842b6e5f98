"""Means and intervals over seeds, against published tables."""

import math

import pytest

from experiments.statistics import spread, t_distribution, t_quantile


@pytest.mark.parametrize(
    ("freedom", "t"), [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (9, 2.262), (30, 2.042)]
)
def test_quantiles_are_those_of_the_printed_tables(freedom, t):
    assert t_quantile(0.975, freedom) == pytest.approx(t, abs=5e-4)


def test_many_degrees_of_freedom_approach_the_normal_distribution():
    assert t_quantile(0.975, 10_000) == pytest.approx(1.960, abs=1e-3)


@pytest.mark.parametrize("freedom", [1, 2, 3, 8])
def test_the_distribution_is_symmetric_about_zero(freedom):
    assert t_distribution(0, freedom) == 0.5
    assert t_distribution(-1.3, freedom) == pytest.approx(1 - t_distribution(1.3, freedom))


def test_a_spread_by_hand():
    """1, 2, 3: mean 2, standard deviation 1, interval 2 ± 4.303 / sqrt(3)."""
    half = 4.302653 / math.sqrt(3)
    assert spread([1, 2, 3]) == pytest.approx((2, 1, 2 - half, 2 + half))


def test_one_measurement_has_a_mean_and_no_interval():
    mean, *rest = spread([5.0])
    assert mean == 5
    assert all(math.isnan(value) for value in rest)
