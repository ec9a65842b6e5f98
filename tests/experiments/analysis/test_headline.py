"""The headline of a run: how small a network can be, or what is better, on any data."""

import math

import pytest

from experiments.analysis.headline import Outcome, benchmark, headline
from experiments.references.forecasts import Reference
from experiments.training.recipes import TUNED
from tests.records import BAKERY, FLOOR, LAST_WEEK, ORACLE, errors, group, overview, run

TREES = Reference("lightgbm", errors(50.0, 8.0), bytes=512 * 1024)
SHOP_WITH_TREES = overview(ORACLE, LAST_WEEK, TREES, data="shop.csv", data_sha256="0" * 64)
WITH_LAST_WEEK = overview(FLOOR, ORACLE, LAST_WEEK)


@pytest.mark.parametrize(
    ("mape", "units"),
    [
        ({64: [12.1] * 2, 32: [12.2] * 2, 16: [12.3] * 2}, 32),  # RMSE 7.6, 7.7, 7.8
        ({32: [12.2] * 2, 16: [12.1, 12.2]}, 32),  # the mean of 16 units is not sure
        ({32: [12.2], 16: [12.0]}, 16),  # of one run, its own error counts
    ],
)
def test_where_a_best_is_known_it_is_the_smallest_size_surely_close_to_it(mape, units):
    """The oracle has an RMSE of 7.6; enough is 1.5% more, 7.714."""
    said = headline(run(group(mape)))
    assert (said.outcome, said.size.units) == (Outcome.ENOUGH, units)


def test_the_smallest_size_may_be_of_any_group():
    said = headline(run(group({32: [12.2]}), group({16: [12.2]}, recipe=TUNED)))
    assert said.size.units == 16
    assert said.excess == pytest.approx(100 * (7.7 / 7.6 - 1))


def test_without_a_network_that_is_close_it_is_the_nearest():
    said = headline(run(group({32: [13.0, 13.4], 16: [13.9, 13.9]})))  # 16 units vary less
    assert (said.outcome, said.nearest.units, said.size.units) == (Outcome.TOO_FAR, 32, 32)


def test_a_smaller_size_that_is_as_near_is_told_beside_the_nearest():
    said = headline(run(group({32: [13.0, 13.0], 16: [13.1, 13.1]})))  # RMSE 8.5, 8.6
    assert (said.outcome, said.nearest.units, said.size.units) == (Outcome.TOO_FAR, 32, 16)


@pytest.mark.parametrize("of", [WITH_LAST_WEEK, BAKERY], ids=["law", "shop"])
def test_networks_that_lose_to_last_weeks_sales_are_said_to_on_any_data(of):
    """Last week's sales have an RMSE of 10."""
    said = headline(run(group({32: [15.0], 16: [14.6]}, of=of), of=of))
    assert (said.outcome, said.nearest.units) == (Outcome.LOST, 16)
    assert said.beside == LAST_WEEK


def test_where_no_best_is_known_it_is_the_smallest_as_good_as_the_best_size():
    networks = group({32: [11.0] * 2, 16: [11.05] * 2, 8: [12.0] * 2}, of=BAKERY)
    said = headline(run(networks, of=BAKERY))  # RMSE 6.5, 6.55, 7.5
    assert (said.outcome, said.size.units) == (Outcome.BETTER, 16)
    assert said.beside == LAST_WEEK


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
    assert [each.beside for each in lost] == [TREES, LAST_WEEK]


def test_the_oracle_is_the_benchmark_only_where_it_is_a_bound():
    assert benchmark(run(group({16: [14.0]}), of=WITH_LAST_WEEK)) == ORACLE
    assert benchmark(run(group({16: [14.0]}), of=BAKERY)) == LAST_WEEK


def test_a_benchmark_without_any_error_leaves_nothing_to_learn():
    exact = overview(Reference("oracle60", errors(math.nan, 0.0)))
    said = headline(run(group({16: [math.nan]}), of=exact))
    assert said.outcome is Outcome.NOTHING_TO_LEARN
