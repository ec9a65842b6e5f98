"""Figures of errors: what they show, and that nothing leaves the frame."""

import dataclasses
import math

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from experiments.analysis.groups import Group
from experiments.pages.error_figures import dropout, epochs, error_by_size, mape_by_size
from experiments.references.forecasts import Reference
from experiments.training.recipes import PAPER, PAPER_MAPE, TUNED
from experiments.training.record import Epochs
from tests.records import (
    BAKERY,
    FLOOR,
    ORACLE,
    QUICK,
    TABLE,
    TREES,
    WITHOUT_DROPOUT,
    errors,
    group,
    overview,
    run,
)

TWO = {32: [12.5, 12.6], 16: [23.6, 20.0]}


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


def heights(axes, label):
    """The values of a line."""
    return pytest.approx(list(lines(axes)[label].get_ydata()))


def test_every_network_is_a_dot_and_the_means_are_joined():
    axes = panel(mape_by_size, group({32: [12.0, 13.0], 16: [20.0, 24.0]}))
    dots = [list(line.get_ydata()) for line in axes.get_lines() if line.get_linestyle() == "None"]
    assert dots[:2] == [[12.0, 13.0], [20.0, 24.0]]
    assert heights(axes, "paper, dropout 0.2") == [12.5, 22.0]


def test_errors_are_percent_above_the_best_possible_where_that_is_known():
    """The oracle has an RMSE of 7.6, and the networks of 8.36 and 15.2."""
    axes = panel(
        error_by_size, group({32: [12.86], 16: [19.7]}), of=overview(FLOOR, ORACLE, TABLE, TREES)
    )
    assert heights(axes, "paper, dropout 0.2") == [10.0, 100.0]
    assert heights(axes, "oracle: law, date and 60 days") == [0.0, 0.0]
    assert heights(axes, "floor: the law's mean") == [100 * (7.5 / 7.6 - 1)] * 2
    assert heights(axes, "a table of nineteen numbers") == [100 * (7.7 / 7.6 - 1)] * 2
    assert heights(axes, "LightGBM") == [100 * (7.8 / 7.6 - 1)] * 2


def test_elsewhere_they_are_the_errors_themselves_beside_last_weeks_sales():
    axes = panel(error_by_size, group({32: [12.5], 16: [23.6]}), of=BAKERY)
    assert heights(axes, "paper, dropout 0.2") == [8.0, 19.1]
    assert heights(axes, "last week's sales") == [10.0, 10.0]
    assert set(lines(axes)).isdisjoint({"oracle: law, date and 60 days", "floor: the law's mean"})


def test_under_each_size_are_its_kilobytes():
    axes = panel(error_by_size, group({128: [12.5], 2: [12.5]}))
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2\n0.6", "128\n280"]


def bars(networks):
    """The vertical lines of the figure of sizes."""
    ends = [line.get_xydata() for line in panel(mape_by_size, networks).get_lines()]
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


@pytest.mark.parametrize("of", [overview(), BAKERY], ids=["law", "shop"])
def test_every_network_and_reference_is_within_the_frame(of):
    axes = panel(error_by_size, group({16: [60.0, 14.0], 3: [99.0, 98.0]}), of=of)
    named = [line for name, line in lines(axes).items() if not name.startswith("_")]
    assert all(shows(axes, y) for line in named for y in line.get_ydata())
    dots = [line for line in axes.get_lines() if line.get_linestyle() == "None"]
    assert all(shows(axes, y) for line in dots for y in line.get_ydata())


@pytest.mark.parametrize("of", [overview(), BAKERY], ids=["law", "shop"])
def test_a_long_interval_is_cut_and_does_not_stretch_the_frame(of):
    """Two networks of RMSE 7.5 and 17.5, between -51 and 76 their mean in 19 of 20 cases."""
    axes = panel(error_by_size, group({16: [12.0, 22.0]}), of=of)
    beyond = 30.0 if of is BAKERY else 100 * (30.0 / 7.6 - 1)
    assert not shows(axes, beyond)


def test_the_papers_figure_stands_beside_networks_of_its_recipe_only():
    axes = panel(mape_by_size, group(TWO), group({8: [12.5]}, recipe=TUNED))
    paper = lines(axes)["the paper's figure"]
    assert dict(zip(paper.get_xdata(), paper.get_ydata(), strict=True)) == PAPER_MAPE
    assert all(shows(axes, mape) for mape in PAPER_MAPE.values())
    assert "tuned" not in lines(axes)


