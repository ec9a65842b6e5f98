"""The sentences about a run, which follow from its numbers."""

import dataclasses
import math

import pytest

from experiments.analysis.claims import FAILS, HOLDS, UNTESTED, Claim
from experiments.analysis.findings import findings, headline, series_difference
from experiments.training.recipes import PAPER, TUNED
from tests.records import (
    FLOOR,
    ORACLE,
    QUICK,
    TREES,
    WITHOUT_DROPOUT,
    group,
    run,
    survey,
)


def all_findings(*groups, claims=(), **options):
    return " ".join(findings(run(*groups, **options), claims))


def test_the_headline_names_the_smallest_size_close_to_the_oracle():
    """The oracle has an RMSE of 7.6; enough is 1.5% more, 7.714."""
    networks = group({64: [12.1] * 2, 32: [12.2] * 2, 16: [12.3] * 2})  # 7.6, 7.7, 7.8
    assert headline(run(networks)) == (
        "22.1 KB are enough: 32 hidden units forecast within 1.3% of the best that sixty days of "
        "sales allow."
    )


def test_the_headline_says_when_there_was_one_run_only():
    assert headline(run(group({32: [12.2]}))).endswith(" sales allow, in one run.")


def test_the_headline_wants_to_be_sure_of_the_mean():
    assert "32 hidden units" in headline(run(group({32: [12.2, 12.2], 16: [12.1, 12.2]})))


def test_the_headline_judges_the_mean_over_the_seeds():
    assert "32 hidden units" in headline(run(group({32: [12.2, 12.2], 16: [12.0, 12.5]})))


def test_the_smallest_size_may_be_of_any_group():
    tuned = group({16: [12.2]}, recipe=TUNED)
    assert headline(run(group({32: [12.2]}), tuned)).startswith("7.1 KB are enough")


def test_without_a_network_that_is_close_the_headline_names_the_nearest():
    said = headline(run(group({32: [13.0], 16: [14.0]})))
    assert said.startswith("No size of this run is sure to come within 1.5% of the best")
    assert said.endswith("the nearest has 32 hidden units, 22.1 KB, and an RMSE 11.8% above it.")


@pytest.mark.parametrize("mape", [12.0, 12.1])
def test_a_network_that_is_no_worse_than_the_oracle_is_as_good(mape):
    assert "forecast as well as the best" in headline(run(group({16: [mape]})))


@pytest.mark.parametrize("mape", [12.1, 14.0])
def test_without_a_floor_the_oracle_is_not_called_the_best(mape):
    said = headline(run(group({16: [mape]}), of=survey(ORACLE)))
    assert "an oracle that knows the seasons" in said
    assert "best" not in said


def test_an_oracle_without_any_error_leaves_nothing_to_compare():
    exact = survey({"reference": "oracle60", "mape": math.nan, "rmse": 0.0})
    assert "leave nothing to learn" in headline(run(group({16: [math.nan]}), of=exact))


def test_a_quick_run_warns_that_it_is_one():
    said = all_findings(group({16: [13.0]}, recipe=QUICK))
    assert said.startswith("This is a quick run, of 3 epochs of 150,000 windows")
    assert "--full" in said


def test_a_run_with_a_whole_group_is_no_quick_one():
    assert "quick" not in all_findings(group({16: [13.0]}, recipe=QUICK), group({16: [13.0]}))


def test_the_verdicts_are_counted():
    def claim(verdict):
        return Claim("", "", "", "", verdict)

    judged = [claim(HOLDS), claim(FAILS), claim(FAILS)]
    counted = "1 of the paper's claims and figures hold, 2 do not"
    assert f"{counted}." in all_findings(group({16: [13.0]}), claims=judged)
    judged.append(claim(UNTESTED))
    said = all_findings(group({16: [13.0]}), claims=judged)
    assert f"{counted}, and 1 are not tested or not settled by this run." in said


