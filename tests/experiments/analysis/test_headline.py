"""The headline of a run: how small a network can be, or what is better, on any data."""

import math

import numpy as np
import pytest

from experiments.analysis.beside import beside, smallest_as_good
from experiments.analysis.comparisons import MARGIN
from experiments.analysis.headline import Outcome, benchmark, headline
from experiments.references.forecasts import Reference
from experiments.training.recipes import TUNED
from tests.records import BAKERY, FLOOR, LAST_WEEK, ORACLE, errors, group, overview, run

TREES = Reference("lightgbm", errors(50.0, 8.0), bytes=512 * 1024)
SHOP_WITH_TREES = overview(ORACLE, LAST_WEEK, TREES, data="shop.csv", data_sha256="0" * 64)
WITH_LAST_WEEK = overview(FLOOR, ORACLE, LAST_WEEK)


def table(rmse):
    """A table of seasons of this RMSE."""
    return Reference("seasonal_table", errors(50.0, rmse), bytes=76)


@pytest.mark.parametrize(
    ("mape", "units"),
    [
        ({64: [12.1] * 2, 32: [12.12] * 2, 16: [12.2] * 2}, 32),  # RMSE 7.6, 7.62, 7.7
        ({32: [12.12] * 2, 16: [12.1, 12.2]}, 32),  # that 16 units are as good is not sure
        ({32: [12.12] * 2, 16: [12.1]}, 32),  # one network settles nothing
    ],
)
def test_where_an_oracle_is_known_it_is_the_smallest_size_surely_as_good(mape, units):
    """The oracle has an RMSE of 7.6; as good is up to 0.5% more, 7.638."""
    said = headline(run(group(mape)))
    assert (said.outcome, said.chosen.size.units) == (Outcome.ENOUGH, units)


def test_the_headline_is_about_the_recipe_that_was_named_beforehand():
    """The tuned one, whatever another group with more networks came to."""
    paper, tuned = group({2: [12.1] * 9}), group({16: [12.12] * 2}, recipe=TUNED)
    said = headline(run(paper, tuned))
    assert (said.chosen.size.units, said.chosen.group) == (16, tuned)
    assert said.chosen.change.mean == pytest.approx(100 * (7.62 / 7.6 - 1))


@pytest.mark.parametrize(
    ("mape", "units"),
    [
        ({32: [12.1] * 3, 16: [12.12] * 3, 8: [12.1, 12.2, 12.3], 4: [12.12] * 3}, 16),
        ({32: [12.1, 12.2, 12.3], 16: [12.12] * 3}, None),  # the first may be worse
        ({64: [12.1] * 2, 32: [12.12] * 3, 16: [13.0] * 3}, 32),  # of 64 there are fewer
    ],
)
def test_sizes_are_tested_from_the_largest_down_to_the_first_that_is_not_as_good(mape, units):
    """Four units are as good here, but whoever goes on after a failure gives luck another try."""
    said = headline(run(group(mape)))
    assert (said.chosen.size.units if said.outcome is Outcome.ENOUGH else None) == units


def test_chance_finds_a_size_as_good_in_no_more_than_a_case_of_twenty():
    """Nine sizes that are worse by just the margin, each with five networks; 300 such runs."""
    rng = np.random.default_rng(0)
    units, found = (128, 64, 48, 32, 16, 8, 4, 2, 1), 0
    for _ in range(300):
        rmse = 7.6 * (1 + MARGIN / 100 + 0.002 * rng.standard_normal((9, 5)))
        sizes = beside(group(dict(zip(units, rmse + 4.5, strict=True))), 7.6)
        found += smallest_as_good(sizes) is not None
    assert found <= 24  # 15 in the long run; more than 24 in a case of a hundred


def test_a_smaller_size_that_is_neither_as_good_nor_surely_worse_is_told_as_open():
    sizes = {32: [12.1] * 2, 16: [12.1, 12.2], 8: [13.0, 13.0], 4: [12.1, 12.9]}
    said = headline(run(group(sizes)))
    assert (said.chosen.size.units, said.open.size.units) == (32, 4)


@pytest.mark.parametrize(
    "smaller",
    [[13.0, 13.0], [13.0, 13.01, 13.5]],
    ids=["worse", "beyond the margin, and uncertain"],
)
def test_a_size_that_is_surely_not_as_good_is_not_open(smaller):
    said = headline(run(group({32: [12.1] * 3, 8: smaller, 4: [99.0] * 3, 2: [98.0] * 3})))
    assert (said.outcome, said.open) == (Outcome.ENOUGH, None)


def test_a_size_of_which_networks_collapse_is_not_open():
    said = headline(run(group({32: [12.1] * 3, 16: [12.1, 12.1, 30.0]}, dropout_on=12.1)))
    assert said.open is None


def test_without_a_size_as_good_as_the_oracle_it_is_the_nearest():
    said = headline(run(group({32: [13.0, 13.0], 16: [13.9, 13.9]})))
    assert (said.outcome, said.nearest.size.units, said.chosen.size.units) == (Outcome.OPEN, 32, 32)


