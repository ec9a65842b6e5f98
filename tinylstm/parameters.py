"""The parameters of the forecaster: their names, their shapes, and how many they are."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from tinylstm.arguments import as_numbers, require_arrays
from tinylstm.compression.lowrank import FACTORED, LEFT, RIGHT
from tinylstm.weights import misfit, misnamed

PARAMETERS = {  # and their number of axes
    "lstm.W": 2, "lstm.U": 2, "lstm.b": 1,
    "dense1.W": 2, "dense1.b": 1, "dense2.W": 2, "dense2.b": 1,
}  # fmt: skip


def parameter_shapes(
    D: int, H: int, K: int, rank_w: int = 0, rank_u: int = 0
) -> dict[str, tuple[int, ...]]:
    """The shapes of the arrays of D inputs, H hidden units and K dense ones, by their names.

    >>> parameter_shapes(7, 16, 16)["lstm.W"], parameter_shapes(7, 16, 16, 2)["lstm.W.left"]
    ((7, 64), (7, 2))
    """
    shapes: dict[str, tuple[int, ...]] = {}
    for name, rows, rank in zip(FACTORED, (D, H), (rank_w, rank_u), strict=True):
        if rank:
            shapes |= {name + LEFT: (rows, rank), name + RIGHT: (rank, 4 * H)}
        else:
            shapes[name] = (rows, 4 * H)
    shapes |= {"lstm.b": (4 * H,), "dense1.W": (H, K), "dense1.b": (K,)}
    return shapes | {"dense2.W": (K, 1), "dense2.b": (1,)}


def fitting_shapes(params: dict[str, np.ndarray]) -> dict[str, tuple[int, ...]]:
    """The shapes of all parameters, as they follow from the lengths of three: D, H, dense_size.

    >>> from tinylstm import LSTMRegressor
    >>> fitting_shapes(LSTMRegressor(7, 16).params)["dense1.W"]
    (16, 16)
    """
    return parameter_shapes(*(len(params[name]) for name in ("lstm.W", "lstm.U", "dense1.b")))


def as_parameters(params: Mapping[str, ArrayLike]) -> dict[str, np.ndarray]:
    """The arrays by their names. Raises ValueError unless they are those of one model.

    >>> as_parameters({"lstm.W": np.zeros((7, 64))})
    Traceback (most recent call last):
        ...
    ValueError: the dictionary of params lacks 'lstm.U' (6 missing)
    """
    require_arrays("params", params)
    if problem := misnamed(params, PARAMETERS):
        raise ValueError(f"the dictionary of params {problem}")
    arrays = {name: np.atleast_1d(as_numbers(name, params[name])) for name in PARAMETERS}
    if problem := misfit(arrays, fitting_shapes(arrays)):
        raise ValueError(f"the dictionary of params holds {problem}")
    return arrays


def count_parameters(hidden_size: int, input_size: int = 7, dense_size: int = 16) -> int:
    """The closed formula: 4H (H + D + 1) + (H + 1) K + (K + 1), for K dense units.

    >>> from tinylstm import LSTMRegressor
    >>> count_parameters(hidden_size=16), LSTMRegressor(7, 16).n_params
    (1825, 1825)
    """
    lstm = 4 * hidden_size * (hidden_size + input_size + 1)
    return lstm + (hidden_size + 1) * dense_size + (dense_size + 1)
