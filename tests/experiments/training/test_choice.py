"""Which networks are trained for what a command's options say."""

import pytest

from experiments.training.choice import Choice, choose_jobs, choose_recipe
from experiments.training.recipes import QUICK_EPOCHS, QUICK_WINDOWS_PER_EPOCH, SHORT, TUNED

SIZES = (128, 16, 1)


def chosen(n_train=565_120, **options):
    recipe = choose_recipe(Choice(**options), n_train)
    return recipe.epochs, recipe.windows_per_epoch


def test_without_full_a_run_is_short_and_with_it_the_recipe():
    assert choose_recipe(Choice(), 565_120) == SHORT
    assert chosen(recipe="paper") == (QUICK_EPOCHS, QUICK_WINDOWS_PER_EPOCH)
    assert chosen(full=True) == (TUNED.epochs, None)
    assert chosen(full=True, epochs=2) == (2, None)
    assert chosen(windows_per_epoch=9) == (QUICK_EPOCHS, 9)


def test_as_many_windows_as_there_are_or_more_are_all_of_them_and_one_training():
    assert chosen(180, windows_per_epoch=180) == (QUICK_EPOCHS, None)
    assert chosen(180, windows_per_epoch=181) == (QUICK_EPOCHS, None)
    assert chosen(180, windows_per_epoch=179) == (QUICK_EPOCHS, 179)


def jobs(seeds=None, follows_paper=True, **options):
    """What is to be trained: recipe, dropout, units and seed."""
    subject = "sales.csv", "0" * 64, "stores"
    found = choose_jobs(Choice(**options), subject, SIZES, seeds, "1", 565_120, follows_paper)
    return [(job.recipe.name, job.recipe.dropout, job.units, job.seed) for job in found]


def test_the_default_is_every_size_smallest_first_and_then_the_collapse_and_its_cure():
    tuned = [job for job in jobs() if job[0] == "tuned"]
    paper = [job for job in jobs() if job[0] == "paper"]
    assert jobs() == tuned + paper
    assert list(dict.fromkeys(units for _, _, units, _ in tuned)) == sorted(SIZES)
    assert {dropout for _, dropout, _, _ in paper} == {0.2, 0.0}
    assert {units for _, _, units, _ in paper} == {16}


@pytest.mark.parametrize(
    "options",
    [{"recipe": "tuned"}, {"units": [8]}, {"dropout": 0.1}, {"epochs": 2}, {"full": True}],
    ids=str,
)
def test_options_that_choose_networks_leave_out_the_collapse(options):
    assert {recipe for recipe, *_ in jobs(**options)} == {"tuned"}


def test_the_collapse_is_not_shown_on_data_that_have_nothing_to_do_with_the_paper():
    assert {recipe for recipe, *_ in jobs(follows_paper=False)} == {"tuned"}


def test_a_number_of_seeds_holds_for_every_size():
    seeds = [(recipe, dropout, units) for recipe, dropout, units, _ in jobs(seeds=2)]
    assert {seeds.count(each) for each in seeds} == {2}
