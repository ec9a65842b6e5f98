"""The pictures of a run: which there are, that odd runs have them too, and true captions."""

import dataclasses
import math
import warnings

import pytest

pytest.importorskip("matplotlib")

from experiments.analysis.conclusions import conclusions
from experiments.pages.figures import draw_picture, pictures
from experiments.references.forecasts import Reference
from experiments.training.recipes import PAPER, TUNED
from experiments.training.record import Bands
from tests.records import BAKERY, WITHOUT_DROPOUT, errors, group, overview, run

ALL = ["error_by_size", "dropout", "mape", "days", "spread", "epochs", "time"]
TWO = {32: [12.5, 12.6], 16: [23.6, 20.0]}
ONE_EPOCH = dataclasses.replace(PAPER, epochs=1, windows_per_epoch=64)


def words(name, *groups, **options):
    """Title and caption of a picture."""
    found = {picture.name: picture for picture in pictures(conclusions(run(*groups, **options)))}
    return found[name].title, found[name].caption


def names(of):
    return [picture.name for picture in pictures(conclusions(of))]


def test_a_run_has_seven_pictures_each_with_its_words():
    found = list(pictures(conclusions(run(group(TWO)))))
    assert [picture.name for picture in found] == ALL
    assert all(picture.title and picture.caption.endswith(".") for picture in found)


def test_without_dropout_there_is_no_picture_of_dropout():
    assert names(run(group(TWO, recipe=WITHOUT_DROPOUT))) == [n for n in ALL if n != "dropout"]


def test_the_papers_figure_and_the_laws_are_of_its_recipe_and_of_data_that_follow_the_law():
    assert "mape" not in names(run(group(TWO, recipe=TUNED)))
    assert not {"mape", "spread"} & set(names(run(group(TWO, of=BAKERY), of=BAKERY)))


def test_without_shown_days_there_is_no_picture_of_days():
    assert "days" not in names(run(group(TWO), of=overview(shown=())))


def test_where_nothing_sold_there_are_no_pictures_of_mape():
    nothing = overview(Reference("oracle60", errors(math.nan, 0.0)), n_left_out=176_600)
    networks = group({16: [math.nan]}, errors=errors(math.nan, 0.1))
    assert names(run(networks, of=nothing)) == ["error_by_size", "days", "epochs", "time"]


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
        for picture in pictures(conclusions(of)):
            draw_picture(picture, of)


def test_a_collapse_is_named_where_there_is_one():
    assert words("dropout", group(TWO))[0] == "Dropout off and on"
    assert words("dropout", group(TWO, dropout_on=12.5))[0] == "Where a collapse comes from"


@pytest.mark.parametrize(
    ("ratios", "title"),
    [((1.01, 1.04), "What is left is chance"), ((1.01, 1.4), "What is left beside chance")],
)
def test_only_chance_is_left_if_that_is_so_at_every_forecast(ratios, title):
    bands = Bands((10.0, 20.0), (10 * ratios[0], 20 * ratios[1]))
    said = words("spread", group(TWO, bands=bands))
    assert said[0] == title
    assert f"{ratios[0]:.2f} to {ratios[1]:.2f} for 32 hidden units" in said[1]


def test_a_caption_says_how_many_series_are_shown():
    (one,) = overview().shown
    for n, which in {1: "one test series", 2: "two of the test series", 3: "a middling"}.items():
        of = overview(shown=(one,) * n)
        assert which in words("days", group(TWO, of=of), of=of)[1]
