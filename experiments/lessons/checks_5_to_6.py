"""What the check cells of lessons 5 and 6 call: the optimiser, and speed."""

import math
from collections.abc import Callable

import numpy as np

from experiments.lessons import solutions_5_to_8
from experiments.lessons.exercise import (
    WrongError,
    exercise,
    given,
    parts,
    random_arrays,
    require_close,
    require_none,
    require_number,
    returned,
)
from tinylstm import Adam
from tinylstm.reference import sigmoid

OLD = 7.0  # what c and h have in them before a kernel fills them


@exercise("5.1")
def third_step(steps: float) -> None:
    """Adam on paper."""
    if np.isclose(
        steps, (18 / 7) / np.sqrt(90 / 7), rtol=1e-3, atol=0
    ):  # within 1% of what is right
        raise WrongError("The old m and v count half, as in the second row.")
    wrong = {
        "Without the corrections? Divide m and v by 1 - β³.": (15 / 8) / np.sqrt(63 / 8),
        "The root of v̂, not v̂ itself, is what m̂ is divided by.": (15 / 7) / 9,
        "That is m̂. Divide it by the root of v̂.": 15 / 7,
        "That would be the step if all gradients had been 3.": 1,
        "v is to be corrected too.": (15 / 7) / np.sqrt(63 / 8),
        "m is to be corrected too.": (15 / 8) / 3,
        "v is a mean of squares: g² comes in, not g.": (15 / 7) / np.sqrt(39 / 7),
        "The table has the length of a step downhill: it is positive here too.": -5 / 7,
        "1 - β^t is another number at each step: see the row.": (5 / 2) / np.sqrt(21 / 2),
        "That is how far all three go together. How long is the third?": 1 + 1 / 3 + 5 / 7,
        "Nearly: give a fraction, or two decimals.": 0.7,
    }
    require_number(steps, 5 / 7, wrong, "Go on in the table: m, v, and then divide both by 7/8.")


def _require_moments(m: np.ndarray, v: np.ndarray, g: np.ndarray) -> None:
    """Raise WrongError if the first m and v show a mistake; they begin at zero."""
    require_none(
        m,
        {
            "m: the new gradient has the weight 1 - β1, the old m the weight β1.": 0.8 * g,
            "m: the gradient comes in times 1 - β1; and m is handed on as it is, not corrected.": g,
            "m stays as it was: the new gradient is not in it.": 0 * g,
            "m is a mean of gradients, not of their squares.": 0.2 * g**2,
        },
    )
    require_none(
        v,
        {
            "v is a mean of squares: g² comes in, not g.": 0.1 * g,
            "v has a weight of its own, β2.": 0.2 * g**2,
            "v: the new square has the weight 1 - β2, the old v the weight β2.": 0.9 * g**2,
            "v: g² comes in times 1 - β2; and v is handed on as it is, not corrected.": g**2,
            "v stays as it was: the new square is not in it.": 0 * g,
            "g alone is squared, and not its weight 1 - β2.": (0.1 * g) ** 2,
            "v is a mean of the squares of g, not of m.": 0.1 * m**2,
        },
    )


def _require_step(step: np.ndarray, m: np.ndarray, v: np.ndarray, t: int) -> None:
    """Raise WrongError if the step from theta shows a mistake, though m and v are right."""
    if np.isnan(step).any():
        raise WrongError(
            "m and v are right; theta is no number. 1 - β^t is positive; steps count from 1."
        )
    m_hat, v_hat = m / (1 - 0.8**t), v / (1 - 0.9**t)
    later_m, later_v = m / (1 - 0.8 ** (t + 1)), v / (1 - 0.9 ** (t + 1))
    small_m, small_v = m * (1 - 0.8**t), v * (1 - 0.9**t)
    steps = {
        "the corrections are missing.": m / (np.sqrt(v) + 0.1),
        "v is to be corrected too.": m_hat / (np.sqrt(v) + 0.1),
        "m is to be corrected too.": m / (np.sqrt(v_hat) + 0.1),
        "eps is added to the root, not under it.": m_hat / np.sqrt(v_hat + 0.1),
        "where is eps?": m_hat / np.sqrt(v_hat),
        "m̂ is divided by the root of v̂.": m_hat / (v_hat + 0.1),
        "it goes uphill.": -m_hat / (np.sqrt(v_hat) + 0.1),
        "where is lr?": 10 * m_hat / (np.sqrt(v_hat) + 0.1),
        "v has β2 in its correction, and not β1.": m_hat / (np.sqrt(v / (1 - 0.8**t)) + 0.1),
        "the corrections divide; they make m and v larger.": small_m / (np.sqrt(small_v) + 0.1),
        "the power of β is t itself, not t + 1.": later_m / (np.sqrt(later_v) + 0.1),
        "there is no step: it is made of the new m and v, not of the old.": 0 * m,
    }
    if t > 1:  # before, they are the same
        steps["β is taken to the power t in the corrections."] = (m / 0.2) / (
            np.sqrt(v / 0.1) + 0.1
        )
    told = {f"m and v are right; in theta {hint}": 0.1 * length for hint, length in steps.items()}
    require_none(step, told)


