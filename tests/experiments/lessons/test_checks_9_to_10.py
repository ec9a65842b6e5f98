"""Wrong answers to lessons 9 and 10 get a hint that fits; `test_lessons.py` runs the lessons."""

import numpy as np
import pytest

from experiments.lessons import checks_9_to_10 as checks
from experiments.lessons import solutions_9_to_10 as solutions
from experiments.lessons.tales import tell
from tests.experiments.lessons.hints import fewer_than_five_hints, told
from tinylstm.reference import sigmoid


def scaled(factor):
    return lambda p, y: factor * solutions.logits_backward(p, y)


def in_place(p, y):
    p[np.arange(len(y)), y] -= 1
    return p / len(y)


def correlations(c, inside):
    return np.array([np.corrcoef(unit, inside)[0, 1] for unit in c.T])


def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum()


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


WRONG = [
    (checks.bits, lambda p: np.mean(-np.log(p)), "in nats"),
    (checks.bits, lambda p: -np.log2(p.mean()), "First the logarithm"),
    (checks.bits, lambda p: np.mean(np.log2(p)), "bits are not"),
    (checks.bits, lambda p: -np.log2(p).sum(), "their sum"),
    (checks.bits, lambda p: -(p * np.log2(p)).sum(), "the same weight"),
    (checks.bits, lambda p: -np.log2(p), "One number for all"),
    (checks.bits, lambda p: 0.0, "cost on average"),
    (checks.logits_backward, in_place, "begin with a copy"),
    (checks.logits_backward, scaled(4), "N times too large"),
    (checks.logits_backward, scaled(-1), "The sign"),
    (checks.logits_backward, scaled(4 / 3), "not over the K classes"),
    (checks.logits_backward, lambda p, y: p / len(y), "Where is y"),
    (checks.logits_backward, lambda p, y: p**2, "where is k = y"),
    (checks.logits_backward, scaled(1 / 3), "not over all N K numbers"),
    (checks.logits_backward, lambda p, y: np.eye(3)[y] * (p - 1) / 4, "did not come"),
    (checks.logits_backward, lambda p, y: p / 4 - np.eye(3)[y], "divides the 1"),
    (checks.logits_backward, lambda p, y: (p + np.eye(3)[y]) / 4, "the sign before"),
    (checks.at_temperature, lambda p, t: p ** (1 / t), "the sum 1"),
    (checks.at_temperature, lambda p, t: p**t / (p**t).sum(), "The other way round"),
    (checks.at_temperature, lambda p, t: p / t / (p / t).sum(), "itself cancels"),
    (checks.at_temperature, lambda p, t: p**1 / t, "itself cancels"),
    (checks.at_temperature, lambda p, t: p**t, "The other way round"),
    (checks.at_temperature, lambda p, t: softmax(np.log2(p) / t), "not that of base 2"),
    (checks.at_temperature, lambda p, t: np.exp(p / t) / np.exp(p / t).sum(), "for logits"),
    (checks.at_temperature, lambda p, t: np.ones(3) / 3, "From p to logits"),
    (checks.most_like, lambda c, i: np.argmax(correlations(c, i)), "absolute values"),
    (checks.most_like, lambda c, i: np.argmax(np.abs(c).sum(axis=0)), "Large is not alike"),
    (checks.most_like, lambda c, i: np.abs(correlations(c, i)).max(), "The number of the unit"),
    (checks.most_like, correlations, "The number of the unit"),
    (checks.most_like, lambda c, i: 0, "or the first"),
    (checks.most_like, lambda c, i: np.argmin(correlations(c, i)), "absolute values"),
    (checks.most_like, lambda c, i: np.argmin(np.abs(correlations(c, i))), "the least alike"),
    (checks.most_like, lambda c, i: np.argmax(np.corrcoef(c.T, i)[-1]), "leave it out"),
    (checks.most_like, lambda c, i: -1, "counted from 0"),
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
    (checks.idle, "head.W", "made of x and dy"),
    (checks.idle, "lstm.b", "belongs to the LSTM"),
    (checks.idle, "b", "name of its layer"),
    (checks.idle, "bias", "name of its layer"),
    (checks.idle, "dc", "the name that it has here"),
    (checks.idle, 3, "An answer in quotes"),
    *((checks.candidate_backward, candidate(wrong), hint) for hint, wrong in CANDIDATES.items()),
    (checks.bits, lambda p: -np.log10(p).mean(), "not of base 10"),
    (checks.bits, lambda p: print(), "returns nothing"),
    (checks.logits_backward, lambda p, y: p[np.arange(4), y] - 1, "A row of K numbers"),
    (checks.logits_backward, lambda p, y: (p - 1) / 4, "one class of each row"),
    (checks.logits_backward, lambda p, y: -np.eye(3)[y] / 4, "where is p"),
    (checks.at_temperature, lambda p, t: np.log(p) / t, "new logits"),
    (checks.fewest_steps, 5, "There is a shorter sequence"),
    (checks.fewest_steps, -1, "whole, and above 0"),
    (checks.fewest_steps, "two", "One number is asked for"),
    (checks.idle, "lstm.U", "Where is the error 1"),
    (checks.idle, "head", "One of the names"),
]


@pytest.mark.parametrize(("check", "wrong", "hint"), WRONG)
def test_a_wrong_answer_gets_a_hint_that_fits(check, wrong, hint):
    assert hint in told(check, wrong)


@pytest.mark.parametrize(
    ("check", "solution"),
    [
        (checks.bits, solutions.bits),
        (checks.logits_backward, solutions.logits_backward),
        (checks.at_temperature, solutions.at_temperature),
        (checks.most_like, solutions.most_like),
        (checks.input_gate_backward, solutions.input_gate_backward),
        (checks.fewest_steps, solutions.fewest_steps),
        (checks.idle, solutions.idle),
        (checks.candidate_backward, solutions.candidate_backward),
    ],
)
def test_the_solution_is_right(check, solution):
    assert told(check, solution).endswith(": right.")


def test_at_least_five_mistakes_of_each_exercise_have_hints_of_their_own():
    assert not fewer_than_five_hints(WRONG)


def test_a_lesson_goes_on_with_its_own_function_while_the_answer_is_not_right():
    assert checks.yours(checks.bits, None) is solutions.bits
    assert checks.yours(checks.bits, np.mean) is solutions.bits

    def right(p):
        return -np.log2(p).mean()

    assert checks.yours(checks.bits, right) is right


def test_a_tale_closes_its_quotes_and_cries_within_them_alone():
    text, _ = tell(3000, seed=3)
    for line in text.splitlines():
        told_first, said, end = line.split('"')
        assert told_first.endswith(" said: ")
        assert ("!" in told_first, "." in said, end) == (False, False, "")


def test_the_entropy_of_a_tale_is_that_of_its_choices():
    """Two sentences and a speaker: 8 animals and 6 verbs twice, 4 kinds and 8 animals, 2 stops."""
    seed = next(s for s in range(999) if tell(1, s)[0].count("!") + tell(1, s)[0].count(".") == 2)
    text, entropy = tell(1, seed)
    bits = 2 * np.log2(8 * 6) + np.log2(4 * 8) + 2 * 2
    assert entropy * len(text) == pytest.approx(bits)
