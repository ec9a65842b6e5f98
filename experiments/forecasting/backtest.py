"""How good each forecaster is for this shop: rolling origins over the last part of its history."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.data.panel import SalesPanel
from experiments.data.weekdays import weekday
from experiments.forecasting.inputs import WEEK, days_after, is_closed
from experiments.forecasting.known import lately_closed
from experiments.forecasting.ranges import LEVELS, PastErrors, Ranges
from experiments.forecasting.result import GROUPS, HORIZONS, BacktestRow
from experiments.references.metrics import evaluate

SHARE = 4  # of the history: one in so many days is for the backtest
MOST_DAYS = 182
ORIGINS = 10  # about so many
LEAST_DAYS = WEEK  # that the last origin has before it

Forecasts = Mapping[str, np.ndarray]  # by forecaster: (O, S, D), NaN where there is none


@dataclass(frozen=True, eq=False)
class Past:
    """The days of the backtest: O origins, S series, D days ahead."""

    sales: np.ndarray  # (O, S, D) what was sold
    counts: np.ndarray  # (O, S, D) bool: days within the file and the series, and not closed
    open: np.ndarray  # (O, S, D) bool: of these, weekdays that were open up to the origin, too


def backtest_origins(n_days: int) -> list[int]:
    """The last days known of the backtest, the earliest first; none of a history below 4 weeks.

    They are not whole weeks apart, so that each horizon falls on every weekday.
    """
    length = min(n_days // SHARE, MOST_DAYS)
    step = max(math.ceil(length / ORIGINS), 3)
    step += step % WEEK == 0
    return list(range(n_days - 1 - length, n_days - LEAST_DAYS, step)) if length >= WEEK else []


def look_back(panel: SalesPanel, origins: Sequence[int], days: int) -> Past:
    """What was sold in the days after each origin, and which of them count."""
    first, stop = panel.spans
    n_days = panel.sales.shape[1]
    place = days_after(origins, days)
    of_series = place[:, np.newaxis]  # (O, 1, D)
    inside = (of_series > first[:, np.newaxis]) & (of_series < stop[:, np.newaxis])
    sales = panel.sales[:, np.minimum(place, n_days - 1)].transpose(1, 0, 2)
    counts = inside & ~is_closed(panel, place)
    shut = np.zeros_like(counts)
    for k, origin in enumerate(origins):
        shut[k] = lately_closed(panel, origin)[:, weekday(panel.dates[0] + place[k])]
    return Past(np.where(inside, sales, 0), counts, counts & ~shut)


def past_errors(past: Past, forecast: np.ndarray, used: np.ndarray) -> PastErrors:
    """The forecasts (O, S, D) of the days (O, S, D) that are used, as a list."""
    _, series, ahead = np.nonzero(used)
    return PastErrors(series, ahead + 1, past.sales[used].astype(float), forecast[used])


def score(past: Past, forecasts: Forecasts) -> tuple[BacktestRow, ...]:
    """Errors of every forecaster on the days that all of them forecast, by days ahead.

    Coverage is that of ranges from the errors at the other origins, on open days alone: a zero that
    is known beforehand lies in any range, and would stand in for a day that does not.
    """
    if not forecasts:
        return ()
    used = past.counts & np.all([np.isfinite(each) for each in forecasts.values()], axis=0)
    of_each = (_rows(name, past, forecast, used) for name, forecast in forecasts.items())
    return tuple(row for rows in of_each for row in rows)


def best(rows: tuple[BacktestRow, ...]) -> str:
    """The forecaster with the least RMSE over all days; "" where nothing was sold on them.

    A forecast is a mean, and the mean is what squared errors are least for. Absolute errors, and so
    WAPE, are least for the median: where most days sell nothing, for zero (Gneiting, "Making and
    evaluating point forecasts", 2011; Kolassa, "Evaluating predictive count data distributions in
    retail sales forecasting", 2016). Large sellers count for more than small ones. Squares over the
    level or the spread of each series, as in the RMSSE of the M5 competition, were tried on the
    simulated shops, and what they chose came no nearer to the true mean.
    """
    of_all = [row for row in rows if row.horizon == HORIZONS[-1] and not math.isnan(row.wape)]
    return min(of_all, key=lambda row: row.rmse).forecaster if of_all else ""


def of_horizon(horizon: str, days: int) -> np.ndarray:
    """Which of the days ahead (D,) belong to one of HORIZONS; the last group goes on for ever."""
    ahead = np.arange(1, days + 1)
    if horizon == HORIZONS[-1]:
        return np.ones(days, bool)
    start, end = GROUPS[HORIZONS.index(horizon)]
    return (ahead >= start) & ((ahead <= end) | (end == GROUPS[-1][1]))


def _rows(name: str, past: Past, forecast: np.ndarray, used: np.ndarray) -> Iterator[BacktestRow]:
    """One forecaster on the days (O, S, D) that are used: a row for each horizon with such days."""
    held = _held(past, forecast, used & past.open)
    for horizon in HORIZONS:
        chosen = used & of_horizon(horizon, used.shape[2])
        if n := int(np.count_nonzero(chosen)):
            errors = evaluate(past.sales[chosen], forecast[chosen])
            cover80, cover95 = _percent(held[:, chosen & past.open])
            numbers = errors.wape, errors.smape, errors.rmse, cover80, cover95
            yield BacktestRow(name, horizon, n, *numbers)


def _held(past: Past, forecast: np.ndarray, used: np.ndarray) -> np.ndarray:
    """(2, O, S, D): whether sales lie in the ranges of LEVELS, made from the other origins."""
    held = np.zeros((len(LEVELS), *used.shape), bool)
    n_series = used.shape[1]
    for k in range(len(used)):
        others = used.copy()
        others[k] = False
        ranges = Ranges(past_errors(past, forecast, others), n_series)
        series, ahead = np.nonzero(used[k])
        y = past.sales[k][used[k]]
        for number, level in enumerate(LEVELS):
            low, high = ranges.around(level, series, ahead + 1, forecast[k][used[k]])
            held[number, k][used[k]] = (low <= y) & (y <= high)
    return held


def _percent(held: np.ndarray) -> list[float]:
    """How many of n days (2, n) are held, by level; NaN if there is none."""
    return (100 * held.mean(axis=1)).tolist() if held.size else [math.nan] * len(held)
