"""The training loop: epochs, shuffling, history."""

import math
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from tinylstm.arguments import require_generator, require_size
from tinylstm.checkpoint import History, Training
from tinylstm.dataset import Dataset
from tinylstm.losses import Targets
from tinylstm.lstm import Input
from tinylstm.network import Network
from tinylstm.optim import Adam

RATES = 1000  # of a schedule, that tell it from others


class DivergedError(ArithmeticError):
    """The loss became NaN or infinite; the message says at which epoch and step.

    >>> from tinylstm import LSTMRegressor
    >>> model = LSTMRegressor(1, 8)
    >>> model.params["lstm.b"][:] = np.nan
    >>> history = fit(model, np.ones((5, 10, 1)), np.ones(5), epochs=3, progress=False)
    Traceback (most recent call last):
        ...
    tinylstm.training.DivergedError: the loss became nan in epoch 1, step 1, before anything ...
    """


def fit(
    model: Network,
    windows: Input,
    y: Targets,
    epochs: int,
    batch_size: int = 64,
    optimizer: Adam | None = None,
    rng: np.random.Generator | None = None,
    windows_per_epoch: int | None = None,
    weights: ArrayLike | None = None,
    schedule: Callable[[float], float] | None = None,
    on_epoch: Callable[[int, History], None] | None = None,
    progress: bool = True,
    checkpoint: str | os.PathLike[str] | None = None,
    validation: tuple[Input, Targets, ArrayLike | None] | None = None,
    patience: int | None = None,
) -> History:
    """Train the model in place on windows (N, T, D), an array, Windows or Padded, and targets y.

    y is (N,) or, for a network with an output at each step, (N, T) or Padded.

    Each epoch draws a new random order of all windows from `rng` (default: seed 0) and goes through
    the first `windows_per_epoch` of it (default: all) in batches; the last batch may be smaller.
    The optimizer is Adam with its defaults if not given. Weights, (N,) or as y, multiply the loss
    of each target. `schedule(done)` sets the learning rate before each step, done being the share
    of all steps that lies behind, from 0 to below 1; it must depend on nothing else.
    `on_epoch(epoch, history)` is called after each epoch, counted from 1. Progress is a bar if tqdm
    is installed, else a line per epoch.
    With `checkpoint`, the state of training is written to that file after each epoch, and if the
    file exists already, training goes on from it, to the same bits as without an interruption.
    With `validation`, windows, targets and weights (or None) that are not trained on, their loss is
    measured after each epoch, without dropout, and the weights of the best epoch are those that the
    model has in the end. Training stops early once `patience` epochs in a row were no better.

    Raises ValueError if a count is below 1 or windows and y differ in number, DivergedError if the
    loss is no longer finite, CheckpointError if the file is damaged or of another training,
    FileNotFoundError if there is no folder for it.

    >>> from tinylstm import LSTMRegressor
    >>> x = np.random.default_rng(0).normal(size=(512, 10, 1))
    >>> y, model = x[:, -3, 0], LSTMRegressor(1, 8)  # the third number from the end
    >>> rates = lambda done: 0.02 * (1 - done)
    >>> history = fit(model, x, y, epochs=10, batch_size=32, schedule=rates, progress=False)
    >>> history.epochs, history.loss[-1] < history.loss[0] / 2
    (10, True)
    """
    require_kinds(optimizer, validation, {"schedule": schedule, "on_epoch": on_epoch})
    data = Dataset.of(model, windows, y, weights)
    held_out = None if validation is None else Dataset.of(model, *validation)
    if patience is not None and held_out is None:
        raise ValueError("patience waits for a better validation loss: give validation too")
    per_epoch = len(data) if windows_per_epoch is None else windows_per_epoch
    counts = {"epochs": epochs, "batch_size": batch_size, "windows_per_epoch": per_epoch}
    for name, count in (counts if patience is None else counts | {"patience": patience}).items():
        require_size(name, count)
    per_epoch = min(per_epoch, len(data))
    optimizer = Adam(model.params) if optimizer is None else optimizer
    optimizer.require_own(model.params)
    rng = np.random.default_rng(0) if rng is None else rng
    require_generator("rng", rng)
    settings: dict[str, Any] = {  # with which alone a checkpoint goes on
        "windows": len(data),
        "per_epoch": per_epoch,
        "batch": batch_size,
        "epochs": epochs,
        **({} if held_out is None else {"patience": patience}),
    }
    training, history = Training(model, optimizer, rng, settings), History()
    if held_out is not None:
        training.keep_best()
    if checkpoint is not None:
        validated = [] if held_out is None else held_out.arrays()
        seen = [*data.arrays(), *validated, _rates(schedule)]
        history = training.resume(checkpoint, seen)
    loss_and_grad = partial(data.loss_and_grad, model)
    loop = Loop(model, optimizer, loss_and_grad, batch_size, epochs, schedule, progress)
    for epoch in range(history.epochs + 1, epochs + 1):
        if patience is not None and history.epochs - history.best >= patience:
            break
        loop.run(epoch, rng.permutation(len(data))[:per_epoch], history)
        if held_out is not None:
            history.validation.append(held_out.loss(model))
            if history.best == epoch:
                training.keep_best()
        if on_epoch is not None:
            on_epoch(epoch, history)
        if checkpoint is not None:
            training.save(checkpoint, history)
    training.restore_best()
    return history


