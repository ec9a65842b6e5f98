"""One window under the lens: what a network did on the way to the forecast of one day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from experiments.data.features import FIRST_TARGET, STEPS, Study
from experiments.data.panel import SalesPanel
from tinylstm import LSTMRegressor
from tinylstm.inspect.reach import Reach, compare_reach
from tinylstm.inspect.trace import Trace, trace

REACH_WINDOWS = 16  # test windows over which the reach of gradients is averaged


class NotThereError(ValueError):
    """A series or a day that the panel does not have; the message says what to choose instead."""


@dataclass(frozen=True, eq=False)
class TracedForecast:
    """A window of T steps and what a network made of it."""

    store: Any
    item: Any
    day: np.datetime64  # that is forecast
    forecast: float  # units sold
    sold: int
    days: np.ndarray  # (T,) datetime64[D], at whose end each step stands
    sales: np.ndarray  # (T,) units sold on the day before, the first input of each step
    level: float  # the unit in which the network forecasts: units sold
    trace: Trace  # of this window alone
    reach: dict[str, Reach]  # of this network and of others, see `compare_reach`
    reach_windows: int  # over which it is averaged


def trace_forecast(
    model: LSTMRegressor, panel: SalesPanel, study: Study, series: int, day: int
) -> TracedForecast:
    """Trace the window that forecasts a day of a series, both by their places in the panel."""
    window = np.flatnonzero((study.series == series) & (study.target_day == day))
    level = float(study.level[window[0]])
    traced = trace(model, study.windows[window])
    sample = study.test[:: max(1, len(study.test) // REACH_WINDOWS)][:REACH_WINDOWS]
    return TracedForecast(
        store=panel.stores[series],
        item=panel.items[series],
        day=panel.dates[day],
        forecast=level * float(traced.prediction[0]),
        sold=int(panel.sales[series, day]),
        days=panel.dates[day - STEPS : day],
        sales=panel.sales[series, day - STEPS - 1 : day - 1],
        level=level,
        trace=traced,
        reach=compare_reach(model, study.windows[sample]),
        reach_windows=len(sample),
    )


def find_series(panel: SalesPanel, store: str, item: str) -> int:
    """The place of a series in the panel. Raises NotThereError if it has no such store or item."""
    labels = list(zip(map(str, panel.stores), map(str, panel.items), strict=True))
    if (store, item) in labels:
        return labels.index((store, item))
    items = [i for i, (label, _) in enumerate(labels) if label == store]
    if not items:
        raise NotThereError(f"{panel.name} has no store {store}, but {span(panel.stores)}")
    raise NotThereError(f"store {store} has no item {item}, but {span(panel.items[items])}")


def span(labels: Iterable[Any]) -> str:
    """The first and the last of the labels."""
    distinct = sorted(set(labels))
    return str(distinct[0]) if len(distinct) == 1 else f"{distinct[0]} to {distinct[-1]}"


def find_day(panel: SalesPanel, series: int, day: date) -> int:
    """The place of a day in the panel.

    Raises NotThereError unless a window of days of the series lies before it.
    """
    place = int((np.datetime64(day, "D") - panel.dates[0]).astype(int))
    first, stop = (int(places[series]) for places in panel.spans)
    if not first + FIRST_TARGET <= place < stop:
        problem = f"{panel.name} has no window that forecasts {day}"
        if first + FIRST_TARGET >= stop:
            raise NotThereError(f"{problem}; choose a series of more than {FIRST_TARGET} days")
        days = f"from {panel.dates[first + FIRST_TARGET]} to {panel.dates[stop - 1]}"
        raise NotThereError(f"{problem}; choose a day {days}")
    return place