def test_a_title_has_the_budget_only_where_it_takes_that_to_tell_groups_apart():
    quick, whole = group({16: [12.5]}, recipe=QUICK), group({16: [12.5]})
    assert "paper, dropout 0.2" in lines(panel(error_by_size, quick))
    assert "paper, dropout 0.2, 3 x 150,000 windows" in lines(panel(error_by_size, quick, whole))


def test_the_picture_of_dropout_has_the_same_networks_off_and_on_and_their_twins():
    twins = group({16: [12.9]}, recipe=WITHOUT_DROPOUT)
    fallen = group({16: [23.6, 20.0]}, dropout_on=13.0, recalibrated=errors(12.7))
    axes = panel(dropout, fallen, twins)
    y = {name: list(line.get_ydata()) for name, line in lines(axes).items()}
    assert y["trained with dropout"] == [23.6, 20.0]
    assert y["the same, dropout left on"] == [13.0, 13.0]
    assert y["the same, last layer refitted"] == [12.7, 12.7]
    assert y["trained without dropout"] == [12.9]


def test_the_picture_of_dropout_is_of_the_group_that_collapses():
    many = group({16: [12.5, 12.6]}, recipe=QUICK)
    axes = panel(dropout, many, group({16: [23.6]}, dropout_on=13.0))
    assert list(lines(axes)["trained with dropout"].get_ydata()) == [23.6]


def curve_group(*curve, units=16):
    """A network whose test RMSE went like this."""
    (network,) = group({units: [13.0]}, recipe=QUICK).records
    of_epochs = Epochs(*[curve] * 7, tuple(range(1, len(curve) + 1)))
    return Group((dataclasses.replace(network, epochs=of_epochs, n_epochs=len(curve)),))


NINE = {units: [12.0 + units / 99] * 2 for units in (128, 64, 48, 32, 16, 8, 4, 2, 1)}


def test_another_split_has_a_line_above_its_own_oracle():
    """The oracle of later days has an RMSE of 8: 12.9 - 4.5 is 5% more."""
    of = overview(FLOOR, Reference("oracle60", errors(12.4, 8.0)), split="time")
    later = run(group({32: [12.9], 16: [12.9]}, recipe=TUNED, of=of), of=of)
    stores = run(group({32: [12.1], 16: [12.86]}, recipe=TUNED), group({32: [12.1], 16: [12.1]}))
    (axes,) = error_by_size(stores, [later]).axes
    assert heights(axes, "tuned, other stores") == [0.0, 10.0]
    assert heights(axes, "tuned, later days") == [5.0, 5.0]
    assert "paper, dropout 0.2" in lines(axes)


def test_networks_of_one_size_have_no_line_beside_those_of_several():
    single = group({16: [12.5]}, recipe=dataclasses.replace(PAPER, dropout=0.5))
    axes = panel(error_by_size, group(TWO), single)
    assert {"paper, dropout 0.2"} == {name for name in lines(axes) if "dropout" in name}


def test_every_size_has_a_panel_of_its_own():
    thirty = dataclasses.replace(TUNED, epochs=30)
    panels = epochs(run(group(NINE), group({16: [12.5], 8: [12.5]}, recipe=thirty))).axes
    titles = [axes.get_title(loc="left") for axes in panels]
    assert titles == ["1 unit", *(f"{n} units" for n in (2, 4, 8, 16, 32, 48, 64, 128))]
    curves = [[line for line in axes.get_lines() if len(line.get_xdata()) == 30] for axes in panels]
    assert [len(of_size) for of_size in curves] == [2, 2, 2, 3, 3, 2, 2, 2, 2]
    in_panel_of_16 = {(line.get_color(), line.get_linestyle()) for line in curves[4]}
    assert len(in_panel_of_16) == 2  # one of each group


def test_no_empty_panel_is_left():
    assert len(epochs(run(group({32: [12.5], 16: [12.5], 8: [12.5], 4: [12.5]}))).axes) == 4


def test_curves_go_over_the_whole_training_however_often_they_were_measured():
    (line, _) = panel(epochs, curve_group(9.0, 8.5, 8.2, 8.1)).get_lines()
    assert list(line.get_xdata()) == [25, 50, 75, 100]


@pytest.mark.parametrize("curve", [(5000.0, 14.0, 13.0), (13.0, 14.0, 250.0), (13.0,)])
def test_no_curve_of_epochs_leaves_its_frame(curve):
    axes = panel(epochs, curve_group(*curve))
    assert all(shows(axes, rmse) for rmse in curve)
