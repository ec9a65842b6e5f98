"""What the network sees of a shop: eight weeks of one weekday, and the calendar of the target day.

A window belongs to a series, an origin (the last day that is known) and a target some days ahead.
Its eight rows are the latest days known of the target's weekday, a week apart, and each holds the
sales of that day and of the week that ends with it. What else the network is told is the same in
all rows. Sales are relative to the level, the mean of the 56 days up to the origin.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.data.panel import SalesPanel
from experiments.data.weekdays import weekday
from experiments.references.metrics import ratio
from tinylstm import Windows

WEEK, WEEKS, MONTHS = 7, 8, 12
LEVEL_DAYS = WEEKS * WEEK
NEEDED_DAYS = LEVEL_DAYS + WEEK - 1  # of a series up to the origin: the oldest row ends a week
LONG_DAYS = 52 * WEEK  # the longest look back, for the habits of a series
SMALLEST_LEVEL = 1 / 28  # of a series that sold nothing in the 56 days: two units
LARGEST_RATIO = 4.0  # of a mean to the level, as the network sees it
LONGEST = 90  # days ahead, which the logarithm of the horizon is scaled by

N_ROW = 2  # columns that differ from row to row: sales of the day, and of its week
CONSTANTS = ("week", "month", "habit", "weekday_8", "weekday_52", "log_level", "log_ahead")
N_CONSTANT = len(CONSTANTS)
WEEKDAY = N_ROW + N_CONSTANT  # its first column; Monday first
MONTH = WEEKDAY + WEEK
N_INPUTS = MONTH + MONTHS


@dataclass(frozen=True, eq=False)
class Targets:
    """Days to be forecast, each from an origin: all arrays are (n,)."""

    series: np.ndarray
    origin: np.ndarray  # place of the last day that is known
    ahead: np.ndarray  # days from there to the target, from 1

    @property
    def day(self) -> np.ndarray:
        """Place of the target day, which may lie beyond the panel."""
        return self.origin + self.ahead


class ShopInputs:
    """The windows of a panel, made for any targets from running sums of its sales."""

    def __init__(self, panel: SalesPanel, knows_year: bool) -> None:
        """With `knows_year` the network is told the months; else these columns are 0."""
        self.n_series, self.n_days = panel.sales.shape
        self.knows_year = knows_year
        self.first, self.stop = panel.spans
        self.closed = panel.closed_weekdays
        open_days = np.maximum(WEEK - self.closed.sum(axis=1), 1)
        self._open = open_days / WEEK  # share of days on which a series sells
        self._n_weeks = -(-self.n_days // WEEK)
        by_weekday = self._by_weekday(panel.sales)
        # total[s, d]: sum of the days before d; of_weekday[s, p, w]: of days p, p + 7, ... before.
        self._total = _running_sum(panel.sales)
        self._of_weekday = _running_sum(by_weekday)
        self._rows = self._make_rows(by_weekday)
        self._weekday = first_weekday(panel.dates)
        self._dates = panel.dates
        self._months_before = _running_sum(np.eye(MONTHS)[months(panel.dates)].T)

    def windows(self, targets: Targets) -> tuple[Windows, np.ndarray]:
        """The windows (n, 8, N_INPUTS) of the targets, and the level (n,) of each in units sold.

        Every target needs NEEDED_DAYS of its series up to its origin. No later day is read.
        """
        series, origin = targets.series, targets.origin
        latest = targets.day - WEEK * (-(-targets.ahead // WEEK))  # of its weekday, and known
        week, phase = np.divmod(latest, WEEK)
        starts = (series * WEEK + phase) * self._n_weeks + week - (WEEKS - 1)
        level = self.mean(series, origin, np.full(len(series), LEVEL_DAYS))
        level = np.maximum(level, SMALLEST_LEVEL)
        scale = np.zeros((len(series), N_INPUTS), np.float32)
        scale[:, :N_ROW] = 1 / level[:, np.newaxis]
        constants = self._constants(targets, latest, level)
        scale[:, N_ROW:WEEKDAY] = np.stack(constants, axis=1)
        scale[np.arange(len(series)), WEEKDAY + (targets.day + self._weekday) % WEEK] = 1
        if self.knows_year:
            scale[:, MONTH:] = self._season(targets)
        return Windows(self._rows, starts, WEEKS, scale), level.astype(np.float32)

    def mean(self, series: np.ndarray, last: np.ndarray, length: np.ndarray) -> np.ndarray:
        """Mean sales (n,) of the open days among so many up to the last, (n,) each."""
        total = self._total[series, last + 1] - self._total[series, last + 1 - length]
        return total / (length * self._open[series])

    def _constants(
        self, targets: Targets, latest: np.ndarray, level: np.ndarray
    ) -> tuple[np.ndarray, ...]:
        """The columns CONSTANTS, (n,) each."""
        series, origin = targets.series, targets.origin

        def relative(mean: np.ndarray, to: np.ndarray = level) -> np.ndarray:
            return np.minimum(ratio(mean, to), LARGEST_RATIO)

        recent = [self.mean(series, origin, np.full(len(series), n)) for n in (WEEK, 4 * WEEK)]
        known = np.minimum(origin + 1 - self.first[series], LONG_DAYS) // WEEK
        long = self.mean(series, origin, known * WEEK)
        weekday_long = self._weekday_mean(series, latest, np.minimum(known, LONG_DAYS // WEEK) - 1)
        return (
            relative(recent[0]),
            relative(recent[1]),
            relative(long),
            relative(self._weekday_mean(series, latest, np.full(len(series), WEEKS))),
            relative(weekday_long, np.maximum(long, SMALLEST_LEVEL)),
            np.log(level) / 4,
            2 * np.log(np.minimum(targets.ahead, LONGEST)) / np.log(LONGEST) - 1,
        )

    def _weekday_mean(self, series: np.ndarray, latest: np.ndarray, n: np.ndarray) -> np.ndarray:
        """Mean sales (n,) of the last n days of one weekday, the latest of them included."""
        week, phase = np.divmod(latest, WEEK)
        total = self._of_weekday[series, phase, week + 1]
        return (total - self._of_weekday[series, phase, week + 1 - n]) / n

    def _season(self, targets: Targets) -> np.ndarray:
        """(n, 12): 1 for the target's month, minus the share of each in the 56 days of the level.

        If sales are a product of a level and a month, their logarithm is linear in these.
        """
        target = np.eye(MONTHS)[months(self._dates[0] + targets.day)]
        counts = self._months_before[:, targets.origin + 1]
        counts = counts - self._months_before[:, targets.origin + 1 - LEVEL_DAYS]
        return target - counts.T / LEVEL_DAYS

    def _by_weekday(self, values: np.ndarray) -> np.ndarray:
        """Values (S, N) of days as (S, 7, weeks): each seventh day; 0 after the end."""
        padded = np.zeros((self.n_series, self._n_weeks * WEEK), values.dtype)
        padded[:, : self.n_days] = values
        return padded.reshape(self.n_series, self._n_weeks, WEEK).transpose(0, 2, 1)

    def _make_rows(self, by_weekday: np.ndarray) -> np.ndarray:
        """A row for each day, those of a series and weekday one after the other."""
        rows = np.ones((*by_weekday.shape, N_INPUTS), np.float32)
        rows[..., 0] = by_weekday
        week_sum = np.zeros((self.n_series, self.n_days))
        week_sum[:, WEEK - 1 :] = self._total[:, WEEK:] - self._total[:, :-WEEK]
        per_day = week_sum / (WEEK * self._open[:, np.newaxis])
        rows[..., 1] = self._by_weekday(per_day)
        return rows.reshape(-1, N_INPUTS)


def some_series(panel: SalesPanel, series: np.ndarray) -> SalesPanel:
    """The panel of these series alone, by their places."""
    first, stop = panel.spans
    return dataclasses.replace(
        panel,
        stores=panel.stores[series],
        items=panel.items[series],
        sales=panel.sales[series],
        mean=None,
        first=first[series],
        stop=stop[series],
        closed=panel.closed_weekdays[series],
    )


def up_to(panel: SalesPanel, stop: int) -> SalesPanel:
    """The panel as it was known before the day `stop`; series that had not begun are not in it."""
    begun = some_series(panel, np.flatnonzero(panel.spans[0] < stop))
    assert begun.stop is not None
    return dataclasses.replace(
        begun,
        dates=panel.dates[:stop],
        sales=begun.sales[:, :stop],
        stop=np.minimum(begun.stop, stop),
    )


def first_weekday(dates: np.ndarray) -> int:
    """The weekday of the first of these days, Monday 0."""
    return int(weekday(dates[0]))


def months(dates: np.ndarray) -> np.ndarray:
    """The month of each of these days, from 0."""
    return (dates.astype("datetime64[M]").astype(np.int64)) % MONTHS


def is_closed(panel: SalesPanel, days: np.ndarray) -> np.ndarray:
    """Whether days (..., D), by their places, are closed weekdays of each series: (..., S, D)."""
    closed = panel.closed_weekdays[:, (days + first_weekday(panel.dates)) % WEEK]
    return np.moveaxis(closed, 0, -2)


def days_after(origins: Sequence[int], days: int) -> np.ndarray:
    """The places (O, D) of the days after each origin."""
    return np.asarray(origins, np.int64)[:, np.newaxis] + 1 + np.arange(days)


def _running_sum(values: np.ndarray) -> np.ndarray:
    """Sums (..., N + 1) of all values before each place of the last axis."""
    sums = np.zeros((*values.shape[:-1], values.shape[-1] + 1))
    np.cumsum(values, axis=-1, out=sums[..., 1:])
    return sums
