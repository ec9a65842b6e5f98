"""Wrong answers to lessons 5 and 6 get a hint that fits; `test_lessons.py` runs the lessons."""

import numpy as np
import pytest
from numba import njit

from experiments.lessons import checks_5_to_6 as checks
from experiments.lessons import solutions_5_to_8 as solutions
from tests.experiments.lessons.hints import fewer_than_five_hints, told


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


def new_cell(i, f, g, c_prev, c):
    return f * c_prev + i * g


def kernel(
    order="ifgo",
    cell=new_cell,
    shown=lambda o, c, tanh: o * tanh(c),
    units=3,
    sigmoids="ifo",
    tanhs="g",
):
    """The answer to 6.2 with gates in another order, another cell or output, or other loops."""

    def answer(z, c_prev, c, h, sigmoid, tanh):
        for b, j in np.ndindex(len(c), units):
            gates = {gate: z[b, 3 * n + j] for n, gate in enumerate(order)}
            gates |= {gate: sigmoid(gates[gate]) for gate in sigmoids}
            gates |= {gate: tanh(gates[gate]) for gate in tanhs}
            c[b, j] = cell(*(gates[gate] for gate in "ifg"), c_prev[b, j], c[b, j])
            h[b, j] = shown(gates["o"], c[b, j], tanh)
        return h

    return answer


def python_only(z, c_prev, c, h, sigmoid, tanh):
    """Right, with generators, which Numba cannot compile."""
    B, H = c.shape
    for b in range(B):
        for j in range(H):
            i, f, g, o = (z[b, k * H + j] for k in range(4))
            c[b, j] = sigmoid(f) * c_prev[b, j] + sigmoid(i) * tanh(g)
            h[b, j] = sigmoid(o) * tanh(c[b, j])
    return h


def with_an_import(z, c_prev, c, h, sigmoid, tanh):
    """Right, with a statement of which Numba does not know the bytecode."""
    import math  # noqa: F401

    return solutions.gate_kernel(z, c_prev, c, h, sigmoid, tanh)


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
    (checks.adam_step, sgd_step, "m stays as it was"),
    (checks.adam_step, adam_without_squares, "g² comes in, not g"),
    (checks.adam_step, adam_without_correction, "the corrections are missing"),
    (checks.uncorrected_first_step, 1.0, "That is with them"),
    (checks.uncorrected_first_step, 100, "not v itself"),
    (checks.uncorrected_first_step, 0.1, "And v?"),
    (checks.uncorrected_first_step, 0.3162, "The other way round"),
    (checks.uncorrected_first_step, 0.90045, "not β"),
    (checks.uncorrected_first_step, 5, "m / sqrt(v)"),
    (checks.uncorrected_first_step, 31.62, "m is small at first too"),
    (checks.uncorrected_first_step, 0.0316, "And m?"),
    (checks.gradient_of_half_a_step, 0, "no step where the gradient is 0"),
    (checks.operations, lambda B, D, H: B * (D + H) * 4 * H, "twice as many"),
    (checks.operations, lambda B, D, H: 2 * B * (D + H) * H, "n is 4H"),
    (checks.operations, lambda B, D, H: 2 * B * D * 4 * H, "the first product alone"),
    (checks.operations, lambda B, D, H: 2 * B * H * 4 * H, "the second product alone"),
    (checks.operations, lambda B, D, H: 2 * (D + H) * 4 * H, "m is B"),
    (checks.operations, lambda B, D, H: 64 * B * B * D * H**3, "added, not multiplied"),
    (checks.operations, lambda B, D, H: 1, "what are m, n and k"),
    (checks.operations, lambda B, D, H: 8 * B * D * H + 2 * B * H * H, "in both products"),
    (checks.operations, lambda B, D, H: 8 * B * D * H * H, "with k = D H"),
    (checks.gate_kernel, gates_of_neighbours, "not side by side"),
    (checks.gate_kernel, whole_arrays, "take one number"),
    (checks.gate_kernel, no_output, "c is right, and h is not"),
    (checks.amdahl, lambda share, factor: share * factor, "Let the old time be 1"),
    (checks.amdahl, lambda share, factor: 1 - share + share / factor, "turn it round"),
    (checks.amdahl, lambda share, factor: 1 / (1 - share), "does not vanish"),
    (checks.amdahl, lambda share, factor: 1 / (1 + share / factor), "takes 1 - share"),
    (checks.amdahl, lambda share, factor: factor, "Only a share"),
    (checks.amdahl, lambda share, factor: 1 - share + share * factor, "speed does not"),
    (checks.gradient_of_half_a_step, 5e-8, "a third of lr"),
    (checks.gradient_of_half_a_step, 2e-7, "two thirds"),
    (checks.gradient_of_half_a_step, 0.5, "it is tiny"),
    (checks.gradient_of_half_a_step, 1, "ten-millionth"),
    (checks.third_step, 0.763, "v is to be corrected"),
    (checks.third_step, 0.625, "m is to be corrected"),
    (checks.third_step, 0.9078, "g² comes in, not g"),
    (checks.third_step, -0.714, "positive here too"),
    (checks.third_step, "5/7", "One number is asked for"),
    (checks.uncorrected_first_step, 3.2, "two decimals"),
    (checks.gradient_of_half_a_step, 1e-8, "with eps = 1e-8"),
    (checks.operations, lambda B, D, H: 8 * B * H * (D + H) + 4 * B * H, "adding b"),
    (checks.gradient_of_half_a_step, -1e-7, "A positive one"),
    (checks.gradient_of_half_a_step, 1.83e-4, "not under it"),
    (checks.gradient_of_half_a_step, 1e-3, "how long is the first step"),
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
    (checks.gate_kernel, kernel(order="figo"), "i and f are exchanged"),
    (checks.gate_kernel, kernel(order="ifog"), "g and o are exchanged"),
    (checks.gate_kernel, kernel(cell=lambda i, f, g, old, c: i * g), "Is the old memory in c"),
    (checks.gate_kernel, kernel(cell=lambda i, f, g, old, c: old + i * g), "multiplied by a gate"),
    (checks.gate_kernel, kernel(cell=lambda i, f, g, old, c: f * c + i * g), "is c_prev"),
    (checks.gate_kernel, kernel(cell=lambda i, f, g, old, c: c + f * old + i * g), "set c[b, j]"),
    (checks.gate_kernel, kernel(sigmoids="", tanhs=""), "In z are sums"),
    (checks.gate_kernel, kernel(sigmoids="", tanhs="ifgo"), "are sigmoids"),
    (checks.gate_kernel, kernel(sigmoids="if", tanhs="g"), "without its sigmoid"),
    (checks.gate_kernel, kernel(sigmoids="if", tanhs="go"), "the output gate is a sigmoid"),
    (
        checks.gate_kernel,
        kernel(shown=lambda o, c, tanh: checks.OLD + o * tanh(c)),
        "nothing to it",
    ),
    (checks.gate_kernel, kernel(shown=lambda o, c, tanh: o * tanh(checks.OLD)), "before h is made"),
    (checks.gate_kernel, kernel(shown=lambda o, c, tanh: o * c), "a tanh is missing"),
    (checks.gate_kernel, kernel(shown=lambda o, c, tanh: tanh(c)), "the output gate is missing"),
    (checks.gate_kernel, lambda z, c_prev, c, h, sigmoid, tanh: h, "fill c[b, j]"),
    (checks.gate_kernel, kernel(units=2), "Some of c are as they came"),
    (checks.gate_kernel, kernel(shown=lambda o, c, tanh: checks.OLD), "some of h are as they came"),
    (checks.gate_kernel, kernel(units=4), "Your code raised IndexError"),
    (checks.gate_kernel, 3, "A function is asked for"),
    (checks.amdahl, lambda share, factor: 1 / (share + (1 - share) / factor), "not the rest"),
    (checks.amdahl, lambda share, factor: share / factor, "the rest takes time too"),
    (
        checks.amdahl,
        lambda share, factor: 1 / (1 - share + share * factor),
        "less time than before",
    ),
    (checks.amdahl, lambda share, factor: 0, "part by part"),
]


