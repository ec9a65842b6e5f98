"""Each claim of the paper, beside what a run found, and the verdict that follows from the numbers.

Claims and figures: abstract and figures of arXiv 2601.00525. No outcome is typed in. Only a run
of the paper's own experiment judges them, and what it is too small to judge gets UNTESTED.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from experiments.analysis.groups import Group, Run, mape
from experiments.analysis.sizes import against
from experiments.analysis.statistics import UPPER, Comparison, spread, t_quantile
from experiments.training.recipes import PAPER_MAPE
from tinylstm.model import BYTES_PER_KB

ROWS, SERIES = 913_000, 500
ABSTRACT_KB = {128: 280, 64: 76}  # "73% smaller"
ABSTRACT_MAPE = {128: 23.6, 64: 12.4}  # percent, "47% more accurate"; its figures: PAPER_MAPE
PREDICTION_MS = (23.0, 23.7)  # lowest and highest over all sizes

ROUNDING = 0.05  # of the paper's errors, in points
TOO_WIDE = 0.1  # of the mean: runs that differ more agree with nearly every number
NO_MATTER = 0.5  # points of MAPE that nobody would plan by
ABOUT_47 = 0.4  # of the larger network's error: what 47% in one run may shrink to in more
ABOUT_DOUBLE = 1.5  # times the error: nearer to double, the paper's 23.6/12.5, than to equal
TIMING = 0.1  # of one prediction's time, by which two measurements of the same may differ


class Verdict(Enum):
    """What a run says of a claim."""

    HOLDS = "holds"
    FAILS = "does not hold"
    UNSETTLED = "not settled"  # the networks of one size differ too much among themselves
    UNTESTED = "not tested by this run"


class Kind(Enum):
    """What a claim is about, and what its `found` holds."""

    DATA = auto()  # rows, series
    SIZE = auto()  # stored bytes of 128 units, and of 64
    ERROR = auto()  # MAPE: mean, 95% interval, lowest and highest; of one network its own alone
    ACCURACY = auto()  # nothing, see `compared`
    LARGER = auto()  # nothing, see `compared`
    TOO_FEW = auto()  # MAPE of 16 units: as published, dropout left on, trained without (if it was)
    SPEED = auto()  # microseconds of one prediction with 16 units, and with 128


@dataclass(frozen=True)
class Claim:
    """A claim of the paper, what a run found, and the verdict."""

    kind: Kind
    verdict: Verdict
    found: tuple[float, ...] = ()
    units: int = 0  # whose error it is, or with which other sizes are compared
    stated: float = math.nan  # the error, percent
    in_abstract: bool = False  # and not only in a figure
    compared: tuple[tuple[int, Comparison], ...] = ()  # MAPE of other sizes minus that of `units`


def judge(run: Run) -> list[Claim]:
    """The table of claims; none unless the run did the paper's own experiment."""
    group = run.protocol
    if group is None:
        return []
    return [
        data_claim(run),
        size_claim(group),
        *error_claims(group),
        accuracy_claim(group),
        larger_claim(group),
        too_few_claim(group, run.without_dropout(group)),
        speed_claim(group),
    ]


def data_claim(run: Run) -> Claim:
    """The size of the data set."""
    overview = run.overview
    found = overview.n_series * overview.n_days, overview.n_series
    return Claim(Kind.DATA, _holds(found == (ROWS, SERIES)), found)


def size_claim(group: Group) -> Claim:
    """Stored size at 128 and 64 units."""
    if not ABSTRACT_KB.keys() <= set(group.units):
        return Claim(Kind.SIZE, Verdict.UNTESTED)
    found = {units: group.of_size(units)[0].size_bytes for units in ABSTRACT_KB}
    kb = {units: round(n_bytes / BYTES_PER_KB) for units, n_bytes in found.items()}
    return Claim(Kind.SIZE, _holds(kb == ABSTRACT_KB), tuple(found.values()))


