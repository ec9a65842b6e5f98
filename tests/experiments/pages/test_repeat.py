"""The commands that repeat a run."""

import dataclasses

import pytest

from experiments import sweep
from experiments.pages.repeat import commands
from experiments.training import recipes
from experiments.training.choice import choose_recipe
from experiments.training.recipes import COLLAPSE, PAPER, TUNED
from tests.records import QUICK, WITHOUT_DROPOUT, group, overview, run

SIMULATED = overview(data="simulated", is_simulated=True)
SHORT = dataclasses.replace(TUNED, epochs=2, windows_per_epoch=20_000)


@pytest.mark.parametrize(
    ("options", "command"),
    [
        ({}, "--data train.csv --recipe paper --units 32 16 --seeds 2 --full"),
        ({"of": SIMULATED}, "--recipe paper --units 32 16 --seeds 2 --full"),
        (
            {"of": overview(data="my shop.csv", split="time"), "recipe": SHORT},
            "--data 'my shop.csv' --recipe tuned --units 32 16 --seeds 2 --split time --epochs 2 "
            "--windows-per-epoch 20000",
        ),
        (
            {"recipe": WITHOUT_DROPOUT},
            "--data train.csv --recipe paper --units 32 16 --seeds 2 --dropout 0 --full",
        ),
    ],
    ids=["whole", "simulated", "short", "dropout"],
)
def test_a_group_is_a_command(options, command):
    of = options.get("of")
    found = commands(run(group({32: [12.5, 12.6], 16: [13.0, 13.2]}, **options), of=of))
    assert found == [f"python -m experiments.sweep {command}"]


def test_sizes_with_other_seeds_are_commands_of_their_own():
    found = commands(run(group({32: [12.5], 16: [13.0, 13.2], 8: [13.0, 13.2]})))
    assert [command.split("--units ")[1] for command in found] == [
        "32 --seeds 1 --full",
        "16 8 --seeds 2 --full",
    ]


def test_a_recipe_that_no_option_gives_has_no_command():
    assert commands(run(group({16: [13.0]}, recipe=dataclasses.replace(PAPER, eps=1e-3)))) == []


@pytest.mark.parametrize(
    "recipe", [PAPER, WITHOUT_DROPOUT, QUICK, TUNED, SHORT, recipes.SHORT, COLLAPSE]
)
def test_the_command_gives_the_recipe_again(recipe):
    of = overview()
    (command,) = commands(run(group({16: [13.0]}, recipe=recipe)))
    options = sweep.parse(command.split()[3:])
    assert choose_recipe(sweep.choice_of(options), of.n_train) == recipe
    assert (options.units, options.seeds) == ([16], 1)
