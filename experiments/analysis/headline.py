"""The one thing to say of a run: how small a forecaster can be, or that a simpler one is better."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from experiments.analysis.beside import Beside, beside, smallest, smallest_as_good
from experiments.analysis.comparisons import MARGIN, Relation, compare
from experiments.analysis.groups import Run, rmse
from experiments.analysis.months import rmse_by_months
from experiments.analysis.statistics import SIGNIFICANCE, Spread
from experiments.references import table, trees
from experiments.references.forecasts import HINDSIGHT, Reference

LAST_WEEK = "seasonal_naive_7"
TRAINED = trees.DATED


class Outcome(Enum):
    """How the networks of a run do beside its references, in RMSE."""

    NOTHING_TO_LEARN = auto()  # the benchmark makes no error
    LOST = auto()  # a simple reference is better than every size, or without a floor any
    ENOUGH = auto()  # some sizes are surely as good as the oracle
    BETTER = auto()  # the networks surely beat every reference, none of which is a bound
    OPEN = auto()  # there is an oracle, and no size is surely as good
    UNSURE = auto()  # there is none, and no size is surely better than every reference


@dataclass(frozen=True)
class Headline:
    """The outcome and the numbers that a sentence about it needs."""

    outcome: Outcome
    chosen: Beside  # beside what `target` says
    nearest: Beside  # beside `reference`: of the lowest mean RMSE, of two networks if there are
    reference: Reference  # that the networks are compared with
    months: Spread | None  # RMSE beside the reference: of `chosen` if enough, else of `nearest`
    last_week: Reference | None
    open: Beside | None  # the smallest below `chosen` of which it is not settled
    table: Reference | None  # of seasons, if no size is surely better
    has_floor: bool
    has_lower: bool  # RMSE than `nearest`: a size of which there is one network alone


def headline(run: Run) -> Headline:
    """How small a network of the main group can be before it loses anything that matters.

    Where the data follow the law that is the smallest which is as good as the oracle. If none is,
    or where nobody knows how good a forecast can be, it is the smallest as good as the best.
    """
    best = benchmark(run)
    beside_best = beside(run.main, best.errors.rmse)
    nearest, lowest_of_all = lowest_mean(beside_best), min(beside_best, key=_typical_rmse)
    lost_to = better_reference(run, lowest_of_all)
    enough = smallest_as_good(beside_best)
    reference, chosen, family = best, nearest, beside_best
    if best.errors.rmse == 0:
        outcome = Outcome.NOTHING_TO_LEARN
    elif run.has_floor and enough:
        outcome, chosen = Outcome.ENOUGH, enough
    elif lost_to:
        outcome, reference = Outcome.LOST, lost_to
        chosen = nearest = lowest_of_all
    else:
        outcome = Outcome.OPEN if run.has_floor else Outcome.UNSURE
        if not run.has_floor and nearest.relation is Relation.BETTER:
            outcome = Outcome.BETTER
        family = beside_nearest(nearest)
        chosen = smallest_as_good(family) or nearest
    smaller = (each for each in family if each.size.size_bytes < chosen.size.size_bytes)
    unsettled = smallest([each for each in smaller if each.may_be_as_good])
    return Headline(
        outcome=outcome,
        chosen=chosen,
        nearest=nearest,
        reference=reference,
        months=over_months(chosen if outcome is Outcome.ENOUGH else nearest, reference),
        last_week=run.overview.reference(LAST_WEEK),
        open=unsettled,
        table=equal_table(run),
        has_floor=run.has_floor,
        has_lower=_typical_rmse(lowest_of_all) < _typical_rmse(nearest),
    )


def beside_nearest(nearest: Beside) -> list[Beside]:
    """The smaller sizes beside the one with the lowest error.

    That error was chosen for being low, and is more likely too low than too high: the others are
    hardly favoured by it.
    """
    errors = nearest.group.by_seed(rmse, nearest.size.units)
    sizes = beside(nearest.group, errors, nearest.size.is_skewed)
    return [each for each in sizes if each.size.size_bytes < nearest.size.size_bytes]


def over_months(found: Beside, reference: Reference) -> Spread | None:
    """How far the RMSE of a size is above that of a reference, with its interval over months."""
    if reference.monthly is None:
        return None
    networks = [record.monthly for record in found.group.of_size(found.size.units)]
    return rmse_by_months(networks, [reference.monthly])


def lowest_mean(sizes: Sequence[Beside]) -> Beside:
    """The size of the lowest mean RMSE, of those with two networks or more if there are any."""
    several = [each for each in sizes if each.size.seeds > 1]
    return min(several or sizes, key=_typical_rmse)


def _typical_rmse(found: Beside) -> float:
    return found.size.typical_rmse


def better_reference(run: Run, best: Beside) -> Reference | None:
    """The reference to which all networks lose by more than the margin, if there is one.

    Where the best size has several networks that must be sure, at the 5% level. Last week's sales
    come before all others, for everybody has them. Trees are no simple reference: beside a floor it
    is no defeat if they are better.
    """
    at_best = best.size.typical_rmse / (1 + MARGIN / 100)
    better = [
        each
        for each in fair_references(run)
        if each.errors.rmse <= at_best and _is_surely_worse(best, each)
    ]
    last_week = [each for each in better if each.name == LAST_WEEK]
    simple = [each for each in better if each.name not in trees.NAMES]
    return lowest(last_week or simple or ([] if run.has_floor else better))


def _is_surely_worse(found: Beside, reference: Reference) -> bool:
    """Whether a size is, by a test of its networks; of one network alone there is none to ask."""
    errors = found.group.by_seed(rmse, found.size.units)
    p = compare(errors, reference.errors.rmse, found.size.is_skewed).p
    return math.isnan(p) or p < SIGNIFICANCE


def equal_table(run: Run) -> Reference | None:
    """The table of seasons, if no size is surely better than it."""
    found = run.overview.reference(table.NAME)
    if found is None:
        return None
    relations = [each.relation for each in beside(run.main, found.errors.rmse)]
    return None if Relation.BETTER in relations else found


def benchmark(run: Run) -> Reference:
    """What errors are measured from: the oracle of sixty days where the data follow the law.

    Elsewhere the oracle is no bound, and it is the best of the references that did not see the
    test days.
    """
    fair = None if run.has_floor else lowest(fair_references(run))
    return fair or run.overview.oracle


def fair_references(run: Run) -> list[Reference]:
    """The references that know no more than a forecaster can; of two tables the exact one."""
    known = (*HINDSIGHT, table.NAME_8_BIT)
    return [each for each in run.overview.references if each.name not in known]


def lowest(references: Iterable[Reference]) -> Reference | None:
    """The reference with the lowest RMSE."""
    return min(references, key=lambda each: each.errors.rmse, default=None)
