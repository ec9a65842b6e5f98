"""What the check cells of lesson 1 call: one step of the network."""

from collections.abc import Callable

import numpy as np

from experiments.lessons.exercise import (
    exercise,
    parts,
    random_arrays,
    require_close,
    require_none,
    require_number,
    returned,
)
from tinylstm.reference import sigmoid


@exercise("1.1")
def memory_after_one_step(c_1: float) -> None:
    """The cell state, on paper."""
    wrong = {
        "That is c_1 for x = 1. Now every z has the other sign.": 0.6,
        "Right so far for the candidate, but σ(-z) is not σ(z): it is 1 - σ(z).": 0,
        "Not simply the other sign: a gate is never negative, σ(-z) is 1 - σ(z).": -0.6,
        "The candidate changes its sign too: tanh(-z) = -tanh(z).": 0.4,
        "That is what comes in. How much of the old memory stays?": -0.3,
        "That is what stays. How much comes in?": 0.1,
        "The memory is 0.4 again, not the 0.6 that the step above left in it.": -0.15,
        "That is the output h_1. What is the memory?": np.tanh(-0.2) / 4,
        "What comes in is negative now: mind the sign of the candidate.": 0.2,
    }
    hint = "With x = -1 every z changes its sign. What becomes of each gate, and of the candidate?"
    require_number(c_1, -0.2, wrong, hint)


@exercise("1.2")
def cell(answer: Callable) -> None:
    """From z and the old cell state to the new cell state and the output."""
    z, c_prev = random_arrays((2, 12), (2, 3))
    c_t, h_t = parts(returned(answer, z, c_prev), "c_t", "h_t")
    (z_i, z_f, z_g, z_o), (i, f, _, o) = np.split(z, 4, axis=1), np.split(sigmoid(z), 4, axis=1)
    g = np.tanh(z_g)
    right = f * c_prev + i * g
    require_none(
        c_t,
        {
            "These are right, but in the other order: return c_t, h_t.": o * np.tanh(right),
            "The candidate is a tanh, not a sigmoid.": f * c_prev + i * sigmoid(z_g),
            "i and f are exchanged: z is in the order i, f, g, o.": i * c_prev + f * g,
            "g and o are exchanged: z is in the order i, f, g, o.": f * c_prev + i * np.tanh(z_o),
            "Is the old memory in it?": i * g,
            "z_i and z_f are sums; the gates are σ of them.": z_f * c_prev + z_i * g,
            "z_g is a sum; the candidate is its tanh.": f * c_prev + i * z_g,
        },
    )
    require_close(c_t, right, "c_t: what the forget gate keeps, and what i lets in.")
    require_none(
        h_t,
        {
            "c_t is right. h_t is made of the new cell, not of the old.": o * np.tanh(c_prev),
            "c_t is right. In h_t a tanh is missing.": o * right,
            "c_t is right. In h_t the output gate is missing.": np.tanh(right),
            "c_t is right. In h_t the output gate is σ of its sum.": z_o * np.tanh(right),
        },
    )
    require_close(h_t, o * np.tanh(right), "c_t is right. h_t is what o shows of it.")


@exercise("1.3")
def forget_bias(b_f: float) -> None:
    """A gate that keeps nine tenths."""
    wrong = {
        "That is the gate itself, σ(log a) = a / (1 + a): for which a is that 9/10?": 0.9,
        "The sign: σ(b) is above 1/2 where b is above 0.": -np.log(9),
        "That is a; b is its logarithm.": 9,
        "The logarithm is the natural one.": np.log10(9),
        "σ(log a) is a / (1 + a), not a: for which a is that 9/10?": np.log(0.9),
        "That is σ(0.9). The other way round: which b has σ(b) = 0.9?": 1 / (1 + np.exp(-0.9)),
        "For a = 10 it is 10/11.": np.log(10),
    }
    require_number(b_f, np.log(9), wrong, "σ(log a) = a / (1 + a): for which a is that 9/10?")
