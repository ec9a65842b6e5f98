"""Adam's equations in one pass over memory, where NumPy would make ten."""

import math

from tinylstm.kernels.cache import kernel


@kernel
def adam_update(theta, grad, m, v, numbers) -> None:
    """Take one step in place, on flat arrays of one size and type.

    numbers (5,) of the same type are step_size = lr / (1 - β1ᵗ), v_scale = 1 / sqrt(1 - β2ᵗ), β1,
    β2 and eps.
    """
    step_size, v_scale = numbers[0], numbers[1]
    beta1, beta2, eps = numbers[2], numbers[3], numbers[4]
    one = theta.dtype.type(1)
    for j in range(theta.size):
        m[j] = beta1 * m[j] + (one - beta1) * grad[j]
        v[j] = beta2 * v[j] + (one - beta2) * grad[j] * grad[j]
        theta[j] -= step_size * m[j] / (math.sqrt(v[j]) * v_scale + eps)
