"""A network: a chain of layers with a loss at its end.

network = Network(
    SoftmaxCrossEntropy(),
    lstm=LSTM(input_size=30, hidden_size=64, rng=rng),
    head=EachStep(Dense(64, 30, rng)),
)
loss = network.loss_and_grad(x, y)             # x (B, T, 30), y (B, T); fills network.grads
Adam(network.params).step(network.grads)       # under "lstm.W", "lstm.U", ..., "head.b"
loss = network.loss_and_grad(next_x, next_y, **network.last_state)   # goes on from there
"""

import copy
import os
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from tinylstm.arguments import as_numbers, float_type, shown
from tinylstm.chain import Array, Arrays, Chain, Layer
from tinylstm.layers import Dropout
from tinylstm.losses import Loss, Targets, mean_loss
from tinylstm.optim import Grads
from tinylstm.padded import Padded
from tinylstm.sharing import one_thread
from tinylstm.weights import WeightsError, compare_shapes, read_arrays, write_arrays
from tinylstm.windows import Windows

# Prediction goes through many windows in pieces, so that memory stays small.
PREDICT_BATCH = 1024


class Network(Chain):
    """Layers with a loss at their end: what `Adam`, `fit` and `gradient_check` work on.

    Network(SquaredError(), lstm=Last(LSTM(7, 16, rng)), head=Dense(16, 1, rng))

    >>> from tinylstm import LSTM, Adam, Dense, EachStep, SoftmaxCrossEntropy
    >>> rng = np.random.default_rng(0)
    >>> layers = {"lstm": LSTM(3, 16, rng), "head": EachStep(Dense(16, 3, rng))}
    >>> network = Network(SoftmaxCrossEntropy(), **layers)
    >>> classes = rng.integers(3, size=(8, 10))
    >>> x, y = np.eye(3)[classes], np.roll(classes, 1, axis=1)  # to repeat the class before
    >>> optimizer, first = Adam(network.params, lr=0.05), network.evaluate(x, y)
    >>> for _ in range(20):
    ...     loss = network.loss_and_grad(x, y)
    ...     optimizer.step(network.grads)
    >>> network.evaluate(x, y) < first, network.predict(x).shape, network.outputs(x).shape
    (True, (8, 10, 3), (8, 10, 3))
    """

    def __init__(self, loss: Loss, /, **layers: Layer) -> None:
        super().__init__(**layers)
        if isinstance(loss, type) or not hasattr(loss, "forward"):
            raise ValueError(f"loss must be one such as SquaredError(), not {shown(loss)}")
        self.loss = loss  # of the outputs, by which the network learns
        self._dx: Array | None = None  # of the last `loss_and_grad`, if it was asked for

    @property
    def grads(self) -> Arrays:
        """The gradients of the last `loss_and_grad`, with the keys and shapes of `params`."""
        return Grads(self._flat("grads"), self.params)

    @property
    def input_grads(self) -> Arrays:
        """The gradients of what went in: of the initial states and, if it was asked for, of x."""
        return ({} if self._dx is None else {"x": self._dx}) | self.state_grads

    @property
    def n_params(self) -> int:
        """How many numbers there are to learn."""
        return sum(array.size for array in self.params.values())

    @one_thread
    def loss_and_grad(
        self,
        x: Any,
        y: Targets,
        *,
        weights: ArrayLike | None = None,
        with_dx: bool = False,
        **state: ArrayLike | None,
    ) -> float:
        """The loss of the outputs for x against y, dropout on; see `losses.py` for their shapes.

        Fills `grads`, and `input_grads`: there x, for whose gradient training has no use, has one
        only `with_dx`.
        Raises ValueError if a shape does not fit or there is no window.
        """
        loss = self.loss.forward(self.forward(x, **state), y, weights)
        dx = self.backward(self.loss.backward(), with_dx)
        self._dx = dx if with_dx else None
        return loss

    def predict(self, x: Any, **state: ArrayLike | None) -> Array:
        """What the loss makes of the outputs for x, dropout off: probabilities of classes, say."""
        return self.loss.predict(self.outputs(x, **state))

    @one_thread
    def outputs(self, x: Any, **state: ArrayLike | None) -> Array:
        """The outputs of the last layer for x, dropout off."""
        x = x if isinstance(x, Windows | Padded) else as_numbers("x", x)
        if not x.shape:
            raise ValueError("x must be an array of windows, not a number")
        given = {name: as_numbers(name, s) for name, s in state.items() if s is not None}
        if number := next((name for name, s in given.items() if not s.shape), None):
            raise ValueError(f"{number} must be an array of states, not a number")
        pieces = [slice(n, n + PREDICT_BATCH) for n in range(0, max(len(x), 1), PREDICT_BATCH)]
        parts = [self.infer(x[p], **{name: s[p] for name, s in given.items()}) for p in pieces]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def evaluate(self, x: Any, y: Targets, weights: ArrayLike | None = None) -> float:
        """The loss with dropout off, its mean in float64; no gradient."""
        return mean_loss(self.loss, self.outputs(x), y, weights)

    @property
    def dropouts(self) -> dict[str, Dropout]:
        """The layers that draw random numbers."""
        return {name: layer for name, layer in self._leaves if isinstance(layer, Dropout)}

    def astype(self, dtype: DTypeLike) -> Self:
        """A copy, state of dropout included, that computes in float32 or float64.

        >>> from tinylstm import LSTMRegressor
        >>> LSTMRegressor(7, 16).astype(np.float64).params["lstm.W"].dtype
        dtype('float64')
        """
        twin, dtype = copy.deepcopy(self), float_type(dtype)
        for _, layer in twin._leaves:
            layer.params = {name: array.astype(dtype) for name, array in layer.params.items()}
        return twin

    def stored(self) -> Arrays:
        """The arrays as `save` writes them and `model_size` counts them: `params` in float32.

        >>> from tinylstm import LSTMRegressor
        >>> LSTMRegressor(7, 16).stored()["lstm.W"].nbytes
        1792
        """
        return {name: np.asarray(array, np.float32) for name, array in self.params.items()}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the weights, and nothing else, as an uncompressed .npz of float32 arrays.

        The file appears whole or not at all. Where there is a link, the file that it points to is
        written. Raises OSError, also in the place of a device, a pipe or a folder.
        """
        write_arrays(os.path.realpath(path), self.stored())

    def load_weights(self, path: str | os.PathLike[str]) -> Self:
        """Take over the weights of a file that `save` of such a network wrote; itself.

        Raises FileNotFoundError, and WeightsError if the file is damaged or of another network;
        then no weight has changed.

        >>> from tinylstm import LSTM, Last, SquaredError
        >>> network = Network(SquaredError(), lstm=Last(LSTM(7, 1, np.random.default_rng(0))))
        >>> network.save("weights.npz")
        >>> network.load_weights("weights.npz") is network
        True
        """
        mine = self.params
        try:
            found = read_arrays(path, {name: array.ndim for name, array in mine.items()})
            compare_shapes(path, found, {name: array.shape for name, array in mine.items()})
        except WeightsError as error:
            what = str(error).rpartition(";")[0]
            raise WeightsError(f"{what}; use a file that this network's save wrote") from None
        for name, array in mine.items():
            array[...] = found[name]
        return self
