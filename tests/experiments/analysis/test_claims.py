"""The verdicts on the paper's claims, which only numbers decide."""

import dataclasses

import pytest

from experiments.analysis.claims import Kind, Verdict, judge
from experiments.training.recipes import PAPER, PAPER_MAPE, TUNED
from tests.records import QUICK, WITHOUT_DROPOUT, group, overview, run

HOLDS, FAILS, UNSETTLED, UNTESTED = Verdict
DATA, SIZE, _, ACCURACY, LARGER, TOO_FEW, SPEED = Kind
ERRORS = {(128, 23.6), (64, 12.4), *PAPER_MAPE.items()}  # units and MAPE as stated
SIZES = {units: [mape, mape + 0.1, mape + 0.05] for units, mape in PAPER_MAPE.items()}


def claims(*groups, **options):
    """The claims by their kind, those on errors by units and stated error."""
    return {
        (claim.units, claim.stated) if claim.kind is Kind.ERROR else claim.kind: claim
        for claim in judge(run(*groups, **options))
    }


def verdicts(*groups, **options):
    return {name: claim.verdict for name, claim in claims(*groups, **options).items()}


def verdict(name, mape, **options):
    return verdicts(group(mape, **options))[name]


def test_every_claim_is_judged_by_the_papers_own_experiment():
    judged = verdicts(group(SIZES))
    assert set(judged) == {DATA, SIZE, SPEED, ACCURACY, LARGER, TOO_FEW, *ERRORS}
    assert UNTESTED not in judged.values()


@pytest.mark.parametrize(
    ("recipe", "of"),
    [
        (PAPER, overview(data_sha256="0" * 64)),
        (PAPER, overview(split="time")),
        (QUICK, overview()),
        (dataclasses.replace(PAPER, epochs=29), overview()),
        (dataclasses.replace(PAPER, windows_per_epoch=150_000), overview()),
        (dataclasses.replace(PAPER, dropout=0.5), overview()),
        (TUNED, overview()),
    ],
    ids=["other data", "other split", "quick", "epochs", "windows", "dropout", "tuned"],
)
def test_an_experiment_that_is_not_the_papers_judges_no_claim(recipe, of):
    assert judge(run(group(SIZES, recipe=recipe, of=of), of=of)) == []


def test_other_networks_beside_the_papers_own_change_no_verdict_on_an_error():
    alone = verdicts(group(SIZES))
    many = {units: [99.0] * 9 for units in SIZES}
    assert verdicts(group(many, recipe=QUICK), group(SIZES)) == alone


def test_the_data_must_have_as_many_rows_as_the_paper_says():
    networks = group({16: [12.5]})
    assert verdicts(networks)[DATA] is HOLDS
    assert verdicts(networks, of=overview(n_series=499))[DATA] is FAILS


def test_a_size_in_memory_is_that_of_the_stored_weights():
    assert verdict(SIZE, {128: [50], 64: [60]}) is HOLDS
    assert verdict(SIZE, {128: [50], 64: [60]}, size_bytes=77_000) is FAILS
    assert verdict(SIZE, {128: [50], 32: [60]}) is UNTESTED


@pytest.mark.parametrize(
    ("shift", "expected"),
    [(0, HOLDS), (0.54, HOLDS), (0.56, FAILS), (-0.54, HOLDS), (-0.56, FAILS)],
)
def test_an_error_holds_where_another_run_may_well_fall(shift, expected):
    """Runs of 12.4, 12.5 and 12.6: another falls within 12.5 ± 4.303 * 0.1 * sqrt(4/3) = 0.497."""
    values = [mape + shift for mape in (12.4, 12.5, 12.6)]
    assert verdict((128, 12.5), {128: values}) is expected


def test_the_abstracts_error_and_the_figures_are_judged_apart():
    judged = claims(group({128: [12.4, 12.5, 12.6]}))
    assert (judged[128, 23.6].verdict, judged[128, 23.6].in_abstract) == (FAILS, True)
    assert (judged[128, 12.5].verdict, judged[128, 12.5].in_abstract) == (HOLDS, False)


