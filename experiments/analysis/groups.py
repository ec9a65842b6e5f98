"""What lies in a folder of results: networks grouped by their settings, and the data they met."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from experiments.data.panel import KAGGLE_SHA256, SIMULATED
from experiments.references.overview import Overview
from experiments.training.folder import read_overviews, read_records
from experiments.training.recipes import PAPER, RECIPES, TUNED, Recipe
from experiments.training.record import Job, Record


def mape(record: Record) -> float:
    """Mean absolute percentage error on the test windows, percent."""
    return record.errors.mape


def rmse(record: Record) -> float:
    """Root mean squared error on the test windows, units sold."""
    return record.errors.rmse


def deviance(record: Record) -> float:
    """Mean Poisson deviance on the test windows."""
    return record.errors.deviance


@dataclass(frozen=True)
class Group:
    """Networks that were trained with the same settings, apart from their size and seed.

    There is at least one record; they are sorted by size, largest first, and seed.
    """

    records: tuple[Record, ...]

    @property
    def job(self) -> Job:
        """The job of one of the networks: all but its units and seed is that of all."""
        return self.records[0].job

    @property
    def recipe(self) -> Recipe:
        """The hyper-parameters."""
        return self.job.recipe

    @property
    def stamp(self) -> str:
        """The stamp of the program that trained the networks."""
        return self.job.stamp

    @property
    def is_whole(self) -> bool:
        """Whether every window was seen in every epoch of the recipe."""
        whole = RECIPES.get(self.recipe.name)
        budget = self.recipe.epochs, self.recipe.windows_per_epoch
        return whole is not None and budget == (whole.epochs, whole.windows_per_epoch)

    @property
    def is_protocol(self) -> bool:
        """Whether this is the paper's experiment: its data, split, recipe, windows and epochs."""
        subject = self.job.data_sha256, self.job.split
        return self.recipe == PAPER and subject == (KAGGLE_SHA256, "stores")

    @property
    def compares_with_paper(self) -> bool:
        """Whether the paper's errors may stand beside these: its recipe, split, data or law."""
        job = self.job
        is_its_law = job.data_sha256 == KAGGLE_SHA256 or job.data == SIMULATED
        return is_its_law and (job.recipe.name, job.split) == (PAPER.name, "stores")

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

    def by_seed(self, value: Callable[[Record], float], units: int) -> dict[int, float]:
        """As `values`, each under its seed."""
        return {record.seed: value(record) for record in self.of_size(units)}


@dataclass(frozen=True)
class Run:
    """The groups of a folder that are about one data set and split, and the overview of it."""

    overview: Overview
    groups: tuple[Group, ...]  # at least one
    stamp: str = ""  # of the program that reads the folder, if that matters

    @cached_property
    def judged(self) -> tuple[Group, ...]:
        """The groups that conclusions are drawn from: all of one version of the program.

        That is the version that reads the folder, if it trained any of the networks, or else the
        one that trained most of them. The group that the headline is about comes first, see `main`.
        """
        counts: Counter[str] = Counter()
        for group in self.groups:
            counts[group.stamp] += len(group.records)
        stamp = self.stamp if self.stamp in counts else counts.most_common(1)[0][0]
        judged = (group for group in self.groups if group.stamp == stamp)
        return tuple(sorted(judged, key=_place))

    @property
    def main(self) -> Group:
        """The group that the headline is about, whatever came out.

        It is named beforehand, so that no group is chosen for its errors: the recipe `tuned`, which
        was chosen on validation windows, before any other, a whole run before a short one, and then
        the most networks.
        """
        return self.judged[0]

    @property
    def by_size(self) -> tuple[Group, ...]:
        """The judged groups of several sizes, of which there is a line over size; all if none is.

        Networks of one size alone are variations of a recipe, and others are about those.
        """
        several = tuple(group for group in self.judged if len(group.units) > 1)
        return several or self.judged

    @property
    def protocol(self) -> Group | None:
        """The group that repeated the paper's experiment to the letter, if there is one."""
        return next((group for group in self.judged if group.is_protocol), None)

    @property
    def best(self) -> Group:
        """The group with the lowest mean RMSE at any size."""

        def lowest(group: Group) -> float:
            values = (group.values(rmse, units) for units in group.units)
            return min(float(np.mean(of_size)) for of_size in values)

        return min(self.judged, key=lowest)

    @property
    def units(self) -> list[int]:
        """All hidden sizes that conclusions are drawn from, smallest first."""
        return sorted({units for group in self.judged for units in group.units})

    @property
    def compares_with_paper(self) -> bool:
        """Whether the data are those of the paper, or simulated by their law."""
        return self.overview.is_simulated or self.overview.data_sha256 == KAGGLE_SHA256

    @property
    def has_floor(self) -> bool:
        """Whether the data follow the law, so that there is a best possible forecast."""
        return self.overview.reference("floor") is not None

    def without_dropout(self, group: Group) -> Group | None:
        """The group of the same recipe and program but for dropout, which it lacks, if any."""
        twin = dataclasses.replace(group.recipe, dropout=0.0), group.stamp
        others = (other for other in self.groups if other is not group)
        return next((each for each in others if (each.recipe, each.stamp) == twin), None)

    def group_of(self, names: Collection[str]) -> Group:
        """The networks of these names, and no others: of one setting, as a command trains them."""
        records = [record for group in self.groups for record in group.records]
        return Group(tuple(record for record in records if record.job.name in names))


def read_runs(out: Path, stamp: str = "") -> list[Run]:
    """What a folder holds, the data set and split with most networks first.

    Records without an overview of their data, and files that are neither, are left out. Only
    networks of the `stamp`, if there are any, count for conclusions; see `Run.judged`.
    """
    groups = group_records(read_records(out))
    runs = []
    for overview in read_overviews(out):
        subject = overview.data_sha256, overview.split
        mine = tuple(each for each in groups if (each.job.data_sha256, each.job.split) == subject)
        if mine:
            runs.append(Run(overview, mine, stamp))
    return sorted(runs, key=lambda run: -sum(len(group.records) for group in run.groups))


def _place(group: Group) -> tuple[bool, bool, int]:
    """Where a group stands among those that are judged, see `Run.main`."""
    return group.recipe.name != TUNED.name, not group.is_whole, -len(group.records)


def group_records(records: Iterable[Record]) -> list[Group]:
    """The records by their settings; the paper's recipe first, and dropout first."""
    by_setting: dict[object, list[Record]] = {}
    for record in sorted(records, key=lambda record: (-record.units, record.seed)):
        by_setting.setdefault(record.job.setting, []).append(record)

    def order(group: Group) -> tuple[object, ...]:
        job, recipe = group.job, group.recipe
        budget = not group.is_whole, -group.train_windows
        return job.data, job.split, recipe.name, -recipe.dropout, *budget, job.stamp

    return sorted((Group(tuple(alike)) for alike in by_setting.values()), key=order)
