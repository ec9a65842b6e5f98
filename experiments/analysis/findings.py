"""What else a run found, beside its headline, and the numbers that a sentence about it needs."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from experiments.analysis.beside import Beside, beside, smallest_as_good
from experiments.analysis.claims import Claim, Verdict
from experiments.analysis.collapse import Collapse, collapses
from experiments.analysis.comparisons import Comparison, Relation, compare, settle
from experiments.analysis.groups import Group, Run, rmse
from experiments.analysis.headline import TRAINED, lowest_mean
from experiments.analysis.sizes import Size, summarise
from experiments.references.forecasts import BOUND, Reference


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
    equal: Beside | None


@dataclass(frozen=True)
class AcrossRecipes:
    """The smallest network that is as good as the paper's largest, and smaller."""

    equal: Beside
    group: Group
    largest: Size  # with two networks or more


@dataclass(frozen=True)
class OwnCalendar:
    """The main recipe where rows carry the calendar of their own day, beside that of the next."""

    sizes: tuple[tuple[int, Comparison, Relation], ...]  # units, and how the RMSE compares


@dataclass(frozen=True)
class BestOfInputs:
    """Networks whose inputs do not tell the target's date, beside the best that such can do."""

    bound: Reference
    nearest: Beside  # the smallest that is as good, or else that of the lowest mean RMSE


Finding = (
    Collapse | QuickRun | ClaimCount | BoostedTrees | AcrossRecipes | OwnCalendar | BestOfInputs
)


def findings(run: Run, claims: Sequence[Claim]) -> Iterator[Finding]:
    """What else there is to say of a run."""
    yield from collapses(run)
    if not any(group.is_whole for group in run.judged):
        yield QuickRun()
    verdicts = [claim.verdict for claim in claims]
    hold, fail = verdicts.count(Verdict.HOLDS), verdicts.count(Verdict.FAILS)
    if hold or fail:
        yield ClaimCount(hold, fail, len(verdicts) - hold - fail)
    yield from across_recipes(run)
    yield from own_calendar(run)
    yield from best_of_inputs(run)
    if trees := run.overview.reference(TRAINED):
        yield BoostedTrees(trees, smallest_as_good(beside(run.main, trees.errors.rmse)))


def best_of_inputs(run: Run) -> Iterator[BestOfInputs]:
    """The bound of the paper's inputs, where the data have one and networks have such inputs.

    If the main recipe was trained with them too, it is that; else the first that has them.
    """
    others = (group for group in run.judged if not group.recipe.inputs.next_day)
    group = without_next_day(run) or next(others, None)
    bound = run.overview.reference(BOUND)
    if bound and group:
        sizes = beside(group, bound.errors.rmse)
        sound = [each for each in sizes if each.size.seeds > 1 and not each.size.is_skewed]
        if sound:
            yield BestOfInputs(bound, smallest_as_good(sizes) or lowest_mean(sound))


def without_next_day(run: Run) -> Group | None:
    """The main recipe, but with the calendar of each row's own day, if it was trained so too."""
    inputs = dataclasses.replace(run.main.recipe.inputs, next_day=False)
    recipe = dataclasses.replace(run.main.recipe, inputs=inputs)
    others = (group for group in run.judged if group is not run.main)
    return next((group for group in others if group.recipe == recipe), None)


def own_calendar(run: Run) -> Iterator[OwnCalendar]:
    """What it costs not to be told the calendar of the day to be forecast."""
    if group := without_next_day(run):
        common = [units for units in group.units if units in run.main.units]
        changes = [
            compare(group.by_seed(rmse, units), run.main.by_seed(rmse, units)) for units in common
        ]
        if common:
            yield OwnCalendar(tuple(zip(common, changes, settle(changes), strict=True)))


def across_recipes(run: Run) -> Iterator[AcrossRecipes]:
    """The largest networks of the paper's protocol that small ones of another recipe equal."""
    if run.protocol is None or run.main is run.protocol:
        return
    several = [size for size in summarise(run.protocol) if size.seeds > 1]
    for largest in several[:1]:
        errors = run.protocol.by_seed(rmse, largest.units)
        equal = smallest_as_good(beside(run.main, errors, largest.is_skewed))
        if equal and equal.size.size_bytes < largest.size_bytes:
            yield AcrossRecipes(equal, run.protocol, largest)
