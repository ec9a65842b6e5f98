"""The loss held still for the gradient check: a function of some arrays alone, in float64."""

import copy
import inspect
import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from tinylstm.arguments import as_numbers
from tinylstm.chain import leaves
from tinylstm.layers import Dense, Dropout
from tinylstm.padded import Padded
from tinylstm.windows import Windows


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
        self.value = loss  # at the arrays as they were given

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