def error_claims(group: Group) -> Iterator[Claim]:
    """The error of each size: the abstract's two, then the figure's where it says another."""
    for units, stated in ABSTRACT_MAPE.items():
        yield error_claim(group, units, stated, in_abstract=True)
    for units, stated in PAPER_MAPE.items():
        if ABSTRACT_MAPE.get(units) != stated:
            yield error_claim(group, units, stated)


def error_claim(group: Group, units: int, stated: float, in_abstract: bool = False) -> Claim:
    """Does the stated error lie where a further network of ours would fall, in 19 of 20 cases?"""
    values = group.values(mape, units)
    if len(values) < 2:
        return Claim(Kind.ERROR, Verdict.UNTESTED, tuple(values), units, stated, in_abstract)
    mean, std, low, high = spread(values)
    # The paper ran one seed: its error is compared with the spread of runs, not of their mean.
    reach = t_quantile(UPPER, len(values) - 1) * std * math.sqrt(1 + 1 / len(values))
    verdict = _holds(abs(stated - mean) <= reach + ROUNDING)
    if reach > TOO_WIDE * mean:
        verdict = Verdict.UNSETTLED
    found = mean, low, high, min(values), max(values)
    return Claim(Kind.ERROR, verdict, found, units, stated, in_abstract)


def accuracy_claim(group: Group) -> Claim:
    """64 units against 128, pair by pair over the seeds."""
    found = against(group, 64, 128)
    if found is None:
        return Claim(Kind.ACCURACY, Verdict.UNTESTED)
    enough = -ABOUT_47 * mean_mape(group, 128)
    verdict = Verdict.UNSETTLED
    if found.high < enough or found.low > enough:
        verdict = _holds(found.high < enough)
    return Claim(Kind.ACCURACY, verdict, units=128, compared=((64, found),))


def larger_claim(group: Group) -> Claim:
    """Is there a smaller network that is surely not worse than the largest, but by a trifle?"""
    largest, *smaller = group.units
    results = {units: against(group, units, largest) for units in smaller}
    found = {units: result for units, result in results.items() if result}
    verdict = Verdict.UNSETTLED if found else Verdict.UNTESTED
    if any(result.high < NO_MATTER for result in found.values()):
        verdict = Verdict.HOLDS
    elif found and all(result.low > 0 for result in found.values()):
        verdict = Verdict.FAILS
    return Claim(Kind.LARGER, verdict, units=largest, compared=tuple(found.items()))


def too_few_claim(group: Group, without: Group | None) -> Claim:
    """Do 16 units fail for want of units, or for another reason?

    They are too few only if their error stays doubled when dropout is left on in prediction, as it
    was in training, and when there is none at all.
    """
    if min(len(group.of_size(units)) for units in (128, 16)) < 2:
        return Claim(Kind.TOO_FEW, Verdict.UNTESTED)
    left_on = group.values(lambda record: record.dropout_on.mape, 16)
    found = [mean_mape(group, 16), spread(left_on).mean]
    if without and 16 in without.units:
        found.append(mean_mape(without, 16))
    verdict = _holds(min(found) > ABOUT_DOUBLE * mean_mape(group, 128))
    return Claim(Kind.TOO_FEW, verdict, tuple(found))


def speed_claim(group: Group) -> Claim:
    """Does one prediction take as long at the paper's largest size as at its smallest?"""
    ends = min(PAPER_MAPE), max(PAPER_MAPE)
    if not set(ends) <= set(group.units):
        return Claim(Kind.SPEED, Verdict.UNTESTED)
    fast, slow = (spread(group.values(lambda record: record.predict_us, n)).mean for n in ends)
    low, high = PREDICTION_MS
    return Claim(Kind.SPEED, _holds(slow / fast < high / low + TIMING), (fast, slow))


def mean_mape(group: Group, units: int) -> float:
    """Mean MAPE of a size."""
    return spread(group.values(mape, units)).mean


def _holds(as_claimed: bool) -> Verdict:
    return Verdict.HOLDS if as_claimed else Verdict.FAILS
