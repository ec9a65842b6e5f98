"""The headline in words, and what belongs beside it."""

import dataclasses
import math

import pytest

from experiments.analysis.headline import headline
from experiments.pages.headline_words import headline_rest, headline_sentence
from experiments.references.forecasts import Reference
from tests.records import BAKERY, FLOOR, LAST_WEEK, ORACLE, errors, group, monthly, overview, run

KNOWING = "an oracle that knows the seasons and the date"
EXACT = overview(Reference("oracle60", errors(math.nan, 0.0)))
TABLE = Reference("seasonal_table", errors(12.1, 7.6), bytes=76)
WITH_TABLE = overview(FLOOR, ORACLE, TABLE)


def said(mape, of=None, **options):
    """The headline, and what stands beside it."""
    of = of or overview()
    found = headline(run(group(mape, of=of, **options), of=of))
    return headline_sentence(found), " ".join(headline_rest(found))


@pytest.mark.parametrize(
    ("mape", "of", "words"),
    [
        (
            {32: [12.12] * 2},
            overview(),
            f"22.1 KB are enough: 32 hidden units forecast as well as {KNOWING}.",
        ),
        (
            {1: [12.1] * 2},
            overview(),
            f"0.3 KB are enough: 1 hidden unit forecasts as well as {KNOWING}.",
        ),
        (
            {32: [13.0], 16: [14.0]},
            overview(),
            f"One network of 32 hidden units, 22.1 KB, comes within 11.9% of {KNOWING}, and no "
            "other size comes nearer.",
        ),
        (
            {16: [12.12, 12.17], 1: [12.4, 12.6]},
            overview(),
            f"16 hidden units, 7.1 KB, come within 4.8% of {KNOWING}, and no other size comes "
            "nearer.",
        ),
        (
            {32: [13.0] * 2, 16: [14.0] * 2},
            overview(),
            f"Every size of this run is far worse than {KNOWING}.",
        ),
        (
            {32: [12.05], 16: [14.0]},
            overview(),
            f"One network of 32 hidden units, 22.1 KB, is no worse than {KNOWING}; 1 network "
            "cannot settle it.",
        ),
        (
            {128: [12.2], 16: [13.0] * 2},
            overview(),
            f"16 hidden units, 7.1 KB, come within 11.9% of {KNOWING}, the nearest of the sizes "
            "with more than one network.",
        ),
        (
            {128: [14.0], 16: [15.0] * 2},
            BAKERY,
            "No size of this run is sure to beat last week's sales: the nearest with more than one "
            "network (16 hidden units, 7.1 KB) has a mean RMSE of 10.50, against 10.00.",
        ),
        (
            {128: [15.0], 16: [16.0] * 2},
            BAKERY,
            "The networks lose to last week's sales: the RMSE is 10.50 at best (128 hidden units, "
            "280.1 KB), against 10.00.",
        ),
        (
            {32: [15.0], 16: [16.0]},
            BAKERY,
            "The networks lose to last week's sales: the RMSE is 10.50 at best (32 hidden units, "
            "22.1 KB), against 10.00.",
        ),
        (
            {32: [11.0] * 2, 1: [11.02] * 2},
            BAKERY,
            "0.3 KB are enough: 1 hidden unit is as good as 32 hidden units, which have an RMSE of "
            "6.50, against 10.00 for last week's sales.",
        ),
        (
            {32: [11.0] * 2, 1: [12.0] * 2},
            BAKERY,
            "22.1 KB are enough: 32 hidden units have an RMSE of 6.50, against 10.00 for last "
            "week's sales.",
        ),
        (
            {128: [11.0, 11.01, 11.02], 2: [10.9, 11.2, 11.0]},
            BAKERY,
            "The networks win, with an RMSE of 6.51, against 10.00 for last week's sales; that "
            "takes 280.1 KB at most (128 hidden units), and how much less is not settled.",
        ),
        (
            {16: [13.0, 15.8]},
            BAKERY,
            "No size of this run is sure to beat last week's sales: the nearest (16 hidden units, "
            "7.1 KB) has a mean RMSE of 9.90, against 10.00.",
        ),
        (
            {16: [12.0]},
            EXACT,
            "The test days leave nothing to learn: the RMSE of the seasons is 0.",
        ),
    ],
    ids=[
        *(
            "enough",
            "one unit",
            "one network",
            "open",
            "all worse",
            "one network is no worse",
            "one network is nearer",
            "one network wins",
            "lost, one network least",
            "lost",
            "as good",
            "all are needed",
        ),
        *("how small is open", "unsure", "exact"),
    ],
)
def test_a_headline_says_how_many_kilobytes_are_enough_or_what_is_better(mape, of, words):
    assert said(mape, of)[0] == words


