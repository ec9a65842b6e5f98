"""The verdicts on the paper's claims, which only numbers decide."""

import dataclasses

import pytest

from experiments.analysis.claims import FAILS, HOLDS, UNSETTLED, UNTESTED, judge
from experiments.training.recipes import PAPER, PAPER_MAPE, TUNED
from tests.records import QUICK, WITHOUT_DROPOUT, group, run, survey

DATA = "the data: 913,000 daily sales, 10 stores of 50 items"
SIZE = "64 units take 73% less memory than 128"
ABSTRACT = "128 units have a MAPE of 23.6%"
ACCURACY = "64 units are 47% more accurate than 128"
LARGER = "larger models do not always give better results"
TOO_FEW = "16 units are too few: the error doubles"
SPEED = "one prediction takes as long at every size"
ERRORS = {
    ABSTRACT,
    "64 units have a MAPE of 12.4%",
    *(f"{units} units have a MAPE of {mape}%" for units, mape in PAPER_MAPE.items()),
}
COMPARISONS = {ACCURACY, LARGER, TOO_FEW}
SIZES = {units: [mape, mape + 0.1, mape + 0.05] for units, mape in PAPER_MAPE.items()}


def verdicts(*groups, **options):
    return {claim.claim: claim.verdict for claim in judge(run(*groups, **options))}


def verdict(name, mape, **options):
    return verdicts(group(mape, **options))[name]


def ours(name, *groups):
    return next(claim.ours for claim in judge(run(*groups)) if claim.claim == name)


def test_every_claim_is_judged_by_the_papers_own_experiment():
    judged = verdicts(group(SIZES))
    assert set(judged) == {DATA, SIZE, *ERRORS, *COMPARISONS, SPEED}
    assert UNTESTED not in judged.values()


@pytest.mark.parametrize(
    ("recipe", "of"),
    [
        (PAPER, survey(data="embedded", data_sha256="0" * 64)),
        (PAPER, survey(split="time")),
        (QUICK, survey()),
        (dataclasses.replace(PAPER, epochs=29), survey()),
        (dataclasses.replace(PAPER, windows_per_epoch=150_000), survey()),
        (dataclasses.replace(PAPER, dropout=0.5), survey()),
        (TUNED, survey()),
    ],
    ids=["other data", "other split", "quick", "epochs", "windows", "dropout", "tuned"],
)
def test_an_experiment_that_is_not_the_papers_judges_no_error(recipe, of):
    judged = verdicts(group(SIZES, recipe=recipe, of=of), of=of)
    assert {judged[name] for name in ERRORS | COMPARISONS} == {UNTESTED}


def test_other_networks_beside_the_papers_own_change_no_verdict_on_an_error():
    alone = verdicts(group(SIZES))
    many = {units: [99.0] * 9 for units in SIZES}
    assert verdicts(group(many, recipe=QUICK), group(SIZES)) == alone


def test_the_data_are_those_of_the_paper():
    networks = group({16: [12.5]})
    assert verdicts(networks)[DATA] == HOLDS
    assert verdicts(networks, of=survey(n_series=499))[DATA] == FAILS


def test_other_data_say_nothing_about_those_of_the_paper():
    of = survey(data="embedded", data_sha256="0" * 64)
    assert verdicts(group({16: [12.5]}, of=of), of=of)[DATA] == UNTESTED


def test_a_size_in_memory_holds_for_networks_of_any_training():
    assert verdict(SIZE, {128: [50], 64: [60]}, recipe=QUICK) == HOLDS
    assert verdict(SIZE, {128: [50], 64: [60]}, size_bytes=77_000) == FAILS
    assert verdict(SIZE, {128: [50], 32: [60]}) == UNTESTED


def test_an_error_holds_where_another_run_may_well_fall():
    """Runs of 12.4, 12.5 and 12.6: another falls within 12.5 ± 4.303 * 0.1 * sqrt(4/3) = 0.497."""
    name = "128 units have a MAPE of 12.5%"
    for shift, expected in [
        (0, HOLDS),
        (0.54, HOLDS),
        (0.56, FAILS),
        (-0.54, HOLDS),
        (-0.56, FAILS),
    ]:
        assert verdict(name, {128: [mape + shift for mape in (12.4, 12.5, 12.6)]}) == expected


def test_the_abstracts_error_and_the_figures_are_judged_apart():
    judged = verdicts(group({128: [12.4, 12.5, 12.6]}))
    assert judged[ABSTRACT] == FAILS
    assert judged["128 units have a MAPE of 12.5%"] == HOLDS


