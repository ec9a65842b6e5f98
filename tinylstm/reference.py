"""The LSTM in plain NumPy, forward and backward, every line beside its equation.

Sizes: B windows in a batch, T steps, D inputs, H hidden units. A row of a batch is one window.
The four gates stand side by side in one matrix, in the order i, f, g, o.

The cell (Hochreiter & Schmidhuber 1997; forget gate: Gers, Schmidhuber & Cummins 2000):

    z_t = x_t W + h_{t-1} U + b                       (B, 4H)  = [z_i  z_f  z_g  z_o]
    i_t = σ(z_i)    input gate: how much of the candidate enters the cell
    f_t = σ(z_f)    forget gate: how much of the old cell stays
    g_t = tanh(z_g) candidate
    o_t = σ(z_o)    output gate: how much of the cell is shown
    c_t = f_t * c_{t-1} + i_t * g_t                   (B, H)   the memory
    h_t = o_t * tanh(c_t)                             (B, H)   the output

`kernels` tells the same two functions again, fast; the tests hold the two together.

>>> shapes = (1, 3, 2), (2, 16), (4, 16), (16,), (1, 4), (1, 4)
>>> tape = lstm_forward(*(np.full(shape, 0.1) for shape in shapes))
>>> gradients = lstm_backward(np.ones_like(tape.h), tape)
>>> tape.h.shape, gradients.U.shape
((1, 3, 4), (4, 16))
>>> float(sigmoid(0.0))
0.5
"""

from typing import NamedTuple

import numpy as np


class Tape(NamedTuple):
    """What the forward pass computed, as the backward pass needs it."""

    x: np.ndarray  # (B, T, D) inputs
    W: np.ndarray  # (D, 4H) input weights
    U: np.ndarray  # (H, 4H) recurrent weights
    h0: np.ndarray  # (B, H) hidden state before the first step
    c0: np.ndarray  # (B, H) cell state before the first step
    gates: np.ndarray  # (B, T, 4H) i, f, g, o after their activation
    c: np.ndarray  # (B, T, H) cell states
    h: np.ndarray  # (B, T, H) hidden states: the outputs

    @property
    def h_last(self) -> np.ndarray:
        """The last hidden state, (B, H)."""
        return self.h[:, -1]

    @property
    def c_last(self) -> np.ndarray:
        """The last cell state, (B, H)."""
        return self.c[:, -1]


class Gradients(NamedTuple):
    """Gradients of a loss, each of the shape of the array it is named after."""

    x: np.ndarray  # (B, T, D)
    W: np.ndarray  # (D, 4H)
    U: np.ndarray  # (H, 4H)
    b: np.ndarray  # (4H,)
    h0: np.ndarray  # (B, H)
    c0: np.ndarray  # (B, H)
    h: np.ndarray = np.empty(0)  # (B, T, H) δh_t of every step; the kernels do not keep it
    c: np.ndarray = np.empty(0)  # (B, T, H) δc_t of every step; the kernels do not keep it


def sigmoid(z: np.ndarray) -> np.ndarray:
    """σ(z) = 1 / (1 + e^-z), written as (1 + tanh(z/2)) / 2, which cannot overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def lstm_forward(
    x: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray, h0: np.ndarray, c0: np.ndarray
) -> Tape:
    """Run the cell over all steps.

    x (B, T, D), W (D, 4H), U (H, 4H), b (4H,), h0 and c0 (B, H); the outputs are `tape.h`.
    """
    B, T, _ = x.shape
    H = len(U)
    gates = np.empty((B, T, 4 * H), x.dtype)
    c = np.empty((B, T, H), x.dtype)
    h = np.empty((B, T, H), x.dtype)

    h_prev, c_prev = h0, c0
    for t in range(T):
        z = x[:, t] @ W + h_prev @ U + b  # (B, 4H)
        z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)  # (B, H) each
        i = sigmoid(z_i)
        f = sigmoid(z_f)
        g = np.tanh(z_g)
        o = sigmoid(z_o)
        c_t = f * c_prev + i * g  # (B, H)
        h_t = o * np.tanh(c_t)  # (B, H)

        gates[:, t] = np.concatenate([i, f, g, o], axis=1)
        c[:, t] = c_prev = c_t
        h[:, t] = h_prev = h_t
    return Tape(x, W, U, h0, c0, gates, c, h)


def lstm_backward(dh: np.ndarray, tape: Tape) -> Gradients:
    """Backpropagation through time (Werbos 1990): the chain rule, from the last step to the first.

    dh (B, T, H) is the gradient of the loss with respect to every output h_t. Two gradients
    travel back from step t+1 to step t: δh through h_t, and δc through c_t.

        δh_t = dh_t + δz_{t+1} Uᵀ                     all ways in which h_t matters
        δc_t = δc_{t+1} * f_{t+1} + δh_t * o_t * (1 - tanh²(c_t))
        δz_i = δc_t * g_t     * i_t (1 - i_t)         σ' = σ (1 - σ)
        δz_f = δc_t * c_{t-1} * f_t (1 - f_t)
        δz_g = δc_t * i_t     * (1 - g_t²)            tanh' = 1 - tanh²
        δz_o = δh_t * tanh(c_t) * o_t (1 - o_t)
        δW = Σ_t x_tᵀ δz_t    δU = Σ_t h_{t-1}ᵀ δz_t    δb = Σ_t Σ_batch δz_t    δx_t = δz_t Wᵀ
    """
    x, W, U, h0, c0, gates, c, h = tape
    dx = np.empty_like(x)
    dW = np.zeros_like(W)
    dU = np.zeros_like(U)
    db = np.zeros_like(U[0])
    dh_all, dc_all = np.zeros_like(h), np.zeros_like(c)  # (B, T, H) every δh_t, every δc_t
    dh_next = np.zeros_like(h0)  # (B, H) what step t+1 sends back through h_t
    dc_next = np.zeros_like(c0)  # (B, H) what step t+1 sends back through c_t

    for t in reversed(range(x.shape[1])):
        i, f, g, o = np.split(gates[:, t], 4, axis=1)  # (B, H) each
        h_prev = h[:, t - 1] if t > 0 else h0  # (B, H)
        c_prev = c[:, t - 1] if t > 0 else c0  # (B, H)
        tanh_c = np.tanh(c[:, t])  # (B, H)

        dh_t = dh[:, t] + dh_next  # (B, H)
        dc_t = dc_next + dh_t * o * (1 - tanh_c**2)  # (B, H)
        dz_i = dc_t * g * i * (1 - i)  # (B, H)
        dz_f = dc_t * c_prev * f * (1 - f)  # (B, H)
        dz_g = dc_t * i * (1 - g**2)  # (B, H)
        dz_o = dh_t * tanh_c * o * (1 - o)  # (B, H)
        dz = np.concatenate([dz_i, dz_f, dz_g, dz_o], axis=1)  # (B, 4H)

        dW += x[:, t].T @ dz  # (D, B) @ (B, 4H)
        dU += h_prev.T @ dz  # (H, B) @ (B, 4H)
        db += dz.sum(axis=0)  # (4H,)
        dx[:, t] = dz @ W.T  # (B, 4H) @ (4H, D)
        dh_next = dz @ U.T  # (B, 4H) @ (4H, H)
        dc_next = dc_t * f  # (B, H)
        dh_all[:, t], dc_all[:, t] = dh_t, dc_t
    return Gradients(dx, dW, dU, db, dh_next, dc_next, dh_all, dc_all)
