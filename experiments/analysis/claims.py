"""Each claim of the paper, beside what a run found, and the verdict that follows from the numbers.

Claims and figures: abstract and figures of arXiv 2601.00525. No outcome is typed in; a run that did
not do the paper's experiment gets UNTESTED for what it cannot judge.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from experiments.analysis.groups import KAGGLE_SHA256, Group, Run, mape
from experiments.analysis.sizes import against, size_bytes
from experiments.analysis.statistics import UPPER, Comparison, spread, t_quantile
from experiments.training.recipes import PAPER_MAPE
from tinylstm.model import BYTES_PER_KB

ROWS, SERIES = 913_000, 500
PAPER_KB = {128: 280, 64: 76}
LESS_MEMORY, LESS_ERROR = 73, 47  # percent, of 64 units against 128
ABSTRACT_MAPE = {128: 23.6, 64: 12.4}  # percent; the figures say PAPER_MAPE
PREDICTION_MS = (23.0, 23.7)  # of the paper, lowest and highest over all sizes

ROUNDING = 0.05  # of the paper's errors, in points
TOO_WIDE = 0.1  # of the mean: runs that differ more agree with nearly every number
NO_MATTER = 0.5  # points of MAPE that nobody would plan by
ABOUT_47 = 0.4  # of the larger network's error: one seed of ours may fall this short of 47%
DOUBLED = 1.5  # times the error: nearer to the double (the paper's 23.6/12.5 is 1.9) than to one
TIMING = 0.1  # of the time of one prediction, by which two measurements of the same may differ


class Verdict(Enum):
    """What a run says of a claim."""

    HOLDS = "holds"
    FAILS = "does not hold"
    UNSETTLED = "not settled"  # the networks of one size differ too much among themselves
    UNTESTED = "not tested by this run"


@dataclass(frozen=True)
class Claim:
    """A claim and its verdict; what was found stands in the fields of each kind of claim."""

    verdict: Verdict


@dataclass(frozen=True)
class DataClaim(Claim):
    """The data: 913,000 daily sales of 10 stores and 50 items."""

    data: str
    n_rows: int
    n_series: int


@dataclass(frozen=True)
class SizeClaim(Claim):
    """64 units take 73% less memory than 128."""

    bytes_128: int | None
    bytes_64: int | None

    @property
    def percent_less(self) -> float | None:
        """How much less memory 64 units take than 128."""
        if self.bytes_128 is None or self.bytes_64 is None:
            return None
        return 100 * (1 - self.bytes_64 / self.bytes_128)


@dataclass(frozen=True)
class ErrorClaim(Claim):
    """A number of units has a stated MAPE."""

    units: int
    stated: float  # percent
    in_abstract: float | None
    found: tuple[float, ...]  # MAPE of each network


@dataclass(frozen=True)
class AccuracyClaim(Claim):
    """64 units are 47% more accurate than 128."""

    found: Comparison | None


@dataclass(frozen=True)
class LargerClaim(Claim):
    """Larger models do not always give better results."""

    largest: int
    found: tuple[tuple[int, Comparison], ...]  # each smaller size against the largest


@dataclass(frozen=True)
class TooFewClaim(Claim):
    """16 units are too few: the error doubles. All errors are mean MAPE."""

    as_published: float | None
    left_on: float | None  # the same networks with dropout left on
    without: float | None  # trained without dropout


@dataclass(frozen=True)
class SpeedClaim(Claim):
    """One prediction takes as long at every size."""

    largest_us: float | None  # microseconds, mean
    smallest_us: float | None


def judge(run: Run) -> list[Claim]:
    """The table of claims. Errors are judged by the networks that followed the paper's protocol."""
    protocol = run.protocol
    return [
        data_claim(run),
        size_claim(run.main),
        *error_claims(protocol),
        accuracy_claim(protocol),
        larger_claim(protocol),
        too_few_claim(run),
        speed_claim(run.main),
    ]


def data_claim(run: Run) -> DataClaim:
    """The size of the data set."""
    overview = run.overview
    found = overview.n_series * overview.n_days, overview.n_series
    verdict = Verdict.UNTESTED
    if overview.data_sha256 == KAGGLE_SHA256:
        verdict = _holds(found == (ROWS, SERIES))
    return DataClaim(verdict, overview.data, *found)


