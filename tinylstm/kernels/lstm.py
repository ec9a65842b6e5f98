"""The two functions of `reference.py` again, in Numba: one call does all steps, one all of BPTT.

The batch is cut into slabs of SLAB windows. A slab walks through the whole sequence in one thread,
without waiting for any other, and the slabs' weight gradients are added in a fixed order: so the
results are the same bits for any number of threads. The equations are those of `reference.py`, on
a vector of L units at once (vectors.py), between matrix products (tiles.py) on packed weights
(packing.py).
"""

import numpy as np
from numba import njit

from tinylstm.kernels.activations import activate, tanh
from tinylstm.kernels.cache import kernel
from tinylstm.kernels.memory import (
    Return,
    Tape,
    as_batch,
    by_window,
    new_record,
    padded,
    plain,
)
from tinylstm.kernels.packing import packed, packed_transposed, summed
from tinylstm.kernels.threads import finish, get_num_threads, join, run, take
from tinylstm.kernels.tiles import (
    GATES,
    SLAB,
    WEIGHT_ROWS,
    add_transposed_product,
    add_weight_gradient,
    gate_product,
    load_tile,
    store_tile,
)
from tinylstm.kernels.vectors import empty, lanes, load, store
from tinylstm.reference import Gradients
from tinylstm.windows import Windows

CHUNK = 8  # steps per pass over the weight gradient, whose δz are still in cache


# Forward


@kernel
def forward_slabs(slabs, batch, weights, record, h_last) -> bool:
    """Slabs as long as there are any; weights are (groups, D + 1 + H, 4L)."""
    last, slab = False, take(slabs)
    while slab >= 0:
        forward_slab(slab, batch, weights, record, h_last)
        last, slab = finish(slabs), take(slabs)
    return last


@njit(inline="always")
def forward_slab(slab, batch, weights, record, h_last) -> None:
    """One slab through all steps.

    A record of fewer steps than there are serves as a ring: a prediction keeps nothing.
    """
    inputs, gates, cells = record.inputs[slab], record.gates[slab], record.cells[slab]
    D, H = batch.rows.shape[1], batch.h0.shape[1]
    groups, L = gates.shape[1], gates.shape[3] // GATES
    first, last = slab * SLAB, batch.starts.shape[0] - 1
    for r in range(SLAB):  # a slab that is not full repeats the last window
        b = min(first + r, last)
        for j in range(H):
            inputs[0, r, D + 1 + j] = batch.h0[b, j]
            cells[0, r, j] = batch.c0[b, j]
        for j in range(H, groups * L):
            cells[0, r, j] = 0
    for t in range(batch.steps):
        now, after, kept = t % cells.shape[0], (t + 1) % cells.shape[0], t % gates.shape[0]
        for r in range(SLAB):
            b = min(first + r, last)
            for d in range(D):
                inputs[now, r, d] = batch.rows[batch.starts[b] + t, d] * batch.scale[b, d]
            inputs[now, r, D] = 1  # times b
        for group in range(groups):
            gate_product(inputs, now, weights, group, gates, kept)
            for r in range(SLAB):
                i, f, g, o = activate(load_tile(gates, (kept, group, r, 0), 1, GATES))
                c = f * load(cells, (now, r, group * L)) + i * g
                store_tile(gates, (kept, group, r, 0), 1, GATES, (i, f, g, o))
                store(cells, (after, r, group * L), c)
                store(inputs, (after, r, D + 1 + group * L), o * tanh(c))
    for r in range(min(SLAB, last + 1 - first)):
        for j in range(H):
            h_last[first + r, j] = inputs[batch.steps % cells.shape[0], r, D + 1 + j]


# Backward


@kernel
def backward_slabs(slabs, dh, record, back) -> bool:
    """Slabs as long as there are any. The record is read and never written.

    dh (B, n, H) is the gradient of the last n outputs; those before them have none.
    """
    worker = join(slabs)
    if worker >= back.dz.shape[0]:  # no room: the others will do
        return False
    last, slab = False, take(slabs)
    while slab >= 0:
        backward_slab(slab, dh, record, back.dz[worker], back)
        last, slab = finish(slabs), take(slabs)
    return last


