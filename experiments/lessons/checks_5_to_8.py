"""What the check cells of lessons 5 to 8 call: training, speed, and the study."""

import math
from collections.abc import Callable

import numpy as np

from experiments.analysis.statistics import spread
from experiments.data.simulator import simulate_panel
from experiments.lessons import solutions_5_to_8
from experiments.lessons.exercise import (
    WrongError,
    exercise,
    given,
    random_arrays,
    require_close,
    require_none,
)
from experiments.references.metrics import evaluate
from tinylstm import Adam, reference


@exercise("5.1")
def third_step(steps: float) -> None:
    """Adam on paper."""
    require_none(
        steps,
        {
            "Without the corrections? Divide m and v by 1 - β³.": (15 / 8) / np.sqrt(63 / 8),
            "The root of v̂, not v̂ itself, is what m̂ is divided by.": (15 / 7) / 9,
            "That is m̂. Divide it by the root of v̂.": 15 / 7,
            "That would be the step if all gradients had been 3.": 1,
        },
    )
    require_close(steps, 5 / 7, "m = 3/8 + 3/2, v is made alike of squares; divide both by 7/8.")


@exercise("5.2")
def adam_step(answer: Callable) -> None:
    """The equations, against the library's."""
    theta, *gradients = random_arrays((2, 3), (2, 3), (2, 3), (2, 3))
    params = {"theta": theta.copy()}
    adam, m, v = Adam(params, 0.1, (0.8, 0.9), 0.1), np.zeros_like(theta), np.zeros_like(theta)
    for t, grad in enumerate(gradients, 1):
        result = given(answer(theta, grad, m, v, t, 0.1, 0.8, 0.9, 0.1))
        theta, m, v = (array.copy() for array in result)
        adam.step({"theta": grad})
        require_close(m.ravel(), adam.m["theta"], f"m is not right at step {t}.")
        require_close(v.ravel(), adam.v["theta"], f"v is not right at step {t}: a mean of squares.")
        hint = f"m and v are right, theta is not at step {t}: correct m and v, and eps comes last."
        require_close(theta, params["theta"], hint)


@exercise("5.3")
def uncorrected_first_step(steps: float) -> None:
    """m and v as they are at t = 1."""
    require_none(
        steps,
        {
            "That is with them. Without, m = 0.1 g: and v?": 1,
            "The root of v, not v itself.": 100,
            "That is m / g alone. And v?": 0.1,
            "The other way round: m / sqrt(v).": np.sqrt(0.001) / 0.1,
            "The new gradient has the weight 1 - β, not β.": 0.9 / np.sqrt(0.999),
        },
    )
    hint = "m = (1 - β1) g and v = (1 - β2) g²; what is m / sqrt(v)?"
    require_close(round(steps, 2), round(0.1 / np.sqrt(0.001), 2), hint)


@exercise("5.4")
def gradient_of_half_a_step(gradient: float) -> None:
    """Where the gradient is as large as eps."""
    wrong = {
        "That is eps / 2. Set g / (g + eps) to 1/2 and solve for g.": 5e-8,
        "There the step is two thirds of lr. When is it a half?": 2e-7,
        "That is a length, or a share; the gradient is asked for, and it is tiny.": 0.5,
        "There the step is lr, but for a ten-millionth.": 1,
    }
    for hint, value in wrong.items():
        if np.isclose(gradient, value, rtol=0.01, atol=0):
            raise WrongError(hint)
    if not np.isclose(gradient, 1e-7, rtol=0.01, atol=0):
        raise WrongError("The first step is lr g / (g + eps): when is that lr / 2?")


@exercise("6.1")
def operations(answer: Callable) -> None:
    """Multiplications and additions of the products in one step."""
    for B, D, H in ((64, 7, 16), (64, 7, 128), (1, 1, 1)):
        found, each = given(answer(B, D, H)), 2 * B * 4 * H
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
                },
            )
        hint = "For each of the two products: what are m, n and k? Then 2 m n k."
        require_close(found, each * (D + H), hint)


def _try_gate_kernel(answer: Callable) -> None:
    z, c_prev = random_arrays((2, 12), (2, 3))
    c, h = np.zeros((2, 3)), np.zeros((2, 3))
    # Activations of single numbers, as in the lesson: they raise TypeError for arrays.
    given(given(answer)(z, c_prev, c, h, lambda x: (1 + math.tanh(x / 2)) / 2, math.tanh))
    i, f, g, o = np.split(z, 4, axis=1)
    right = reference.sigmoid(f) * c_prev + reference.sigmoid(i) * np.tanh(g)
    require_close(c, right, "c is not right: z[b, j] is of i; f, g and o follow H columns apart.")
    require_close(h, reference.sigmoid(o) * np.tanh(right), "c is right, and h is not.")


@exercise("6.2")
def gate_kernel(answer: Callable) -> None:
    """All gates and both states in one loop."""
    _try_gate_kernel(answer)


def compiled(answer: Callable) -> Callable:
    """The answer, compiled; the lesson's own while it is not right, so that the lesson goes on."""
    from numba import njit  # all other lessons do without it

    try:
        _try_gate_kernel(answer)
    except Exception:
        answer = solutions_5_to_8.gate_kernel
    return njit(error_model="numpy")(answer)


