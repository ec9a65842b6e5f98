"""What a network is trained on: windows, a target of each, and perhaps a weight of each."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from tinylstm.arguments import as_numbers
from tinylstm.losses import Targets
from tinylstm.lstm import Input
from tinylstm.network import Network
from tinylstm.padded import Padded
from tinylstm.windows import Windows


@dataclass(frozen=True, eq=False)
class Dataset:
    """Windows (N, T, D), targets (N,) or (N, T), and weights of the targets or None.

    >>> from tinylstm import LSTMRegressor
    >>> model = LSTMRegressor(1, 8)
    >>> data = Dataset.of(model, np.zeros((5, 10, 1)), range(5), weights=None)
    >>> len(data), data.loss(model) > data.loss_and_grad(model, np.array([3, 0]))
    (5, True)
    """

    windows: np.ndarray | Windows | Padded  # (N, T, D)
    y: np.ndarray | Padded  # the target of each window, or of each of its steps
    weights: np.ndarray | None  # how much each target counts; None: all the same

    @classmethod
    def of(cls, model: Network, windows: Input, y: Targets, weights: ArrayLike | None) -> Self:
        """All as arrays, the rows of Windows in the model's type.

        Raises ValueError if they are no numbers or differ in number.
        """
        if isinstance(windows, Windows):  # once, and not for each batch again
            windows = windows.astype(next(iter(model.params.values())).dtype)
        elif not isinstance(windows, Padded):
            windows = as_numbers("windows", windows)
        y = y if isinstance(y, Padded) else as_numbers("y", y)
        weights = None if weights is None else as_numbers("weights", weights)
        n_windows = windows.shape[0] if windows.shape else 0
        shapes = {(n_windows,), windows.shape[:2]}
        for name, of_each in (("targets", y), ("weights", weights)):
            if of_each is not None and of_each.shape not in shapes:
                raise ValueError(
                    f"{n_windows} windows need {n_windows} {name}, not {of_each.shape}"
                )
        return cls(windows, y, weights)

    def __len__(self) -> int:
        return len(self.y)

    def loss_and_grad(self, model: Network, batch: np.ndarray) -> float:
        """The model's loss on the windows with these numbers; fills its gradients."""
        weighted: dict[str, Any] = {} if self.weights is None else {"weights": self.weights[batch]}
        return model.loss_and_grad(self.windows[batch], self.y[batch], **weighted)

    def loss(self, model: Network) -> float:
        """The model's loss on all windows, dropout off."""
        return model.evaluate(self.windows, self.y, self.weights)

    def arrays(self) -> list[np.ndarray | None]:
        """All that it consists of, for a fingerprint."""
        targets = [self.y.values, self.y.lengths] if isinstance(self.y, Padded) else [self.y]
        return [*targets, self.weights, *_arrays(self.windows)]


def _arrays(windows: np.ndarray | Windows | Padded) -> list[np.ndarray | None]:
    if isinstance(windows, Windows):
        return [windows.rows, windows.starts, windows.scale, np.array(windows.steps)]
    return [windows.values, windows.lengths] if isinstance(windows, Padded) else [windows]
