"""Training between two epochs, in a file, so that it goes on later with the same bits.

An uncompressed .npz with the weights and Adam's moments, and, as bytes of JSON under the name
`state`, everything that is not an array: the settings of the training, Adam's step, the states of
the random generators and the history. Nothing in it is pickled.
"""

import errno
import hashlib
import json
import math
import os
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from tinylstm.arguments import require_number
from tinylstm.files import open_file
from tinylstm.network import Network
from tinylstm.optim import Adam
from tinylstm.weights import WeightsError, compare_shapes, read_arrays, write_arrays


class CheckpointError(ValueError):
    """A file from which training cannot go on; the message says why.

    >>> open("damaged.npz", "w").close()
    >>> read_history("damaged.npz")
    Traceback (most recent call last):
        ...
    tinylstm.checkpoint.CheckpointError: damaged.npz holds no state of training ...
    """


@dataclass
class History:
    """What happened in each epoch.

    >>> history = History(loss=[3.0, 2.0, 1.0], validation=[4.0, 2.5, 3.5])
    >>> history.epochs, history.best
    (3, 2)
    """

    loss: list[float] = field(default_factory=list)  # mean training loss over the epoch's windows
    seconds: list[float] = field(default_factory=list)  # wall-clock time of training
    metrics: dict[str, list[float]] = field(default_factory=dict)  # what `on_epoch` adds to it
    validation: list[float] = field(default_factory=list)  # loss on the validation part, if any

    @property
    def epochs(self) -> int:
        """How many epochs are done."""
        return len(self.loss)

    @property
    def best(self) -> int:
        """The epoch, from 1, with the lowest validation loss; 0 if there is none."""
        finite = [loss if math.isfinite(loss) else math.inf for loss in self.validation]
        return 1 + finite.index(min(finite)) if finite else 0


