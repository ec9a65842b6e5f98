"""What a run found, which follows from its numbers."""

import dataclasses

import pytest

from experiments.analysis.claims import Claim, Kind, Verdict
from experiments.analysis.collapse import Collapse
from experiments.analysis.comparisons import Relation
from experiments.analysis.findings import (
    AcrossRecipes,
    BoostedTrees,
    ClaimCount,
    OwnCalendar,
    QuickRun,
    findings,
)
from experiments.training.recipes import TUNED
from tests.records import FLOOR, ORACLE, QUICK, TREES, group, overview, run

WITH_TREES = overview(FLOOR, ORACLE, TREES)


def found(kind, *groups, claims=(), **options):
    """The findings of a kind."""
    all_found = findings(run(*groups, **options), claims)
    return [finding for finding in all_found if isinstance(finding, kind)]


def test_a_run_is_quick_unless_a_group_is_whole():
    quick = group({16: [13.0]}, recipe=QUICK)
    assert found(QuickRun, quick) == [QuickRun()]
    assert found(QuickRun, quick, group({16: [13.0]})) == []


def test_the_verdicts_are_counted_if_there_are_any():
    holds, fails, unsettled, untested = (Claim(Kind.DATA, verdict) for verdict in Verdict)
    claims = [holds, fails, fails, unsettled, untested]
    networks = group({16: [13.0]})
    assert found(ClaimCount, networks, claims=claims) == [ClaimCount(hold=1, fail=2, open=2)]
    assert found(ClaimCount, networks, claims=[untested]) == []


def test_a_collapse_is_the_first_thing_that_is_found():
    first, *_ = findings(run(group({16: [23.6]}, dropout_on=13.0, recipe=QUICK)), ())
    assert isinstance(first, Collapse)


def test_the_smallest_network_as_good_as_the_trees_is_found():
    """The trees have an RMSE of 7.8; as good is up to 7.839."""
    networks = group({64: [12.0] * 2, 32: [12.32] * 2, 16: [12.4] * 2})  # RMSE 7.5, 7.82, 7.9
    (beside,) = found(BoostedTrees, networks, of=WITH_TREES)
    assert (beside.trees, beside.equal.size.units) == (TREES, 32)


def test_trees_may_have_no_equal_or_not_be_there():
    networks = group({16: [12.0]})  # better, but one network settles nothing
    assert found(BoostedTrees, networks, of=WITH_TREES) == [BoostedTrees(TREES, None)]
    assert found(BoostedTrees, networks) == []


def test_small_networks_of_another_recipe_that_equal_the_papers_largest_are_found():
    paper = group({128: [12.5, 12.5, 12.51], 64: [12.5] * 3})
    tuned = group({8: [12.4] * 3, 4: [12.5, 12.51, 12.49], 2: [13.0] * 3}, recipe=TUNED)
    (across,) = found(AcrossRecipes, paper, tuned)
    assert (across.equal.size.units, across.largest.units) == (4, 128)
    assert (across.equal.group, across.group) == (tuned, paper)


def test_what_the_calendar_of_the_next_day_is_worth_is_told_by_size():
    inputs = dataclasses.replace(TUNED.inputs, next_day=False)
    without = group({16: [13.0] * 3}, recipe=dataclasses.replace(TUNED, inputs=inputs))
    (told,) = found(OwnCalendar, group({16: [12.5] * 3, 8: [12.5] * 3}, recipe=TUNED), without)
    ((units, change, relation),) = told.sizes
    assert (units, relation) == (16, Relation.WORSE)
    assert change.mean == pytest.approx(100 * (8.5 / 8.0 - 1))
    assert found(OwnCalendar, without) == []


def test_the_largest_of_the_papers_that_is_compared_has_two_networks():
    paper = group({128: [12.5], 64: [12.5] * 3})
    (across,) = found(AcrossRecipes, paper, group({8: [12.4] * 3}, recipe=TUNED))
    assert across.largest.units == 64


def test_recipes_are_not_compared_without_the_papers_protocol_or_an_equal():
    tuned = group({4: [12.5] * 3}, recipe=TUNED)
    assert found(AcrossRecipes, group({128: [12.5] * 3}, recipe=QUICK), tuned) == []
    assert found(AcrossRecipes, group({128: [12.0] * 3}), tuned) == []