def test_one_seed_or_none_does_not_judge_an_error():
    judged = verdicts(group({128: [12.5]}))
    assert {judged[name] for name in ERRORS} == {UNTESTED}
    assert "12.50%, one seed" in ours("128 units have a MAPE of 12.5%", group({128: [12.5]}))


@pytest.mark.parametrize(
    ("small", "expected"),
    [([12.4, 12.3, 12.5], HOLDS), ([20.1, 20.2, 20.0], FAILS), ([23.6, 23.7, 23.5], FAILS)],
)
def test_accuracy_improves_as_stated_only_if_it_is_sure_and_large(small, expected):
    assert verdict(ACCURACY, {128: [23.6, 23.6, 23.6], 64: small}) == expected


def test_a_difference_that_chance_explains_settles_nothing():
    assert verdict(ACCURACY, {128: [20.0, 60.0, 30.0], 64: [12.0, 12.0, 29.0]}) == UNSETTLED


def test_runs_that_differ_too_much_agree_with_no_error():
    judged = verdicts(group({16: [12.9, 37.1, 30.3], 32: [12.4, 12.5, 12.3]}))
    assert judged["16 units have a MAPE of 23.6%"] == UNSETTLED
    assert judged["32 units have a MAPE of 12.3%"] == HOLDS


def test_accuracy_is_compared_over_common_seeds_only():
    assert verdict(ACCURACY, {128: [23.6], 64: [12.4, 12.4]}) == UNTESTED


@pytest.mark.parametrize(
    ("small", "expected"),
    [
        ([12.5, 12.6, 12.5], HOLDS),  # surely no more than half a point worse
        ([12.1, 12.2, 12.0], HOLDS),
        ([13.5, 13.6, 13.4], FAILS),  # surely worse
        ([12.5, 15.0, 10.0], UNSETTLED),  # nobody can tell
    ],
)
def test_a_smaller_network_must_surely_be_no_worse(small, expected):
    assert verdict(LARGER, {128: [12.5, 12.5, 12.4], 32: small}) == expected


def test_one_smaller_size_that_is_no_worse_is_enough():
    sizes = {128: [12.5, 12.5, 12.4], 32: [12.5, 12.6, 12.5], 16: [23.6, 22.0, 23.0]}
    assert verdict(LARGER, sizes) == HOLDS


@pytest.mark.parametrize("sizes", [{128: [12.5, 12.4]}, {128: [12.5], 32: [12.3]}], ids=str)
def test_without_a_second_size_or_seed_nothing_is_said_of_larger_networks(sizes):
    assert verdict(LARGER, sizes) == UNTESTED


COLLAPSED = {128: [12.5, 12.4], 16: [23.6, 23.4]}


def test_sixteen_units_are_too_few_if_they_fail_with_dropout_on_and_without_any():
    failing = group(COLLAPSED)
    assert verdicts(failing)[TOO_FEW] == HOLDS
    assert verdicts(failing, group({16: [23.0]}, recipe=WITHOUT_DROPOUT))[TOO_FEW] == HOLDS


def test_they_are_not_too_few_if_the_same_weights_do_well_with_dropout_on():
    assert verdict(TOO_FEW, COLLAPSED, dropout_on=12.6) == FAILS


def test_they_are_not_too_few_if_training_without_dropout_does_well():
    trained_without = group({16: [12.6]}, recipe=WITHOUT_DROPOUT)
    assert verdicts(group(COLLAPSED), trained_without)[TOO_FEW] == FAILS
    assert "12.60% trained without dropout" in ours(TOO_FEW, group(COLLAPSED), trained_without)


def test_they_are_not_too_few_if_their_error_does_not_double():
    assert verdict(TOO_FEW, {128: [12.5, 12.4], 16: [13.0, 13.1]}) == FAILS


def test_one_seed_does_not_tell_whether_they_are_too_few():
    assert verdict(TOO_FEW, {128: [12.5], 16: [23.6]}) == UNTESTED


def test_sixteen_units_need_128_beside_them():
    assert verdict(TOO_FEW, {64: [12.5], 16: [23.6]}) == UNTESTED


def test_speed_is_equal_only_if_it_is_as_equal_as_in_the_paper():
    equal = group({128: [12.5], 16: [12.5]}, predict_us=20.0)
    assert verdicts(equal)[SPEED] == HOLDS
    assert verdict(SPEED, {128: [12.5], 16: [12.5]}) == FAILS  # 148 against 36


def test_speed_needs_the_papers_largest_and_smallest_size():
    assert verdict(SPEED, {3: [50], 2: [50]}, predict_us=9.0) == UNTESTED
