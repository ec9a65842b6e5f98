"""A network that computes with simpler weights than it learns: rounded ones, or mostly zeros.

In every pass the parameters are replaced by their projection: the nearest that may be stored. The
gradient is taken there, and moves the parameters behind it, as if the projection were not there
(the "straight-through" gradient: Bengio, Léonard & Courville 2013). A weight that has to move far
thus gathers many small steps, which rounding alone would lose.

Sources: Hubara et al., "Quantized neural networks", 2016 (rounding); Han et al., "Learning both
weights and connections", 2015 (small weights to zero); Guo, Yao & Chen, "Dynamic network surgery",
2016 (a weight that was cut off may come back).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from tinylstm.arguments import require_size, shown
from tinylstm.compression.quantize import quantize
from tinylstm.lstm import Input
from tinylstm.model import LSTMRegressor
from tinylstm.sharing import one_thread

Params = Mapping[str, np.ndarray]
Projection = Callable[[Params], Params]


class ProjectedRegressor(LSTMRegressor):
    """A forecaster that computes with `projection(params)`, and learns `params`.

    The projection may be set once the model is there; at first it changes nothing. `grads` are
    those at the projected weights. `stored` has the projected weights, and so has a file.

    >>> model = ProjectedRegressor(7, 16)
    >>> model.projection = pruning(0.9)
    >>> y = model.predict(np.ones((5, 30, 7)))  # with a tenth of the weights
    >>> int(np.count_nonzero(model.stored()["lstm.U"])), model.params["lstm.U"].size
    (102, 1024)
    """

    projection: Projection = dict  # of the class, for `from_params` and `load` too

    @one_thread
    def loss_and_grad(self, *arguments: Any, **options: Any) -> float:
        """As that of `LSTMRegressor`, at the projected weights."""
        with self._projected():
            return super().loss_and_grad(*arguments, **options)

    @one_thread
    def predict(self, x: Input, **state: ArrayLike | None) -> np.ndarray:
        """As that of `LSTMRegressor`, with the projected weights."""
        with self._projected():
            return super().predict(x, **state)

    @one_thread
    def predict_with_dropout(self, x: Input, n_masks: int) -> np.ndarray:
        """As that of `LSTMRegressor`, with the projected weights."""
        with self._projected():
            return super().predict_with_dropout(x, n_masks)

    def stored(self) -> dict[str, np.ndarray]:
        """The projected weights, float32."""
        projected = self.projection(self.params)
        return {name: np.asarray(array, np.float32) for name, array in projected.items()}

    @contextmanager
    def _projected(self) -> Iterator[None]:
        # In place, so that all who hold the arrays see them.
        params = self.params
        kept = {name: array.copy() for name, array in params.items()}
        try:
            for name, array in self.projection(kept).items():
                params[name][...] = array
            yield
        finally:
            for name, array in kept.items():
                params[name][...] = array


def rounding(bits: int, per: str = "array") -> Projection:
    """To the nearest weights of so many bits, see `quantize.py`.

    >>> from tinylstm import LSTMRegressor
    >>> params = rounding(bits=2)(LSTMRegressor(7, 16).params)
    >>> len(np.unique(params["lstm.W"]))  # minus, nothing or plus
    3
    """
    return lambda params: quantize(params, bits, per).params


def pruning(sparsity: float) -> Projection:
    """To matrices in which so large a share of the weights, the smallest, is zero; biases stay.

    Raises ValueError for a share below 0 or above 1.

    >>> params = pruning(sparsity=0.5)({"W": np.array([[1.0, -4.0], [3.0, 0.5]])})
    >>> params["W"].tolist()
    [[0.0, -4.0], [3.0, 0.0]]
    """

    if not isinstance(sparsity, Real) or not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity must be from 0 to 1, not {shown(sparsity)}")

    def prune(params: Params) -> Params:
        return {name: without_smallest(array, sparsity) for name, array in params.items()}

    return prune


def without_smallest(array: np.ndarray, share: float) -> np.ndarray:
    """A matrix with so large a share of its weights, the smallest, at zero; a vector as it is.

    >>> without_smallest(np.array([[1.0, -4.0], [3.0, 0.5]]), share=0.25).tolist()
    [[1.0, -4.0], [3.0, 0.0]]
    """
    count = round(share * array.size)
    if array.ndim < 2 or count == 0:
        return array
    smallest = np.argsort(np.abs(array), axis=None, kind="stable")[:count]
    pruned = array.copy()
    pruned.reshape(-1)[smallest] = 0
    return pruned


def without_units(params: Params, keep: int) -> dict[str, np.ndarray]:
    """The parameters of the `keep` hidden units whose weights, in and out, are largest in all.

    A unit's size is the root of the sum of the squares of its weights: its four columns of W and U,
    and its rows of U and of the dense layer. Raises ValueError for a `keep` below 1, or
    of more units than there are.

    >>> from tinylstm import LSTMRegressor
    >>> params = without_units(LSTMRegressor(7, 16).params, keep=4)
    >>> LSTMRegressor.from_params(params).n_params
    289
    """
    require_size("keep", keep)
    W, U, dense = params["lstm.W"], params["lstm.U"], params["dense1.W"]
    H = len(U)
    if keep > H:
        raise ValueError(f"keep must be at most {H}, the units that there are, not {keep}")
    into = np.square(np.concatenate([W, U])).reshape(-1, 4, H).sum(axis=(0, 1))
    out = np.square(U).sum(axis=1) + np.square(dense).sum(axis=1)
    kept = np.sort(np.argsort(-(into + out), kind="stable")[:keep])
    columns = (np.arange(4)[:, np.newaxis] * H + kept).reshape(-1)
    return {
        **params,
        "lstm.W": W[:, columns],
        "lstm.U": U[np.ix_(kept, columns)],
        "lstm.b": params["lstm.b"][columns],
        "dense1.W": dense[kept],
    }
