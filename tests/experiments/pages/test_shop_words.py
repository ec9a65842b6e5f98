"""What the owner of a shop reads: whether the network is worth it, and by how much."""

import dataclasses
import math

import pytest

from experiments.forecasting.result import Plan
from experiments.pages.shop_words import (
    backtest_sentence,
    days_ahead,
    headline,
    headline_rest,
    left_out_sentences,
)
from tests.shops import backtest, shop_forecast

GOOD = {"network": 12.0, "seasonal_naive_7": 18.0, "seasonal_table": 14.0}


def of(wapes, chosen="network", **changes):
    return shop_forecast(chosen=chosen, backtest=backtest(wapes), **changes)


def test_a_network_that_does_best_is_worth_it_and_the_best_rival_stands_beside_it():
    assert headline(of(GOOD)) == (
        "The network is worth it here: of every 100 pieces sold it was off by 13.0, "
        "a table of weekdays and months by 15.0."
    )


def test_how_much_less_than_last_week_it_is_off_is_said():
    rest = " ".join(headline_rest(of(GOOD)))
    assert "The network is off by 32% less than last week’s sales repeated." in rest


@pytest.mark.parametrize("rival", [12.1, 11.9])
def test_a_network_that_is_no_better_than_a_table_is_hardly_worth_it(rival):
    said = headline(of({**GOOD, "seasonal_table": rival}))
    assert said.startswith("The network is hardly worth it here")


def test_where_last_week_does_better_the_headline_says_so_and_who_forecasts():
    found = of({"network": 20.0, "seasonal_naive_7": 16.0}, chosen="seasonal_naive_7")
    assert headline(found) == (
        "The network is not worth it here: last week’s sales repeated does better. "
        "Of every 100 pieces sold it was off by 17.0, the network by 21.0."
    )
    rest = " ".join(headline_rest(found))
    assert rest.startswith("So last week’s sales repeated makes this forecast.")
    assert "less than last week" not in rest


def test_where_a_table_does_better_it_is_held_to_last_week():
    rest = headline_rest(of({**GOOD, "seasonal_table": 9.0}, chosen="seasonal_table"))
    assert next(rest) == (
        "So a table of weekdays and months makes this forecast; "
        "it is off by 47% less than last week’s sales repeated."
    )


@pytest.mark.parametrize(
    ("wape", "words"),
    [(11.0, "does better"), (11.9, "does a little better"), (11.95, "does as well")],
)
def test_how_much_better_another_does_is_in_the_words(wape, words):
    found = of({**GOOD, "seasonal_table": wape}, chosen="seasonal_table")
    assert f"a table of weekdays and months {words}." in headline(found)


def judged(rmses, chosen, wapes=GOOD):
    """A forecast by who has the fewest squares, whatever it is off."""
    return shop_forecast(chosen=chosen, backtest=backtest(wapes, rmses))


@pytest.mark.parametrize("wape", [14.0, 11.99])  # of the table; the network's is 12.0
def test_where_another_has_fewer_squares_but_is_off_by_no_less_the_headline_tells_squares_alone(
    wape,
):
    rmses = {"network": 1.4, "seasonal_naive_7": 2.0, "seasonal_table": 1.3}
    assert headline(judged(rmses, "seasonal_table", {**GOOD, "seasonal_table": wape})) == (
        "The network is not worth it here: by squared misses, a table of weekdays and months does "
        "better."
    )


@pytest.mark.parametrize("wape", [11.0, 12.01])  # of the table; the network's is 12.0
@pytest.mark.parametrize(("of_network", "hardly"), [(1.3, ""), (1.99, "hardly ")])
def test_where_the_network_has_fewer_squares_but_is_off_by_no_less_so_does_it(
    of_network, hardly, wape
):
    rmses = {"network": of_network, "seasonal_naive_7": 3.0, "seasonal_table": 2.0}
    found = shop_forecast(backtest=backtest({**GOOD, "seasonal_table": wape}, rmses))
    assert headline(found) == (
        f"The network is {hardly}worth it here: its squared misses are {hardly}smaller than those "
        "of a table of weekdays and months."
    )


def test_who_is_off_by_less_than_the_chosen_one_is_named_with_the_reason():
    rmses = {"network": 1.4, "seasonal_naive_7": 2.0, "seasonal_table": 1.3}
    rest = " ".join(headline_rest(judged(rmses, "seasonal_table")))
    assert rest.startswith(
        "So a table of weekdays and months makes this forecast; it is off by 21%"
    )
    assert (
        "Of every 100 pieces sold a table of weekdays and months was off by 15.0, the network by "
        "13.0: such a sum of misses can favour forecasts that are too low, so the choice goes by "
        "squared misses, which do not."
    ) in rest
    assert "squared" not in " ".join(headline_rest(of(GOOD)))


