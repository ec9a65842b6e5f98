"""Networks that fail when dropout is turned off: how many, for what reason, and the cure."""

import dataclasses

import numpy as np
import pytest

from experiments.analysis.collapse import collapsed, collapses, logistic_fit, odds
from experiments.analysis.groups import Group
from experiments.data.features import Inputs
from experiments.training.recipes import PAPER
from tests.records import WITHOUT_DROPOUT, errors, group, record, run


def networks(**sizes):
    """Networks of u16=(collapsed, of so many) and so on, with dropout 0.2 unless told."""
    dropout = sizes.pop("dropout", 0.2)
    recipe = dataclasses.replace(PAPER, dropout=dropout)
    return [
        record(int(name[1:]), seed, 23.6 if seed < fallen else 13.0, 13.0, recipe)
        for name, (fallen, n) in sizes.items()
        for seed in range(n)
    ]


def test_a_network_collapses_if_it_fails_with_dropout_off_and_not_with_it_on():
    """The deviance here is a twelfth of MAPE: a fifth above 13 is 15.6."""
    assert collapsed(record(mape=15.7, dropout_on=13.0))
    assert not collapsed(record(mape=15.5, dropout_on=13.0))
    assert not collapsed(record(mape=23.6, dropout_on=23.0))


def test_each_size_has_its_share_with_an_exact_interval():
    (found,) = collapses(run(group({32: [12.5, 12.6], 16: [20.0, 23.6, 13.0]}, dropout_on=13.0)))
    assert [each.errors.mape for each in found.fallen] == [23.6, 20.0]
    of_32, of_16 = (share for _, share in found.shares)
    assert (of_32.count, of_32.n, of_16.count, of_16.n) == (0, 2, 2, 3)
    assert (of_16.low, of_16.high) == pytest.approx((0.0943, 0.9916), abs=5e-5)


def test_where_none_collapses_there_is_nothing_to_say():
    assert list(collapses(run(group({16: [23.6]}, dropout_on=23.0)))) == []
    assert list(collapses(run(group({16: [23.6]}, recipe=WITHOUT_DROPOUT)))) == []


def test_beside_a_collapse_stand_twins_of_its_sizes_without_dropout():
    networks = group({16: [23.6]}, dropout_on=13.0)
    twins = group({32: [12.4], 16: [12.9], 1: [30.0]}, recipe=WITHOUT_DROPOUT, dropout_on=1.0)
    (found,) = collapses(run(networks, twins))
    assert [each.errors.mape for each in found.without] == [12.9]


@pytest.mark.parametrize(
    ("without", "is_dropouts"), [([], True), ([12.9], True), ([12.9, 23.7], False)]
)
def test_dropout_is_the_cause_unless_a_network_without_it_is_as_bad(without, is_dropouts):
    twins = [group({16: without}, recipe=WITHOUT_DROPOUT)] if without else []
    (found,) = collapses(run(group({16: [23.6]}, dropout_on=13.0), *twins))
    assert found.is_dropouts is is_dropouts
    assert (found.as_bad.count, found.as_bad.n) == (int(not is_dropouts), len(without))


@pytest.mark.parametrize(("refitted", "is_cured"), [(13.1, True), (20.0, False)])
def test_a_refitted_last_layer_cures_a_collapse_if_it_brings_back_the_error(refitted, is_cured):
    fallen = group({16: [23.6]}, dropout_on=13.0, recalibrated=errors(refitted))
    (found,) = collapses(run(fallen))
    assert (found.cured.count, found.cured.n) == (int(is_cured), 1)


def test_odds_of_two_sizes_are_those_of_the_table():
    """15 of 20 of one size, and 5 of its double: (15.5 / 5.5) squared, with Firth's half."""
    (found,) = odds(networks(u16=(15, 20), u32=(5, 20)))
    assert found.dropout == 0.2
    assert found.halving.ratio == pytest.approx((15.5 / 5.5) ** 2, rel=1e-6)
    assert 1 < found.halving.low < found.halving.ratio < found.halving.high


def test_odds_stay_finite_where_a_line_parts_the_networks():
    (found,) = odds(networks(u16=(20, 20), u32=(0, 20)))
    assert found.halving.low > 1
    assert np.isfinite(found.halving.high)


def test_the_effect_of_the_size_is_told_at_the_ends_of_the_dropouts_that_were_tried():
    low = networks(u16=(4, 20), u64=(3, 20), dropout=0.05)
    high = networks(u16=(19, 20), u64=(2, 20), dropout=0.5)
    at_low, at_high = odds([*low, *high])
    assert (at_low.dropout, at_high.dropout) == (0.05, 0.5)
    assert at_low.halving.low < 1 < at_high.halving.low


def test_another_dropout_at_one_size_alone_tells_no_product():
    one_size = networks(u16=(3, 4), dropout=0.5)
    (found,) = odds([*networks(u16=(15, 20), u32=(5, 20)), *one_size])
    assert found.dropout == 0.2


def test_groups_that_differ_in_dropout_and_scale_alone_are_variations_of_one_collapse():
    by_level = dataclasses.replace(PAPER, inputs=Inputs(by_level=True))
    more, mean = networks(u16=(4, 5), dropout=0.5), networks(u16=(3, 9))
    scaled = group({16: [12.5] * 5}, recipe=by_level)
    (found,) = collapses(run(Group(tuple(more)), Group(tuple(mean)), scaled))
    assert len(found.group.records) == 9
    told = [(each.dropout, each.by_level, each.share.count) for each in found.variations]
    assert told == [(0.5, False, 4), (0.2, True, 0)]


@pytest.mark.parametrize("sizes", [{"u16": (5, 9)}, {"u16": (9, 9), "u32": (9, 9)}])
def test_one_size_or_one_outcome_tells_no_odds(sizes):
    assert odds(networks(**sizes)) == ()


def test_a_logistic_fit_finds_the_law_that_made_the_data():
    rng = np.random.default_rng(0)
    x = np.stack([np.ones(20_000), rng.standard_normal(20_000)], axis=1)
    y = (rng.random(20_000) < 1 / (1 + np.exp(-(0.5 - 1.5 * x[:, 1])))).astype(float)
    estimate, covariance = logistic_fit(x, y)
    error = np.sqrt(np.diag(covariance))
    assert np.all(np.abs(estimate - [0.5, -1.5]) < 3 * error)
    assert np.all(error < 0.03)
