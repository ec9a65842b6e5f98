"""How far back do gradients reach? The question that the LSTM was invented to answer.

The last output h_T depends on the output h_t of every earlier step. Where the Jacobian ∂h_T/∂h_t
is next to nothing, training cannot learn what step t has to do with the end (Hochreiter 1991;
Bengio, Simard & Frasconi 1994).
"""

import copy
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from tinylstm import plain_rnn, reference
from tinylstm.initial import glorot_uniform, orthogonal
from tinylstm.layers import LSTM
from tinylstm.model import LSTMRegressor
from tinylstm.numpy_backend import lstm_forward
from tinylstm.windows import Windows


def gradient_reach(tape: reference.Tape | plain_rnn.Tape, backward: Callable) -> np.ndarray:
    """‖∂h_T/∂h_t‖ at every step t, (T,): the root of the mean of its squares, mean over windows.

    `backward` is the backward pass that goes with the tape. The norm is Frobenius's, divided by
    sqrt(H), so that it is 1 at the last step whatever the size. In an LSTM the cell state c_t is
    held: this is what h_t does through the gates of the steps after it.
    Raises ValueError if there is no window.
    """
    B, _, H = tape.h.shape
    if B == 0:
        raise ValueError("a mean over windows needs at least one window")
    squares = 0.0
    for unit in range(H):  # a backward pass is one row of the Jacobian
        dh = np.zeros_like(tape.h)
        dh[:, -1, unit] = 1
        squares += (backward(dh, tape).h ** 2).sum(axis=2)  # (B, T)
    return np.sqrt(squares / H).mean(axis=0)


def compare_reach(
    model: LSTMRegressor, x: ArrayLike | Windows, seed: int = 0
) -> dict[str, np.ndarray]:
    """The `gradient_reach` (T,) of four networks of one size over the windows x (B, T, D).

    "this LSTM" is the model. "new LSTM, forget bias 1" and "new LSTM, forget bias 0" differ in
    nothing but that bias, and "new tanh RNN" has no gates; all three are untrained, with W and U
    drawn as `LSTM` draws them. In float64, for some of these numbers are tiny.
    Raises ValueError if the shape of x does not fit or there is no window.
    """
    trained = model.astype(np.float64).lstm
    x, W, U, *_ = trained.arguments(x)
    x = np.asarray(x)
    remembering = LSTM(len(W), len(U), np.random.default_rng(seed), np.float64)
    forgetting = copy.deepcopy(remembering)
    forgetting.params["b"][:] = 0
    layers = {
        "this LSTM": trained,
        "new LSTM, forget bias 1": remembering,
        "new LSTM, forget bias 0": forgetting,
    }
    reach = {
        name: gradient_reach(lstm_forward(*layer.arguments(x)), reference.lstm_backward)
        for name, layer in layers.items()
    }
    tape = run_new_rnn(x, len(U), np.random.default_rng(seed))
    return reach | {"new tanh RNN": gradient_reach(tape, plain_rnn.rnn_backward)}


def run_new_rnn(x: np.ndarray, hidden_size: int, rng: np.random.Generator) -> plain_rnn.Tape:
    """A plain RNN with weights drawn as `LSTM` draws its own, run over x (B, T, D)."""
    B, _, D = x.shape
    W, U = glorot_uniform(rng, D, hidden_size), orthogonal(rng, hidden_size, hidden_size)
    return plain_rnn.rnn_forward(x, W, U, np.zeros(hidden_size), np.zeros((B, hidden_size)))
