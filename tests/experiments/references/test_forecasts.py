"""The floors, the oracle, the bound and the naive forecasts, and their errors."""

import os
from dataclasses import replace

import numpy as np
import pytest

from experiments.data.panel import read_panel
from experiments.data.simulator import simulate_panel
from experiments.references.forecasts import (
    HINDSIGHT,
    evaluate_references,
    forecasts,
    naive,
    oracle,
)
from experiments.references.law import check_law, fit_law


@pytest.fixture(scope="module")
def panel():
    return simulate_panel(stores=2, items=10, days=1000)


def known(panel):
    """The forecasts of a panel, as an overview makes them."""
    law = fit_law(panel)
    return forecasts(panel, law, check_law(panel, law).follows)


def references(panel, series=None, days=None):
    """The references by name, on these targets, or on every day that has 60 days before it."""
    if series is None:
        series, days = np.indices(panel.sales.shape)[:, :, 60:].reshape(2, -1)
    found = evaluate_references(panel, known(panel), series, days)
    return {reference.name: reference.errors for reference in found}


def as_file(panel, sales=None):
    """The panel as a file would give it: other sales perhaps, and no true mean."""
    return replace(panel, mean=None, sales=panel.sales if sales is None else sales)


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


def test_the_oracle_sees_the_60_days_before_the_target_only():
    sales = np.eye(200)  # series k sells on day k alone
    seen = np.flatnonzero(oracle(sales, np.ones(200))[:, 150])
    assert seen.tolist() == list(range(90, 150))


def test_the_floor_of_simulated_data_is_their_true_mean(panel):
    assert known(panel)["floor"] is panel.mean


def test_the_floor_of_a_file_that_follows_the_law_is_the_fitted_mean(panel):
    data = as_file(panel)
    assert (known(data)["floor"] == fit_law(data).mean).all()


def test_a_file_that_does_not_follow_the_law_has_no_floor(panel):
    rng = np.random.default_rng(0)
    noisy = as_file(panel, rng.poisson(panel.mean * rng.gamma(10, 0.1, panel.mean.shape)))
    assert list(known(noisy)) == ["oracle60", "seasonal_naive_7", "naive_1"]


def test_a_panel_of_few_days_has_no_forecast_of_the_oracle(panel):
    week = known(replace(panel, dates=panel.dates[:7], sales=panel.sales[:, :7], mean=None))
    assert np.isnan(week["oracle60"]).all()
    assert np.isnan(week["seasonal_naive_7"]).all()


def test_every_forecast_is_judged_on_the_targets_asked_for(panel):
    found = references(panel, [3, 4], [100, 200])
    assert list(found) == [*HINDSIGHT, "seasonal_naive_7", "naive_1"]
    difference = panel.sales[[3, 4], [100, 200]] - panel.sales[[3, 4], [93, 193]]
    assert found["seasonal_naive_7"].mae == np.abs(difference).mean()


def test_the_months_of_a_reference_are_those_of_its_targets(panel):
    (floor, *_) = evaluate_references(panel, known(panel), [3, 4, 5], [100, 130, 131])
    assert floor.monthly.month == tuple(sorted({str(panel.dates[d])[:7] for d in (100, 130, 131)}))
    assert sum(floor.monthly.squared_error) == pytest.approx(3 * floor.errors.rmse**2)


def test_a_target_without_60_days_before_it_is_refused(panel):
    references(panel, [0], [60])
    with pytest.raises(ValueError, match="60 days before it, but one has day index 59"):
        references(panel, [0, 0], [60, 59])


def test_nothing_has_a_lower_rmse_or_deviance_than_the_floor_or_a_lower_mape_than_its_own(panel):
    found = references(panel)
    for metric, best in (("rmse", "floor"), ("deviance", "floor"), ("mape", "floor_mape")):
        values = {name: getattr(errors, metric) for name, errors in found.items()}
        assert min(values, key=values.get) == best
        assert sorted(values.values())[1] > values[best]


def test_the_bound_lies_between_the_oracle_and_the_naive_forecasts(panel):
    found = references(panel)
    assert found["oracle60"].rmse <= found["bound"].rmse < found["seasonal_naive_7"].rmse


@pytest.mark.skipif("STORE_ITEM_DATA" not in os.environ, reason="STORE_ITEM_DATA is not set")
def test_the_references_on_the_papers_test_windows_of_kaggles_data():
    kaggle = read_panel(os.environ["STORE_ITEM_DATA"])
    series, days = np.indices(kaggle.sales.shape)[:, :, 60:].reshape(2, -1)
    chosen = np.isin(kaggle.stores, [9, 10])[series]
    assert np.count_nonzero(chosen) == 176_600
    found = references(kaggle, series[chosen], days[chosen])
    known = {
        name: (round(e.mape, 2), round(e.rmse, 3), round(e.deviance, 4))
        for name, e in found.items()
    }
    assert known == {
        "floor": (12.13, 7.599, 1.0040),
        "floor_mape": (11.89, 7.698, 1.0393),
        "oracle60": (12.23, 7.666, 1.0216),
        "bound": (12.25, 7.677, 1.0241),
        "seasonal_naive_7": (17.80, 11.413, 2.2555),
        "naive_1": (22.61, 15.130, 3.6285),
    }
