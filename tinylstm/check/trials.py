"""The bugs on trial: does the gradient check catch each of them, and would training have shown it?

    python -m tinylstm.gradcheck --bugs

A small network is trained with each bug on a version of the adding problem (Hochreiter &
Schmidhuber 1997) that needs a memory: of the numbers that go by, two early ones are marked, and
after the last step their sum is asked for.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import NamedTuple

import numpy as np

from tinylstm.check.bugs import BUGS, Bug
from tinylstm.check.gradients import WRONG, FrozenLoss, Row, central_differences
from tinylstm.model import LSTMRegressor
from tinylstm.optim import Adam
from tinylstm.training import DivergedError, fit

UNITS, STEPS, BATCH, UPDATES, TEST_WINDOWS = 8, 8, 32, 200, 500
DROPOUT, LEARNING_RATE = 0.1, 2e-2
SEEDS = range(3)
VARIANCE = 2 / 3  # of the sums: the loss of always answering 0, their mean
STILL_LEARNS = 2.0  # times the loss of the healthy network: about what another seed can make of it
DOES_NOT_LEARN = VARIANCE / 2


class Trial(NamedTuple):
    """What the check found in each array, and the loss after a short training."""

    name: str
    rows: list[Row]
    loss: float  # mean squared error on fresh windows: the median over the seeds

    @property
    def wrong(self) -> list[Row]:
        """The arrays with a wrong gradient, in the order of the check."""
        return [row for row in self.rows if row.verdict == WRONG]

    @property
    def worst(self) -> Row:
        """Of the wrong arrays or, without any, of all: that with the largest error."""
        return max(self.wrong or self.rows, key=lambda row: row.error)


def try_each(loss: FrozenLoss) -> Iterator[Trial]:
    """The trial of the healthy network and of every bug, each as soon as it is done."""
    # Differences of losses need no backward pass: no bug changes them, and once is enough.
    numerical = {name: central_differences(loss, theta) for name, theta in loss.arrays.items()}
    for bug in (None, *BUGS):
        yield run_trial(bug, loss, numerical)


def run_trial(bug: Bug | None, loss: FrozenLoss, numerical: dict[str, np.ndarray]) -> Trial:
    """Check and train with the bug switched on or, with None, the healthy network."""
    with bug.switched_on() if bug else nullcontext():
        gradients = loss.gradients()
        rows = [loss.compare(name, gradients[name], numerical[name]) for name in numerical]
        final = float(np.median([trained_loss(seed) for seed in SEEDS]))
    return Trial(bug.name if bug else "(healthy)", rows, final)


def trained_loss(seed: int) -> float:
    """The mean squared error on fresh windows after a short training; infinite if it diverged."""
    rng = np.random.default_rng(seed)
    x, y = marked_sums(rng, UPDATES * BATCH)
    model = LSTMRegressor(2, UNITS, dropout=DROPOUT, seed=seed, backend="numpy", dtype=np.float64)
    adam = Adam(model.params, LEARNING_RATE)
    try:
        fit(model, x, y, epochs=1, batch_size=BATCH, optimizer=adam, rng=rng, progress=False)
    except DivergedError:
        return np.inf
    x, y = marked_sums(rng, TEST_WINDOWS)
    return float(np.mean((model.predict(x) - y) ** 2))


def marked_sums(rng: np.random.Generator, n_windows: int) -> tuple[np.ndarray, np.ndarray]:
    """Windows x (N, STEPS, 2) of numbers from -1 to 1 and marks; y (N,), sums of those marked.

    One mark is in the first quarter of the window and one in the second.
    """
    windows, quarter = np.arange(n_windows), STEPS // 4
    marks = np.zeros((n_windows, STEPS))
    marks[windows, rng.integers(0, quarter, n_windows)] = 1
    marks[windows, rng.integers(quarter, 2 * quarter, n_windows)] = 1
    numbers = rng.uniform(-1, 1, marks.shape)
    return np.stack([numbers, marks], axis=2), (numbers * marks).sum(axis=1)


def training_verdict(loss: float, healthy_loss: float) -> str:
    """What the loss after training says by itself; NaN does not learn."""
    if not loss <= DOES_NOT_LEARN:
        return "does not learn"
    return "still learns" if loss <= STILL_LEARNS * healthy_loss else "learns worse"
