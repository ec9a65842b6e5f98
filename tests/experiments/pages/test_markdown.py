"""Passages of Markdown, and how they get into the documents that quote them."""

import pytest

from experiments.analysis.conclusions import sides
from experiments.pages.markdown import passages, quote
from experiments.training.recipes import TUNED
from tests.records import FLOOR, ORACLE, TABLE, WITHOUT_DROPOUT, group, overview, run

OF = overview(FLOOR, ORACLE, TABLE)
LATER = overview(FLOOR, ORACLE, TABLE, split="time")
TUNED_SIZES = group({8: [12.12] * 3, 4: [12.5] * 3}, recipe=TUNED)
FALLEN = group({16: [23.6, 12.6, 12.8]}, dropout_on=12.7)


def made(*groups, later=()):
    runs = [run(*groups, of=OF)] + [run(each, of=LATER) for each in later]
    return passages(sides(runs))


def test_a_passage_is_made_anew_and_the_rest_of_a_document_is_left():
    text = "above\n<!-- record: one -->\nold\n<!-- end -->\nbelow\n"
    once = quote(text, {"one": "new"})
    assert once == "above\n<!-- record: one -->\nnew\n<!-- end -->\nbelow\n"
    assert quote(once, {"one": "new"}) == once


def test_a_passage_that_nobody_makes_is_an_error():
    with pytest.raises(KeyError, match="two"):
        quote("<!-- record: two -->\n<!-- end -->", {"one": "new"})


def test_the_headline_has_both_splits_side_by_side():
    later = group({8: [12.5] * 3}, recipe=TUNED, of=LATER)
    text = made(TUNED_SIZES, later=[later])["headline"]
    assert text.startswith("**2.6 KB are enough: 8 hidden units forecast as well as")
    assert "Tested on later days: **" in text
    assert "| 8 units | 2.6 | 12.12 | 7.62 | +0.26% | 12.50 | 8.00 | +5.26% |" in text
    assert "| 4 units | 1.1 | 12.50 | 8.00 | +5.26% |  |  |  |" in text
    assert "| table: a factor per weekday and month | 0.07 | 12.20 | 7.70 | +1.32% |" in text


def test_the_short_table_has_every_size_the_largest_first_and_no_floor():
    sizes = group({32: [12.1], 8: [12.12] * 3, 4: [12.5] * 3}, recipe=TUNED)
    text = made(sizes)["short"]
    assert text.startswith("**2.6 KB are enough")
    names = [line.split(" |")[0] for line in text.splitlines() if line.startswith("| ")][2:]
    assert names[:3] == ["| 32 units", "| 8 units", "| 4 units"]
    assert "floor" not in text


def test_a_collapse_has_the_medians_of_each_way_to_forecast():
    text = made(FALLEN, group({16: [12.9]}, recipe=WITHOUT_DROPOUT))["dropout"]
    assert text.startswith("**Dropout makes networks collapse")
    assert "| 16 | 1 of 3 [1% to 91%] | 12.80 | 12.70 | 12.80 | 12.90 |" in text


def test_where_none_collapses_or_none_has_dropout_that_is_said():
    none = made(group({16: [12.6] * 2}))["dropout"]
    assert "2 networks of this record trained with dropout none collapses" in none
    assert "no network that was trained with dropout" in made(TUNED_SIZES)["dropout"]


def test_claims_are_a_table_with_what_was_found():
    text = made(group({128: [12.5] * 3, 64: [12.5] * 3}))["claims"]
    assert "| 64 units take 73% less memory than 128 | 280 → 76 KB | 280 → 76 KB | " in text
    assert text.splitlines()[2].endswith("| holds |")
