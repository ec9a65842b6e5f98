"""The records of a folder of results, grouped by their settings."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KAGGLE_SHA256 = "038f25690a65149c94f86ddd3deceda20c037a5cfd754cafdfc539a72992f2ed"  # of train.csv


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
    def title(self) -> str:
        """A short name: the recipe, its dropout, and what the test is cut by."""
        split = "" if self.settings["split"] == "stores" else f", split by {self.settings['split']}"
        return f"{self.recipe['name']}, dropout {self.recipe['dropout']:g}{split}"

    @property
    def units(self) -> list[int]:
        """The hidden sizes, largest first."""
        return sorted({record["job"]["units"] for record in self.records}, reverse=True)

    @property
    def results(self) -> list[dict[str, Any]]:
        """A dictionary of the columns of results.csv for each network."""
        return [record["result"] for record in self.records]

    def of_size(self, units: int) -> list[dict[str, Any]]:
        """The records of one hidden size, in the order of their seeds."""
        return [record for record in self.records if record["job"]["units"] == units]

    def paired(self, metric: str, units: int, other: int) -> tuple[list[float], list[float]]:
        """A metric at two hidden sizes, over the seeds that both have."""
        columns = [
            {record["job"]["seed"]: record["result"][metric] for record in self.of_size(size)}
            for size in (units, other)
        ]
        shared = sorted(columns[0].keys() & columns[1].keys())
        return tuple([column[seed] for seed in shared] for column in columns)

    @property
    def is_protocol(self) -> bool:
        """Whether this is the paper's experiment: its data, split, recipe, windows and epochs."""
        recipe = self.recipe
        return (
            self.settings["data_sha256"] == KAGGLE_SHA256
            and self.settings["split"] == "stores"
            and (recipe["name"], recipe["dropout"]) == ("paper", 0.2)
            and (recipe["epochs"], recipe["windows_per_epoch"]) == (30, None)
        )


def read_groups(out: Path) -> list[Group]:
    """The groups of a folder; a record that cannot be read is left out."""
    groups: dict[str, Group] = {}
    records = [record for path in out.glob("jobs/*.json") if (record := read_record(path))]
    for record in sorted(records, key=lambda r: (-r["job"]["units"], r["job"]["seed"])):
        settings = {k: v for k, v in record["job"].items() if k not in ("units", "seed")}
        key = json.dumps(settings, sort_keys=True)
        groups.setdefault(key, Group(settings)).records.append(record)
    return [groups[key] for key in sorted(groups)]


def read_record(path: Path) -> dict[str, Any] | None:
    """The record of a job, or None if the file is missing, damaged or something else."""
    try:
        record = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    whole = isinstance(record, dict) and {"job", "result", "history", "series"} <= record.keys()
    return record if whole else None
