"""As good, better, worse or not settled: the one margin and the one set of tests of the project."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from experiments.analysis.statistics import (
    SIGNIFICANCE,
    UPPER,
    detectable,
    holm,
    rank_sum_test,
    sign_test,
    t_distribution,
    t_quantile,
)

# Named before the networks were trained: nobody plans a shop otherwise for half a percent of error,
# and retraining the best network with another seed moves its RMSE by a tenth of that.
MARGIN = 0.5  # percent of an error

Errors = Mapping[int, float]  # of networks by their seed


class Relation(Enum):
    """What a comparison of errors settles, if anything."""

    AS_GOOD = "as good"  # surely within the margin
    BETTER = "better"
    WORSE = "worse"
    UNSETTLED = "not settled"


@dataclass(frozen=True)
class Comparison:
    """How far the mean error of some networks is above another, in percent of the latter."""

    mean: float
    error: float  # standard error of `mean`; NaN where there is no telling
    freedom: int  # degrees of freedom of Student's t
    p: float  # of no difference, two-sided; NaN where there is no telling

    @property
    def low(self) -> float:
        """Lower end of the 95% interval."""
        return self.mean - t_quantile(UPPER, self.freedom) * self.error

    @property
    def high(self) -> float:
        """Upper end of the 95% interval."""
        return self.mean + t_quantile(UPPER, self.freedom) * self.error

    @property
    def detectable(self) -> float:
        """The smallest difference that so many networks find in 80% of cases, in percent."""
        return detectable(self.freedom) * self.error

    @property
    def within_margin(self) -> bool:
        """Whether two one-sided tests at 5% put it between -MARGIN and MARGIN (TOST).

        That is to say that its 90% interval lies there. Source: Schuirmann, "A comparison of the
        two one-sided tests procedure and the power approach", 1987.
        """
        return abs(self.mean) + self._one_sided < MARGIN  # False if it is NaN

    @property
    def is_no_worse(self) -> bool:
        """Whether a one-sided test at 5% puts it below MARGIN: as good, or better."""
        return self.mean + self._one_sided < MARGIN

    @property
    def _one_sided(self) -> float:
        """How far the 90% interval reaches to either side, with 5% beyond each end."""
        return t_quantile(1 - SIGNIFICANCE, self.freedom) * self.error


def compare(errors: Errors, others: Errors | float, skewed: bool = False) -> Comparison:
    """The errors of networks beside those of others, or beside a fixed error.

    Of the same seeds on both sides the differences are tested pair by pair; of others, Welch's test
    takes the two spreads for what they are, its degrees of freedom rounded down. Where networks
    collapse on either side, and their errors are `skewed`, there is no interval: the medians are
    told, the sign test judges pairs, and networks beside a fixed error, and ranks judge networks of
    other seeds. Where the signs or ranks point another way than the medians nothing is settled.
    Without two networks on a side, or without any error to compare with, there is no telling.

    Source: Welch, "The generalization of 'Student's' problem when several different population
    variances are involved", 1947.
    """
    center = np.median if skewed else np.mean
    fixed = not isinstance(others, Mapping)
    them = others if isinstance(others, Mapping) else {0: others}
    paired = not fixed and errors.keys() == them.keys()
    base = float(center([*them.values()]))
    if not base:
        return Comparison(math.nan, math.nan, 1, math.nan)
    a, b = (np.array([100 * (each[k] / base - 1) for k in sorted(each)]) for each in (errors, them))
    mean = float(center(a))
    if len(a) < 2 or (len(b) < 2 and not fixed):
        return Comparison(mean, math.nan, 1, math.nan)
    if skewed:
        by_pairs = paired or fixed
        differences = (a - b if by_pairs else np.subtract.outer(a, b)).reshape(-1)
        agree = float(np.median(differences)) * mean > 0
        p = sign_test(differences) if by_pairs else rank_sum_test(a, b)
        return Comparison(mean, math.nan, 1, p if agree else 1.0)
    error, freedom = _standard_error(a - b if paired else a), len(a) - 1
    if not (paired or fixed):
        error, freedom = _welch(a, b)
    p = 2 * t_distribution(-abs(mean) / error, freedom) if error else float(mean == 0)
    return Comparison(mean, error, freedom, p)


def settle(comparisons: Sequence[Comparison]) -> list[Relation]:
    """What each comparison of a family settles.

    As good is what lies within the margin, however certain the difference; else better or worse,
    at the 5% level of the whole family by Holm's correction; else nothing is settled.
    """
    judged = [each for each in comparisons if not math.isnan(each.p)]
    adjusted = dict(zip(map(id, judged), holm([each.p for each in judged]), strict=True))
    return [_relation(each, adjusted.get(id(each), 1.0)) for each in comparisons]


def _relation(found: Comparison, p: float) -> Relation:
    if found.within_margin:
        return Relation.AS_GOOD
    if p >= SIGNIFICANCE:
        return Relation.UNSETTLED
    return Relation.WORSE if found.mean > 0 else Relation.BETTER


def _standard_error(values: np.ndarray) -> float:
    return float(np.std(values, ddof=1)) / math.sqrt(len(values))


def _welch(a: np.ndarray, b: np.ndarray) -> tuple[float, int]:
    """Standard error of mean(a) - mean(b), and its degrees of freedom rounded down."""
    squares = [_standard_error(each) ** 2 for each in (a, b)]
    total = sum(squares)
    parts = zip(squares, (a, b), strict=True)
    spread = sum(square**2 / (len(each) - 1) for square, each in parts)
    freedom = total**2 / spread if spread else len(a) + len(b) - 2
    return math.sqrt(total), max(1, int(freedom))
