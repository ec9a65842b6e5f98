"""Each claim of the paper, beside what a run found, and the verdict that follows from the numbers.

Claims and figures: abstract and figures of arXiv 2601.00525. No outcome is typed in. Only a run
of the paper's own experiment judges them, and what it is too small to judge gets UNTESTED.

The rules:
1. What can be counted, rows and bytes, holds if it is equal.
2. The paper ran one network per size. A number that it states holds if one more network of ours
   could well have it: if it lies in the interval for a further one, at 95%. Where some of ours
   collapse that is from the least to the largest of them, else Student's prediction interval.
   An interval that holds everything the paper could have stated settles nothing. Of a size with
   one network of ours the spread is that of the next smaller size with several: large networks
   differ less among themselves than small ones.
3. That larger models are not always better is a statement about size. It is judged by the main
   group of the run: with the paper's dropout it would be decided by accidents, see `collapse`. The
   sizes are compared with the largest in a fixed order, see `beside.smallest_as_good`: it holds if
   the next one is as good or better, and fails if every one is worse.
4. A claim about errors is judged in RMSE and in MAPE. Where the two disagree it is not settled.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from experiments.analysis.comparisons import Comparison, Relation, compare, settle
from experiments.analysis.further import (
    Interval,
    Scatter,
    further,
    further_pair,
    is_skewed,
    range_of,
    student,
)
from experiments.analysis.groups import Group, Run, mape, rmse
from experiments.analysis.sizes import against
from experiments.analysis.statistics import excess, spread
from experiments.references.metrics import Errors
from experiments.training.recipes import PAPER_MAPE
from experiments.training.record import Record
from tinylstm.model import BYTES_PER_KB

ROWS, SERIES = 913_000, 500
ABSTRACT_KB = {128: 280, 64: 76}  # "73% smaller"
ABSTRACT_MAPE = {128: 23.6, 64: 12.4}  # percent, "47% more accurate"; its figures: PAPER_MAPE
PREDICTION_MS = (23.0, 23.7)  # lowest and highest over all sizes

ROUNDING = 0.05  # of the paper's errors, in points
ROUNDED_PERCENT = 0.5  # of a change that is given in whole percent
STATED = (*ABSTRACT_MAPE.values(), *PAPER_MAPE.values())  # all that the paper says of errors


class Verdict(Enum):
    """What a run says of a claim."""

    HOLDS = "holds"
    FAILS = "does not hold"
    UNSETTLED = "not settled"  # the networks differ too much among themselves, or the measures do
    UNTESTED = "not tested by this run"


class Kind(Enum):
    """What a claim is about, and what its `found` holds."""

    DATA = auto()  # rows, series
    SIZE = auto()  # stored bytes of 128 units, and of 64
    ERROR = auto()  # MAPE: of one network; or middle, ends of the interval, number of networks
    ACCURACY = auto()  # RMSE, MAPE of 64 units over those of 128, in percent: mean, low, high each
    LARGER = auto()  # nothing, see `compared`
    TOO_FEW = auto()  # MAPE of 16 units: as published, dropout left on, trained without (if it was)
    SPEED = auto()  # two sizes; microseconds of one prediction at each, of the network alone


@dataclass(frozen=True)
class Claim:
    """A claim of the paper, what a run found, and the verdict."""

    kind: Kind
    verdict: Verdict
    found: tuple[float, ...] = ()
    units: int = 0  # whose error it is, or with which other sizes are compared
    stated: float = math.nan  # the error, percent
    in_abstract: bool = False  # and not only in a figure
    compared: tuple["Compared", ...] = ()
    recipe: str = ""  # of the networks that are compared


@dataclass(frozen=True)
class Compared:
    """A size beside the largest."""

    units: int
    rmse: Comparison
    mape: Comparison
    relation: Relation  # of both; UNSETTLED where they disagree


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
        larger_claim(run.main),
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
    """Does the stated error lie where a further network of ours would fall? (Rule 2)"""
    values, claimed = group.values(mape, units), (units, stated, in_abstract)
    interval = further(group, mape, units)
    if interval is None:
        return Claim(Kind.ERROR, Verdict.UNTESTED, tuple(values), *claimed)
    found = interval.middle, interval.low, interval.high, float(len(values))
    return Claim(Kind.ERROR, _within(interval, stated, STATED, ROUNDING), found, *claimed)


def accuracy_claim(group: Group) -> Claim:
    """Could one more pair of 64 units and 128 differ by 47%? (Rules 2 and 4)"""
    stated, nothing = excess(ABSTRACT_MAPE[64], ABSTRACT_MAPE[128]), 0.0
    verdicts, found = [], []
    for value in (rmse, mape):
        interval = further_pair(group, value, 64, 128)
        if interval is None:
            return Claim(Kind.ACCURACY, Verdict.UNTESTED)
        verdicts.append(_within(interval, stated, (stated, nothing), ROUNDED_PERCENT))
        found += [interval.middle, interval.low, interval.high]
    return Claim(Kind.ACCURACY, _both(verdicts), tuple(found), units=128)


def larger_claim(group: Group) -> Claim:
    """Is there a smaller network that is as good as the largest, or better? (Rules 3 and 4)"""
    largest, *smaller = (units for units in group.units if units <= group.yardstick)
    pairs = [[against(group, n, largest, error) for n in smaller] for error in (rmse, mape)]
    relations = zip(*map(settle, pairs), strict=True)
    compared = tuple(
        Compared(units, of_rmse, of_mape, _agreed(one, another))
        for units, of_rmse, of_mape, (one, another) in zip(smaller, *pairs, relations, strict=True)
        if not math.isnan(of_rmse.p)
    )
    found = [each.relation for each in compared]
    verdict = Verdict.UNSETTLED if found else Verdict.UNTESTED
    if found and found[0] in (Relation.AS_GOOD, Relation.BETTER):
        verdict = Verdict.HOLDS
    elif found and all(relation is Relation.WORSE for relation in found):
        verdict = Verdict.FAILS
    name = group.recipe.name
    return Claim(Kind.LARGER, verdict, units=largest, compared=compared, recipe=name)


def too_few_claim(group: Group, without: Group | None) -> Claim:
    """Do 16 units fail for want of units, or for another reason? (Rules 2 and 4)

    They are too few if their error doubles however they forecast: as published, with dropout left
    on as in training, and trained without any. If there is a way in which it surely does not, it
    is not the units.
    """
    if not group.of_size(128) or len(group.of_size(16)) < 2:
        return Claim(Kind.TOO_FEW, Verdict.UNTESTED)
    ways: list[tuple[Group, Callable[[Record], Errors], bool]] = [
        (group, lambda record: record.errors, is_skewed(group, 16)),
        (group, lambda record: record.dropout_on, False),
    ]
    if without and len(without.of_size(16)) > 1:
        ways.append((without, lambda record: record.errors, False))
    stated = excess(PAPER_MAPE[16], PAPER_MAPE[128])
    verdicts, found = [], []
    for among, errors, skewed in ways:
        of_way = []
        for name in ("rmse", "mape"):
            base = np.median([getattr(each.errors, name) for each in group.of_size(128)])
            values = [getattr(errors(each), name) for each in among.of_size(16)]
            changes = [excess(value, float(base)) for value in values]
            of = Scatter(16, spread(changes).std, len(changes) - 1)
            interval = range_of(changes) if skewed else student(changes, of)
            of_way.append(_within(interval, stated, (stated, 0.0), ROUNDED_PERCENT))
        found.append(float(np.median(values)))
        verdicts.append(_both(of_way))
    verdict = Verdict.FAILS if Verdict.FAILS in verdicts else _both(verdicts)
    return Claim(Kind.TOO_FEW, verdict, tuple(found))


def speed_claim(group: Group) -> Claim:
    """Does one prediction take as long at a large size of the paper as at a small one?

    These are the largest and the smallest of which there are several networks. The paper's own
    times differ by 3% at most: that is what "as long" means here.
    """
    several = [units for units in PAPER_MAPE if len(group.of_size(units)) > 1]
    if len(several) < 2:
        return Claim(Kind.SPEED, Verdict.UNTESTED)
    ends = max(several), min(several)
    large, small = (group.by_seed(lambda record: record.predict_us, units) for units in ends)
    slower, as_stated = compare(large, small), excess(PREDICTION_MS[1], PREDICTION_MS[0])
    verdict = Verdict.UNSETTLED
    if not slower.low <= as_stated <= slower.high:
        verdict = _holds(slower.high < as_stated)
    alone = (group.values(lambda record: record.window_us, units) for units in ends)
    times = small.values(), large.values(), *reversed([*alone])
    found = *map(float, reversed(ends)), *(spread([*each]).mean for each in times)
    return Claim(Kind.SPEED, verdict, found)


def _within(interval: Interval, stated: float, possible: Sequence[float], slack: float) -> Verdict:
    """Rule 2; `possible` is all that could have been stated."""
    if all(interval.holds(value, slack) for value in possible):
        return Verdict.UNSETTLED
    if interval.holds(stated, slack):
        return Verdict.HOLDS
    return Verdict.FAILS if interval.is_sure else Verdict.UNSETTLED


def _both(verdicts: Sequence[Verdict]) -> Verdict:
    """Rule 4."""
    return verdicts[0] if len(set(verdicts)) == 1 else Verdict.UNSETTLED


def _agreed(one: Relation, another: Relation) -> Relation:
    """Rule 4, for comparisons: as good in one measure and better in the other is as good."""
    if {one, another} == {Relation.AS_GOOD, Relation.BETTER}:
        return Relation.AS_GOOD
    return one if one is another else Relation.UNSETTLED


def _holds(as_claimed: bool) -> Verdict:
    return Verdict.HOLDS if as_claimed else Verdict.FAILS
