"""How long a network is trained, by its recipe and its size."""

import dataclasses

import pytest

from experiments.training.network import looked_at
from experiments.training.recipes import PAPER, SHORT, TUNED, WINDOWS_BY_SIZE, plan

N_TRAIN = 565_120  # windows of Kaggle's data


@pytest.mark.parametrize("recipe", [PAPER, TUNED])
def test_a_recipe_with_epochs_has_them_at_every_size_and_never_stops_early(recipe):
    whole = {plan(recipe, units, N_TRAIN) for units in (1, 16, 200)}
    assert whole == {(recipe.epochs, N_TRAIN, None)}
    some = dataclasses.replace(recipe, epochs=2, windows_per_epoch=20_000)
    assert plan(some, 16, N_TRAIN) == (2, 20_000, None)
    assert plan(some, 16, 300) == (2, 300, None)


@pytest.mark.parametrize(
    ("units", "size"), [(1, 2), (2, 2), (3, 16), (48, 64), (128, 128), (500, 128)]
)
def test_a_short_run_has_as_many_windows_as_its_size_takes(units, size):
    epochs, windows_per_epoch, _ = plan(SHORT, units, N_TRAIN)
    assert epochs == 4
    assert epochs * windows_per_epoch == WINDOWS_BY_SIZE[size]


def test_few_windows_are_gone_through_as_often_as_the_budget_takes_with_early_stopping():
    epochs, windows_per_epoch, patience = plan(SHORT, 8, 2_000)
    assert (epochs, windows_per_epoch) == (400, 2_000)
    assert patience == 100


@pytest.mark.parametrize("epochs", [1, 4, 30, 31, 400])
def test_the_test_errors_are_measured_thirty_times_at_most_and_at_the_end(epochs):
    looks = looked_at(epochs)
    assert len(looks) <= 30
    assert looks[0] >= 1
    assert looks[-1] == epochs
