"""The answers of lessons 1 to 4, each under the name that it has in its lesson."""

from collections.abc import Callable

import numpy as np
from numpy import ndarray

from tinylstm.reference import sigmoid

# Lesson 1

c_1 = 1 / 4 * 0.4 + 1 / 2 * (-3 / 5)


def cell(z: ndarray, c_prev: ndarray) -> tuple[ndarray, ndarray]:
    """From z (B, 4H) and c_{t-1} (B, H) to c_t and h_t."""
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    c_t = sigmoid(z_f) * c_prev + sigmoid(z_i) * np.tanh(z_g)
    return c_t, sigmoid(z_o) * np.tanh(c_t)


b_f = np.log(9)

# Lesson 2


def run(x: ndarray, W: ndarray, U: ndarray, b: ndarray) -> ndarray:
    """All outputs (B, T, H) of x (B, T, D), from states of zero."""
    h = c = np.zeros((len(x), len(U)))
    outputs = []
    for t in range(x.shape[1]):
        c, h = cell(x[:, t] @ W + h @ U + b, c)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def half_life(f: float) -> float:
    """Steps until f ** n = 1/2."""
    return float(np.log(1 / 2) / np.log(f))


biases = np.array([10, 10, 0, 10])

# Lesson 3


def forget_gate_backward(dc_t: ndarray, c_prev: ndarray, f: ndarray) -> ndarray:
    """δz_f, (B, H)."""
    return dc_t * c_prev * f * (1 - f)


def cell_backward(dc_next: ndarray, dh_t: ndarray, o: ndarray, c_t: ndarray) -> ndarray:
    """δc_t, (B, H)."""
    return dc_next + dh_t * o * (1 - np.tanh(c_t) ** 2)


def messages(dz: ndarray, dc_t: ndarray, f: ndarray, U: ndarray) -> tuple[ndarray, ndarray]:
    """What step t sends back through h_{t-1} and c_{t-1}, (B, H) each."""
    return dz @ U.T, dc_t * f


# Lesson 4


def central_difference(loss: Callable[[float], float], theta: float, epsilon: float) -> float:
    """The slope of the loss at theta, from its values on both sides."""
    return (loss(theta + epsilon) - loss(theta - epsilon)) / (2 * epsilon)


epsilon = 1e-5
culprit = "bias-averaged"
