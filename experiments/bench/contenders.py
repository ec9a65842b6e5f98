"""The same forecaster by several libraries: what each has to do, this one's own, the comparison.

Each contender is made of the same weights (the `params` of an LSTMRegressor), and in the way that
was fastest for its library when measured; the comments say which ways those are.
"""

from typing import Protocol

import numba
import numpy as np

from experiments.training.recipes import PAPER
from tinylstm import Adam, LSTMRegressor, Windows, fit
from tinylstm.kernels import set_num_threads
from tinylstm.kernels.target import MACHINE

SAME_WORK = 1e-4  # largest relative difference between what contenders that do the same compute

Weights = dict[str, np.ndarray]
Batches = list[tuple[np.ndarray, np.ndarray]]  # x (B, T, D) and y (B,)
Results = dict[str, np.ndarray]


class DifferentWorkError(ArithmeticError):
    """A contender does not compute what the reference does; the message says by how much."""


class Contender(Protocol):
    """A forecaster of one library. x (B, T, D) and y (B,) are float32 arrays."""

    tasks: tuple[str, ...]  # its methods that are worth timing: of "train", "predict", "epoch"

    def __init__(self, weights: Weights, dropout: float) -> None:
        """Start from a copy of the weights."""

    @staticmethod
    def start(threads: int) -> str:
        """Import the library, set its threads, and return its name and version."""

    def train(self, x: np.ndarray, y: np.ndarray) -> float:
        """Take one step of Adam on the mean squared error, and return that error."""

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Predictions (B,)."""


class Numba:
    """This library with its kernels."""

    tasks: tuple[str, ...] = ("train", "predict", "epoch")
    backend = "numba"

    def __init__(self, weights: Weights, dropout: float) -> None:
        self.model = LSTMRegressor.from_params(weights, dropout, backend=self.backend)
        self.adam = Adam(self.model.params, PAPER.learning_rate, PAPER.betas, PAPER.eps)

    @staticmethod
    def start(threads: int) -> str:
        set_num_threads(threads)
        return f"tinylstm, numba {numba.__version__} for {MACHINE[1]}"

    def train(self, x: np.ndarray, y: np.ndarray) -> float:
        loss = self.model.loss_and_grad(x, y)
        self.adam.step(self.model.grads)
        return loss

    def predict(self, x: np.ndarray) -> np.ndarray:
        return self.model.predict(x)

    def epoch(self, windows: Windows, y: np.ndarray, batch_size: int) -> None:
        """Train on all windows once, in random order."""
        fit(self.model, windows, y, 1, batch_size, self.adam, progress=False)


class NumPy(Numba):
    """This library with the equations in plain NumPy."""

    tasks: tuple[str, ...] = ("train", "predict")
    backend = "numpy"

    @staticmethod
    def start(threads: int) -> str:
        return f"numpy {np.__version__}"


def random_batches(windows: Windows, y: np.ndarray, batch: int, count: int) -> Batches:
    """`count` random batches of real windows: x (batch, T, D) and y (batch,), gathered."""
    choices = np.random.default_rng(0).integers(len(windows), size=(count, batch))
    return [(np.asarray(windows[indices]), y[indices]) for indices in choices]


def predict_and_train(contender: Contender, batches: Batches) -> Results:
    """Predictions of the first batch, and then the loss of a training step on each."""
    found = {"predictions": contender.predict(batches[0][0])}
    if "train" in contender.tasks:
        found["losses"] = np.array([contender.train(x, y) for x, y in batches])
    return found


def compare(name: str, found: Results, expected: Results) -> float:
    """The largest relative difference of a contender's predictions and loss curve (dropout off).

    Raises DifferentWorkError if it is above SAME_WORK: times of different work mean nothing.
    """
    worst = 0.0
    for what, theirs in found.items():
        difference = float(np.abs(theirs - expected[what]).max() / np.abs(expected[what]).max())
        if not difference <= SAME_WORK:  # written so that NaN is a difference
            how = f"its {what} differ from numpy's by {difference:.1e}, relative to the largest"
            raise DifferentWorkError(f"{name} does different work: {how}")
        worst = max(worst, difference)
    return worst
