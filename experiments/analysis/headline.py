"""The one thing to say of a run: how small a forecaster can be, or that a simpler one is better."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from experiments.analysis.groups import Run
from experiments.analysis.sizes import Size, summarise
from experiments.references import trees
from experiments.references.forecasts import HINDSIGHT, Reference

ENOUGH = 0.015  # of RMSE: what counts as next to nothing lost
TRAINED = trees.DATED


class Outcome(Enum):
    """How the networks of a run do beside its references, in RMSE."""

    NOTHING_TO_LEARN = auto()  # the benchmark makes no error
    LOST = auto()  # a simple reference is better than every size, or without a floor any
    ENOUGH = auto()  # some sizes are surely within ENOUGH of the best possible
    TOO_FAR = auto()  # none is
    BETTER = auto()  # no best possible is known; some sizes are surely better than any reference
    UNSURE = auto()  # the nearest is better on average, but that may be chance


@dataclass(frozen=True)
class Headline:
    """The outcome and the numbers that a sentence about it needs."""

    outcome: Outcome
    size: Size  # the smallest that is enough, or as good as the nearest within ENOUGH
    nearest: Size  # of the lowest mean RMSE
    beside: Reference  # that they are compared with
    has_floor: bool

    @property
    def excess(self) -> float:
        """Of the mean RMSE of `size` over that of `beside`, percent."""
        return excess(self.size.rmse.mean, self.beside.errors.rmse)


def headline(run: Run) -> Headline:
    """How small a network can be before it loses anything that matters."""
    sizes, best = all_sizes(run), benchmark(run)
    nearest = min(sizes, key=lambda size: size.rmse.mean)
    at_best, bound = nearest.rmse.mean, best.errors.rmse
    better = [each for each in fair_references(run) if each.errors.rmse <= at_best]
    simple = [each for each in better if each.name not in trees.NAMES]
    lost_to = lowest(simple or ([] if run.has_floor else better))
    size, beside = nearest, best
    enough = smallest(sizes, (1 + ENOUGH) * bound) if run.has_floor else None
    as_good = smallest(sizes, (1 + ENOUGH) * at_best) or nearest
    if bound == 0:
        outcome = Outcome.NOTHING_TO_LEARN
    elif enough:
        outcome, size = Outcome.ENOUGH, enough
    elif lost_to:
        outcome, beside = Outcome.LOST, lost_to
    elif run.has_floor:
        outcome, size = Outcome.TOO_FAR, as_good
    elif nearest.upper_rmse < bound:
        outcome = Outcome.BETTER
        size = as_good if as_good.upper_rmse < bound else nearest
    else:
        outcome = Outcome.UNSURE
    return Headline(outcome, size, nearest, beside, run.has_floor)


def benchmark(run: Run) -> Reference:
    """What errors are measured from: the oracle of sixty days, if it is a bound.

    It is one where the data follow the law. Elsewhere no best possible is known, and it is the
    best of the references that did not see the test days.
    """
    fair = None if run.has_floor else lowest(fair_references(run))
    return fair or run.overview.oracle


def fair_references(run: Run) -> list[Reference]:
    """The references that know no more than a forecaster can."""
    return [each for each in run.overview.references if each.name not in HINDSIGHT]


def lowest(references: Iterable[Reference]) -> Reference | None:
    """The reference with the lowest RMSE."""
    return min(references, key=lambda each: each.errors.rmse, default=None)


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
