"""What the check cells of lesson 2 call: the sequence and its memory."""

from collections.abc import Callable
from typing import Any

import numpy as np

from experiments.lessons.exercise import (
    WrongError,
    exercise,
    random_arrays,
    require_close,
    require_none,
    returned,
)
from tinylstm import LSTM, reference


@exercise("2.1")
def whole_sequence(answer: Callable) -> None:
    """The loop over the steps."""
    rng = np.random.default_rng(0)
    layer = LSTM(2, 3, rng, np.float64, backend="numpy")
    x, zeros = rng.standard_normal((4, 5, 2)), np.zeros((4, 3))
    W, U, b = layer.params.values()
    found = returned(answer, x, **layer.params)

    def outputs(x: np.ndarray = x, U: np.ndarray = U, b: np.ndarray = b) -> np.ndarray:
        return reference.lstm_forward(x, W, U, b, zeros, zeros).h

    tape = reference.lstm_forward(x, W, U, b, zeros, zeros)
    require_none(
        found,
        {
            "Is b in every z?": outputs(b=0 * b),
            "Is h U in every z?": outputs(U=0 * U),
            "Every step starts from zeros: hand h and c on to the next.": np.concatenate(
                [outputs(x[:, [t]]) for t in range(5)], axis=1
            ),
            "These are the cells; the outputs are h. cell returns c and then h.": tape.c,
            "The steps are in the first place: np.stack(outputs, axis=1).": tape.h.swapaxes(0, 1),
            "Every step reads the same input: that of step t is x[:, t].": outputs(
                x[:, [0] * x.shape[1]]
            ),
            "The outputs stand in the wrong order.": tape.h[:, ::-1],
        },
    )
    if np.shape(found) == (4, 3):
        raise WrongError("That is one step alone: the outputs of all of them are asked for.")
    hint = "The first step is wrong: z from x[:, 0] and h = c = 0, then cell."
    if np.shape(found) == tape.h.shape:
        first = np.asarray(found)[:, 0]
        if np.allclose(first, tape.c[:, 0]):
            hint = "h and c are exchanged: cell returns c and then h."
        if np.allclose(first, tape.h[:, 0]):
            hint = "The first step is right. What goes on to the next as h, and what as c?"
    require_close(found, tape.h, hint)


@exercise("2.2")
def half_life(answer: Callable) -> None:
    """Steps until half of the memory is gone."""
    right = np.log(0.5) / np.log(0.9)
    require_none(
        returned(answer, 0.9),
        {
            "The other way round: log(1/2) is to be divided by log(f).": 1 / right,
            "The sign: both logarithms are negative, and their ratio is not.": -right,
            "That is how many steps it takes to 1/e. Half is log(1/2).": -1 / np.log(0.9),
            "That is 1 / (1 - f), nearly the steps to 1/e; to one half take logs.": 10,
            "The answer need not be a whole number: leave it as it is.": np.ceil(right),
            "The answer need not be whole: leave it as it is.": np.floor(right),
            "Right, but rounded: leave it as it is.": np.round(right, 1),
            "Every step takes its share of what is left, not of what there was at first.": 5,
            "f is what stays; 1 - f is what goes.": np.log(0.5) / np.log(0.1),
        },
    )
    for f in (0.5, 0.9, 0.99):
        right = np.log(0.5) / np.log(f)
        require_close(returned(answer, f), right, "Solve f ** n = 1/2 for n: take logs.")


@exercise("2.3")
def adding_up(biases: Any) -> None:
    """A cell that keeps all and lets in all."""
    b = np.asarray(biases, np.float64)
    if b.shape != (4,):
        raise WrongError(f"Four numbers, for i, f, g, o; the shape is {b.shape}.")
    i, f, g = b[:3]
    if abs(g) > 0.01:
        raise WrongError("g should be tanh(x) as it is: what does the third bias add to x?")
    if i < 0 or f < 0:
        raise WrongError("A gate is open where its bias is large and positive, shut at -10.")
    if i < 4 or f < 4:
        which, bias = ("i", i) if i < 4 else ("f", f)
        raise WrongError(f"The gate {which} should be nearly 1: σ({bias:g}) is not near enough.")
    (x,) = random_arrays((1, 6, 1))
    W, zeros = np.array([[0.0, 0.0, 1.0, 0.0]]), np.zeros((1, 1))
    tape = reference.lstm_forward(x, W, np.zeros((1, 4)), b, zeros, zeros)
    if not np.allclose(tape.c[0, :, 0], np.tanh(x[0, :, 0]).cumsum(), rtol=0.01):
        raise WrongError("Nearly: the gates leave out more than one percent. Open them wider.")
