"""Wrong answers to lessons 7 and 8 get a hint that fits; `test_lessons.py` runs the lessons."""

import numpy as np
import pytest

from experiments.lessons import checks_7_to_8 as checks
from experiments.lessons import solutions_5_to_8 as solutions
from tests.experiments.lessons.hints import fewer_than_five_hints, told


def interval(half):
    """The answer to 7.3 with another half width, a function of the standard deviation."""

    def answer(values):
        width = half(np.std(values, ddof=1))
        return np.mean(values) - width, np.mean(values) + width

    return answer


WRONG = [
    (checks.floor_rmse, np.mean, "the root is missing"),
    (checks.floor_rmse, lambda mean: np.sqrt(mean).mean(), "The root is taken last"),
    (checks.floor_rmse, np.std, "differ among themselves"),
    (checks.floor_rmse, lambda mean: np.sqrt(np.mean(mean**2)), "not its square"),
    (checks.floor_rmse, lambda mean: np.sqrt(mean.sum()), "not their sum"),
    (checks.floor_rmse, np.max, "R, M and S"),
    (checks.own_error, lambda rmse, floor: rmse - floor, "Errors do not add up"),
    (checks.own_error, lambda rmse, floor: rmse**2 - floor**2, "the root is missing"),
    (checks.own_error, np.hypot, "subtracted, not added"),
    (checks.own_error, lambda rmse, floor: rmse / floor, "That is a ratio"),
    (checks.own_error, lambda rmse, floor: 0.0, "Solve the last line"),
    (checks.interval, interval(lambda s: 3.182 * s * np.sqrt(3 / 4) / 2), "ddof=1"),
    (checks.interval, interval(lambda s: 3.182 * s / 4), "not by n"),
    (checks.interval, lambda values: (0.0, 1.0), "both ends"),
    (checks.less_error, 47, "the abstract's number"),
    (checks.less_error, 0.1, "in points"),
    (checks.less_error, 0.008, "in percent it is"),
    (checks.less_error, -0.8, "a positive number"),
    (checks.less_error, 47.46, "the abstract's number"),
    (checks.less_error, 5, "as a share of the larger"),
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
    (checks.explanation, 4, "An answer in quotes"),
    (checks.mean_over_masks, 0, "f of the mean mask"),
    (checks.mean_over_masks, 1, "In two of ten cases"),
    (checks.mean_over_masks, 0.2, "two cases of ten"),
    (checks.mean_over_masks, 3, "how often is each"),
    (checks.floor_rmse, np.sqrt, "One number for all days"),
    (checks.own_error, lambda rmse, floor: np.sqrt(rmse - floor), "not the errors themselves"),
    (checks.own_error, lambda rmse, floor: rmse / floor - 1, "That is a share"),
    (checks.own_error, lambda rmse, floor: np.sqrt(floor**2 - rmse**2), "which of the two"),
    (checks.interval, interval(lambda s: 3.182 * s), "divide by sqrt(n)"),
    (checks.interval, interval(lambda s: s / 2), "Where is t"),
    (checks.interval, interval(lambda s: 1.96 * s / 2), "t is larger"),
    (checks.interval, interval(lambda s: 3.182 * s**2 / 2), "not its square"),
    (checks.interval, interval(lambda s: -3.182 * s / 2), "The other way round"),
    (checks.interval, lambda values: (values.mean(), 1), "the mean lies in the middle"),
    (checks.interval, np.mean, "Two numbers are asked for"),
    (checks.own_error, lambda rmse, floor: (rmse - floor) ** 2, "The square of a difference"),
    (checks.less_error, 1, "to one decimal"),
    (checks.less_error, 99.2, "what is left"),
    (checks.less_error, 73, "That is the size"),
    (checks.best_factor, float("nan"), "One number is asked for"),
    (checks.best_factor, 97.5, "near 1"),
    (checks.mean_over_masks, 0.5, "not equally likely"),
    (checks.mean_over_masks, 4, "subtract the 4, too"),
    (checks.mean_over_masks, 5, "where it is kept: subtract"),
]


@pytest.mark.parametrize(("check", "wrong", "hint"), WRONG)
def test_a_wrong_answer_gets_a_hint_that_fits(check, wrong, hint):
    assert hint in told(check, wrong)


@pytest.mark.parametrize(
    ("check", "solution"),
    [
        (checks.floor_rmse, solutions.floor_rmse),
        (checks.own_error, solutions.own_error),
        (checks.interval, solutions.interval),
        (checks.less_error, solutions.less_error),
        (checks.best_factor, solutions.best_factor),
        (checks.explanation, solutions.letter),
        (checks.mean_over_masks, solutions.mean_over_masks),
    ],
)
def test_the_solution_is_right(check, solution):
    assert told(check, solution).endswith(": right.")


def test_at_least_five_mistakes_of_each_exercise_have_hints_of_their_own():
    assert not fewer_than_five_hints(WRONG)


@pytest.mark.parametrize("letter", ["D", "d", " d "])
def test_a_letter_may_be_small_and_have_blanks_around_it(letter):
    assert told(checks.explanation, letter) == "Exercise 8.3: right."


def test_an_interval_may_be_an_array():
    assert told(checks.interval, lambda v: np.array(solutions.interval(v))).endswith("right.")