def size_claim(group: Group) -> SizeClaim:
    """Stored size at 128 and 64 units."""
    if not {128, 64} <= set(group.units):
        return SizeClaim(Verdict.UNTESTED, None, None)
    large, small = size_bytes(group, 128), size_bytes(group, 64)
    found = round(large / BYTES_PER_KB), round(small / BYTES_PER_KB)
    as_stated = found == (PAPER_KB[128], PAPER_KB[64])
    less = round(100 * (1 - small / large)) == LESS_MEMORY
    return SizeClaim(_holds(as_stated and less), large, small)


def error_claims(group: Group | None) -> Iterator[ErrorClaim]:
    """The error of each size: the abstract's two, then the figure's where it says another."""
    for units, stated in ABSTRACT_MAPE.items():
        yield error_claim(group, units, stated, in_abstract=stated)
    for units, stated in PAPER_MAPE.items():
        if ABSTRACT_MAPE.get(units) != stated:
            yield error_claim(group, units, stated)


def error_claim(
    group: Group | None, units: int, stated: float, in_abstract: float | None = None
) -> ErrorClaim:
    """Does the stated error lie where a further network of ours would fall, in 19 of 20 cases?"""
    values = group.values(mape, units) if group else []
    verdict = Verdict.UNTESTED
    if len(values) > 1:
        mean, std, *_ = spread(values)
        # The paper ran one seed: its error is compared with the spread of runs, not of their mean.
        reach = t_quantile(UPPER, len(values) - 1) * std * math.sqrt(1 + 1 / len(values))
        verdict = _holds(abs(stated - mean) <= reach + ROUNDING)
        if reach > TOO_WIDE * mean:
            verdict = Verdict.UNSETTLED
    return ErrorClaim(verdict, units, stated, in_abstract, tuple(values))


def accuracy_claim(group: Group | None) -> AccuracyClaim:
    """64 units against 128, pair by pair over the seeds."""
    found = against(group, 64, 128) if group else None
    if group is None or found is None:
        return AccuracyClaim(Verdict.UNTESTED, None)
    enough = -ABOUT_47 * mean_mape(group, 128)
    verdict = Verdict.UNSETTLED
    if found.high < enough or found.low > enough:
        verdict = _holds(found.high < enough)
    return AccuracyClaim(verdict, found)


def larger_claim(group: Group | None) -> LargerClaim:
    """Is there a smaller network that is surely not worse than the largest, but by a trifle?"""
    largest, *smaller = group.units if group else (0,)
    results = {units: against(group, units, largest) for units in smaller} if group else {}
    found = {units: result for units, result in results.items() if result}
    verdict = Verdict.UNSETTLED if found else Verdict.UNTESTED
    if any(result.high < NO_MATTER for result in found.values()):
        verdict = Verdict.HOLDS
    elif found and all(result.low > 0 for result in found.values()):
        verdict = Verdict.FAILS
    return LargerClaim(verdict, largest, tuple(found.items()))


def too_few_claim(run: Run) -> TooFewClaim:
    """Do 16 units fail for want of units, or for another reason?

    They are too few only if their error stays doubled when dropout is left on in prediction, as it
    was in training, and when there is none at all.
    """
    group = run.protocol
    if group is None or min(len(group.of_size(units)) for units in (128, 16)) < 2:
        return TooFewClaim(Verdict.UNTESTED, None, None, None)
    as_published = mean_mape(group, 16)
    left_on = spread(group.values(lambda record: record.dropout_on.mape, 16)).mean
    twin = run.without_dropout(group)
    without = mean_mape(twin, 16) if twin and 16 in twin.units else None
    lowest = min(error for error in (as_published, left_on, without) if error is not None)
    verdict = _holds(lowest > DOUBLED * mean_mape(group, 128))
    return TooFewClaim(verdict, as_published, left_on, without)


def speed_claim(group: Group) -> SpeedClaim:
    """Does one prediction take as long at the paper's largest size as at its smallest?"""
    ends = max(PAPER_MAPE), min(PAPER_MAPE)
    if not set(ends) <= set(group.units):
        return SpeedClaim(Verdict.UNTESTED, None, None)
    slow, fast = (spread(group.values(lambda record: record.predict_us, n)).mean for n in ends)
    low, high = PREDICTION_MS
    return SpeedClaim(_holds(slow / fast < high / low + TIMING), slow, fast)


def mean_mape(group: Group, units: int) -> float:
    """Mean MAPE of a size."""
    return spread(group.values(mape, units)).mean


def _holds(as_claimed: bool) -> Verdict:
    return Verdict.HOLDS if as_claimed else Verdict.FAILS
