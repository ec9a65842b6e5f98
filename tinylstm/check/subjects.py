"""What bugs are tried on: small networks, each with a task that needs a memory.

The forecaster learns a version of the adding problem (Hochreiter & Schmidhuber 1997): of the
numbers that go by, two early ones are marked, and after the last step their sum is asked for. The
reader learns to repeat, at each step of sequences of different lengths, the symbol of the step
before the last.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinylstm import clipping
from tinylstm.layers import Dense, EachStep
from tinylstm.losses import SoftmaxCrossEntropy
from tinylstm.lstm import LSTM
from tinylstm.model import LSTMRegressor
from tinylstm.network import Network
from tinylstm.optim import Adam
from tinylstm.padded import Padded
from tinylstm.training import DivergedError, fit

UNITS, STEPS, BATCH, UPDATES, TEST_WINDOWS = 8, 8, 32, 200, 500
DROPOUT, LEARNING_RATE, MAX_NORM = 0.1, 2e-2, 0.1
VARIANCE = 2 / 3  # of the sums: the loss of always answering 0, their mean
SYMBOLS, DELAY = 3, 2

Array = np.ndarray
Examples = tuple[Any, Any]  # inputs and targets


@dataclass(frozen=True)
class Subject:
    """A network to check and to train."""

    build: Callable[[int, int, int, str], Network]  # seed, D, H, backend
    random: Callable[[np.random.Generator, int, int, int], Examples]  # rng, batch, steps, D
    task: Callable[[np.random.Generator, int], Examples]  # rng, number of sequences
    input_size: int  # of the task
    untaught: float  # the loss of the best answer that is the same for every sequence
    clipped: bool = False  # whether its gradients are

    def to_check(self, seed: int, D: int, H: int, backend: str) -> "Network | Clipped":
        """A network whose gradients are compared."""
        network = self.build(seed, D, H, backend)
        return Clipped(network) if self.clipped else network

    def trained_loss(self, seed: int) -> float:
        """The loss on fresh sequences after a short training; infinite if it diverged."""
        rng = np.random.default_rng(seed)
        x, y = self.task(rng, UPDATES * BATCH)
        network = self.build(seed, self.input_size, UNITS, "numpy")
        for layer in network.dropouts.values():
            layer.rate = DROPOUT
        if self.clipped:
            adam: Adam = clipping.ClippedAdam(network.params, LEARNING_RATE, max_norm=MAX_NORM)
        else:
            adam = Adam(network.params, LEARNING_RATE)
        try:
            fit(network, x, y, epochs=1, batch_size=BATCH, optimizer=adam, rng=rng, progress=False)
        except DivergedError:
            return np.inf
        return network.evaluate(*self.task(rng, TEST_WINDOWS))


# The forecaster


def forecaster(seed: int, D: int, H: int, backend: str) -> LSTMRegressor:
    """A number from a window."""
    return LSTMRegressor(D, H, seed=seed, backend=backend, dtype=np.float64)


def numbers(rng: np.random.Generator, batch: int, steps: int, D: int) -> Examples:
    """Random windows (batch, steps, D), and a random target for each."""
    return rng.standard_normal((batch, steps, D)), rng.standard_normal(batch)


def marked_sums(rng: np.random.Generator, n_windows: int) -> tuple[Array, Array]:
    """Windows x (N, STEPS, 2) of numbers from -1 to 1 and marks; y (N,), sums of those marked.

    One mark is in the first quarter of the window and one in the second.
    """
    windows, quarter = np.arange(n_windows), STEPS // 4
    marks = np.zeros((n_windows, STEPS))
    marks[windows, rng.integers(0, quarter, n_windows)] = 1
    marks[windows, rng.integers(quarter, 2 * quarter, n_windows)] = 1
    values = rng.uniform(-1, 1, marks.shape)
    return np.stack([values, marks], axis=2), (values * marks).sum(axis=1)


# The reader


def reader(seed: int, D: int, H: int, backend: str) -> Network:
    """A class at each step."""
    rng = np.random.default_rng(seed)
    lstm = LSTM(D, H, rng, np.float64, backend)
    head = EachStep(Dense(H, SYMBOLS, rng, dtype=np.float64))
    return Network(SoftmaxCrossEntropy(), lstm=lstm, head=head)


def classes(rng: np.random.Generator, batch: int, steps: int, D: int) -> Examples:
    """Random sequences (batch, steps, D) that end at different steps, a class at each step."""
    lengths = rng.integers(1, steps + 1, batch)
    x, y = rng.standard_normal((batch, steps, D)), rng.integers(SYMBOLS, size=(batch, steps))
    return Padded(x, lengths), Padded(y, lengths)


def repeated(rng: np.random.Generator, n_sequences: int) -> tuple[Padded, Padded]:
    """Sequences of symbols, and at each step the symbol DELAY steps before (at first: symbol 0)."""
    lengths = rng.integers(DELAY + 1, STEPS + 1, n_sequences)
    symbols = rng.integers(SYMBOLS, size=(n_sequences, STEPS))
    y = np.pad(symbols, [(0, 0), (DELAY, 0)])[:, :STEPS]
    return Padded(np.eye(SYMBOLS)[symbols], lengths), Padded(y, lengths)


class Clipped:
    """A network whose gradients are cut to a tenth of their length: those of a tenth of its loss.

    So there is a loss whose central differences clipped gradients can be held to.
    """

    SHARE = 0.1

    def __init__(self, network: Network) -> None:
        self.network = network
        self.params = network.params
        self.grads: dict[str, Array] = {}

    def loss_and_grad(self, x: Any, y: Any) -> float:
        """A tenth of the loss; fills `grads`."""
        loss = self.network.loss_and_grad(x, y)
        grads = self.network.grads
        max_norm = self.SHARE * clipping.global_norm(grads)
        self.grads = clipping.clip_by_norm(grads, max_norm)
        return self.SHARE * loss


# Of STEPS - DELAY + 1 lengths as many each, the mean share of steps that repeat an earlier symbol.
LENGTHS = np.arange(DELAY + 1, STEPS + 1)
REPEATED = float((LENGTHS - DELAY).sum() / LENGTHS.sum())
OF_READER = (repeated, SYMBOLS, REPEATED * float(np.log(SYMBOLS)))
SUBJECTS = {
    "forecaster": Subject(forecaster, numbers, marked_sums, 2, VARIANCE),
    "reader": Subject(reader, classes, *OF_READER),
    "clipped reader": Subject(reader, classes, *OF_READER, clipped=True),
}
