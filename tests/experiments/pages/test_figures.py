"""The pictures of a run: which there are, that odd runs have them too, and true captions."""

import dataclasses
import math
import warnings

import pytest

from experiments.analysis.conclusions import conclusions
from experiments.pages.figures import draw_picture, pictures
from experiments.references.forecasts import Reference
from experiments.references.law import LawCheck
from experiments.training.recipes import PAPER
from tests.records import ORACLE, WITHOUT_DROPOUT, errors, group, overview, run

ALL = ["error_by_size", "tradeoff", "dropout", "epochs", "days", "spread", "time"]
TWO = {32: [12.5, 12.6], 16: [23.6, 20.0]}
ONE_EPOCH = dataclasses.replace(PAPER, epochs=1, windows_per_epoch=64)
BAKERY = overview(ORACLE, data="bakery.csv", data_sha256="0" * 64)


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


def test_without_shown_days_there_is_no_picture_of_days():
    assert "days" not in names(run(group(TWO), of=overview(shown=())))


def test_where_nothing_sold_there_are_no_pictures_of_mape():
    nothing = overview(Reference("oracle60", errors(math.nan, 0.0)), n_left_out=176_600)
    assert names(run(group({16: [math.nan]}), of=nothing)) == ["days", "spread", "time"]


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


@pytest.mark.parametrize("name", ALL)
def test_captions_about_other_data_speak_of_no_paper_floor_or_best(name):
    _, caption = words(name, group(TWO, of=BAKERY), of=BAKERY)
    assert not any(word in caption for word in ("paper", "floor", "best", "only chance"))


def test_captions_about_the_papers_data_do():
    said = " ".join(caption for name in ALL for caption in words(name, group(TWO)))
    assert all(word in said for word in ("Crosses are the figure of the paper", "floor", "best"))


def test_a_collapse_is_named_where_there_is_one():
    assert words("dropout", group(TWO))[0] == "With dropout and without it"
    assert words("dropout", group(TWO, dropout_on=12.5))[0] == "Where a collapse comes from"


def test_data_are_said_not_to_follow_the_law_only_if_they_are_enough_to_tell():
    few = dataclasses.replace(BAKERY, law=LawCheck((), n_rows=1, n_params=80))
    assert "these sales do not" in words("spread", group(TWO), of=BAKERY)[1]
    assert "these sales" not in words("spread", group(TWO), of=few)[1]
