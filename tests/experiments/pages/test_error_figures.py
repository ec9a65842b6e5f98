"""Figures of MAPE: what they show, and that nothing leaves the frame."""

import dataclasses
import math

import numpy as np
import pytest

from experiments.analysis.groups import Group
from experiments.pages.error_figures import dropout, epochs, error_by_size, tradeoff
from experiments.pages.sentences import group_title
from experiments.training.recipes import PAPER, PAPER_MAPE
from tests.records import FLOOR, ORACLE, QUICK, TREES, WITHOUT_DROPOUT, group, overview, run

TWO = {32: [12.5, 12.6], 16: [23.6, 20.0]}
BAKERY = overview(ORACLE, TREES, data="bakery.csv", data_sha256="0" * 64)
ONE_EPOCH = dataclasses.replace(PAPER, epochs=1, windows_per_epoch=64)


def panel(draw, *groups, **options):
    """The one panel of a figure."""
    (axes,) = draw(run(*groups, **options)).axes
    return axes


def lines(axes):
    """The lines of a panel by their labels."""
    return {line.get_label(): line for line in axes.get_lines()}


def shows(axes, y):
    """Whether a value is within the frame of a panel."""
    low, high = axes.get_ylim()
    return low <= y <= high


def test_every_network_is_a_dot_and_the_means_are_joined():
    axes = panel(error_by_size, group({32: [12.0, 13.0], 16: [20.0, 24.0]}))
    dots = [list(line.get_ydata()) for line in axes.get_lines() if line.get_linestyle() == "None"]
    assert dots[:2] == [[12.0, 13.0], [20.0, 24.0]]
    assert list(lines(axes)["paper, dropout 0.2"].get_ydata()) == [12.5, 22.0]


def bars(networks):
    """The vertical lines of the figure of sizes."""
    ends = [line.get_xydata() for line in panel(error_by_size, networks).get_lines()]
    return [y for (x, y) in map(np.transpose, (e for e in ends if len(e) == 2)) if x[0] == x[1] > 1]


def test_a_bar_is_the_interval_of_the_mean_and_one_seed_has_none():
    half = 4.302653 * 0.1 / math.sqrt(3)
    (bar,) = bars(group({16: [12.0, 12.1, 12.2]}))
    np.testing.assert_allclose(bar, [12.1 - half, 12.1 + half], rtol=1e-6)
    assert bars(group({16: [12.0]})) == []


def test_groups_stand_side_by_side():
    recipes = [dataclasses.replace(PAPER, dropout=k / 10) for k in range(6)]
    axes = panel(error_by_size, *(group({16: [12.0]}, recipe=recipe) for recipe in recipes))
    places = {line.get_xdata()[0] for name, line in lines(axes).items() if "dropout" in name}
    assert len(places) == 6


def test_the_error_of_every_network_and_of_the_paper_is_within_the_frame():
    axes = panel(error_by_size, group({16: [60.0, 14.0], 3: [99.0]}, recipe=QUICK))
    assert all(shows(axes, mape) for mape in (60.0, 14.0, 99.0, *PAPER_MAPE.values()))


def test_the_papers_figure_stands_beside_networks_of_its_data_only():
    paper = lines(panel(error_by_size, group(TWO)))["the paper's figure"]
    assert dict(zip(paper.get_xdata(), paper.get_ydata(), strict=True)) == PAPER_MAPE
    for draw in (error_by_size, tradeoff):
        axes = panel(draw, group(TWO, of=BAKERY), of=BAKERY)
        assert "the paper's figure" not in lines(axes)


def test_the_references_that_there_are_are_lines_at_their_errors():
    axes = panel(error_by_size, group(TWO), of=overview(FLOOR, ORACLE, TREES))
    names = ("floor: the law's mean", "oracle of 60 days", "LightGBM, 60 days")
    assert [lines(axes)[name].get_ydata()[0] for name in names] == [12.0, 12.2, 12.4]
    assert names[0] not in lines(panel(error_by_size, group(TWO), of=BAKERY))


