"""Matrices of low rank: W (D, 4H) as the product of two thin ones, where that is fewer numbers.

A product of (D, r) and (r, 4H) has the rank r, and r (D + 4H) numbers in the place of 4DH. The
nearest such matrix is that of the r largest singular values (Eckart & Young 1936).
"""

import math
from collections.abc import Iterable, Mapping

import numpy as np

from tinylstm.arguments import require_arrays, require_size

FACTORED = ("lstm.W", "lstm.U")  # the others are too small to gain by it
LEFT, RIGHT = ".left", ".right"


def factor(params: Mapping[str, np.ndarray], rank: int) -> dict[str, np.ndarray]:
    """The parameters with NAME.left (rows, rank) and NAME.right (rank, columns) for W and U.

    A matrix stays as it is where two factors would be no fewer numbers, and with the rank 0. Raises
    ValueError for any other rank that is no whole number, and for what is no dictionary.

    >>> from tinylstm import LSTMRegressor
    >>> arrays = factor(LSTMRegressor(7, 16).params, rank=2)
    >>> {name: array.shape for name, array in arrays.items() if "lstm.W" in name}
    {'lstm.W.left': (7, 2), 'lstm.W.right': (2, 64)}
    """
    require_arrays("params", params)
    if not (isinstance(rank, int) and rank == 0):
        require_size("rank", rank)
    arrays: dict[str, np.ndarray] = {}
    for name, array in params.items():
        if name in FACTORED and saves_numbers(array.shape, rank):
            u, s, v = np.linalg.svd(array.astype(np.float64), full_matrices=False)
            root = np.sqrt(s[:rank])  # to each factor its share, so that both are alike in size
            arrays[name + LEFT] = (u[:, :rank] * root).astype(array.dtype)
            arrays[name + RIGHT] = (root[:, np.newaxis] * v[:rank]).astype(array.dtype)
        else:
            arrays[name] = array
    return arrays


def saves_numbers(shape: tuple[int, ...], rank: int) -> bool:
    """Whether two factors of a rank have fewer numbers than a matrix of this shape.

    >>> saves_numbers((7, 16), rank=4), saves_numbers((7, 16), rank=5)
    (True, False)
    """
    return 0 < rank * sum(shape) < math.prod(shape)


def compose(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The parameters again: NAME for NAME.left and NAME.right, which are multiplied.

    >>> from tinylstm import LSTMRegressor
    >>> params = LSTMRegressor(7, 16).params
    >>> whole = compose(factor(params, rank=2))
    >>> whole["lstm.W"].shape, int(np.linalg.matrix_rank(whole["lstm.W"]))
    ((7, 64), 2)
    """
    params: dict[str, np.ndarray] = {}
    for name, array in arrays.items():
        if name.endswith(LEFT):
            whole = name.removesuffix(LEFT)
            # By sums in one order: another matrix library must not give other bits.
            params[whole] = (array[:, :, np.newaxis] * arrays[whole + RIGHT]).sum(axis=1)
        elif not name.endswith(RIGHT):
            params[name] = array
    return params


def whole_names(arrays: Iterable[str]) -> list[str]:
    """The names of the parameters, of which some may be products: NAME for its two factors.

    >>> whole_names(["lstm.W.left", "lstm.W.right", "lstm.U"])
    ['lstm.W', 'lstm.U']
    """
    return [name.removesuffix(LEFT) for name in arrays if not name.endswith(RIGHT)]


def is_factored(arrays: Mapping[str, np.ndarray]) -> bool:
    """Whether some matrix is a product.

    >>> is_factored({"lstm.W": np.ones((7, 64))}), is_factored({"lstm.W.left": np.ones((7, 2))})
    (False, True)
    """
    return any(name.endswith(LEFT) for name in arrays)
