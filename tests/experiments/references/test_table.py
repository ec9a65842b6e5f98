"""The table of seasons: nineteen numbers, fitted to training days."""

import dataclasses
import os

import numpy as np
import pytest

from experiments.data.features import build_study
from experiments.data.panel import read_panel
from experiments.data.simulator import MONTH, WEEKDAY, seasonal_factor, simulate_panel
from experiments.references.forecasts import oracle
from experiments.references.metrics import evaluate
from experiments.references.table import SeasonalTable, fit_table, table_references

PANEL = simulate_panel(stores=2, items=10, days=1000)
STUDY = build_study(PANEL)
TARGETS = STUDY.series[STUDY.test], STUDY.target_day[STUDY.test]
TABLE = fit_table(PANEL, STUDY)


def with_sales(sales):
    return dataclasses.replace(PANEL, sales=sales)


def test_it_finds_the_seasons_of_the_simulation():
    assert TABLE.weekday == pytest.approx(np.array(WEEKDAY) / np.mean(WEEKDAY), rel=0.01)
    assert TABLE.month == pytest.approx(np.array(MONTH) / np.mean(MONTH), rel=0.02)


def test_a_forecast_is_the_level_of_sixty_days_times_weekday_and_month():
    weekday, month = np.arange(1.0, 8.0), np.arange(1.0, 13.0)
    dates = PANEL.dates[:61].tolist()
    factor = np.array([weekday[date.weekday()] * month[date.month - 1] for date in dates])
    forecast = SeasonalTable(weekday, month).forecast(PANEL)
    assert np.isnan(forecast[:, :60]).all()
    by_hand = PANEL.sales[0, :60].sum() / factor[:60].sum() * factor[60]
    assert forecast[0, 60] == pytest.approx(by_hand)


@pytest.mark.parametrize("split", ["stores", "time"])
def test_it_knows_the_days_that_training_windows_see_and_no_others(split):
    study = build_study(PANEL, split)
    seen = np.zeros(PANEL.sales.shape, bool)
    for series, day in zip(study.series[study.train], study.target_day[study.train], strict=True):
        seen[series, day - 60 : day + 1] = True
    table = fit_table(PANEL, study)

    def changes(where):
        changed = PANEL.sales.copy()
        changed[where] = 3 * changed[where] + np.arange(1000)[where[1]]
        return not np.array_equal(table.month, fit_table(with_sales(changed), study).month)

    assert not changes(np.nonzero(~seen))
    assert changes(tuple(axis[:1] for axis in np.nonzero(seen)))
    assert changes(tuple(axis[-1:] for axis in np.nonzero(seen)))


def test_where_the_mean_has_another_form_the_table_is_far_from_what_can_be_known():
    panel = simulate_panel(stores=2, items=10, days=1000, summer_week=True)
    study = build_study(panel)
    y = panel.sales[TARGETS]
    table = evaluate(y, fit_table(panel, study).forecast(panel)[TARGETS]).rmse
    known = evaluate(y, oracle(panel.sales, seasonal_factor(panel.dates, True))[TARGETS]).rmse
    assert table > 1.2 * known


def test_growth_is_not_taken_for_a_season():
    # Two years and a half: January to June have one year more, and of it the most sales.
    grown = simulate_panel(stores=2, items=10, days=912)
    years = grown.dates.astype("datetime64[Y]").astype(int) - 43
    sales = np.rint(grown.mean * 10 * 2.0**years).astype(np.int32)
    table = fit_table(dataclasses.replace(grown, sales=sales), build_study(grown))
    assert table.month == pytest.approx(np.array(MONTH) / np.mean(MONTH), rel=0.001)


def test_a_month_that_was_never_seen_has_the_factor_1():
    few = simulate_panel(stores=2, items=10, days=120)
    assert fit_table(few, build_study(few)).month[4:].tolist() == [1.0] * 8


def test_nineteen_numbers_take_76_bytes_or_19_and_8_bits_lose_nothing():
    small = TABLE.in_8_bits()
    assert (TABLE.n_bytes, small.n_bytes) == (76, 19)
    assert TABLE.file_bytes > small.file_bytes > 19
    y = PANEL.sales[TARGETS]
    mape, mape_8 = (evaluate(y, table.forecast(PANEL)[TARGETS]).mape for table in (TABLE, small))
    assert mape_8 == pytest.approx(mape, abs=0.01)


def test_as_references_both_have_their_test_errors_and_bytes():
    float32, eight_bit = table_references(PANEL, STUDY)
    assert (float32.name, float32.bytes) == ("seasonal_table", 76)
    assert (eight_bit.name, eight_bit.bytes) == ("seasonal_table_8bit", 19)
    assert float32.errors == evaluate(PANEL.sales[TARGETS], TABLE.forecast(PANEL)[TARGETS])


@pytest.mark.filterwarnings("error")
def test_without_a_sale_to_learn_from_there_is_no_table():
    sales = PANEL.sales.copy()
    sales[STUDY.series[STUDY.train]] = 0
    assert table_references(with_sales(sales), STUDY) == ()


@pytest.mark.skipif("STORE_ITEM_DATA" not in os.environ, reason="STORE_ITEM_DATA is not set")
def test_the_table_on_both_tests_of_kaggles_data():
    kaggle = read_panel(os.environ["STORE_ITEM_DATA"])
    errors = {
        (split, reference.bytes): reference.errors
        for split in ("stores", "time")
        for reference in table_references(kaggle, build_study(kaggle, split))
    }
    assert {key: (round(e.mape, 2), round(e.rmse, 3)) for key, e in errors.items()} == {
        ("stores", 76): (12.22, 7.704),
        ("stores", 19): (12.22, 7.705),
        ("time", 76): (12.21, 7.791),
        ("time", 19): (12.21, 7.792),
    }
