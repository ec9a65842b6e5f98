"""The two functions of `reference.py` again, with Numba gate kernels.

What NumPy does in a dozen passes over memory (four activations, the cell, the output) a gate kernel
does in one, and the input products of all steps are one matrix product instead of T small ones.
The equations are those of `reference.py`, name for name.
"""

import math

import numpy as np
from numba import njit

from tinylstm.reference import Gradients, Tape


@njit(cache=True, nogil=True, inline="always")
def _sigmoid(z):
    return 0.5 * (1.0 + math.tanh(0.5 * z))


@njit(cache=True, nogil=True, error_model="numpy")
def gates_forward(z: np.ndarray, c_prev: np.ndarray, c: np.ndarray, h: np.ndarray) -> None:
    """One step of all cells: activate z (B, 4H) in place, and fill c and h (B, H) from c_prev."""
    B, H = c_prev.shape
    for r in range(B):
        for j in range(H):
            i = _sigmoid(z[r, j])
            f = _sigmoid(z[r, H + j])
            g = math.tanh(z[r, 2 * H + j])
            o = _sigmoid(z[r, 3 * H + j])
            c_t = f * c_prev[r, j] + i * g
            z[r, j], z[r, H + j], z[r, 2 * H + j], z[r, 3 * H + j] = i, f, g, o
            c[r, j] = c_t
            h[r, j] = o * math.tanh(c_t)


@njit(cache=True, nogil=True, error_model="numpy")
def gates_backward(
    dh: np.ndarray, dc: np.ndarray, gates: np.ndarray, c_prev: np.ndarray, c: np.ndarray,
    dz: np.ndarray,
) -> None:  # fmt: skip
    """One step back: fill dz (B, 4H), and turn dc (B, H) from δc_{t+1} f_{t+1} into δc_t f_t."""
    B, H = c.shape
    for r in range(B):
        for j in range(H):
            i, f = gates[r, j], gates[r, H + j]
            g, o = gates[r, 2 * H + j], gates[r, 3 * H + j]
            tanh_c = math.tanh(c[r, j])
            dc_t = dc[r, j] + dh[r, j] * o * (1 - tanh_c * tanh_c)
            dz[r, j] = dc_t * g * i * (1 - i)
            dz[r, H + j] = dc_t * c_prev[r, j] * f * (1 - f)
            dz[r, 2 * H + j] = dc_t * i * (1 - g * g)
            dz[r, 3 * H + j] = dh[r, j] * tanh_c * o * (1 - o)
            dc[r, j] = dc_t * f


def lstm_forward(
    x: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray, h0: np.ndarray, c0: np.ndarray
) -> Tape:
    """Run the cell over all steps: same arguments and result as `reference.lstm_forward`."""
    B, T, D = x.shape
    H = len(U)
    # Time first in memory: a step's gates are then one block, which the products and kernels like.
    gates = (x.swapaxes(0, 1).reshape(T * B, D) @ W + b).reshape(T, B, 4 * H)
    c = np.empty((T, B, H), x.dtype)
    h = np.empty((T, B, H), x.dtype)
    h_prev, c_prev = h0, c0
    for t in range(T):
        gates[t] += h_prev @ U
        gates_forward(gates[t], c_prev, c[t], h[t])
        h_prev, c_prev = h[t], c[t]
    return Tape(x, W, U, h0, c0, gates.swapaxes(0, 1), c.swapaxes(0, 1), h.swapaxes(0, 1))


def lstm_backward(dh: np.ndarray, tape: Tape) -> Gradients:
    """Backpropagation through time: same arguments and result as `reference.lstm_backward`."""
    x, W, U, h0, c0 = tape[:5]
    gates, c, h = (array.swapaxes(0, 1) for array in tape[5:])  # time first again
    T, B, H = h.shape
    dz = np.empty_like(gates)
    dh_next, dc = np.zeros_like(h0), np.zeros_like(c0)
    for t in reversed(range(T)):
        c_prev = c[t - 1] if t > 0 else c0
        gates_backward(dh[:, t] + dh_next, dc, gates[t], c_prev, c[t], dz[t])
        dh_next = dz[t] @ U.T
    # One product over all steps each, instead of a sum of T products.
    flat_dz = dz.reshape(T * B, 4 * H)
    h_prev = np.concatenate([h0[np.newaxis], h[:-1]]).reshape(T * B, H)
    dW = x.swapaxes(0, 1).reshape(T * B, -1).T @ flat_dz
    dx = (flat_dz @ W.T).reshape(T, B, -1).swapaxes(0, 1)
    return Gradients(dx, dW, h_prev.T @ flat_dz, flat_dz.sum(axis=0), dh_next, dc)
