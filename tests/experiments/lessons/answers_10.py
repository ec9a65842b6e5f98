"""Answers to lesson 10: right ones, and wrong ones with words of the hint that each gets."""

import numpy as np

from experiments.lessons import checks_10 as checks
from experiments.lessons import solutions_9_to_10 as solutions
from tinylstm.reference import sigmoid


def slope(change):
    """The answer to 10.1 with another derivative."""
    return lambda dc_t, g, i: dc_t * g * change(i)


def candidate(change):
    """The answer to 10.4 as a function of both parts of δc, i and g."""
    return lambda n, d, o, c, i, g: change(n, d * o * (1 - np.tanh(c) ** 2), i, g)


CANDIDATES = {
    "The parenthesis": lambda n, d, i, g: n * i + d * i * (1 - g**2),
    "Only what comes from later": lambda n, d, i, g: n * i * (1 - g**2),
    "There is dc_next too": lambda n, d, i, g: d * i * (1 - g**2),
    "not its argument": lambda n, d, i, g: (n + d) * i * (1 - np.tanh(g) ** 2),
    "not a sigmoid": lambda n, d, i, g: (n + d) * i * g * (1 - g),
    "By what was the candidate": lambda n, d, i, g: (n + d) * (1 - g**2),
    "i multiplies both": lambda n, d, i, g: (n + d * i) * (1 - g**2),
    "as far as g": lambda n, d, i, g: (n + d) * i,
    "as a whole": lambda n, d, i, g: n + d,
    "then what multiplies g": lambda n, d, i, g: n,
}


RIGHT = [
    (checks.input_gate_backward, solutions.input_gate_backward),
    (checks.fewest_steps, solutions.fewest_steps),
    (checks.idle, solutions.idle),
    (checks.candidate_backward, solutions.candidate_backward),
]

WRONG = [
    (
        checks.input_gate_backward,
        slope(lambda i: sigmoid(i) * (1 - sigmoid(i))),
        "σ(z) already",
    ),
    (checks.input_gate_backward, slope(lambda i: 1 - i**2), "of a tanh"),
    (checks.input_gate_backward, slope(lambda i: i), "Half of it"),
    (checks.input_gate_backward, slope(lambda i: 1 - i), "The other half"),
    (checks.input_gate_backward, lambda dc_t, g, i: dc_t * i * (1 - i), "where is g"),
    (checks.input_gate_backward, lambda dc_t, g, i: dc_t, "What multiplies i"),
    (checks.input_gate_backward, lambda dc_t, g, i: dc_t * i * (1 - g**2), "how g changes"),
    (checks.input_gate_backward, lambda dc_t, g, i: dc_t * g, "as far as i"),
    (checks.input_gate_backward, lambda dc_t, g, i: g * i * (1 - i), "comes from above"),
    (checks.input_gate_backward, slope(lambda i: i * (i - 1)), "The sign"),
    (checks.fewest_steps, 1, "Who would read"),
    (checks.fewest_steps, 0, "Without a step"),
    (checks.fewest_steps, 3, "There it shows"),
    (checks.fewest_steps, 5, "There is a shorter sequence"),
    (checks.fewest_steps, -1, "whole, and above 0"),
    (checks.fewest_steps, "two", "One number is asked for"),
    (checks.idle, "head.W", "made of x and dy"),
    (checks.idle, "lstm.b", "belongs to the LSTM"),
    (checks.idle, "b", "two of them: with"),
    (checks.idle, "bias", "not yet. With the name"),
    (checks.idle, "dc", "the name that it has here"),
    (checks.idle, 3, "An answer in quotes"),
    (checks.idle, "lstm.U", "Where is the error 1"),
    (checks.idle, "head", "One of the names"),
    *((checks.candidate_backward, candidate(wrong), hint) for hint, wrong in CANDIDATES.items()),
]
