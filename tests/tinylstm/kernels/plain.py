"""What the products and the packing do, in plain NumPy: one line each, to hold the fast ones to."""

import numpy as np

from tinylstm.kernels.vectors import lanes


def whole_numbers(rng, shape, dtype):
    """Small whole numbers: their products and sums are exact, in any order."""
    return rng.integers(-4, 5, shape).astype(dtype)


def grouped(M, dtype):
    """(K, 4H) as (groups, K, 4L): units in groups of L, the last one padded with zeros."""
    L = lanes(np.dtype(dtype).itemsize)
    K, H = len(M), M.shape[1] // 4
    groups = -(-H // L)
    by_gate = np.pad(M.reshape(K, 4, H), [(0, 0), (0, 0), (0, groups * L - H)])
    return by_gate.reshape(K, 4, groups, L).transpose(2, 0, 1, 3).reshape(groups, K, 4 * L)


def ungrouped(groups, H):
    """The inverse: (groups, K, 4L) as (K, 4H)."""
    n, K, width = groups.shape
    by_gate = groups.reshape(n, K, 4, width // 4).transpose(1, 2, 0, 3).reshape(K, 4, -1)
    return by_gate[:, :, :H].reshape(K, 4 * H)


def side_by_side(group, units):
    """A group (..., 4L, n) without the units that pad it, (..., 4 units, n)."""
    *others, width, n = group.shape
    by_gate = group.reshape(*others, 4, width // 4, n)[..., :units, :]
    return by_gate.reshape(*others, 4 * units, n)


def transposed_columns(M, dtype):
    """(rows, 4H) as (columns, groups, 4L, L): the transpose, in columns of L, padded with zeros."""
    L = lanes(np.dtype(dtype).itemsize)
    columns = -(-len(M) // L)
    padded = np.pad(M, [(0, columns * L - len(M)), (0, 0)])
    groups = grouped(padded, dtype)  # (groups, columns * L, 4L)
    return groups.reshape(len(groups), columns, L, 4 * L).transpose(1, 0, 3, 2)
