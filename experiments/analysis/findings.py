"""What else a run found, beside its headline, and the numbers that a sentence about it needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from experiments.analysis.claims import Claim, Verdict
from experiments.analysis.groups import Group, Run, mape
from experiments.analysis.headline import TRAINED, all_sizes, smallest
from experiments.analysis.sizes import Size
from experiments.references.forecasts import Reference
from experiments.training.record import Record

COLLAPSE = 1.5  # times the error with dropout left on: networks that work well are all near 1


@dataclass(frozen=True)
class Collapse:
    """Networks of a group trained with dropout that fail when they forecast without it."""

    group: Group
    fallen: tuple[Record, ...]  # at least one, the worst first
    without: tuple[Record, ...]  # the same trained without dropout, if any were; the worst first

    @property
    def is_dropouts(self) -> bool:
        """Whether dropout is the cause: those trained without it do not fail likewise."""
        return not self.without or COLLAPSE * mape(self.without[0]) < mape(self.fallen[0])


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
class BoostedTrees:
    """Gradient-boosted trees, and the smallest network surely as good in RMSE, if any is."""

    trees: Reference
    equal: Size | None


Finding = Collapse | QuickRun | ClaimCount | BoostedTrees


def findings(run: Run, claims: Sequence[Claim]) -> Iterator[Finding]:
    """What else there is to say of a run."""
    yield from collapses(run)
    if not any(group.is_whole for group in run.judged):
        yield QuickRun()
    verdicts = [claim.verdict for claim in claims]
    hold, fail = verdicts.count(Verdict.HOLDS), verdicts.count(Verdict.FAILS)
    if hold or fail:
        yield ClaimCount(hold, fail, len(verdicts) - hold - fail)
    if trees := run.overview.reference(TRAINED):
        yield BoostedTrees(trees, smallest(all_sizes(run), trees.errors.rmse))


def collapses(run: Run) -> Iterator[Collapse]:
    """The groups trained with dropout of which networks fail without it."""
    for group in run.judged:
        if group.recipe.dropout and (fallen := tuple(filter(collapsed, worst_first(group)))):
            # With other sizes among the twins, the worst of them would be the smallest.
            units = {record.units for record in fallen}
            twins = worst_first(run.without_dropout(group))
            alike = tuple(record for record in twins if record.units in units)
            yield Collapse(group, fallen, alike)


def worst_first(group: Group | None) -> tuple[Record, ...]:
    """The networks of a group by their error."""
    return tuple(sorted(group.records, key=mape, reverse=True)) if group else ()


def collapsed(record: Record) -> bool:
    """Whether a network fails with dropout off and does not with dropout left on."""
    return mape(record) > COLLAPSE * record.dropout_on.mape
