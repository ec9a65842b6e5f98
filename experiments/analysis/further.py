"""Where one more network of ours would fall: what a number of a single network is held against."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.analysis.collapse import collapsed_share
from experiments.analysis.groups import Group
from experiments.analysis.statistics import UPPER, excess, spread, t_quantile
from experiments.training.record import Record

BEYOND_ALL = 39  # values of which a further one is above or below all in a case of twenty

Value = Callable[[Record], float]


@dataclass(frozen=True)
class Interval:
    """Where one more value would fall in 19 of 20 cases."""

    middle: float
    low: float
    high: float
    is_sure: bool = True  # or there are too few networks to say that it would

    def holds(self, value: float, slack: float = 0.0) -> bool:
        """Whether it has a value, or nearly."""
        return self.low - slack <= value <= self.high + slack


@dataclass(frozen=True)
class Scatter:
    """How networks of a size differ among themselves."""

    units: int
    std: float
    freedom: int  # degrees of freedom


def is_skewed(group: Group, units: int) -> bool:
    """Whether networks of a size collapse, so that means and deviations say little."""
    return collapsed_share(group, units).count > 0


def scatter(group: Group, value: Value, units: int) -> Scatter | None:
    """The scatter of a size; where one network was trained, that of the next smaller with several.

    Large networks differ less among themselves than small ones, so that this is rather too much.
    """
    several = (n for n in group.units if n <= units and len(group.of_size(n)) > 1)
    known = next((n for n in several if n == units or not is_skewed(group, n)), None)
    if known is None or not group.of_size(units):
        return None
    values = group.values(value, known)
    return Scatter(known, spread(values).std, len(values) - 1)


def further(group: Group, value: Value, units: int) -> Interval | None:
    """Where a value of one more network of a size would fall; None if there is no telling."""
    values, of_size = group.values(value, units), scatter(group, value, units)
    if of_size is None:
        return None
    return range_of(values) if is_skewed(group, units) else student(values, of_size)


def student(values: Sequence[float], of: Scatter) -> Interval:
    """Student's prediction interval, for values of a normal distribution."""
    mean = float(np.mean(values))
    reach = t_quantile(UPPER, of.freedom) * of.std * math.sqrt(1 + 1 / len(values))
    return Interval(mean, mean - reach, mean + reach)


def range_of(values: Sequence[float]) -> Interval:
    """From the least to the largest, for skewed values: all that is certain is their order.

    A further one of n + 1 is the lowest or the highest in two of n + 1 cases.
    """
    return Interval(float(np.median(values)), min(values), max(values), len(values) >= BEYOND_ALL)


def further_pair(group: Group, value: Value, units: int, other: int) -> Interval | None:
    """How far a network of one size would be above one of another, percent, if both were new."""
    a, b = (group.values(value, n) for n in (units, other))
    of_a, of_b = (scatter(group, value, n) for n in (units, other))
    if of_a is None or of_b is None:
        return None
    if is_skewed(group, units) or is_skewed(group, other):
        changes = range_of([excess(x, y) for x in a for y in b])
        is_sure = min(len(a), len(b)) >= BEYOND_ALL
        return Interval(changes.middle, changes.low, changes.high, is_sure)
    mean_a, mean_b = float(np.mean(a)), float(np.mean(b))
    parts = [
        (100 * of_a.std / mean_b) ** 2 * (1 + 1 / len(a)),
        (100 * of_b.std * mean_a / mean_b**2) ** 2 * (1 + 1 / len(b)),
    ]
    variance, freedom = sum(parts), of_a.freedom
    if of_a.units != of_b.units and variance:  # two spreads: Welch's degrees of freedom
        each = zip(parts, (of_a.freedom, of_b.freedom), strict=True)
        freedom = max(1, int(variance**2 / sum(part**2 / f for part, f in each)))
    middle = excess(mean_a, mean_b)
    reach = t_quantile(UPPER, freedom) * math.sqrt(variance)
    return Interval(middle, middle - reach, middle + reach)
