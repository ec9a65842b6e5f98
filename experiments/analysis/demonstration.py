"""A lesson of one minute in numbers: one unit learns to remember, then with a bug in its gradient.

Numbers from 0 to 1 go by, some with a flag, and after the last one that with the latest flag is
asked for. The textbook's cell does this with a single unit: at a flag the input gate opens and the
forget gate shuts, elsewhere it is the other way round. So everything that it does can be seen.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tinylstm import Adam, LSTMRegressor
from tinylstm.check.bugs import Bug
from tinylstm.check.frozen import FrozenLoss
from tinylstm.check.gradients import Row, central_differences, compare
from tinylstm.check.trials import Trial
from tinylstm.inspect.trace import trace

UNITS, STEPS, BATCH, LEARNING_RATE = 1, 20, 32, 3e-2
FLAGGED = 0.15  # of the numbers
DROPOUT = 0.1  # where the bug is one of dropout; elsewhere none
UPDATES = 800  # after which the gates of most seeds are settled
EVERY = 4  # updates between two moments
FRESH, CHECKED = 256, 4  # windows that measure the loss, and windows of the gradient check
SHOWN_FLAGS = (0, 6, 11, 16)  # steps of the window that is looked into
UNTAUGHT = 1 / 12  # variance of the numbers: the loss of always answering their mean
FINAL = 0.1  # share of the moments whose median loss is the final one
SUBJECT = "forecaster"  # the kind of network, by which bugs are chosen

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Sight:
    """What the unit did with one window, each (T,); right and answers as if asked after a step."""

    numbers: Array  # 0 to 1
    flags: Array  # bool
    right: Array  # 0 to 1
    answers: Array
    i: Array  # input gate, 0 to 1
    f: Array  # forget gate, 0 to 1
    g: Array  # candidate, -1 to 1
    c: Array  # cell state


class Gates(NamedTuple):
    """Means of both gates over fresh windows, at flags and elsewhere.

    The first flag of a window is left out: there the cell is empty, and nothing is to be forgotten.
    """

    input_at_flags: float
    input_elsewhere: float
    forget_at_flags: float
    forget_elsewhere: float


@dataclass(frozen=True, eq=False)
class Moment:
    """The network after some updates."""

    updates: int
    loss: float  # mean squared error on fresh windows
    gates: Gates
    sight: Sight


class Pair(NamedTuple):
    """What the gradient check says of one array, without the bug and with it."""

    healthy: Row
    broken: Row


def draw(rng: np.random.Generator, n_windows: int) -> tuple[Array, Array]:
    """Windows x (N, T, 2) of numbers and flags, the first always one; what is right, y (N, T)."""
    flags = rng.random((n_windows, STEPS)) < FLAGGED
    flags[:, 0] = True
    return with_flags(rng.random((n_windows, STEPS)), flags)


def with_flags(numbers: Array, flags: Array) -> tuple[Array, Array]:
    """Numbers and flags (N, T) as windows (N, T, 2), and after each step the number to remember."""
    latest = np.maximum.accumulate(np.where(flags, np.arange(STEPS), 0), axis=1)
    return np.stack([numbers, flags], axis=2), np.take_along_axis(numbers, latest, axis=1)


def new_network(seed: int, bug: Bug) -> LSTMRegressor:
    """The network before training; with dropout if the bug is one of dropout."""
    dropout = DROPOUT if "Dropout" in bug.function else 0.0
    return LSTMRegressor(2, UNITS, dropout=dropout, seed=seed, dtype=np.float64, backend="numpy")


def train(seed: int, updates: int, bug: Bug, is_on: bool) -> Iterator[Moment]:
    """Train, with the bug or without; a moment before, every few updates, and in the end.

    With and without the bug the first weights and all windows are the same.
    """
    network = new_network(seed, bug)
    adam = Adam(network.params, lr=LEARNING_RATE)
    lessons, rest = np.random.default_rng(seed).spawn(2)
    fresh = draw(rest, FRESH)
    shown = with_flags(rest.random((1, STEPS)), np.isin(np.arange(STEPS), SHOWN_FLAGS)[np.newaxis])
    yield look(network, 0, fresh, shown)
    for done in range(0, updates, EVERY):
        until = min(done + EVERY, updates)
        with bug.switched_on() if is_on else nullcontext():
            for _ in range(done, until):
                x, right = draw(lessons, BATCH)
                network.loss_and_grad(x, right[:, -1])
                adam.step(network.grads)
        yield look(network, until, fresh, shown)


def look(
    network: LSTMRegressor, updates: int, fresh: tuple[Array, Array], shown: tuple[Array, Array]
) -> Moment:
    """The network's loss and gates on fresh windows, and what it does with the window shown."""
    x, right = fresh
    seen = trace(network, x)
    flags, later = x[..., 1] > 0, np.arange(STEPS) > 0
    at, elsewhere = flags & later, ~flags
    means = (gate[..., 0][where].mean() for gate in (seen.i, seen.f) for where in (at, elsewhere))
    loss = float(np.mean((seen.prediction - right[:, -1]) ** 2))
    x, right = shown
    seen = trace(network, x)
    answers = network.dense2.forward(network.dense1.forward(seen.h[0]))[:, 0]
    of_unit = (array[0, :, 0] for array in (seen.i, seen.f, seen.g, seen.c))
    sight = Sight(x[0, :, 0], x[0, :, 1] > 0, right[0], answers, *of_unit)
    return Moment(updates, loss, Gates(*map(float, means)), sight)


def check(seed: int, bug: Bug) -> Iterator[Pair]:
    """Compare each gradient with central differences, without the bug and with it.

    The network is that of `train` before its first update, but for the biases behind the unit:
    were they zero, a unit that is dropped would leave every ReLU at its kink.
    """
    rng, network = np.random.default_rng(seed), new_network(seed, bug)
    biases = network.params["dense1.b"]
    biases[:] = rng.normal(0, 0.5, biases.shape)
    x, right = draw(rng, CHECKED)
    loss = FrozenLoss(network, x, right[:, -1])
    healthy = loss.gradients()
    with bug.switched_on():
        broken = loss.gradients()
    for name, theta in loss.arrays.items():
        numerical = central_differences(loss, theta)  # which need no backward pass: once for both
        yield Pair(*(compare(loss, name, each[name], numerical) for each in (healthy, broken)))


def final_loss(moments: list[Moment]) -> float:
    """The median loss of the last moments: a single one is a matter of chance."""
    last = max(1, round(FINAL * len(moments)))
    return float(np.median([moment.loss for moment in moments[-last:]]))


def conclude(bug: Bug, healthy: list[Moment], broken: list[Moment], pairs: list[Pair]) -> Trial:
    """The trial of the bug: the arrays with a wrong gradient, and what the loss says by itself."""
    rows = [pair.broken for pair in pairs]
    return Trial(bug.name, rows, final_loss(broken), final_loss(healthy), UNTAUGHT)
