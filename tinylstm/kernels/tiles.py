"""The matrix products of the LSTM on packed weights, and the packing.

Each product runs over tiles whose sums stay in registers for the whole inner loop. On a Zen 5 core
that gives 220 to 235 GFLOP/s in float32; NumPy's OpenBLAS reaches 105 to 113 there.

Packing: units come in groups of L, as many as a vector has lanes. The gates i, f, g, o of a group
lie side by side, so that a tile holds whole cells. The last group is padded with zeros.

    weights     (groups, K, 4L)          row k of [W; b; U], cut into groups
    transposed  (columns, groups, 4L, L) Wᵀ or Uᵀ, cut into columns of L
"""

import numpy as np
from numba import njit

from tinylstm.kernels.vectors import fma, load, splat, store, zeros_vec

SLAB = 16  # windows per slab, a multiple of 8; 8, 16 and 32 measured the same
KERNEL = {"cache": True, "nogil": True, "error_model": "numpy"}


# Four vectors: the gates i, f, g, o of a group of units


@njit(forceinline=True)
def load4(a, index):
    """The four vectors of a row, which starts at a[index, 0]."""
    L = a.shape[a.ndim - 1] // 4
    return (
        load(a, (*index, 0)),
        load(a, (*index, L)),
        load(a, (*index, 2 * L)),
        load(a, (*index, 3 * L)),
    )


@njit(forceinline=True)
def store4(a, index, v):
    """Write the four vectors of a row."""
    L = a.shape[a.ndim - 1] // 4
    store(a, (*index, 0), v[0])
    store(a, (*index, L), v[1])
    store(a, (*index, 2 * L), v[2])
    store(a, (*index, 3 * L), v[3])


@njit(forceinline=True)
def fma4(x, w, z):
    """z + x * w, for each of the four."""
    return fma(x, w[0], z[0]), fma(x, w[1], z[1]), fma(x, w[2], z[2]), fma(x, w[3], z[3])


# Eight vectors: a column of eight rows


@njit(forceinline=True)
def load8(a, r, j):
    """The vectors at column j of the rows r to r + 7."""
    return (
        load(a, (r, j)),
        load(a, (r + 1, j)),
        load(a, (r + 2, j)),
        load(a, (r + 3, j)),
        load(a, (r + 4, j)),
        load(a, (r + 5, j)),
        load(a, (r + 6, j)),
        load(a, (r + 7, j)),
    )


@njit(forceinline=True)
def store8(a, r, j, v):
    """Write the vectors at column j of the rows r to r + 7."""
    store(a, (r, j), v[0])
    store(a, (r + 1, j), v[1])
    store(a, (r + 2, j), v[2])
    store(a, (r + 3, j), v[3])
    store(a, (r + 4, j), v[4])
    store(a, (r + 5, j), v[5])
    store(a, (r + 6, j), v[6])
    store(a, (r + 7, j), v[7])


@njit(forceinline=True)
def fma8(a, t, group, r, k, w, z):
    """z + a[t, group, row, k] * w, for each of the eight rows."""
    return (
        fma(splat(a, (t, group, r, k)), w, z[0]),
        fma(splat(a, (t, group, r + 1, k)), w, z[1]),
        fma(splat(a, (t, group, r + 2, k)), w, z[2]),
        fma(splat(a, (t, group, r + 3, k)), w, z[3]),
        fma(splat(a, (t, group, r + 4, k)), w, z[4]),
        fma(splat(a, (t, group, r + 5, k)), w, z[5]),
        fma(splat(a, (t, group, r + 6, k)), w, z[6]),
        fma(splat(a, (t, group, r + 7, k)), w, z[7]),
    )


# Products


@njit(forceinline=True)
def gate_product(inputs, t, weights, group, z, t_z):
    """z[t_z, group] = inputs[t] @ weights[group] for the rows of a slab; tiles of 4 x 4 vectors."""
    zero = zeros_vec(z)
    for r in range(0, SLAB, 4):
        z0 = z1 = z2 = z3 = (zero, zero, zero, zero)
        for k in range(weights.shape[1]):
            w = load4(weights, (group, k))
            z0 = fma4(splat(inputs, (t, r, k)), w, z0)
            z1 = fma4(splat(inputs, (t, r + 1, k)), w, z1)
            z2 = fma4(splat(inputs, (t, r + 2, k)), w, z2)
            z3 = fma4(splat(inputs, (t, r + 3, k)), w, z3)
        store4(z, (t_z, group, r), z0)
        store4(z, (t_z, group, r + 1), z1)
        store4(z, (t_z, group, r + 2), z2)
        store4(z, (t_z, group, r + 3), z3)


@njit(forceinline=True)
def row_product(inputs, t, weights, group, zero):
    """inputs[t] @ weights[group] for a single row, the four vectors of its gates."""
    # Even and odd k apart: eight sums in flight hide the latency of the multiply-add.
    even = odd = (zero, zero, zero, zero)
    for k in range(1, weights.shape[1], 2):
        even = fma4(splat(inputs, (t, k - 1)), load4(weights, (group, k - 1)), even)
        odd = fma4(splat(inputs, (t, k)), load4(weights, (group, k)), odd)
    if weights.shape[1] % 2:
        k = weights.shape[1] - 1
        even = fma4(splat(inputs, (t, k)), load4(weights, (group, k)), even)
    return even[0] + odd[0], even[1] + odd[1], even[2] + odd[2], even[3] + odd[3]


