"""Four weeks of a simulated shop held out: what a row tells of its forecast."""

import numpy as np
import pytest

from experiments.forecasting import simulated_shops
from experiments.forecasting.inputs import is_closed
from experiments.forecasting.simulated_shops import DAYS, simulate_shop, try_shop
from tests.shops import shop_forecast


@pytest.fixture
def row(monkeypatch):
    """What is told of a forecast that knows the mean of every day of the shop with launches."""
    panel = simulate_shop("launches")

    def knowing(history, plan, *_):
        series = np.flatnonzero(history.spans[1] == history.sales.shape[1])
        found = shop_forecast(history, plan.days, series=series)
        found.ahead.mean[:] = panel.mean[panel.spans[0] < panel.sales.shape[1] - DAYS][
            series, -DAYS:
        ]
        return found

    monkeypatch.setattr(simulated_shops, "forecast_shop", knowing)
    return try_shop("launches", seed=0)


def test_who_knows_the_mean_has_the_errors_of_the_true_mean(row):
    assert row.wape == pytest.approx(row.true_mean)
    assert row.rmse == pytest.approx(row.rmse_true_mean)
    assert row.wape < row.average_28 < row.seasonal_naive_7
    assert row.rmse < row.rmse_average_28 < row.rmse_seasonal_naive_7


def test_closed_days_and_series_that_are_given_up_do_not_count(row):
    panel = simulate_shop("launches")
    days = np.arange(730 - DAYS, 730)
    assert row.n == (~is_closed(panel, days))[panel.spans[1] == 730].sum()
