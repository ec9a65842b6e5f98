"""Forecasts in detail: by series, day by day, against Poisson's law."""

import numpy as np
import pytest

from experiments.data.features import build_study
from experiments.data.shown import shown_windows
from experiments.data.simulator import simulate_panel
from experiments.training.details import errors_by_series, shown_forecasts, spread_by_band


def test_errors_by_series_are_those_of_each_series_alone():
    series = np.array([3, 3, 7, 7, 7])
    y, forecast = np.array([1.0, 2, 4, 4, 4]), np.array([2.0, 2, 4, 4, 7])
    errors = errors_by_series(series, y, forecast)
    assert errors.number == (3, 7)
    assert errors.mape == (50, 25)
    assert errors.rmse == pytest.approx((0.5**0.5, 3**0.5))


def test_the_forecasts_shown_are_those_of_the_days_shown():
    study = build_study(simulate_panel(stores=2, items=8, days=500))
    forecast = np.arange(len(study.test)) + 0.5
    shown = shown_forecasts(study, forecast)
    for windows, of_series in zip(shown_windows(study), shown, strict=True):
        np.testing.assert_array_equal(study.test[(np.array(of_series) - 0.5).astype(int)], windows)


def test_poisson_sales_around_their_mean_spread_as_their_mean():
    rng = np.random.default_rng(0)
    mean = rng.uniform(5, 100, 200_000)
    bands = spread_by_band(rng.poisson(mean), mean)
    assert len(bands.forecast) == 10
    np.testing.assert_allclose(bands.squared_error, bands.forecast, rtol=0.05)
