"""What a run found: which case it is, and the numbers that a sentence about it needs."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from experiments.analysis.claims import Claim, Verdict
from experiments.analysis.groups import Group, Run, mape, rmse
from experiments.analysis.sizes import size_bytes
from experiments.analysis.statistics import spread
from experiments.training.record import Record

ENOUGH = 0.015  # of RMSE over the oracle: what counts as next to nothing lost
COLLAPSE = 1.5  # times the error with dropout left on: between seeds it never differs so much


class Outcome(Enum):
    """How near the networks of a run come to the oracle of sixty days."""

    NOTHING_TO_LEARN = auto()  # the oracle makes no error
    ENOUGH = auto()  # the smallest that is surely near enough is named
    TOO_FAR = auto()  # none is; the nearest is named


@dataclass(frozen=True)
class Headline:
    """The one thing to say of a run: how small a network can be."""

    outcome: Outcome
    is_bound: bool  # whether the oracle is the best possible: where the data follow the law
    units: int
    seeds: int
    size_bytes: int
    excess: float  # of the mean RMSE over the oracle's, percent


@dataclass(frozen=True)
class QuickRun:
    """No network was trained to the end of its recipe."""

    epochs: int
    train_windows: int  # per epoch


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
    fallen: tuple[Record, ...]
    twin: Group | None  # the same, trained without dropout

    @property
    def worst(self) -> Record:
        """The one that fell furthest; there must be one."""
        return max(self.fallen, key=mape)


@dataclass(frozen=True)
class Trees:
    """Gradient-boosted trees, and the smallest network that is as good in RMSE, if any is."""

    size_bytes: int
    mape: float  # percent
    equal: tuple[int, int] | None  # units and bytes of the network


Finding = QuickRun | ClaimCount | Collapse | Trees


def headline(run: Run) -> Headline:
    """How small a network of this run can be."""
    oracle = run.overview.oracle.errors.rmse
    sizes = [(group, units) for group in run.judged for units in group.units]
    outcome = Outcome.NOTHING_TO_LEARN if oracle == 0 else Outcome.TOO_FAR
    group, units = min(sizes, key=lambda size: upper_rmse(*size))
    enough = [size for size in sizes if upper_rmse(*size) <= (1 + ENOUGH) * oracle]
    if oracle and enough:
        outcome = Outcome.ENOUGH
        group, units = min(enough, key=lambda size: size_bytes(*size))
    return Headline(
        outcome=outcome,
        is_bound=run.overview.reference("floor") is not None,
        units=units,
        seeds=len(group.of_size(units)),
        size_bytes=size_bytes(group, units),
        excess=excess(spread(group.values(rmse, units)).mean, oracle),
    )


def upper_rmse(group: Group, units: int) -> float:
    """The upper end of the 95% interval of the mean RMSE of a size; of one network, its RMSE."""
    found = spread(group.values(rmse, units))
    return found.mean if math.isnan(found.high) else found.high


def excess(value: float, best: float) -> float:
    """How far a value is above the best, in percent; NaN if the best is 0."""
    return 100 * (value / best - 1) if best else math.nan


def findings(run: Run, claims: Sequence[Claim]) -> list[Finding]:
    """What else there is to say of a run."""
    found: list[Finding] = []
    if not any(group.is_whole for group in run.judged):
        found.append(QuickRun(run.main.recipe.epochs, run.main.train_windows))
    found += count_claims(claims)
    found += collapses(run)
    found += trees(run)
    return found


def count_claims(claims: Iterable[Claim]) -> Iterator[ClaimCount]:
    """The verdicts, counted, if there are any."""
    verdicts = [claim.verdict for claim in claims]
    holds, fails = verdicts.count(Verdict.HOLDS), verdicts.count(Verdict.FAILS)
    if holds or fails:
        yield ClaimCount(holds, fails, len(verdicts) - holds - fails)


def collapses(run: Run) -> Iterator[Collapse]:
    """Of each group trained with dropout, the networks that fail without it, if any."""
    for group in run.judged:
        if group.recipe.dropout:
            fallen = tuple(record for record in group.records if collapsed(record))
            yield Collapse(group, fallen, run.without_dropout(group))


def collapsed(record: Record) -> bool:
    """Whether a network fails with dropout off and does not with dropout left on."""
    return mape(record) > COLLAPSE * record.dropout_on.mape


def trees(run: Run) -> Iterator[Trees]:
    """The smallest network that is as good as gradient-boosted trees, if these were trained."""
    reference = run.overview.reference("lightgbm")
    if reference is None or reference.bytes is None:
        return
    sizes = [
        (size_bytes(group, units), units)
        for group in run.judged
        for units in group.units
        if upper_rmse(group, units) <= reference.errors.rmse
    ]
    n_bytes, units = min(sizes, default=(0, 0))
    yield Trees(reference.bytes, reference.errors.mape, (units, n_bytes) if sizes else None)
