"""Is the backward pass right? Central differences answer, without knowing any of its equations.

The derivative of the loss L with respect to one number θ is, up to an error of order ε²,

    dL/dθ ≈ (L(θ + ε) - L(θ - ε)) / 2ε

In float64 with ε = 1e-5 both errors of this formula, of truncation (ε²) and of rounding
(1e-16 / ε), are about 1e-11: a right gradient agrees to many digits, and a wrong one stands out.
"""

import copy
import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from tinylstm.model import LSTMRegressor

EPSILON = 1e-5
TOLERANCE = 1e-6
# A gradient that is smaller than this share of the loss itself, such as that of h0 after a hundred
# steps, has fewer right digits in its central difference than the tolerance asks for.
RESOLUTION = 1e-4
OK, WRONG = "ok", "WRONG"
NOT_REACHED, AT_A_KINK = "not reached", "at a kink"
UNPROVEN = {
    NOT_REACHED: "dropout or a ReLU cuts it off, and 0 = 0 proves nothing; try another --seed",
    AT_A_KINK: "a ReLU is about to switch, and there the loss has no slope; try another --seed",
}


class Row(NamedTuple):
    """What the check found out about one array."""

    name: str
    shape: tuple[int, ...]
    error: float  # the largest relative error of its gradient
    verdict: str  # OK, WRONG, or a key of UNPROVEN


class FrozenLoss:
    """The loss as a function of `arrays` and nothing else: dropout drops the same units each time.

    It has its own copy of the model, in float64. `arrays` are the model's parameters, x (B, T, D)
    and the initial states h0 and c0 (B, H), which are drawn at random if not given, since zero
    states would hide mistakes.
    """

    def __init__(
        self,
        model: LSTMRegressor,
        x: np.ndarray,
        y: np.ndarray,
        h0: np.ndarray | None = None,
        c0: np.ndarray | None = None,
    ) -> None:
        self.model, self.y = model.astype(np.float64), y
        state_shape = len(x), len(model.params["lstm.U"])
        rng = np.random.default_rng(0)
        self.inputs = {
            "x": np.array(x, np.float64),
            "h0": rng.normal(0, 0.5, state_shape) if h0 is None else np.array(h0, np.float64),
            "c0": rng.normal(0, 0.5, state_shape) if c0 is None else np.array(c0, np.float64),
        }
        self.arrays = {**self.model.params, **self.inputs}
        self.dropout_state = copy.deepcopy(model.dropout.rng.bit_generator.state)
        self.resolution = RESOLUTION * self()[0]

    def __call__(self) -> tuple[float, np.ndarray]:
        """The loss, and which rectified units (ReLU) are on."""
        self.model.dropout.rng.bit_generator.state = self.dropout_state
        value = self.model.loss_and_grad(y=self.y, **self.inputs, with_dx=True)
        return value, self.model.dense1.y > 0

    def gradients(self) -> dict[str, np.ndarray]:
        """The gradient of each of the arrays, by backpropagation."""
        self()
        return copy.deepcopy({**self.model.grads, **self.model.input_grads})

    def compare(self, name: str, gradient: np.ndarray, numerical: np.ndarray) -> Row:
        """A gradient beside its central differences."""
        error = largest_relative_error(gradient, numerical, self.resolution)
        if not gradient.any() and not numerical.any():
            verdict = NOT_REACHED
        elif np.isnan(numerical).all() and np.isfinite(gradient).all():
            verdict = AT_A_KINK
        else:
            verdict = OK if error <= TOLERANCE else WRONG
        return Row(name, self.arrays[name].shape, error, verdict)


def gradient_check(
    model: LSTMRegressor,
    x: np.ndarray,
    y: np.ndarray,
    h0: np.ndarray | None = None,
    c0: np.ndarray | None = None,
) -> dict[str, float]:
    """The largest relative error of each gradient that `loss_and_grad` computes.

    x (B, T, D), y (B,); the initial states h0 and c0 (B, H) are drawn at random if not given, since
    zero states would hide mistakes. The keys are those of `model.params`, and x, h0, c0.
    The check runs on a copy of the model in float64; the model itself is not changed.
    """
    return {row.name: row.error for row in check_each(FrozenLoss(model, x, y, h0, c0))}


def check_each(loss: FrozenLoss) -> Iterator[Row]:
    """Check one array after the other, and yield its row as soon as it is done."""
    gradients = loss.gradients()
    for name, theta in loss.arrays.items():
        yield loss.compare(name, gradients[name], central_differences(loss, theta))


def central_differences(
    loss: Callable[[], tuple[float, np.ndarray]], theta: np.ndarray, epsilon: float = EPSILON
) -> np.ndarray:
    """(L(θ + ε) - L(θ - ε)) / 2ε for every element of theta, which `loss` reads and we move.

    `loss` returns L and which rectified units (ReLU) are on. Where one of them switches on the way
    from θ - ε to θ + ε, the loss has a kink and no derivative to compare with: NaN.
    """
    gradient = np.empty_like(theta)
    for index in np.ndindex(theta.shape):
        middle = theta[index]
        theta[index] = middle + epsilon
        above, on_above = loss()
        theta[index] = middle - epsilon
        below, on_below = loss()
        theta[index] = middle
        smooth = np.array_equal(on_above, on_below)
        gradient[index] = (above - below) / (2 * epsilon) if smooth else np.nan
    return gradient


def largest_relative_error(
    gradient: np.ndarray, numerical: np.ndarray, resolution: float = 0.0
) -> float:
    """max |gradient - numerical| / max |numerical|, over the elements where numerical is a number.

    Relative to the largest of the array, since elements that are tiny beside their neighbours hold
    rounding noise and nothing else; for the same reason never to less than `resolution`.
    Zero against zero is 0. A gradient that is not finite or of another shape is infinitely wrong,
    and so is one of which no element could be compared.
    """
    known = np.isfinite(numerical)
    if gradient.shape != numerical.shape or not np.isfinite(gradient).all() or not known.any():
        return math.inf
    difference = np.abs(gradient - numerical)[known].max()
    if difference == 0:
        return 0.0
    largest = max(np.abs(numerical[known]).max(), resolution)
    return float(difference / largest) if largest > 0 else math.inf