@exercise("6.3")
def amdahl(answer: Callable) -> None:
    """A share of the time becomes shorter, the rest does not."""
    require_none(
        answer(0.8, 10.0),
        {
            "That is the new time over the old: turn it round.": 0.28,
            "The share becomes shorter, it does not vanish: share / factor is left.": 1 / 0.2,
            "The part that stays takes 1 - share, not 1.": 1 / 1.08,
            "Only a share of the time becomes shorter.": 10,
            "Time adds up, speed does not: begin with the new time.": 0.2 + 0.8 * 10,
        },
    )
    for share, factor in ((0.5, 2.0), (0.8, 10.0), (0.2, 1e9)):
        hint = "The old time is 1. The new time is what is left as it was, plus share / factor."
        require_close(answer(share, factor), 1 / (1 - share + share / factor), hint)


@exercise("7.1")
def floor_rmse(answer: Callable) -> None:
    """The variance of a Poisson count is its mean."""
    (mean,) = random_arrays((4, 5))
    require_none(
        answer(mean),
        {
            "The root is taken last, of the mean of all days.": np.sqrt(mean).mean(),
            "That is the mean squared error: the root is missing.": mean.mean(),
            "That is how much the means differ among themselves, not how sales do.": mean.std(),
            "The variance is the mean, not its square.": np.sqrt(np.mean(mean**2)),
            "The mean over all days, not their sum.": np.sqrt(mean.sum()),
        },
    )
    hint = "The squared error of day k is mean[k] on average; take the mean of all, then the root."
    require_close(answer(mean), np.sqrt(mean.mean()), hint)


@exercise("7.2")
def own_error(answer: Callable) -> None:
    """What is the network's own fault."""
    require_none(
        answer(13.0, 12.0),
        {
            "Errors do not add up, their squares do: first the squares, then the root.": 1.0,
            "That is its square: the root is missing.": 25.0,
            "The squares are subtracted, not added.": np.sqrt(313),
            "That is a ratio; the formula above has a sum of squares.": 13 / 12,
        },
    )
    hint = "Solve the last line above for own."
    require_close(answer(13.0, 12.0), 5.0, hint)
    require_close(answer(5.0, 5.0), 0.0, hint)


@exercise("7.3")
def interval(answer: Callable) -> None:
    """Student's interval of four measurements."""
    values = np.array([6.1, 6.4, 6.2, 6.9])
    right = spread(values.tolist())
    low, high = given(answer(values))
    if np.isclose(high - low, 3.182 * values.std(), rtol=1e-3):
        raise WrongError("std divides by n; for a sample it is n - 1: ddof=1.")
    if np.isclose((high - low) * 2, right.high - right.low, rtol=1e-3):
        raise WrongError("t s / sqrt(n) goes to either side of the mean.")
    require_close((low, high), right[2:], "mean ± t s / sqrt(n), with t = 3.182 and n = 4.")


@exercise("8.1")
def less_error(percent: float) -> None:
    """From 128 to 64 units, as the figure has it."""
    require_none(
        percent,
        {
            "That is the abstract's number. What does the figure say of 64 and of 128 units?": 47,
            "That is in points; as a share of the error of 128 units it is more.": 0.1,
            "That is a share; in percent it is a hundred times as much.": 0.008,
            "Lower by so much: a positive number.": -0.8,
            "The 23.6 belong to another column.": 100 * (1 - 12.4 / 23.6),
        },
    )
    if not np.isclose(percent, 100 * (1 - 12.4 / 12.5), atol=0.05):
        raise WrongError("Two numbers of the figure: their difference, as a share of the larger.")


@exercise("8.2")
def best_factor(factor: float) -> None:
    """Where the MAPE of the true mean is least."""
    panel = simulate_panel()
    tried = np.array([0.965, 0.975, 0.985, 1.0])
    mapes = [evaluate(panel.sales, f * panel.mean).mape for f in tried]
    distance = given(factor) - tried[np.argmin(mapes)]
    if factor == 1:
        raise WrongError("For RMSE 1 is best, for MAPE it is not: try factors a little below it.")
    if factor > 1:
        raise WrongError("Above 1 both are worse. MAPE rewards forecasts that are low.")
    if factor <= 0:
        raise WrongError("A factor of the forecast: a number near 1.")
    if abs(distance) > 0.006:
        where = "lower" if distance > 0 else "higher"
        raise WrongError(f"A {where} one has a lower MAPE: try factors in steps of 0.005.")


@exercise("8.3")
def explanation(letter: str) -> None:
    """The only one that no row of the table excludes."""
    excluded = {
        "A": "32 units failed too, and 16 units did well with dropout left on. Look again.",
        "B": "The very same weights have 12.7 to 13.0% with dropout left on. Look again.",
        "C": "Trained with dropout and used with it, they have 12.7 to 13.0%. Look again.",
    }
    if not isinstance(letter, str) or letter.strip().upper() != "D":
        key = letter.strip().upper() if isinstance(letter, str) else ""
        raise WrongError(excluded.get(key, "One of the letters A, B, C, D, in quotes."))


@exercise("8.4")
def mean_over_masks(mean: float) -> None:
    """A unit that is silent without dropout."""
    require_none(
        mean,
        {
            "That is f of the mean mask, or takes -4 for ReLU(-4), which is 0.": 0,
            "That is where the unit is kept. In two of ten cases it is not.": 1,
            "So it would be if it were kept in two cases of ten.": 0.2,
        },
    )
    hint = "ReLU(4 · 1.25 - 4) in eight of ten cases, ReLU(-4) in the others."
    require_close(mean, 0.8, hint)
