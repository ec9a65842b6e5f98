"""Answers to lesson 3: right ones, and wrong ones with words of the hint that each gets."""

import numpy as np

from experiments.lessons import checks_3 as checks
from experiments.lessons import solutions_1_to_4 as solutions
from tinylstm.reference import sigmoid


def cell_backward_in_place(dc_next, dh_t, o, c_t):
    dc_next += dh_t * o * (1 - np.tanh(c_t) ** 2)
    return dc_next


RIGHT = [
    (checks.forget_gate_backward, solutions.forget_gate_backward),
    (checks.cell_backward, solutions.cell_backward),
    (checks.cell_backward, cell_backward_in_place),
    (checks.messages, solutions.messages),
]

WRONG = [
    (checks.forget_gate_backward, lambda dc_t, c_prev, f: dc_t * c_prev, "lies before σ"),
    (checks.forget_gate_backward, lambda dc_t, c_prev, f: dc_t * c_prev * f, "one of the two"),
    (checks.forget_gate_backward, lambda dc_t, c_prev, f: dc_t * c_prev * (1 - f), "the other of"),
    (checks.forget_gate_backward, lambda dc_t, c_prev, f: dc_t * c_prev * (1 - f**2), "of a tanh"),
    (checks.forget_gate_backward, lambda dc_t, c_prev, f: dc_t * f * (1 - f), "where is it"),
    (
        checks.forget_gate_backward,
        lambda dc_t, c_prev, f: dc_t * c_prev * sigmoid(f) * (1 - sigmoid(f)),
        "no other sigmoid",
    ),
    (checks.forget_gate_backward, lambda dc_t, c_prev, f: f, "In c_t the gate f multiplies"),
    (checks.forget_gate_backward, lambda dc_t, c_prev, f: dc_t * f, "goes back to c_{t-1}"),
    (checks.forget_gate_backward, lambda dc_t, c_prev, f: c_prev * f * (1 - f), "Where is δc_t"),
    (checks.forget_gate_backward, lambda dc_t, c_prev, f: -dc_t * c_prev * f * (1 - f), "downhill"),
    (checks.cell_backward, lambda n, d, o, c: n + d * (1 - np.tanh(c) ** 2), "multiplied by o_t"),
    (checks.cell_backward, lambda n, d, o, c: d * o * (1 - np.tanh(c) ** 2), "one through c_{t+1}"),
    (checks.cell_backward, lambda n, d, o, c: n + d * o, "derivative of the tanh is missing"),
    (checks.cell_backward, lambda n, d, o, c: n + d * o * (1 - c**2), "not 1 - c²"),
    (checks.cell_backward, lambda n, d, o, c: n * d * o * (1 - np.tanh(c) ** 2), "not multiplied"),
    (checks.cell_backward, lambda n, d, o, c: (n + d * o) * (1 - np.tanh(c) ** 2), "h_t alone"),
    (checks.cell_backward, lambda n, d, o, c: d * o, "the loss: add them"),
    (checks.cell_backward, lambda n, d, o, c: n, "a way through h_t too"),
    (
        checks.cell_backward,
        lambda n, d, o, c: n - d * o * (1 - np.tanh(c) ** 2),
        "nothing is subtracted",
    ),
    (checks.cell_backward, lambda n, d, o, c: n + d * o * np.tanh(c), "tanh(c) itself"),
    (
        checks.cell_backward,
        lambda n, d, o, c: n + d * o * (1 - np.tanh(c)),
        "square is missing",
    ),
    (checks.cell_backward, lambda n, d, o, c: n + d * o * (1 - np.tanh(c)) ** 2, "alone that is"),
    (
        checks.cell_backward,
        lambda n, d, o, c: n + d * o * (1 - o) * (1 - np.tanh(c) ** 2),
        "its own derivative belongs to z_o",
    ),
    (checks.messages, lambda dz, dc_t, f, U: (dz @ U.T, dc_t), "but for one factor"),
    (checks.messages, lambda dz, dc_t, f, U: (dc_t * f, dz @ U.T), "in the other order"),
    (checks.messages, lambda dz, dc_t, f, U: dz @ U.T, "Two arrays"),
    (checks.messages, lambda dz, dc_t, f, U: (dz @ U.T, dc_t * f * (1 - f)), "No derivative of f"),
    (
        checks.messages,
        lambda dz, dc_t, f, U: (dz @ U.T, dc_t * (1 - f)),
        "not what goes",
    ),
    (checks.messages, lambda dz, dc_t, f, U: (dz @ U.T, f), "Where is δc_t"),
    (checks.messages, lambda dz, dc_t, f, U: (dz @ U.T, dc_t + f), "one factor. Which"),
    (checks.messages, lambda dz, dc_t, f, U: (U @ dz.T, dc_t * f), "δz comes first"),
    (
        checks.messages,
        lambda dz, dc_t, f, U: (dz[:, :3] @ U[:, :3].T, dc_t * f),
        "not in z_i alone",
    ),
    (checks.messages, lambda dz, dc_t, f, U: ((dz - dz**2) @ U.T, dc_t * f), "all of them in it"),
    (checks.messages, lambda dz, dc_t, f, U: (dz, dc_t * f), "The shape should be (2, 3)"),
]
