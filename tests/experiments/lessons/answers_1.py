"""Answers to lesson 1: right ones, and wrong ones with words of the hint that each gets."""

import numpy as np

from experiments.lessons import checks_1 as checks
from experiments.lessons import solutions_1_to_4 as solutions
from tinylstm.reference import sigmoid


def exchanged(x, h, c, W, U, b):
    h, c = solutions.cell(x @ W + h @ U + b, c)
    return h, c, h


def cell_with(gates="ifgo", tanh=np.tanh, gate=sigmoid, state=lambda o, c, c_prev: o * np.tanh(c)):
    """The cell of exercise 1.2 with gates in another order, or another output."""

    def cell(z, c_prev):
        part = dict(zip(gates, np.split(z, 4, axis=1), strict=True))
        i, f, o = (gate(part[name]) for name in "ifo")
        c_t = f * c_prev + i * tanh(part["g"])
        return c_t, state(o, c_t, c_prev)

    return cell


def cell_in_place(z, c_prev):
    """Right, and its arguments are other arrays afterwards."""
    H = c_prev.shape[1]
    z[:, : 2 * H], z[:, 2 * H : 3 * H] = sigmoid(z[:, : 2 * H]), np.tanh(z[:, 2 * H : 3 * H])
    c_prev *= z[:, H : 2 * H]
    c_prev += z[:, :H] * z[:, 2 * H : 3 * H]
    return c_prev, sigmoid(z[:, 3 * H :]) * np.tanh(c_prev)


RIGHT = [
    (checks.memory_after_one_step, solutions.c_1),
    (checks.cell, solutions.cell),
    (checks.cell, cell_in_place),
    (checks.forget_bias, solutions.b_f),
    (checks.forget_bias, 2.2),
    (checks.forget_bias, 2.197),
    (checks.forget_bias, np.log(9)),
    (checks.forget_bias, np.array([[2.2]])),
]

WRONG = [
    (checks.memory_after_one_step, 0.6, "c_1 for x = 1"),
    (checks.memory_after_one_step, 0.0, "it is 1 - σ(z)"),
    (checks.memory_after_one_step, -0.6, "Not simply the other sign"),
    (checks.memory_after_one_step, 0.4, "tanh(-z) = -tanh(z)"),
    (checks.memory_after_one_step, -0.3, "How much of the old memory"),
    (checks.memory_after_one_step, -0.15, "0.4 again"),
    (checks.memory_after_one_step, 0.1, "How much comes in"),
    (checks.memory_after_one_step, 0.2, "mind the sign of the candidate"),
    (checks.memory_after_one_step, -0.0493, "the output h_1"),
    (checks.memory_after_one_step, 5, "every z changes its sign"),
    (checks.memory_after_one_step, "-0.2", "One number is asked for"),
    (checks.memory_after_one_step, (0.1, -0.3), "One number is asked for"),
    (checks.cell, lambda z, c_prev: (c_prev, c_prev), "what the forget gate keeps"),
    (checks.cell, lambda z, c_prev: solutions.cell(z, c_prev)[::-1], "in the other order"),
    (checks.cell, lambda z, c_prev: solutions.cell(z, c_prev)[1], "Two arrays"),
    (checks.cell, cell_with("figo"), "i and f are exchanged"),
    (checks.cell, cell_with("ifog"), "g and o are exchanged"),
    (checks.cell, cell_with(tanh=sigmoid), "a tanh, not a sigmoid"),
    (checks.cell, cell_with(state=lambda o, c, c_prev: o * np.tanh(c_prev)), "not of the old"),
    (checks.cell, cell_with(state=lambda o, c, c_prev: o * c), "a tanh is missing"),
    (checks.cell, cell_with(state=lambda o, c, c_prev: np.tanh(c)), "output gate is missing"),
    (checks.cell, cell_with(gate=lambda z: z), "the gates are σ of them"),
    (checks.cell, cell_with(tanh=lambda z: z), "the candidate is its tanh"),
    (checks.cell, lambda z, c_prev: solutions.cell(z, 0 * c_prev), "Is the old memory"),
    (checks.cell, lambda z, c_prev: np.split(z, 4, axis=0), "Your code raised ValueError"),
    (checks.cell, (1, 2), "A function is asked for"),
    (checks.forget_bias, np.log(10), "it is 10/11"),
    (checks.forget_bias, 0.9, "the gate itself"),
    (checks.forget_bias, -np.log(9), "The sign"),
    (checks.forget_bias, 9, "its logarithm"),
    (checks.forget_bias, np.log10(9), "the natural one"),
    (checks.forget_bias, np.log(0.9), "not a: for which a"),
    (checks.forget_bias, 0.7109, "which b has σ(b) = 0.9"),
    (checks.forget_bias, 2, "not yet. σ(log a) = a"),
]
