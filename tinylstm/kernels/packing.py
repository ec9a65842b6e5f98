"""Weights in the order in which the products read them, and gradients put back in their own.

Units come in groups of L, as many as a vector has lanes. The gates i, f, g, o of a group lie side
by side, so that a tile holds whole cells. The last group is padded with zeros.

    weights     (groups, K, 4L)           row k of [W; b; U], K = D + 1 + H, cut into groups
    transposed  (columns, groups, 4L, L)  Wᵀ or Uᵀ, cut into columns of L; of a group
                                          of n < L units only 4n rows count, n for each gate
    dweights    (slabs, groups, ., 4L)    the gradient of weights by every slab; some more rows
"""

import numpy as np

from tinylstm.kernels.cache import kernel
from tinylstm.kernels.vectors import differ, empty, lanes, load, store


def packed(W: np.ndarray, U: np.ndarray, b: np.ndarray) -> np.ndarray:
    """[W; b; U] as weights, of W (D, 4H), U (H, 4H) and b (4H,)."""
    weights = room_for_weights(W, U)
    pack(W, U, b, weights)
    return weights


def room_for_weights(W: np.ndarray, U: np.ndarray) -> np.ndarray:
    """An empty array for the packed weights of W (D, 4H) and U (H, 4H)."""
    D, H, L = len(W), len(U), lanes(W.itemsize)
    return empty((-(-H // L), D + 1 + H, 4 * L), W.dtype)


def packed_transposed(M: np.ndarray) -> np.ndarray:
    """Mᵀ as transposed, M (rows, 4H) being W or U."""
    rows, L = len(M), lanes(M.itemsize)
    groups = -(-M.shape[1] // (4 * L))
    transposed = empty((-(-rows // L), groups, 4 * L, L), M.dtype)
    if rows > 0:
        pack_transposed(M, transposed)
    return transposed


def summed(dweights: np.ndarray, K: int, H: int) -> np.ndarray:
    """The gradient (K, 4H) of [W; b; U]: the sum over slabs, in their order."""
    flat = np.empty(K * 4 * H + lanes(dweights.itemsize), dweights.dtype)
    sum_slabs(dweights, K, H, flat)
    return flat[: K * 4 * H].reshape(K, 4 * H)


@kernel
def pack(W, U, b, weights) -> None:
    """Fill weights with [W; b; U]. Vectors that are there already are not written again."""
    D, H, L = W.shape[0], U.shape[0], weights.shape[2] // 4
    for k in range(D + 1 + H):
        row = W[k] if k < D else U[k - D - 1] if k > D else b
        for gate in range(4):
            for group in range(H // L):
                vector = load(row, (gate * H + group * L,))
                if differ(vector, load(weights, (group, k, gate * L))):
                    store(weights, (group, k, gate * L), vector)
            for group in range(H // L, weights.shape[0]):  # the last, if it is padded
                for j in range(L):
                    unit = group * L + j
                    weights[group, k, gate * L + j] = row[gate * H + unit] if unit < H else 0


@kernel
def pack_transposed(M, transposed) -> None:
    """Fill transposed with Mᵀ."""
    H, L = M.shape[1] // 4, transposed.shape[3]
    for i in range(transposed.shape[0]):
        rows = M[i * L : (i + 1) * L]
        for group in range(transposed.shape[1]):
            units = min(L, H - group * L)
            for gate in range(4):
                for j in range(units):
                    for k in range(L):
                        value = rows[k, gate * H + group * L + j] if k < rows.shape[0] else 0
                        transposed[i, group, gate * units + j, k] = value


@kernel
def sum_slabs(dweights, K, H, out) -> None:
    """Add the slabs and unpack the sum into out (K * 4H + L,): K rows of 4H, and some room.

    It is filled from left to right: what a padded group writes beyond its gate is overwritten by
    the gate that follows.
    """
    slabs, groups, L = dweights.shape[0], dweights.shape[1], dweights.shape[3] // 4
    for k in range(K):
        for gate in range(4):
            for group in range(groups):
                total = load(dweights, (0, group, k, gate * L))
                for slab in range(1, slabs):
                    total = total + load(dweights, (slab, group, k, gate * L))
                store(out, (k * 4 * H + gate * H + group * L,), total)
