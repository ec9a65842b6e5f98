"""Adam's equations in one pass over memory, where NumPy would make ten."""

import math

from tinylstm.kernels.cache import kernel


@kernel
def adam_update(theta, grad, m, v, step_size, v_scale, beta1, beta2, eps) -> None:
    """Take one step in place, on flat arrays of one size and type.

    step_size = lr / (1 - β1ᵗ), v_scale = 1 / sqrt(1 - β2ᵗ). The numbers must have the arrays' type:
    plain Python floats would turn float32 arithmetic to float64.
    """
    one = theta.dtype.type(1)
    for j in range(theta.size):
        m[j] = beta1 * m[j] + (one - beta1) * grad[j]
        v[j] = beta2 * v[j] + (one - beta2) * grad[j] * grad[j]
        theta[j] -= step_size * m[j] / (math.sqrt(v[j]) * v_scale + eps)
