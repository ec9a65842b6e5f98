"""Initial weights, as Keras draws them."""

import math

import numpy as np


class NoNumbers(np.random.Generator):
    """In the place of random numbers, for a layer that gets other weights: initial ones are 0.

    An orthogonal matrix of 1,024 units takes seconds, and up to a minute on a busy machine.
    """

    def __init__(self) -> None:
        super().__init__(np.random.PCG64(0))


def glorot_uniform(rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    """(fan_in, fan_out), uniform in ± sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010)."""
    if isinstance(rng, NoNumbers):
        return np.zeros((fan_in, fan_out))
    limit = math.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def orthogonal(rng: np.random.Generator, n_rows: int, n_columns: int) -> np.ndarray:
    """A random matrix (n_rows, n_columns), n_rows <= n_columns, of orthonormal rows (Saxe 2014)."""
    if isinstance(rng, NoNumbers):
        return np.zeros((n_rows, n_columns))
    q, r = np.linalg.qr(rng.standard_normal((n_columns, n_rows)))
    return (q * np.sign(np.diag(r))).T  # the signs make the distribution uniform
