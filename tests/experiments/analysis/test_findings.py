"""What a run found, which follows from its numbers."""

import math

import pytest

from experiments.analysis.claims import Claim, Kind, Verdict
from experiments.analysis.findings import (
    BoostedTrees,
    ClaimCount,
    Collapse,
    Outcome,
    QuickRun,
    findings,
    headline,
)
from experiments.references.forecasts import Reference
from experiments.training.recipes import TUNED
from tests.records import FLOOR, ORACLE, QUICK, TREES, WITHOUT_DROPOUT, errors, group, overview, run

WITH_TREES = overview(FLOOR, ORACLE, TREES)


def found(kind, *groups, claims=(), **options):
    """The findings of a kind."""
    all_found = findings(run(*groups, **options), claims)
    return [finding for finding in all_found if isinstance(finding, kind)]


@pytest.mark.parametrize(
    ("mape", "units"),
    [
        ({64: [12.1] * 2, 32: [12.2] * 2, 16: [12.3] * 2}, 32),  # RMSE 7.6, 7.7, 7.8
        ({32: [12.2] * 2, 16: [12.1, 12.2]}, 32),  # the mean of 16 units is not sure
        ({32: [12.2], 16: [12.0]}, 16),  # of one run, its own error counts
    ],
)
def test_the_headline_is_the_smallest_size_surely_close_to_the_oracle(mape, units):
    """The oracle has an RMSE of 7.6; enough is 1.5% more, 7.714."""
    said = headline(run(group(mape)))
    assert (said.outcome, said.size.units) == (Outcome.ENOUGH, units)


def test_the_smallest_size_may_be_of_any_group():
    said = headline(run(group({32: [12.2]}), group({16: [12.2]}, recipe=TUNED)))
    assert said.size.units == 16
    assert said.excess == pytest.approx(100 * (7.7 / 7.6 - 1))


def test_without_a_network_that_is_close_the_headline_is_the_nearest():
    said = headline(run(group({32: [13.0, 13.4], 16: [13.9, 13.9]})))  # 16 units vary less
    assert (said.outcome, said.size.units) == (Outcome.TOO_FAR, 32)


def test_an_oracle_is_a_bound_only_where_there_is_a_floor():
    assert headline(run(group({16: [14.0]}))).is_bound
    assert not headline(run(group({16: [14.0]}), of=overview(ORACLE))).is_bound


def test_an_oracle_without_any_error_leaves_nothing_to_learn():
    exact = overview(Reference("oracle60", errors(math.nan, 0.0)))
    said = headline(run(group({16: [math.nan]}), of=exact))
    assert said.outcome is Outcome.NOTHING_TO_LEARN


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


def test_networks_collapse_that_fail_only_without_dropout():
    networks = group({32: [12.5, 12.6], 16: [20.0, 23.6]}, dropout_on=13.0)
    (collapse,) = found(Collapse, networks)
    assert [record.errors.mape for record in collapse.fallen] == [23.6, 20.0]
    assert found(Collapse, group({16: [23.6]}, dropout_on=23.0))[0].fallen == ()


def test_the_twins_without_dropout_stand_beside_a_collapse_and_have_none():
    networks = group({16: [23.6]}, dropout_on=13.0)
    twins = group({32: [12.4], 16: [12.9]}, recipe=WITHOUT_DROPOUT, dropout_on=1.0)
    (collapse,) = found(Collapse, networks, twins)
    assert collapse.group is networks
    assert [record.errors.mape for record in collapse.without] == [12.9, 12.4]


def test_the_smallest_network_as_good_as_the_trees_is_found():
    """The trees have an RMSE of 7.8."""
    networks = group({64: [12.0], 32: [12.2], 16: [12.4]})  # RMSE 7.5, 7.7, 7.9
    (beside,) = found(BoostedTrees, networks, of=WITH_TREES)
    assert (beside.trees, beside.equal.units) == (TREES, 32)


def test_trees_may_have_no_equal_or_not_be_there():
    networks = group({16: [13.0]})
    assert found(BoostedTrees, networks, of=WITH_TREES) == [BoostedTrees(TREES, None)]
    assert found(BoostedTrees, networks) == []
