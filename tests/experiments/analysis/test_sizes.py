"""Hidden sizes side by side: means over seeds, and differences."""

import math

import numpy as np
import pytest

from experiments.analysis.groups import Group, mape
from experiments.analysis.sizes import against, over_months, squared_error_ratio, summarise
from experiments.training.record import Bands
from tests.records import group, record


def test_a_size_has_mean_deviation_and_interval_over_its_seeds():
    small, large = summarise(group({16: [12.0, 14.0], 128: [12.5]}))[::-1]
    assert (small.units, small.seeds, small.n_params, small.size_bytes) == (16, 2, 1825, 7300)
    assert small.mape.mean == 13
    assert small.mape.std == pytest.approx(math.sqrt(2))
    assert small.mape.high - small.mape.mean == pytest.approx(12.7062, rel=1e-5)
    assert (small.rmse.mean, small.train_seconds.mean, small.predict_us.mean) == (8.5, 60.0, 36.0)
    assert (large.units, large.seeds) == (128, 1)


def test_networks_of_which_some_collapse_have_a_median_and_no_interval():
    (size,) = summarise(group({16: [12.6, 30.0, 24.0]}, dropout_on=12.5))
    assert (size.typical_mape, size.typical_rmse) == (24.0, 19.5)
    assert (size.collapsed.count, size.collapsed.n) == (2, 3)
    assert all(math.isnan(spread.low) for spread in (size.mape, size.rmse, size.deviance))
    assert size.train_seconds.low == 60.0
    (sound,) = summarise(group({16: [12.6, 12.8]}))
    assert (sound.typical_mape, sound.is_skewed) == (pytest.approx(12.7), False)


def test_sizes_are_compared_in_rmse_pair_by_pair_over_equal_seeds():
    networks = group({128: [12.0, 12.1, 12.2], 64: [12.2, 12.0, 12.2], 16: [23.0]})
    found = against(networks, 64, 128)
    assert found.mean == pytest.approx(100 * (0.1 / 3) / 7.6)
    assert found.freedom == 2
    assert against(networks, 64, 128, mape).mean == pytest.approx(100 * (0.1 / 3) / 12.1)
    assert math.isnan(against(networks, 16, 128).p)  # one network tells nothing


def test_a_size_of_which_networks_collapse_is_compared_by_signs():
    networks = group({128: [12.0] * 8, 16: [23.0] * 8}, dropout_on=12.0)
    found = against(networks, 16, 128)
    assert (found.p, math.isnan(found.error)) == (2 / 2**8, True)


def test_a_difference_over_months_is_that_of_all_networks_of_both_sizes():
    """A month's squared error is (MAPE - 4.5) squared: 8 and 8.2 beside 8."""
    found = over_months(group({128: [12.5], 16: [12.5, 12.7]}), 16, 128)
    assert found.mean == pytest.approx(100 * (((8**2 + 8.2**2) / 2) ** 0.5 / 8 - 1))
    assert found.low == pytest.approx(found.high)  # all months are alike


def with_bands(*bands):
    return Group(tuple(record(seed=seed, bands=Bands(*each)) for seed, each in enumerate(bands)))


def test_squared_errors_are_multiples_of_the_forecast_where_there_is_one():
    networks = with_bands(((0.0, 10.0), (0.5, 12.0)), ((0.0, 30.0), (0.5, 24.0)))
    np.testing.assert_allclose(squared_error_ratio(networks, 16), [[20.0], [0.9]])
