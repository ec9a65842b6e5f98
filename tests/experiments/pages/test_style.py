"""How figures are drawn: colours and dashes, axes with plain numbers, legends that hide nothing."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from matplotlib.colors import to_rgb

from experiments.pages.style import (
    COLOURS,
    FAINT,
    PlainLocator,
    canvas,
    legend_above,
    line_style,
    marker_style,
    percent_axis,
    stack,
    units_axis,
)


def ticks(low, high):
    """The ticks that show between two numbers."""
    return [tick for tick in PlainLocator().tick_values(low, high) if low <= tick <= high]


def test_each_of_many_groups_and_lines_can_be_told_apart():
    assert len({tuple(marker_style(k).items()) for k in range(25)}) == 25
    assert len({tuple(line_style(k).items()) for k in range(15)}) == 15
    for style in (marker_style, line_style):
        assert all(style(k)["color"] != style(k + 1)["color"] for k in range(30))


@pytest.mark.parametrize("page", ["#ffffff", "#12181e"], ids=["light", "dark"])
def test_every_colour_stands_out_from_a_light_and_a_dark_page(page):
    """By the contrast of WCAG 2, (lighter + 0.05) / (darker + 0.05); 3 is its aim for graphics."""

    def luminance(colour):
        rgb = np.array(to_rgb(colour))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return linear @ (0.2126, 0.7152, 0.0722)

    for colour in (*COLOURS, FAINT):
        dark, light = sorted([luminance(colour), luminance(page)])
        assert (light + 0.05) / (dark + 0.05) > 2, colour


def test_a_stack_has_a_panel_per_row_and_is_as_high_as_asked():
    for rows in (1, 3):
        figure, panels = stack(3.5, rows)
        assert (len(panels), figure.get_size_inches()[1]) == (rows, 3.5)


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


@pytest.mark.parametrize(
    "label", ["a line", "paper, dropout 0.2, 30 x 150,000 windows"], ids=["short", "long"]
)
def test_a_legend_above_hides_nothing_and_is_not_cut(label):
    figure, axes = canvas(3)
    for k in range(4):
        axes.plot([1, 2], [1, 2], label=f"{label} {k}")
    legend_above(figure, axes)
    figure.draw_without_rendering()
    (legend,) = figure.legends
    assert len(legend.get_texts()) == 4
    assert not legend.get_window_extent().overlaps(axes.get_window_extent())
    assert legend.get_window_extent().x1 <= figure.bbox.x1