def test_beside_what_is_enough_stand_its_numbers_and_what_is_not_settled():
    _, rest = said({32: [12.12] * 2, 16: [12.1, 12.2]})
    assert rest == (
        "Their RMSE is 7.62, against 7.60: +0.26% [+0.26, +0.26]. Whether 16 hidden units, 7.1 KB, "
        "are as good as the oracle is not settled by 2 networks: RMSE +0.66% [-7.70, +9.02]."
    )


def test_what_other_months_might_have_brought_is_told_where_the_months_are_known():
    """A month's squared error is (MAPE - 4.5) squared: 10 for last week's sales, 6.5 for these."""
    last_week = dataclasses.replace(LAST_WEEK, monthly=monthly(14.5))
    of = dataclasses.replace(BAKERY, references=(ORACLE, last_week))
    _, rest = said({16: [11.0] * 2}, of)
    assert rest == (
        "With the months of the test drawn anew, the difference is between -35.0% and -35.0% in 19 "
        "of 20 cases."
    )


def test_a_smaller_size_as_good_as_the_nearest_is_told_beside_it():
    _, rest = said({32: [13.0] * 2, 1: [13.02] * 2})
    assert rest == (
        "The mean RMSE is 8.50, against 7.60: +11.8% [+11.8, +11.8]. 1 hidden unit, 0.3 KB, is "
        "as good as these: RMSE +0.24% [+0.24, +0.24]."
    )


def test_the_error_of_networks_of_which_some_collapse_is_told_as_a_median():
    sizes = {16: [13.0, 13.0, 30.0]}
    assert "The median RMSE is 8.50" in said(sizes, dropout_on=13.0)[1]
    assert "has a median RMSE of 8.50" in said({16: [13.0, 13.0, 30.0]}, BAKERY, dropout_on=13.0)[0]


def test_a_table_that_no_size_surely_beats_is_told_with_what_it_is_told():
    _, rest = said({32: [12.12] * 2}, WITH_TABLE)
    assert "A table of 76 bytes, a factor for each weekday and month, has an RMSE of 7.60" in rest
    assert rest.endswith("a network has to find it.")


def test_where_a_table_is_the_rival_last_weeks_sales_are_told_beside_it():
    rival = dataclasses.replace(TABLE, errors=errors(14.0, 9.9))
    of = dataclasses.replace(BAKERY, references=(ORACLE, LAST_WEEK, rival))
    sentence, rest = said({16: [13.0, 15.8]}, of)
    assert sentence.startswith("No size of this run is sure to beat a table of nineteen numbers")
    assert "Last week's sales have an RMSE of 10.00." in rest


def test_networks_that_lose_to_a_table_are_not_told_so_twice():
    better = dataclasses.replace(TABLE, errors=errors(12.1, 5.0))
    of = dataclasses.replace(BAKERY, references=(ORACLE, LAST_WEEK, better))
    sentence, rest = said({32: [12.12] * 2}, of)
    assert sentence.startswith(
        "The networks lose to a table of nineteen numbers: the RMSE is 7.62 at best"
    )
    assert rest == "Last week's sales have an RMSE of 10.00."
