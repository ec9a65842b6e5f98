"""One window under the lens: the right one, in units sold."""

import datetime

import numpy as np
import pytest

from experiments.analysis.window import NotThereError, find_day, find_series, trace_forecast
from experiments.data.features import PAPER_INPUTS, Inputs, build_study
from experiments.data.simulator import simulate_panel
from tinylstm import LSTMRegressor

PANEL = simulate_panel(stores=3, items=4, days=120)
SERIES, DAY = 6, 90  # store 2, item 3; 2013-04-01
MODEL = LSTMRegressor(7, 3, seed=2)


@pytest.mark.parametrize("inputs", [PAPER_INPUTS, Inputs(by_level=True, next_day=True)])
def test_the_forecast_is_that_of_the_studys_window_for_this_series_and_day(inputs):
    study = build_study(PANEL, inputs=inputs)
    forecasts = study.level * MODEL.predict(study.windows)
    days = zip(study.series.tolist(), study.target_day.tolist(), strict=True)
    expected = dict(zip(days, forecasts, strict=True))[SERIES, DAY]
    traced = trace_forecast(MODEL, PANEL, study, SERIES, DAY)
    assert traced.forecast == pytest.approx(expected, rel=1e-5)
    assert (traced.store, traced.item, traced.sold) == (2, 3, PANEL.sales[SERIES, DAY])


def test_each_step_stands_beside_its_day_and_the_sales_of_the_day_before():
    traced = trace_forecast(MODEL, PANEL, build_study(PANEL), SERIES, DAY)
    np.testing.assert_array_equal(traced.days, PANEL.dates[DAY - 30 : DAY])
    np.testing.assert_array_equal(traced.sales, PANEL.sales[SERIES, DAY - 31 : DAY - 1])
    assert traced.trace.h.shape == (1, 30, 3)


def test_the_reach_of_gradients_is_averaged_over_sixteen_test_windows():
    traced = trace_forecast(MODEL, PANEL, build_study(PANEL), SERIES, DAY)
    assert traced.reach_windows == 16
    assert {len(reach.whole) for reach in traced.reach.values()} == {30}


@pytest.mark.parametrize(
    ("store", "item", "sentence"),
    [
        ("4", "1", f"{PANEL.name} has no store 4, but 1 to 3"),
        ("2", "0", "store 2 has no item 0, but 1 to 4"),
    ],
)
def test_a_series_that_is_not_there_is_told_with_those_that_are(store, item, sentence):
    with pytest.raises(NotThereError, match=sentence):
        find_series(PANEL, store, item)


def test_a_day_needs_a_whole_window_before_it_and_sales_of_its_own():
    first, last = datetime.date(2013, 3, 2), datetime.date(2013, 4, 30)
    assert (find_day(PANEL, 0, first), find_day(PANEL, 0, last)) == (60, 119)
    for day in (first - datetime.timedelta(1), last + datetime.timedelta(1)):
        with pytest.raises(NotThereError, match=f"choose a day from {first} to {last}"):
            find_day(PANEL, 0, day)