@njit(forceinline=True)
def add_transposed_product(dz, t, transposed, out):
    """out += dz[t] @ transposed, for the rows of a slab; tiles of 8 rows x 2 vectors."""
    columns, L = transposed.shape[0], transposed.shape[3]
    for j in range(0, columns - 1, 2):
        for r in range(0, SLAB, 8):
            left, right = load8(out, r, j * L), load8(out, r, j * L + L)
            for group in range(dz.shape[1]):
                for k in range(dz.shape[3]):
                    left = fma8(dz, t, group, r, k, load(transposed, (j, group, k, 0)), left)
                    right = fma8(dz, t, group, r, k, load(transposed, (j + 1, group, k, 0)), right)
            store8(out, r, j * L, left)
            store8(out, r, j * L + L, right)
    if columns % 2:  # the last column has no neighbour
        j = columns - 1
        for r in range(0, SLAB, 8):
            last = load8(out, r, j * L)
            for group in range(dz.shape[1]):
                for k in range(dz.shape[3]):
                    last = fma8(dz, t, group, r, k, load(transposed, (j, group, k, 0)), last)
            store8(out, r, j * L, last)


@njit(forceinline=True)
def add_weight_gradient(inputs, dz, t_start, t_stop, dweights):
    """dweights += Σ_t inputs[t]ᵀ dz[t] over some steps; tiles of 4 inputs x 4 vectors."""
    for group in range(dz.shape[1]):
        for k in range(0, dweights.shape[1], 4):
            w0, w1 = load4(dweights, (group, k)), load4(dweights, (group, k + 1))
            w2, w3 = load4(dweights, (group, k + 2)), load4(dweights, (group, k + 3))
            for t in range(t_start, t_stop):
                for r in range(dz.shape[2]):
                    d = load4(dz, (t, group, r))
                    w0 = fma4(splat(inputs, (t, r, k)), d, w0)
                    w1 = fma4(splat(inputs, (t, r, k + 1)), d, w1)
                    w2 = fma4(splat(inputs, (t, r, k + 2)), d, w2)
                    w3 = fma4(splat(inputs, (t, r, k + 3)), d, w3)
            store4(dweights, (group, k), w0)
            store4(dweights, (group, k + 1), w1)
            store4(dweights, (group, k + 2), w2)
            store4(dweights, (group, k + 3), w3)


# Packing


@njit(**KERNEL)
def pack(W: np.ndarray, U: np.ndarray, b: np.ndarray, weights: np.ndarray) -> None:
    """Fill weights (groups, D + 1 + H, 4L) with [W; b; U], as the forward product wants them."""
    pack_rows(W, 0, weights)
    pack_rows(b.reshape(1, -1), W.shape[0], weights)
    pack_rows(U, W.shape[0] + 1, weights)


@njit(**KERNEL)
def pack_rows(M: np.ndarray, first: int, weights: np.ndarray) -> None:
    """Cut the rows of M (rows, 4H) into groups, as the rows from `first` on of weights."""
    H, L = M.shape[1] // 4, weights.shape[2] // 4
    for k in range(M.shape[0]):
        for gate in range(4):
            for group in range(weights.shape[0]):
                column, units = gate * H + group * L, H - group * L
                if units >= L:
                    store(weights, (group, first + k, gate * L), load(M, (k, column)))
                else:
                    for j in range(L):
                        value = M[k, column + j] if j < units else 0
                        weights[group, first + k, gate * L + j] = value


@njit(**KERNEL)
def pack_transposed(M: np.ndarray, transposed: np.ndarray) -> None:
    """Fill transposed (columns, groups, 4L, L) with Mᵀ, M being W or U, for the way back."""
    H, L = M.shape[1] // 4, transposed.shape[3]
    for i in range(transposed.shape[0]):
        rows = M[i * L : (i + 1) * L]
        for group in range(transposed.shape[1]):
            for gate in range(4):
                for j in range(L):
                    for k in range(L):
                        inside = group * L + j < H and k < rows.shape[0]
                        value = rows[k, gate * H + group * L + j] if inside else 0
                        transposed[i, group, gate * L + j, k] = value


@njit(**KERNEL)
def sum_slabs(dweights: np.ndarray, K: int, H: int, out: np.ndarray) -> None:
    """Add the slabs' gradients (slabs, groups, ., 4L) in their order, and unpack them into out.

    out (K * 4H + L,) is flat, K rows of 4H, and filled from left to right: what a padded group
    writes beyond its gate is overwritten by the gate that follows.
    """
    slabs, groups, L = dweights.shape[0], dweights.shape[1], dweights.shape[3] // 4
    for k in range(K):
        for gate in range(4):
            for group in range(groups):
                total = load(dweights, (0, group, k, gate * L))
                for slab in range(1, slabs):
                    total = total + load(dweights, (slab, group, k, gate * L))
                store(out, (k * 4 * H + gate * H + group * L,), total)
