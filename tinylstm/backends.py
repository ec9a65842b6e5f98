"""What computes: two modules with the same functions, each found by its name.

"numba" is `kernels`, which is fast; "numpy" is `numpy_backend`, which can be read, and the only one
where Numba cannot run.
"""

import contextlib
import sys
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from tinylstm import numpy_backend
from tinylstm.reference import Gradients
from tinylstm.windows import Windows

Array = np.ndarray
Rows = np.ndarray | Windows


class Tape(Protocol):
    """What a forward pass keeps for the backward pass of the same backend, and shows of it."""

    @property
    def h(self) -> np.ndarray:
        """All outputs, (B, T, H)."""

    @property
    def c(self) -> np.ndarray:
        """All cell states, (B, T, H)."""

    @property
    def h_last(self) -> np.ndarray:
        """The last hidden state, (B, H)."""

    @property
    def c_last(self) -> np.ndarray:
        """The last cell state, (B, H)."""


class Predictor(Protocol):
    """Predicts with the parameters of a whole network, or answers None: then the layers do it."""

    def few(self, x: Rows, params: Any) -> Array | None:
        """Predictions (B,) for a few windows x (B, T, D)."""

    def head(self, h: Array, params: Any) -> Array | None:
        """Predictions (B,) from last hidden states h (B, H)."""


class Backend(Protocol):
    """A module that computes; `numpy_backend` says what its functions take and return."""

    def lstm_forward(
        self, x: Rows, W: Array, U: Array, b: Array, h0: Array, c0: Array, old: Any = None
    ) -> Tape:
        """All steps. The memory of the tape `old` may be used again: that tape is lost."""

    def lstm_last(self, x: Rows, W: Array, U: Array, b: Array, h0: Array, c0: Array) -> Array:
        """All steps, of which the last output (B, H) alone is kept."""

    def lstm_backward(self, dh: Array, tape: Any, with_dx: bool = True) -> Gradients:
        """Backpropagation through time, with a tape that this backend made."""

    @property
    def Predictor(self) -> Callable[[], Predictor]:  # noqa: N802
        """A predictor of a model's own, which may keep what it needs again."""

    @property
    def adam_update(self) -> Callable[..., None]:
        """A step of Adam over flat arrays, in place."""


# MB that Numba and what it loads want at least, by the limit that may refuse them and the option
# that sets it: measured on two cores, a pass forward and back included.
LEAST_MEMORY = {"RLIMIT_DATA": ("-d", 256), "RLIMIT_AS": ("-v", 512)}


def _require_memory() -> None:
    """Raise MemoryError if a limit of the system leaves too little for Numba's libraries.

    One of them, OpenBLAS, would ask for its buffers for ever. A command ends with a sentence.
    """
    try:
        import resource
    except ImportError:  # Windows, which has no such limits
        return
    for limit, (option, least) in LEAST_MEMORY.items():
        allowed = resource.getrlimit(getattr(resource, limit))[0] // 2**20
        if 0 <= allowed < least:
            given = f"ulimit {option} allows {allowed}"
            sentence = f"not enough memory: at least {least} MB are needed, {given}"
            raise SystemExit(sentence) if sys.argv[:1] == ["-m"] else MemoryError(sentence)


NAMES = ("numba", "numpy")
BACKENDS: dict[str, Backend] = {"numpy": numpy_backend}
NO_NUMBA = ""  # or why kernels cannot be compiled here
_require_memory()
try:
    from numba import config

    if config.DISABLE_JIT:
        NO_NUMBA = "NUMBA_DISABLE_JIT is set"
except ImportError as error:
    NO_NUMBA = str(error)
if not NO_NUMBA:
    from tinylstm import kernels

    BACKENDS["numba"] = kernels
DEFAULT = "numpy" if NO_NUMBA else "numba"


def find(name: str) -> Backend:
    """The backend of that name.

    Raises ValueError if there is none, ImportError if it is "numba" and Numba cannot run.
    """
    if name not in NAMES:
        raise ValueError(f"backend must be one of {NAMES}, not {name!r}")
    if name in BACKENDS:
        return BACKENDS[name]
    raise ImportError(
        f"the backend 'numba' cannot run ({NO_NUMBA}): install Numba, or use the backend 'numpy'"
    )


def say_if_slow() -> None:
    """One line on standard error if NumPy has to do all the work."""
    if NO_NUMBA and sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):  # where standard error is closed
            line = f"tinylstm: Numba cannot run ({NO_NUMBA}); NumPy computes, and more slowly"
            print(line, file=sys.stderr, flush=True)
