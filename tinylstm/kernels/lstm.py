"""The two functions of `reference.py` again, in Numba: one call does all steps, one all of BPTT.

The batch is cut into slabs of SLAB windows. A slab walks through the whole sequence in one thread,
without waiting for any other, and the slabs' weight gradients are added in a fixed order: so the
results are the same bits for any number of threads. The equations are those of `reference.py`, on
a vector of L units at once (`simd.py`), between matrix products on packed weights (`products.py`).

What a slab keeps; units come in groups of L, the last of them padded:

    inputs  (slabs, T + 1, SLAB, .)           rows [x_t, 1, h_{t-1}]: one product with [W; b; U]
                                              makes z_t, and one with δz all of δW, δb and δU
    gates   (slabs, T, groups, SLAB, 4L)      i, f, g, o; the backward pass puts δz in their place
    cells   (slabs, T + 1, SLAB, groups * L)  c_{t-1}
"""

import functools
from typing import NamedTuple

import numpy as np
from numba import njit, types
from numba.extending import overload

from tinylstm.kernels import tiles as products
from tinylstm.kernels import vectors as simd
from tinylstm.kernels.cache import forget_stale
from tinylstm.kernels.threads import run
from tinylstm.kernels.tiles import (
    KERNEL,
    SLAB,
    add_transposed_product,
    add_weight_gradient,
    gate_product,
    load4,
    pack,
    pack_transposed,
    row_product,
    store4,
    sum_slabs,
)
from tinylstm.kernels.vectors import clamp, fma, lanes, load, store, tanh_exact, zeros_vec
from tinylstm.reference import Gradients
from tinylstm.windows import Windows

CHUNK = 8  # steps per pass over the weight gradient: their δz stay in cache (10% at 128 units)
FEW_WINDOWS = 6  # a slab costs as much as seven windows one by one


# Activations


def tanh(x):
    """tanh of a vector: the exact function in float64, where gradients are checked.

    In float32 it is a rational function, of degree 13 over degree 6 with the coefficients of the
    Eigen library, which is within 3e-7 of tanh and needs no call for each lane.
    """


@overload(tanh, jit_options={"forceinline": True})
def _tanh(x):
    if x.dtype == types.float64:
        return lambda x: tanh_exact(x)

    def rational(x):
        x = clamp(x, 7.90531110763549805)
        s = x * x
        p = fma(s, -2.76076847742355e-16, 2.00018790482477e-13)
        p = fma(s, p, -8.60467152213735e-11)
        p = fma(s, p, 5.12229709037114e-08)
        p = fma(s, p, 1.48572235717979e-05)
        p = fma(s, p, 6.37261928875436e-04)
        p = fma(s, p, 4.89352455891786e-03)
        q = fma(s, 1.19825839466702e-06, 1.18534705686654e-04)
        q = fma(s, q, 2.26843463243900e-03)
        q = fma(s, q, 4.89352518554385e-03)
        return x * p / q

    return rational


@njit(forceinline=True)
def sigmoid(x):
    """σ(x) = (1 + tanh(x/2)) / 2."""
    return fma(tanh(x * 0.5), 0.5, 0.5)


@njit(forceinline=True)
def activate(z):
    """The gates i, f, g, o from their sums."""
    return sigmoid(z[0]), sigmoid(z[1]), tanh(z[2]), sigmoid(z[3])


# Forward


@njit(**KERNEL)
def forward_slabs(
    first, stop, rows, starts, scale, steps, weights, h0, c0, inputs, gates, cells, h_last
) -> None:
    """Some slabs, one after the other."""
    for slab in range(first, stop):
        forward_slab(
            slab * SLAB, rows, starts, scale, steps, weights, h0, c0,
            inputs[slab], gates[slab], cells[slab], h_last,
        )  # fmt: skip


