"""Hidden sizes side by side: means over seeds, and differences."""

import dataclasses
import math

import numpy as np
import pytest

from experiments.analysis.groups import Group
from experiments.analysis.sizes import against, series_difference, squared_error_ratio, summarise
from experiments.analysis.statistics import Difference
from experiments.training.record import Bands, SeriesErrors
from tests.records import group, record


def test_a_size_has_mean_deviation_and_interval_over_its_seeds():
    small, large = summarise(group({16: [12.0, 14.0], 128: [12.5]}))[::-1]
    assert (small.units, small.seeds, small.n_params, small.size_bytes) == (16, 2, 1825, 7300)
    assert small.mape.mean == 13
    assert small.mape.std == pytest.approx(math.sqrt(2))
    assert small.mape.high - small.mape.mean == pytest.approx(12.7062, rel=1e-5)
    assert (small.rmse.mean, small.train_seconds.mean, small.predict_us.mean) == (8.5, 60.0, 36.0)
    assert (large.units, large.seeds) == (128, 1)


def test_the_upper_end_of_one_networks_error_is_its_error():
    (one,), (two,) = summarise(group({16: [12.0]})), summarise(group({16: [12.0, 14.0]}))
    assert one.upper_rmse == 7.5
    assert two.upper_rmse == two.rmse.high > 20


def test_sizes_are_compared_over_the_seeds_that_both_have():
    networks = group({128: [12.0, 12.1, 12.2], 64: [12.2, 12.0, 12.2, 99.0], 16: [23.0]})
    found = against(networks, 64, 128)
    assert found.mean == pytest.approx(0.1 / 3)
    assert found.verdict is Difference.NONE
    assert against(networks, 16, 128) is None  # one seed tells nothing


def with_bands(*bands):
    return Group(tuple(record(seed=seed, bands=Bands(*each)) for seed, each in enumerate(bands)))


def test_squared_errors_are_multiples_of_the_forecast_where_there_is_one():
    networks = with_bands(((0.0, 10.0), (0.5, 12.0)), ((0.0, 30.0), (0.5, 24.0)))
    np.testing.assert_allclose(squared_error_ratio(networks, 16), [[20.0], [0.9]])


def by_series(*errors):
    """A group with the MAPE of each series, for 32 units and 16 and a number of seeds each."""
    return Group(
        tuple(
            record(units, seed, series=SeriesErrors((*range(len(mape)),), tuple(mape), tuple(mape)))
            for units, of_size in zip((32, 16), zip(*errors, strict=True), strict=True)
            for seed, mape in enumerate(of_size)
        )
    )


def test_a_difference_by_series_counts_every_series_once():
    found = series_difference(by_series(([10.0, 11.0, 12.0], [11.0, 13.0, 15.0])), 16, 32)
    assert found.mean == 2
    assert (found.low, found.high) == pytest.approx((1, 3))  # all three alike: 1 in 27 each


def test_a_difference_by_series_is_the_mean_over_the_seeds():
    twice = by_series(([10.0] * 3, [11.0] * 3), ([10.0] * 3, [13.0] * 3))
    assert series_difference(twice, 16, 32)[:3] == (2, 0, 2)


def test_a_series_that_sold_nothing_does_not_count():
    networks = by_series(([10.0, math.nan, 11.0, 12.0], [11.0, math.nan, 13.0, 15.0]))
    found = series_difference(networks, 16, 32)
    assert (found.mean, found.low, found.high) == pytest.approx((2, 1, 3))


def test_two_series_are_too_few_for_an_interval():
    assert series_difference(by_series(([10.0] * 2, [11.0] * 2)), 16, 32) is None


def test_there_is_no_difference_by_series_without_sales_or_a_common_seed():
    assert series_difference(by_series(([math.nan] * 3, [math.nan] * 3)), 16, 32) is None
    both = by_series(([10.0] * 3, [11.0] * 3))
    other_seed = dataclasses.replace(both.records[1].job, seed=1)
    apart = Group((both.records[0], dataclasses.replace(both.records[1], job=other_seed)))
    assert series_difference(apart, 16, 32) is None
