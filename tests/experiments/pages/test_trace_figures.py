"""The pictures of a traced forecast show what was traced."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from experiments.analysis.window import trace_forecast
from experiments.data.features import Inputs, build_study
from experiments.data.simulator import simulate_panel
from experiments.pages.trace_text import reach_sentence
from tinylstm import LSTMRegressor

pytest.importorskip("matplotlib")
figures = pytest.importorskip("experiments.pages.trace_figures")


@pytest.fixture(scope="module")
def traced():
    panel = simulate_panel(stores=3, items=4, days=120)
    study = build_study(panel, inputs=Inputs(by_level=True))
    return trace_forecast(LSTMRegressor(7, 3, seed=2), panel, study, series=6, day=90)


def test_a_heat_map_has_a_row_per_unit_and_a_column_per_step(traced):
    figure = figures.gates_figure(traced)
    maps = {ax.get_title(): ax.images[0] for ax in figure.axes if ax.images and ax.get_title()}
    assert list(maps) == list(figures.TITLES.values())
    for name, title in figures.TITLES.items():
        values, (low, high) = maps[title].get_array(), maps[title].get_clim()
        unit = traced.level if name in ("dh", "dc") else 1  # gradients are of units sold
        np.testing.assert_allclose(values, unit * getattr(traced.trace, name)[0].T, rtol=1e-6)
        assert low <= values.min() <= values.max() <= high


def test_units_are_counted_from_1_as_in_the_playground(traced):
    for ax in figures.gates_figure(traced).axes:
        if ax.images and ax.get_title():
            shown = ax.images[0]
            left, right, bottom, top = shown.get_extent()
            assert (left, right) == (-0.5, shown.get_array().shape[1] - 0.5)  # days from 0
            assert (bottom, top) == (0.5, shown.get_array().shape[0] + 0.5)
            assert shown.origin == "lower"


def test_the_ticks_are_mondays_and_the_sales_stand_above_their_steps(traced):
    figure = figures.gates_figure(traced)
    ticks = figure.axes[9].get_xticks()
    assert len(ticks) >= 4
    assert {traced.days[int(tick)].item().weekday() for tick in ticks} == {0}
    np.testing.assert_array_equal(figure.axes[0].lines[0].get_ydata(), traced.sales)


def test_the_reach_has_a_panel_per_path_and_a_line_per_network_that_has_the_path(traced):
    panels = figures.reach_figure(traced).axes
    for axes, path in zip(panels, ("whole", "along_c", "through_h"), strict=True):
        lines = {line.get_label(): line for line in axes.lines if len(line.get_xdata()) > 2}
        having = {n: getattr(reach, path) for n, reach in traced.reach.items()}
        having = {name: left for name, left in having.items() if left is not None}
        assert list(lines) == list(having)
        for name, line in lines.items():
            np.testing.assert_array_equal(line.get_xdata(), np.arange(30)[::-1])
            np.testing.assert_array_equal(line.get_ydata(), having[name])
        assert axes.get_xlim() == (29, 0)  # time runs to the right


def test_the_lines_of_the_reach_are_told_apart_in_grey_and_the_same_in_every_panel(traced):
    looks = [
        {line.get_label(): (line.get_color(), line.get_linestyle()) for line in axes.lines[:-1]}
        for axes in figures.reach_figure(traced).axes
    ]
    assert len({dashes for _, dashes in looks[0].values()}) == 4
    assert all(looks[0] | other == looks[0] for other in looks)


def test_the_sentence_of_the_reach_stands_above_it(traced):
    figure = figures.reach_figure(traced)
    assert figure.get_suptitle().replace("\n", " ") == reach_sentence(traced)


def test_the_pictures_are_written_as_png_and_svg(traced, tmp_path):
    assert figures.write_figures(traced, tmp_path) == [
        *("gates.png", "gates.svg", "reach.png", "reach.svg"),
    ]
    for name in ("gates", "reach"):
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert ElementTree.parse(tmp_path / f"{name}.svg").getroot().tag.endswith("svg")
