"""Which networks a run trains, smallest first, and about how long each takes."""

from collections.abc import Collection
from dataclasses import replace

from experiments.training.methods import Grid
from experiments.training.recipes import COLLAPSE, COLLAPSE_UNITS, Recipe, plan
from experiments.training.record import Job

SEEDS = 3
SHORT_SEEDS = {8: 3, 16: 5, 32: 3, 64: 2}  # of a short run up to this size; of larger ones 1
# With the paper's dropout, and without: the twin of a network that collapses.
COLLAPSE_SEEDS = {0.2: (0, 1, 2), 0.0: (1,)}

# Seconds of training for a million windows, on one core of 2023, up to this size.
SECONDS_PER_MILLION = {8: 4.0, 16: 5.0, 32: 9.0, 48: 15.0, 64: 25.0, 128: 75.0}
SECONDS_AROUND = 2.0  # of a job that are not training

Subject = tuple[str, str, str]  # name of the data, their hash, and the split


def make_jobs(
    subject: Subject, recipe: Recipe, units: Collection[int], seeds: int | None, stamp: str
) -> list[Job]:
    """A job per size and seed, smallest first.

    Without a number of seeds there are three; in a short run `SHORT_SEEDS`, which are more of 16
    units, and fewer of the large.
    """
    return [
        Job(*subject, recipe, size, seed, stamp)
        for size in sorted(set(units))
        for seed in range(seeds or _seeds(recipe, size))
    ]


def collapse_jobs(subject: Subject, seeds: int | None, stamp: str) -> list[Job]:
    """The paper's recipe at 16 units with dropout, whose forecasts fall apart, and without."""
    return [
        Job(*subject, replace(COLLAPSE, dropout=dropout), COLLAPSE_UNITS, seed, stamp)
        for dropout, own in COLLAPSE_SEEDS.items()
        for seed in (range(seeds) if seeds else own)
    ]


def compression_jobs(
    subject: Subject,
    recipe: Recipe,
    units: Collection[int],
    seeds: int,
    stamp: str,
    grid: Grid,
    n_train: int,
) -> tuple[list[Job], list[Job]]:
    """The networks to begin with, wider ones and teachers among them; and what is made of them."""
    ways = {size: [*grid.ways(size, plan(recipe, size, n_train).epochs)] for size in set(units)}
    others = {way.wider or way.teacher for of_size in ways.values() for way in of_size} - {0}
    first = make_jobs(subject, recipe, {*units, *others}, seeds, stamp)
    small = make_jobs(subject, recipe, units, seeds, stamp)
    return first, [replace(job, compression=way) for job in small for way in ways[job.units]]


def _seeds(recipe: Recipe, units: int) -> int:
    if not recipe.by_size:
        return SEEDS
    return next((n for size, n in SHORT_SEEDS.items() if units <= size), 1)


def seconds(job: Job, n_train: int) -> float:
    """About how long a job takes on one core."""
    epochs, windows, _ = plan(job.recipe, job.units, n_train)
    if job.compression is not None:
        epochs = job.compression.epochs
    largest = max(SECONDS_PER_MILLION)
    rate = next(s for size, s in SECONDS_PER_MILLION.items() if size >= min(job.units, largest))
    return SECONDS_AROUND + epochs * windows / 1e6 * rate * max(1.0, job.units / largest)
