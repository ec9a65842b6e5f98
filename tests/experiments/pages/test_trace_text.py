"""A traced forecast in words."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.analysis.window import trace_forecast
from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.pages.trace_text import PATHS, heading, part, reach_sentence, reach_table
from tinylstm import LSTMRegressor
from tinylstm.inspect.reach import BIAS_0, BIAS_1, RNN, THIS, Reach

PANEL = simulate_panel(stores=3, items=4, days=120)
TRACED = trace_forecast(LSTMRegressor(7, 3, seed=2), PANEL, build_study(PANEL), series=6, day=90)


def test_the_heading_names_series_day_forecast_and_sales():
    traced = replace(TRACED, forecast=12.34, sold=1)
    assert heading(traced) == "store 2, item 3, 2013-04-01: forecast 12.3, sold 1 unit"


def reach(whole, through_h=None, along_c=None):
    """One that falls by so many powers of ten from the last step to the first."""
    power = [
        None if n is None else 10.0 ** np.linspace(-n, 0, 30) for n in (whole, through_h, along_c)
    ]
    return Reach(power[0], power[0] if through_h is None else power[1], power[2])


REACH = {THIS: reach(1, 11, 2), BIAS_1: reach(3, 20, 3), BIAS_0: reach(4, 20, 5), RNN: reach(29)}


def test_the_reach_is_read_from_the_last_step_backwards_in_a_block_per_path():
    title, header, *rows = reach_table(replace(TRACED, reach=REACH)).splitlines()
    assert title.endswith("(mean of 16 windows):")
    assert header.split() == ["1", "back", "7", "back", "14", "back", "29", "back"]
    whole, along_c, through_h = rows[:5], rows[5:9], rows[9:]  # an RNN has no cell
    assert [block[0] for block in (whole, along_c, through_h)] == list(PATHS.values())
    assert whole[4].split()[-4:] == ["1.0e-01", "1.0e-07", "1.0e-14", "1.0e-29"]
    assert along_c[1].split() == [*THIS.split(), "8.5e-01", "3.3e-01", "1.1e-01", "1.0e-02"]
    assert {len(row) for block in (whole, along_c, through_h) for row in block[1:]} == {len(header)}


def test_the_reach_is_said_in_a_sentence_of_this_runs_own_numbers():
    assert reach_sentence(replace(TRACED, reach=REACH)) == (
        "29 days back, 10% of a gradient is left in this LSTM, 1 part in 1,000 in an untrained "
        "one, 1 part in 10,000 with a forget bias of 0, and less than 1 part in a trillion in a "
        "tanh RNN of the same weights; along the cell alone 1% comes through in this LSTM, "
        "through h alone 1 part in 100 billion."
    )


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (3.0, "300%"),
        (0.999, "100%"),
        (0.0573, "5.7%"),
        (0.00588, "1 part in 170"),
        (1 / 394_000, "1 part in 390,000"),
        (1 / 999_999, "1 part in 1 million"),
        (1 / 92e6, "1 part in 92 million"),
        (1 / 5.52e9, "1 part in 5.5 billion"),
        (0.0, "less than 1 part in a trillion"),
    ],
)
def test_a_share_is_written_as_one_says_it(share, words):
    assert part(share) == words
