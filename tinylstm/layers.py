"""The layers: each holds its parameters and their gradients, and goes forward and backward.

Initial values are Keras's: Glorot-uniform input and dense kernels, orthogonal recurrent kernel,
zero biases, but one for the forget gate (Jozefowicz, Zaremba & Sutskever 2015).
"""

import math

import numpy as np

from tinylstm import kernels, reference
from tinylstm.windows import Windows

BACKENDS = ("numba", "numpy")


def glorot_uniform(rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    """(fan_in, fan_out), uniform in ± sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010)."""
    limit = math.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def orthogonal(rng: np.random.Generator, n_rows: int, n_columns: int) -> np.ndarray:
    """A random matrix (n_rows, n_columns), n_rows <= n_columns, of orthonormal rows (Saxe 2014)."""
    q, r = np.linalg.qr(rng.standard_normal((n_columns, n_rows)))
    return (q * np.sign(np.diag(r))).T  # the signs make the distribution uniform


class LSTM:
    """A long short-term memory layer.

    `params` and `grads` have the keys W (input_size, 4 hidden_size), U (hidden_size,
    4 hidden_size) and b (4 hidden_size,), gates in the order i, f, g, o. The backend "numba" runs
    `kernels.py`, "numpy" runs `reference.py`. Raises ValueError for a size below 1 or an unknown
    backend.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        rng: np.random.Generator,
        dtype: type = np.float32,
        backend: str = "numba",
    ) -> None:
        require_size("input_size", input_size)
        require_size("hidden_size", hidden_size)
        if backend not in BACKENDS:
            raise ValueError(f"backend must be one of {BACKENDS}, not {backend!r}")
        self.backend = backend
        forget_bias = np.zeros((4, hidden_size))
        forget_bias[1] = 1
        self.params = {
            "W": glorot_uniform(rng, input_size, 4 * hidden_size).astype(dtype),
            "U": np.ascontiguousarray(orthogonal(rng, hidden_size, 4 * hidden_size), dtype),
            "b": forget_bias.reshape(-1).astype(dtype),
        }
        self.grads = zeros_like(self.params)
        self.state_grads: dict[str, np.ndarray] = {}
        self.tape: kernels.Tape | reference.Tape | None = None
        self.tape_is_used_up = False
        self.arguments: tuple = ()  # of the last forward pass

    def forward(
        self,
        x: np.ndarray | Windows,
        h0: np.ndarray | None = None,
        c0: np.ndarray | None = None,
    ) -> np.ndarray:
        """All outputs h (B, T, H) of x (B, T, D), which may be Windows.

        The initial states h0 and c0 (B, H) are zero if not given.
        Raises ValueError if a shape does not fit.
        """
        self._record(self._arguments(x, h0, c0))
        return self.tape.h

    def forward_last(
        self,
        x: np.ndarray | Windows,
        h0: np.ndarray | None = None,
        c0: np.ndarray | None = None,
    ) -> np.ndarray:
        """As `forward`, but the last output alone, (B, H)."""
        self._record(self._arguments(x, h0, c0))
        return self.tape.h_last

    def predict_last(self, x: np.ndarray | Windows) -> np.ndarray:
        """As `forward_last`, but keeps nothing for a backward pass, and is faster for it."""
        arguments = self._arguments(x, None, None)
        if self.backend == "numba":
            return kernels.lstm_last(*arguments)
        return reference.lstm_forward(np.asarray(arguments[0]), *arguments[1:]).h[:, -1]

    def backward(self, dh: np.ndarray) -> np.ndarray:
        """Fill `grads`, and `state_grads` (h0, c0: (B, H)), from dh (B, T, H); return dx (B, T, D).

        dh is the gradient of the loss with respect to every output of the last forward pass.
        Raises ValueError if its shape is another, RuntimeError without a forward pass before it.
        """
        return self._backward(dh, last_only=False, with_dx=True)

    def backward_last(self, dh_last: np.ndarray, with_dx: bool = True) -> np.ndarray:
        """As `backward`, for a loss that only the last output (B, H) reaches.

        Without `with_dx` the gradient of x may be left out, and then what is returned is empty.
        """
        return self._backward(dh_last[:, np.newaxis], last_only=True, with_dx=with_dx)

    def _backward(self, dh: np.ndarray, last_only: bool, with_dx: bool) -> np.ndarray:
        if not self.arguments:
            raise RuntimeError("backward needs a forward pass before it")
        B, T, _ = self.arguments[0].shape
        shape = B, 1 if last_only else T, len(self.params["U"])
        if dh.shape != shape:
            raise ValueError(f"dh must have the shape {shape}, not {dh.shape}")
        dh = np.ascontiguousarray(dh, self.params["U"].dtype)
        if self.tape_is_used_up:  # by the backward pass of the kernels: so record another
            self._record(self.arguments)
        self.tape_is_used_up = True  # before it is, lest an interrupt leaves half of it
        if self.backend == "numba":
            gradients = kernels.lstm_backward(dh, self.tape, with_dx)
        else:
            padding = [(0, 0), (T - dh.shape[1], 0), (0, 0)]
            gradients = reference.lstm_backward(np.pad(dh, padding), self.tape)
        self.grads = {"W": gradients.W, "U": gradients.U, "b": gradients.b}
        self.state_grads = {"h0": gradients.h0, "c0": gradients.c0}
        return gradients.x

    def _record(self, arguments: tuple) -> None:
        self.arguments = ()  # until the tape is whole
        if self.backend == "numba":
            self.tape = kernels.lstm_forward(*arguments, old=self.tape)
        else:
            self.tape = reference.lstm_forward(np.asarray(arguments[0]), *arguments[1:])
        self.arguments = arguments
        self.tape_is_used_up = False

    def _arguments(
        self, x: np.ndarray | Windows, h0: np.ndarray | None, c0: np.ndarray | None
    ) -> tuple:
        """Checked, and as the kernels want them: of the layer's type, with rows side by side."""
        U = self.params["U"]
        dtype, H = U.dtype, len(U)
        W, b = self.params["W"], self.params["b"]
        if W.shape != (len(W), 4 * H) or U.shape != (H, 4 * H) or b.shape != (4 * H,):
            raise ValueError(f"W {W.shape}, U {U.shape} and b {b.shape} do not fit together")
        if len(x.shape) != 3 or x.shape[2] != len(W) or x.shape[1] == 0:
            raise ValueError(f"x must have the shape (B, T, {len(W)}), not {x.shape}")
        return (
            x.astype(dtype) if isinstance(x, Windows) else np.ascontiguousarray(x, dtype),
            np.ascontiguousarray(W, dtype),
            np.ascontiguousarray(U),
            np.ascontiguousarray(b, dtype),
            as_state("h0", h0, (x.shape[0], H), dtype),
            as_state("c0", c0, (x.shape[0], H), dtype),
        )


class Dense:
    """A fully connected layer, y = x W + b or, with relu=True, y = max(x W + b, 0).

    `params` and `grads` have the keys W (input_size, output_size) and b (output_size,).
    """

    def __init__(
        self,
        input_size: int,
        output_size: int,
        rng: np.random.Generator,
        relu: bool = False,
        dtype: type = np.float32,
    ) -> None:
        require_size("input_size", input_size)
        require_size("output_size", output_size)
        self.relu = relu
        self.params = {
            "W": glorot_uniform(rng, input_size, output_size).astype(dtype),
            "b": np.zeros(output_size, dtype),
        }
        self.grads = zeros_like(self.params)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """y (B, output_size) of x (B, input_size)."""
        y = product(x, self.params["W"])
        y += self.params["b"]
        if self.relu:
            np.maximum(y, 0, out=y)
        self.x, self.y = x, y
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Fill `grads` from dy (B, output_size); return dx (B, input_size)."""
        if self.relu:
            dy = dy * (self.y > 0)
        self.grads = {"W": product(self.x.T, dy), "b": dy.sum(axis=0)}
        return product(dy, self.params["W"].T)


class Dropout:
    """Inverted dropout (Srivastava et al. 2014): drop with probability `rate`, scale up the rest.

    It draws from a random stream of its own, so that switching it off changes no other number.
    Raises ValueError unless 0 <= rate < 1.
    """

    def __init__(self, rate: float, rng: np.random.Generator) -> None:
        if not 0 <= rate < 1:
            raise ValueError(f"dropout must be at least 0 and below 1, not {rate}")
        self.rate = rate
        self.rng = rng

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x with some elements zero and the others divided by 1 - rate; training only."""
        if self.rate == 0:
            self.mask = np.ones((), x.dtype)
        else:
            kept = self.rng.random(x.shape, np.float32) >= self.rate
            self.mask = kept / x.dtype.type(1 - self.rate)
        return x * self.mask

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """The same mask, applied to the gradient."""
        return dy * self.mask


def product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a @ b, by pieces of a so small that NumPy's OpenBLAS multiplies them in this thread.

    Otherwise its threads go on spinning after the product and keep a core from the LSTM: a step of
    128 units and 256 windows took 12 to 18 ms instead of 9.6.
    """
    rows = max(1, 2**18 // max(b.size, 1))
    if len(a) <= rows:
        return a @ b
    return np.concatenate([a[start : start + rows] @ b for start in range(0, len(a), rows)])


def zeros_like(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A dictionary of the same keys and shapes, filled with zeros."""
    return {name: np.zeros_like(array) for name, array in arrays.items()}


def require_size(name: str, size: int) -> None:
    """Raise ValueError unless size is a whole number of at least 1."""
    if not isinstance(size, int | np.integer) or size < 1:
        raise ValueError(f"{name} must be a whole number of at least 1, not {size!r}")


def as_state(
    name: str, state: np.ndarray | None, shape: tuple[int, int], dtype: np.dtype
) -> np.ndarray:
    """An initial state of the given shape and type: zeros if there is none."""
    if state is None:
        return np.zeros(shape, dtype)
    if state.shape != shape:
        raise ValueError(f"{name} must have the shape {shape}, not {state.shape}")
    return np.ascontiguousarray(state, dtype)
