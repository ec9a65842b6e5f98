"""The law fitted, and the check whether sales follow it."""

import math
import os
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.data import simulator
from experiments.data.panel import DataError, read_panel
from experiments.data.simulator import simulate_panel
from experiments.references.law import check_law, fit_law, proportional_fit

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


def totals(table, label):
    return pd.Series(table.sum(axis=1)).groupby(label).sum().to_numpy()


def assert_the_factors_are_the_integers(law):
    for name in ("weekday", "month", "year", "item"):
        integers = np.array(getattr(simulator, name.upper()))
        fitted = law.factors[name].to_numpy() * integers.mean()
        assert fitted == pytest.approx(integers, abs=0.05), name


# The fit of the law


def test_the_fit_recovers_the_factors_of_the_simulation(default):
    assert_the_factors_are_the_integers(fit_law(as_file(default)))


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


def told(result):
    """The statistics that depart, with their values."""
    return "; ".join(str(each) for each in result.statistics if each.departs)


def check(panel, sales=None):
    data = as_file(panel, sales)
    return check_law(data, fit_law(data))


@pytest.mark.parametrize(
    ("stores", "items", "days"), [(1, 1, 1826), (1, 5, 365), (10, 2, 100), (10, 50, 7)]
)
def test_simulated_sales_follow_the_law_in_large_panels_and_small(stores, items, days):
    result = check(simulate_panel(stores, items, days))
    assert result.follows, result.statistics
    assert all(math.isfinite(each.value) for each in result.statistics)


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
    assert result.follows, result.statistics


def test_overdispersed_sales_do_not(panel, rng):
    # Negative binomial with variance mean + mean^2 / 200, a spread of 7% around the mean.
    gamma = rng.gamma(200, 1 / 200, panel.mean.shape)
    result = check(panel, rng.poisson(panel.mean * gamma))
    assert not result.follows
    assert told(result).startswith("variance/mean 1.")


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
    assert "variance/mean at means of" in told(result)


@pytest.mark.parametrize(("lag", "other"), [(1, 7), (7, 1)])
def test_autocorrelated_sales_do_not(panel, rng, lag, other):
    # Each day takes over a tenth of an earlier one; the law of a single day is Poisson still.
    sales = rng.poisson(50, panel.mean.shape)
    for day in range(lag, DAYS):
        sales[:, day] = rng.binomial(sales[:, day - lag], 0.1) + rng.poisson(45, len(sales))
    result = check(panel, sales)
    assert not result.follows
    assert f"autocorrelation at lag {lag} 0." in told(result)
    assert f"autocorrelation at lag {other}" not in told(result)


def test_sales_with_a_shock_in_common_do_not(panel, rng):
    result = check(panel, rng.poisson(panel.mean * rng.normal(1, 0.05, DAYS)))
    assert not result.follows
    assert "correlation of series 0." in told(result)


@pytest.mark.filterwarnings("error")
def test_sales_that_never_change_do_not(panel):
    result = check(panel, np.full_like(panel.sales, 5))
    assert not result.follows
    assert "variance/mean 0.0" in told(result)


@pytest.mark.filterwarnings("error")
def test_too_few_rows_prove_nothing(panel):
    result = check(part(panel, slice(0, 2), slice(0, 60)))
    assert not result.follows
    assert (result.n_rows, result.n_params, result.enough) == (120, 10, False)
    assert not check(part(panel, slice(0, 1), slice(0, 1))).enough  # a single day has no lags


# Kaggle's data


def test_the_factors_of_kaggles_data_are_the_integers(kaggle):
    assert_the_factors_are_the_integers(fit_law(kaggle))


def test_kaggles_data_follow_the_law(kaggle):
    result = check(kaggle)
    assert result.follows, result.statistics
    assert result.statistics[0].value == pytest.approx(1.001, abs=0.0005)
