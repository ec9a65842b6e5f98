"""What is to be made small, and its gradient: squared error, cross-entropy, Poisson.

A loss takes outputs (..., K) and targets y (...), one for each group of K outputs: (B, K) and (B,)
where a window has one target, (B, T, K) and (B, T) where each step has. Like a layer it goes
forward and backward:

    value = loss.forward(outputs, y)     L = Σ weight * l(output, y) / N
    d_outputs = loss.backward()          (..., K)

N is the number of targets. Where y is Padded, steps beyond the end of a sequence do not count.
"""

import numpy as np
from numpy.typing import ArrayLike

from tinylstm.arguments import as_shape
from tinylstm.layers import require_forward
from tinylstm.padded import Padded

Array = np.ndarray
Targets = ArrayLike | Padded
Aligned = tuple[Array, Array | None, int]  # targets and weights as arrays, and how many count


class SquaredError:
    """l = (output - y)², for one output.

    >>> loss, outputs = SquaredError(), np.array([[1.0], [3.0]])
    >>> loss.forward(outputs, y=[1, 1])
    2.0
    >>> loss.backward().tolist()
    [[0.0], [2.0]]
    >>> loss.predict(outputs)
    array([1., 3.])
    """

    def __init__(self) -> None:
        self._kept: tuple[Array, int] | None = None

    def each(self, outputs: Array, y: Array) -> Array:
        """l of each target.

        >>> SquaredError().each(np.array([[1.0], [3.0]]), np.ones(2))
        array([0., 4.])
        """
        return np.square(outputs[..., 0] - y)

    def aligned(self, outputs: Array, y: Targets, weights: ArrayLike | None) -> Aligned:
        """Raises ValueError if a shape does not fit.

        >>> SquaredError().aligned(np.zeros((2, 1)), [1, 2], weights=None)
        (array([1., 2.]), None, 2)
        """
        return aligned(outputs, y, weights, n_outputs=1)

    def forward(self, outputs: Array, y: Targets, weights: ArrayLike | None = None) -> float:
        """The loss of outputs (..., 1). Raises ValueError as `aligned` does."""
        y, weights, n = self.aligned(outputs, y, weights)
        error = outputs[..., 0] - y
        weighted = error if weights is None else error * weights
        self._kept = weighted, n
        return float(np.add.reduce(weighted * error, axis=None) / n)  # np.mean, in half its time

    def backward(self) -> Array:
        """2 weight (output - y) / N, (..., 1)."""
        weighted, n = require_forward(self._kept, "backward")
        return ((2 / n) * weighted)[..., np.newaxis]

    def predict(self, outputs: Array) -> Array:
        """The output itself, (...)."""
        return outputs[..., 0]


class SoftmaxCrossEntropy:
    """l = -log p_y, p = softmax(outputs): y is the number of a class, from 0 to K - 1.

    In nats; divided by log 2, bits. (Bishop, "Pattern Recognition and Machine Learning", 4.3.4.)

    >>> loss, logits = SoftmaxCrossEntropy(), np.array([[0.0, 0.0], [0.0, 2.0]])
    >>> round(loss.forward(logits, y=[0, 1]), 3)
    0.41
    >>> loss.backward().round(3).tolist()
    [[-0.25, 0.25], [0.06, -0.06]]
    >>> loss.predict(logits).round(3).tolist()
    [[0.5, 0.5], [0.119, 0.881]]
    """

    def __init__(self) -> None:
        self._kept: tuple[Array, Array, Array | None, int] | None = None

    def each(self, outputs: Array, y: Array) -> Array:
        """l of each target."""
        chosen = y.astype(np.int64)[..., np.newaxis]
        return -np.take_along_axis(_log_softmax(outputs), chosen, axis=-1)[..., 0]

    def aligned(self, outputs: Array, y: Targets, weights: ArrayLike | None) -> Aligned:
        """Raises ValueError if a shape does not fit, or for a y that is no class."""
        y, weights, n = aligned(outputs, y, weights)
        if y.min() < 0 or y.max() >= outputs.shape[-1] or (y != np.floor(y)).any():
            raise ValueError(f"y must hold whole numbers from 0 to {outputs.shape[-1] - 1}")
        return y, weights, n

    def forward(self, outputs: Array, y: Targets, weights: ArrayLike | None = None) -> float:
        """The loss of outputs (..., K), the logits. Raises ValueError as `aligned` does."""
        y, weights, n = self.aligned(outputs, y, weights)
        self._kept = outputs, y, weights, n
        return _mean(self.each(outputs, y), weights, n)

    def backward(self) -> Array:
        """weight (p - 1 at y) / N, (..., K)."""
        outputs, y, weights, n = require_forward(self._kept, "backward")
        d_outputs = softmax(outputs)
        is_y = np.arange(outputs.shape[-1]) == y[..., np.newaxis]
        d_outputs -= is_y
        d_outputs /= n
        return d_outputs if weights is None else d_outputs * weights[..., np.newaxis]

    def predict(self, outputs: Array) -> Array:
        """The probability of each class, (..., K)."""
        return softmax(outputs)