@njit(**KERNEL)
def forward_slab(
    first, rows, starts, scale, steps, weights, h0, c0, inputs, gates, cells, h_last
) -> None:
    """One slab, from window `first` on, through all steps.

    Buffers for fewer steps than there are serve as rings: a prediction keeps nothing.
    """
    last, D, H = starts.shape[0] - 1, rows.shape[1], h0.shape[1]
    groups, L = gates.shape[1], gates.shape[3] // 4
    for r in range(SLAB):  # a slab that is not full repeats the last window
        b = min(first + r, last)
        for j in range(H):
            inputs[0, r, D + 1 + j] = h0[b, j]
            cells[0, r, j] = c0[b, j]
        for j in range(H, groups * L):
            cells[0, r, j] = 0
    for t in range(steps):
        now, after, kept = t % cells.shape[0], (t + 1) % cells.shape[0], t % gates.shape[0]
        for r in range(SLAB):
            b = min(first + r, last)
            for d in range(D):
                inputs[now, r, d] = rows[starts[b] + t, d] * scale[b, d]
            inputs[now, r, D] = 1  # times b
        for group in range(groups):
            gate_product(inputs, now, weights, group, gates, kept)
            for r in range(SLAB):
                i, f, g, o = activate(load4(gates, (kept, group, r)))
                c = f * load(cells, (now, r, group * L)) + i * g
                store4(gates, (kept, group, r), (i, f, g, o))
                store(cells, (after, r, group * L), c)
                store(inputs, (after, r, D + 1 + group * L), o * tanh(c))
    for r in range(min(SLAB, last + 1 - first)):
        for j in range(H):
            h_last[first + r, j] = inputs[steps % cells.shape[0], r, D + 1 + j]


