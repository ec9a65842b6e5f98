"""From a panel of sales to windows: the paper's seven features, scaling, and the parts of a study.

The protocol of arXiv 2601.00525. A row holds what is known at the end of a day d; the window of the
30 rows before day i predicts sales(i), so that no window sees its target. The calendar is known
further ahead, see `Inputs`.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.data.panel import DataError, SalesPanel
from experiments.data.splits import cut
from experiments.words import plural
from tinylstm import Windows

STEPS = 30  # rows in a window
LONGEST_LAG = 30  # days at the start of a series that lack a feature and are dropped
FIRST_TARGET = LONGEST_LAG + STEPS  # the first day of a series with a whole window before it
N_FEATURES = 7
MONTH, MONTHS = 6, 12  # its column, and how many there are
N_SALES_FEATURES = 5  # the first five are sales, the other two the calendar
SMALLEST_LEVEL = 1 / 30  # of a window without a sale: one unit in thirty days
CALENDAR_SPAN = 4  # by level, weekday and month run from -2 to 2: a wide scale tells days apart


@dataclass(frozen=True)
class Inputs:
    """What the rows of a window hold, and how they are scaled."""

    leaky_scaler: bool = True  # scaled over all rows, those of the test windows included
    by_level: bool = False  # sales divided by the window's own level, see `window_level`
    next_day: bool = False  # weekday and month of the day after the row's, not of the row's


PAPER_INPUTS = Inputs()


@dataclass(frozen=True, eq=False)
class Study:
    """All N windows of a panel with their targets, cut into training, validation and test.

    Window k predicts day `target_day[k]` of the panel's series `series[k]`. `train`, `validation`
    and `test` are arrays of window numbers.
    """

    windows: Windows  # (N, 30, 7), scaled, float32
    y: np.ndarray  # (N,) float32, units sold on the target day
    level: np.ndarray  # (N,) float32, the unit in which the network forecasts: units sold
    series: np.ndarray  # (N,)
    target_day: np.ndarray  # (N,)
    train: np.ndarray  # 64% of the windows
    validation: np.ndarray  # 16%: Keras's validation set in the paper, never trained on
    test: np.ndarray  # 20%
    split: str  # what the parts are cut by


def build_study(panel: SalesPanel, split: str = "stores", inputs: Inputs = PAPER_INPUTS) -> Study:
    """Features, windows and split of a panel.

    Every window and its target lie within the days of their series, see `targets`. With
    `leaky_scaler` the features are scaled over all rows, those of test windows included, as in the
    paper; without, over the rows of training windows. With `by_level` the sales in a window are
    divided by its level (see `window_level`) instead, and the calendar runs from -2 to 2; the month
    is left out (0) unless the training windows saw all twelve. With `next_day` the last row of a
    window has the calendar of the day to be forecast, which a shop knows in advance; in the paper
    it has that of the day before. For the splits see `cut`.
    Raises DataError if the panel is too small to have windows in every part.
    """
    series, target_day = targets(panel)
    train, validation, test = cut(series if split == "stores" else target_day - FIRST_TARGET)
    n_series, n_days = panel.sales.shape
    if min(train.size, validation.size, test.size) == 0:
        few = plural(n_series, "series") if split == "stores" else plural(n_days, "day")
        cure = "cut them by --split time" if split == "stores" else "use longer series"
        problem = f"{few} cannot be cut into training, validation and test"
        raise DataError(f"{panel.name}: {problem}; {cure}.")

    rows = seven_features(panel, ahead=int(inputs.next_day))
    per_series = n_days - LONGEST_LAG
    starts = series.astype(np.int64) * per_series + (target_day - FIRST_TARGET)
    windows = Windows(rows, starts, STEPS)
    level = window_level(windows) if inputs.by_level else np.ones(len(windows), np.float32)
    scaled = slice(N_SALES_FEATURES if inputs.by_level else 0, N_FEATURES)
    seen = rows_seen(windows[train])
    knows_the_year = len(np.unique(rows[seen, MONTH])) == MONTHS
    leaky = rows if panel.first is None else rows[own_rows(panel)]
    fitted_on = leaky if inputs.leaky_scaler else rows[seen]
    scale_to_unit(rows[:, scaled], fitted_on[:, scaled])
    if inputs.by_level:
        rows[:, N_SALES_FEATURES:] = CALENDAR_SPAN * (rows[:, N_SALES_FEATURES:] - 0.5)
        if not knows_the_year:
            rows[:, MONTH] = 0
        scale = np.ones((len(windows), N_FEATURES), np.float32)
        scale[:, :N_SALES_FEATURES] = 1 / level[:, np.newaxis]
        windows = Windows(rows, starts, STEPS, scale)
    y = panel.sales[series, target_day].astype(np.float32)
    return Study(windows, y, level, series, target_day, train, validation, test, split)


def targets(panel: SalesPanel) -> tuple[np.ndarray, np.ndarray]:
    """Series and day, int32 (N,) each, of every target that has a whole window before it.

    They are series after series; the sixty days that the window knows of and the target are days
    of the series. Raises DataError if no series is long enough.
    """
    first, stop = panel.spans
    per_series = np.maximum(stop - first - FIRST_TARGET, 0)
    if not per_series.any():
        longest = (stop - first).max()
        need = f"a window and its target take {FIRST_TARGET + 1} days"
        raise DataError(f"{panel.name} has {longest} days, and {need}; use longer series.")
    series = np.repeat(np.arange(len(first), dtype=np.int32), per_series)
    before = np.repeat(np.cumsum(per_series) - per_series - first, per_series)
    day = np.arange(len(series)) - before + FIRST_TARGET
    return series, day.astype(np.int32)


def own_rows(panel: SalesPanel) -> np.ndarray:
    """Which rows of `seven_features` know nothing but days of their series: a mask (R,)."""
    first, stop = panel.spans
    days = np.arange(LONGEST_LAG, panel.sales.shape[1])
    own = (days >= first[:, np.newaxis] + LONGEST_LAG) & (days < stop[:, np.newaxis])
    return own.reshape(-1)


def seven_features(panel: SalesPanel, ahead: int = 0) -> np.ndarray:
    """The features of every day d from day 30 on, series after series: (S (N - 30), 7) float32.

    sales(d-1), sales(d-7), sales(d-30), mean of sales over d-6..d, mean over d-29..d, and of day
    d + ahead the day of the week (Monday 0) and the month (1-12).
    """
    n_series, n_days = panel.sales.shape
    features = np.empty((n_series, n_days - LONGEST_LAG, N_FEATURES), np.float32)
    for column, lag in enumerate((1, 7, 30)):
        features[:, :, column] = panel.sales[:, LONGEST_LAG - lag : n_days - lag]
    # total[:, d] is the sum of the days before d, so a difference is the sum of a stretch of days.
    total = np.zeros((n_series, n_days + 1), np.int64)
    np.cumsum(panel.sales, axis=1, out=total[:, 1:])
    for column, length in ((3, 7), (4, 30)):
        stop = total[:, LONGEST_LAG + 1 :]
        start = total[:, LONGEST_LAG + 1 - length : n_days + 1 - length]
        features[:, :, column] = (stop - start) / length
    days = pd.DatetimeIndex(panel.dates[LONGEST_LAG:]) + pd.Timedelta(days=ahead)
    features[:, :, 5] = days.day_of_week
    features[:, :, 6] = days.month
    return features.reshape(-1, N_FEATURES)


def window_level(windows: Windows) -> np.ndarray:
    """The mean daily sales that a window knows of: (N,), from its unscaled rows alone.

    The 30-day means of its first and of its last row, which together reach back 59 days.
    """
    means = windows.rows[:, 4]
    level = (means[windows.starts] + means[windows.starts + windows.steps - 1]) / 2
    return np.maximum(level, np.float32(SMALLEST_LEVEL))


def rows_seen(windows: Windows) -> np.ndarray:
    """Which rows lie in at least one of the windows: a mask (R,)."""
    change = np.zeros(len(windows.rows) + 1, np.int64)
    np.add.at(change, windows.starts, 1)
    np.add.at(change, windows.starts + windows.steps, -1)
    return np.cumsum(change[:-1]) > 0


def scale_to_unit(rows: np.ndarray, fitted_on: np.ndarray) -> None:
    """Scale each column of rows in place, so that it runs from 0 to 1 over the rows `fitted_on`."""
    low, high = fitted_on.min(axis=0), fitted_on.max(axis=0)
    rows -= low
    rows /= np.where(high > low, high - low, 1)  # a feature that never changes becomes 0
