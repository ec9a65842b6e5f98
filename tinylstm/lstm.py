"""The LSTM as a layer: it holds its parameters and their gradients, and goes forward and backward.

Initial values are Keras's: Glorot-uniform input kernel, orthogonal recurrent kernel, zero biases,
but 1 for the forget gate (Jozefowicz, Zaremba & Sutskever 2015).
"""

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from tinylstm import backends
from tinylstm.arguments import (
    as_numbers,
    as_shape,
    as_state,
    float_type,
    require_generator,
    require_size,
)
from tinylstm.initial import glorot_uniform, orthogonal
from tinylstm.layers import require_forward, zeros_like
from tinylstm.padded import Padded, require_one_length
from tinylstm.sharing import one_thread
from tinylstm.windows import Windows

Array = np.ndarray
Input = ArrayLike | Windows | Padded
State = tuple[Array, Array]  # h and c
Arguments = tuple[Array | Windows, Array, Array, Array, Array, Array]  # x, W, U, b, h0, c0


class LSTM:
    """A long short-term memory layer.

    `params` and `grads` have the keys W (input_size, 4 hidden_size), U (hidden_size,
    4 hidden_size) and b (4 hidden_size,), gates in the order i, f, g, o. The type is float32 or
    float64, the backend "numba" (`kernels`) or "numpy" (`reference.py`).
    Raises ValueError for any other argument, ImportError if Numba cannot run.

    A call that raises or is interrupted leaves the layer as it was, or else without a forward pass:
    then `backward` and `last_state` ask for one. Threads may share `predict_last` and `step`; where
    another method is running in another thread it raises RuntimeError.

    >>> rng = np.random.default_rng(0)
    >>> layer, x = LSTM(input_size=2, hidden_size=3, rng=rng), rng.normal(size=(4, 5, 2))
    >>> h = layer.forward(x)
    >>> dx = layer.backward(np.ones_like(h))
    >>> h.shape, dx.shape, layer.grads["U"].shape
    ((4, 5, 3), (4, 5, 2), (3, 12))
    >>> h_n, c_n = layer.last_state
    >>> more = layer.forward(x, h0=h_n, c0=c_n)  # goes on from there
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
        self.params = {  # W (D, 4H), U (H, 4H) and b (4H,)
            name: np.array(array, dtype, order="C") for name, array in initial.items()
        }
        self.grads = zeros_like(self.params)  # of the last backward pass
        self.state_grads: dict[str, np.ndarray] = {}  # of h0 and c0 (B, H), by that pass

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
        self._padded: Padded | None = None  # its input, if that was padded

    @property
    def tape(self) -> backends.Tape | None:
        """What the last forward pass left for the backward pass; None if there was none."""
        return self._tape

    @property
    def last_state(self) -> State:
        """h and c, (B, H) each, after the last forward pass: as h0 and c0 the next one goes on.

        Of padded sequences they are those at the end of each.
        Raises RuntimeError without a forward pass.
        """
        tape = require_forward(self._tape, "last_state")
        if self._padded is None:
            return tape.h_last, tape.c_last
        return _at_ends(tape.h, self._padded), _at_ends(tape.c, self._padded)

    def initial_state(self, batch: int) -> dict[str, Array]:
        """h0 and c0, zeros (batch, H), by the names that `forward` has for them.

        >>> zeros = LSTM(2, 3, np.random.default_rng(0)).initial_state(batch=4)
        >>> {name: state.shape for name, state in zeros.items()}
        {'h0': (4, 3), 'c0': (4, 3)}
        """
        U = self.params["U"]
        return {name: np.zeros((batch, len(U)), U.dtype) for name in ("h0", "c0")}

    @one_thread
    def forward(self, x: Input, h0: ArrayLike | None = None, c0: ArrayLike | None = None) -> Array:
        """All outputs h (B, T, H) of x (B, T, D), which may be Windows or Padded.

        The initial states h0 and c0 (B, H) are zero if not given, and so are the outputs beyond the
        end of a padded sequence. Raises ValueError if a shape does not fit.
        """
        tape = self._run(x, h0, c0)
        return tape.h if self._padded is None else tape.h * self._padded.mask[..., np.newaxis]

    @one_thread
    def forward_last(
        self, x: Input, h0: ArrayLike | None = None, c0: ArrayLike | None = None
    ) -> Array:
        """As `forward`, but the last output alone, (B, H): of padded sequences, that at the end.

        >>> layer, x = LSTM(2, 3, np.random.default_rng(0)), np.ones((4, 5, 2))
        >>> h = layer.forward_last(x)
        >>> dx = layer.backward_last(np.ones_like(h))
        >>> h.shape, dx.shape, np.allclose(layer.predict_last(x), h, atol=1e-6)
        ((4, 3), (4, 5, 2), True)
        """
        tape = self._run(x, h0, c0)
        return tape.h_last if self._padded is None else _at_ends(tape.h, self._padded)

    def _run(self, x: Input, h0: ArrayLike | None, c0: ArrayLike | None) -> backends.Tape:
        arguments = self.arguments(_values(x), h0, c0)
        B, T, _ = arguments[0].shape
        # The old tape lends its memory. It is gone from here on, so that an interrupted call
        # leaves none.
        old, self._tape = self._tape, None
        tape = backends.find(self._backend).lstm_forward(*arguments, old)
        self._padded = x if isinstance(x, Padded) else None
        self._shape, self._tape = (B, T, len(arguments[2])), tape
        return tape

    def predict_last(self, x: Input) -> Array:
        """As `forward_last`, but keeps nothing for a backward pass, and is faster for it."""
        backend, arguments = backends.find(self._backend), self.arguments(_values(x))
        if isinstance(x, Padded):
            return _at_ends(backend.lstm_forward(*arguments).h, x)
        return backend.lstm_last(*arguments)

    def step(
        self, x_t: ArrayLike, state: tuple[ArrayLike | None, ArrayLike | None] | None = None
    ) -> tuple[Array, State]:
        """One step of a sequence that arrives as it goes: h (B, H) and the state (h, c) after it.

        x_t is (B, D), the state that of the step before, or None at the first. Nothing is kept for
        a backward pass, and what an earlier forward pass kept stays.
        Raises ValueError if a shape does not fit.

        >>> layer, state = LSTM(2, 3, np.random.default_rng(0)), None
        >>> for x_t in np.ones((5, 1, 2)):
        ...     h, state = layer.step(x_t, state)
        >>> np.allclose(h, layer.predict_last(np.ones((1, 5, 2))), atol=1e-6)
        True
        """
        require_one_length(x_t)
        x_t = as_numbers("x_t", x_t)
        if x_t.ndim != 2:
            raise ValueError(f"x_t must have the shape (B, {len(self.params['W'])}): one step")
        if state is not None and len(state) != 2:
            raise ValueError("the state of a step must be two arrays, h and c")
        h, c = (None, None) if state is None else state
        arguments = self.arguments(x_t[:, np.newaxis], h, c)
        tape = backends.find(self._backend).lstm_forward(*arguments)
        return tape.h_last, (tape.h_last, tape.c_last)

    @one_thread
    def backward(self, dh: ArrayLike, with_dx: bool = True) -> Array:
        """Fill `grads`, and `state_grads` (h0, c0: (B, H)), from dh (B, T, H); return dx (B, T, D).

        dh is the gradient of the loss with respect to every output of the last forward pass; what
        it says beyond the end of a padded sequence has no effect. Without `with_dx` the gradient
        of x may be left out, and then what is returned is empty.
        Raises ValueError if its shape is another, RuntimeError without a forward pass before it.
        """
        tape = require_forward(self._tape, "backward")
        every = as_shape("dh", dh, self._shape, tape.h_last.dtype)
        if self._padded is not None:
            every = every * self._padded.mask[..., np.newaxis]
        return self._take_back(every, tape, with_dx)

    @one_thread
    def backward_last(self, dh_last: ArrayLike, with_dx: bool = True) -> Array:
        """As `backward`, for a loss that only the last output (B, H) reaches."""
        tape, (B, T, H) = require_forward(self._tape, "backward"), self._shape
        dh_last = as_shape("dh_last", dh_last, (B, H), tape.h_last.dtype)
        if self._padded is None:
            return self._take_back(dh_last[:, np.newaxis], tape, with_dx)
        dh = np.zeros((B, T, H), dh_last.dtype)
        dh[np.arange(B), self._padded.lengths - 1] = dh_last
        return self._take_back(dh, tape, with_dx)

    def _take_back(self, dh: Array, tape: backends.Tape, with_dx: bool) -> Array:
        found = backends.find(self._backend).lstm_backward(dh, tape, with_dx)
        grads = {"W": found.W, "U": found.U, "b": found.b}
        self.grads, self.state_grads = grads, {"h0": found.h0, "c0": found.c0}
        return found.x

    def arguments(
        self, x: Input, h0: ArrayLike | None = None, c0: ArrayLike | None = None
    ) -> Arguments:
        """x, W, U, b, h0 and c0 as a backend takes them: checked, of one type, side by side.

        Raises ValueError if a shape does not fit, and for Padded x, whose lengths would be lost.

        >>> x, W, U, b, h0, c0 = LSTM(2, 3, np.random.default_rng(0)).arguments(np.ones((4, 5, 2)))
        >>> x.dtype, h0.shape
        (dtype('float32'), (4, 3))
        """
        W, U, b = (as_numbers(name, self.params[name]) for name in ("W", "U", "b"))
        dtype, H = float_type(U.dtype), b.size // 4
        D = W.size // max(4 * H, 1)
        if min(D, H) < 1 or (W.shape, U.shape, b.shape) != ((D, 4 * H), (H, 4 * H), (4 * H,)):
            raise ValueError(f"W {W.shape}, U {U.shape} and b {b.shape} do not fit together")
        require_one_length(x)
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


class Last:
    """Of an LSTM the last output (B, H) alone: of padded sequences, the one at the end of each.

    `params` and `grads` are those of the LSTM. For the last output nothing else is computed, which
    is faster than to choose it from all of them.

    >>> last = Last(LSTM(2, 3, np.random.default_rng(0)))
    >>> h = last.forward(np.ones((4, 5, 2)))
    >>> dx = last.backward(np.ones_like(h))
    >>> h.shape, dx.shape
    ((4, 3), (4, 5, 2))
    """

    def __init__(self, layer: LSTM) -> None:
        self.layer = layer  # the LSTM

    @property
    def params(self) -> dict[str, Array]:
        """The LSTM's own."""
        return self.layer.params

    @property
    def grads(self) -> dict[str, Array]:
        """The LSTM's own."""
        return self.layer.grads

    def forward(self, x: Input, h0: ArrayLike | None = None, c0: ArrayLike | None = None) -> Array:
        """h (B, H) of x (B, T, D)."""
        return self.layer.forward_last(x, h0, c0)

    def backward(self, dy: ArrayLike, with_dx: bool = True) -> Array:
        """Fill `grads` from dy (B, H); return dx (B, T, D)."""
        return self.layer.backward_last(dy, with_dx)


def _values(x: Input) -> ArrayLike | Windows:
    """What a backend goes through, to the end of the longest sequence."""
    return x.values if isinstance(x, Padded) else x


def _at_ends(states: Array, padded: Padded) -> Array:
    """Of states (B, T, H) those at the end of each sequence, (B, H)."""
    return states[np.arange(len(states)), padded.lengths - 1]
