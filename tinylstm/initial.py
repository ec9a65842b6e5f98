"""Initial weights, as Keras draws them."""

import math

import numpy as np


def glorot_uniform(rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    """(fan_in, fan_out), uniform in ± sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010)."""
    limit = math.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def orthogonal(rng: np.random.Generator, n_rows: int, n_columns: int) -> np.ndarray:
    """A random matrix (n_rows, n_columns), n_rows <= n_columns, of orthonormal rows (Saxe 2014)."""
    q, r = np.linalg.qr(rng.standard_normal((n_columns, n_rows)))
    return (q * np.sign(np.diag(r))).T  # the signs make the distribution uniform