class Poisson:
    """l = mean - y * output, for counts y: the output is the log of their mean.

    Poisson's -log p(y) without log y!, which no output changes. (McCullagh & Nelder, "Generalized
    Linear Models", chapter 6.)

    >>> loss, logs = Poisson(), np.log([[2.0], [4.0]])
    >>> round(loss.forward(logs, y=[2, 5]), 3)
    -1.159
    >>> loss.backward().round(3).tolist()
    [[0.0], [-0.5]]
    >>> loss.predict(logs).round(3).tolist()
    [2.0, 4.0]
    """

    def __init__(self) -> None:
        self._kept: tuple[Array, Array | None, int] | None = None

    def each(self, outputs: Array, y: Array) -> Array:
        """l of each target."""
        return np.exp(outputs[..., 0]) - y * outputs[..., 0]

    def aligned(self, outputs: Array, y: Targets, weights: ArrayLike | None) -> Aligned:
        """Raises ValueError if a shape does not fit, or for a y below 0."""
        y, weights, n = aligned(outputs, y, weights, n_outputs=1)
        if y.min() < 0:
            raise ValueError("y must hold counts: numbers of at least 0")
        return y, weights, n

    def forward(self, outputs: Array, y: Targets, weights: ArrayLike | None = None) -> float:
        """The loss of outputs (..., 1). Raises ValueError as `aligned` does."""
        y, weights, n = self.aligned(outputs, y, weights)
        self._kept = np.exp(outputs[..., 0]) - y, weights, n
        return _mean(self.each(outputs, y), weights, n)

    def backward(self) -> Array:
        """weight (mean - y) / N, (..., 1)."""
        excess, weights, n = require_forward(self._kept, "backward")
        return ((excess if weights is None else weights * excess) / n)[..., np.newaxis]

    def predict(self, outputs: Array) -> Array:
        """The mean, (...)."""
        return np.exp(outputs[..., 0])


Loss = SquaredError | SoftmaxCrossEntropy | Poisson


def mean_loss(loss: Loss, outputs: Array, y: Targets, weights: ArrayLike | None = None) -> float:
    """The same number as `loss.forward`, in float64 and with nothing kept for a backward pass.

    It refuses the same outputs and targets too.

    >>> mean_loss(SquaredError(), np.array([[1.0], [3.0]], np.float32), [1, 1])
    2.0
    """
    outputs = outputs.astype(np.float64)
    y, weights, n = loss.aligned(outputs, y, weights)
    return _mean(loss.each(outputs, y), weights, n)


def _mean(each: Array, weights: Array | None, n: int) -> float:
    weighted = each if weights is None else weights * each
    return float(np.add.reduce(weighted, axis=None) / n)


def aligned(
    outputs: Array, y: Targets, weights: ArrayLike | None, n_outputs: int | None = None
) -> Aligned:
    """Targets and weights as arrays of the outputs' shape and type, and how many targets count.

    Beyond the end of a padded sequence the weight is 0. Raises ValueError if a shape does not fit
    or there is no target.

    >>> from tinylstm import Padded
    >>> y = Padded([[1, 2, 0]], lengths=[2])
    >>> targets, weights, n = aligned(np.zeros((1, 3, 1)), y, weights=None)
    >>> weights.tolist(), n
    ([[1.0, 1.0, 0.0]], 2)
    """
    *shape, K = outputs.shape
    if 0 in shape:
        raise ValueError("a loss needs at least one window")
    if n_outputs not in (None, K):
        raise ValueError(f"this loss takes {n_outputs} output for each target, not {K}")
    dtype = outputs.dtype
    if weights is not None:
        weights = as_shape("weights", weights, tuple(shape), dtype)
    if not isinstance(y, Padded):
        return as_shape("y", y, tuple(shape), dtype), weights, outputs.size // K
    mask = y.mask.astype(dtype)
    weights = mask if weights is None else weights * mask
    return as_shape("y", y.values, tuple(shape), dtype), weights, int(y.lengths.sum())


def softmax(outputs: Array) -> Array:
    """exp(outputs) / Σ exp(outputs) over the last axis, which cannot overflow.

    >>> softmax(np.array([0.0, np.log(3)])).round(3).tolist()
    [0.25, 0.75]
    """
    shifted = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def _log_softmax(outputs: Array) -> Array:
    """log(softmax(outputs)), which cannot underflow."""
    shifted = outputs - outputs.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
