"""The plain recurrent network, what the LSTM is measured against: one line forward, three back.

The cell (Elman 1990), with the sizes B, T, D, H of `reference.py`:

    h_t = tanh(x_t W + h_{t-1} U + b)                 (B, H)   memory and output in one

It has no gates and no cell: what it remembers goes through tanh and U at every step.

>>> shapes = (1, 3, 2), (2, 4), (4, 4), (4,), (1, 4)
>>> tape = rnn_forward(*(np.full(shape, 0.1) for shape in shapes))
>>> gradients = rnn_backward(np.ones_like(tape.h), tape)
>>> tape.h.shape, gradients.U.shape
((1, 3, 4), (4, 4))
"""

from typing import NamedTuple

import numpy as np


class Tape(NamedTuple):
    """What the forward pass computed, as the backward pass needs it."""

    x: np.ndarray  # (B, T, D) inputs
    W: np.ndarray  # (D, H) input weights
    U: np.ndarray  # (H, H) recurrent weights
    h0: np.ndarray  # (B, H) hidden state before the first step
    h: np.ndarray  # (B, T, H) hidden states: the outputs


class Gradients(NamedTuple):
    """Gradients of a loss, each of the shape of the array it is named after."""

    x: np.ndarray  # (B, T, D)
    W: np.ndarray  # (D, H)
    U: np.ndarray  # (H, H)
    b: np.ndarray  # (H,)
    h0: np.ndarray  # (B, H)
    h: np.ndarray  # (B, T, H) δh_t of every step


def rnn_forward(x: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray, h0: np.ndarray) -> Tape:
    """Run the cell over all steps.

    x (B, T, D), W (D, H), U (H, H), b (H,), h0 (B, H); the outputs are `tape.h`.
    """
    h = np.empty((*x.shape[:2], len(U)), x.dtype)
    h_prev = h0
    for t in range(x.shape[1]):
        h[:, t] = h_prev = np.tanh(x[:, t] @ W + h_prev @ U + b)  # (B, H)
    return Tape(x, W, U, h0, h)


def rnn_backward(dh: np.ndarray, tape: Tape) -> Gradients:
    """Backpropagation through time (Werbos 1990), from the last step to the first.

    dh (B, T, H) is the gradient of the loss with respect to every output h_t.

        δh_t = dh_t + δz_{t+1} Uᵀ                     all ways in which h_t matters
        δz_t = δh_t * (1 - h_t²)                      tanh' = 1 - tanh²
        δW = Σ_t x_tᵀ δz_t    δU = Σ_t h_{t-1}ᵀ δz_t    δb = Σ_t Σ_batch δz_t    δx_t = δz_t Wᵀ
    """
    x, W, U, h0, h = tape
    dx = np.empty_like(x)
    dW, dU, db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(U[0])
    dh_all = np.zeros_like(h)  # (B, T, H) every δh_t
    dh_next = np.zeros_like(h0)  # (B, H) what step t+1 sends back through h_t

    for t in reversed(range(x.shape[1])):
        dh_t = dh[:, t] + dh_next  # (B, H)
        dz = dh_t * (1 - h[:, t] ** 2)  # (B, H)
        dW += x[:, t].T @ dz  # (D, B) @ (B, H)
        dU += (h[:, t - 1] if t > 0 else h0).T @ dz  # (H, B) @ (B, H)
        db += dz.sum(axis=0)  # (H,)
        dx[:, t] = dz @ W.T  # (B, H) @ (H, D)
        dh_next = dz @ U.T  # (B, H) @ (H, H)
        dh_all[:, t] = dh_t
    return Gradients(dx, dW, dU, db, dh_next, dh_all)
