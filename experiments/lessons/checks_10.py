"""What the check cells of lesson 10 call: bugs in the wild."""

from collections.abc import Callable

import numpy as np

from experiments.lessons import solutions_9_to_10 as solutions
from experiments.lessons.exercise import (
    WrongError,
    exercise,
    random_arrays,
    require_close,
    require_none,
    returned,
)
from tinylstm import reference


@exercise("10.1")
def input_gate_backward(answer: Callable) -> None:
    """σ' = i (1 - i), where i is the gate."""
    dc_t, g, i = random_arrays((2, 3), (2, 3), (2, 3))
    found = np.asarray(returned(answer, dc_t, g, i))
    sigma = reference.sigmoid(i)
    wrong = {
        "σ once more? i is σ(z) already.": sigma * (1 - sigma),
        "That is the derivative of a tanh; i is a sigmoid.": 1 - i**2,
        "Half of it: σ' = σ (1 - σ).": i,
        "The other half is missing: σ' = σ (1 - σ).": 1 - i,
    }
    require_none(found, {hint: dc_t * g * slope for hint, slope in wrong.items()})
    others = {
        "i multiplies g in c_t: where is g?": dc_t * i * (1 - i),
        "That is how g changes c_t. And i?": dc_t * i * (1 - g**2),
        "That is as far as i. And from i to z_i?": dc_t * g,
        "Where is what comes from above, dc_t?": g * i * (1 - i),
        "The sign: i (1 - i) is positive.": -dc_t * g * i * (1 - i),
    }
    require_none(found, others)
    require_close(
        found, dc_t * g * i * (1 - i), "What multiplies i in c_t? And what is the derivative of σ?"
    )


@exercise("10.2")
def fewest_steps(steps: float) -> None:
    """With one step there is no message."""
    if steps == 1:
        raise WrongError(
            "There W is ok: see the table. Who would read what a single step sends back?"
        )
    if steps == 0:
        raise WrongError("Without a step there is nothing to check.")
    if steps < 0 or steps != round(steps):
        raise WrongError("A number of steps: whole, and above 0.")
    if steps == 3:
        raise WrongError("There it shows. And in the shorter ones of the table?")
    if steps > 3:
        raise WrongError("There is a shorter sequence that shows it: see the table.")


@exercise("10.3")
def idle(name: str) -> None:
    """The bias of the head."""
    hints = {
        "head.w": "The table calls it ok: it is made of x and dy.",
        "lstm.b": "That bias belongs to the LSTM, whose gradients the table calls ok.",
        "b": "There are two of them: with the name of its layer, as in the table.",
        "bias": "With the name of its layer, as in the table.",
        "dc": "By the name that it has here, in the table.",
    }
    name = name.strip().lower()
    if name in {"lstm.w", "lstm.u", "x", "lstm.h0", "lstm.c0"}:
        raise WrongError("The table calls it ok. Where is the error 1?")
    if name != "head.b":
        raise WrongError(hints.get(name, "One of the names in the table, in quotes."))


@exercise("10.4")
def candidate_backward(answer: Callable) -> None:
    """The derivative multiplies the whole of δc."""
    arrays = random_arrays(*[(2, 3)] * 6)
    dc_next, dh_t, o, c_t, i, g = arrays
    found, now = np.asarray(returned(answer, *arrays)), dh_t * o * (1 - np.tanh(c_t) ** 2)
    require_none(
        found,
        {
            "The parenthesis: 1 - g² multiplies both parts of δc.": dc_next * i
            + now * i * (1 - g**2),
            "Only what comes from later? h_t matters too.": dc_next * i * (1 - g**2),
            "Only what comes from h_t? There is dc_next too.": now * i * (1 - g**2),
            "g is the tanh already, not its argument.": (dc_next + now) * i * (1 - np.tanh(g) ** 2),
            "g is a tanh, not a sigmoid.": (dc_next + now) * i * g * (1 - g),
            "By what was the candidate multiplied in c_t?": (dc_next + now) * (1 - g**2),
            "i multiplies both parts of δc too.": (dc_next + now * i) * (1 - g**2),
            "That is as far as g. And from g to z_g?": (dc_next + now) * i,
            "That is δc_t as a whole. How does g change c_t, and z_g change g?": dc_next + now,
        },
    )
    require_close(
        found,
        solutions.candidate_backward(*arrays),
        "The whole of δc_t; then what multiplies g in c_t, and the derivative of g.",
    )
