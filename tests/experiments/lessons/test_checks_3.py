"""Exercise 3.4: the lesson's loop, made of the three answers before it."""

import numpy as np
import pytest

from experiments.lessons import checks_3 as checks
from experiments.lessons import solutions_1_to_4 as solutions
from tests.experiments.lessons.test_checks import told
from tests.experiments.lessons.test_lessons import LESSONS, cells, source

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