def test_one_seed_is_shown_and_judges_no_error():
    judged = claims(group({128: [12.5]}))
    assert {judged[name].verdict for name in ERRORS} == {UNTESTED}
    assert judged[128, 12.5].found == (12.5,)


def test_runs_that_differ_too_much_agree_with_no_error():
    judged = verdicts(group({16: [12.9, 37.1, 30.3], 32: [12.4, 12.5, 12.3]}))
    assert judged[16, 23.6] is UNSETTLED
    assert judged[32, 12.3] is HOLDS


@pytest.mark.parametrize(
    ("large", "small", "expected"),
    [
        ([23.6, 23.6, 23.6], [12.4, 12.3, 12.5], HOLDS),
        ([23.6, 23.6, 23.6], [20.1, 20.2, 20.0], FAILS),
        ([20.0, 60.0, 30.0], [12.0, 12.0, 29.0], UNSETTLED),  # chance explains it
        ([23.6], [12.4, 12.4], UNTESTED),  # one seed in common
    ],
)
def test_accuracy_improves_as_stated_only_if_it_is_sure_and_large(large, small, expected):
    assert verdict(ACCURACY, {128: large, 64: small}) is expected


@pytest.mark.parametrize(
    ("smaller", "expected"),
    [
        ({32: [12.5, 12.6, 12.5]}, HOLDS),  # surely no more than half a point worse
        ({32: [12.1, 12.2, 12.0]}, HOLDS),
        ({32: [13.5, 13.6, 13.4]}, FAILS),  # surely worse
        ({32: [12.5, 15.0, 10.0]}, UNSETTLED),  # nobody can tell
        ({32: [12.5, 12.6, 12.5], 16: [23.6, 22.0, 23.0]}, HOLDS),  # one size is enough
        ({32: [12.3]}, UNTESTED),  # one seed in common
        ({}, UNTESTED),
    ],
)
def test_a_smaller_network_must_surely_be_no_worse(smaller, expected):
    assert verdict(LARGER, {128: [12.5, 12.5, 12.4]} | smaller) is expected


COLLAPSED = {128: [12.5, 12.4], 16: [23.6, 23.4]}


def test_sixteen_units_are_too_few_if_they_fail_with_dropout_on_and_without_any():
    failing = group(COLLAPSED)
    assert verdicts(failing)[TOO_FEW] is HOLDS
    assert verdicts(failing, group({16: [23.0]}, recipe=WITHOUT_DROPOUT))[TOO_FEW] is HOLDS


def test_sixteen_units_are_not_too_few_if_training_without_dropout_does_well():
    claim = claims(group(COLLAPSED), group({16: [12.6]}, recipe=WITHOUT_DROPOUT))[TOO_FEW]
    assert claim.verdict is FAILS
    assert claim.found == (23.5, 23.5, 12.6)


@pytest.mark.parametrize(
    ("mape", "dropout_on", "expected"),
    [
        (COLLAPSED, 12.6, FAILS),  # the same weights do well with dropout on
        ({128: [12.5, 12.4], 16: [13.0, 13.1]}, None, FAILS),  # the error does not double
        ({128: [12.5], 16: [23.6]}, None, UNTESTED),  # one seed
        ({64: [12.5, 12.4], 16: [23.6, 23.4]}, None, UNTESTED),  # nothing to compare with
    ],
)
def test_sixteen_units_are_too_few_only_if_nothing_else_explains_it(mape, dropout_on, expected):
    assert verdict(TOO_FEW, mape, dropout_on=dropout_on) is expected


def test_speed_is_equal_only_if_it_is_as_equal_as_in_the_paper():
    ends = {128: [12.5], 16: [12.5]}
    assert verdict(SPEED, ends, predict_us=20.0) is HOLDS
    assert verdict(SPEED, ends) is FAILS  # 148 against 36
    assert verdict(SPEED, {3: [50], 2: [50]}, predict_us=9.0) is UNTESTED
