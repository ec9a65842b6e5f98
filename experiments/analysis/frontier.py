"""Ways to make a network smaller, side by side: stored bytes against error."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from experiments.analysis.statistics import Spread, excess, spread
from experiments.references import table, trees
from experiments.references.forecasts import Reference
from experiments.references.overview import Overview
from experiments.training.folder import read_overviews, read_records
from experiments.training.methods import AS_TRAINED, Compression
from experiments.training.record import Record

WITH_BYTES = table.NAME_8_BIT, table.NAME, trees.DATED  # the references that can be stored, too


@dataclass(frozen=True)
class Point:
    """Networks of one size, made smaller in one way, over their seeds."""

    how: Compression
    units: int
    seeds: int
    stored_bytes: float  # mean
    mape: Spread  # percent
    rmse: Spread  # units sold
    on_edge: bool  # none has a lower mean RMSE in as few bytes


def compression_of(record: Record) -> Compression:
    """How a network was made smaller; those that were not are as they were trained."""
    return record.job.compression or AS_TRAINED


def frontier(records: Sequence[Record]) -> tuple[Point, ...]:
    """A point for each way and size, the smallest first."""
    groups: dict[tuple[Compression, int], list[Record]] = {}
    for record in records:
        groups.setdefault((compression_of(record), record.units), []).append(record)
    means = [
        (float(np.mean([r.size_bytes for r in g])), float(np.mean([r.errors.rmse for r in g])))
        for g in groups.values()
    ]
    points = [
        Point(
            *key,
            seeds=len(group),
            stored_bytes=mean[0],
            mape=spread([record.errors.mape for record in group]),
            rmse=spread([record.errors.rmse for record in group]),
            on_edge=not any(dominates(other, mean) for other in means),
        )
        for (key, group), mean in zip(groups.items(), means, strict=True)
    ]
    return tuple(sorted(points, key=lambda point: (point.stored_bytes, point.rmse.mean)))


def dominates(other: tuple[float, float], mean: tuple[float, float]) -> bool:
    """Whether one pair of bytes and error is nowhere worse than another, and somewhere better."""
    return other != mean and other[0] <= mean[0] and other[1] <= mean[1]


def smallest_within(points: Sequence[Point], rmse: float) -> Point | None:
    """The point of the fewest bytes whose mean RMSE is at most this."""
    good = [point for point in points if point.rmse.mean <= rmse]
    return min(good, key=lambda point: point.stored_bytes, default=None)


def with_bytes(overview: Overview) -> Iterator[tuple[int, Reference]]:
    """The references that stand beside the networks on the axis of bytes, after their bytes."""
    for name in WITH_BYTES:
        if (found := overview.reference(name)) and found.bytes is not None:
            yield found.bytes, found


class Judged(NamedTuple):
    """Points, and the references on the windows that judged them."""

    points: tuple[Point, ...]
    overview: Overview

    def smallest(self, goal: Callable[[Overview], float]) -> Point | None:
        """The point of the fewest bytes whose mean RMSE is at most a goal on these windows."""
        return smallest_within(self.points, goal(self.overview))

    def same_as(self, other: Point) -> Point | None:
        """The point here of the same way and size as one that other windows judged."""
        key = other.how, other.units
        return next((point for point in self.points if (point.how, point.units) == key), None)


def read_judged(out: Path, data_sha256: str, split: str) -> Judged | None:
    """What a folder knows of such data, by the recipe and program of most networks; None: nothing.

    Networks of other trainings are not averaged with them.
    """
    subject = data_sha256, split
    records = [r for r in read_records(out) if (r.job.data_sha256, r.job.split) == subject]
    overviews = [o for o in read_overviews(out) if (o.data_sha256, o.split) == subject]
    if not records or not overviews:
        return None
    trainings = Counter((record.job.recipe, record.job.stamp) for record in records)
    most = trainings.most_common(1)[0][0]
    same = [record for record in records if (record.job.recipe, record.job.stamp) == most]
    return Judged(frontier(same), overviews[0])


def frontier_rows(records: Sequence[Record], overview: Overview) -> Iterator[dict[str, Any]]:
    """The networks as rows of compression.csv."""
    best = overview.oracle.errors.rmse
    for record in records:
        how, errors = compression_of(record), record.errors
        yield {
            "method": how.method,
            "units": record.units,
            "bits": how.bits,
            "sparsity": how.sparsity,
            "rank": how.rank,
            "seed": record.seed,
            "stored_bytes": record.size_bytes,
            **{name: getattr(errors, name) for name in ("mape", "smape", "wape", "rmse")},
            "per": how.per,
            "from_units": how.wider or record.units,
            "teacher": how.teacher,
            "fine_epochs": how.epochs,
            "fine_rate": how.learning_rate,
            "excess": excess(errors.rmse, best),
            "data": record.job.data,
            "split": record.job.split,
            "recipe": record.job.recipe.name,
            "model_sha256": record.model_sha256,
        }
