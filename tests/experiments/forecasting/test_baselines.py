import numpy as np
import pytest

from experiments.data.simulator import MONTH, WEEKDAY, simulate_panel
from experiments.forecasting.baselines import (
    AVERAGE,
    BASELINES,
    NAIVE,
    TABLE,
    baseline,
    season_factors,
)
from tests.experiments.forecasting.shops import make_shop, poisoned


def test_last_weeks_sales_are_repeated_week_after_week():
    panel = make_shop()
    forecast = baseline(NAIVE, panel, origin=100, days=21)
    np.testing.assert_array_equal(forecast, np.tile(panel.sales[:, 94:101], 3))


def test_the_average_of_four_weeks_is_one_for_each_weekday():
    panel = make_shop()
    forecast = baseline(AVERAGE, panel, origin=100, days=8)
    same_weekday = panel.sales[:, [73, 80, 87, 94]]  # 28, 21, 14 and 7 days before day 101
    np.testing.assert_allclose(forecast[:, 0], same_weekday.mean(axis=1))
    np.testing.assert_allclose(forecast[:, 7], forecast[:, 0])


def test_a_series_that_is_two_weeks_old_has_the_average_of_two():
    panel = make_shop(first=np.array([0, 0, 0, 87]))
    forecast = baseline(AVERAGE, panel, origin=100, days=1)
    assert forecast[3, 0] == panel.sales[3, [87, 94]].mean()


@pytest.mark.parametrize("name", BASELINES)
def test_a_series_that_has_not_had_a_week_yet_has_no_forecast(name):
    forecast = baseline(name, make_shop(first=np.array([0, 0, 0, 97])), origin=100, days=7)
    assert np.isnan(forecast[3]).all()
    assert np.isfinite(forecast[:3]).all()


def test_the_table_knows_the_weekday_and_the_month_of_the_days_ahead():
    panel = simulate_panel(stores=4, items=20, days=1400)
    weekday, month = season_factors(panel, origin=1299, knows_year=True)
    np.testing.assert_allclose(weekday / weekday.mean(), WEEKDAY / np.mean(WEEKDAY), rtol=0.02)
    np.testing.assert_allclose(month / month.mean(), MONTH / np.mean(MONTH), rtol=0.03)
    forecast = baseline(TABLE, panel, origin=1299, days=90, knows_year=True)
    assert forecast.sum() == pytest.approx(panel.sales[:, 1300:1390].sum(), rel=0.03)


def test_a_launch_is_no_season():
    panel = make_shop(n_series=6, n_days=300, first=np.array([0, 0, 0, 150, 150, 150]))
    weekday, month = season_factors(panel, origin=299, knows_year=True)
    assert month[:10].std() < 0.03  # months of 2023 up to October; the others are not seen
    assert month[11] == 1
    assert weekday[5] / weekday[1] == pytest.approx(18 / 8, rel=0.1)


@pytest.mark.parametrize("name", BASELINES)
def test_no_day_after_the_origin_is_read(name):
    panel = make_shop()
    forecast = baseline(name, panel, 120, 30, knows_year=True)
    assert np.array_equal(forecast, baseline(name, poisoned(panel, 120), 120, 30, True))


@pytest.mark.parametrize("name", BASELINES)
def test_a_closed_weekday_is_forecast_as_zero(name):
    closed = np.zeros((4, 7), bool)
    closed[:, 6] = True
    forecast = baseline(name, make_shop(closed=closed), 117, 14)  # the day before a Sunday
    assert not forecast[:, [0, 7]].any()
    assert forecast[:, 1:7].min() > 0


@pytest.mark.parametrize("name", BASELINES)
def test_a_shop_that_sold_nothing_is_forecast_as_nothing(name):
    assert not baseline(name, make_shop(level=0), 100, 7, knows_year=True).any()
