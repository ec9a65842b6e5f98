"""Answers to lesson 5: right ones, and wrong ones with words of the hint that each gets."""

import numpy as np

from experiments.lessons import checks_5 as checks
from experiments.lessons import solutions_5_to_8 as solutions


def sgd_step(theta, grad, m, v, t, lr, beta1, beta2, eps):
    return theta - lr * grad, m, v


def adam_without_squares(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    return theta, m, beta2 * v + (1 - beta2) * grad


def adam_without_correction(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m / (np.sqrt(v) + eps), m, v


def squares_of_m(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    return theta, m, beta2 * v + (1 - beta2) * m**2


def adam(
    m=lambda m, g, beta: beta * m + (1 - beta) * g,
    v=lambda v, g, beta1, beta2: beta2 * v + (1 - beta2) * g**2,
    step=lambda m, v, eps: m / (np.sqrt(v) + eps),
    power=lambda beta, t: beta**t,
    correct=lambda moment, factor: moment / factor,
):
    """The answer to 5.2 with one of its parts replaced."""

    def answer(theta, grad, old_m, old_v, t, lr, beta1, beta2, eps):
        new_m, new_v = m(old_m, grad, beta1), v(old_v, grad, beta1, beta2)
        with np.errstate(divide="ignore", invalid="ignore"):
            corrected = correct(new_m, 1 - power(beta1, t)), correct(new_v, 1 - power(beta2, t))
            return theta - lr * step(*corrected, eps), new_m, new_v

    return answer


RIGHT = [
    (checks.third_step, solutions.third_step),
    (checks.adam_step, solutions.adam_step),
    (checks.uncorrected_first_step, solutions.uncorrected_first_step),
    (checks.gradient_of_half_a_step, solutions.gradient_of_half_a_step),
]

WRONG = [
    (checks.third_step, 0.7171, "count half"),
    (checks.third_step, 0.7715, "another number at each step"),
    (checks.third_step, 2.05, "all three go together"),
    (checks.third_step, 0.7, "two decimals"),
    (checks.third_step, 0.6682, "Without the corrections"),
    (checks.third_step, 15 / 63, "The root of v̂"),
    (checks.third_step, 15 / 7, "That is m̂"),
    (checks.third_step, 1, "if all gradients had been 3"),
    (checks.third_step, 5, "Go on in the table"),
    (checks.third_step, 0.763, "v is to be corrected"),
    (checks.third_step, 0.625, "m is to be corrected"),
    (checks.third_step, 0.9078, "g² comes in, not g"),
    (checks.third_step, -0.714, "positive here too"),
    (checks.third_step, "5/7", "One number is asked for"),
    (checks.adam_step, sgd_step, "m stays as it was"),
    (checks.adam_step, adam_without_squares, "g² comes in, not g"),
    (checks.adam_step, adam_without_correction, "the corrections are missing"),
    (checks.adam_step, lambda *given: solutions.adam_step(*given)[0], "Three arrays"),
    (checks.adam_step, lambda *given: solutions.adam_step(*given)[::-1], "The order"),
    (checks.adam_step, adam(m=lambda m, g, b: (1 - b) * m + b * g), "the old m the weight β1"),
    (checks.adam_step, adam(m=lambda m, g, b: b * m + g), "comes in times 1 - β1"),
    (checks.adam_step, adam(m=lambda m, g, b: b * m + (1 - b) * g**2), "not of their squares"),
    (checks.adam_step, adam(v=lambda v, g, b1, b2: b1 * v + (1 - b1) * g**2), "its own, β2"),
    (checks.adam_step, adam(v=lambda v, g, b1, b2: (1 - b2) * v + b2 * g**2), "the old v the"),
    (checks.adam_step, adam(v=lambda v, g, b1, b2: b2 * v + g**2), "comes in times 1 - β2"),
    (checks.adam_step, adam(v=lambda v, g, b1, b2: v), "the new square is not in it"),
    (checks.adam_step, adam(step=lambda m, v, eps: m / np.sqrt(v + eps)), "not under it"),
    (checks.adam_step, adam(step=lambda m, v, eps: m / (v + eps)), "by the root of v̂"),
    (checks.adam_step, adam(step=lambda m, v, eps: -m / (np.sqrt(v) + eps)), "goes uphill"),
    (checks.adam_step, adam(step=lambda m, v, eps: 10 * m / (np.sqrt(v) + eps)), "where is lr"),
    (checks.adam_step, adam(step=lambda m, v, eps: m), "look at the last equation"),
    (checks.adam_step, adam(v=lambda v, g, b1, b2: b2 * v + ((1 - b2) * g) ** 2), "g alone"),
    (checks.adam_step, squares_of_m, "not of m"),
    (checks.adam_step, adam(step=lambda m, v, eps: m / np.sqrt(v)), "where is eps"),
    (checks.adam_step, adam(step=lambda m, v, eps: 0), "made of the new m and v"),
    (checks.adam_step, adam(correct=lambda m, factor: m * factor), "the corrections divide"),
    (checks.adam_step, adam(power=lambda b, t: b ** (t + 1)), "not t + 1"),
    (checks.adam_step, adam(power=lambda b, t: b ** (t - 1)), "steps count from 1"),
    (checks.adam_step, adam(correct=lambda m, factor: m / -factor), "is positive"),
    (checks.adam_step, adam(power=lambda b, t: 0.8**t), "and not β1"),
    (checks.adam_step, adam(power=lambda b, t: b), "to the power t"),
    (checks.adam_step, adam(power=lambda b, t: b**t if b < 0.9 else 0), "v is to be corrected too"),
    (checks.adam_step, adam(power=lambda b, t: b**t if b > 0.8 else 0), "m is to be corrected too"),
    (checks.uncorrected_first_step, 1.0, "That is with them"),
    (checks.uncorrected_first_step, 100, "not v itself"),
    (checks.uncorrected_first_step, 0.1, "And v?"),
    (checks.uncorrected_first_step, 0.3162, "The other way round"),
    (checks.uncorrected_first_step, 0.90045, "not β"),
    (checks.uncorrected_first_step, 5, "m / sqrt(v)"),
    (checks.uncorrected_first_step, 31.62, "m is small at first too"),
    (checks.uncorrected_first_step, 0.0316, "And m?"),
    (checks.uncorrected_first_step, 3.2, "two decimals"),
    (checks.gradient_of_half_a_step, 0, "no step where the gradient is 0"),
    (checks.gradient_of_half_a_step, 5e-8, "a third of lr"),
    (checks.gradient_of_half_a_step, 2e-7, "two thirds"),
    (checks.gradient_of_half_a_step, 0.5, "it is tiny"),
    (checks.gradient_of_half_a_step, 1, "ten-millionth"),
    (checks.gradient_of_half_a_step, 1e-8, "with eps = 1e-8"),
    (checks.gradient_of_half_a_step, -1e-7, "A positive one"),
    (checks.gradient_of_half_a_step, 1.83e-4, "not under it"),
    (checks.gradient_of_half_a_step, 1e-3, "how long is the first step"),
]
