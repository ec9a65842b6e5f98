"""The layers: each holds its parameters and their gradients, and goes forward and backward.

Initial values are Keras's: Glorot-uniform input and dense kernels, orthogonal recurrent kernel,
zero biases, but 1 for the forget gate (Jozefowicz, Zaremba & Sutskever 2015).
"""

from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from tinylstm import backends
from tinylstm.arguments import (
    as_numbers,
    as_shape,
    as_state,
    float_type,
    require_generator,
    require_number,
    require_size,
)
from tinylstm.initial import glorot_uniform, orthogonal
from tinylstm.sharing import one_thread
from tinylstm.windows import Windows

# OpenBLAS takes one thread up to so many multiplications (the thresholds of its interface/gemm.c).
ONE_THREAD = 65536 * 4

Kept = TypeVar("Kept")
Array = np.ndarray
Input = ArrayLike | Windows
Arguments = tuple[Array | Windows, Array, Array, Array, Array, Array]  # x, W, U, b, h0, c0


class LSTM:
    """A long short-term memory layer.

    `params` and `grads` have the keys W (input_size, 4 hidden_size), U (hidden_size,
    4 hidden_size) and b (4 hidden_size,), gates in the order i, f, g, o. The type is float32 or
    float64, the backend "numba" (`kernels`) or "numpy" (`reference.py`).
    Raises ValueError for any other argument, ImportError if Numba cannot run.

    A call that raises or is interrupted leaves the layer as it was, or else without a forward pass:
    then `backward` and `last_state` ask for one. Threads may share `predict_last`; where another
    method is running in another thread it raises RuntimeError.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
        backend: str = backends.DEFAULT,
    ) -> None:
        require_size("input_size", input_size)
        require_size("hidden_size", hidden_size)
        require_generator("rng", rng)
        self.backend = backend
        forget_bias = np.zeros((4, hidden_size))
        forget_bias[1] = 1
        initial = {
            "W": glorot_uniform(rng, input_size, 4 * hidden_size),
            "U": orthogonal(rng, hidden_size, 4 * hidden_size),
            "b": forget_bias.reshape(-1),
        }
        dtype = float_type(dtype)
        self.params = {name: np.array(array, dtype, order="C") for name, array in initial.items()}
        self.grads = zeros_like(self.params)
        self.state_grads: dict[str, np.ndarray] = {}

    @property
    def backend(self) -> str:
        """The name of what computes; another one asks for a new forward pass."""
        return self._backend

    @backend.setter
    def backend(self, name: str) -> None:
        backends.find(name)  # raises, if there is none
        self._backend = name
        self._tape: backends.Tape | None = None  # of the last forward pass, by this backend
        self._shape = (0, 0, 0)  # of its outputs

    @property
    def tape(self) -> backends.Tape | None:
        """What the last forward pass left for the backward pass; None if there was none."""
        return self._tape

    @property
    def last_state(self) -> tuple[np.ndarray, np.ndarray]:
        """h and c, (B, H) each, after the last forward pass: as h0 and c0 the next one goes on.

        Raises RuntimeError without a forward pass.
        """
        tape = require_forward(self._tape, "last_state")
        return tape.h_last, tape.c_last

    @one_thread
    def forward(
        self, x: Input, h0: ArrayLike | None = None, c0: ArrayLike | None = None
    ) -> np.ndarray:
        """All outputs h (B, T, H) of x (B, T, D), which may be Windows.

        The initial states h0 and c0 (B, H) are zero if not given.
        Raises ValueError if a shape does not fit.
        """
        return self._run(x, h0, c0).h

    @one_thread
    def forward_last(
        self, x: Input, h0: ArrayLike | None = None, c0: ArrayLike | None = None
    ) -> np.ndarray:
        """As `forward`, but the last output alone, (B, H)."""
        return self._run(x, h0, c0).h_last

    def _run(self, x: Input, h0: ArrayLike | None, c0: ArrayLike | None) -> backends.Tape:
        arguments = self.arguments(x, h0, c0)
        B, T, _ = arguments[0].shape
        # The old tape lends its memory. It is gone from here on, so that an interrupted call
        # leaves none.
        old, self._tape = self._tape, None
        tape = backends.find(self._backend).lstm_forward(*arguments, old)
        self._shape, self._tape = (B, T, len(arguments[2])), tape
        return tape

    def predict_last(self, x: Input) -> np.ndarray:
        """As `forward_last`, but keeps nothing for a backward pass, and is faster for it."""
        return backends.find(self._backend).lstm_last(*self.arguments(x))

    @one_thread
    def backward(self, dh: ArrayLike) -> np.ndarray:
        """Fill `grads`, and `state_grads` (h0, c0: (B, H)), from dh (B, T, H); return dx (B, T, D).

        dh is the gradient of the loss with respect to every output of the last forward pass.
        Raises ValueError if its shape is another, RuntimeError without a forward pass before it.
        """
        return self._take_back("dh", dh, self._shape, with_dx=True)

    @one_thread
    def backward_last(self, dh_last: ArrayLike, with_dx: bool = True) -> np.ndarray:
        """As `backward`, for a loss that only the last output (B, H) reaches.

        Without `with_dx` the gradient of x may be left out, and then what is returned is empty.
        """
        B, _, H = self._shape
        return self._take_back("dh_last", dh_last, (B, H), with_dx)

    def _take_back(
        self, name: str, dh: ArrayLike, shape: tuple[int, ...], with_dx: bool
    ) -> np.ndarray:
        tape = require_forward(self._tape, "backward")
        dh = as_shape(name, dh, shape, tape.h_last.dtype)
        dh = dh if dh.ndim == 3 else dh[:, np.newaxis]  # of the last output alone
        found = backends.find(self._backend).lstm_backward(dh, tape, with_dx)
        grads = {"W": found.W, "U": found.U, "b": found.b}
        self.grads, self.state_grads = grads, {"h0": found.h0, "c0": found.c0}
        return found.x

    def arguments(
        self, x: Input, h0: ArrayLike | None = None, c0: ArrayLike | None = None
    ) -> Arguments:
        """x, W, U, b, h0 and c0 as a backend takes them: checked, of one type, side by side.

        Raises ValueError if a shape does not fit.
        """
        W, U, b = (as_numbers(name, self.params[name]) for name in ("W", "U", "b"))
        dtype, H = float_type(U.dtype), b.size // 4
        D = W.size // max(4 * H, 1)
        if min(D, H) < 1 or (W.shape, U.shape, b.shape) != ((D, 4 * H), (H, 4 * H), (4 * H,)):
            raise ValueError(f"W {W.shape}, U {U.shape} and b {b.shape} do not fit together")
        x = x.astype(dtype) if isinstance(x, Windows) else as_numbers("x", x)
        if len(x.shape) != 3 or x.shape[2] != D or x.shape[1] == 0:
            raise ValueError(f"x must have the shape (B, T, {D}), not {x.shape}")
        return (
            x if isinstance(x, Windows) else np.ascontiguousarray(x, dtype),
            np.ascontiguousarray(W, dtype),
            np.ascontiguousarray(U),
            np.ascontiguousarray(b, dtype),
            as_state("h0", h0, (len(x), H), dtype),
            as_state("c0", c0, (len(x), H), dtype),
        )


class Dense:
    """A fully connected layer, y = x W + b or, with relu=True, y = max(x W + b, 0).

    `params` and `grads` have the keys W (input_size, output_size) and b (output_size,).
    The type is float32 or float64. Raises ValueError for any other argument.
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
        self.relu = relu
        self.params = {
            "W": glorot_uniform(rng, input_size, output_size).astype(dtype),
            "b": np.zeros(output_size, dtype),
        }
        self.grads = zeros_like(self.params)
        self.x = np.empty((0, input_size), dtype)  # of the last forward pass
        self.y: np.ndarray | None = None

    def forward(self, x: ArrayLike) -> np.ndarray:
        """y (B, output_size) of x (B, input_size). Raises ValueError for another shape."""
        x = np.asarray(as_numbers("x", x), as_numbers("W", self.params["W"]).dtype)
        y = self.predict(x)
        self.x, self.y = x, y
        return y

    def predict(self, x: ArrayLike) -> np.ndarray:
        """As `forward`, but keeps nothing for a backward pass: threads may share it."""
        W, b = as_numbers("W", self.params["W"]), as_numbers("b", self.params["b"])
        x = np.asarray(as_numbers("x", x), W.dtype)
        if W.ndim != 2 or (x.shape[1:], b.shape) != (W.shape[:1], W.shape[1:]):
            raise ValueError(f"x {x.shape}, W {W.shape} and b {b.shape} do not fit together")
        y = product(x, W)
        y += b
        if self.relu:
            np.maximum(y, 0, out=y)
        return y

    def backward(self, dy: ArrayLike) -> np.ndarray:
        """Fill `grads` from dy (B, output_size); return dx (B, input_size).

        Raises ValueError for another shape, RuntimeError without a forward pass before it.
        """
        x, y = self.x, require_forward(self.y, "backward")
        dy = as_shape("dy", dy, y.shape, y.dtype)
        if self.relu:
            dy = dy * (y > 0)
        self.grads = {"W": product(x.T, dy), "b": np.add.reduce(dy, axis=0)}
        return product(dy, self.params["W"].T)


