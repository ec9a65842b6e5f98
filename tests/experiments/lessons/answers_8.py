"""Answers to lesson 8: right ones, and wrong ones with words of the hint that each gets."""

from experiments.lessons import checks_8 as checks
from experiments.lessons import solutions_5_to_8 as solutions

RIGHT = [
    (checks.less_error, solutions.less_error),
    (checks.less_error, 0.81),
    (checks.best_factor, 0.9725),
    (checks.best_factor, solutions.best_factor),
    (checks.explanation, solutions.letter),
    (checks.explanation, " d "),
    (checks.mean_over_masks, solutions.mean_over_masks),
]

WRONG = [
    (checks.less_error, 47, "the abstract's number"),
    (checks.less_error, 0.1, "in points"),
    (checks.less_error, 0.008, "in percent it is"),
    (checks.less_error, 100 * (12.5 / 12.4 - 1), "Of which of the two"),
    (checks.less_error, -0.8, "a positive number"),
    (checks.less_error, 47.46, "the abstract's number"),
    (checks.less_error, 5, "as a share of the larger"),
    (checks.less_error, 1, "to one decimal"),
    (checks.less_error, 99.2, "what is left"),
    (checks.less_error, 73, "That is the size"),
    (checks.best_factor, 1.0, "a little below it"),
    (checks.best_factor, 1.05, "Above 1"),
    (checks.best_factor, 0.9, "A higher one"),
    (checks.best_factor, 0.97, "A higher one"),
    (checks.best_factor, 0.98, "A lower one"),
    (checks.best_factor, 0.99, "A lower one"),
    (checks.best_factor, -1, "near 1"),
    (checks.best_factor, float("nan"), "One number is asked for"),
    (checks.best_factor, 97.5, "near 1"),
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
    (checks.mean_over_masks, 0.5, "not equally likely"),
    (checks.mean_over_masks, 4, "subtract the 4, too"),
    (checks.mean_over_masks, 5, "where it is kept: subtract"),
]
