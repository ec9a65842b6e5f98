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
        (checks.third_step, 0.6682, "Without the corrections"),
        (checks.third_step, 15 / 63, "The root of v̂"),
        (checks.third_step, 15 / 7, "That is m̂"),
        (checks.third_step, 1, "if all gradients had been 3"),
        (checks.third_step, 5, "divide both by 7/8"),
        (checks.adam_step, sgd_step, "m is not right at step 1"),
        (checks.adam_step, adam_without_squares, "a mean of squares"),
        (checks.adam_step, adam_without_correction, "theta is not at step 1"),
        (checks.uncorrected_first_step, 1.0, "That is with them"),
        (checks.uncorrected_first_step, 100, "not v itself"),
        (checks.uncorrected_first_step, 0.1, "And v?"),
        (checks.uncorrected_first_step, 0.3162, "The other way round"),
        (checks.uncorrected_first_step, 0.90045, "not β"),
        (checks.uncorrected_first_step, 5, "m / sqrt(v)"),
        (checks.gradient_of_half_a_step, 0, "lr / 2"),
        (checks.operations, lambda B, D, H: B * (D + H) * 4 * H, "twice as many"),
        (checks.operations, lambda B, D, H: 2 * B * (D + H) * H, "n is 4H"),
        (checks.operations, lambda B, D, H: 2 * B * D * 4 * H, "the first product alone"),
        (checks.operations, lambda B, D, H: 2 * B * H * 4 * H, "the second product alone"),
        (checks.operations, lambda B, D, H: 2 * (D + H) * 4 * H, "m is B"),
        (checks.operations, lambda B, D, H: 64 * B * B * D * H**3, "added, not multiplied"),
        (checks.operations, lambda B, D, H: 1, "Then 2 m n k"),
        (checks.gate_kernel, gates_of_neighbours, "H columns apart"),
        (checks.gate_kernel, whole_arrays, "Your code raised TypeError"),
        (checks.gate_kernel, no_output, "c is right, and h is not"),
        (checks.amdahl, lambda share, factor: share * factor, "The old time is 1"),
        (checks.amdahl, lambda share, factor: 1 - share + share / factor, "turn it round"),
        (checks.amdahl, lambda share, factor: 1 / (1 - share), "does not vanish"),
        (checks.amdahl, lambda share, factor: 1 / (1 + share / factor), "takes 1 - share"),
        (checks.amdahl, lambda share, factor: factor, "Only a share"),
        (checks.amdahl, lambda share, factor: 1 - share + share * factor, "speed does not"),
        (checks.floor_rmse, np.mean, "the root is missing"),
        (checks.floor_rmse, lambda mean: np.sqrt(mean).mean(), "The root is taken last"),
        (checks.floor_rmse, np.std, "differ among themselves"),
        (checks.floor_rmse, lambda mean: np.sqrt(np.mean(mean**2)), "not its square"),
        (checks.floor_rmse, lambda mean: np.sqrt(mean.sum()), "not their sum"),
        (checks.floor_rmse, np.max, "then the root"),
        (checks.own_error, lambda rmse, floor: rmse - floor, "Errors do not add up"),
        (checks.own_error, lambda rmse, floor: rmse**2 - floor**2, "the root is missing"),
        (checks.own_error, np.hypot, "subtracted, not added"),
        (checks.own_error, lambda rmse, floor: rmse / floor, "That is a ratio"),
        (checks.own_error, lambda rmse, floor: 0.0, "Solve the last line"),
        (checks.interval, interval(ddof=0, parts=1), "ddof=1"),
        (checks.interval, interval(ddof=1, parts=2), "either side"),
        (checks.interval, lambda values: (0.0, 1.0), "with t = 3.182"),
        (checks.less_error, 47, "the abstract's number"),
        (checks.less_error, 0.1, "in points"),
        (checks.less_error, 0.008, "in percent it is"),
        (checks.less_error, -0.8, "a positive number"),
        (checks.less_error, 47.46, "another column"),
        (checks.less_error, 5, "as a share of the larger"),
        (checks.gradient_of_half_a_step, 5e-8, "eps / 2"),
        (checks.gradient_of_half_a_step, 2e-7, "two thirds"),
        (checks.gradient_of_half_a_step, 0.5, "it is tiny"),
        (checks.gradient_of_half_a_step, 1, "ten-millionth"),
        (checks.best_factor, 1.0, "a little below it"),
        (checks.best_factor, 1.05, "Above 1"),
        (checks.best_factor, 0.9, "A higher one"),
        (checks.best_factor, 0.99, "A lower one"),
        (checks.best_factor, -1, "near 1"),
        (checks.explanation, "A", "32 units failed too"),
        (checks.explanation, "B", "very same weights"),
        (checks.explanation, "C", "used with it"),
        (checks.explanation, " c", "used with it"),
        (checks.explanation, "E", "One of the letters"),
        (checks.explanation, 4, "One of the letters"),
        (checks.mean_over_masks, 0, "f of the mean mask"),
        (checks.mean_over_masks, 1, "In two of ten cases"),
        (checks.mean_over_masks, 0.2, "two cases of ten"),
        (checks.mean_over_masks, 5, "eight of ten"),
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


def test_a_letter_may_be_small_and_have_blanks_around_it(capsys):
    for letter in ("D", "d", " d "):
        checks.explanation(letter)
    assert capsys.readouterr().out == 3 * "Exercise 8.3: right.\n"
