"""Is the backward pass right? Central differences answer, without knowing any of its equations.

The derivative of the loss L with respect to one number θ is, up to an error of order ε²,

    dL/dθ ≈ (L(θ + ε) - L(θ - ε)) / 2ε

In float64 with ε = 1e-5 both errors of this formula, of truncation (ε²) and of rounding
(1e-16 / ε), are about 1e-11: a right gradient agrees to many digits, and a wrong one stands out.
"""

import copy
import inspect
import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from tinylstm.arguments import as_numbers
from tinylstm.chain import leaves
from tinylstm.layers import Dense, Dropout
from tinylstm.padded import Padded
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


class FrozenLoss:
    """The loss as a function of `arrays` and nothing else: dropout drops the same units each time.

    It has its own copy of the model, in float64. `arrays` are the model's parameters and, of x, h0
    and c0, those of which its `loss_and_grad` gives the gradient.

    >>> from tinylstm import LSTMRegressor
    >>> loss = FrozenLoss(LSTMRegressor(2, 3), np.ones((4, 5, 2)), np.zeros(4))
    >>> loss()[0] == loss()[0]  # in spite of dropout
    True
    >>> loss.gradients()["lstm.W"].shape
    (2, 12)
    """

    def __init__(
        self,
        model: Any,
        x: ArrayLike | Windows,
        y: ArrayLike,
        h0: ArrayLike | None = None,
        c0: ArrayLike | None = None,
    ) -> None:
        self.x = x.astype(np.float64) if isinstance(x, Padded) else x  # the windows
        self.model, self.y = _in_float64(model), y
        self.inputs = _checked_inputs(model, self.x, h0, c0)  # of x, h0, c0 those that are checked
        self.arrays = {**self.model.params, **self.inputs}  # all that is checked, by name
        # A model's layers are those of its chain or, where a student joined them, its attributes.
        held = [self.model, *getattr(self.model, "__dict__", {}).values()]
        parts = {id(part): part for each in held for _, part in leaves(each)}.values()
        self.rectified = [part for part in parts if isinstance(part, Dense) and part.relu]  # ReLUs
        self.streams = [  # of the random numbers of dropout
            part.rng.bit_generator for part in parts if isinstance(part, Dropout)
        ]
        self.start = copy.deepcopy([stream.state for stream in self.streams])  # their states
        loss, again = self()[0], self()[0]
        if not math.isfinite(loss):
            raise ValueError(f"the loss is {loss}, which has no gradient to check")
        if loss != again:
            raise ValueError(
                f"the loss of the same numbers is {loss} and then {again}, so that there is no "
                "gradient to check: leave out what is random, but for a tinylstm.Dropout"
            )
        self.resolution = RESOLUTION * abs(loss)  # below which no gradient is told from 0

    def __call__(self) -> tuple[float, np.ndarray]:
        """The loss, and which rectified units (ReLU) are on."""
        for stream, state in zip(self.streams, self.start, strict=True):
            stream.state = state
        states: dict[str, Any] = {**self.inputs}
        x = states.pop("x", self.x)
        x = self.x if isinstance(self.x, Padded) else x  # whose values are those that are moved
        with_dx = {"with_dx": True} if "x" in self.inputs else {}
        value = float(self.model.loss_and_grad(x, self.y, **states, **with_dx))
        on = [layer.y > 0 for layer in self.rectified if layer.y is not None]
        return value, np.concatenate([np.empty(0, bool), *map(np.ravel, on)])

    def gradients(self) -> dict[str, np.ndarray]:
        """The gradient of each of the arrays, by backpropagation."""
        self()
        found = {**self.model.grads, **getattr(self.model, "input_grads", {})}
        if missing := [name for name in self.arrays if found.get(name) is None]:
            raise ValueError(f"after loss_and_grad grads holds none of {missing[0]!r}")
        return {name: np.array(found[name]) for name in self.arrays}

    def compare(self, name: str, gradient: np.ndarray, numerical: np.ndarray) -> Row:
        """A gradient beside its central differences."""
        error = largest_relative_error(gradient, numerical, self.resolution)
        if not gradient.any() and not numerical.any():
            error, verdict = math.inf, NOT_REACHED
        elif np.isnan(numerical).all() and np.isfinite(gradient).all():
            verdict = AT_A_KINK
        else:
            verdict = OK if error <= TOLERANCE else WRONG
        return Row(name, self.arrays[name].shape, error, verdict)


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


def _checked_inputs(
    model: Any, x: ArrayLike | Windows, h0: ArrayLike | None, c0: ArrayLike | None
) -> dict[str, np.ndarray]:
    """Of x, h0 and c0 those of which the model's `loss_and_grad` can give the gradient."""
    taken = inspect.signature(model.loss_and_grad).parameters
    values = x.values if isinstance(x, Padded) else as_numbers("x", x).astype(np.float64)
    inputs = {"x": values} if "with_dx" in taken else {}
    rng, given = np.random.default_rng(0), {"h0": h0, "c0": c0}
    if hasattr(model, "initial_state") and values.ndim > 0:
        for name, zeros in model.initial_state(len(values)).items():
            inputs[name] = rng.normal(0, 0.5, zeros.shape)
    for name, state in given.items():
        if state is not None:
            inputs[name] = as_numbers(name, state).astype(np.float64)
    return inputs


def _in_float64(model: Any) -> Any:
    """A copy of the model that computes in float64. Raises ValueError if none can be had."""
    if missing := [name for name in ("params", "loss_and_grad") if not hasattr(model, name)]:
        raise ValueError(f"gradient_check needs a model with {missing[0]}; {type(model)} has none")
    twin = model.astype(np.float64) if hasattr(model, "astype") else copy.deepcopy(model)
    for name, theta in twin.params.items():
        if getattr(theta, "dtype", None) != np.float64:
            raise ValueError(f"gradient_check works in float64: make {name} an array of that type")
        if not np.shares_memory(theta, twin.params[name]):
            raise ValueError(f"params must hold the array {name} itself, not a copy of it")
    return twin


def check_each(loss: FrozenLoss) -> Iterator[Row]:
    """Check one array after the other, and yield its row as soon as it is done.

    >>> from tinylstm import LSTMRegressor
    >>> rows = check_each(FrozenLoss(LSTMRegressor(2, 3), np.ones((4, 5, 2)), np.zeros(4)))
    >>> row = next(rows)
    >>> row.name, row.shape, row.verdict
    ('lstm.W', (2, 12), 'ok')
    """
    gradients = loss.gradients()
    for name, theta in loss.arrays.items():
        yield loss.compare(name, gradients[name], central_differences(loss, theta))


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
