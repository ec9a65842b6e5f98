"""What lies in a folder of results: surveys of data, and networks grouped by their settings."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from experiments.references.overview import Survey, read_surveys
from experiments.training.folder import RESULT_COLUMNS, fits, read_records
from experiments.training.network import EPOCH_METRICS
from experiments.training.recipes import RECIPES

KAGGLE_SHA256 = "038f25690a65149c94f86ddd3deceda20c037a5cfd754cafdfc539a72992f2ed"  # of train.csv
NUMBER = (int, float)
TEXTS = ("data", "recipe", "split")  # among the columns of results.csv
LAYOUT = {
    "job": {
        **dict.fromkeys(("data", "data_sha256", "split"), str),
        **dict.fromkeys(("units", "seed"), int),
        "recipe": {
            "name": str,
            **dict.fromkeys(("dropout", "epochs"), NUMBER),
            "windows_per_epoch": (int, type(None)),
        },
    },
    "result": dict.fromkeys(RESULT_COLUMNS, NUMBER) | dict.fromkeys(TEXTS, str),
    "history": {key: [NUMBER] for key in ("loss", "seconds", *EPOCH_METRICS)},
    "series": {"mape": [NUMBER], "rmse": [NUMBER]},
    "shown": [[NUMBER]],
    "spread": {"forecast": [NUMBER], "squared_error": [NUMBER]},
    "dropout_on": {"mape": NUMBER},
    "made_with": {},
    "model_sha256": str,
}


@dataclass
class Group:
    """All networks that were trained with the same settings, apart from their size and seed.

    `settings` has the keys data, data_sha256, split and recipe (the fields of a Recipe); `records`
    are what `jobs.run_job` wrote, sorted by size, largest first, and seed.
    """

    settings: dict[str, Any]
    records: list[dict[str, Any]] = field(default_factory=list)

    @property
    def recipe(self) -> dict[str, Any]:
        """The hyper-parameters, as a dictionary of the fields of a Recipe."""
        return self.settings["recipe"]

    @property
    def subject(self) -> tuple[str, str]:
        """What the networks were tested on: the hash of the data, and the split."""
        return self.settings["data_sha256"], self.settings["split"]

    @property
    def is_whole(self) -> bool:
        """Whether every window was seen in every epoch of the recipe."""
        whole = RECIPES.get(self.recipe["name"])
        budget = self.recipe["epochs"], self.recipe["windows_per_epoch"]
        return whole is not None and budget == (whole.epochs, whole.windows_per_epoch)

    @property
    def is_protocol(self) -> bool:
        """Whether this is the paper's experiment: its data, split, recipe, windows and epochs."""
        experiment = (self.recipe["name"], self.recipe["dropout"], *self.subject)
        return self.is_whole and experiment == ("paper", 0.2, KAGGLE_SHA256, "stores")

    @property
    def title(self) -> str:
        """A short name: the recipe, its dropout if it has to do with any, how it was shortened."""
        name, rate = self.recipe["name"], self.recipe["dropout"]
        if rate or RECIPES[name].dropout:
            name += f", dropout {rate:g}"
        if self.is_whole:
            return name
        windows = max(record["result"]["train_windows"] for record in self.records)
        return f"{name}, {self.recipe['epochs']} x {windows:,} windows"

    @cached_property
    def units(self) -> list[int]:
        """The hidden sizes, largest first."""
        return sorted({record["job"]["units"] for record in self.records}, reverse=True)

    @property
    def yardstick(self) -> int:
        """The size that the others are compared with: the largest of those with most seeds."""
        return max(self.units, key=lambda units: (len(self.of_size(units)), units))

    @property
    def results(self) -> list[dict[str, Any]]:
        """A dictionary of the columns of results.csv for each network."""
        return [record["result"] for record in self.records]

    def of_size(self, units: int) -> list[dict[str, Any]]:
        """The records of one hidden size, in the order of their seeds."""
        return [record for record in self.records if record["job"]["units"] == units]

    def values(self, name: str, units: int) -> list[float]:
        """One column of results.csv, for the networks of a size."""
        return [record["result"][name] for record in self.of_size(units)]

    def pairs(self, units: int, other: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """The records of two sizes, seed by seed, for the seeds that both have."""
        partners = {record["job"]["seed"]: record for record in self.of_size(other)}
        for record in self.of_size(units):
            if record["job"]["seed"] in partners:
                yield record, partners[record["job"]["seed"]]


@dataclass(frozen=True)
class Run:
    """The groups of a folder that are about one data set and split, and the survey of it."""

    survey: Survey
    groups: list[Group]

    @property
    def protocol(self) -> Group | None:
        """The group that repeated the paper's experiment to the letter, if there is one."""
        return next((group for group in self.groups if group.is_protocol), None)

    def without_dropout(self, group: Group) -> Group | None:
        """The group of the same recipe but for dropout, which it lacks, if there is one."""
        twin = {**group.recipe, "dropout": 0.0}
        return next((g for g in self.groups if g is not group and g.recipe == twin), None)

    def group_of(self, names: Collection[str]) -> Group:
        """The networks of these names, and no others: of one setting, as a command trains them."""
        return next(
            Group(group.settings, records)
            for group in self.groups
            if (records := [record for record in group.records if record["name"] in names])
        )

    @property
    def main(self) -> Group:
        """The group that the paper's claims are held against: its own protocol, or the nearest."""
        with_dropout = [g for g in self.groups if g.recipe["name"] == "paper"]
        largest = max(with_dropout or self.groups, key=lambda group: len(group.records))
        return self.protocol or largest


def read_runs(out: Path) -> list[Run]:
    """What a folder holds, the data set and split with most networks first.

    Records without a survey of their data, and files that are neither, are left out.
    """
    groups = read_groups(out)
    runs = []
    for survey in read_surveys(out):
        mine = [group for group in groups if group.subject == (survey.data_sha256, survey.split)]
        if mine:
            runs.append(Run(survey, mine))
    return sorted(runs, key=lambda run: -sum(len(group.records) for group in run.groups))


def study_records(out: Path) -> list[dict[str, Any]]:
    """The records of a folder that hold all that this version of the study writes."""
    return [record for record in read_records(out) if is_current(record)]


def is_current(record: dict[str, Any]) -> bool:
    """Whether a record holds all that this version of the study writes."""
    return fits(record, LAYOUT) and record["job"]["recipe"]["name"] in RECIPES


def read_groups(out: Path) -> list[Group]:
    """The groups of a folder, paper's recipe first, dropout first."""
    groups: dict[str, Group] = {}
    for record in sorted(study_records(out), key=lambda r: (-r["job"]["units"], r["job"]["seed"])):
        settings = {k: v for k, v in record["job"].items() if k not in ("units", "seed")}
        key = json.dumps(settings, sort_keys=True)
        groups.setdefault(key, Group(settings)).records.append(record)
    return sorted(groups.values(), key=lambda g: (g.recipe["name"], -g.recipe["dropout"], g.title))
