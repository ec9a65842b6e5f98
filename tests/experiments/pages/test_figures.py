"""The pictures of a run: which there are, what they show, and that odd runs have them too."""

import dataclasses
import math
import warnings

import numpy as np
import pytest

from experiments.pages.figures import draw, pictures
from experiments.training.recipes import PAPER, PAPER_MAPE, TUNED
from tests.records import DAYS, FLOOR, ORACLE, QUICK, TREES, WITHOUT_DROPOUT, group, run, survey

ALL = ["error_by_size", "tradeoff", "dropout", "epochs", "days", "spread", "time"]
TWO = {32: [12.5, 12.6], 16: [23.6, 20.0]}
ONE_EPOCH = dataclasses.replace(PAPER, epochs=1, windows_per_epoch=64)


def names(of):
    return [picture.name for picture in pictures(of)]


def figure(name, *groups, **options):
    of = run(*groups, **options)
    return draw(next(picture for picture in pictures(of) if picture.name == name), of)


def caption(name, of):
    return next(picture.caption for picture in pictures(of) if picture.name == name)


def lines(axes):
    """The lines of a panel by their labels."""
    return {line.get_label(): line for line in axes.get_lines()}


def shows(axes, y):
    """Whether a value is within the frame of a panel."""
    low, high = axes.get_ylim()
    return low <= y <= high


def test_a_run_has_seven_pictures_each_with_its_words():
    found = list(pictures(run(group(TWO))))
    assert [picture.name for picture in found] == ALL
    assert all(picture.title and picture.caption.endswith(".") for picture in found)


def test_without_dropout_there_is_no_picture_of_dropout():
    assert names(run(group(TWO, recipe=WITHOUT_DROPOUT))) == [n for n in ALL if n != "dropout"]


def test_without_shown_days_there_is_no_picture_of_days():
    assert "days" not in names(run(group(TWO), of=survey(shown=[])))


def test_where_nothing_sold_there_are_no_pictures_of_mape():
    nothing = survey(ORACLE | {"mape": math.nan, "rmse": 0.0}, n_left_out=176_600)
    networks = group({16: [math.nan]}, of=nothing, rmse=0.1)
    assert names(run(networks, of=nothing)) == ["days", "spread", "time"]


EXTREME = {
    "one network": [group({16: [12.5]})],
    "one unit": [group({1: [40.0]})],
    "one epoch, far off": [group({3: [99.0, 98.0], 2: [99.5, 250.0]}, recipe=ONE_EPOCH)],
    "no dropout": [group(TWO, recipe=WITHOUT_DROPOUT)],
    "below the floor": [group({32: [11.5, 11.6], 16: [11.7, 11.8]})],
    "one size below the floor": [group({32: [11.5, 11.6], 16: [12.7, 12.8]})],
    "eight sizes of five groups": [
        group(
            {units: [12 + k + units / 99] for units in (128, 64, 32, 16, 8, 4, 2, 1)},
            recipe=dataclasses.replace(PAPER, dropout=k / 10),
        )
        for k in range(5)
    ],
    "seven groups": [
        group({16: [12.5 + k]}, recipe=dataclasses.replace(PAPER, dropout=k / 10)) for k in range(7)
    ],
}


@pytest.mark.parametrize("groups", EXTREME.values(), ids=EXTREME)
def test_odd_runs_are_drawn_without_a_warning(groups):
    of = run(*groups)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for picture in pictures(of):
            draw(picture, of)


def test_the_error_of_every_network_and_of_the_paper_is_within_the_frame():
    networks = group({16: [60.0, 14.0], 3: [99.0]}, recipe=QUICK)
    (axes,) = figure("error_by_size", networks).axes
    for mape in (60.0, 14.0, 99.0, *PAPER_MAPE.values()):
        assert shows(axes, mape)


def test_the_papers_figure_stands_beside_the_networks():
    (axes,) = figure("error_by_size", group(TWO)).axes
    paper = lines(axes)["the paper's figure"]
    assert dict(zip(paper.get_xdata(), paper.get_ydata(), strict=True)) == PAPER_MAPE


def test_a_tradeoff_is_the_excess_over_the_floor_against_kilobytes():
    (axes,) = figure("tradeoff", group({32: [12.5, 12.7]})).axes
    networks = lines(axes)["paper, dropout 0.2"]
    np.testing.assert_allclose(networks.get_xydata(), [[5665 * 4 / 1024, 0.6]])
    assert lines(axes)["oracle of 60 days"].get_ydata()[0] == pytest.approx(0.2)
    assert axes.get_ylabel() == "MAPE above the floor, points"


def test_without_a_floor_a_tradeoff_is_the_error_itself():
    of = survey(ORACLE, TREES)
    (axes,) = figure("tradeoff", group({32: [12.5, 12.7]}), of=of).axes
    assert lines(axes)["paper, dropout 0.2"].get_ydata() == pytest.approx([12.6])
    assert lines(axes)["LightGBM, 60 days"].get_xydata().tolist() == [[512, 12.4]]
    assert axes.get_ylabel() == "test MAPE, %"


@pytest.mark.parametrize("name", ["error_by_size", "tradeoff"])
def test_a_caption_speaks_of_the_floor_only_where_there_is_one(name):
    assert "floor" in caption(name, run(group(TWO)))
    without = caption(name, run(group(TWO), of=survey(ORACLE)))
    assert "floor" not in without
    assert "best" not in without


