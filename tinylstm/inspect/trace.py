"""Look inside: everything a network does with a few windows, forward and backward, step by step.

    seen = trace(model, x)
    seen.f[0, :, 3]  # what the forget gate of the fourth unit did in the first window
    seen.to_frame()  # all of it as a table, a row per window, step and unit

The numbers are those of `reference.py`; nothing is computed here that is not computed there.
"""

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from tinylstm import reference
from tinylstm.losses import aligned
from tinylstm.model import LSTMRegressor
from tinylstm.numpy_backend import lstm_forward
from tinylstm.windows import Windows

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("i", "f", "g", "o", "c", "h", "dh", "dc")


@dataclass(frozen=True, eq=False)
class Trace:
    """What an LSTM did with B windows of T steps; H is its hidden size.

    dh and dc are gradients of each window's prediction or, if `trace` was given targets, of the
    mean squared error: what an increase of h_t or c_t by one would change, all later steps counted.

    >>> from tinylstm import LSTMRegressor
    >>> seen = trace(LSTMRegressor(2, 4), np.zeros((1, 3, 2)))
    >>> np.round(seen.f[0, :, 0], 2)  # sigmoid(1): so the bias of forget gates begins
    array([0.73, 0.73, 0.73], dtype=float32)
    >>> len(seen.to_frame())  # windows x steps x units
    12
    """

    x: np.ndarray  # (B, T, D) inputs, as the network sees them
    i: np.ndarray  # (B, T, H) input gate, 0 to 1
    f: np.ndarray  # (B, T, H) forget gate, 0 to 1
    g: np.ndarray  # (B, T, H) candidate, -1 to 1
    o: np.ndarray  # (B, T, H) output gate, 0 to 1
    c: np.ndarray  # (B, T, H) cell state
    h: np.ndarray  # (B, T, H) hidden state, -1 to 1
    dh: np.ndarray  # (B, T, H) gradient that reaches step t through h_t
    dc: np.ndarray  # (B, T, H) gradient that reaches step t through c_t
    prediction: np.ndarray  # (B,)

    def to_frame(self) -> "pd.DataFrame":
        """A row per window, step and unit, and a column for each of COLUMNS.

        All three are counted from 0, as in the arrays.
        Raises ImportError if pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise ImportError("to_frame needs pandas: pip install pandas") from None
        places = zip(("window", "step", "unit"), np.indices(self.h.shape), strict=True)
        values = ((name, getattr(self, name)) for name in COLUMNS)
        return pd.DataFrame({name: array.ravel() for name, array in (*places, *values)})


def trace(model: LSTMRegressor, x: ArrayLike | Windows, y: ArrayLike | None = None) -> Trace:
    """Run the model on x (B, T, D), dropout off, and keep everything; the model is not changed.

    The gradients are those of the predictions, or with targets y (B,) those of the mean squared
    error. Raises ValueError if a shape does not fit, x is Padded, or y is given without a window.

    >>> from tinylstm import LSTMRegressor
    >>> model, x = LSTMRegressor(2, 4), np.random.default_rng(0).normal(size=(3, 5, 2))
    >>> seen = trace(model, x)
    >>> seen.h.shape, np.allclose(seen.prediction, model.predict(x), atol=1e-5)
    ((3, 5, 4), True)
    """
    tape = lstm_forward(*model.lstm.arguments(x))
    # Copies of the layers, over the same weights: a backward pass leaves its gradients in them.
    dense1, dense2 = copy.copy(model.dense1), copy.copy(model.dense2)
    prediction = dense2.forward(dense1.forward(tape.h_last))[:, 0]
    if y is None:
        d_prediction = np.ones_like(prediction)
    else:
        targets, _, _ = aligned(prediction[:, np.newaxis], y, weights=None)
        d_prediction = 2 * (prediction - targets) / len(prediction)
    dh = np.zeros_like(tape.h)
    dh[:, -1] = dense1.backward(dense2.backward(d_prediction[:, np.newaxis]))
    gradients = reference.lstm_backward(dh, tape)
    i, f, g, o = np.split(tape.gates, 4, axis=2)
    return Trace(tape.x, i, f, g, o, tape.c, tape.h, gradients.h, gradients.c, prediction)