@njit(**KERNEL)
def forward_few(rows, starts, scale, steps, W, U, b, L, h0, c0, h_last) -> None:
    """Windows one by one, keeping nothing: for a few of them a slab would be mostly empty."""
    D, H = W.shape[0], U.shape[0]
    weights = np.empty(((H + L - 1) // L, D + 1 + H, 4 * L), W.dtype)
    pack(W, U, b, weights)
    inputs = np.zeros((2, D + 1 + weights.shape[0] * L), rows.dtype)
    cells = np.zeros(weights.shape[0] * L, rows.dtype)
    inputs[:, D] = 1
    zero = zeros_vec(rows)
    for window in range(starts.shape[0]):
        inputs[0, D + 1 : D + 1 + H] = h0[window]
        cells[:H] = c0[window]
        for t in range(steps):
            now, after = t % 2, (t + 1) % 2
            for d in range(D):
                inputs[now, d] = rows[starts[window] + t, d] * scale[window, d]
            for group in range(weights.shape[0]):
                i, f, g, o = activate(row_product(inputs, now, weights, group, zero))
                c = f * load(cells, (group * L,)) + i * g
                store(cells, (group * L,), c)
                store(inputs, (after, D + 1 + group * L), o * tanh(c))
        h_last[window] = inputs[steps % 2, D + 1 : D + 1 + H]


# Backward


@njit(**KERNEL)
def backward_slabs(first, stop, dh, inputs, gates, cells, U_t, W_t, dweights, dh0, dc0, dx) -> None:
    """Some slabs, one after the other."""
    for slab in range(first, stop):
        backward_slab(
            slab * SLAB, dh, inputs[slab], gates[slab], cells[slab], U_t, W_t,
            dweights[slab], dh0, dc0, dx[slab],
        )  # fmt: skip


@njit(**KERNEL)
def backward_slab(first, dh, inputs, gates, cells, U_t, W_t, dweights, dh0, dc0, dx) -> None:
    """One slab, from window `first` on, back through all steps.

    dh (B, n, H) is the gradient of the last n outputs; those before them have none.
    """
    T, groups, L = gates.shape[0], gates.shape[1], gates.shape[3] // 4
    n_windows, H = min(SLAB, dh.shape[0] - first), dh.shape[2]
    dh_t = np.zeros((SLAB, groups * L), dh.dtype)
    dc_next = np.zeros((SLAB, groups * L), dh.dtype)
    for t in range(T - 1, -1, -1):
        dh_t[:] = 0
        if t >= T - dh.shape[1]:
            for r in range(n_windows):
                for j in range(H):
                    dh_t[r, j] = dh[first + r, t - T + dh.shape[1], j]
        if t < T - 1:
            add_transposed_product(gates, t + 1, U_t, dh_t)
        for group in range(groups):
            for r in range(SLAB):
                i, f, g, o = load4(gates, (t, group, r))
                tanh_c = tanh(load(cells, (t + 1, r, group * L)))
                dh_r = load(dh_t, (r, group * L))
                dc = load(dc_next, (r, group * L)) + dh_r * o * (1.0 - tanh_c * tanh_c)
                dz_i = dc * g * i * (1.0 - i)
                dz_f = dc * load(cells, (t, r, group * L)) * f * (1.0 - f)
                dz_g = dc * i * (1.0 - g * g)
                dz_o = dh_r * tanh_c * o * (1.0 - o)
                store4(gates, (t, group, r), (dz_i, dz_f, dz_g, dz_o))
                store(dc_next, (r, group * L), dc * f)
    dh_t[:] = 0
    add_transposed_product(gates, 0, U_t, dh_t)
    for r in range(n_windows):
        for j in range(H):
            dh0[first + r, j] = dh_t[r, j]
            dc0[first + r, j] = dc_next[r, j]
    dweights[:] = 0
    for t in range(0, T, CHUNK):
        add_weight_gradient(inputs, gates, t, min(t + CHUNK, T), dweights)
    for t in range(T):
        add_transposed_product(gates, t, W_t, dx[t])


# The functions of the reference


class Tape(NamedTuple):
    """What the forward pass leaves for the backward pass, which can use it once.

    See above for inputs, gates and cells; the outputs are `tape.h`.
    """

    W: np.ndarray  # (D, 4H)
    U: np.ndarray  # (H, 4H)
    h_last: np.ndarray  # (B, H)
    inputs: np.ndarray
    gates: np.ndarray
    cells: np.ndarray

    @property
    def h(self) -> np.ndarray:
        """All outputs, (B, T, H), as a copy."""
        D, H = len(self.W), len(self.U)
        return self._by_window(self.inputs[:, 1:, :, D + 1 : D + 1 + H]).copy()

    @property
    def c(self) -> np.ndarray:
        """All cell states, (B, T, H), as a copy."""
        return self._by_window(self.cells[:, 1:, :, : len(self.U)]).copy()

    @property
    def c_last(self) -> np.ndarray:
        """The last cell state, (B, H), as a copy."""
        return self._by_window(self.cells[:, -1:, :, : len(self.U)])[:, 0].copy()

    def fits(self, W: np.ndarray, h0: np.ndarray, steps: int) -> bool:
        """Whether the tape has room for as many inputs, windows and steps, of the same type."""
        same_shapes = self.W.shape == W.shape and self.h_last.shape == h0.shape
        return same_shapes and self.gates.shape[1] == steps and self.h_last.dtype == h0.dtype

    def _by_window(self, kept: np.ndarray) -> np.ndarray:
        slabs, T, _, H = kept.shape
        by_window = kept.transpose(0, 2, 1, 3).reshape(slabs * SLAB, T, H)
        return by_window[: len(self.h_last)]


def lstm_forward(
    x: np.ndarray | Windows,
    W: np.ndarray,
    U: np.ndarray,
    b: np.ndarray,
    h0: np.ndarray,
    c0: np.ndarray,
    old: Tape | None = None,
) -> Tape:
    """Run the cell over all steps: arguments and outputs of `reference.lstm_forward`.

    x (B, T, D) may be Windows, which are read where they are. `old` is a tape that is no longer
    needed: its memory is used again if it fits, for fresh memory takes a tenth of a small step.
    """
    rows, starts, scale, steps = as_rows(x)
    tape = old
    W, U, b, h0, c0 = map(np.ascontiguousarray, (W, U, b, h0, c0))  # vectors have no strides
    if old is None or not old.fits(W, h0, steps):
        tape = empty_tape(len(starts), steps, W, U)
    tape = tape._replace(W=W, U=U, h_last=np.empty_like(h0))
    arguments = rows, starts, scale, steps, packed(W, U, b), h0, c0
    run(forward_slabs, len(tape.inputs), *arguments, *tape[3:], tape.h_last)
    return tape


def lstm_last(
    x: np.ndarray | Windows,
    W: np.ndarray,
    U: np.ndarray,
    b: np.ndarray,
    h0: np.ndarray,
    c0: np.ndarray,
) -> np.ndarray:
    """The last outputs (B, H) alone, keeping nothing for a backward pass."""
    rows, starts, scale, steps = as_rows(x)
    W, U, b, h0, c0 = map(np.ascontiguousarray, (W, U, b, h0, c0))
    h_last = np.empty_like(h0)
    if len(starts) <= FEW_WINDOWS:
        L = lanes(W.dtype.itemsize)
        forward_few(rows, starts, scale, steps, W, U, b, L, h0, c0, h_last)
    else:
        arguments = rows, starts, scale, steps, packed(W, U, b), h0, c0
        ring = empty_tape(len(starts), 1, W, U)[3:]
        run(forward_slabs, len(ring[0]), *arguments, *ring, h_last)
    return h_last


def lstm_backward(dh: np.ndarray, tape: Tape, with_dx: bool = True) -> Gradients:
    """Backpropagation through time: arguments and result of `reference.lstm_backward`.

    dh is (B, T, H), or (B, n, H) if only the last n outputs matter. The tape is used up. Without
    `with_dx` the gradient of x, for which training has no use, is empty.
    """
    W, U = tape.W, tape.U
    if len(dh) == 0:
        x = np.zeros((0, tape.gates.shape[1], len(W)), W.dtype)
        return Gradients(x, *map(np.zeros_like, (W, U, U[0], tape.h_last, tape.h_last)))
    dh = np.ascontiguousarray(dh)
    (B, H), D, dtype = tape.h_last.shape, len(W), W.dtype
    slabs, T, groups, _, width = tape.gates.shape
    L, K = width // 4, D + 1 + H
    U_t = np.empty((groups, groups, width, L), dtype)
    pack_transposed(U, U_t)
    W_t = np.empty((-(-D // L) if with_dx else 0, groups, width, L), dtype)
    pack_transposed(W, W_t)
    dx = np.zeros((slabs, T, SLAB, len(W_t) * L), dtype)
    dweights = np.empty((slabs, groups, -(-K // 4) * 4, width), dtype)
    dh0, dc0 = np.empty((B, H), dtype), np.empty((B, H), dtype)
    kept = tape.inputs, tape.gates.copy(), tape.cells  # the tape can be used again
    run(backward_slabs, slabs, dh, *kept, U_t, W_t, dweights, dh0, dc0, dx)

    flat = np.empty(K * 4 * H + L, dtype)
    sum_slabs(dweights, K, H, flat)
    stacked = flat[: K * 4 * H].reshape(K, 4 * H)  # [δW; δb; δU]
    dx = tape._by_window(dx)[:, :, :D]
    return Gradients(dx, stacked[:D], stacked[D + 1 :], stacked[D], dh0, dc0)


def as_rows(x: np.ndarray | Windows) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Rows, starts, scale and steps of windows; those of an array follow one another."""
    B, T, D = x.shape
    starts, scale = one_after_another(B, T, D, x.dtype)
    if not isinstance(x, Windows):
        return np.ascontiguousarray(x).reshape(B * T, D), starts, scale, T
    return x.rows, x.starts, scale if x.scale is None else x.scale, T


@functools.lru_cache(maxsize=16)
def one_after_another(B: int, T: int, D: int, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray]:
    """Starts (B,) of windows that follow one another, and a scale (B, D) of ones."""
    return np.arange(0, B * T, T), np.ones((B, D), dtype)


def packed(W: np.ndarray, U: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The weights as `products.pack` arranges them."""
    D, H, L = len(W), len(U), lanes(W.dtype.itemsize)
    weights = np.empty((-(-H // L), D + 1 + H, 4 * L), W.dtype)
    pack(W, U, b, weights)
    return weights


def empty_tape(B: int, steps: int, W: np.ndarray, U: np.ndarray) -> Tape:
    """Room for what a forward pass keeps of so many steps."""
    D, H, L, dtype = len(W), len(U), lanes(W.dtype.itemsize), W.dtype
    groups, slabs = -(-H // L), -(-B // SLAB)
    columns = -(-(D + 1 + groups * L) // 4) * 4  # the weight gradient takes four at a time
    return Tape(
        W,
        U,
        np.empty((B, H), dtype),
        np.empty((slabs, steps + 1, SLAB, columns), dtype),
        np.empty((slabs, steps, groups, SLAB, 4 * L), dtype),
        np.empty((slabs, steps + 1, SLAB, groups * L), dtype),
    )


forget_stale(forward_slabs, products, simd)
