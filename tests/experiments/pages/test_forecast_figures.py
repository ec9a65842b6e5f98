"""Figures of the forecasts: by day, by size of the forecast, and the time they take."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from experiments.analysis.groups import Group
from experiments.pages.forecast_figures import days, error_by_forecast, times
from experiments.training.recipes import TUNED
from experiments.training.record import Bands
from tests.records import BAKERY, DAYS, QUICK, group, overview, record, run

TWO = {32: [12.5, 12.6], 16: [23.6, 20.0]}


def panel(draw, *groups, **options):
    """The one panel of a figure."""
    (axes,) = draw(run(*groups, **options)).axes
    return axes


def lines(axes):
    """The lines of a panel by their labels."""
    return {line.get_label(): line for line in axes.get_lines()}


def test_the_days_are_those_of_the_largest_and_the_smallest_of_the_best_networks():
    shown = {64: 2.0, 32: 3.0, 16: 1.0}
    records = [record(n, mape=12.2, recipe=TUNED, shown=((y,) * DAYS,)) for n, y in shown.items()]
    axes = panel(days, group(TWO), Group(tuple(records)))
    (series,) = overview().shown
    assert {name: tuple(line.get_ydata()) for name, line in lines(axes).items()} == {
        "sold": series.sold,
        "oracle of 60 days": series.oracle,
        "64 units": (2.0,) * DAYS,
        "16 units": (1.0,) * DAYS,
    }


def test_one_size_has_its_days_once():
    axes = panel(days, group({16: [12.5]}))
    assert [name for name in lines(axes) if name.endswith("units")] == ["16 units"]


def test_an_oracle_that_has_seen_the_days_is_not_drawn():
    axes = panel(days, group({16: [12.5]}, of=BAKERY), of=BAKERY)
    assert list(lines(axes)) == ["sold", "16 units"]


def test_squared_errors_stand_beside_the_law():
    bands = Bands((0.0, 10.0), (0.5, 12.0))
    networks = Group((record(bands=bands),))
    drawn = lines(panel(error_by_forecast, networks))
    np.testing.assert_allclose(drawn["16 units"].get_xydata(), [[10.0, 1.2]])
    assert drawn["Poisson's law"].get_ydata()[0] == 1


def test_times_are_seconds_per_million_windows_and_microseconds():
    """Every epoch took 2 seconds for 150,000 windows."""
    networks = group({16: [12.5]}, recipe=QUICK)
    training, prediction = times(run(networks)).axes
    (line,) = training.get_lines()
    np.testing.assert_allclose(line.get_ydata(), 2 / 0.15)
    assert lines(prediction)["paper, dropout 0.2"].get_ydata() == [36.0]
    assert lines(prediction)["the paper, every size"].get_ydata()[0] == 23_400


def test_the_papers_time_stands_beside_networks_of_its_data_only():
    _, prediction = times(run(group({16: [12.5]}), of=BAKERY)).axes
    assert "the paper, every size" not in lines(prediction)
