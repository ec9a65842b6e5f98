"""Wrong answers to lessons 5 to 8 get a hint; `test_lessons.py` runs the lessons."""

import numpy as np
import pytest
from numba import njit

from experiments.lessons import checks_5_to_8 as checks
from experiments.lessons import solutions_5_to_8 as solutions


def sgd_step(theta, grad, m, v, t, lr, beta1, beta2, eps):
    return theta - lr * grad, m, v


def adam_without_squares(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    return theta, m, beta2 * v + (1 - beta2) * grad


def adam_without_correction(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m / (np.sqrt(v) + eps), m, v


def gates_of_neighbours(z, c_prev, c, h, sigmoid, tanh):
    """As if the four gates of a unit stood side by side."""
    for b, j in np.ndindex(c.shape):
        i, f, g, _ = z[b, 4 * j : 4 * j + 4]
        c[b, j] = sigmoid(f) * c_prev[b, j] + sigmoid(i) * tanh(g)
    return h


def whole_arrays(z, c_prev, c, h, sigmoid, tanh):
    i, f, g, _ = np.split(z, 4, axis=1)
    c[:] = sigmoid(f) * c_prev + sigmoid(i) * tanh(g)
    return h


def no_output(z, c_prev, c, h, sigmoid, tanh):
    solutions.gate_kernel(z, c_prev, c, h, sigmoid, tanh)
    h[:] = c
    return h


def interval(ddof, parts):
    def answer(values):
        half = 3.182 * np.std(values, ddof=ddof) / np.sqrt(4) / parts
        return np.mean(values) - half, np.mean(values) + half

    return answer


@pytest.mark.parametrize(
    ("check", "wrong", "hint"),
    [
        (checks.third_step, 1, "divide both by 7/8"),
        (checks.adam_step, sgd_step, "m is not right at step 1"),
        (checks.adam_step, adam_without_squares, "a mean of squares"),
        (checks.adam_step, adam_without_correction, "theta is not at step 1"),
        (checks.uncorrected_first_step, 1.0, "m / sqrt(v)"),
        (checks.gradient_of_half_a_step, 0, "lr / 2"),
        (checks.operations, lambda B, D, H: B * (D + H) * 4 * H, "2 B H 4H"),
        (checks.gate_kernel, gates_of_neighbours, "H columns apart"),
        (checks.gate_kernel, whole_arrays, "Your code raised TypeError"),
        (checks.gate_kernel, no_output, "c is right, and h is not"),
        (checks.amdahl, lambda share, factor: share * factor, "The old time is 1"),
        (checks.floor_rmse, np.mean, "then the root"),
        (checks.own_error, lambda rmse, floor: rmse - floor, "Squares add up"),
        (checks.interval, interval(ddof=0, parts=1), "ddof=1"),
        (checks.interval, interval(ddof=1, parts=2), "either side"),
        (checks.interval, lambda values: (0.0, 1.0), "with t = 3.182"),
        (checks.less_error, 47, "what share of 12.5"),
        (checks.best_factor, 1.0, "a little below 1"),
        (checks.explanation, "A", "32 units failed too"),
        (checks.explanation, "B", "very same weights"),
        (checks.explanation, "C", "used with it"),
        (checks.explanation, "d", "One of the letters"),
        (checks.mean_over_masks, 0, "eight of ten"),
    ],
)
def test_a_wrong_answer_gets_a_hint(capsys, check, wrong, hint):
    check(wrong)
    printed = capsys.readouterr().out
    assert "not yet. " in printed
    assert hint in printed


@pytest.mark.parametrize("answer", [None, no_output, solutions.gate_kernel])
def test_lesson_6_goes_on_with_a_kernel_that_is_right(answer):
    z, c_prev = np.full((1, 4), 0.5), np.ones((1, 1))
    c, h, right_c, right_h = (np.zeros((1, 1)) for _ in range(4))
    twice = njit(lambda x: 2 * x)
    checks.compiled(answer)(z, c_prev, c, h, twice, twice)
    solutions.gate_kernel(z, c_prev, right_c, right_h, lambda x: 2 * x, lambda x: 2 * x)
    np.testing.assert_allclose([c, h], [right_c, right_h])
