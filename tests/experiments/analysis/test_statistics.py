"""Means and intervals over seeds, against published tables."""

import math

import numpy as np
import pytest

from experiments.analysis.statistics import (
    Difference,
    bootstrap,
    compare,
    spread,
    t_distribution,
    t_quantile,
)


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


def test_a_paired_comparison_by_hand():
    """Differences 1, 2, 3: t = 2 / (1 / sqrt(3)) with 2 degrees of freedom."""
    result = compare([2, 4, 6], [1, 2, 3])
    assert result.t == pytest.approx(2 * math.sqrt(3))
    assert result.p == pytest.approx(0.07418, abs=5e-6)
    assert (result.mean, result.verdict) == (2, Difference.NONE)


def test_what_was_found_follows_from_the_numbers():
    assert compare([5.0, 5.1, 5.0], [1.0, 1.0, 1.1]).verdict == Difference.WORSE
    assert compare([1.0, 1.0, 1.1], [5.0, 5.1, 5.0]).verdict == Difference.BETTER
    assert compare([1.0, 1.2], [1.1, 1.0]).verdict == Difference.NONE


def test_the_order_of_the_comparison_turns_its_sign():
    a, b = [1.0, 2.5, 2.0], [2.0, 2.0, 4.0]
    there, back = compare(a, b), compare(b, a)
    assert (there.mean, there.t, there.low) == (-back.mean, -back.t, -back.high)
    assert there.p == back.p


def test_a_single_pair_finds_no_difference():
    assert compare([1.0], [9.0]).verdict == Difference.NONE


@pytest.mark.parametrize(("b", "verdict"), [(1.0, Difference.NONE), (2.0, Difference.BETTER)])
def test_differences_without_any_spread_are_certain(b, verdict):
    assert compare([1.0, 1.0], [b, b]).verdict == verdict


def test_a_bootstrap_of_many_values_has_the_interval_of_the_normal_distribution():
    """400 values with mean 10 and deviation 2: 10 ± 1.96 * 2 / sqrt(400)."""
    values = np.random.default_rng(1).standard_normal(400)
    values = 10 + 2 * (values - values.mean()) / values.std()
    found = bootstrap(values, np.random.default_rng(0))
    assert found.mean == pytest.approx(10)
    assert found.std == pytest.approx(0.1, rel=0.03)  # of the mean
    assert (found.low, found.high) == pytest.approx((10 - 0.196, 10 + 0.196), abs=0.01)


def test_a_bootstrap_follows_a_lopsided_distribution():
    """Nine zeros and a ten: the mean is Binomial(10, 0.1), above 3 in 1.3% of the cases."""
    found = bootstrap([0] * 9 + [10], np.random.default_rng(0))
    assert (found.mean, found.low, found.high) == (1, 0, 3)


def test_equal_values_have_no_interval_and_neither_has_one_value():
    for values in ([3.0, 3.0, 3.0], [3.0]):
        assert bootstrap(values, np.random.default_rng(0)) == (3, 0, 3, 3)


def test_equal_streams_give_equal_intervals():
    values = [1.0, 2.0, 4.0, 8.0]
    one, same, other = (bootstrap(values, np.random.default_rng(seed), 50) for seed in (0, 0, 1))
    assert one == same
    assert one.std != other.std
