"""The answers of lessons 9 and 10, each under the name that it has in its lesson."""

import numpy as np
from numpy import ndarray

# Lesson 9


def bits(p: ndarray) -> float:
    """Mean bits for a character, from the probabilities p (N,) of those that came."""
    return float(np.mean(-np.log2(p)))


def logits_backward(p: ndarray, y: ndarray) -> ndarray:
    """The gradient of the mean of -log p[n, y[n]] with respect to the logits, (N, K)."""
    d_logits = p.copy()
    d_logits[np.arange(len(y)), y] -= 1
    return d_logits / len(y)


def at_temperature(p: ndarray, temperature: float) -> ndarray:
    """The probabilities p (K,) as a temperature changes them."""
    changed = p ** (1 / temperature)
    return changed / changed.sum()


def most_like(c: ndarray, inside: ndarray) -> int:
    """The unit whose cell c (T, H) goes along most closely with inside (T,)."""
    correlations = [np.corrcoef(c[:, unit], inside)[0, 1] for unit in range(c.shape[1])]
    return int(np.argmax(np.abs(correlations)))


# Lesson 10


def input_gate_backward(dc_t: ndarray, g: ndarray, i: ndarray) -> ndarray:
    """δz_i (B, H), where i is the gate, σ(z_i)."""
    return dc_t * g * i * (1 - i)


fewest_steps = 2
idle = "head.b"


def candidate_backward(
    dc_next: ndarray, dh_t: ndarray, o: ndarray, c_t: ndarray, i: ndarray, g: ndarray
) -> ndarray:
    """δz_g (B, H)."""
    return (dc_next + dh_t * o * (1 - np.tanh(c_t) ** 2)) * i * (1 - g**2)
