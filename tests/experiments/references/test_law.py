"""The law fitted and checked, the floor, the oracle and the naive forecasts."""

import os
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.data import simulator as simulate
from experiments.data.panel import DataError, read_panel
from experiments.data.simulator import simulate_panel
from experiments.references.law import (
    check_law,
    fit_law,
    forecasts,
    naive,
    oracle,
    proportional_fit,
    reference_table,
)
from experiments.references.metrics import METRICS, evaluate

DAYS = 1000


@pytest.fixture(scope="module")
def default():
    return simulate_panel()


@pytest.fixture(scope="module")
def panel():
    return simulate_panel(stores=2, items=10, days=DAYS)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def kaggle():
    path = os.environ.get("STORE_ITEM_DATA")
    if not path:
        pytest.skip("set STORE_ITEM_DATA to the path of Kaggle's train.csv or zip")
    return read_panel(path)


def as_file(panel, sales=None):
    """The panel as a file would give it: other sales perhaps, and no true mean."""
    return replace(panel, mean=None, sales=panel.sales if sales is None else sales)


def part(panel, series=slice(None), days=slice(None)):
    return replace(
        panel,
        stores=panel.stores[series],
        items=panel.items[series],
        dates=panel.dates[days],
        sales=panel.sales[series, days],
        mean=panel.mean[series, days],
    )


def targets(panel, first_day=60):
    every = np.indices(panel.sales.shape)[:, :, first_day:]
    return every.reshape(2, -1)


def totals(table, label):
    return pd.Series(table.sum(axis=1)).groupby(label).sum().to_numpy()


def misfit(fitted, integers):
    """Largest distance of fitted factors from the integers, both of one mean."""
    integers = np.array(integers)
    return np.abs(fitted * integers.mean() - integers).max()


# The fit of the law


@pytest.mark.parametrize("factor", ["weekday", "month", "year", "item"])
def test_the_fit_recovers_the_factors_of_the_simulation(default, factor):
    law = fit_law(as_file(default))
    assert misfit(law.factors[factor].to_numpy(), getattr(simulate, factor.upper())) < 0.05


def test_the_fit_recovers_the_mean_of_the_simulation(panel):
    law = fit_law(as_file(panel))
    assert np.abs(law.mean / panel.mean - 1).max() < 0.03


def test_the_fit_matches_the_totals_of_every_factor(default, rng):
    few_pairs = part(default, rng.permutation(500)[:60])
    law = fit_law(as_file(few_pairs))
    days = pd.DatetimeIndex(few_pairs.dates)
    for label in (few_pairs.stores, few_pairs.items):
        assert totals(law.mean, label) == pytest.approx(totals(few_pairs.sales, label), rel=1e-6)
    for label in (days.year, days.month, days.day_of_week):
        observed = totals(few_pairs.sales.T, label)
        assert totals(law.mean.T, label) == pytest.approx(observed, rel=1e-6)


def test_level_and_factors_are_normalised(panel):
    law = fit_law(as_file(panel))
    assert law.level == pytest.approx(law.mean.mean(axis=1))
    assert law.seasonal.mean() == pytest.approx(1)
    assert [factor.mean() for factor in law.factors.values()] == pytest.approx([1] * 5)


def test_the_fit_needs_neither_every_store_item_pair_nor_every_month(default, rng):
    some = np.sort(rng.permutation(500)[:100])
    short = part(default, some, slice(250, 450))
    law = fit_law(as_file(short))
    assert law.factors["year"].index.tolist() == [2013, 2014]
    assert law.factors["month"].index.tolist() == [1, 2, 3, 9, 10, 11, 12]
    assert np.abs(law.mean / short.mean - 1).max() < 0.06


def test_days_on_which_every_shop_is_closed_have_mean_zero(panel):
    sunday = (panel.dates.astype(int) + 3) % 7 == 6
    closed = as_file(panel, np.where(sunday, 0, panel.sales))
    law = fit_law(closed)
    assert (law.seasonal == 0).tolist() == sunday.tolist()
    assert check_law(closed, law).follows


def test_proportional_fit_of_a_table_is_row_total_times_column_total():
    rows, columns = np.divmod(np.arange(6), 3)
    factors, fitted = proportional_fit(np.arange(6), {"row": rows, "column": columns})
    by_hand = np.outer([3, 12], [3, 5, 7]) / 15
    assert fitted.reshape(2, 3) == pytest.approx(by_hand)
    assert factors["row"].tolist() == pytest.approx([3 / 7.5, 12 / 7.5])


def test_without_any_sales_there_is_no_law_to_fit(panel):
    with pytest.raises(DataError, match="nothing was ever sold"):
        fit_law(as_file(panel, np.zeros_like(panel.sales)))


# The check of the law


