"""What lies in a folder of results: networks grouped by their settings, and the data they met."""

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from experiments.references.overview import Overview
from experiments.training.folder import read_overviews, read_records
from experiments.training.recipes import RECIPES, Recipe
from experiments.training.record import Record

KAGGLE_SHA256 = "038f25690a65149c94f86ddd3deceda20c037a5cfd754cafdfc539a72992f2ed"  # of train.csv


@dataclass(frozen=True)
class Group:
    """Networks that were trained with the same settings, apart from their size and seed.

    There is at least one record; they are sorted by size, largest first, and seed.
    """

    records: tuple[Record, ...]

    @property
    def recipe(self) -> Recipe:
        """The hyper-parameters."""
        return self.records[0].job.recipe

    @property
    def split(self) -> str:
        """What the test windows were cut by."""
        return self.records[0].job.split

    @property
    def data_sha256(self) -> str:
        """The hash of the data that the networks were trained on."""
        return self.records[0].job.data_sha256

    @property
    def stamp(self) -> str:
        """The stamp of the program that trained the networks."""
        return self.records[0].job.stamp

    @property
    def is_whole(self) -> bool:
        """Whether every window was seen in every epoch of the recipe."""
        whole = RECIPES.get(self.recipe.name)
        budget = self.recipe.epochs, self.recipe.windows_per_epoch
        return whole is not None and budget == (whole.epochs, whole.windows_per_epoch)

    @property
    def is_protocol(self) -> bool:
        """Whether this is the paper's experiment: its data, split, recipe, windows and epochs."""
        subject = self.data_sha256, self.split
        return self.recipe == RECIPES["paper"] and subject == (KAGGLE_SHA256, "stores")

    @property
    def train_windows(self) -> int:
        """Windows per epoch."""
        return max(record.train_windows for record in self.records)

    @cached_property
    def units(self) -> tuple[int, ...]:
        """The hidden sizes, largest first."""
        return tuple(dict.fromkeys(record.units for record in self.records))

    @property
    def yardstick(self) -> int:
        """The size that the others are compared with: the largest of those with most seeds."""
        return max(self.units, key=lambda units: (len(self.of_size(units)), units))

    def of_size(self, units: int) -> tuple[Record, ...]:
        """The records of one hidden size, in the order of their seeds."""
        return tuple(record for record in self.records if record.units == units)

    def values(self, value: Callable[[Record], float], units: int) -> list[float]:
        """One number of each network of a size, in the order of their seeds."""
        return [value(record) for record in self.of_size(units)]

    def pairs(self, units: int, other: int) -> Iterator[tuple[Record, Record]]:
        """The records of two sizes, seed by seed, for the seeds that both have."""
        partners = {record.seed: record for record in self.of_size(other)}
        for record in self.of_size(units):
            if record.seed in partners:
                yield record, partners[record.seed]


@dataclass(frozen=True)
class Run:
    """The groups of a folder that are about one data set and split, and the overview of it."""

    overview: Overview
    groups: tuple[Group, ...]

    @property
    def protocol(self) -> Group | None:
        """The group that repeated the paper's experiment to the letter, if there is one."""
        return next((group for group in self.groups if group.is_protocol), None)

    def without_dropout(self, group: Group) -> Group | None:
        """The group of the same recipe and program but for dropout, which it lacks, if any."""
        twin = dataclasses.replace(group.recipe, dropout=0.0)
        return next(
            (
                g
                for g in self.groups
                if g is not group and (g.recipe, g.stamp) == (twin, group.stamp)
            ),
            None,
        )

    def group_of(self, names: Collection[str]) -> Group:
        """The networks of these names, and no others: of one setting, as a command trains them."""
        return Group(
            tuple(r for group in self.groups for r in group.records if r.job.name in names)
        )

    @property
    def main(self) -> Group:
        """The group that the paper's claims are held against: its own protocol, or the nearest."""
        of_paper = [group for group in self.groups if group.recipe.name == "paper"]
        largest = max(of_paper or self.groups, key=lambda group: len(group.records))
        return self.protocol or largest


def read_runs(out: Path) -> list[Run]:
    """What a folder holds, the data set and split with most networks first.

    Records without an overview of their data, and files that are neither, are left out.
    """
    groups = group_records(read_records(out))
    runs = []
    for overview in read_overviews(out):
        subject = overview.data_sha256, overview.split
        mine = tuple(group for group in groups if (group.data_sha256, group.split) == subject)
        if mine:
            runs.append(Run(overview, mine))
    return sorted(runs, key=lambda run: -sum(len(group.records) for group in run.groups))


def group_records(records: Iterable[Record]) -> list[Group]:
    """The records by their settings; the paper's recipe first, and dropout first."""
    by_setting: dict[object, list[Record]] = {}
    for record in sorted(records, key=lambda record: (-record.units, record.seed)):
        by_setting.setdefault(record.job.setting, []).append(record)
    groups = [Group(tuple(of_setting)) for of_setting in by_setting.values()]

    def order(group: Group) -> tuple[object, ...]:
        recipe = group.recipe
        return recipe.name, -recipe.dropout, not group.is_whole, -group.train_windows, group.stamp

    return sorted(groups, key=order)
