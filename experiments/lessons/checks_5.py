"""What the check cells of lesson 5 call: the optimiser."""

from collections.abc import Callable

import numpy as np

from experiments.lessons.exercise import (
    WrongError,
    exercise,
    parts,
    random_arrays,
    require_close,
    require_none,
    require_number,
    returned,
)
from tinylstm import Adam


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
