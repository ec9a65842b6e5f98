"""Every hyper-parameter of a study, in one place for each recipe."""

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

from experiments.data.features import PAPER_INPUTS, Inputs


@dataclass(frozen=True)
class Recipe:
    """How a network is made and trained."""

    name: str
    dense_size: int  # units of the hidden dense layer
    dropout: float  # between the LSTM and the dense layers
    learning_rate: float
    betas: tuple[float, float]  # of Adam
    eps: float  # of Adam
    batch_size: int
    epochs: int
    windows_per_epoch: int | None  # drawn anew each epoch; None: all training windows
    inputs: Inputs  # by_level: squared errors are divided by the expected sales too
    cosine: bool  # learning rate falls to zero along half a cosine, after a short rise
    by_size: bool  # windows in all by the network's size, see `plan`; `epochs` then is the least


# The protocol of arXiv 2601.00525 as its script runs it: Keras's defaults, the leaky scaler
# included, because reproduction is the purpose.
PAPER = Recipe(
    name="paper",
    dense_size=16,
    dropout=0.2,
    learning_rate=1e-3,
    betas=(0.9, 0.999),
    eps=1e-7,
    batch_size=64,
    epochs=30,
    windows_per_epoch=None,
    inputs=PAPER_INPUTS,
    cosine=False,
    by_size=False,
)
# The same network and the same seven features, and nothing fitted to the test. Sales are relative
# to the window's own level, so that all series look alike. The calendar is that of the next day:
# every shop knows the weekday and month of the day that it wants forecast. The errors of counts
# grow with their mean, so squared errors are divided by it, as Poisson's law suggests (Pearson's
# chi-square). Chosen by `experiments.tune`, which cannot see the test.
TUNED = Recipe(
    name="tuned",
    dense_size=16,
    dropout=0.0,
    learning_rate=1e-2,
    betas=(0.9, 0.999),
    eps=1e-7,
    batch_size=128,
    epochs=10,
    windows_per_epoch=None,
    inputs=Inputs(leaky_scaler=False, by_level=True, next_day=True),
    cosine=True,
    by_size=False,
)
RECIPES = {recipe.name: recipe for recipe in (PAPER, TUNED)}

# The default run: so many windows in all as bring a size near to what it can do, and smaller
# batches. On other simulated sales, judged by their validation windows (`experiments.tune
# --budgets`), 8 to 64 units then are within 0.05 points of MAPE of the best that was seen.
SHORT = replace(TUNED, batch_size=64, epochs=4, by_size=True)
WINDOWS_BY_SIZE = {2: 400_000, 16: 800_000, 64: 400_000, 128: 300_000}  # up to this size
PATIENCE = 0.25  # share of the epochs after which a short run gives up hope
# As long as the paper's recipe needs to show what dropout does to 16 units.
COLLAPSE = replace(PAPER, epochs=6)
COLLAPSE_UNITS = 16

# What a run without --full takes instead: a few minutes on two cores, not hours.
QUICK_EPOCHS = 3
QUICK_WINDOWS_PER_EPOCH = 150_000

# Read off the figures of arXiv 2601.00525: test MAPE in percent, by hidden units.
PAPER_MAPE = {128: 12.5, 64: 12.4, 48: 12.8, 32: 12.3, 16: 23.6}

PAPER_UNITS = tuple(PAPER_MAPE)
UNITS = (*PAPER_UNITS, 8, 4, 2, 1)  # hidden sizes of the study, largest first


class Plan(NamedTuple):
    """How long a network is trained."""

    epochs: int
    windows_per_epoch: int
    patience: int | None  # epochs without a better validation loss; None: no early stopping


def plan(recipe: Recipe, units: int, n_train: int) -> Plan:
    """How long a recipe trains a network of so many units on so many training windows.

    A recipe by size goes through the windows as often as its budget takes, an epoch being one pass
    at most, and stops early. With epochs that were given there is no early stopping.
    """
    if not recipe.by_size:
        return Plan(recipe.epochs, min(recipe.windows_per_epoch or n_train, n_train), None)
    largest = max(WINDOWS_BY_SIZE)
    windows = next(n for size, n in WINDOWS_BY_SIZE.items() if size >= min(units, largest))
    epochs = max(recipe.epochs, math.ceil(windows / n_train))
    return Plan(epochs, min(n_train, windows // epochs), max(4, math.ceil(PATIENCE * epochs)))
