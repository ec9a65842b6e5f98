"""A closer look at forecasts: by series, day by day, against Poisson's law."""

import numpy as np
import pytest

from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.training.closeup import (
    SHOWN_DAYS,
    closeup,
    errors_by_series,
    shown_windows,
    spread_by_band,
)

STUDY = build_study(simulate_panel(stores=2, items=8, days=500))


def test_errors_by_series_are_those_of_each_series_alone():
    series = np.array([3, 3, 7, 7, 7])
    y, forecast = np.array([1.0, 2, 4, 4, 4]), np.array([2.0, 2, 4, 4, 7])
    errors = errors_by_series(series, y, forecast)
    assert errors["number"] == [3, 7]
    assert errors["mape"] == [50, 25]
    assert errors["rmse"] == pytest.approx([0.5**0.5, 3**0.5])


def test_the_days_shown_are_the_last_of_series_with_small_and_large_sales():
    shown = shown_windows(STUDY)
    assert all(len(windows) == SHOWN_DAYS for windows in shown)
    assert all(len(set(STUDY.series[windows])) == 1 for windows in shown)
    assert all(STUDY.target_day[windows[-1]] == 499 for windows in shown)
    sales = [STUDY.y[windows].mean() for windows in shown]
    assert sales == sorted(sales)
    assert len(sales) == len(set(sales)) > 1


def test_the_forecasts_shown_are_those_of_the_days_shown():
    forecast = np.arange(len(STUDY.test)) + 0.5
    for windows, shown in zip(shown_windows(STUDY), closeup(STUDY, forecast)["shown"], strict=True):
        np.testing.assert_array_equal(STUDY.test[(np.array(shown) - 0.5).astype(int)], windows)


def test_poisson_sales_around_their_mean_spread_as_their_mean():
    rng = np.random.default_rng(0)
    mean = rng.uniform(5, 100, 200_000)
    spread = spread_by_band(rng.poisson(mean), mean)
    assert len(spread["forecast"]) == 10
    np.testing.assert_allclose(spread["squared_error"], spread["forecast"], rtol=0.05)
