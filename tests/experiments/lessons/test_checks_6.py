"""Exercise 6.2: lesson 6 goes on with a kernel that is right, and that Numba can compile."""

import numpy as np
import pytest
from numba import njit

from experiments.lessons import checks_6 as checks
from experiments.lessons import solutions_5_to_8 as solutions
from tests.experiments.lessons.answers_6 import no_output, python_only, with_an_import


@pytest.mark.parametrize("answer", [None, no_output, solutions.gate_kernel])
def test_the_kernel_of_the_lesson_is_right_whatever_the_answer(answer):
    z, c_prev = np.full((1, 4), 0.5), np.ones((1, 1))
    c, h, right_c, right_h = (np.zeros((1, 1)) for _ in range(4))
    twice = njit(lambda x: 2 * x)
    checks.compiled(answer)(z, c_prev, c, h, twice, twice)
    solutions.gate_kernel(z, c_prev, right_c, right_h, lambda x: 2 * x, lambda x: 2 * x)
    np.testing.assert_allclose([c, h], [right_c, right_h])


@pytest.mark.parametrize("answer", [python_only, with_an_import])
def test_a_kernel_that_only_python_can_run_is_told_so_and_the_lesson_goes_on(answer, capsys):
    kernel = checks.compiled(answer)
    assert "Numba cannot compile your kernel" in capsys.readouterr().out
    assert kernel.py_func is solutions.gate_kernel
