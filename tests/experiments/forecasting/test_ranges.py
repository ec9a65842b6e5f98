import numpy as np
import pytest

from experiments.forecasting.ranges import (
    LEVELS,
    PastErrors,
    Ranges,
    coverage,
    dispersion,
    group_of,
)


def counts(mean, n=20_000, seed=0, spread=1.0):
    """n forecasts that are the true mean of counts, over ten series and ninety days ahead."""
    rng = np.random.default_rng(seed)
    mean = np.full(n, mean) if np.isscalar(mean) else rng.choice(mean, n)
    y = rng.poisson(mean if spread == 1 else rng.gamma(mean / (spread - 1), spread - 1))
    return PastErrors(rng.integers(0, 10, n), rng.integers(1, 91, n), y.astype(float), mean)


def held(ranges, level, new):
    """The share of the new days that lie in the ranges."""
    ends = ranges.around(level, new.series, new.ahead, new.forecast)
    return coverage(new.y, *ends) / 100


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("mean", "spread"), [(50.0, 1), (50.0, 6), ((2.0, 5.0, 9.0), 3), ((0.2, 0.5, 1.0, 2.0), 1.5)]
)
def test_new_days_lie_in_the_range_as_often_as_promised(level, mean, spread):
    ranges = Ranges(counts(mean, spread=spread), n_series=10)
    assert held(ranges, level, counts(mean, seed=1, spread=spread)) == pytest.approx(
        level, abs=0.025
    )


def test_where_most_days_sell_nothing_the_range_holds_no_less_than_promised():
    ranges = Ranges(counts(0.05), n_series=10)
    new = counts(0.05, seed=1)
    assert held(ranges, 0.8, new) > 0.9  # zero alone is the smallest range there is
    low, high = ranges.around(0.8, new.series, new.ahead, new.forecast)
    assert low.max() == high.max() == 0


def test_ranges_are_whole_numbers_never_negative_and_the_wider_holds_the_narrower():
    errors = counts((0.1, 1.0, 30.0))
    ranges = Ranges(errors, n_series=10)
    (low80, high80), (low95, high95) = (
        ranges.around(level, errors.series, errors.ahead, errors.forecast) for level in LEVELS
    )
    assert low80.dtype == high95.dtype == np.int64
    assert np.all((low95 <= low80) & (low80 <= high80) & (high80 <= high95))
    assert low95.min() == 0


def test_a_noisy_series_has_wider_ranges_than_a_calm_one_of_the_same_mean():
    calm, noisy = counts(20.0), counts(20.0, spread=8, seed=1)
    series = np.r_[np.zeros(len(calm.y), int), np.ones(len(noisy.y), int)]
    pairs = zip(*(vars(errors).values() for errors in (calm, noisy)), strict=True)
    _, ahead, y, forecast = (np.concatenate(pair) for pair in pairs)
    errors = PastErrors(series, ahead, y, forecast)
    assert dispersion(errors, 2) == pytest.approx([1, 8], rel=0.1)
    low, high = Ranges(errors, 2).around(0.8, np.array([0, 1]), np.array([9, 9]), np.full(2, 20.0))
    assert (high - low)[1] > 2 * (high - low)[0]


def test_errors_that_grow_with_the_horizon_widen_the_ranges_of_far_days_alone():
    near, far = counts(20.0), counts(20.0, spread=8, seed=1)
    ahead = np.r_[np.full(len(near.y), 5), np.full(len(far.y), 50)]
    joined = (np.concatenate(pair) for pair in ((near.y, far.y), (near.forecast, far.forecast)))
    errors = PastErrors(np.zeros(len(ahead), int), ahead, *joined)
    days = np.array([5, 50, 500])
    low, high = Ranges(errors, 1).around(0.8, np.zeros(3, int), days, np.full(3, 20.0))
    width = high - low
    assert width[1] > 2 * width[0]
    assert width[2] == width[1]  # beyond ninety days as in the last group


def test_a_group_without_errors_takes_the_ranges_of_the_nearer_one():
    errors = counts(20.0)
    few = errors.ahead <= 28
    errors = PastErrors(*(array[few] for array in vars(errors).values()))
    low, high = Ranges(errors, 10).around(0.8, np.zeros(2, int), np.array([20, 60]), np.full(2, 20))
    assert low[0] == low[1]
    assert high[0] == high[1]


def test_without_any_past_the_ranges_are_those_of_counts():
    nothing = PastErrors(*(np.zeros(0, kind) for kind in (int, int, float, float)))
    low, high = Ranges(nothing, 1).around(0.95, np.zeros(1, int), np.ones(1, int), np.full(1, 100))
    assert (low[0], high[0]) == (80, 120)


def test_days_ahead_fall_into_four_groups():
    assert group_of(np.array([1, 2, 7, 8, 28, 29, 90, 400])).tolist() == [0, 1, 1, 2, 2, 3, 3, 3]
