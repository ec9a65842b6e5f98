"""Means over seeds, and how sure one can be of them."""

import math
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

SIGNIFICANCE = 0.05  # the customary level: chance alone finds a difference in one case of twenty
UPPER = 1 - SIGNIFICANCE / 2  # quantile at the upper end of a two-sided 95% interval


class Spread(NamedTuple):
    """Mean, standard deviation and 95% interval of the mean; all but the mean NaN for n = 1."""

    mean: float
    std: float
    low: float
    high: float


def spread(values: ArrayLike) -> Spread:
    """Summary of independent measurements (n,): mean ± t s / sqrt(n), Student's interval."""
    values = np.asarray(values, np.float64)
    n, mean = values.size, float(np.mean(values))
    if n == 1:
        return Spread(mean, math.nan, math.nan, math.nan)
    std = float(np.std(values, ddof=1))
    half = t_quantile(UPPER, n - 1) * std / math.sqrt(n)
    return Spread(mean, std, mean - half, mean + half)


def t_distribution(t: float, freedom: int) -> float:
    """P(T <= t) of Student's t: the finite series of Abramowitz & Stegun, 26.7.3 and 26.7.4."""
    theta = math.atan(t / math.sqrt(freedom))
    cos = math.cos(theta)
    odd = freedom % 2
    term = cos if odd else 1.0
    total = term if freedom > 1 else 0.0
    for k in range(2 + odd, freedom - 1, 2):
        term *= cos * cos * (k - 1) / k
        total += term
    within = (theta + math.sin(theta) * total) * 2 / math.pi if odd else math.sin(theta) * total
    return 0.5 + 0.5 * within  # `within` is P(|T| <= t), with the sign of t


def t_quantile(p: float, freedom: int) -> float:
    """The t with P(T <= t) = p, for 0.5 <= p < 1, by bisection to the last digits of a float."""
    low, high = 0.0, 1.0
    while t_distribution(high, freedom) < p:
        high *= 2
    while low < (middle := (low + high) / 2) < high:
        low, high = (low, middle) if t_distribution(middle, freedom) >= p else (middle, high)
    return high


class Difference(Enum):
    """What a paired comparison of two errors found."""

    BETTER = "better"
    WORSE = "worse"
    NONE = "no difference found"


class Comparison(NamedTuple):
    """Paired differences a - b: their mean, its 95% interval, Student's t and two-sided p."""

    mean: float
    low: float
    high: float
    t: float
    p: float

    @property
    def verdict(self) -> Difference:
        """What was found at the 5% level, for an error, where less is better."""
        if not self.p < SIGNIFICANCE:
            return Difference.NONE
        return Difference.BETTER if self.mean < 0 else Difference.WORSE


def compare(a: Sequence[float], b: Sequence[float]) -> Comparison:
    """Paired t-test of two equally long lists of measurements, pair by pair over the same seeds.

    With a single pair there is a difference and nothing to judge it by: the rest is NaN.
    """
    mean, std, low, high = spread(np.subtract(a, b))
    if math.isnan(std):
        return Comparison(mean, low, high, math.nan, math.nan)
    if std == 0:  # all differences are equal: certain, unless they are all zero
        t = math.copysign(math.inf, mean) if mean else 0.0
    else:
        t = mean / (std / math.sqrt(len(a)))
    return Comparison(mean, low, high, t, 2 * t_distribution(-abs(t), len(a) - 1))


def bootstrap(values: ArrayLike, rng: np.random.Generator, n: int = 10_000) -> Spread:
    """Mean of the values with a 95% percentile interval over resampled values (Efron 1979)."""
    values = np.asarray(values)
    means = values[rng.integers(values.size, size=(n, values.size))].mean(axis=1)
    low, high = np.quantile(means, [1 - UPPER, UPPER])
    return Spread(float(values.mean()), float(means.std(ddof=1)), float(low), float(high))