def check(panel, sales=None):
    data = as_file(panel, sales)
    return check_law(data, fit_law(data))


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(
    ("stores", "items", "days"), [(1, 1, 1826), (1, 5, 365), (10, 2, 100), (10, 50, 7)]
)
def test_simulated_sales_follow_the_law_in_large_panels_and_small(stores, items, days, seed):
    result = check(simulate_panel(stores, items, days, seed))
    assert result.follows, result.sentence
    assert result.sentence.startswith("The data follow the law: variance/mean ")
    assert "nan" not in result.sentence


def test_the_dispersion_is_chi_square_per_degree_of_freedom(panel):
    data = as_file(part(panel, slice(0, 2), slice(0, 60)))
    law = fit_law(data)
    rows, parameters = 120, 1 + (2 - 1) + (3 - 1) + (7 - 1)  # two items, three months, one week
    chi_square = np.sum((data.sales - law.mean) ** 2 / law.mean)
    dispersion = check_law(data, law).statistics[0]
    assert law.n_params == parameters
    assert dispersion.value == pytest.approx(chi_square / (rows - parameters))


def test_slow_sales_follow_the_law(panel, rng):
    result = check(panel, rng.poisson(panel.mean / 1000))
    assert result.follows, result.sentence


def test_overdispersed_sales_do_not(panel, rng):
    # Negative binomial with variance mean + mean^2 / 200, a spread of 7% around the mean.
    gamma = rng.gamma(200, 1 / 200, panel.mean.shape)
    result = check(panel, rng.poisson(panel.mean * gamma))
    assert not result.follows
    assert "do not follow the law: variance/mean 1." in result.sentence


def test_rounded_means_do_not(panel):
    result = check(panel, panel.mean.round().astype(int))
    assert not result.follows
    assert "variance/mean 0.0" in result.sentence


def test_sales_overdispersed_between_closed_days_do_not(panel, rng):
    open_days = (np.arange(DAYS) % 7 > 0) * panel.mean
    result = check(panel, rng.poisson(open_days * rng.gamma(200, 1 / 200, panel.mean.shape)))
    assert result.statistics[0].departs
    assert not result.follows


def test_variances_that_are_right_on_average_only_do_not(panel, rng):
    lowest_tenth = panel.mean < np.quantile(panel.mean, 0.1)
    ratio = np.where(lowest_tenth, 1.36, 0.96)
    result = check(panel, rng.normal(panel.mean, np.sqrt(ratio * panel.mean)))
    assert not result.statistics[0].departs
    assert not result.follows
    assert "variance/mean at means of" in result.sentence


@pytest.mark.parametrize(("lag", "other"), [(1, 7), (7, 1)])
def test_autocorrelated_sales_do_not(panel, rng, lag, other):
    # Each day takes over a tenth of an earlier one; the law of a single day is Poisson still.
    sales = rng.poisson(50, panel.mean.shape)
    for day in range(lag, DAYS):
        sales[:, day] = rng.binomial(sales[:, day - lag], 0.1) + rng.poisson(45, len(sales))
    result = check(panel, sales)
    assert not result.follows
    assert f"autocorrelation at lag {lag} 0." in result.sentence
    assert f"autocorrelation at lag {other}" not in result.sentence


def test_sales_with_a_trend_of_their_own_do_not(panel, rng):
    trend = np.linspace(0.9, 1.1, DAYS)
    up_or_down = np.where(panel.items[:, None] % 2, trend, trend[::-1])
    result = check(panel, rng.poisson(panel.mean * up_or_down))
    assert not result.follows
    assert "autocorrelation at lag 1 0." in result.sentence


def test_sales_with_a_week_of_their_own_do_not(panel, rng):
    week = 1 + 0.1 * np.sin(2 * np.pi * (np.arange(DAYS) + panel.items[:, None]) / 7)
    result = check(panel, rng.poisson(panel.mean * week))
    assert not result.follows
    assert "autocorrelation at lag 7 0." in result.sentence


def test_sales_with_a_shock_in_common_do_not(panel, rng):
    result = check(panel, rng.poisson(panel.mean * rng.normal(1, 0.05, DAYS)))
    assert not result.follows
    assert "correlation of series 0." in result.sentence


@pytest.mark.filterwarnings("error")
def test_sales_that_never_change_do_not(panel):
    result = check(panel, np.full_like(panel.sales, 5))
    assert not result.follows
    assert "variance/mean 0.0" in result.sentence


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("days", [1, 2, 7, 60])
def test_a_panel_of_few_days_is_too_few_to_tell(panel, days):
    assert not check(part(panel, slice(0, 1), slice(0, days))).enough


def test_too_few_rows_prove_nothing(panel):
    result = check(part(panel, slice(0, 2), slice(0, 60)))
    assert not result.follows
    assert "too few to tell: 120 rows for 10 parameters" in result.sentence


# The forecasts