@njit(inline="always")
def backward_slab(slab, dh, record, dz, back) -> None:
    """One slab back through all steps; dz (T, groups, SLAB, 4L) is room for its δz."""
    inputs, gates, cells = record.inputs[slab], record.gates[slab], record.cells[slab]
    T, groups, L = gates.shape[0], gates.shape[1], gates.shape[3] // GATES
    first = slab * SLAB
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
            add_transposed_product(dz[t + 1], H, back.U_t, dh_t)
        for group in range(groups):
            units = min(L, H - group * L)
            for r in range(SLAB):
                i, f, g, o = load_tile(gates, (t, group, r, 0), 1, GATES)
                tanh_c = tanh(load(cells, (t + 1, r, group * L)))
                dh_r = load(dh_t, (r, group * L))
                dc = load(dc_next, (r, group * L)) + dh_r * o * (1.0 - tanh_c * tanh_c)
                dz_i = dc * g * i * (1.0 - i)
                dz_f = dc * load(cells, (t, r, group * L)) * f * (1.0 - f)
                dz_g = dc * i * (1.0 - g * g)
                dz_o = dh_r * tanh_c * o * (1.0 - o)
                # Side by side without padding: each goes over the end of the one before.
                store(dz, (t, group, r, 0), dz_i)
                store(dz, (t, group, r, units), dz_f)
                store(dz, (t, group, r, 2 * units), dz_g)
                store(dz, (t, group, r, 3 * units), dz_o)
                store(dc_next, (r, group * L), dc * f)
    dh_t[:] = 0
    add_transposed_product(dz[0], H, back.U_t, dh_t)
    for r in range(n_windows):
        for j in range(H):
            back.dh0[first + r, j] = dh_t[r, j]
            back.dc0[first + r, j] = dc_next[r, j]
    dweights = back.dweights[slab]
    dweights[:] = 0
    for t in range(0, T, CHUNK):
        add_weight_gradient(inputs, dz, H, range(t, min(t + CHUNK, T)), dweights)
    for t in range(T):
        add_transposed_product(dz[t], H, back.W_t, back.dx[slab, t])


# The functions of the reference


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
    Whatever happens, `old` is empty afterwards: if this call is interrupted, another thread may
    still be writing to it. So a caller that holds a tape lets go of it first:

        old, self.tape = self.tape, None
        self.tape = lstm_forward(..., old=old)
    """
    batch = as_batch(x, h0, c0)
    W, U, b = map(plain, (W, U, b))
    record = scratch = None
    if old is not None and old.fits(batch, W):
        record, scratch = old.record, old.scratch
    if old is not None:
        old.record = old.scratch = None
    if record is None:
        record = new_record(batch, batch.steps, W)
    h_last = np.empty_like(batch.h0)
    run(forward_slabs, len(record.gates), batch, packed(W, U, b), record, h_last)
    return Tape(W, U, h_last, record, scratch)


def lstm_last(
    x: np.ndarray | Windows,
    W: np.ndarray,
    U: np.ndarray,
    b: np.ndarray,
    h0: np.ndarray,
    c0: np.ndarray,
) -> np.ndarray:
    """The last outputs (B, H) alone, keeping nothing for a backward pass."""
    weights = packed(*map(plain, (W, U, b)))
    batch = as_batch(x, h0, c0)
    ring = new_record(batch, 1, W)
    h_last = np.empty_like(batch.h0)
    run(forward_slabs, len(ring.gates), batch, weights, ring, h_last)
    return h_last


def lstm_backward(dh: np.ndarray, tape: Tape, with_dx: bool = True) -> Gradients:
    """Backpropagation through time: arguments and result of `reference.lstm_backward`.

    dh is (B, T, H), or (B, n, H) if only the last n outputs matter. The tape is read and left as it
    is. Without `with_dx` the gradient of x, for which training has no use, is empty.
    Raises RuntimeError if a later forward pass has taken the memory of the tape.
    """
    W, U, record = tape.W, tape.U, tape.whole
    (B, H), D, dtype = tape.h_last.shape, len(W), W.dtype
    slabs, T, groups, _, width = record.gates.shape
    K = D + 1 + H
    U_t, W_t = packed_transposed(U), packed_transposed(W if with_dx else W[:0])
    shapes = [
        (min(get_num_threads(), slabs), T, groups, SLAB, width),
        (max(slabs, 1), groups, padded(K, WEIGHT_ROWS), width),
    ]
    scratch, tape.scratch = tape.scratch, None  # an interrupt loses it, as it has to
    if scratch is None or [array.shape for array in scratch] != shapes:
        scratch = empty(shapes[0], dtype), empty(shapes[1], dtype)
    dh0, dc0 = np.empty((B, H), dtype), np.empty((B, H), dtype)
    dx = np.zeros((slabs, T, SLAB, len(W_t) * lanes(dtype.itemsize)), dtype)
    if slabs == 0:  # no window, no gradient
        scratch[1][:] = 0
    run(backward_slabs, slabs, plain(dh), record, Return(U_t, W_t, *scratch, dh0, dc0, dx))
    stacked = summed(scratch[1], K, H)  # [δW; δb; δU]
    tape.scratch = scratch
    return Gradients(
        x=by_window(dx, B)[:, :, :D],
        W=stacked[:D],
        U=stacked[D + 1 :],
        b=stacked[D],
        h0=dh0,
        c0=dc0,
    )
