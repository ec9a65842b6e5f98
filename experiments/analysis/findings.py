"""What else a run found, beside its headline, and the numbers that a sentence about it needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from experiments.analysis.beside import Beside, beside, smallest
from experiments.analysis.claims import Claim, Verdict
from experiments.analysis.collapse import Collapse, collapses
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
    """The smallest network that is as good as the largest of another recipe, and smaller."""

    equal: Beside
    group: Group
    largest: Size


@dataclass(frozen=True)
class BestOfInputs:
    """Networks whose inputs do not tell the target's date, beside the best that such can do."""

    bound: Reference
    nearest: Beside  # the smallest that is as good, or else that of the lowest mean RMSE


Finding = Collapse | QuickRun | ClaimCount | BoostedTrees | AcrossRecipes | BestOfInputs


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
    yield from best_of_inputs(run)
    if trees := run.overview.reference(TRAINED):
        equals = [each for each in beside(run.judged, trees.errors.rmse) if each.is_no_worse]
        yield BoostedTrees(trees, smallest(equals))


def best_of_inputs(run: Run) -> Iterator[BestOfInputs]:
    """The bound of the paper's inputs, where the data have one and networks have such inputs."""
    groups = [group for group in run.judged if not group.recipe.inputs.next_day]
    bound = run.overview.reference(BOUND)
    if bound and groups:
        sizes = beside(groups, bound.errors.rmse)
        equal = smallest([each for each in sizes if each.is_no_worse])
        sound = [each for each in sizes if each.size.seeds > 1 and not each.size.is_skewed]
        if sound:
            yield BestOfInputs(bound, equal or lowest_mean(sound))


def across_recipes(run: Run) -> Iterator[AcrossRecipes]:
    """The largest networks of the paper's protocol that small ones of another recipe equal."""
    if run.protocol is None:
        return
    largest = summarise(run.protocol)[0]
    others = [each for each in run.judged if each.recipe.name != run.protocol.recipe.name]
    errors = run.protocol.by_seed(rmse, largest.units)
    equal = smallest([e for e in beside(others, errors, largest.is_skewed) if e.is_no_worse])
    if equal and equal.size.size_bytes < largest.size_bytes:
        yield AcrossRecipes(equal, run.protocol, largest)
