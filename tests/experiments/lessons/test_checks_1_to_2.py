"""Wrong answers to lessons 1 and 2 get a hint that fits; `test_lessons.py` runs the lessons."""

import numpy as np
import pytest

from experiments.lessons import checks_1_to_2 as checks
from experiments.lessons import solutions_1_to_4 as solutions
from tests.experiments.lessons.hints import fewer_than_five_hints, told
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


def exchanged(x, h, c, W, U, b):
    h, c = solutions.cell(x @ W + h @ U + b, c)
    return h, c, h


def cell_through_u(x, h, c, W, U, b):
    return stepped(x @ W + c @ U + b, c)


def only_c(x, h, c, W, U, b):
    """h is never handed on, and c through both."""
    h, c, _ = stepped(x @ W + h @ U + b, c)
    return c, c, h


def in_other_axes(x, W, U, b):
    return solutions.run(x, W, U, b).swapaxes(0, 1)


def cell_with(gates="ifgo", tanh=np.tanh, gate=sigmoid, state=lambda o, c, c_prev: o * np.tanh(c)):
    """The cell of exercise 1.2 with gates in another order, or another output."""

    def cell(z, c_prev):
        part = dict(zip(gates, np.split(z, 4, axis=1), strict=True))
        i, f, o = (gate(part[name]) for name in "ifo")
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
    (checks.forget_bias, 2, "for which a"),
    (checks.whole_sequence, lambda x, W, U, b: np.zeros((4, 5, 3)), "The first step is wrong"),
    (checks.whole_sequence, steps_of(lambda x, h, c, W, U, b: stepped(x @ W + h @ U, c)), "Is b"),
    (checks.whole_sequence, steps_of(lambda x, h, c, W, U, b: stepped(x @ W + b, c)), "Is h U"),
    (checks.whole_sequence, steps_of(forgetful), "starts from zeros"),
    (checks.whole_sequence, steps_of(showing_cells), "These are the cells"),
    (checks.whole_sequence, in_other_axes, "axis=1"),
    (checks.whole_sequence, lambda x, **of: solutions.run(x, **of)[:, ::-1], "the wrong order"),
    (checks.whole_sequence, lambda x, **of: solutions.run(x, **of)[:, -1], "one step alone"),
    (checks.whole_sequence, steps_of(exchanged), "h and c are exchanged"),
    (checks.whole_sequence, steps_of(cell_through_u), "The first step is right"),
    (checks.whole_sequence, steps_of(only_c), "The first step is right"),
    (checks.half_life, lambda f: 1 / f, "take logs"),
    (checks.half_life, lambda f: np.log(f) / np.log(0.5), "The other way round"),
    (checks.half_life, lambda f: np.log(2) / np.log(f), "The sign"),
    (checks.half_life, lambda f: -1 / np.log(f), "to 1/e. Half"),
    (checks.half_life, lambda f: 1 / (1 - f), "nearly the steps to 1/e"),
    (checks.half_life, lambda f: np.ceil(np.log(0.5) / np.log(f)), "a whole number"),
    (checks.half_life, lambda f: np.log(0.5) // np.log(f), "need not be whole"),
    (checks.half_life, lambda f: 0.5 / (1 - f), "of what is left"),
    (checks.half_life, lambda f: np.log(0.5) / np.log(1 - f), "1 - f is what goes"),
    (checks.half_life, lambda f: np.log(0.5, f), "Your code raised"),
    (checks.half_life, lambda f: round(np.log(0.5) / np.log(f), 1), "but rounded"),
    (checks.half_life, 6.58, "A function is asked for"),
    (checks.adding_up, [0, 0, 0, 0], "The gate i should be nearly 1"),
    (checks.adding_up, [10, 1, 0, 10], "The gate f should be nearly 1"),
    (checks.adding_up, [10, -10, 0, 10], "shut at -10"),
    (checks.adding_up, [10, 10, 10, 10], "third bias"),
    (checks.adding_up, [5, 5, 0, 0], "more than one percent"),
    (checks.adding_up, [10, 10], "Four numbers"),
]


@pytest.mark.parametrize(("check", "wrong", "hint"), WRONG)
def test_a_wrong_answer_gets_a_hint_that_fits(check, wrong, hint):
    assert hint in told(check, wrong)


@pytest.mark.parametrize(
    ("check", "solution"),
    [
        (checks.memory_after_one_step, solutions.c_1),
        (checks.cell, solutions.cell),
        (checks.forget_bias, solutions.b_f),
        (checks.whole_sequence, solutions.run),
        (checks.half_life, solutions.half_life),
        (checks.adding_up, solutions.biases),
    ],
)
def test_the_solution_is_right(check, solution):
    assert told(check, solution).endswith(": right.")


def test_at_least_five_mistakes_of_each_exercise_have_hints_of_their_own():
    assert not fewer_than_five_hints(WRONG)


@pytest.mark.parametrize("answer", [2.2, 2.197, np.log(9), np.array([[2.2]])])
def test_a_number_may_be_rounded_and_stand_in_an_array(answer):
    assert told(checks.forget_bias, answer) == "Exercise 1.3: right."
