"""Is the backward pass right? Central differences answer, without knowing any of its equations.

The derivative of the loss L with respect to one number θ is, up to an error of order ε²,

    dL/dθ ≈ (L(θ + ε) - L(θ - ε)) / 2ε

In float64 with ε = 1e-5 both errors of this formula, of truncation (ε²) and of rounding
(1e-16 / ε), are about 1e-11: a right gradient agrees to many digits, and a wrong one stands out.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from tinylstm.check.frozen import FrozenLoss
from tinylstm.windows import Windows

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
    """What the check found out about one array.

    >>> Row("lstm.W", (7, 32), error=3e-9, verdict=OK)
    Row(name='lstm.W', shape=(7, 32), error=3e-09, verdict='ok')
    """

    name: str  # of the array
    shape: tuple[int, ...]  # of the array
    error: float  # the largest relative error of its gradient; infinite if nothing was compared
    verdict: str  # OK, WRONG, or a key of UNPROVEN


class GradientErrors(dict[str, float]):
    """The largest relative error of each gradient, by name; `verdicts` has in words what it means.

    Where nothing could be compared, the error is infinite and the verdict "not reached" or "at a
    kink". (NaN would not do: max() may pass over it.)

    >>> errors = GradientErrors([Row("W", (2, 3), 1e-9, OK), Row("b", (3,), 0.5, WRONG)])
    >>> max(errors.values()), errors.verdicts
    (0.5, {'W': 'ok', 'b': 'WRONG'})
    """

    def __init__(self, rows: list[Row]) -> None:
        super().__init__({row.name: row.error for row in rows})
        self.verdicts = {row.name: row.verdict for row in rows}  # by the names of the arrays


def gradient_check(
    model: Any,
    x: ArrayLike | Windows,
    y: ArrayLike,
    h0: ArrayLike | None = None,
    c0: ArrayLike | None = None,
) -> GradientErrors:
    """The largest relative error of each gradient that `loss_and_grad(x, y)` computes.

    x (B, T, D), y (B,); the initial states h0 and c0 (B, H) are drawn at random if not given, since
    zero states would hide mistakes. The keys are those of `model.params`, and x, h0, c0.

    Any object with `params`, `grads` and `loss_and_grad(x, y)` can be checked, whatever its x and
    y; further keys are for a model that, like `LSTMRegressor`, takes `with_dx`, h0 and c0, and has
    their gradients in `input_grads`. The check runs on a copy of the model in float64: made by its
    `astype`, or without one its parameters must be float64. The model itself is not changed.

    An array that no gradient reached has the error infinity and in `verdicts`, a dictionary beside
    the errors, the words "not reached": this is no pass, nor is it a mistake.
    Raises ValueError if there is nothing to check: another type, a loss that is not finite or not
    the same from call to call, no gradient of an array.

    >>> from tinylstm import LSTMRegressor
    >>> rng = np.random.default_rng(0)
    >>> x, y = rng.normal(size=(4, 5, 2)), rng.normal(size=4)
    >>> errors = gradient_check(LSTMRegressor(2, 3), x, y)
    >>> max(errors.values()) < TOLERANCE, errors.verdicts["lstm.U"]
    (True, 'ok')
    """
    return GradientErrors([*check_each(FrozenLoss(model, x, y, h0, c0))])


def check_each(loss: FrozenLoss) -> Iterator[Row]:
    """Check one array after the other, and yield its row as soon as it is done.

    >>> from tinylstm import LSTMRegressor
    >>> from tinylstm.check.frozen import FrozenLoss
    >>> rows = check_each(FrozenLoss(LSTMRegressor(2, 3), np.ones((4, 5, 2)), np.zeros(4)))
    >>> row = next(rows)
    >>> row.name, row.shape, row.verdict
    ('lstm.W', (2, 12), 'ok')
    """
    gradients = loss.gradients()
    for name, theta in loss.arrays.items():
        yield compare(loss, name, gradients[name], central_differences(loss, theta))


def compare(loss: FrozenLoss, name: str, gradient: np.ndarray, numerical: np.ndarray) -> Row:
    """The gradient of one of the loss's arrays beside its central differences.

    >>> from tinylstm import LSTMRegressor
    >>> from tinylstm.check.frozen import FrozenLoss
    >>> loss = FrozenLoss(LSTMRegressor(2, 3), np.ones((4, 5, 2)), np.zeros(4))
    >>> compare(loss, "dense2.b", np.array([1.0]), np.array([2.0]))
    Row(name='dense2.b', shape=(1,), error=0.5, verdict='WRONG')
    """
    error = largest_relative_error(gradient, numerical, RESOLUTION * abs(loss.value))
    if not gradient.any() and not numerical.any():
        error, verdict = math.inf, NOT_REACHED
    elif np.isnan(numerical).all() and np.isfinite(gradient).all():
        verdict = AT_A_KINK
    else:
        verdict = OK if error <= TOLERANCE else WRONG
    return Row(name, loss.arrays[name].shape, error, verdict)


def central_differences(
    loss: Callable[[], tuple[float, np.ndarray]], theta: np.ndarray, epsilon: float = EPSILON
) -> np.ndarray:
    """(L(θ + ε) - L(θ - ε)) / 2ε for every element of theta, which `loss` reads and we move.

    `loss` returns L and which rectified units (ReLU) are on. Where one of them switches on the way
    from θ - ε to θ + ε, the loss has a kink and no derivative to compare with: NaN.

    >>> theta = np.array([1.0, 3.0])
    >>> slope = central_differences(lambda: ((theta**2).sum(), np.empty(0)), theta)
    >>> np.round(slope, 6)
    array([2., 6.])
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

    >>> largest_relative_error(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    0.5
    """
    known = np.isfinite(numerical)
    if gradient.shape != numerical.shape or not np.isfinite(gradient).all() or not known.any():
        return math.inf
    difference = np.abs(gradient - numerical)[known].max()
    if difference == 0:
        return 0.0
    largest = max(np.abs(numerical[known]).max(), resolution)
    return float(difference / largest) if largest > 0 else math.inf
