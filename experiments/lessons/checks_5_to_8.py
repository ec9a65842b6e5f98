"""What the check cells of lessons 5 to 8 call: training, speed, and the study."""

import math
from collections.abc import Callable

import numpy as np

from experiments.analysis.statistics import spread
from experiments.data.simulator import simulate_panel
from experiments.lessons import solutions_5_to_8
from experiments.lessons.exercise import WrongError, exercise, given, random_arrays, require_close
from experiments.references.metrics import evaluate
from tinylstm import Adam, reference


@exercise("5.1")
def third_step(steps: float) -> None:
    """Adam on paper."""
    require_close(steps, 5 / 7, "m = 3/8 + 3/2 and v = 27/8 + 9/2; divide both by 7/8.")


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
    hint = "m = 0.1 g and v = 0.001 g²; what is m / sqrt(v)?"
    require_close(round(steps, 2), round(0.1 / np.sqrt(0.001), 2), hint)


@exercise("5.4")
def gradient_of_half_a_step(gradient: float) -> None:
    """Where the gradient is as large as eps."""
    if not np.isclose(gradient, 1e-7, rtol=0.01, atol=0):
        raise WrongError("The first step is lr g / (g + eps): when is that lr / 2?")


@exercise("6.1")
def operations(answer: Callable) -> None:
    """Multiplications and additions of the products in one step."""
    for B, D, H in ((1, 1, 1), (64, 7, 16), (64, 7, 128)):
        hint = "x_t W takes 2 B D 4H operations, and h U takes 2 B H 4H."
        require_close(answer(B, D, H), 2 * B * (D + H) * 4 * H, hint)


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
    for share, factor in ((0.5, 2.0), (0.8, 10.0), (0.2, 1e9)):
        hint = "The old time is 1. The new time is what is left as it was, plus share / factor."
        require_close(answer(share, factor), 1 / (1 - share + share / factor), hint)


@exercise("7.1")
def floor_rmse(answer: Callable) -> None:
    """The variance of a Poisson count is its mean."""
    (mean,) = random_arrays((4, 5))
    hint = "The squared error of day k is mean[k] on average; take the mean of all, then the root."
    require_close(answer(mean), np.sqrt(mean.mean()), hint)


@exercise("7.2")
def own_error(answer: Callable) -> None:
    """What is the network's own fault."""
    hint = "Squares add up: rmse² = floor² + own²."
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
    if not np.isclose(percent, 100 * (1 - 12.4 / 12.5), atol=0.05):
        raise WrongError("From 12.5 to 12.4: what share of 12.5 is the difference, in percent?")


@exercise("8.2")
def best_factor(factor: float) -> None:
    """Where the MAPE of the true mean is least."""
    panel = simulate_panel()
    tried = np.array([0.965, 0.975, 0.985, 1.0])
    mapes = [evaluate(panel.sales, f * panel.mean).mape for f in tried]
    if abs(given(factor) - tried[np.argmin(mapes)]) > 0.006:
        raise WrongError("Try factors a little below 1, in steps of 0.005.")


@exercise("8.3")
def explanation(letter: str) -> None:
    """The only one that no row of the table excludes."""
    excluded = {
        "A": "32 units failed too, and 16 units did well with dropout left on. Look again.",
        "B": "The very same weights have 12.7 to 13.0% with dropout left on. Look again.",
        "C": "Trained with dropout and used with it, they have 12.7 to 13.0%. Look again.",
    }
    if letter != "D":
        raise WrongError(excluded.get(letter, "One of the letters A, B, C, D, in quotes."))


@exercise("8.4")
def mean_over_masks(mean: float) -> None:
    """A unit that is silent without dropout."""
    hint = "ReLU(4 · 1.25 - 4) in eight of ten cases, ReLU(-4) in the others."
    require_close(mean, 0.8, hint)