@exercise("5.2")
def adam_step(answer: Callable) -> None:
    """The equations, against the library's."""
    theta, *gradients = random_arrays((2, 3), (2, 3), (2, 3), (2, 3))
    params = {"theta": theta.copy()}
    adam, m, v = Adam(params, 0.1, (0.8, 0.9), 0.1), np.zeros_like(theta), np.zeros_like(theta)
    for t, g in enumerate(gradients, 1):
        before = theta.copy()
        result = parts(returned(answer, theta, g, m, v, t, 0.1, 0.8, 0.9, 0.1), "theta", "m", "v")
        theta, m, v = (np.array(array, np.float64) for array in result)
        adam.step({"theta": g})
        if t == 1:
            for moment in (0.2 * g, 0.1 * g**2):
                require_none(theta, {"The order: return theta, m, v.": moment})
            _require_moments(m, v, g)
        require_close(m.ravel(), adam.m["theta"], f"m is not right at step {t}.")
        require_close(v.ravel(), adam.v["theta"], f"v is not right at step {t}: a mean of squares.")
        _require_step(before - theta, m, v, t)
        hint = f"m and v are right, theta is not at step {t}: look at the last equation."
        require_close(theta, params["theta"], hint)


@exercise("5.3")
def uncorrected_first_step(steps: float) -> None:
    """m and v as they are at t = 1."""
    wrong = {
        "That is with them. Without, m and v are smaller than g and g²: by what?": 1,
        "Nearly: two decimals are asked for.": 3.2,
        "The root of v, not v itself.": 100,
        "That is m / g alone. And v?": 0.1,
        "The other way round: m is divided by the root of v.": np.sqrt(0.001) / 0.1,
        "The new gradient has the weight 1 - β, not β.": 0.9 / np.sqrt(0.999),
        "m is small at first too: the new gradient has a weight in it.": 1 / np.sqrt(0.001),
        "That is the root of v / g² alone. And m?": np.sqrt(0.001),
    }
    hint = "What are m and v after one gradient g, and what is m / sqrt(v)?"
    require_number(steps, 0.1 / np.sqrt(0.001), wrong, hint)


@exercise("5.4")
def gradient_of_half_a_step(gradient: float) -> None:
    """Where the gradient is as large as eps."""
    wrong = {
        "There the step is a third of lr. When is it a half?": 5e-8,
        "There the step is two thirds of lr. When is it a half?": 2e-7,
        "That is a length, or a share; the gradient is asked for, and it is tiny.": 0.5,
        "There the step is lr, but for a ten-millionth.": 1,
        "There is no step where the gradient is 0. When is it lr / 2?": 0,
        "A positive one is asked for.": -1e-7,
        "That would be so with eps = 1e-8; here it is larger.": 1e-8,
        "eps is added to the root, not under it.": np.sqrt(1e-7 / 3),
    }
    hint = "With m̂ = g and v̂ = g², how long is the first step? When is that lr / 2?"
    require_number(gradient, 1e-7, wrong, hint)


@exercise("6.1")
def operations(answer: Callable) -> None:
    """Multiplications and additions of the products in one step."""
    for B, D, H in ((64, 7, 16), (64, 7, 128), (1, 1, 1)):
        found, each = returned(answer, B, D, H), 2 * B * 4 * H
        if (D, H) != (1, 1):
            require_none(
                found,
                {
                    "Multiplications and additions: twice as many.": each * (D + H) / 2,
                    "Four gates: n is 4H.": each * (D + H) / 4,
                    "That is the first product alone.": each * D,
                    "That is the second product alone.": each * H,
                    "There are B windows: m is B.": each * (D + H) / B,
                    "The two products are added, not multiplied.": each * D * each * H,
                    "The products alone: adding b is not asked for.": each * (D + H) + 4 * B * H,
                    "n is 4H in both products: the second has four gates too.": each * D
                    + each * H / 4,
                    "That is one product with k = D H. There are two, to be added up.": each
                    * D
                    * H,
                },
            )
        hint = "For each of the two products: what are m, n and k? Then 2 m n k."
        require_close(found, each * (D + H), hint)


def _try_gate_kernel(answer: Callable) -> None:
    """Raise OpenError or WrongError; c and h come with old numbers in them, as in the lesson."""
    z, c_prev = random_arrays((2, 12), (2, 3))
    c, h = np.full((2, 3), OLD), np.full((2, 3), OLD)
    try:  # activations of single numbers, as in the lesson: they raise TypeError for arrays
        result = answer(z, c_prev, c, h, lambda x: (1 + math.tanh(x / 2)) / 2, math.tanh)
    except Exception as error:
        hint = " sigmoid and tanh take one number." if isinstance(error, TypeError) else ""
        raise WrongError(f"Your code raised {type(error).__name__}: {error}.{hint}") from error
    if (c == OLD).all() and (h == OLD).all():
        given(result)
    if (c == OLD).any():
        raise WrongError("Some of c are as they came: fill c[b, j] for every b of B and j of H.")
    _require_cells(c, z, c_prev)
    if (h == OLD).any():
        raise WrongError("c is right, and some of h are as they came: fill h[b, j] too.")
    _require_outputs(h, c, z[:, 9:], c_prev)
    if result is None:
        raise WrongError("c and h are right. Let it end in return h.")


