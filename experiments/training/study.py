"""Every network of the study, in an order that makes sense wherever it ends: seed after seed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from experiments.data.panel import SalesPanel
from experiments.training.recipes import PAPER, PAPER_UNITS, TUNED, UNITS, Recipe
from experiments.training.record import Job

# Networks of each size up to this one. Of the small ones as many as it takes to know how often
# they collapse; of the large ones what an evening of computing allows.
SEEDS = {48: 20, 64: 5, 128: 2}
COLLAPSING_UNITS = (16, 32, 48)
OTHER_DROPOUTS = (0.05, 0.1, 0.3, 0.5)


@dataclass(frozen=True)
class Part:
    """Networks of one recipe and split, and why they are there."""

    purpose: str
    recipe: Recipe
    units: Sequence[int]
    split: str = "stores"
    most_seeds: int = max(SEEDS.values())


PARTS = (
    Part("how small a network can be", TUNED, UNITS),
    Part("the same, tested on later days", TUNED, UNITS, split="time"),
    Part("the paper's protocol", PAPER, PAPER_UNITS),
    Part("the same without dropout", replace(PAPER, dropout=0.0), COLLAPSING_UNITS),
    Part(
        "what the calendar of the next day is worth",
        replace(TUNED, inputs=replace(TUNED.inputs, next_day=False)),
        (4, 16),
        most_seeds=5,
    ),
    *(
        Part("more dropout and less", replace(PAPER, dropout=dropout), (16,), most_seeds=10)
        for dropout in OTHER_DROPOUTS
    ),
)


def study_jobs(panel: SalesPanel, seeds: int | None, stamp: str) -> list[Job]:
    """The networks of all parts; of each size at most so many `seeds`, if that is given.

    All parts with seed 0 come first, then all with seed 1, so that a study that ends early has
    fewer seeds and no gaps.
    """
    return [
        Job(panel.name, panel.sha256, part.split, part.recipe, units, seed, stamp)
        for seed in range(max(SEEDS.values()))
        for part in PARTS
        for units in sorted(part.units)
        if seed < min(part.most_seeds, _seeds_of(units), seeds or part.most_seeds)
    ]


def _seeds_of(units: int) -> int:
    return next(n for size, n in SEEDS.items() if units <= size)
