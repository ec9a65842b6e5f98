from dataclasses import replace

import numpy as np
import pytest

from experiments.forecasting.backtest import backtest_origins, best, look_back, of_horizon, score
from experiments.forecasting.baselines import baseline
from experiments.forecasting.result import HORIZONS
from tests.experiments.forecasting.shops import make_shop


@pytest.mark.parametrize("n_days", [61, 120, 364, 730, 1826])
def test_origins_lie_in_the_last_part_of_the_history_and_on_several_weekdays(n_days):
    origins = backtest_origins(n_days)
    assert n_days - 1 - origins[0] == min(n_days // 4, 182)
    assert origins[-1] <= n_days - 8  # a week to compare with
    assert len({origin % 7 for origin in origins}) == min(len(origins), 7)
    assert len(origins) <= 12


def test_a_history_of_a_few_weeks_has_no_backtest():
    assert backtest_origins(27) == []


def test_days_count_that_lie_within_the_series_and_are_open():
    closed = np.zeros((4, 7), bool)
    closed[1, 5] = True
    stop = np.array([200, 200, 190, 200])
    first = np.array([0, 0, 0, 188])
    panel = make_shop(closed=closed, stop=stop, first=first)
    past = look_back(panel, [180, 193], 10)
    assert past.counts[0, 0].all()
    assert np.flatnonzero(~past.counts[0, 1]).tolist() == [6]  # day 187: a Saturday
    assert past.counts[0, 2].sum() == 9  # up to its last day, 189
    assert past.counts[0, 3].sum() == 2  # it did not exist before
    assert past.counts[1, 0].sum() == 6  # up to the end of the file
    np.testing.assert_array_equal(past.sales[0, 0], panel.sales[0, 181:191])


def constant_forecasts(past, **values):
    return {name: np.full(past.sales.shape, float(value)) for name, value in values.items()}


def test_errors_are_those_of_all_days_and_of_each_group_of_days_ahead():
    panel = make_shop()
    past = look_back(panel, [120, 130, 139], 60)
    rows = score(past, constant_forecasts(past, network=12))
    assert [row.horizon for row in rows] == list(HORIZONS)
    assert [row.n for row in rows] == [12, 72, 252, 384, 720]
    sold = past.sales[:, :, 1:7]
    assert rows[1].wape == pytest.approx(100 * np.abs(sold - 12).sum() / sold.sum())
    assert rows[1].rmse == pytest.approx(np.sqrt(np.mean((sold - 12) ** 2)))


def test_forecasters_are_compared_on_the_days_that_all_of_them_forecast():
    past = look_back(make_shop(), [120, 130, 140], 30)
    forecasts = constant_forecasts(past, network=12, seasonal_naive_7=10)
    forecasts["network"][:, 0] = np.nan
    rows = {(row.forecaster, row.horizon): row for row in score(past, forecasts)}
    assert rows["network", "all"].n == rows["seasonal_naive_7", "all"].n == 3 * 3 * 30


def test_the_best_has_the_least_rmse_over_all_days():
    past = look_back(make_shop(n_series=1, level=2), [120, 130, 140], 30)
    assert best(score(past, constant_forecasts(past, network=40, average_28=12))) == "average_28"
    assert best(score(past, constant_forecasts(past, network=12, average_28=40))) == "network"
    assert best(()) == ""


def test_where_most_days_sell_nothing_the_mean_is_better_than_zero_which_is_off_by_less():
    panel = make_shop(n_series=8, n_days=300)
    panel.sales[:] = np.random.default_rng(0).poisson(0.3, panel.sales.shape)
    past = look_back(panel, range(200, 290, 9), 28)
    rows = score(past, constant_forecasts(past, seasonal_naive_7=0, average_28=0.3))
    zero, mean = (row for row in rows if row.horizon == "all")
    assert zero.wape < mean.wape
    assert best(rows) == "average_28"


def test_where_nothing_was_sold_in_the_test_nobody_is_the_best():
    past = look_back(make_shop(n_series=1, level=0), [120, 130, 140], 30)
    assert past.sales.sum() == 0
    assert best(score(past, constant_forecasts(past, network=1, average_28=2))) == ""


def score_of_average(panel, origins):
    """The errors over all days of who knows the four weeks before each origin."""
    average = np.stack([baseline("average_28", panel, origin, 28) for origin in origins])
    return score(look_back(panel, origins, 28), {"average_28": average})[-1]


def test_coverage_is_about_what_the_ranges_promise():
    row = score_of_average(make_shop(n_series=30, n_days=300), range(200, 290, 9))
    assert row.cover80 == pytest.approx(80, abs=1.5)
    assert row.cover95 == pytest.approx(95, abs=1)


def test_a_weekday_that_was_closed_up_to_the_origin_is_in_no_coverage():
    closed = np.zeros((30, 7), bool)
    closed[:, 6] = True
    never = make_shop(n_series=30, n_days=300, closed=closed)
    always = score_of_average(never, range(200, 290, 9))
    never.sales[:, 6] = 40  # open on one Sunday, long ago: so the file has no closed weekday
    once = score_of_average(replace(never, closed=None), range(200, 290, 9))
    assert (once.cover80, once.cover95) == (always.cover80, always.cover95)
    assert once.cover80 == pytest.approx(80, abs=1.5)


def test_coverage_is_measured_on_days_that_the_ranges_were_not_made_from():
    # At the last origin sales are of another world; its own errors would widen its ranges.
    panel = make_shop(n_series=10, n_days=200)
    panel.sales[:, 171:] += 500
    past = look_back(panel, [120, 170], 20)
    rows = {row.horizon: row for row in score(past, constant_forecasts(past, network=12))}
    assert rows["all"].cover95 < 60


def test_the_last_horizon_has_no_end():
    assert of_horizon("29-90", 120).sum() == 120 - 28
    assert of_horizon("1", 120).sum() == 1