def _require_cells(c: np.ndarray, z: np.ndarray, c_prev: np.ndarray) -> None:
    """Raise WrongError unless c (2, 3) is made of z (2, 12) and c_prev as it should be."""
    (z_i, z_f, z_g, z_o), (i, f, _, _) = np.split(z, 4, axis=1), np.split(sigmoid(z), 4, axis=1)
    right = f * c_prev + i * np.tanh(z_g)
    side_i, side_f, side_g = (z[:, gate::4] for gate in range(3))
    require_none(
        c,
        {
            "The gates of a unit are H columns apart, not side by side.": sigmoid(side_f) * c_prev
            + sigmoid(side_i) * np.tanh(side_g),
            "i and f are exchanged: the order is i, f, g, o.": i * c_prev + f * np.tanh(z_g),
            "g and o are exchanged: the order is i, f, g, o.": f * c_prev + i * np.tanh(z_o),
            "The candidate is a tanh, not a sigmoid.": f * c_prev + i * sigmoid(z_g),
            "Is the old memory in c?": i * np.tanh(z_g),
            "The old memory is multiplied by a gate.": c_prev + i * np.tanh(z_g),
            "In z are sums: a gate is the sigmoid of its sum.": z_f * c_prev + z_i * z_g,
            "Three of the four are sigmoids.": np.tanh(z_f) * c_prev + np.tanh(z_i) * np.tanh(z_g),
            "The old cell is c_prev; c is yet to be filled.": f * OLD + i * np.tanh(z_g),
            "c comes with old numbers in it: set c[b, j], add nothing to it.": right + OLD,
        },
    )
    require_close(c, right, "c is not right: z[b, j] is of i; f, g and o follow H columns apart.")


def _require_outputs(h: np.ndarray, c: np.ndarray, z_o: np.ndarray, c_prev: np.ndarray) -> None:
    """Raise WrongError unless h (2, 3) is made of the cell c and the sums of o."""
    o = sigmoid(z_o)
    require_none(
        h,
        {
            "c is right, and in h a tanh is missing.": o * c,
            "c is right; h is made of the new cell, not of the old.": o * np.tanh(c_prev),
            "c is right, and in h the output gate is missing.": np.tanh(c),
            "c is right; in h the output gate is a sum, without its sigmoid.": z_o * np.tanh(c),
            "c is right; the output gate is a sigmoid.": np.tanh(z_o) * np.tanh(c),
            "c is right; h comes with old numbers in it: add nothing to it.": o * np.tanh(c) + OLD,
            "c is right; fill it before h is made of it.": o * np.tanh(OLD),
        },
    )
    require_close(h, o * np.tanh(c), "c is right, and h is not.")


@exercise("6.2")
def gate_kernel(answer: Callable) -> None:
    """All gates and both states in one loop."""
    _try_gate_kernel(answer)


def compiled(answer: Callable) -> Callable:
    """The answer, compiled; the lesson's own while it is not right, so that the lesson goes on."""
    from numba import njit  # all other lessons do without it

    try:
        _try_gate_kernel(given(answer))
    except Exception:
        answer = solutions_5_to_8.gate_kernel
    kernel = njit(error_model="numpy")(answer)
    z, state, same = np.zeros((1, 4), np.float32), np.zeros((1, 1), np.float32), njit(lambda x: x)
    try:  # what Python can run is not always what Numba can compile
        kernel(z, state, state.copy(), state.copy(), same, same)
    except Exception:  # of several kinds, not all of which are NumbaErrors
        print("Numba cannot compile your kernel: keep to loops, indices and numbers.")
        print("The lesson goes on with its own.")
        kernel = njit(error_model="numpy")(solutions_5_to_8.gate_kernel)
    return kernel


@exercise("6.3")
def amdahl(answer: Callable) -> None:
    """A share of the time becomes shorter, the rest does not."""
    require_none(
        returned(answer, 0.8, 10.0),
        {
            "That is the new time over the old: turn it round.": 0.28,
            "The share becomes shorter, it does not vanish: share / factor is left.": 1 / 0.2,
            "The part that stays takes 1 - share, not 1.": 1 / 1.08,
            "Only a share of the time becomes shorter.": 10,
            "Time adds up, speed does not: begin with the new time.": 0.2 + 0.8 * 10,
            "What becomes faster takes less time than before, not more.": 1 / (0.2 + 0.8 * 10),
            "It is the share that becomes shorter, not the rest.": 1 / (0.8 + 0.2 / 10),
            "That is the time of the part that became shorter; the rest takes time too.": 0.08,
        },
    )
    for share, factor in ((0.5, 2.0), (0.8, 10.0), (0.2, 1e9)):
        hint = "Let the old time be 1. How long is the new one, part by part?"
        found = returned(answer, share, factor)
        require_close(found, 1 / (1 - share + share / factor), hint)