@dataclass(eq=False)
class Training:
    """What changes while a model is trained, and `settings` that must not.

    >>> from tinylstm import Adam, LSTMRegressor
    >>> model = LSTMRegressor(2, 4)
    >>> training = Training(model, Adam(model.params), np.random.default_rng(0), settings={})
    >>> training.save("training.npz", History(loss=[0.5], seconds=[0.1]))
    >>> training.load("training.npz").loss
    [0.5]
    """

    model: Network  # what is trained, in place
    optimizer: Adam  # with its moments
    rng: np.random.Generator  # what draws the order of the windows
    settings: dict[str, Any]  # what must be the same where training goes on
    best: dict[str, np.ndarray] = field(default_factory=dict)  # weights of the best epoch, if asked

    def keep_best(self) -> None:
        """Copy the weights, as those of the best epoch so far."""
        self.best = {name: array.copy() for name, array in self.model.params.items()}

    def restore_best(self) -> None:
        """Put the weights of the best epoch into the model."""
        for name, array in self.best.items():
            self.model.params[name][...] = array

    def arrays(self) -> dict[str, np.ndarray]:
        """The weights, Adam's moments of each and the best weights; the arrays, not copies."""
        moments = {"m": self.optimizer.m, "v": self.optimizer.v, "best": self.best}
        flat = {f"{name}.{key}": a for name, of in moments.items() for key, a in of.items()}
        return self.model.params | flat

    def _rngs(self) -> dict[str, np.random.Generator]:
        dropouts = {name: layer.rng for name, layer in self.model.dropouts.items()}
        return {"rng": self.rng, **dropouts}

    def fingerprint(self, *data: np.ndarray | None) -> str:
        """A hash of the data and of all that training begins with: no other ends the same."""
        optimizer, model = self.optimizer, self.model
        numbers = [optimizer.t, optimizer.lr, optimizer.betas, optimizer.eps]
        numbers += [layer.rate for layer in model.dropouts.values()]
        numbers += [layer.backend for layer in model.lstms.values()]  # they differ in the last bits
        numbers += [optimizer.backend, getattr(optimizer, "max_norm", None)]
        states = [rng.bit_generator.state for rng in self._rngs().values()]
        digest = hashlib.sha256(json.dumps([numbers, states], default=plain).encode())
        for array in (*self.arrays().values(), *data):
            array = np.empty(0) if array is None else np.ascontiguousarray(array)
            digest.update(f"{array.shape} {array.dtype}".encode())
            digest.update(array.data)
        return digest.hexdigest()

    def _unreachable(self, history: History, step: int) -> str:
        """Why a training of these settings never comes to such a state; "" if it may."""
        epochs = self.settings.get("epochs", history.epochs)
        if history.epochs > epochs:
            return f"{history.epochs} epochs of {epochs}"
        if "batch" in self.settings:
            steps = history.epochs * -(-self.settings["per_epoch"] // self.settings["batch"])
            if (found := step - self.optimizer.t) != steps:
                epochs = f"{history.epochs} epoch{'s' * (history.epochs != 1)}"
                return f"{found} steps where {epochs} take{'s' * (history.epochs == 1)} {steps}"
        if self.settings and bool(history.validation) != bool(self.best and history.epochs):
            return "with a validation loss or without, unlike this one"
        return ""

    def save(self, path: str | os.PathLike[str], history: History) -> None:
        """Write everything to a file, which appears whole or not at all."""
        state = {
            "settings": self.settings,
            "step": self.optimizer.t,
            "learning_rate": self.optimizer.lr,
            **{name: rng.bit_generator.state for name, rng in self._rngs().items()},
            "history": asdict(history),
        }
        text = np.frombuffer(json.dumps(state, default=plain).encode(), np.uint8)
        write_arrays(path, self.arrays() | {"state": text})

    def resume(self, path: str | os.PathLike[str], data: list[np.ndarray | None]) -> History:
        """Go back to what a file holds, if it is there; its history, or else an empty one.

        `data` is trained on, and with all else that training begins with becomes a setting, so that
        no other training goes on from the file. Raises CheckpointError as `load` does, and
        FileNotFoundError where there is no folder to write to: now, and not after an epoch.
        """
        self.settings = self.settings | {"beginning": self.fingerprint(*data)}
        if os.path.exists(path):
            return self.load(path)
        if not os.path.isdir(folder := os.path.dirname(os.path.abspath(path))):
            raise FileNotFoundError(errno.ENOENT, "no folder for the checkpoint", folder)
        return History()

    def load(self, path: str | os.PathLike[str]) -> History:
        """Go back to what a file holds, in place; its history.

        Raises FileNotFoundError, and CheckpointError if the file is damaged or belongs to another
        training. Then nothing has changed.
        """
        mine = self.arrays()
        axes = {name: array.ndim for name, array in mine.items()} | {"state": 1}
        types = {name: array.dtype for name, array in mine.items()} | {"state": np.dtype(np.uint8)}
        try:
            found = read_arrays(path, axes, types)
            state = json.loads(found.pop("state").tobytes())
            compare_shapes(path, found, {name: array.shape for name, array in mine.items()})
            history, step = History(**state["history"]), state["step"]
            rate = state["learning_rate"]
            _check(history, step, rate)
            streams = [(rng.bit_generator, state[name]) for name, rng in self._rngs().items()]
            for generator, stream in streams:
                type(generator)().state = stream  # raises, if it is none
            settings = state["settings"]
        except FileNotFoundError:
            raise
        except WeightsError as error:
            raise CheckpointError(str(error).rpartition(";")[0]) from None
        except Exception as error:  # of JSON, of a generator: more than one could list
            raise CheckpointError(f"{path} holds no state of training ({error})") from None
        if settings != json.loads(json.dumps(self.settings, default=plain)):
            raise CheckpointError(f"{path} belongs to a training with other settings")
        if problem := self._unreachable(history, step):
            raise CheckpointError(f"{path} holds no state of this training ({problem})")
        for generator, stream in streams:
            generator.state = stream
        self.optimizer.t, self.optimizer.lr = step, rate
        for name, array in mine.items():
            array[...] = found[name]
        return history


def read_history(path: str | os.PathLike[str]) -> History:
    """What happened in the training that wrote a file, whatever its model and settings.

    Raises FileNotFoundError, and CheckpointError if the file is damaged.

    >>> from tinylstm import LSTMRegressor, fit
    >>> x, y, model = np.zeros((8, 5, 2)), np.ones(8), LSTMRegressor(2, 4)
    >>> history = fit(model, x, y, epochs=2, checkpoint="fit.npz", progress=False)
    >>> read_history("fit.npz") == history
    True
    """
    try:
        with open_file(path) as file, np.load(file, allow_pickle=False) as arrays:
            state = json.loads(arrays["state"].tobytes())
        history = History(**state["history"])
        _check(history, state["step"], state["learning_rate"])
    except FileNotFoundError:
        raise
    except Exception as error:  # of zipfile, of JSON: more than one could list
        raise CheckpointError(f"{path} holds no state of training ({error})") from None
    return history


def plain(value: Any) -> Any:
    """NumPy's numbers and arrays, as JSON has them.

    >>> plain(np.float64(0.5)), plain(np.arange(3))
    (0.5, [0, 1, 2])
    """
    return value.tolist()


def _check(history: History, step: int, rate: float) -> None:
    """Raise ValueError unless all are numbers, as many in each column as there are epochs."""
    require_number("learning_rate", rate)
    columns = [history.loss, history.seconds, *history.metrics.values()]
    columns += [history.validation] if history.validation else []
    for column in columns:
        if not isinstance(column, list) or len(column) != history.epochs:
            raise ValueError("another number of epochs in each part of its history")
    for number in (step, *(number for column in columns for number in column)):
        if not isinstance(number, int | float) or isinstance(number, bool):
            raise ValueError(f"{number!r} is no number")
    if not isinstance(step, int) or not 0 <= step < 2**63:
        raise ValueError(f"{step} is no number of steps")
