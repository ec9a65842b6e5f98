"""Ranges that hold: how far past forecasts were off tells how far the next ones may be.

Split-conformal prediction (Papadopoulos et al. 2002; Lei et al. 2018): the errors of forecasts of
days that the forecaster had not seen, each in units of what it is expected to be, are sorted, and
the range is as wide as holds the wanted share of them. Here it is made for counts: a range is
rounded to whole numbers, never negative, and so wide that the rounded ranges would have held that
share. A small and a large side, for counts are skewed, are stretched together.
"""

import math
from dataclasses import dataclass

import numpy as np

from experiments.forecasting.result import GROUPS

LEVELS = (0.80, 0.95)
SMALLEST_MEAN = 0.1  # of a forecast, for the spread that is expected: units sold
SHOP_DAYS = 30  # as many days of a series' own weigh as much as the whole shop's spread
FEWEST = 40  # errors that a group needs for a range of its own
LEAST_SIDE = 0.05  # of a range, in standard deviations


@dataclass(frozen=True, eq=False)
class PastErrors:
    """n forecasts of days that the forecaster had not seen."""

    series: np.ndarray  # (n,)
    ahead: np.ndarray  # (n,) days
    y: np.ndarray  # (n,) units sold
    forecast: np.ndarray  # (n,)


class Ranges:
    """Ranges around forecasts, by days ahead, from past errors."""

    def __init__(self, errors: PastErrors, n_series: int) -> None:
        self._dispersion = dispersion(errors, n_series)
        up, down = self._sides(errors)
        group = group_of(errors.ahead)
        self._widths: dict[float, np.ndarray] = {}  # (groups, 2): below and above
        narrower = np.zeros((len(GROUPS), 2))
        for level in LEVELS:
            found = [_widths(up[chosen], down[chosen], level) for chosen in _pooled(group)]
            narrower = self._widths[level] = np.maximum(found, narrower)  # it lies within

    def around(
        self, level: float, series: np.ndarray, ahead: np.ndarray, forecast: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest sales (n,) int64 of forecasts (n,), that many days ahead."""
        widths = self._widths[level][group_of(ahead)]
        spread = self._spread(series, forecast)
        low = np.rint(forecast - widths[:, 0] * spread)
        high = np.rint(forecast + widths[:, 1] * spread)
        low = np.maximum(low, 0).astype(np.int64)
        return low, np.maximum(high.astype(np.int64), low)

    def _spread(self, series: np.ndarray, forecast: np.ndarray) -> np.ndarray:
        return np.sqrt(self._dispersion[series] * np.maximum(forecast, SMALLEST_MEAN))

    def _sides(self, errors: PastErrors) -> tuple[np.ndarray, np.ndarray]:
        """How far up and down a range must reach to hold each error, in units of its spread."""
        spread = self._spread(errors.series, errors.forecast)
        above = errors.y - errors.forecast
        return (above - 0.5) / spread, (-above - 0.5) / spread  # half a unit, for it is rounded


def coverage(y: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """Percent of the sales y that lie within their ranges, ends included."""
    return 100 * float(np.mean((low <= y) & (y <= high)))


def dispersion(errors: PastErrors, n_series: int) -> np.ndarray:
    """Variance over mean of each series (S,): its own, drawn towards the shop's if it is short."""
    squares = np.square(errors.y - errors.forecast) / np.maximum(errors.forecast, SMALLEST_MEAN)
    of_shop = max(float(squares.mean()), 0.1) if len(squares) else 1.0
    total = np.bincount(errors.series, squares, n_series)
    count = np.bincount(errors.series, minlength=n_series)
    return (total + SHOP_DAYS * of_shop) / (count + SHOP_DAYS)


def group_of(ahead: np.ndarray) -> np.ndarray:
    """The place in GROUPS of each number of days ahead; more than the last go with it."""
    starts = [start for start, _ in GROUPS]
    return np.searchsorted(starts, ahead, side="right") - 1


def _pooled(group: np.ndarray) -> list[np.ndarray]:
    """The errors (n,) bool that each group goes by: its own, or the nearest nearer one's."""
    found: list[np.ndarray] = []
    for number in range(len(GROUPS)):
        own = group == number
        if own.sum() < FEWEST and found:
            own = found[-1]
        found.append(own if own.sum() >= FEWEST else np.ones(len(group), bool))
    return found


def _widths(up: np.ndarray, down: np.ndarray, level: float) -> tuple[float, float]:
    """How far below and above a forecast its range reaches, in units of its spread.

    Each side alone would leave out half of what may be left out; then both are stretched by one
    factor, until together they hold the level. Without errors, those of a normal law.
    """
    if len(up) == 0:
        return (1.28, 1.28) if level < 0.9 else (1.96, 1.96)
    tail = (1 + level) / 2
    sides = [max(_quantile(side, tail), LEAST_SIDE) for side in (down, up)]
    stretch = max(_quantile(np.maximum(down / sides[0], up / sides[1]), level), 0.0)
    return sides[0] * stretch, sides[1] * stretch


def _quantile(values: np.ndarray, share: float) -> float:
    """The smallest value that holds that share of n values and one more, if there is one."""
    place = min(math.ceil(share * (len(values) + 1)), len(values)) - 1
    return float(np.partition(values, place)[place])