def test_a_mean_below_the_floor_is_left_out_of_the_tradeoff_and_the_others_stay():
    (axes,) = figure("tradeoff", group({32: [11.5], 16: [12.7]})).axes
    assert lines(axes)["paper, dropout 0.2"].get_ydata() == pytest.approx([0.7])


def test_the_picture_of_dropout_has_the_same_networks_off_and_on_and_their_twins():
    twins = group({16: [12.9]}, recipe=WITHOUT_DROPOUT)
    (axes,) = figure("dropout", group({16: [23.6, 20.0]}, dropout_on=13.0), twins).axes
    y = {name: list(line.get_ydata()) for name, line in lines(axes).items()}
    assert y["trained with dropout"] == [23.6, 20.0]
    assert y["the same, dropout left on"] == [13.0, 13.0]
    assert y["trained without dropout"] == [12.9]


def test_every_group_has_a_panel_of_its_epochs():
    groups = [
        group({16: [12.5]}, recipe=dataclasses.replace(PAPER, dropout=k / 10)) for k in range(6)
    ]
    drawn = figure("epochs", *groups)
    assert [axes.get_title(loc="left") for axes in drawn.axes] == [g.title for g in groups]


def test_a_panel_of_epochs_has_a_line_per_network_from_epoch_1_on():
    networks = group({32: [12.5, 12.6], 16: [13.0]}, recipe=QUICK)
    (axes,) = figure("epochs", networks).axes
    curves = [line for line in axes.get_lines() if len(line.get_xdata()) == 3]
    assert len(curves) == 3
    assert all(list(line.get_xdata()) == [1, 2, 3] for line in curves)
    assert axes.get_legend_handles_labels()[1] == ["32", "16"]


def test_where_a_line_ends_is_within_the_frame_however_high():
    (axes,) = figure("epochs", group({3: [99.0, 250.0]}, recipe=ONE_EPOCH)).axes
    low, high = axes.get_ylim()
    assert low < 99 < 250 < high


@pytest.mark.parametrize("first", [5000.0, 30.0])
def test_a_first_epoch_far_off_does_not_flatten_the_others(first):
    networks = group({16: [13.0]}, recipe=QUICK)
    networks.records[0]["history"]["mape"] = [first, 14.0, 13.0]
    (axes,) = figure("epochs", networks).axes
    assert shows(axes, 14.0)
    assert not shows(axes, first)


def test_epochs_are_whole_numbers_even_if_there_is_one():
    drawn = figure("epochs", group({16: [13.0]}, recipe=ONE_EPOCH))
    low, high = drawn.axes[0].get_xlim()
    assert [tick for tick in drawn.axes[0].get_xticks() if low <= tick <= high] == [1]


def test_the_days_are_those_of_the_largest_and_the_smallest_of_the_best_networks():
    of = survey()
    tuned, paper = group({64: [12.2], 32: [12.1], 16: [12.3]}, recipe=TUNED), group(TWO)
    tuned.of_size(16)[0]["shown"] = [[1.0] * DAYS]
    tuned.of_size(64)[0]["shown"] = [[2.0] * DAYS]
    (axes,) = figure("days", paper, tuned, of=of).axes
    y = {name: list(line.get_ydata()) for name, line in lines(axes).items()}
    assert y == {
        "sold": of.shown[0]["sold"],
        "oracle of 60 days": of.shown[0]["oracle"],
        "64 units": [2.0] * DAYS,
        "16 units": [1.0] * DAYS,
    }


def test_one_size_has_its_days_once():
    (axes,) = figure("days", group({16: [12.5]})).axes
    assert [name for name in lines(axes) if name.endswith("units")] == ["16 units"]


def test_the_spread_is_a_multiple_of_the_forecast():
    (axes,) = figure("spread", group({16: [12.5]})).axes
    np.testing.assert_allclose(lines(axes)["paper, dropout 0.2: 16 units"].get_ydata(), 1.1)


def test_a_band_whose_forecast_is_nothing_has_no_multiple():
    networks = group({16: [12.5]})
    networks.records[0]["spread"] = {"forecast": [0.0, 10.0], "squared_error": [0.5, 12.0]}
    (axes,) = figure("spread", networks).axes
    points = lines(axes)["paper, dropout 0.2: 16 units"].get_xydata()
    np.testing.assert_allclose(points, [[10.0, 1.2]])


def test_times_are_seconds_per_million_windows_and_microseconds():
    """Every epoch took 2 seconds for 150,000 windows."""
    training, prediction = figure("time", group({16: [12.5]}, recipe=QUICK)).axes
    (line,) = training.get_lines()
    np.testing.assert_allclose(line.get_ydata(), 2 / 0.15)
    assert lines(prediction)["paper, dropout 0.2, 3 x 150,000 windows"].get_ydata() == [36.0]
    assert lines(prediction)["the paper, every size"].get_ydata()[0] == 23_400


def test_lightgbm_is_a_line_beside_the_errors():
    (axes,) = figure("error_by_size", group(TWO), of=survey(FLOOR, ORACLE, TREES)).axes
    assert lines(axes)["LightGBM, 60 days"].get_ydata()[0] == 12.4
