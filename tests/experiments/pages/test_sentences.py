"""Titles, names and numbers in words."""

import dataclasses
import math

import pytest

from experiments.analysis.comparisons import Comparison
from experiments.analysis.conclusions import conclusions
from experiments.analysis.statistics import Spread, share
from experiments.pages.sentences import (
    change,
    data_words,
    group_title,
    recipe_words,
    share_words,
    table_notes,
    table_title,
)
from experiments.training.recipes import PAPER, TUNED
from tests.records import QUICK, WITHOUT_DROPOUT, group, overview, run

OWN_CALENDAR = dataclasses.replace(TUNED, inputs=dataclasses.replace(TUNED.inputs, next_day=False))
SCALED = dataclasses.replace(PAPER, inputs=dataclasses.replace(PAPER.inputs, by_level=True))


@pytest.mark.parametrize(
    ("recipe", "title"),
    [
        (PAPER, "paper, dropout 0.2"),
        (WITHOUT_DROPOUT, "paper, dropout 0"),
        (TUNED, "tuned"),
        (dataclasses.replace(TUNED, dropout=0.1), "tuned, dropout 0.1"),
        (QUICK, "paper, dropout 0.2, 3 x 150,000 windows"),
        (OWN_CALENDAR, "tuned, the row's own calendar"),
        (SCALED, "paper, dropout 0.2, sales by level"),
    ],
)
def test_a_title_is_the_recipe_its_dropout_and_how_it_was_shortened(recipe, title):
    assert group_title(group({16: [13.0]}, recipe=recipe)) == title


def test_a_table_of_another_version_of_the_program_says_so():
    both = run(group({32: [12.5], 16: [13.0]}), group({16: [13.0]}, stamp="fedcba9876"))
    assert [table_title(table) for table in conclusions(both).tables] == [
        "paper, dropout 0.2",
        "paper, dropout 0.2; by another version of the program, fedcba9876",
    ]


def test_data_have_their_name_unless_they_are_simulated():
    assert data_words(overview()) == "train.csv"
    assert data_words(overview(is_simulated=True)) == "simulated sales"


def test_a_recipe_is_told_whole():
    words = recipe_words(PAPER)
    assert "learning_rate 0.001" in words
    assert words.endswith("leaky_scaler True, by_level False, next_day False")
    assert "windows_per_epoch all" in words


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Spread(0.123, 0.1, -0.004, 0.25), "+0.12% [+0.00, +0.25]"),
        (Spread(-41.23, 3.0, -47.1, -35.0), "-41.2% [-47.1, -35.0]"),
        (Comparison(6.875, math.nan, 1, math.nan), "+6.88%"),
    ],
)
def test_a_change_has_as_many_digits_as_it_needs_and_an_interval_if_there_is_one(found, words):
    assert change(found) == words


def test_a_share_is_told_with_its_interval():
    assert share_words(share(3, 10)) == "3 of 10 [7% to 65%]"


def notes(*groups):
    return " ".join(table_notes(conclusions(run(*groups))))


def test_the_notes_of_a_table_say_what_a_verdict_is_and_what_so_many_seeds_can_find():
    """Differences of 0.1, 0.2 and 0.3 in 8: two degrees of freedom find 5.65 standard errors."""
    said = notes(group({32: [12.5] * 3, 16: [12.6, 12.7, 12.8]}))
    assert "within 0.5% of RMSE" in said
    assert "Holm's correction" in said
    assert "So many seeds find a difference of 4.1% in 80% of cases." in said
    assert "Other months" in said


def test_where_networks_collapse_the_notes_name_the_tests_that_judge_them():
    said = notes(group({16: [12.6, 23.6]}, dropout_on=12.6))
    assert "A sign test judges networks of the same seeds, and a rank test those" in said


def test_the_notes_explain_nothing_that_the_tables_do_not_show():
    said = notes(group({16: [12.6]}))
    assert not any(word in said for word in ("As good", "brackets", "collapse", "months"))