def test_a_smaller_size_that_is_as_good_is_told_beside_the_nearest():
    said = headline(run(group({32: [13.0, 13.0], 16: [13.02, 13.02]})))  # RMSE 8.5, 8.52
    assert (said.outcome, said.nearest.size.units, said.chosen.size.units) == (Outcome.OPEN, 32, 16)


def test_the_nearest_has_two_networks_or_more_if_any_size_has():
    said = headline(run(group({32: [13.0], 16: [13.1, 13.2]})))
    assert said.nearest.size.units == 16
    assert headline(run(group({32: [13.0], 16: [13.1]}))).nearest.size.units == 32


@pytest.mark.parametrize("of", [WITH_LAST_WEEK, BAKERY], ids=["law", "shop"])
def test_networks_that_lose_to_last_weeks_sales_are_said_to_on_any_data(of):
    """Last week's sales have an RMSE of 10."""
    said = headline(run(group({32: [15.0], 16: [14.6]}, of=of), of=of))
    assert (said.outcome, said.nearest.size.units) == (Outcome.LOST, 16)
    assert said.reference == LAST_WEEK


def test_last_weeks_sales_come_before_a_table_that_wins_by_more():
    of = overview(ORACLE, LAST_WEEK, table(9.0), data_sha256="0" * 64)
    to = [headline(run(group({16: [mape]}, of=of), of=of)).reference for mape in (15.0, 14.0)]
    assert to == [LAST_WEEK, table(9.0)]  # networks of RMSE 10.5 and 9.5


def test_a_loss_within_the_margin_is_none():
    """Against 10.00: 10.04 is 0.4% more, 10.06 is 0.6% more."""
    near, far = (
        headline(run(group({16: [rmse + 4.5] * 2}, of=BAKERY), of=BAKERY))
        for rmse in (10.04, 10.06)
    )
    assert (near.outcome, far.outcome) == (Outcome.UNSURE, Outcome.LOST)


def test_networks_that_may_have_lost_by_chance_are_not_said_to_lose():
    """Against 10: a mean of 10.15, and networks from 9.9 to 10.4."""
    networks = group({16: [14.4, 14.65, 14.9]}, of=BAKERY)
    assert headline(run(networks, of=BAKERY)).outcome is Outcome.UNSURE


def test_where_no_best_is_known_it_is_the_smallest_as_good_as_the_best_size():
    networks = group({32: [11.0] * 2, 16: [11.02] * 2, 8: [12.0] * 2}, of=BAKERY)
    said = headline(run(networks, of=BAKERY))  # RMSE 6.5, 6.52, 7.5
    assert (said.outcome, said.chosen.size.units) == (Outcome.BETTER, 16)
    assert said.reference == LAST_WEEK


def test_the_best_size_is_not_said_to_be_needed_where_a_small_one_may_be_as_good():
    networks = group({128: [11.0, 11.02, 11.01], 2: [10.9, 11.2, 11.0]}, of=BAKERY)
    said = headline(run(networks, of=BAKERY))
    assert (said.outcome, said.chosen.size.units, said.open.size.units) == (Outcome.BETTER, 128, 2)


def test_a_network_that_is_better_by_chance_alone_is_not_said_to_be_enough():
    said = headline(run(group({16: [13.0, 15.8]}, of=BAKERY), of=BAKERY))  # RMSE 9.9 ± 12.6
    assert said.outcome is Outcome.UNSURE


def test_trees_may_win_where_no_best_is_known_but_last_weeks_sales_come_first():
    """Trees have an RMSE of 8."""
    lost = [
        headline(run(group({16: [mape]}, of=SHOP_WITH_TREES), of=SHOP_WITH_TREES))
        for mape in (13.0, 15.0)  # RMSE 8.5, 10.5
    ]
    assert [each.outcome for each in lost] == [Outcome.LOST] * 2
    assert [each.reference for each in lost] == [TREES, LAST_WEEK]


@pytest.mark.parametrize(("rmse", "is_told"), [(7.6, True), (7.64, True), (7.7, False)])
def test_a_table_that_no_size_surely_beats_is_told_beside_any_headline(rmse, is_told):
    of = overview(FLOOR, ORACLE, table(rmse))
    said = headline(run(group({32: [12.12] * 2}, of=of), of=of))
    assert said.outcome is Outcome.ENOUGH
    assert (said.table is not None) is is_told


def test_the_oracle_is_the_benchmark_only_where_the_data_follow_the_law():
    assert benchmark(run(group({16: [14.0]}), of=WITH_LAST_WEEK)) == ORACLE
    assert benchmark(run(group({16: [14.0]}), of=BAKERY)) == LAST_WEEK


def test_a_benchmark_without_any_error_leaves_nothing_to_learn():
    exact = overview(Reference("oracle60", errors(math.nan, 0.0)))
    said = headline(run(group({16: [math.nan]}), of=exact))
    assert said.outcome is Outcome.NOTHING_TO_LEARN