def test_networks_that_fail_only_without_dropout_collapse():
    said = all_findings(group({32: [12.5, 12.6], 16: [23.6, 20.0]}, dropout_on=13.0))
    assert "2 of 4 networks collapse when they forecast without it, at 16 units" in said
    assert "It is not the size: the worst of them has a MAPE of 23.6%" in said
    assert "the very same weights 13.0% with dropout left on" in said


def test_a_network_that_fails_with_dropout_too_does_not_collapse():
    said = all_findings(group({16: [23.6]}, dropout_on=23.0))
    assert "0 of 1 networks collapse when they forecast without it." in said


def test_the_twins_without_dropout_are_held_against_the_collapse():
    twins = group({32: [12.4], 16: [12.9]}, recipe=WITHOUT_DROPOUT)
    said = all_findings(group({16: [23.6]}, dropout_on=13.0), twins)
    assert "trained without dropout, the worst of 2 networks has 12.9%." in said


def test_networks_that_never_had_dropout_do_not_collapse_for_it():
    said = all_findings(group({16: [23.6]}, recipe=WITHOUT_DROPOUT, dropout_on=13.0))
    assert "collapse" not in said


def test_the_smallest_network_as_good_as_the_trees_is_named():
    """The trees have an RMSE of 7.8."""
    networks = group({64: [12.0], 32: [12.2], 16: [12.4]})  # RMSE 7.5, 7.7, 7.9
    assert (
        "LightGBM takes 512 KB for a MAPE of 12.40%; 32 hidden units in 22.1 KB are as good, "
        "23 times smaller."
    ) in all_findings(networks, of=survey(FLOOR, ORACLE, TREES))


def test_trees_that_no_network_equals_are_said_to_be_better():
    said = all_findings(group({16: [13.0]}), of=survey(FLOOR, ORACLE, TREES))
    assert said.endswith("and no network of this run has a lower RMSE.")


def test_trees_smaller_than_the_network_are_not_called_larger():
    said = all_findings(group({16: [12.0]}), of=survey(FLOOR, ORACLE, TREES | {"bytes": 4096}))
    assert said.endswith("16 hidden units in 7.1 KB are as good.")


def test_without_trees_nothing_is_said_of_them():
    assert "LightGBM" not in all_findings(group({16: [13.0]}))


def by_series(*errors):
    """A group with the MAPE of three series, for 32 units and 16 and a number of seeds each."""
    networks = group({32: [12.0] * len(errors), 16: [12.0] * len(errors)})
    for seed, of_seed in enumerate(errors):
        for units, mape in zip((32, 16), of_seed, strict=True):
            networks.of_size(units)[seed]["series"]["mape"] = mape
    return networks


def test_a_difference_by_series_counts_every_series_once():
    networks = by_series(([10.0, 11.0, 12.0], [11.0, 13.0, 15.0]))
    found = series_difference(networks, 16, 32)
    assert found.mean == 2
    assert (found.low, found.high) == pytest.approx((1, 3))  # all three alike: 1 in 27 each


def test_a_difference_by_series_is_the_mean_over_the_seeds():
    twice = by_series(([10.0] * 3, [11.0] * 3), ([10.0] * 3, [13.0] * 3))
    assert series_difference(twice, 16, 32)[:3] == (2, 0, 2)


def test_a_series_that_sold_nothing_does_not_count():
    networks = by_series(([10.0, math.nan, 12.0], [11.0, math.nan, 15.0]))
    found = series_difference(networks, 16, 32)
    assert (found.mean, found.low, found.high) == (2, 1, 3)


def test_there_is_no_difference_without_any_sales():
    nothing = [math.nan] * 3
    assert series_difference(by_series((nothing, nothing)), 16, 32) is None


def test_there_is_no_difference_without_a_common_seed():
    networks = group({32: [12.0, 12.1], 16: [13.0]})
    networks.records.remove(networks.of_size(32)[0])
    assert series_difference(networks, 16, 32) is None


def test_a_shorter_run_of_a_group_is_called_by_its_windows():
    recipe = dataclasses.replace(PAPER, epochs=1, windows_per_epoch=64)
    said = all_findings(group({16: [99.0]}, recipe=recipe))
    assert "1 epoch of 64 windows" in said
