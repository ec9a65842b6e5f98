"""Wrong answers to lessons 1 to 4 get a hint; `test_lessons.py` runs the lessons."""

import numpy as np
import pytest

from experiments.lessons import checks_1_to_4 as checks
from experiments.lessons import solutions_1_to_4 as solutions
from tinylstm.reference import sigmoid


def steps_of(change):
    """The loop of exercise 2.1 with a mistake: `change` gets the step, and W, U, b."""

    def run(x, W, U, b):
        h = c = np.zeros((len(x), len(U)))
        outputs = []
        for t in range(x.shape[1]):
            h, c, output = change(x[:, t], h, c, W, U, b)
            outputs.append(output)
        return np.stack(outputs, axis=1)

    return run


def stepped(z, c):
    c, h = solutions.cell(z, c)
    return h, c, h


def forgetful(x, h, c, W, U, b):
    h, _, _ = stepped(x @ W + b, 0 * c)
    return 0 * h, 0 * c, h


def showing_cells(x, h, c, W, U, b):
    h, c, _ = stepped(x @ W + h @ U + b, c)
    return h, c, c


def in_other_axes(x, W, U, b):
    return solutions.run(x, W, U, b).swapaxes(0, 1)


def cell_with(gates="ifgo", tanh=np.tanh, state=lambda o, c, c_prev: o * np.tanh(c)):
    """The cell of exercise 1.2 with gates in another order, or another output."""

    def cell(z, c_prev):
        part = dict(zip(gates, np.split(z, 4, axis=1), strict=True))
        i, f, o = (sigmoid(part[gate]) for gate in "ifo")
        c_t = f * c_prev + i * tanh(part["g"])
        return c_t, state(o, c_t, c_prev)

    return cell


