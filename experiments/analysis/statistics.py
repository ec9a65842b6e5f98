"""Means and shares, how sure one can be of them, and how small a difference can be found."""

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

SIGNIFICANCE = 0.05  # the customary level: chance alone finds a difference in one case of twenty
POWER = 0.8  # the customary share of cases in which a difference should be found
UPPER = 1 - SIGNIFICANCE / 2  # quantile at the upper end of a two-sided 95% interval


class Spread(NamedTuple):
    """Mean, standard deviation and 95% interval of the mean; all but the mean NaN for n = 1."""

    mean: float
    std: float
    low: float
    high: float

    def without_interval(self) -> "Spread":
        """The same where Student's interval would say nothing."""
        return self._replace(low=math.nan, high=math.nan)


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
    """The t with P(T <= t) = p, for 0.5 <= p < 1."""
    high = 1.0
    while t_distribution(high, freedom) < p:
        high *= 2
    return bisect(lambda t: t_distribution(t, freedom) >= p, 0.0, high)


def bisect(is_reached: Callable[[float], bool], low: float, high: float) -> float:
    """The least x in (low, high] from which on a condition holds, to the last digits of a float."""
    while low < (middle := (low + high) / 2) < high:
        low, high = (low, middle) if is_reached(middle) else (middle, high)
    return high


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values of a family of tests, adjusted so that chance finds anything in one case of twenty.

    Source: Holm, "A simple sequentially rejective multiple test procedure", 1979.
    """
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, k in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[k]))
        adjusted[k] = largest
    return adjusted


def at_least(k: int, n: int, p: float) -> float:
    """P(X >= k) of n independent trials of probability p: the tail of the binomial."""
    return math.fsum(math.comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(k, n + 1))


def sign_test(values: ArrayLike) -> float:
    """Two-sided p of differences (n,) with median 0, whatever their distribution; zeros drop out.

    Source: Conover, "Practical Nonparametric Statistics", 1999.
    """
    values = np.asarray(values)
    above, below = int(np.count_nonzero(values > 0)), int(np.count_nonzero(values < 0))
    return min(1.0, 2 * at_least(max(above, below), above + below, 0.5))


def rank_sum_test(values: ArrayLike, others: ArrayLike) -> float:
    """Two-sided p of samples (m,) and (n,) from one distribution, whatever it is: exact.

    If they are from one, each choice of m of the m + n ranks is as likely for the first sample. The
    choices are counted by their sums; equal values share the mean of their ranks.

    Sources: Wilcoxon, "Individual comparisons by ranking methods", 1945; Mann and Whitney, "On a
    test of whether one of two random variables is stochastically larger than the other", 1947.
    """
    a, both = np.asarray(values), np.concatenate([values, others])
    below, alike = (op(both, both[:, None]).sum(axis=1) for op in (np.less, np.equal))
    ranks = 2 * below + alike + 1  # doubled, and so whole numbers
    ways = np.zeros((len(a) + 1, ranks.sum() + 1))  # of choosing so many ranks with such a sum
    ways[0, 0] = 1
    for rank in ranks:
        ways[1:, rank:] += ways[:-1, :-rank].copy()
    chances, found = ways[-1] / ways[-1].sum(), ranks[: len(a)].sum()
    return float(min(1.0, 2 * min(chances[: found + 1].sum(), chances[found:].sum())))


@dataclass(frozen=True)
class Share:
    """A share of n with its exact 95% interval."""

    count: int
    n: int
    low: float
    high: float


def share(count: int, n: int) -> Share:
    """The interval holds every probability of which `count` of n is no surprise, at 2.5% each side.

    Source: Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case
    of the binomial", 1934.
    """
    tail = 1 - UPPER
    low = bisect(lambda p: at_least(count, n, p) >= tail, 0.0, 1.0) if count else 0.0
    high = bisect(lambda p: 1 - at_least(count + 1, n, p) <= tail, 0.0, 1.0) if count < n else 1.0
    return Share(count, n, low, high)


@functools.cache
def detectable(freedom: int) -> float:
    """The difference, in standard errors, that a t-test at the 5% level finds in 80% of cases.

    With d for it the test finds |(Z + d) / S| > t, where Z is normal and f S^2 chi-square with f
    degrees of freedom. Given S that is P(Z > t S - d) + P(Z < -t S - d), averaged here over S.

    Source: Cohen, "Statistical Power Analysis for the Behavioral Sciences", 1988.
    """
    t, width = t_quantile(UPPER, freedom), 8 / math.sqrt(2 * freedom)
    s = np.linspace(max(1e-6, 1 - width), 1 + width, 2001)
    log_density = (freedom - 1) * np.log(s) - freedom * s**2 / 2
    weight = np.exp(log_density - log_density.max())

    def power(d: float) -> float:
        return float(np.average(_normal(d - t * s) + _normal(-d - t * s), weights=weight))

    return bisect(lambda d: power(d) >= POWER, 0.0, 10 * t)


def _normal(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def excess(value: float, best: float) -> float:
    """How far a value is above the best, in percent; NaN if the best is 0."""
    return 100 * (value / best - 1) if best else math.nan