@pytest.mark.parametrize(("check", "wrong", "hint"), WRONG)
def test_a_wrong_answer_gets_a_hint_that_fits(check, wrong, hint):
    assert hint in told(check, wrong)


@pytest.mark.parametrize(
    ("check", "solution"),
    [
        (checks.third_step, solutions.third_step),
        (checks.adam_step, solutions.adam_step),
        (checks.uncorrected_first_step, solutions.uncorrected_first_step),
        (checks.gradient_of_half_a_step, solutions.gradient_of_half_a_step),
        (checks.operations, solutions.operations),
        (checks.gate_kernel, solutions.gate_kernel),
        (checks.amdahl, solutions.amdahl),
    ],
)
def test_the_solution_is_right(check, solution):
    assert told(check, solution).endswith(": right.")


def test_at_least_five_mistakes_of_each_exercise_have_hints_of_their_own():
    assert not fewer_than_five_hints(WRONG)


@pytest.mark.parametrize("answer", [None, no_output, solutions.gate_kernel])
def test_lesson_6_goes_on_with_a_kernel_that_is_right(answer):
    z, c_prev = np.full((1, 4), 0.5), np.ones((1, 1))
    c, h, right_c, right_h = (np.zeros((1, 1)) for _ in range(4))
    twice = njit(lambda x: 2 * x)
    checks.compiled(answer)(z, c_prev, c, h, twice, twice)
    solutions.gate_kernel(z, c_prev, right_c, right_h, lambda x: 2 * x, lambda x: 2 * x)
    np.testing.assert_allclose([c, h], [right_c, right_h])


def test_a_kernel_that_fills_all_and_returns_nothing_is_told_so():
    def silent(z, c_prev, c, h, sigmoid, tanh):
        solutions.gate_kernel(z, c_prev, c, h, sigmoid, tanh)

    assert "let it end in return h" in told(checks.gate_kernel, silent).lower()


@pytest.mark.parametrize("answer", [python_only, with_an_import])
def test_a_kernel_that_only_python_can_run_is_told_so_and_the_lesson_goes_on(answer, capsys):
    assert told(checks.gate_kernel, answer).endswith(": right.")
    kernel = checks.compiled(answer)
    assert "Numba cannot compile your kernel" in capsys.readouterr().out
    assert kernel.py_func is solutions.gate_kernel
