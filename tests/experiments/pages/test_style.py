"""How pictures are drawn: looks of groups, axes with plain numbers, lines of references."""

import math

import numpy as np
import pytest

from experiments.pages.style import (
    PlainLocator,
    canvas,
    legend_above,
    look,
    percent_axis,
    plot_sizes,
    reference_lines,
    run_units,
    size_colours,
    stack,
    units_axis,
)
from tests.records import FLOOR, ORACLE, QUICK, TREES, group, run, survey


def mape(record):
    return record["result"]["mape"]


def drawn(networks, k=0):
    _, axes = canvas(3)
    plot_sizes(axes, networks, k, mape)
    return axes.get_lines()


def ticks(low, high):
    """The ticks that show between two numbers."""
    return [tick for tick in PlainLocator().tick_values(low, high) if low <= tick <= high]


def test_each_of_many_groups_has_a_look_of_its_own():
    looks = {tuple(look(k).items()) for k in range(25)}
    assert len(looks) == 25


def test_neighbouring_groups_differ_in_colour_and_marker():
    for k in range(25):
        one, other = look(k), look(k + 1)
        assert one["color"] != other["color"]
        assert k % 5 == 4 or one["marker"] != other["marker"]


def test_a_canvas_is_as_high_as_asked():
    figure, _ = canvas(3.5)
    assert figure.get_size_inches()[1] == 3.5


def test_a_stack_has_a_panel_per_row():
    for rows in (1, 3):
        _, panels = stack(4, rows)
        assert len(panels) == rows


def test_every_network_is_a_dot_and_the_means_are_joined():
    *parts, means = drawn(group({32: [12.0, 13.0], 16: [20.0, 24.0]}))
    dots = [line.get_ydata() for line in parts if line.get_linestyle() == "None"]
    assert [list(y) for y in dots] == [[12.0, 13.0], [20.0, 24.0]]
    assert list(means.get_ydata()) == [12.5, 22.0]
    assert means.get_label() == "paper, dropout 0.2"


def test_a_bar_is_the_interval_of_the_mean():
    lines = drawn(group({16: [12.0, 12.1, 12.2]}))
    (bar,) = [line for line in lines if line.get_marker() == "None"]
    half = 4.302653 * 0.1 / math.sqrt(3)
    np.testing.assert_allclose(bar.get_ydata(), [12.1 - half, 12.1 + half], rtol=1e-6)


def test_a_bar_never_leaves_a_logarithmic_axis():
    lines = drawn(group({16: [1.0, 50.0]}))
    (bar,) = [line for line in lines if line.get_marker() == "None"]
    assert bar.get_ydata()[0] > 0


def test_one_seed_has_no_bar():
    assert all(line.get_marker() != "None" for line in drawn(group({32: [12.0], 16: [13.0]})))


def test_groups_stand_side_by_side():
    places = {drawn(group({16: [12.0]}), k)[-1].get_xdata()[0] for k in range(6)}
    assert len(places) == 6


def test_references_are_lines_at_their_errors():
    _, axes = canvas(3)
    reference_lines(axes, run(group({16: [12.5]}), of=survey(FLOOR, ORACLE, TREES)), "rmse")
    assert [line.get_ydata()[0] for line in axes.get_lines()] == [7.5, 7.6, 7.8]


def test_a_reference_that_there_is_not_has_no_line():
    _, axes = canvas(3)
    reference_lines(axes, run(group({16: [12.5]}), of=survey(ORACLE)), "mape")
    assert [line.get_label() for line in axes.get_lines()] == ["oracle of 60 days"]


def test_lines_can_be_chosen_and_left_without_a_label():
    _, axes = canvas(3)
    networks = run(group({16: [12.5]}))
    reference_lines(axes, networks, "mape", only=("oracle60",), labelled=False)
    assert [line.get_ydata()[0] for line in axes.get_lines()] == [12.2]
    assert axes.get_legend_handles_labels() == ([], [])


def test_the_axis_of_units_has_a_tick_at_each_size():
    _, axes = canvas(3)
    units_axis(axes, [64, 16, 48, 16])
    assert list(axes.get_xticks()) == [16, 48, 64]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["16", "48", "64"]
    assert axes.get_xscale() == "log"


@pytest.mark.parametrize(
    ("low", "high"),
    [(12, 12.5), (12.3, 13.9), (11, 24), (12, 99), (0.02, 11), (0.001, 5000), (3, 3.0001)],
)
def test_a_narrow_axis_and_a_wide_one_have_a_few_ticks(low, high):
    assert 2 <= len(ticks(low, high)) <= 13


def test_ticks_are_written_as_plain_numbers():
    figure, axes = canvas(3)
    axes.plot([1, 2], [0.5, 20_000])
    percent_axis(axes, "MAPE")
    figure.draw_without_rendering()
    texts = [label.get_text() for label in axes.get_yticklabels()]
    assert {"1", "1,000"} <= set(texts)
    assert not any("$" in text or "e" in text for text in texts)


def test_a_legend_above_hides_nothing():
    figure, axes = canvas(3)
    axes.plot([1, 2], [1, 2], label="a line")
    legend_above(figure, axes)
    figure.draw_without_rendering()
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a line"]
    assert not legend.get_window_extent().overlaps(axes.get_window_extent())


def test_the_sizes_of_a_run_are_those_of_all_its_groups():
    both = run(group({32: [12.0], 16: [13.0]}), group({64: [12.0], 16: [13.0]}, recipe=QUICK))
    assert run_units(both) == [16, 32, 64]
    colours = size_colours(both)
    assert list(colours) == [16, 32, 64]
    assert len({tuple(colour) for colour in colours.values()}) == 3
