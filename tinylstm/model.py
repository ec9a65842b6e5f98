"""The forecaster: LSTM -> Dropout -> Dense(ReLU) -> Dense, its file of weights and their size."""

import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from tinylstm import backends
from tinylstm.arguments import as_numbers, generator_of, require_size
from tinylstm.compression.packed import is_packed, read_packed
from tinylstm.initial import NoNumbers
from tinylstm.layers import Dense, Dropout
from tinylstm.losses import SquaredError, Targets
from tinylstm.lstm import LSTM, Input, Last
from tinylstm.network import PREDICT_BATCH, Network
from tinylstm.padded import Padded
from tinylstm.parameters import PARAMETERS, as_parameters, fitting_shapes
from tinylstm.sharing import one_thread
from tinylstm.weights import compare_shapes, read_arrays
from tinylstm.windows import Windows

BYTES_PER_KB = 1024


class LSTMRegressor(Network):
    """One number from a window: the last hidden state, through dropout and two dense layers.

    `params` and `grads` are flat dictionaries with the keys lstm.W (D, 4H), lstm.U (H, 4H),
    lstm.b (4H,), dense1.W (H, dense_size), dense1.b, dense2.W (dense_size, 1), dense2.b (1,).
    The seed sets the initial weights and, apart from them, the stream of dropout.
    Raises ValueError for a size below 1, dropout outside [0, 1), an unknown backend or a type that
    is not float32 or float64; ImportError for the backend "numba" where Numba cannot run.

    Threads may share a model that predicts: `predict` keeps nothing. What trains it runs in one
    thread at a time, and raises RuntimeError while another is at it.

    >>> rng = np.random.default_rng(0)
    >>> x, y = rng.normal(size=(64, 30, 7)), rng.normal(size=64)
    >>> model = LSTMRegressor(input_size=7, hidden_size=16, seed=0)
    >>> loss, mean = model.loss_and_grad(x, y), model.predict_with_dropout(x, n_masks=10)
    >>> model.grads["lstm.W"].shape, model.predict(x).shape, model.n_params
    ((7, 64), (64,), 1825)
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        dense_size: int = 16,
        dropout: float = 0.2,
        seed: int = 0,
        backend: str = backends.DEFAULT,
        dtype: DTypeLike = np.float32,
    ) -> None:
        weights_rng, dropout_rng = generator_of(seed).spawn(2)
        sizes = input_size, hidden_size, dense_size
        self._build(sizes, dropout, weights_rng, dropout_rng, backend, dtype)

    def _build(
        self,
        sizes: tuple[int, int, int],
        dropout: float,
        weights_rng: np.random.Generator,
        dropout_rng: np.random.Generator,
        backend: str,
        dtype: DTypeLike = np.float32,
    ) -> None:
        D, H, K = sizes
        require_size("dense_size", K)
        self._lstm = LSTM(D, H, weights_rng, dtype, backend)
        self._dropout = Dropout(dropout, dropout_rng)
        self._dense1 = Dense(H, K, weights_rng, relu=True, dtype=dtype)
        self._dense2 = Dense(K, 1, weights_rng, dtype=dtype)
        super().__init__(
            SquaredError(),
            lstm=Last(self._lstm),
            dropout=self._dropout,
            dense1=self._dense1,
            dense2=self._dense2,
        )
        self._predictors = {name: each.Predictor() for name, each in backends.BACKENDS.items()}

    @property
    def lstm(self) -> LSTM:
        """The first layer."""
        return self._lstm

    @property
    def dropout(self) -> Dropout:
        """Between the LSTM and the head, in training."""
        return self._dropout

    @property
    def dense1(self) -> Dense:
        """The first layer of the head, with a ReLU."""
        return self._dense1

    @property
    def dense2(self) -> Dense:
        """The second layer of the head, of one output."""
        return self._dense2

    def _in_order(self) -> tuple[np.ndarray, ...]:
        # As in `params`, in a fraction of its time.
        lstm, dense1, dense2 = self._lstm.params, self._dense1.params, self._dense2.params
        return (
            *(lstm["W"], lstm["U"], lstm["b"]),
            *(dense1["W"], dense1["b"], dense2["W"], dense2["b"]),
        )

    def predict(self, x: Input, **state: ArrayLike | None) -> np.ndarray:
        """Predictions (B,) for x (B, T, D), dropout off.

        With the backend "numba" a window's prediction is the same bits alone as among many.
        """
        if state or isinstance(x, Padded):
            return self.infer(x, **state)[:, 0]
        if type(x) is not np.ndarray and not isinstance(x, Windows):  # masked ones are refused
            x = as_numbers("x", x)
        is_usual = self._dense1.relu and not self._dense2.relu  # as kernels take for granted
        predictor = self._predictors[self._lstm.backend if is_usual else "numpy"]
        params = self._in_order()
        y = predictor.few(x, params)
        if y is None:
            parts = [(h, predictor.head(h, params)) for h in self._last_states(x)]
            y = np.concatenate([self._predict(h) if part is None else part for h, part in parts])
        return y

    @one_thread
    def predict_with_dropout(self, x: Input, n_masks: int) -> np.ndarray:
        """Predictions (B,) with dropout on: the mean over n_masks random masks.

        Where it differs from `predict`, training with dropout fitted a mean over masks that the
        network without them does not have. Source: Gal and Ghahramani, "Dropout as a Bayesian
        approximation", 2016 (Monte Carlo dropout).
        """
        require_size("n_masks", n_masks)
        return np.concatenate(
            [
                np.mean([self._head(self.dropout.forward(h)) for _ in range(n_masks)], axis=0)
                for h in self._last_states(x)
            ]
        )

    def _last_states(self, x: Input) -> Iterator[np.ndarray]:
        # At least one piece, so that no window at all has a prediction too: an empty one.
        x = x if isinstance(x, Padded) else self.lstm.arguments(x)[0]  # once, not for each piece
        for start in range(0, max(len(x), 1), PREDICT_BATCH):
            yield self.lstm.predict_last(x[start : start + PREDICT_BATCH])

    def _head(self, h: np.ndarray) -> np.ndarray:
        return self.dense2.forward(self.dense1.forward(h))[:, 0]

    def _predict(self, h: np.ndarray) -> np.ndarray:
        return self.dense2.predict(self.dense1.predict(h))[:, 0]

    def outputs(self, x: Input, **state: ArrayLike | None) -> np.ndarray:
        """The predictions as outputs of the last layer, (B, 1)."""
        return self.predict(x, **state)[:, np.newaxis]

    def initial_state(self, batch: int) -> dict[str, np.ndarray]:
        """h0 and c0, zeros (batch, H), as `loss_and_grad` takes them."""
        return self.lstm.initial_state(batch)

    @property
    def input_grads(self) -> dict[str, np.ndarray]:
        """The gradients of h0, c0 and, if it was asked for, x in the last `loss_and_grad`."""
        return {name.removeprefix("lstm."): g for name, g in super().input_grads.items()}

    def loss_and_grad(
        self,
        x: Input,
        y: Targets,
        h0: ArrayLike | None = None,
        c0: ArrayLike | None = None,
        with_dx: bool = False,
        weights: ArrayLike | None = None,
        **state: ArrayLike | None,
    ) -> float:
        """Mean squared error of the predictions for x (B, T, D) against y (B,), dropout on.

        With weights (B,) it is mean(weights * error²).

        Fills `grads`, and `input_grads`: there x, for whose gradient training has no use, has one
        only `with_dx`. The initial states h0 and c0 (B, H) are zero if not given.
        Raises ValueError if a shape does not fit or there is no window.
        """
        if h0 is not None or c0 is not None:
            state = {"lstm.h0": h0, "lstm.c0": c0} | state
        return super().loss_and_grad(x, y, weights=weights, with_dx=with_dx, **state)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        dropout: float = 0.2,
        seed: int = 0,
        backend: str = backends.DEFAULT,
    ) -> Self:
        """A model with the weights of a file that `save` wrote; its sizes follow from the shapes.

        Of a packed file (`packed.py`) it has the float32 weights that the whole numbers stand for.
        Dropout and seed matter only for further training and are not in the file.
        Raises FileNotFoundError, and WeightsError if the file is damaged or holds anything else.

        >>> model = LSTMRegressor(7, 16)
        >>> model.save("m.npz")
        >>> same = LSTMRegressor.load("m.npz")
        >>> np.array_equal(same.params["lstm.U"], model.params["lstm.U"])
        True
        """
        if os.path.isfile(path) and is_packed(path):
            return cls.from_params(read_packed(path).params, dropout, seed, backend)
        arrays = read_arrays(path, PARAMETERS)
        # Before there is a model: its sizes could be far larger than the file.
        compare_shapes(path, arrays, fitting_shapes(arrays))
        return cls.from_params(arrays, dropout, seed, backend)

    @classmethod
    def from_params(
        cls,
        params: Mapping[str, ArrayLike],
        dropout: float = 0.2,
        seed: int = 0,
        backend: str = backends.DEFAULT,
    ) -> Self:
        """A float32 model with a copy of such `params`; its sizes follow from the shapes.

        Raises ValueError if a name is missing or unknown, or the shapes do not fit together.

        >>> LSTMRegressor.from_params(LSTMRegressor(7, 16).params, dropout=0.0).n_params
        1825
        """
        params = as_parameters(params)
        D, (H, K) = len(params["lstm.W"]), params["dense1.W"].shape
        model = cls.__new__(cls)
        dropout_rng = generator_of(seed).spawn(2)[1]
        model._build((D, H, K), dropout, NoNumbers(), dropout_rng, backend)
        for name, array in model.params.items():
            array[:] = params[name]
        return model


class ModelSize(NamedTuple):
    """Number of parameters, their bytes as stored, and the same in KB of 1024 bytes."""

    n_params: int  # how many numbers are stored
    bytes: int  # that they take
    kb: float  # the same in KB of 1024 bytes


def model_size(model: Network) -> ModelSize:
    """Count what `model.save` stores: the arrays themselves, without the frame of the file.

    >>> model_size(LSTMRegressor(input_size=7, hidden_size=64))
    ModelSize(n_params=19489, bytes=77956, kb=76.12890625)
    """
    arrays = model.stored().values()
    n_bytes = sum(array.nbytes for array in arrays)
    return ModelSize(sum(array.size for array in arrays), n_bytes, n_bytes / BYTES_PER_KB)