class Dropout:
    """Inverted dropout (Srivastava et al. 2014): drop with probability `rate`, scale up the rest.

    It draws from a random stream of its own, so that switching it off changes no other number.
    Raises ValueError unless 0 <= rate < 1.
    """

    def __init__(self, rate: float, rng: np.random.Generator) -> None:
        require_number("dropout", rate, below=1)
        require_generator("rng", rng)
        self.rate = rate
        self.rng = rng
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

    def backward(self, dy: ArrayLike) -> np.ndarray:
        """The same mask, applied to the gradient.

        Raises ValueError for another shape, RuntimeError without a forward pass before it.
        """
        mask = require_forward(self.mask, "backward")
        return as_shape("dy", dy, mask.shape, mask.dtype) * mask


def require_forward(kept: Kept | None, asker: str) -> Kept:
    """What a forward pass kept. Raises RuntimeError if there was none."""
    if kept is None:
        raise RuntimeError(f"{asker} needs a forward pass before it")
    return kept


def product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a @ b, by pieces of a so small that NumPy's OpenBLAS multiplies them in this thread.

    Otherwise its threads go on spinning after the product and keep a core from the LSTM: a step of
    128 units and 256 windows took 12 to 18 ms instead of 9.6.
    """
    rows = max(1, ONE_THREAD // max(b.size, 1))
    if len(a) <= rows:
        return a @ b
    return np.concatenate([a[start : start + rows] @ b for start in range(0, len(a), rows)])


def zeros_like(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A dictionary of the same keys and shapes, filled with zeros."""
    return {name: np.zeros_like(array) for name, array in arrays.items()}
