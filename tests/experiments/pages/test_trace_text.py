"""A traced forecast in words."""

import dataclasses

import numpy as np

from experiments.analysis.window import trace_forecast
from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.pages.trace_text import heading, reach_table
from tinylstm import LSTMRegressor

PANEL = simulate_panel(stores=3, items=4, days=120)
TRACED = trace_forecast(LSTMRegressor(7, 3, seed=2), PANEL, build_study(PANEL), series=6, day=90)


def test_the_heading_names_series_day_forecast_and_sales():
    traced = dataclasses.replace(TRACED, forecast=12.34, sold=1)
    assert heading(traced) == "store 2, item 3, 2013-04-01: forecast 12.3, sold 1 unit"


def test_the_reach_is_read_from_the_last_step_backwards():
    traced = dataclasses.replace(TRACED, reach={"LSTM": 10.0 ** np.arange(-29, 1)})
    title, header, row = reach_table(traced).splitlines()
    assert title.endswith("mean of 16 windows):")
    assert header.split() == ["1", "back", "7", "back", "14", "back", "29", "back"]
    assert row.split() == ["LSTM", "1.0e-01", "1.0e-07", "1.0e-14", "1.0e-29"]
