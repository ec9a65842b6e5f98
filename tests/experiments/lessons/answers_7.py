"""Answers to lesson 7: right ones, and wrong ones with words of the hint that each gets."""

import numpy as np

from experiments.lessons import checks_7 as checks
from experiments.lessons import solutions_5_to_8 as solutions


def interval(half):
    """The answer to 7.3 with another half width, a function of the standard deviation."""

    def answer(values):
        width = half(np.std(values, ddof=1))
        return np.mean(values) - width, np.mean(values) + width

    return answer


RIGHT = [
    (checks.floor_rmse, solutions.floor_rmse),
    (checks.own_error, solutions.own_error),
    (checks.interval, solutions.interval),
    (checks.interval, lambda values: np.array(solutions.interval(values))),
]

WRONG = [
    (checks.floor_rmse, np.mean, "the root is missing"),
    (checks.floor_rmse, lambda mean: np.sqrt(mean).mean(), "The root is taken last"),
    (checks.floor_rmse, np.std, "differ among themselves"),
    (checks.floor_rmse, lambda mean: np.sqrt(np.mean(mean**2)), "not its square"),
    (checks.floor_rmse, lambda mean: np.sqrt(mean.sum()), "not their sum"),
    (checks.floor_rmse, np.max, "R, M and S"),
    (checks.floor_rmse, np.sqrt, "One number for all days"),
    (checks.own_error, lambda rmse, floor: rmse - floor, "Errors do not add up"),
    (checks.own_error, lambda rmse, floor: rmse**2 - floor**2, "the root is missing"),
    (checks.own_error, np.hypot, "subtracted, not added"),
    (checks.own_error, lambda rmse, floor: rmse / floor, "That is a ratio"),
    (checks.own_error, lambda rmse, floor: 0.0, "Solve the last line"),
    (checks.own_error, lambda rmse, floor: np.sqrt(rmse - floor), "not the errors themselves"),
    (checks.own_error, lambda rmse, floor: rmse / floor - 1, "That is a share"),
    (checks.own_error, lambda rmse, floor: np.sqrt(floor**2 - rmse**2), "which of the two"),
    (checks.own_error, lambda rmse, floor: (rmse - floor) ** 2, "The square of a difference"),
    (checks.interval, interval(lambda s: 3.182 * s * np.sqrt(3 / 4) / 2), "ddof=1"),
    (checks.interval, interval(lambda s: 3.182 * s / 4), "not by n"),
    (checks.interval, lambda values: (0.0, 1.0), "both ends"),
    (checks.interval, interval(lambda s: 3.182 * s), "divide by sqrt(n)"),
    (checks.interval, interval(lambda s: s / 2), "Where is t"),
    (checks.interval, interval(lambda s: 1.96 * s / 2), "t is larger"),
    (checks.interval, interval(lambda s: 3.182 * s**2 / 2), "not its square"),
    (checks.interval, interval(lambda s: -3.182 * s / 2), "The other way round"),
    (checks.interval, lambda values: (values.mean(), 1), "the mean lies in the middle"),
    (checks.interval, np.mean, "Two numbers are asked for"),
]
