"""Adam's update in Numba, as `numpy_backend.adam_update` has it in NumPy."""

import math

from numba import njit


@njit(cache=True, nogil=True, error_model="numpy")
def adam_update(theta, grad, m, v, step_size, v_scale, beta1, beta2, eps) -> None:
    """One pass over flat arrays, where NumPy would make ten.

    step_size = lr / (1 - β1ᵗ), v_scale = 1 / sqrt(1 - β2ᵗ).
    """
    one = theta.dtype.type(1)
    for j in range(theta.size):
        m[j] = beta1 * m[j] + (one - beta1) * grad[j]
        v[j] = beta2 * v[j] + (one - beta2) * grad[j] * grad[j]
        theta[j] -= step_size * m[j] / (math.sqrt(v[j]) * v_scale + eps)
