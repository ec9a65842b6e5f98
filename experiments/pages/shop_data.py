"""The numbers of a shop's page: what its script draws, and the table of what to order.

The page holds them as compact JSON. Days are counted from the first that is kept; a series has the
days it was sold on, from `from`.
"""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.data.weekdays import weekday
from experiments.forecasting.result import ShopForecast
from experiments.pages.shop_tables import RANGES, rounded_mean
from experiments.pages.shop_words import name_of

KEPT_DAYS = 731  # of history, two years
KEPT_NUMBERS = 750_000  # days of series at most, so that a page of many series stays small
LEAST_DAYS = 90  # of history, whatever the number of series
SPANS = 7, 28  # days that an order looks ahead
SOLD_DAYS = 28  # days back that stand beside it


@dataclass(frozen=True)
class Order:
    """What a series is expected to sell, and has sold."""

    number: int  # of the series on the page
    store: str
    item: str
    expected: tuple[float, ...]  # units over each of `order_spans`
    before: int  # sold over the last 28 days of the file
    source: str  # the forecaster


def history_start(found: ShopForecast) -> int:
    """The place in the panel of the first day that the page keeps."""
    n_series, n_days = found.panel.sales.shape
    kept = min(KEPT_DAYS, max(LEAST_DAYS, KEPT_NUMBERS // n_series))
    return max(0, n_days - kept)


def page_numbers(found: ShopForecast) -> dict[str, Any]:
    """All that the page's script draws; whole numbers and short decimals."""
    panel, ahead = found.panel, found.ahead
    start = history_start(found)
    n_series, n_days = panel.sales.shape
    first, stop = panel.spans
    place = {int(k): row for row, k in enumerate(ahead.series)}
    mean, why = rounded_mean(found), dict(found.left_out)
    series = []
    for k in range(n_series):
        begin = max(start, int(first[k]))
        closed = [] if panel.closed is None else np.flatnonzero(panel.closed[k]).tolist()
        one: dict[str, Any] = {
            "store": str(panel.stores[k]),
            "item": str(panel.items[k]),
            "from": begin - start,
            "sold": panel.sales[k, begin : max(begin, int(stop[k]))].tolist(),
            "closed": closed,
        }
        if k in place:
            row = place[k]
            one["mean"] = mean[row].tolist()
            one |= {name: getattr(ahead, name)[row].tolist() for name in RANGES}
            one["source"] = name_of(ahead.source[row])
        else:
            one["why"] = why.get(k, "no forecast")
        series.append(one)
    return {
        "start": str(panel.dates[start]),
        "days": n_days - start,
        "ahead": len(ahead.dates),
        "series": series,
    }


def embedded(numbers: dict[str, Any]) -> str:
    """The numbers as JSON that may stand in a script element, whatever the names in them.

    A name with `</script>` in it would end the element: no angle bracket or ampersand is left.
    """
    text = json.dumps(numbers, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def order_spans(found: ShopForecast) -> list[int]:
    """Days ahead that orders are for: the next 7 and 28, or as many as are forecast."""
    return sorted({min(days, len(found.ahead.dates)) for days in SPANS})


def orders(found: ShopForecast) -> list[Order]:
    """A line for each series with a forecast."""
    panel, ahead, mean = found.panel, found.ahead, rounded_mean(found)
    spans = order_spans(found)
    return [
        Order(
            number=int(k),
            store=str(panel.stores[k]),
            item=str(panel.items[k]),
            expected=tuple(float(mean[row, :days].sum()) for days in spans),
            before=int(panel.sales[k, -SOLD_DAYS:].sum()),
            source=name_of(ahead.source[row]),
        )
        for row, k in enumerate(ahead.series)
    ]


def totals(found: ShopForecast) -> tuple[np.ndarray, np.ndarray]:
    """Units sold by all series on each day kept, and expected on each day ahead.

    NaN on weekdays on which all of them are closed.
    """
    panel, start = found.panel, history_start(found)
    all_closed = np.flatnonzero(panel.closed_weekdays.all(axis=0))
    sold = panel.sales[:, start:].sum(axis=0)
    expected = rounded_mean(found).sum(axis=0)
    past, future = (
        np.isin(weekday(dates), all_closed) for dates in (panel.dates[start:], found.ahead.dates)
    )
    return np.where(past, np.nan, sold), np.where(future, np.nan, expected)
