"""What a run found, which follows from its numbers."""

from experiments.analysis.claims import Claim, Kind, Verdict
from experiments.analysis.findings import (
    BoostedTrees,
    ClaimCount,
    Collapse,
    QuickRun,
    findings,
)
from tests.records import FLOOR, ORACLE, QUICK, TREES, WITHOUT_DROPOUT, group, overview, run

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


def test_networks_collapse_that_fail_only_without_dropout():
    networks = group({32: [12.5, 12.6], 16: [20.0, 23.6]}, dropout_on=13.0)
    (collapse,) = found(Collapse, networks)
    assert [record.errors.mape for record in collapse.fallen] == [23.6, 20.0]
    assert found(Collapse, group({16: [23.6]}, dropout_on=23.0)) == []


def test_beside_a_collapse_stand_twins_of_its_sizes_without_dropout():
    networks = group({16: [23.6]}, dropout_on=13.0)
    twins = group({32: [12.4], 16: [12.9], 1: [30.0]}, recipe=WITHOUT_DROPOUT, dropout_on=1.0)
    (collapse,) = found(Collapse, networks, twins)
    assert collapse.group is networks
    assert [record.errors.mape for record in collapse.without] == [12.9]


def test_dropout_is_the_cause_unless_networks_without_it_fail_likewise():
    networks = group({16: [23.6]}, dropout_on=13.0)
    failing, well = (group({16: [mape]}, recipe=WITHOUT_DROPOUT) for mape in (23.0, 12.9))
    causes = [
        found(Collapse, networks, *twins)[0].is_dropouts for twins in ((), (well,), (failing,))
    ]
    assert causes == [True, True, False]


def test_the_smallest_network_as_good_as_the_trees_is_found():
    """The trees have an RMSE of 7.8."""
    networks = group({64: [12.0], 32: [12.2], 16: [12.4]})  # RMSE 7.5, 7.7, 7.9
    (beside,) = found(BoostedTrees, networks, of=WITH_TREES)
    assert (beside.trees, beside.equal.units) == (TREES, 32)


def test_trees_may_have_no_equal_or_not_be_there():
    networks = group({16: [13.0]})
    assert found(BoostedTrees, networks, of=WITH_TREES) == [BoostedTrees(TREES, None)]
    assert found(BoostedTrees, networks) == []
