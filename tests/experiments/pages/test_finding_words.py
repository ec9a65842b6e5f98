"""Findings in words."""

import dataclasses

import pytest

from experiments.analysis.findings import ClaimCount, findings
from experiments.pages.finding_words import finding_sentence, finding_text
from experiments.references.forecasts import Reference
from experiments.training.recipes import PAPER, TUNED
from tests.records import (
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
    return " ".join(map(finding_text, findings(run(*groups, **options), ())))


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


def test_a_collapse_is_told_with_its_share_its_cause_and_its_cure():
    twins = group({32: [12.4], 16: [12.9, 12.8]}, recipe=WITHOUT_DROPOUT)
    networks = group({32: [12.5], 16: [20.0, 23.6]}, dropout_on=13.0, recalibrated=errors(12.7))
    words = said(networks, twins)
    assert words.startswith(
        "Dropout makes networks collapse: trained with it (recipe paper, dropout 0.2), 2 of 2 "
        "[16% to 100%] with 16 units have a deviance over 20% above that of the same weights with"
        " dropout left on; the worst has a MAPE of 23.6%, and 13.0% with it on. The mean forecast "
        "of the networks that collapse is off by +0.10 units sold without the masks of dropout, "
        "and by +0.20 with them: with the masks the same weights are right. Of networks of this "
        "size trained without dropout 0 of 2 [0% to 84%] are as bad; the worst has a MAPE of "
        "12.9%. Fitting the scale and the shift of the last layer to training windows, two "
        "numbers that cost nothing, cures each: the worst then has a MAPE of 12.7%. By a logistic "
        "fit, halving the units multiplies the odds of a collapse by "
    )


def test_variations_of_a_collapse_are_told_by_dropout_and_scale():
    more = group(
        {16: [23.6, 13.0]}, dropout_on=13.0, recipe=dataclasses.replace(PAPER, dropout=0.5)
    )
    inputs = dataclasses.replace(PAPER.inputs, by_level=True)
    scaled = group({16: [13.0] * 2}, recipe=dataclasses.replace(PAPER, inputs=inputs))
    assert said(group({16: [23.6] * 3}, dropout_on=13.0), more, scaled).endswith(
        "Trained otherwise, 16 units collapse in 1 of 2 [1% to 99%] with dropout 0.5 and 0 of 2 "
        "[0% to 84%] with dropout 0.2 and sales by the window's level."
    )


def test_what_cures_no_collapse_is_not_called_a_cure():
    assert "Fitting" not in said(group({16: [23.6]}, dropout_on=13.0))


def test_dropout_is_not_blamed_where_networks_without_it_fail_too():
    twins = group({16: [23.7]}, recipe=WITHOUT_DROPOUT)
    words = said(group({16: [23.6]}, dropout_on=13.0), twins)
    assert words.startswith("Networks collapse: trained with it")


@pytest.mark.parametrize(
    ("fallen_of_32", "words"), [(1, "makes small networks"), (10, "makes networks")]
)
def test_that_small_networks_collapse_is_said_only_where_the_odds_settle_it(fallen_of_32, words):
    of_32 = [23.6] * fallen_of_32 + [13.0] * (12 - fallen_of_32)
    networks = group({32: of_32, 16: [23.6] * 11 + [13.0]}, dropout_on=13.0, recipe=PAPER)
    assert said(networks).startswith(f"Dropout {words} collapse")


def test_where_no_network_collapses_nothing_is_said_of_it():
    assert said(group({16: [23.6]}, dropout_on=23.0)) == ""


def test_recipes_that_are_compared_are_both_named():
    words = said(group({128: [12.5] * 3}), group({4: [12.5, 12.51, 12.49]}, recipe=TUNED))
    assert (
        "4 hidden units, 1.1 KB, trained by the recipe tuned, are as good as 128 hidden units, "
        "280.1 KB, by the recipe paper, dropout 0.2: RMSE +0.00% [" in words
    )
    assert words.endswith("That compares two ways of training, and not two sizes alone.")


@pytest.mark.parametrize(
    ("units", "mape", "ending"),
    [
        (16, 12.2, "by the recipe paper, dropout 0.2, are no worse: RMSE "),
        (16, 13.0, "by the recipe paper, dropout 0.2, come nearest: RMSE "),
        (1, 13.0, "by the recipe paper, dropout 0.2, comes nearest: RMSE "),
    ],
)
def test_the_best_that_inputs_without_the_date_allow_is_the_bound(units, mape, ending):
    of = overview(FLOOR, ORACLE, Reference("bound", errors(12.3, 7.7)))
    words = said(group({units: [mape] * 2}), of=of)
    assert "the best that these inputs allow is an RMSE of 7.70." in words
    assert ending in words
    tuned, alone = group({16: [mape] * 2}, recipe=TUNED), group({16: [mape]})
    assert "these inputs allow" not in said(tuned, alone, of=of)


@pytest.mark.parametrize(
    ("mape", "n_bytes", "ending"),
    [
        (12.2, 512 * 1024, ", 72 times smaller."),
        (12.2, 4096, "; 16 hidden units in 7.1 KB are better (RMSE -1.28% [-1.28, -1.28])."),
        (12.3, 4096, "; 16 hidden units in 7.1 KB are as good (RMSE +0.00% [+0.00, +0.00])."),
        (13.0, 4096, ", and no size of this run is sure to be as good."),
    ],
)
def test_trees_are_told_by_their_kilobytes(mape, n_bytes, ending):
    of = overview(FLOOR, ORACLE, dataclasses.replace(TREES, bytes=n_bytes))
    words = said(group({16: [mape] * 2}), of=of)
    assert f"LightGBM takes {n_bytes // 1024} KB for an RMSE of 7.80" in words
    assert words.endswith(ending)
