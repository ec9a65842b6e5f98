"""Gradients cut to a length: where a sequence makes them explode, the step stays bounded.

All arrays together are one vector. If it is longer than a limit, it is made as short as that and
keeps its direction (Pascanu, Mikolov & Bengio 2013, Algorithm 1).
"""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from tinylstm import backends
from tinylstm.arguments import as_numbers, require_arrays, require_number
from tinylstm.optim import Adam, Grads


def global_norm(grads: Mapping[str, np.ndarray]) -> float:
    """The length of all gradients as one vector.

    The squares are summed by NumPy in float64: a product of BLAS has other last bits with another
    number of threads, and in float32 it would overflow where gradients explode.

    >>> global_norm({"W": np.array([3.0]), "b": np.array([4.0])})
    5.0
    """
    squares = (np.square(grad, dtype=np.float64) for grad in grads.values())
    return math.sqrt(sum(float(np.add.reduce(each, axis=None)) for each in squares))


def clip_by_norm(grads: Mapping[str, ArrayLike], max_norm: float) -> dict[str, np.ndarray]:
    """The gradients, multiplied by max_norm / their global norm if that is longer.

    Raises ValueError unless they are a dictionary of real numbers, and max_norm is finite and at
    least 0.

    >>> clip_by_norm({"W": np.array([3.0]), "b": np.array([4.0])}, max_norm=1.0)
    {'W': array([0.6]), 'b': array([0.8])}
    """
    require_arrays("grads", grads)
    require_number("max_norm", max_norm)
    arrays = {name: _as_floats(name, grad) for name, grad in grads.items()}
    norm = global_norm(arrays)
    if norm <= max_norm:
        return arrays
    scale = max_norm / norm
    return {name: grad * grad.dtype.type(scale) for name, grad in arrays.items()}


def _as_floats(name: str, grad: ArrayLike) -> np.ndarray:
    array = as_numbers(f"the gradient of {name}", grad)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


class ClippedAdam(Adam):
    """Adam on gradients that `clip_by_norm` has cut; max_norm may be changed between steps.

    >>> params = {"w": np.zeros(1)}
    >>> optimizer = ClippedAdam(params, lr=0.1, max_norm=1.0)
    >>> optimizer.step({"w": np.array([1e6])})
    >>> optimizer.m  # a tenth of the gradient, which was cut to 1
    {'w': array([0.1])}
    """

    def __init__(
        self,
        params: dict[str, np.ndarray],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-7,
        backend: str = backends.DEFAULT,
        max_norm: float = 1.0,
    ) -> None:
        require_number("max_norm", max_norm)
        super().__init__(params, lr, betas, eps, backend)
        self.max_norm = max_norm  # the longest that all gradients may be as one vector

    def step(self, grads: dict[str, np.ndarray]) -> None:
        """A step of Adam with the clipped gradients; raises what that raises."""
        if isinstance(grads, Grads):
            self.require_own(grads.params)
        super().step(clip_by_norm(grads, self.max_norm))
