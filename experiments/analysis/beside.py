"""Every size of a group beside one error: which of them are as good, and which is the smallest."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

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
        return self.change.is_no_worse or self.relation is Relation.BETTER

    @property
    def may_be_as_good(self) -> bool:
        """Whether it is not settled that it is not: its interval reaches below the margin."""
        is_open = self.relation is Relation.UNSETTLED and not self.size.is_skewed
        return is_open and not self.change.low > MARGIN  # with one network there is no interval


def beside(group: Group, error: float | Errors, skewed: bool = False) -> list[Beside]:
    """The sizes of a group, largest first, beside an RMSE or those of networks: one family."""
    sizes = summarise(group)
    changes = [
        compare(group.by_seed(rmse, size.units), error, skewed or size.is_skewed) for size in sizes
    ]
    return [
        Beside(group, size, change, relation)
        for size, change, relation in zip(sizes, changes, settle(changes), strict=True)
    ]


def smallest_as_good(sizes: Sequence[Beside]) -> Beside | None:
    """The smallest size of a group that is surely no worse, if any is.

    Whoever looks for the smallest of nine sizes that passes a test gives chance nine tries. So the
    sizes are tested in an order that is fixed beforehand, from the group's yardstick down, and the
    first that does not pass ends it: a smaller one is not looked at. Then each test may have the
    whole 5%, and chance passes a size that is worse in no more than 5% of such searches. Sizes
    above the yardstick have fewer networks, and are left out.

    Source: Maurer, Hothorn and Lehmacher, "Multiple comparisons in drug clinical trials and
    preclinical assays: a-priori ordered hypotheses", 1995.
    """
    in_order = (each for each in sizes if each.size.units <= each.group.yardstick)
    return smallest(list(takewhile(lambda each: each.is_no_worse, in_order)))


def smallest(candidates: Sequence[Beside]) -> Beside | None:
    """The one that takes the fewest bytes."""
    return min(candidates, key=lambda each: each.size.size_bytes, default=None)
