"""The answers of lessons 5 to 8, each under the name that it has in its lesson."""

from collections.abc import Callable

import numpy as np
from numpy import ndarray

Activation = Callable[[float], float]

# Lesson 5

third_step = 5 / 7


def adam_step(
    theta: ndarray,
    grad: ndarray,
    m: ndarray,
    v: ndarray,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> tuple[ndarray, ndarray, ndarray]:
    """Step t, counted from 1; all arrays have the shape of theta."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


uncorrected_first_step = 0.1 / np.sqrt(0.001)
gradient_of_half_a_step = 1e-7

# Lesson 6


def operations(B: int, D: int, H: int) -> int:
    """Multiplications and additions of x_t W + h_{t-1} U."""
    return 2 * B * (D + H) * 4 * H


def gate_kernel(
    z: ndarray, c_prev: ndarray, c: ndarray, h: ndarray, sigmoid: Activation, tanh: Activation
) -> ndarray:
    """Fill c and h (B, H) from z (B, 4H) and c_prev (B, H)."""
    B, H = c.shape
    for b in range(B):
        for j in range(H):
            i = sigmoid(z[b, j])
            f = sigmoid(z[b, H + j])
            g = tanh(z[b, 2 * H + j])
            o = sigmoid(z[b, 3 * H + j])
            c[b, j] = f * c_prev[b, j] + i * g
            h[b, j] = o * tanh(c[b, j])
    return h


def amdahl(share: float, factor: float) -> float:
    """How much faster all is when a share of its time becomes `factor` times faster."""
    return 1 / (1 - share + share / factor)


# Lesson 7


def floor_rmse(mean: ndarray) -> float:
    """The root mean squared error of the true mean, from the mean alone."""
    return float(np.sqrt(np.mean(mean)))


def own_error(rmse: float, floor: float) -> float:
    """What is left of the error when chance is taken away."""
    return float(np.sqrt(rmse**2 - floor**2))


def interval(values: ndarray) -> tuple[float, float]:
    """The 95% interval (low, high) of the mean of four values."""
    mean = float(np.mean(values))
    half = float(3.182 * np.std(values, ddof=1) / np.sqrt(len(values)))
    return mean - half, mean + half


# Lesson 8

less_error = 100 * (1 - 12.4 / 12.5)
best_factor = 0.975
letter = "D"
mean_over_masks = 0.8
