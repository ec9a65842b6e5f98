"""Means, shares and their intervals, against published tables and simulation."""

import math

import numpy as np
import pytest

from experiments.analysis.statistics import (
    at_least,
    detectable,
    holm,
    rank_sum_test,
    share,
    sign_test,
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


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(0, 10, 0, 0.3085), (3, 10, 0.0667, 0.6525), (5, 20, 0.0866, 0.4910), (20, 20, 0.8316, 1)],
)
def test_the_interval_of_a_share_is_that_of_the_printed_tables(count, n, low, high):
    found = share(count, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("p", [0.05, 0.3, 0.5])
def test_the_interval_of_a_share_holds_its_probability_in_19_of_20_cases(p):
    """Exact: the chance of each count of 12, summed over those whose interval holds p."""
    chances = [at_least(k, 12, p) - at_least(k + 1, 12, p) for k in range(13)]
    intervals = [share(k, 12) for k in range(13)]
    held = sum(c for c, each in zip(chances, intervals, strict=True) if each.low <= p <= each.high)
    assert 0.95 <= held < 1


def test_a_sign_test_by_hand():
    """Eight of ten above, two below: 2 (45 + 10 + 1) / 1024."""
    assert sign_test([1.0] * 8 + [-9.0] * 2 + [0.0]) == pytest.approx(2 * 56 / 1024)
    assert sign_test([0.0, 0.0]) == 1


def test_holms_correction_by_hand():
    """The smallest of three times 3, the next times 2, and none below the one before it."""
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


@pytest.mark.parametrize("freedom", [2, 9])
def test_a_detectable_difference_is_found_in_80_percent_of_cases(freedom):
    n = freedom + 1
    rng = np.random.default_rng(0)
    draws = rng.standard_normal((200_000, n)) + detectable(freedom) / math.sqrt(n)
    t = draws.mean(axis=1) / (draws.std(axis=1, ddof=1) / math.sqrt(n))
    assert np.mean(np.abs(t) > t_quantile(0.975, freedom)) == pytest.approx(0.8, abs=0.003)


def test_a_rank_sum_is_as_rare_as_a_count_of_all_choices_says():
    """1, 2 and 4 of 1 to 7 sum to 7, and so low or lower are 2 of the 35 choices of three."""
    assert rank_sum_test([1.0, 2.0, 4.0], [3.0, 5.0, 6.0, 7.0]) == pytest.approx(2 * 2 / 35)
    assert rank_sum_test([9.0, 8.0], [1.0, 2.0]) == pytest.approx(2 / 6)


def test_equal_values_share_their_rank():
    """Ranks 1, 3, 3, 3, 5: of the ten choices of two, four sum to 4 or less."""
    assert rank_sum_test([1.0, 2.0], [2.0, 2.0, 3.0]) == pytest.approx(2 * 3 / 10)
    assert rank_sum_test([1.0, 1.0], [1.0, 1.0]) == 1.0


def test_a_rank_sum_of_one_distribution_is_rare_as_often_as_it_says():
    rng = np.random.default_rng(0)
    p = [rank_sum_test(*np.split(rng.exponential(size=12), [5])) for _ in range(500)]
    assert np.mean(np.array(p) <= 0.05) <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / 500)
