"""Answers to lesson 2: right ones, and wrong ones with words of the hint that each gets."""

import numpy as np

from experiments.lessons import checks_2 as checks
from experiments.lessons import solutions_1_to_4 as solutions


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


def first_input(x, W, U, b):
    return solutions.run(np.repeat(x[:, :1], x.shape[1], axis=1), W, U, b)


def in_other_axes(x, W, U, b):
    return solutions.run(x, W, U, b).swapaxes(0, 1)


RIGHT = [
    (checks.whole_sequence, solutions.run),
    (checks.half_life, solutions.half_life),
    (checks.adding_up, solutions.biases),
]

WRONG = [
    (checks.whole_sequence, lambda x, W, U, b: np.zeros((4, 5, 3)), "The first step is wrong"),
    (checks.whole_sequence, steps_of(lambda x, h, c, W, U, b: stepped(x @ W + h @ U, c)), "Is b"),
    (checks.whole_sequence, steps_of(lambda x, h, c, W, U, b: stepped(x @ W + b, c)), "Is h U"),
    (checks.whole_sequence, steps_of(forgetful), "starts from zeros"),
    (checks.whole_sequence, steps_of(showing_cells), "These are the cells"),
    (checks.whole_sequence, first_input, "the same input"),
    (checks.whole_sequence, in_other_axes, "axis=1"),
    (checks.whole_sequence, lambda x, **of: solutions.run(x, **of)[:, ::-1], "the wrong order"),
    (checks.whole_sequence, lambda x, **of: solutions.run(x, **of)[:, -1], "one step alone"),
    (checks.whole_sequence, steps_of(exchanged), "h and c are exchanged"),
    (checks.whole_sequence, steps_of(cell_through_u), "The first step is right"),
    (checks.whole_sequence, steps_of(only_c), "The first step is right"),
    (checks.half_life, lambda f: 1 / f, "= 1/2 for n: take"),
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
