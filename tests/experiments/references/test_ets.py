"""Exponential smoothing of each series by itself."""

import sys

import numpy as np
import pytest

from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.references import ets
from experiments.references.forecasts import naive
from experiments.references.metrics import evaluate

PANEL = simulate_panel(stores=2, items=5, days=400)
SALES = PANEL.sales[4].astype(float)


@pytest.fixture(autouse=True)
def _needs_statsforecast():
    pytest.importorskip("statsforecast")


@pytest.mark.parametrize("first", [60, 300])
def test_a_forecast_is_of_the_next_day_from_those_before_it(first):
    forecast = ets.next_day(SALES, first)
    assert forecast.shape == (400 - first,)
    for day in (first, first + 1, 120, 350):
        changed = SALES.copy()
        changed[day:] += 100
        other = ets.next_day(changed, first)
        until = max(0, day + 1 - first)
        np.testing.assert_allclose(other[:until], forecast[:until], rtol=1e-9)
        if first <= day < 399:
            assert other[until] != forecast[until]


def test_it_is_fitted_anew_when_the_history_has_doubled(monkeypatch):
    from statsforecast import models

    fitted = []

    class Watched(models.AutoETS):
        def fit(self, y):
            fitted.append(len(y))
            return super().fit(y)

    monkeypatch.setattr(models, "AutoETS", Watched)
    ets.next_day(np.tile(SALES, 3), 60)
    assert fitted == [60, 120, 240, 365, 365]  # a year at most


def test_it_is_better_than_last_weeks_sales_on_the_days_to_test():
    study, rounds = build_study(PANEL, "time"), []
    targets = study.series[study.test], study.target_day[study.test]
    found = ets.reference(PANEL, study, lambda: rounds.append(1))
    last_week = evaluate(PANEL.sales[targets], naive(PANEL.sales, 7)[targets])
    assert (found.name, found.bytes, len(rounds)) == ("ets", None, 10)
    assert found.errors.rmse < last_week.rmse


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "sales",
    [np.zeros(130), np.full(130, 5.0), np.where(np.arange(130) % 7 == 6, 0, SALES[:130])],
    ids=["nothing", "ever the same", "closed on Sundays"],
)
def test_any_series_has_forecasts(sales):
    assert np.isfinite(ets.next_day(sales, 60)).all()


def test_statsforecast_that_cannot_be_imported_is_not_installed(monkeypatch):
    assert ets.is_installed()
    monkeypatch.setitem(sys.modules, "statsforecast.models", None)  # import raises ImportError
    assert not ets.is_installed()