@dataclass(frozen=True)
class Loop:
    """What `fit` and `fit_stream` share: an epoch goes piece by piece, with a step after each.

    >>> from tinylstm import Adam, LSTMRegressor
    >>> from tinylstm.checkpoint import History
    >>> x, y, model = np.ones((5, 10, 1)), np.ones(5), LSTMRegressor(1, 8)
    >>> loss_and_grad = lambda batch: model.loss_and_grad(x[batch], y[batch])
    >>> loop, history = Loop(model, Adam(model.params), loss_and_grad, 2, epochs=1), History()
    >>> loop.run(1, np.array([4, 0, 3, 1, 2]), history)  # in pieces of 2, 2 and 1
    >>> history.epochs
    1
    """

    model: Network  # what is trained, in place
    optimizer: Adam  # of its parameters
    loss_and_grad: Callable[[Any], float]  # of a piece of the order; fills the model's gradients
    size: int  # of a piece; the last of an epoch may be smaller
    epochs: int  # of which `run` makes one
    schedule: Callable[[float], float] | None = None  # as for `fit`
    progress: bool = False  # whether it is shown

    def run(self, epoch: int, order: np.ndarray | range, history: History) -> None:
        """Train for one epoch, counted from 1, and add its mean loss and seconds to the history.

        The order has the numbers of all that is gone through, windows or steps of a sequence.
        Raises DivergedError if the loss is no longer finite.
        """
        started, total, length = time.perf_counter(), 0.0, len(order)
        starts = range(0, length, self.size)
        for start in _shown(starts, f"epoch {epoch}/{self.epochs}") if self.progress else starts:
            if self.schedule is not None:
                self.optimizer.lr = self.schedule((epoch - 1 + start / length) / self.epochs)
            piece = order[start : start + self.size]
            loss = self.loss_and_grad(piece)
            if not math.isfinite(loss):
                where = f"epoch {epoch}, step {start // self.size + 1}"
                raise DivergedError(f"the loss became {loss} in {where}{self._before_learning()}")
            self.optimizer.step(self.model.grads)
            total += loss * len(piece)
        history.loss.append(total / length)
        history.seconds.append(time.perf_counter() - started)

    def _before_learning(self) -> str:
        """What is known of a loss that is not finite though no step was taken."""
        if self.optimizer.t:
            return ""
        return ", before anything was learnt: look for NaN or huge numbers in data and weights"


def require_kinds(optimizer: Any, validation: Any, functions: Mapping[str, Any]) -> None:
    """Raise ValueError where an argument of `fit` is of no use for what it is there for.

    >>> require_kinds(optimizer=None, validation=None, functions={"on_epoch": print})
    """
    if not isinstance(optimizer, Adam | None):
        raise ValueError(f"optimizer must be an Adam, not {type(optimizer).__name__}")
    if validation is not None and (not isinstance(validation, tuple) or len(validation) != 3):
        raise ValueError("validation must be a tuple of windows, targets and weights or None")
    for name, function in functions.items():
        if function is not None and not callable(function):
            raise ValueError(f"{name} must be a function, not {type(function).__name__}")


def _rates(schedule: Callable[[float], float] | None) -> np.ndarray | None:
    """A schedule at a thousand places, for the fingerprint: a function has no better one."""
    if schedule is None:
        return None
    return np.array([schedule(k / RATES) for k in range(RATES)], np.float64)


def _shown(steps: range, title: str) -> Iterable[int]:
    """The steps behind a progress bar, or behind one line if tqdm is not installed."""
    try:
        from tqdm import tqdm
    except ImportError:
        print(f"{title}: {len(steps)} steps", flush=True)
        return steps
    return tqdm(steps, desc=title, unit="step")