def test_a_tradeoff_is_the_excess_over_the_floor_against_kilobytes():
    axes = panel(tradeoff, group({32: [12.5, 12.7]}))
    networks = lines(axes)["paper, dropout 0.2"]
    np.testing.assert_allclose(networks.get_xydata(), [[5665 * 4 / 1024, 0.6]])
    assert lines(axes)["oracle of 60 days"].get_ydata()[0] == pytest.approx(0.2)
    assert axes.get_ylabel() == "MAPE above the floor, points"


def test_without_a_floor_a_tradeoff_is_the_error_itself():
    axes = panel(tradeoff, group({32: [12.5, 12.7]}), of=BAKERY)
    assert lines(axes)["paper, dropout 0.2"].get_ydata() == pytest.approx([12.6])
    assert lines(axes)["LightGBM, 60 days"].get_xydata().tolist() == [[512, 12.4]]
    assert axes.get_ylabel() == "test MAPE, %"


def test_a_mean_below_the_floor_is_left_out_of_the_tradeoff_and_the_others_stay():
    axes = panel(tradeoff, group({32: [11.5], 16: [12.7]}))
    assert lines(axes)["paper, dropout 0.2"].get_ydata() == pytest.approx([0.7])


def test_the_picture_of_dropout_has_the_same_networks_off_and_on_and_their_twins():
    twins = group({16: [12.9]}, recipe=WITHOUT_DROPOUT)
    axes = panel(dropout, group({16: [23.6, 20.0]}, dropout_on=13.0), twins)
    y = {name: list(line.get_ydata()) for name, line in lines(axes).items()}
    assert y["trained with dropout"] == [23.6, 20.0]
    assert y["the same, dropout left on"] == [13.0, 13.0]
    assert y["trained without dropout"] == [12.9]


def test_the_picture_of_dropout_is_of_the_group_that_collapses():
    many = group({16: [12.5, 12.6]}, recipe=QUICK)
    axes = panel(dropout, many, group({16: [23.6]}, dropout_on=13.0))
    assert list(lines(axes)["trained with dropout"].get_ydata()) == [23.6]


def test_every_group_has_a_panel_of_its_epochs():
    groups = [
        group({16: [12.5]}, recipe=dataclasses.replace(PAPER, dropout=k / 10)) for k in range(6)
    ]
    drawn = epochs(run(*groups))
    assert [axes.get_title(loc="left") for axes in drawn.axes] == [
        group_title(each) for each in groups
    ]


def test_a_panel_of_epochs_has_a_line_per_network_from_epoch_1_on():
    networks = group({32: [12.5, 12.6], 16: [13.0]}, recipe=QUICK)
    axes = panel(epochs, networks)
    curves = [line for line in axes.get_lines() if len(line.get_xdata()) == 3]
    assert len(curves) == 3
    assert all(list(line.get_xdata()) == [1, 2, 3] for line in curves)
    assert axes.get_legend_handles_labels()[1] == ["32", "16"]


@pytest.mark.parametrize("curve", [(5000.0, 14.0, 13.0), (13.0, 14.0, 250.0)])
def test_no_curve_of_epochs_leaves_its_frame(curve):
    networks = group({16: [13.0]}, recipe=QUICK)
    of_epochs = dataclasses.replace(networks.records[0].epochs, mape=curve)
    strange = Group((dataclasses.replace(networks.records[0], epochs=of_epochs),))
    axes = panel(epochs, strange)
    assert all(shows(axes, mape) for mape in curve)


def test_nine_sizes_can_be_told_apart():
    sizes = {units: [12.0 + units / 99] for units in (128, 64, 48, 32, 16, 8, 4, 2, 1)}
    axes = panel(epochs, group(sizes, recipe=QUICK))
    curves = [line for line in axes.get_lines() if len(line.get_xdata()) == 3]
    assert len({(line.get_color(), line.get_linestyle()) for line in curves}) == 9


def test_epochs_are_whole_numbers_even_if_there_is_one():
    axes = panel(epochs, group({16: [13.0]}, recipe=ONE_EPOCH))
    low, high = axes.get_xlim()
    assert [tick for tick in axes.get_xticks() if low <= tick <= high] == [1]
