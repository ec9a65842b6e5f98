"""Training between two epochs, in a file, so that it goes on later with the same bits.

An uncompressed .npz with the weights and Adam's moments, and, as bytes of JSON under the name
`state`, everything that is not an array: the settings of the training, Adam's step, the states of
the random generators and the history. Nothing in it is pickled.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from tinylstm.model import LSTMRegressor
from tinylstm.optim import Adam
from tinylstm.weights import WeightsError, compare_shapes, read_arrays, write_arrays


class CheckpointError(ValueError):
    """A file from which training cannot go on; the message says why."""


@dataclass
class History:
    """What happened in each epoch."""

    loss: list[float] = field(default_factory=list)  # mean training loss over the epoch's windows
    seconds: list[float] = field(default_factory=list)  # wall-clock time of training
    metrics: dict[str, list[float]] = field(default_factory=dict)  # what `on_epoch` adds to it

    @property
    def epochs(self) -> int:
        """How many epochs are done."""
        return len(self.loss)


@dataclass(frozen=True)
class Training:
    """What changes while a model is trained, and `settings` that must not."""

    model: LSTMRegressor
    optimizer: Adam
    rng: np.random.Generator
    settings: dict[str, Any]

    def arrays(self) -> dict[str, np.ndarray]:
        """The weights, and Adam's moments of each; the arrays themselves, not copies."""
        moments = {"m": self.optimizer.m, "v": self.optimizer.v}
        flat = {f"{name}.{key}": a for name, of in moments.items() for key, a in of.items()}
        return self.model.params | flat

    def save(self, path: str | os.PathLike, history: History) -> None:
        """Write everything to a file, which appears whole or not at all."""
        state = {
            "settings": self.settings,
            "step": self.optimizer.t,
            "rng": self.rng.bit_generator.state,
            "dropout": self.model.dropout.rng.bit_generator.state,
            "history": asdict(history),
        }
        text = np.frombuffer(json.dumps(state).encode(), np.uint8)
        write_arrays(path, self.arrays() | {"state": text})

    def load(self, path: str | os.PathLike) -> History:
        """Go back to what a file holds, in place; its history.

        Raises FileNotFoundError, and CheckpointError if the file is damaged or belongs to another
        training. Then nothing has changed.
        """
        mine = self.arrays()
        axes = {name: array.ndim for name, array in mine.items()} | {"state": 1}
        types = {name: array.dtype for name, array in mine.items()} | {"state": np.uint8}
        try:
            found = read_arrays(path, axes, types)
            state = json.loads(found.pop("state").tobytes())
            compare_shapes(path, found, {name: array.shape for name, array in mine.items()})
            history = History(**state["history"])
            step, rng, dropout = state["step"], state["rng"], state["dropout"]
            settings = state["settings"]
        except WeightsError as error:
            raise CheckpointError(str(error).partition(";")[0]) from None
        except (ValueError, KeyError, TypeError) as error:
            raise CheckpointError(f"{path} holds no state of training ({error})") from None
        if settings != json.loads(json.dumps(self.settings)):
            raise CheckpointError(f"{path} belongs to a training with other settings")
        self.rng.bit_generator.state = rng
        self.model.dropout.rng.bit_generator.state = dropout
        self.optimizer.t = step
        for name, array in mine.items():
            array[...] = found[name]
        return history
