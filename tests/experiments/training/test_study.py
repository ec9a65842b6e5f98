"""The networks of the whole study: as many seeds as matter, and no gaps wherever it ends."""

from collections import Counter

from experiments.data.simulator import simulate_panel
from experiments.training.recipes import PAPER, TUNED, UNITS
from experiments.training.study import PARTS, study_jobs

PANEL = simulate_panel(stores=2, items=3, days=100)
JOBS = study_jobs(PANEL, None, "0123456789")


def seeds(recipe, units, split="stores"):
    return sorted(
        job.seed for job in JOBS if (job.recipe, job.units, job.split) == (recipe, units, split)
    )


def test_small_networks_of_the_paper_have_twenty_seeds_and_the_largest_one():
    for units in (16, 32, 48):
        assert seeds(PAPER, units) == list(range(20))
    assert seeds(PAPER, 128) == [0]


def test_the_tuned_recipe_is_tested_as_often_on_later_days_as_on_other_stores():
    for units in UNITS:
        assert seeds(TUNED, units, "time") == seeds(TUNED, units, "stores") != []


def test_size_after_size_and_seed_after_seed_so_that_it_may_end_anywhere():
    order = [(job.units, job.seed) for job in JOBS]
    assert order == sorted(order)
    first = [job for job in JOBS if job.seed == 0]
    assert len(first) == sum(len(part.seeds) for part in PARTS)


def test_no_network_is_trained_twice():
    assert set(Counter(job.name for job in JOBS).values()) == {1}


def test_fewer_seeds_are_the_first_of_them():
    assert study_jobs(PANEL, 1, "0123456789") == [job for job in JOBS if job.seed == 0]
