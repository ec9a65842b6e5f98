"""Titles and sentences, and the numbers in them."""

import dataclasses
import math

import pytest

from experiments.analysis.claims import Kind, Verdict, judge
from experiments.analysis.conclusions import conclusions
from experiments.analysis.findings import ClaimCount, findings
from experiments.analysis.headline import headline
from experiments.pages.claim_words import claim_words
from experiments.pages.sentences import (
    data_words,
    finding_sentence,
    group_title,
    headline_sentence,
    recipe_words,
    table_title,
)
from experiments.references.forecasts import Reference
from experiments.training.recipes import PAPER, TUNED
from tests.records import (
    BAKERY,
    FLOOR,
    ORACLE,
    QUICK,
    TREES,
    WITHOUT_DROPOUT,
    errors,
    group,
    overview,
    run,
)


def said(*groups, **options):
    """All findings in words."""
    return " ".join(map(finding_sentence, findings(run(*groups, **options), ())))


BEST = "the best that sixty days of sales and the date allow"
EXACT = overview(Reference("oracle60", errors(math.nan, 0.0)))


@pytest.mark.parametrize(
    ("mape", "of", "words"),
    [
        (
            {32: [12.2] * 2},
            overview(),
            f"22.1 KB are enough: 32 hidden units forecast within 1.3% of {BEST}.",
        ),
        (
            {1: [12.1]},
            overview(),
            f"0.3 KB are enough: 1 hidden unit forecasts as well as {BEST}, in one run.",
        ),
        (
            {32: [13.0], 16: [13.1], 8: [14.0]},
            overview(),
            f"7.1 KB with 16 hidden units come within 13.2% of {BEST}, in one run; no size of "
            "this run is sure to come within 1.5%.",
        ),
        (
            {32: [15.0], 16: [16.0]},
            BAKERY,
            "The networks lose to last week's sales: the RMSE is 10.50 at best (32 hidden units, "
            "22.1 KB), against 10.00.",
        ),
        (
            {32: [11.0] * 2, 1: [11.05] * 2},
            BAKERY,
            "0.3 KB are enough: 1 hidden unit has an RMSE of 6.55, next to 6.50 for the best size "
            "(32 hidden units, 22.1 KB), against 10.00 for last week's sales.",
        ),
        (
            {16: [13.0, 15.8]},
            BAKERY,
            "No size of this run is sure to beat last week's sales: the nearest (16 hidden units, "
            "7.1 KB) has a mean RMSE of 9.90, against 10.00.",
        ),
        (
            {16: [12.0]},
            EXACT,
            "These sales leave nothing to learn: the RMSE of the seasons is 0.",
        ),
    ],
    ids=["enough", "as good", "too far", "lost", "better", "unsure", "exact"],
)
def test_a_headline_says_how_many_kilobytes_are_enough_or_what_is_better(mape, of, words):
    assert headline_sentence(headline(run(group(mape), of=of))) == words


def test_a_quick_run_says_so_and_what_is_the_cure():
    words = said(group({16: [99.0]}, recipe=QUICK))
    assert words.startswith("This is a quick run")
    assert "--full" in words


def test_verdicts_are_counted_in_words():
    counted = "Of the paper's claims and figures 1 held up and 2 did not"
    assert finding_sentence(ClaimCount(1, 2, 0)) == f"{counted}."
    assert finding_sentence(ClaimCount(1, 2, 3)) == (
        f"{counted}; this run did not test or settle 3."
    )


def test_a_collapse_is_told_with_its_cause():
    twins = group({32: [12.4], 16: [12.9]}, recipe=WITHOUT_DROPOUT)
    words = said(group({32: [12.5, 12.6], 16: [20.0, 23.6]}, dropout_on=13.0), twins)
    assert words == (
        "Dropout makes networks collapse: trained with it (recipe paper, dropout 0.2), 2 fail of 2 "
        "with 16 hidden units, the worst with a MAPE of 23.6%. It is not the size: the very same "
        "weights have 13.0% with dropout left on; trained without dropout, the one network "
        "of that size has 12.9%."
    )


def test_dropout_is_not_blamed_where_networks_without_it_fail_too():
    twins = group({16: [23.0]}, recipe=WITHOUT_DROPOUT)
    words = said(group({16: [23.6]}, dropout_on=13.0), twins)
    assert words.startswith("Networks collapse: trained with dropout")


def test_where_no_network_collapses_nothing_is_said_of_it():
    assert said(group({16: [23.6]}, dropout_on=23.0)) == ""


@pytest.mark.parametrize(
    ("mape", "n_bytes", "ending"),
    [
        (12.2, 512 * 1024, "; 16 hidden units in 7.1 KB are as good, 72 times smaller."),
        (12.2, 4096, "; 16 hidden units in 7.1 KB are as good."),
        (13.0, 4096, ", and no size of this run is sure to be as good."),
    ],
)
def test_trees_are_told_by_their_kilobytes(mape, n_bytes, ending):
    of = overview(FLOOR, ORACLE, dataclasses.replace(TREES, bytes=n_bytes))
    words = said(group({16: [mape]}), of=of)
    assert words.endswith(f"LightGBM takes {n_bytes // 1024} KB for an RMSE of 7.80{ending}")


@pytest.mark.parametrize(
    ("recipe", "title"),
    [
        (PAPER, "paper, dropout 0.2"),
        (WITHOUT_DROPOUT, "paper, dropout 0"),
        (TUNED, "tuned"),
        (dataclasses.replace(TUNED, dropout=0.1), "tuned, dropout 0.1"),
        (QUICK, "paper, dropout 0.2, 3 x 150,000 windows"),
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


def test_what_was_found_of_each_claim_is_told_in_numbers():
    sizes = {units: [12.5, 12.5] for units in (128, 64, 48, 32)}
    networks = group({**sizes, 16: [23.5, 23.7]}, dropout_on=13.0)
    twins = group({16: [12.6]}, recipe=WITHOUT_DROPOUT)
    rows = [claim_words(claim) for claim in judge(run(networks, twins))]
    told = {row.claim: row.ours for row in rows}
    assert (
        told["the data: 913,000 daily sales, 10 stores of 50 items"] == "913,000 rows, 500 series"
    )
    assert told["16 units are too few: the error doubles"] == (
        "23.60% as the paper forecasts; 13.00% with dropout left on; 12.60% trained without dropout"
    )
    assert told["one prediction takes as long at every size"] == "36 µs at 16 units, 148 µs at 128"
    assert told["64 units are 47% more accurate than 128"].startswith(
        "points of MAPE against 128 units: 64: +0.00 [+0.00, +0.00] (p = 1)"
    )
    assert "; 16: +11.10 [" in told["larger models do not always give better results"]


def test_a_claim_of_an_error_names_where_the_paper_says_it():
    rows = [claim_words(c) for c in judge(run(group({128: [12.5]}))) if c.kind is Kind.ERROR]
    assert (rows[0].claim, rows[0].abstract, rows[0].figure) == (
        *("128 units have a MAPE of 23.6%", "23.6%", "12.5%"),
    )
    assert (rows[2].claim, rows[2].abstract, rows[2].figure) == (
        *("128 units have a MAPE of 12.5%", "-", "12.5%"),
    )
    assert (rows[2].ours, rows[2].verdict) == ("12.50%, one seed", Verdict.UNTESTED)
