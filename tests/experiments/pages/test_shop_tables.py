"""The files that a forecast leaves for others to read, and its table on the terminal."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.data.kaggle import KaggleRows
from experiments.forecasting.result import HORIZONS
from experiments.pages.shop_tables import (
    backtest_text,
    pieces,
    write_backtest,
    write_forecast,
    write_submission,
)
from tests.shops import NAMES, backtest, shop_forecast, shop_panel

README = Path(__file__).parents[3] / "README.md"
PANEL = shop_panel()
DAY = PANEL.dates[-1] + np.arange(31)  # the last day of the sales, and those ahead


@pytest.fixture(scope="module")
def forecast(tmp_path_factory):
    path = tmp_path_factory.mktemp("tables") / "forecast.csv"
    write_forecast(path, shop_forecast(PANEL))
    return pd.read_csv(path)


def test_the_forecast_has_a_row_per_series_and_day(forecast):
    assert list(forecast) == [
        *("date", "store", "item", "mean", "low80", "high80", "low95", "high95", "source")
    ]
    assert len(forecast) == 4 * 30
    assert list(forecast.date[:30]) == list(DAY[1:].astype(str))
    assert list(forecast[["store", "item"]].iloc[30]) == ["Market", "Cake"]


def test_ranges_are_whole_numbers_and_the_mean_is_not(forecast):
    saturday = forecast.iloc[30 + 4]
    assert (saturday["mean"], *saturday[["low95", "low80", "high80", "high95"]]) == (
        20.25,
        14,
        17,
        23,
        26,
    )


def test_a_closed_day_is_a_row_of_zeros(forecast):
    sundays = forecast[pd.to_datetime(forecast.date).dt.weekday == 6]
    assert len(sundays) == 4 * 4
    assert not sundays[["mean", "low80", "high80", "low95", "high95"]].to_numpy().any()


def test_every_row_names_its_source(forecast, tmp_path):
    assert set(forecast.source) == {"network"}
    write_forecast(tmp_path / "f.csv", shop_forecast(PANEL, chosen="seasonal_naive_7"))
    assert set(pd.read_csv(tmp_path / "f.csv").source) == {"seasonal_naive_7"}


def test_names_with_commas_and_quotes_survive(tmp_path):
    panel = shop_panel(stores=('The "Old", Mill',), items=("=1+1; x",))
    write_forecast(tmp_path / "f.csv", shop_forecast(panel))
    table = pd.read_csv(tmp_path / "f.csv")
    assert list(table[["store", "item"]].iloc[0]) == ['The "Old", Mill', "=1+1; x"]


def test_the_backtest_has_a_row_per_forecaster_and_horizon(tmp_path):
    write_backtest(tmp_path / "b.csv", shop_forecast())
    table = pd.read_csv(tmp_path / "b.csv", dtype={"horizon": str})
    assert list(table) == [
        "forecaster",
        "horizon",
        "n",
        "wape",
        "smape",
        "rmse",
        "cover80",
        "cover95",
    ]
    rows = list(zip(table.forecaster, table.horizon, strict=True))
    assert rows == [(name, horizon) for name in NAMES for horizon in HORIZONS]


def test_an_empty_backtest_is_a_table_with_its_columns(tmp_path):
    write_backtest(tmp_path / "b.csv", shop_forecast(backtest=()))
    assert (tmp_path / "b.csv").read_text().startswith("forecaster,horizon,n,wape,")


def test_the_submission_answers_each_row_in_the_order_asked(tmp_path):
    rows = KaggleRows(np.array(["9", "3"]), np.array([3, 0]), DAY[[2, 1]])
    assert write_submission(tmp_path / "s.csv", rows, shop_forecast(PANEL)) == 0
    assert (tmp_path / "s.csv").read_text() == "id,sales\n9,40.25\n3,10.25\n"


def test_a_series_without_a_forecast_is_counted_and_not_made_up(tmp_path):
    found = shop_forecast(PANEL, series=np.array([0, 2, 3]), left_out=((1, "ended"),))
    rows = KaggleRows(np.array(["1", "2"]), np.array([1, 2]), DAY[[1, 1]])
    assert write_submission(tmp_path / "s.csv", rows, found) == 1
    assert (tmp_path / "s.csv").read_text() == "id,sales\n2,30.25\n"


def test_the_terminal_has_a_line_per_forecaster_with_errors_ranges_and_what_chooses():
    text = backtest_text(shop_forecast())
    _, head, *lines, foot = text.splitlines()
    assert max(map(len, text.splitlines())) <= 80
    assert head.endswith("  1    2-7   8-28  29-30    all in 80% in 95%   RMSE")
    errors, ranges = ["20.0", "20.2", "20.5", "20.8", "21.0"], ["79.5", "95.2"]
    assert lines[0].split() == ["Network", *errors, *ranges, "4.20"]
    assert len(lines) == len(NAMES)
    assert "who has the least makes the forecast" in foot


def test_the_readme_shows_the_table_in_the_form_in_which_it_is_printed():
    of_quarters = shop_forecast(days=90, origins=("2025-03-02",))
    title, head, *_, foot = backtest_text(of_quarters).splitlines()
    assert {title, head, foot} <= {*README.read_text("utf-8").splitlines()}


def test_horizons_that_were_not_tested_have_no_column_and_no_error_a_dash():
    rows = [dataclasses.replace(r, n=100 * (r.horizon != "29-90")) for r in backtest()]
    rows[0] = dataclasses.replace(rows[0], wape=math.nan)
    _, head, first, *_ = backtest_text(shop_forecast(backtest=tuple(rows))).splitlines()
    assert "29-" not in head
    assert first.split()[1] == "–"


@pytest.mark.parametrize(
    ("rmse", "shown"), [(0.6849, "0.685"), (7.1555, "7.16"), (54321.6, "54322"), (math.nan, "–")]
)
def test_an_rmse_has_the_digits_by_which_forecasters_differ(rmse, shown):
    assert pieces(rmse) == shown


def test_where_nothing_was_sold_in_the_test_no_rmse_is_said_to_choose():
    nothing = backtest(dict.fromkeys(NAMES, math.nan))
    assert "makes the forecast" not in backtest_text(shop_forecast(backtest=nothing))


def test_without_a_backtest_there_is_no_table():
    assert backtest_text(shop_forecast(backtest=())) == ""
