"""Layers without a memory: each holds its parameters and their gradients, and goes both ways.

Initial values are Keras's: Glorot-uniform kernels and zero biases.
"""

import math
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from tinylstm.arguments import (
    as_numbers,
    as_shape,
    float_type,
    require_generator,
    require_number,
    require_size,
)
from tinylstm.initial import glorot_uniform

# OpenBLAS takes one thread up to so many multiplications (the thresholds of its interface/gemm.c).
ONE_THREAD = 65536 * 4

Kept = TypeVar("Kept")


class Dense:
    """A fully connected layer, y = x W + b or, with relu=True, y = max(x W + b, 0).

    `params` and `grads` have the keys W (input_size, output_size) and b (output_size,).
    The type is float32 or float64. Raises ValueError for any other argument.

    >>> layer = Dense(3, 2, np.random.default_rng(0), relu=True)
    >>> y = layer.forward(np.ones((4, 3)))
    >>> dx = layer.backward(np.ones_like(y))
    >>> y.shape, dx.shape, layer.grads["W"].shape
    ((4, 2), (4, 3), (3, 2))
    >>> np.array_equal(layer.predict(np.ones((4, 3))), y)
    True
    """

    def __init__(
        self,
        input_size: int,
        output_size: int,
        rng: np.random.Generator,
        relu: bool = False,
        dtype: DTypeLike = np.float32,
    ) -> None:
        require_size("input_size", input_size)
        require_size("output_size", output_size)
        require_generator("rng", rng)
        dtype = float_type(dtype)
        self.relu = relu  # whether sums below 0 become 0
        self.params = {  # W (input_size, output_size) and b (output_size,)
            "W": glorot_uniform(rng, input_size, output_size).astype(dtype),
            "b": np.zeros(output_size, dtype),
        }
        self.grads = zeros_like(self.params)  # of the last backward pass
        self.x = np.empty((0, input_size), dtype)  # of the last forward pass
        self.y: np.ndarray | None = None  # its outputs; None before there was one

    def forward(self, x: ArrayLike) -> np.ndarray:
        """y (B, output_size) of x (B, input_size). Raises ValueError for another shape."""
        self.x, self.y = x, y = self._through(x)
        return y

    def predict(self, x: ArrayLike) -> np.ndarray:
        """As `forward`, but keeps nothing for a backward pass: threads may share it."""
        return self._through(x)[1]

    def _through(self, x: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """x as an array, and y."""
        W, b = as_numbers("W", self.params["W"]), as_numbers("b", self.params["b"])
        x = np.asarray(as_numbers("x", x), W.dtype)
        if W.ndim != 2 or (x.shape[1:], b.shape) != (W.shape[:1], W.shape[1:]):
            raise ValueError(f"x {x.shape}, W {W.shape} and b {b.shape} do not fit together")
        y = product(x, W)
        y += b
        if self.relu:
            np.maximum(y, 0, out=y)
        return x, y

    def backward(self, dy: ArrayLike, with_dx: bool = True) -> np.ndarray:
        """Fill `grads` from dy (B, output_size); return dx (B, input_size), empty if nobody asks.

        Raises ValueError for another shape, RuntimeError without a forward pass before it.
        """
        x, y = self.x, require_forward(self.y, "backward")
        dy = as_shape("dy", dy, y.shape, y.dtype)
        if self.relu:
            dy = dy * (y > 0)
        self.grads = {"W": product(x.T, dy), "b": np.add.reduce(dy, axis=0)}
        return product(dy, self.params["W"].T) if with_dx else np.empty(0, y.dtype)


class EachStep:
    """A layer for single steps, such as Dense, at every step of a sequence alike.

    `params` and `grads` are those of the layer.

    >>> layer = EachStep(Dense(3, 2, np.random.default_rng(0)))
    >>> y = layer.forward(np.ones((4, 5, 3)))
    >>> dx = layer.backward(np.ones_like(y))
    >>> y.shape, dx.shape
    ((4, 5, 2), (4, 5, 3))
    """

    def __init__(self, layer: Dense) -> None:
        self.layer = layer  # what each step goes through

    @property
    def params(self) -> dict[str, np.ndarray]:
        """The layer's own."""
        return self.layer.params

    @property
    def grads(self) -> dict[str, np.ndarray]:
        """The layer's own."""
        return self.layer.grads

    def forward(self, x: ArrayLike) -> np.ndarray:
        """y (B, T, K) of x (B, T, H). Raises ValueError for another shape."""
        x = as_numbers("x", x)
        if x.ndim != 3:
            raise ValueError(f"x must have the shape (B, T, H), not {x.shape}")
        y = self.layer.forward(x.reshape(math.prod(x.shape[:2]), x.shape[2]))
        return y.reshape(*x.shape[:2], y.shape[1])

    def backward(self, dy: ArrayLike, with_dx: bool = True) -> np.ndarray:
        """Fill `grads` from dy (B, T, K), summed over all steps; return dx (B, T, H)."""
        dy = as_numbers("dy", dy)
        dx = self.layer.backward(dy.reshape(-1, dy.shape[-1]), with_dx)
        return dx.reshape(*dy.shape[:2], -1) if with_dx else dx


class Dropout:
    """Inverted dropout (Srivastava et al. 2014): drop with probability `rate`, scale up the rest.

    It draws from a random stream of its own, so that switching it off changes no other number.
    Raises ValueError unless 0 <= rate < 1.

    >>> dropout = Dropout(0.5, np.random.default_rng(0))
    >>> dropout.forward(np.ones(5))
    array([2., 2., 2., 0., 0.])
    >>> dropout.backward(np.ones(5))
    array([2., 2., 2., 0., 0.])
    """

    def __init__(self, rate: float, rng: np.random.Generator) -> None:
        require_number("dropout", rate, below=1)
        require_generator("rng", rng)
        self.rate = rate  # the share that is dropped
        self.rng = rng  # what draws the masks
        self.params: dict[str, np.ndarray] = {}  # nothing to learn
        self.grads: dict[str, np.ndarray] = {}  # and no gradients
        self.mask: np.ndarray | None = None  # of the last forward pass

    def forward(self, x: ArrayLike) -> np.ndarray:
        """x with some elements zero and the others divided by 1 - rate; training only."""
        x = as_numbers("x", x)
        if x.dtype.kind != "f":
            x = x.astype(np.float32)
        if self.rate == 0:
            self.mask = np.ones_like(x)
        else:
            kept = self.rng.random(x.shape, np.float32) >= self.rate
            self.mask = kept / x.dtype.type(1 - self.rate)
        return x * self.mask

    def backward(self, dy: ArrayLike, with_dx: bool = True) -> np.ndarray:
        """The same mask, applied to the gradient.

        Raises ValueError for another shape, RuntimeError without a forward pass before it.
        """
        mask = require_forward(self.mask, "backward")
        return as_shape("dy", dy, mask.shape, mask.dtype) * mask


def require_forward(kept: Kept | None, asker: str) -> Kept:
    """What a forward pass kept. Raises RuntimeError if there was none.

    >>> require_forward(None, "backward")
    Traceback (most recent call last):
        ...
    RuntimeError: backward needs a forward pass before it
    """
    if kept is None:
        raise RuntimeError(f"{asker} needs a forward pass before it")
    return kept


def product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a @ b, by pieces of a so small that NumPy's OpenBLAS multiplies them in this thread.

    Otherwise its threads go on spinning after the product and keep a core from the LSTM: a step of
    128 units and 256 windows took 12 to 18 ms instead of 9.6.

    >>> product(np.ones((4, 3)), np.ones((3, 2))).shape
    (4, 2)
    """
    if len(a) * b.size <= ONE_THREAD:
        return a @ b
    rows = max(1, ONE_THREAD // b.size)
    return np.concatenate([a[start : start + rows] @ b for start in range(0, len(a), rows)])


def zeros_like(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A dictionary of the same keys and shapes, filled with zeros.

    >>> zeros_like({"b": np.ones(2)})
    {'b': array([0., 0.])}
    """
    return {name: np.zeros_like(array) for name, array in arrays.items()}
