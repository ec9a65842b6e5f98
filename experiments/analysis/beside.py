"""Every size of a run beside one error: which of them are as good, and which is the smallest."""

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.analysis.comparisons import (
    MARGIN,
    Comparison,
    Errors,
    Relation,
    compare,
    settle,
)
from experiments.analysis.groups import Group, rmse
from experiments.analysis.sizes import Size, summarise


@dataclass(frozen=True)
class Beside:
    """A size of a group, and how its RMSE compares with another."""

    group: Group
    size: Size
    change: Comparison
    relation: Relation

    @property
    def is_no_worse(self) -> bool:
        """Whether it is surely as good, or better."""
        return self.relation in (Relation.AS_GOOD, Relation.BETTER)

    @property
    def may_be_as_good(self) -> bool:
        """Whether it is not settled that it is not: its interval reaches below the margin."""
        is_open = self.relation is Relation.UNSETTLED and not self.size.is_skewed
        return is_open and not self.change.low > MARGIN  # with one network there is no interval


def beside(groups: Sequence[Group], error: float | Errors, skewed: bool = False) -> list[Beside]:
    """The sizes of some groups, one family of comparisons, beside an RMSE or those of networks."""
    sizes = [(group, size) for group in groups for size in summarise(group)]
    changes = [
        compare(group.by_seed(rmse, size.units), error, skewed or size.is_skewed)
        for group, size in sizes
    ]
    relations = settle(changes)
    return [
        Beside(*size, change, relation)
        for size, change, relation in zip(sizes, changes, relations, strict=True)
    ]


def smallest(candidates: Sequence[Beside]) -> Beside | None:
    """The one that takes the fewest bytes."""
    return min(candidates, key=lambda each: each.size.size_bytes, default=None)
