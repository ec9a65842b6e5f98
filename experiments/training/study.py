"""Every network of the study, in an order that makes sense wherever it ends: small ones first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from experiments.data.features import PAPER_INPUTS
from experiments.data.panel import SalesPanel
from experiments.training.recipes import PAPER, TUNED, Recipe
from experiments.training.record import Job

# Of small networks as many as it takes to know how often they collapse, or, where they are alike
# but for hundredths of a point, how they differ; of large ones what an evening of computing allows.
TUNED_SEEDS = {1: 5, 2: 5, 4: 5, 8: 5, 16: 5, 32: 5, 48: 3, 64: 2, 128: 1}
PAPER_SEEDS = {16: 20, 32: 20, 48: 20, 64: 3, 128: 1}
WITHOUT_DROPOUT_SEEDS = {16: 20, 32: 20, 48: 20}
OTHER_DROPOUTS = (0.05, 0.1, 0.3, 0.5)


@dataclass(frozen=True)
class Part:
    """Networks of one recipe and split, and why they are there."""

    purpose: str
    recipe: Recipe
    seeds: Mapping[int, int]  # how many networks, by hidden size
    split: str = "stores"


PARTS = (
    Part("how small a network can be", TUNED, TUNED_SEEDS),
    Part("the same, tested on later days", TUNED, TUNED_SEEDS, split="time"),
    Part("the paper's protocol", PAPER, PAPER_SEEDS),
    Part("the same without dropout", replace(PAPER, dropout=0.0), WITHOUT_DROPOUT_SEEDS),
    Part(
        "what the calendar of the next day is worth",
        replace(TUNED, inputs=replace(TUNED.inputs, next_day=False)),
        {4: 5, 16: 5},
    ),
    Part(
        "whether sales relative to the window's level save a network with dropout",
        replace(PAPER, inputs=replace(PAPER_INPUTS, by_level=True)),
        {16: 5},
    ),
    *(
        Part("more dropout and less", replace(PAPER, dropout=dropout), {16: 5})
        for dropout in OTHER_DROPOUTS
    ),
)


def study_jobs(panel: SalesPanel, seeds: int | None, stamp: str) -> list[Job]:
    """The networks of all parts; of each size at most so many `seeds`, if that is given.

    Size after size, and of a size seed after seed: a study that ends early knows all of the small
    networks, which are cheap, and at most one size is half done.
    """
    jobs = [
        Job(panel.name, panel.sha256, part.split, part.recipe, units, seed, stamp)
        for part in PARTS
        for units, enough in part.seeds.items()
        for seed in range(min(enough, seeds or enough))
    ]
    return sorted(jobs, key=lambda job: (job.units, job.seed))
