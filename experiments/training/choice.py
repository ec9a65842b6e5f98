"""Which networks a command trains: its recipe, sizes and seeds, from what its options say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from experiments.training.jobs import Subject, collapse_jobs, make_jobs
from experiments.training.recipes import (
    QUICK_EPOCHS,
    QUICK_WINDOWS_PER_EPOCH,
    RECIPES,
    SHORT,
    TUNED,
    Recipe,
)
from experiments.training.record import Job


@dataclass(frozen=True)
class Choice:
    """The options that choose networks; None where nothing was said."""

    recipe: str | None = None  # its name
    units: Sequence[int] | None = None
    dropout: float | None = None
    epochs: int | None = None
    windows_per_epoch: int | None = None
    full: bool = False  # every window and every epoch of the recipe


def choose_jobs(
    choice: Choice,
    subject: Subject,
    units: Sequence[int],
    seeds: int | None,
    stamp: str,
    n_train: int,
    follows_paper: bool,
) -> list[Job]:
    """The networks that are asked for; if nothing is, also those that show the collapse.

    `units` are the sizes where none were chosen. The collapse is shown on the paper's data alone,
    and on sales simulated by their law.
    """
    jobs = make_jobs(subject, choose_recipe(choice, n_train), choice.units or units, seeds, stamp)
    if choice == Choice() and follows_paper:
        jobs += collapse_jobs(subject, seeds, stamp)
    return jobs


def choose_recipe(choice: Choice, n_train: int) -> Recipe:
    """The recipe with what was chosen otherwise, for so many training windows."""
    recipe = RECIPES[choice.recipe or TUNED.name]
    if not choice.full:
        given = choice.epochs or choice.windows_per_epoch
        short = replace(recipe, epochs=QUICK_EPOCHS, windows_per_epoch=QUICK_WINDOWS_PER_EPOCH)
        recipe = SHORT if recipe == TUNED and not given else short
    for name in ("epochs", "windows_per_epoch", "dropout"):
        if getattr(choice, name) is not None:
            recipe = replace(recipe, **{name: getattr(choice, name)})
    if (recipe.windows_per_epoch or n_train) >= n_train:  # all of them: one name for one training
        recipe = replace(recipe, windows_per_epoch=None)
    return recipe
