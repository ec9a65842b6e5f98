"""The backend "numpy": the equations of `reference.py`, taken as the kernels are taken."""

import numpy as np

from tinylstm import reference
from tinylstm.reference import Gradients, Tape
from tinylstm.windows import Windows

Array = np.ndarray


def lstm_forward(
    x: Array | Windows, W: Array, U: Array, b: Array, h0: Array, c0: Array, old: Tape | None = None
) -> Tape:
    """As `reference.lstm_forward`; Windows x are gathered, and an old tape is of no use."""
    return reference.lstm_forward(np.asarray(x), W, U, b, h0, c0)


def lstm_last(x: Array | Windows, W: Array, U: Array, b: Array, h0: Array, c0: Array) -> Array:
    """The last output alone, (B, H)."""
    return lstm_forward(x, W, U, b, h0, c0).h_last


class Predictor:
    """Leaves all predictions to the layers: NumPy has no shorter way."""

    def few(self, x: Array | Windows, params: tuple[Array, ...]) -> None:
        """No predictions."""

    def head(self, h: Array, params: tuple[Array, ...]) -> None:
        """No predictions."""


def lstm_backward(dh: Array, tape: Tape, with_dx: bool = True) -> Gradients:
    """As `reference.lstm_backward`; dh (B, n, H) is that of the last n outputs, the others' is 0.

    The gradient of x is computed even without `with_dx`.
    """
    earlier = tape.h.shape[1] - dh.shape[1]
    return reference.lstm_backward(np.pad(dh, [(0, 0), (earlier, 0), (0, 0)]), tape)


def adam_update(theta: Array, grad: Array, m: Array, v: Array, numbers: Array) -> None:
    """A step of Adam, which changes theta, m and v in place; all arrays have one type.

    numbers are step_size = lr / (1 - β1ᵗ) and v_scale = 1 / sqrt(1 - β2ᵗ), which hold the
    corrections of m and v, then β1, β2 and eps.
    """
    step_size, v_scale, beta1, beta2, eps = numbers
    m[:] = beta1 * m + (1 - beta1) * grad
    v[:] = beta2 * v + (1 - beta2) * grad**2
    theta -= step_size * m / (np.sqrt(v) * v_scale + eps)
