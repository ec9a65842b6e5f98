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
    """l = (output - y)², for one output."""

    def __init__(self) -> None:
        self._kept: tuple[Array, int] | None = None

    def each(self, outputs: Array, y: Array) -> Array:
        """l of each target."""
        return np.square(outputs[..., 0] - y)

    def aligned(self, outputs: Array, y: Targets, weights: ArrayLike | None) -> Aligned:
        """Raises ValueError if a shape does not fit."""
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
    """

    def __init__(self) -> None:
        self._kept: tuple[Array, Array, Array | None, int] | None = None

    def each(self, outputs: Array, y: Array) -> Array:
        """l of each target."""
        chosen = y.astype(np.int64)[..., np.newaxis]
        return -np.take_along_axis(log_softmax(outputs), chosen, axis=-1)[..., 0]

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
        each = self.each(outputs, y)
        return float(np.add.reduce(each if weights is None else weights * each, axis=None) / n)

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
        each = self.each(outputs, y)
        return float(np.add.reduce(each if weights is None else weights * each, axis=None) / n)

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
    """
    outputs = outputs.astype(np.float64)
    y, weights, n = loss.aligned(outputs, y, weights)
    each = loss.each(outputs, y)
    return float(np.add.reduce(each if weights is None else weights * each, axis=None) / n)


def aligned(
    outputs: Array, y: Targets, weights: ArrayLike | None, n_outputs: int | None = None
) -> Aligned:
    """Targets and weights as arrays of the outputs' shape and type, and how many targets count.

    Beyond the end of a padded sequence the weight is 0. Raises ValueError if a shape does not fit
    or there is no target.
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
    """exp(outputs) / Σ exp(outputs) over the last axis, which cannot overflow."""
    shifted = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def log_softmax(outputs: Array) -> Array:
    """log(softmax(outputs)), which cannot underflow."""
    shifted = outputs - outputs.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
