"""Wrong answers to lessons 1 to 4 get a hint; `test_lessons.py` runs the lessons."""

import numpy as np
import pytest

from experiments.lessons import checks_1_to_4 as checks


@pytest.mark.parametrize(
    ("check", "wrong", "hint"),
    [
        (checks.memory_after_one_step, 0.6, "every z changes its sign"),
        (checks.cell, lambda z, c_prev: (c_prev, c_prev), "what the forget gate keeps"),
        (checks.forget_bias, 0.9, "for which a"),
        (checks.whole_sequence, lambda x, W, U, b: np.zeros((4, 5, 3)), "of the step before"),
        (checks.half_life, lambda f: 1 / f, "take logs"),
        (checks.adding_up, [0, 0, 0, 0], "nearly 1"),
        (checks.adding_up, [10, 10], "Four numbers"),
        (checks.forget_gate_backward, lambda dc_t, c_prev, f: dc_t * c_prev * f, "σ'"),
        (checks.cell_backward, lambda dc_next, dh_t, o, c_t: dh_t * o, "Two ways"),
        (checks.messages, lambda dz, dc_t, f, U: (dz @ U.T, dc_t), "times f_t"),
        (checks.messages, lambda dz, dc_t, f, U: (dz, dc_t), "The shape should be (2, 3)"),
        (checks.whole_backward, lambda dh, tape: {"W": tape.W}, "The gradient of W"),
        (checks.central_difference, lambda L, θ, ε: (L(θ + ε) - L(θ)) / ε, "to each side"),
        (checks.good_epsilon, 1e-12, "smallest"),
        (checks.mystery_bug, "gates-swapped", "Which single array"),
        (checks.mystery_bug, "no such bug", "no bug is called"),
    ],
)
def test_a_wrong_answer_gets_a_hint(capsys, check, wrong, hint):
    check(wrong)
    printed = capsys.readouterr().out
    assert "not yet. " in printed
    assert hint in printed
