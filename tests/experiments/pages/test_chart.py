"""The chart of characters: error against size."""

from experiments.analysis.sizes import summarise
from experiments.pages.chart import BAR_CHARACTERS, error_chart
from experiments.references.forecasts import Reference
from tests.records import ORACLE, TREES, errors, group, overview

FLOOR_MAPE = Reference("floor_mape", errors(12.0))
SIZES = summarise(group({16: [12.5, 12.7], 1: [14.0]}))


def bars(text):
    """The length of the bar and the number of each line below the title."""
    return [(line.count("█"), float(line.split()[-1])) for line in text.splitlines()[1:]]


def test_bars_begin_at_the_floor_and_have_the_length_of_what_lies_above_it():
    chart = error_chart(SIZES, overview(FLOOR_MAPE, ORACLE, TREES).references)
    assert "12.00%" in chart.splitlines()[0]
    assert bars(chart) == [(8, 0.6), (BAR_CHARACTERS, 2.0), (3, 0.2), (6, 0.4)]


def test_without_a_floor_bars_are_the_errors_themselves():
    chart = error_chart(SIZES, [ORACLE])
    assert chart.splitlines()[0] == "MAPE, %"
    assert "the best that" not in chart
    assert bars(chart) == [(25, 12.6), (BAR_CHARACTERS, 14.0), (24, 12.2)]


def test_an_error_that_chance_puts_below_the_floor_has_no_bar():
    assert bars(error_chart(SIZES, [Reference("floor_mape", errors(13.0))]))[0] == (0, -0.4)


def test_where_nothing_was_sold_there_is_no_chart():
    assert error_chart(summarise(group({16: [float("nan")]})), [ORACLE]) == ""
