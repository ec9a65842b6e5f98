"""What a run found: which case it is, and the numbers that a sentence about it needs."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from experiments.analysis.claims import Claim, Verdict
from experiments.analysis.groups import Group, Run, mape
from experiments.analysis.sizes import Size, summarise
from experiments.references.forecasts import Reference
from experiments.training.record import Record

ENOUGH = 0.015  # of RMSE over the oracle: what counts as next to nothing lost
COLLAPSE = 1.5  # times the error with dropout left on: networks that work well are all near 1


class Outcome(Enum):
    """How near the networks of a run come to the oracle of sixty days."""

    NOTHING_TO_LEARN = auto()  # the oracle makes no error
    ENOUGH = auto()  # some are surely near enough
    TOO_FAR = auto()  # none is


@dataclass(frozen=True)
class Headline:
    """The one thing to say of a run: how small a network can be."""

    outcome: Outcome
    size: Size  # the smallest that is enough, or else the nearest
    excess: float  # of its mean RMSE over the oracle's, percent
    is_bound: bool  # whether the oracle is the best possible: where the data follow the law


@dataclass(frozen=True)
class QuickRun:
    """No network was trained to the end of its recipe."""


@dataclass(frozen=True)
class ClaimCount:
    """How many of the paper's claims hold."""

    hold: int
    fail: int
    open: int  # not tested, or not settled


@dataclass(frozen=True)
class Collapse:
    """Networks of a group trained with dropout that fail when they forecast without it."""

    group: Group
    fallen: tuple[Record, ...]  # the worst first
    without: tuple[Record, ...]  # the same trained without dropout, if any were; the worst first


@dataclass(frozen=True)
class BoostedTrees:
    """Gradient-boosted trees, and the smallest network that is as good in RMSE, if any is."""

    trees: Reference
    equal: Size | None


Finding = QuickRun | ClaimCount | Collapse | BoostedTrees


def headline(run: Run) -> Headline:
    """How small a network of this run can be."""
    oracle = run.overview.oracle.errors.rmse
    sizes = all_sizes(run)
    outcome, size = Outcome.TOO_FAR, min(sizes, key=lambda size: size.rmse.mean)
    if oracle == 0:
        outcome = Outcome.NOTHING_TO_LEARN
    elif enough := smallest(sizes, (1 + ENOUGH) * oracle):
        outcome, size = Outcome.ENOUGH, enough
    return Headline(outcome, size, excess(size.rmse.mean, oracle), run.has_floor)


def all_sizes(run: Run) -> list[Size]:
    """The sizes of all groups that conclusions are drawn from."""
    return [size for group in run.judged for size in summarise(group)]


def smallest(sizes: Sequence[Size], rmse: float) -> Size | None:
    """The smallest that is surely no worse than an RMSE, if any is."""
    enough = [size for size in sizes if size.upper_rmse <= rmse]
    return min(enough, key=lambda size: size.size_bytes, default=None)


def excess(value: float, best: float) -> float:
    """How far a value is above the best, in percent; NaN if the best is 0."""
    return 100 * (value / best - 1) if best else math.nan


def findings(run: Run, claims: Sequence[Claim]) -> Iterator[Finding]:
    """What else there is to say of a run."""
    if not any(group.is_whole for group in run.judged):
        yield QuickRun()
    verdicts = [claim.verdict for claim in claims]
    hold, fail = verdicts.count(Verdict.HOLDS), verdicts.count(Verdict.FAILS)
    if hold or fail:
        yield ClaimCount(hold, fail, len(verdicts) - hold - fail)
    yield from collapses(run)
    if trees := run.overview.reference("lightgbm"):
        yield BoostedTrees(trees, smallest(all_sizes(run), trees.errors.rmse))


def collapses(run: Run) -> Iterator[Collapse]:
    """Of each group trained with dropout, the networks that fail without it, if any."""
    for group in run.judged:
        if group.recipe.dropout:
            fallen = filter(collapsed, worst_first(group))
            yield Collapse(group, tuple(fallen), worst_first(run.without_dropout(group)))


def worst_first(group: Group | None) -> tuple[Record, ...]:
    """The networks of a group by their error."""
    return tuple(sorted(group.records, key=mape, reverse=True)) if group else ()


def collapsed(record: Record) -> bool:
    """Whether a network fails with dropout off and does not with dropout left on."""
    return mape(record) > COLLAPSE * record.dropout_on.mape