WRONG = [
    (checks.memory_after_one_step, 0.6, "c_1 for x = 1"),
    (checks.memory_after_one_step, 0.0, "it is 1 - σ(z)"),
    (checks.memory_after_one_step, -0.6, "Not simply the other sign"),
    (checks.memory_after_one_step, 0.4, "tanh(-z) = -tanh(z)"),
    (checks.memory_after_one_step, -0.3, "How much of the old memory"),
    (checks.memory_after_one_step, 0.1, "How much comes in"),
    (checks.memory_after_one_step, 5, "every z changes its sign"),
    (checks.cell, lambda z, c_prev: (c_prev, c_prev), "what the forget gate keeps"),
    (checks.cell, lambda z, c_prev: solutions.cell(z, c_prev)[::-1], "in the other order"),
    (checks.cell, lambda z, c_prev: solutions.cell(z, c_prev)[1], "Two arrays"),
    (checks.cell, cell_with("figo"), "i and f are exchanged"),
    (checks.cell, cell_with("ifog"), "g and o are exchanged"),
    (checks.cell, cell_with(tanh=sigmoid), "a tanh, not a sigmoid"),
    (checks.cell, cell_with(state=lambda o, c, c_prev: o * np.tanh(c_prev)), "not of the old"),
    (checks.cell, cell_with(state=lambda o, c, c_prev: o * c), "a tanh is missing"),
    (checks.cell, cell_with(state=lambda o, c, c_prev: np.tanh(c)), "output gate is missing"),
    (checks.forget_bias, 0.9, "the gate itself"),
    (checks.forget_bias, -np.log(9), "The sign"),
    (checks.forget_bias, 9, "its logarithm"),
    (checks.forget_bias, np.log10(9), "the natural one"),
    (checks.forget_bias, np.log(0.9), "not a: for which a"),
    (checks.forget_bias, 0.7109, "which b has σ(b) = 0.9"),
    (checks.forget_bias, 2, "for which a"),
    (checks.whole_sequence, lambda x, W, U, b: np.zeros((4, 5, 3)), "of the step before"),
    (checks.whole_sequence, steps_of(lambda x, h, c, W, U, b: stepped(x @ W + h @ U, c)), "Is b"),
    (checks.whole_sequence, steps_of(lambda x, h, c, W, U, b: stepped(x @ W + b, c)), "Is h U"),
    (checks.whole_sequence, steps_of(forgetful), "starts from zeros"),
    (checks.whole_sequence, steps_of(showing_cells), "These are the cells"),
    (checks.whole_sequence, in_other_axes, "axis=1"),
    (checks.whole_sequence, lambda x, **of: solutions.run(x, **of)[:, ::-1], "the wrong order"),
    (checks.whole_sequence, lambda x, **of: solutions.run(x, **of)[:, -1], "one step alone"),
    (checks.half_life, lambda f: 1 / f, "take logs"),
    (checks.half_life, lambda f: np.log(f) / np.log(0.5), "The other way round"),
    (checks.half_life, lambda f: np.log(2) / np.log(f), "The sign"),
    (checks.half_life, lambda f: -1 / np.log(f), "to 1/e. Half"),
    (checks.half_life, lambda f: 1 / (1 - f), "nearly the steps to 1/e"),
    (checks.half_life, lambda f: np.ceil(np.log(0.5) / np.log(f)), "a whole number"),
    (checks.adding_up, [0, 0, 0, 0], "The gate i should be nearly 1"),
    (checks.adding_up, [10, 1, 0, 10], "The gate f should be nearly 1"),
    (checks.adding_up, [10, -10, 0, 10], "shut at -10"),
    (checks.adding_up, [10, 10, 10, 10], "third bias"),
    (checks.adding_up, [4, 4, 0, 0], "nearly 1, so z_i"),
    (checks.adding_up, [10, 10], "Four numbers"),
    (checks.forget_gate_backward, lambda dc_t, c_prev, f: dc_t * c_prev, "lies before σ"),
    (checks.forget_gate_backward, lambda dc_t, c_prev, f: dc_t * c_prev * f, "one of the two"),
    (checks.forget_gate_backward, lambda dc_t, c_prev, f: dc_t * c_prev * (1 - f), "the other of"),
    (checks.forget_gate_backward, lambda dc_t, c_prev, f: dc_t * c_prev * (1 - f**2), "of a tanh"),
    (checks.forget_gate_backward, lambda dc_t, c_prev, f: dc_t * f * (1 - f), "where is it"),
    (
        checks.forget_gate_backward,
        lambda dc_t, c_prev, f: dc_t * c_prev * sigmoid(f) * (1 - sigmoid(f)),
        "without another sigmoid",
    ),
    (checks.forget_gate_backward, lambda dc_t, c_prev, f: f, "f multiplies"),
    (checks.cell_backward, lambda n, d, o, c: n + d * (1 - np.tanh(c) ** 2), "multiplied by o_t"),
    (checks.cell_backward, lambda n, d, o, c: d * o * (1 - np.tanh(c) ** 2), "one through c_{t+1}"),
    (checks.cell_backward, lambda n, d, o, c: n + d * o, "derivative of the tanh is missing"),
    (checks.cell_backward, lambda n, d, o, c: n + d * o * (1 - c**2), "not 1 - c²"),
    (checks.cell_backward, lambda n, d, o, c: n * d * o * (1 - np.tanh(c) ** 2), "not multiplied"),
    (checks.cell_backward, lambda n, d, o, c: (n + d * o) * (1 - np.tanh(c) ** 2), "h_t alone"),
    (checks.cell_backward, lambda n, d, o, c: d * o, "Two ways"),
    (checks.messages, lambda dz, dc_t, f, U: (dz @ U.T, dc_t), "times f_t"),
    (checks.messages, lambda dz, dc_t, f, U: (dc_t * f, dz @ U.T), "in the other order"),
    (checks.messages, lambda dz, dc_t, f, U: dz @ U.T, "Two messages"),
    (checks.messages, lambda dz, dc_t, f, U: (dz @ U.T, dc_t * f * (1 - f)), "No derivative of f"),
    (checks.messages, lambda dz, dc_t, f, U: (dz @ U.T, dc_t * (1 - f)), "not times 1 - f_t"),
    (checks.messages, lambda dz, dc_t, f, U: (dz, dc_t), "times f_t"),
    (checks.messages, lambda dz, dc_t, f, U: (dz, dc_t * f), "The shape should be (2, 3)"),
    (checks.whole_backward, lambda dh, tape: {"W": tape.W}, "The gradient of W"),
    (checks.central_difference, lambda L, θ, ε: (L(θ + ε) - L(θ)) / ε, "one side only"),
    (checks.central_difference, lambda L, θ, ε: (L(θ) - L(θ - ε)) / ε, "the other side only"),
    (checks.central_difference, lambda L, θ, ε: (L(θ + ε) - L(θ - ε)) / ε, "lie two steps"),
    (checks.central_difference, lambda L, θ, ε: (L(θ + ε) - L(θ - ε)) / 2 * ε, "parentheses"),
    (checks.central_difference, lambda L, θ, ε: (L(θ - ε) - L(θ + ε)) / (2 * ε), "The sign"),
    (checks.central_difference, lambda L, θ, ε: L(θ + ε) - L(θ - ε), "difference alone"),
    (checks.good_epsilon, 1e-12, "Too small"),
    (checks.good_epsilon, 0.1, "Too large"),
    (checks.good_epsilon, -5, "above 0"),
    (checks.mystery_bug, "gates-swapped", "Which single array"),
    (checks.mystery_bug, "weights-overwritten", "which one is wrong in the table"),
    (checks.mystery_bug, "no such bug", "no bug is called"),
]


@pytest.mark.parametrize(("check", "wrong", "hint"), WRONG)
def test_a_wrong_answer_gets_a_hint(capsys, check, wrong, hint):
    check(wrong)
    printed = capsys.readouterr().out
    assert "not yet. " in printed
    assert hint in printed
