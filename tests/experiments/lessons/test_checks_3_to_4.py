"""Wrong answers to lessons 3 and 4 get a hint that fits; `test_lessons.py` runs the lessons."""

import numpy as np
import pytest

from experiments.lessons import checks_3_to_4 as checks
from experiments.lessons import solutions_1_to_4 as solutions
from tests.experiments.lessons.hints import fewer_than_five_hints, told
from tests.experiments.lessons.test_lessons import LESSONS, cells, source
from tinylstm.reference import sigmoid

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
    (checks.cell_backward, lambda n, d, o, c: n + d * (1 - np.tanh(c) ** 2), "multiplied by o_t"),
    (checks.cell_backward, lambda n, d, o, c: d * o * (1 - np.tanh(c) ** 2), "one through c_{t+1}"),
    (checks.cell_backward, lambda n, d, o, c: n + d * o, "derivative of the tanh is missing"),
    (checks.cell_backward, lambda n, d, o, c: n + d * o * (1 - c**2), "not 1 - c²"),
    (checks.cell_backward, lambda n, d, o, c: n * d * o * (1 - np.tanh(c) ** 2), "not multiplied"),
    (checks.cell_backward, lambda n, d, o, c: (n + d * o) * (1 - np.tanh(c) ** 2), "h_t alone"),
    (checks.cell_backward, lambda n, d, o, c: d * o, "Two ways"),
    (checks.forget_gate_backward, lambda dc_t, c_prev, f: -dc_t * c_prev * f * (1 - f), "downhill"),
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
    (checks.central_difference, lambda L, θ, ε: (L(θ + ε) - L(θ)) / ε, "one side only"),
    (checks.central_difference, lambda L, θ, ε: (L(θ) - L(θ - ε)) / ε, "the other side only"),
    (checks.central_difference, lambda L, θ, ε: (L(θ + ε) - L(θ - ε)) / ε, "lie two steps"),
    (checks.central_difference, lambda L, θ, ε: (L(θ + ε) - L(θ - ε)) / 2 * ε, "parentheses"),
    (checks.central_difference, lambda L, θ, ε: (L(θ - ε) - L(θ + ε)) / (2 * ε), "The sign"),
    (checks.central_difference, lambda L, θ, ε: L(θ + ε) - L(θ - ε), "difference alone"),
    (
        checks.central_difference,
        lambda L, θ, ε: L(θ + ε) - L(θ - ε) / (2 * ε),
        "before subtraction",
    ),
    (
        checks.central_difference,
        lambda L, θ, ε: (L(θ + ε) - 2 * L(θ) + L(θ - ε)) / ε**2,
        "the second derivative",
    ),
    (checks.central_difference, lambda L, θ, ε: (L(θ + ε) + L(θ - ε)) / (2 * ε), "not a sum"),
    (checks.central_difference, lambda L, θ, ε: ε, "the whole distance"),
    (checks.good_epsilon, float("nan"), "One number is asked for"),
    (checks.good_epsilon, 1e-16, "is rounded to θ"),
    (checks.good_epsilon, 1e-8, "one side only"),
    (checks.good_epsilon, 1, "as long as θ itself"),
    (checks.good_epsilon, 0, "above 0"),
    (checks.good_epsilon, 1e-12, "Too small"),
    (checks.good_epsilon, 0.1, "Too large"),
    (checks.good_epsilon, -5, "That is an exponent"),
    (checks.mystery_bug, "gates-swapped", "With that one 6 arrays"),
    (checks.mystery_bug, "weights-overwritten", "With that one lstm.W would"),
    (checks.mystery_bug, "recurrent-sees-new-output", "With that one lstm.U would"),
    (checks.mystery_bug, "input-gradient-shifted", "With that one x would"),
    (checks.mystery_bug, "softmax-summed", "at home in another network"),
    (checks.mystery_bug, "no such bug", "copy a name"),
    (checks.mystery_bug, 3, "An answer in quotes"),
]


@pytest.mark.parametrize(("check", "wrong", "hint"), WRONG)
def test_a_wrong_answer_gets_a_hint_that_fits(check, wrong, hint):
    assert hint in told(check, wrong)


@pytest.mark.parametrize(
    ("check", "solution"),
    [
        (checks.forget_gate_backward, solutions.forget_gate_backward),
        (checks.cell_backward, solutions.cell_backward),
        (checks.messages, solutions.messages),
        (checks.central_difference, solutions.central_difference),
        (checks.good_epsilon, solutions.epsilon),
        (checks.mystery_bug, solutions.culprit),
    ],
)
def test_the_solution_is_right(check, solution):
    assert told(check, solution).endswith(": right.")


def test_at_least_five_mistakes_of_each_exercise_have_hints_of_their_own():
    assert not fewer_than_five_hints(WRONG)


LOOP = next(text for text in map(source, cells(LESSONS[2])) if "def backward" in text)


def whole(change=lambda text: text, **pieces):
    """What exercise 3.4 says of the lesson's loop with other pieces, or another loop."""
    names = ("forget_gate_backward", "cell_backward", "messages")
    namespace = {"np": np} | {name: getattr(solutions, name) for name in names} | pieces
    exec(change(LOOP), namespace)
    return told(checks.whole_backward, *(namespace[name] for name in ("backward", *names)))


@pytest.mark.parametrize(
    ("name", "wrong", "number"),
    [
        ("forget_gate_backward", lambda dc_t, c_prev, f: dc_t * c_prev * f, "3.1"),
        ("cell_backward", lambda dc_next, dh_t, o, c_t: dc_next + dh_t * o, "3.2"),
        ("messages", lambda dz, dc_t, f, U: (dz @ U.T, dc_t), "3.3"),
    ],
)
def test_the_whole_backward_pass_says_which_of_its_pieces_is_wrong(name, wrong, number):
    assert f"Exercise {number} is not right yet" in whole(**{name: wrong})


@pytest.mark.parametrize("name", ["W", "U", "b"])
def test_a_loop_that_was_changed_is_told_by_its_gradient(name):
    changed = whole(lambda text: text.replace(f"d{name} +=", f"d{name} ="))
    assert f"loop's gradient of {name}" in changed


def test_the_whole_backward_pass_is_open_while_one_of_its_pieces_is():
    assert whole() == "Exercise 3.4: right."
    assert whole(messages=lambda dz, dc_t, f, U: ...) == "Exercise 3.4: not solved yet."