@pytest.mark.parametrize(
    ("wape", "words"), [(17.99, "no less and no more"), (17.8, "only 1% less")]
)
def test_next_to_no_difference_is_called_so(wape, words):
    found = of({"network": wape, "seasonal_naive_7": 18.0})
    assert f"off by {words} than" in " ".join(headline_rest(found))


def test_the_ranges_are_told_as_days_of_a_hundred():
    rest = " ".join(headline_rest(of(GOOD)))
    assert "Of 100 days tested, 80 lay within the range for 80 in 100, and 95" in rest


def test_where_nothing_was_sold_there_is_no_verdict():
    found = of({"network": math.nan, "average_28": math.nan})
    assert headline(found) == (
        "This forecast is made by the network; on the past days of the test nothing was sold."
    )
    assert list(headline_rest(found)) == []


def test_without_a_test_there_is_no_praise():
    found = shop_forecast(backtest=(), chosen="average_28", origins=())
    assert headline(found) == (
        "This forecast is made by the average of the last four weeks; the history is too short to "
        "test that on past days."
    )
    assert list(headline_rest(found)) == []
    assert backtest_sentence(found) == ""


def test_where_there_is_no_network_its_worth_is_no_matter():
    found = of({"average_28": 12.0, "seasonal_naive_7": 18.0}, chosen="average_28")
    assert headline(found) == (
        "No network can learn from so little: the average of the last four weeks makes this "
        "forecast. Of every 100 pieces sold it was off by 13.0."
    )
    failed = dataclasses.replace(found, failed=2)
    assert headline(failed).startswith("No network could be trained: the average")
    assert next(headline_rest(found)).startswith("The average of the last four weeks is off by 32%")


def test_a_stored_network_may_have_seen_the_test_and_that_is_said():
    told = "if it learnt from the days of the test, its errors here are too low."
    stored = of(GOOD, plan=Plan(model="m.npz"))
    assert list(headline_rest(stored))[-1].endswith(told)
    assert not list(headline_rest(of(GOOD)))[-1].endswith(told)


def test_errors_of_one_forecaster_alone_are_no_verdict():
    said = headline(of({"network": 12.0}))
    assert said == "Of every 100 pieces sold, the network’s forecasts were off by 13.0."


def test_a_forecaster_without_words_of_its_own_goes_by_its_name():
    found = of({**GOOD, "theta": 9.0}, chosen="theta")
    assert headline(found).startswith("The network is not worth it here: theta does better")


def test_the_days_that_were_tested_are_listed_or_spanned():
    assert "2 past days (2025-05-01, 2025-05-31)" in backtest_sentence(shop_forecast())
    many = tuple(f"2025-05-{day:02}" for day in range(1, 9))
    assert "8 past days (from 2025-05-01 to 2025-05-08)" in backtest_sentence(
        of(GOOD, origins=many)
    )


def test_a_series_without_a_forecast_is_named_with_the_reason():
    found = dataclasses.replace(shop_forecast(), left_out=((1, "its last sale was in May"),))
    assert left_out_sentences(found) == ["store Market, item Cake: its last sale was in May"]


@pytest.mark.parametrize(
    ("days", "horizon", "shown"),
    [
        *((90, "2-7", "2-7"), (90, "29-90", "29-90"), (90, "all", "all")),
        *((60, "29-90", "29-60"), (120, "29-90", "29-120"), (29, "29-90", "29")),
        *((14, "2-7", "2-7"), (14, "8-28", "8-14"), (1, "1", "1")),
    ],
)
def test_days_ahead_end_where_the_forecast_does(days, horizon, shown):
    found = shop_forecast(days=days, origins=("2025-03-02",))  # and 120 days of sales after it
    assert days_ahead(horizon, found) == shown


@pytest.mark.parametrize(("origin", "shown"), [("2025-05-01", "29-60"), ("2025-06-01", "29")])
def test_days_ahead_end_where_the_sales_do_that_tested_them(origin, shown):
    assert days_ahead("29-90", shop_forecast(days=90, origins=(origin, "2025-06-20"))) == shown


@pytest.mark.parametrize(("n", "is_said"), [(99, True), (100, False)])
def test_a_test_of_few_days_is_called_one(n, is_said):
    rows = tuple(dataclasses.replace(row, n=n) for row in backtest(GOOD))
    rest = " ".join(headline_rest(shop_forecast(backtest=rows)))
    assert ("Only 99 days could be compared: too few to tell much." in rest) == is_said