def test_naive_forecasts_repeat_the_sales_of_the_lag():
    forecast = naive(np.array([[1, 2, 3, 4], [5, 6, 7, 8]]), 2)
    assert np.isnan(forecast[:, :2]).all()
    assert forecast[:, 2:].tolist() == [[1, 2], [5, 6]]


def test_the_oracle_has_its_value_by_hand():
    forecast = oracle(np.array([[6, 3, 9]]), np.array([1.0, 2.0, 4.0]), window=2)
    assert np.isnan(forecast[:, :2]).all()
    assert forecast[0, 2] == (6 + 3) / (1 + 2) * 4


def test_the_oracle_does_not_mind_the_scale_of_the_seasonal_factor(panel):
    seasonal = panel.mean[0]
    assert oracle(panel.sales, 3 * seasonal)[:, 60:] == pytest.approx(
        oracle(panel.sales, seasonal)[:, 60:]
    )


@pytest.mark.parametrize(
    ("days_before", "seen"),
    [(61, False), (60, True), (30, True), (1, True), (0, False), (-1, False)],
)
def test_the_oracle_sees_the_60_days_before_the_target_only(panel, days_before, seen):
    target = 500
    sales = panel.sales.copy()
    sales[:, target - days_before] += 1000
    changed = forecasts(replace(panel, sales=sales))["oracle60"]
    before = forecasts(panel)["oracle60"]
    assert (changed[:, target] != before[:, target]).tolist() == [seen] * 20


def test_the_floor_of_simulated_data_is_their_true_mean(panel):
    assert forecasts(panel)["floor"] is panel.mean


def test_the_floor_of_a_file_that_follows_the_law_is_the_fitted_mean(panel):
    data = as_file(panel)
    assert (forecasts(data)["floor"] == fit_law(data).mean).all()


def test_a_file_that_does_not_follow_the_law_has_no_floor(panel, rng):
    noisy = as_file(panel, rng.poisson(panel.mean * rng.gamma(10, 0.1, panel.mean.shape)))
    assert list(forecasts(noisy)) == ["oracle60", "seasonal_naive_7", "naive_1"]


def test_a_panel_of_few_days_has_no_forecast_of_the_oracle(panel):
    week = forecasts(part(panel, days=slice(0, 7)))
    assert np.isnan(week["oracle60"]).all()
    assert np.isnan(week["seasonal_naive_7"]).all()


# Their errors


def test_the_table_has_a_row_for_each_reference_and_a_column_for_each_metric(panel):
    table = reference_table(panel, *targets(panel))
    assert table["reference"].tolist() == ["floor", "oracle60", "seasonal_naive_7", "naive_1"]
    assert table.columns.tolist() == ["reference", *METRICS]


def test_the_table_is_of_the_targets_asked_for(panel):
    table = reference_table(panel, [3, 4], [100, 200]).set_index("reference")
    y = panel.sales[[3, 4], [100, 200]]
    week_before = panel.sales[[3, 4], [93, 193]]
    assert table.loc["seasonal_naive_7", "mae"] == np.abs(y - week_before).mean()


def test_a_target_without_60_days_before_it_is_refused(panel):
    reference_table(panel, [0], [60])
    with pytest.raises(ValueError, match="60 days before it, but one has day index 59"):
        reference_table(panel, [0, 0], [60, 59])


@pytest.mark.parametrize("metric", METRICS)
def test_the_floor_is_lower_than_every_other_reference(panel, metric):
    floor, *others = reference_table(panel, *targets(panel))[metric]
    assert floor < min(others)


def test_forecasting_low_lowers_mape_and_raises_rmse(panel):
    honest = evaluate(panel.sales, panel.mean)
    low = evaluate(panel.sales, 0.975 * panel.mean)
    assert low["mape"] < honest["mape"]
    assert low["rmse"] > honest["rmse"]


# Kaggle's data


@pytest.mark.parametrize("factor", ["weekday", "month", "year", "item"])
def test_the_factors_of_kaggles_data_are_the_integers(kaggle, factor):
    law = fit_law(kaggle)
    assert misfit(law.factors[factor].to_numpy(), getattr(simulate, factor.upper())) < 0.05


def test_kaggles_data_follow_the_law(kaggle):
    result = check(kaggle)
    assert result.follows, result.sentence
    assert result.statistics[0].value == pytest.approx(1.001, abs=0.0005)


def test_the_references_on_the_papers_test_windows_of_kaggles_data(kaggle):
    test = np.isin(kaggle.stores, [9, 10])
    series, days = targets(kaggle)
    chosen = test[series]
    assert np.count_nonzero(chosen) == 176_600
    table = reference_table(kaggle, series[chosen], days[chosen]).set_index("reference")
    assert table["mape"].round(2).tolist() == [12.13, 12.23, 17.80, 22.61]
    assert table["rmse"].round(3).tolist() == [7.599, 7.666, 11.413, 15.130]
