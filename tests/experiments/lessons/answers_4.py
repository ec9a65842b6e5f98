"""Answers to lesson 4: right ones, and wrong ones with words of the hint that each gets."""

from experiments.lessons import checks_4 as checks
from experiments.lessons import solutions_1_to_4 as solutions

RIGHT = [
    (checks.central_difference, solutions.central_difference),
    (checks.good_epsilon, solutions.epsilon),
    (checks.good_epsilon, 1e-7),
    (checks.mystery_bug, solutions.culprit),
]

WRONG = [
    (checks.central_difference, lambda L, θ, ε: (L(θ + ε) - L(θ)) / ε, "one side only"),
    (checks.central_difference, lambda L, θ, ε: (L(θ) - L(θ - ε)) / ε, "the other side only"),
    (checks.central_difference, lambda L, θ, ε: (L(θ + ε) - L(θ - ε)) / ε, "lie two steps"),
    (checks.central_difference, lambda L, θ, ε: (L(θ + ε) - L(θ - ε)) / 2 * ε, "by 2 ε: mind the"),
    (checks.central_difference, lambda L, θ, ε: (L(θ - ε) - L(θ + ε)) / (2 * ε), "The sign"),
    (checks.central_difference, lambda L, θ, ε: L(θ + ε) - L(θ - ε), "difference alone"),
    (
        checks.central_difference,
        lambda L, θ, ε: L(θ + ε) - L(θ - ε) / (2 * ε),
        "before subtraction",
    ),
    (
        checks.central_difference,
        lambda L, θ, ε: (L(θ + ε) - 2 * L(θ) + L(θ - ε)) / ε**2,
        "the second derivative",
    ),
    (checks.central_difference, lambda L, θ, ε: (L(θ + ε) + L(θ - ε)) / (2 * ε), "not a sum"),
    (checks.central_difference, lambda L, θ, ε: (L(θ + ε / 2) - L(θ - ε / 2)) / ε, "whole one"),
    (checks.central_difference, lambda L, θ, ε: ε, "the whole distance"),
    (checks.good_epsilon, float("nan"), "One number is asked for"),
    (checks.good_epsilon, 1e-16, "is rounded to θ"),
    (checks.good_epsilon, 1e-8, "one side only"),
    (checks.good_epsilon, 1, "as long as θ itself"),
    (checks.good_epsilon, 0, "above 0"),
    (checks.good_epsilon, 1e-12, "Too small"),
    (checks.good_epsilon, 1e-4, "Too large"),
    (checks.good_epsilon, 0.1, "Too large"),
    (checks.good_epsilon, -5, "That is an exponent"),
    (checks.mystery_bug, "gates-swapped", "With that one 6 arrays"),
    (checks.mystery_bug, "weights-overwritten", "With that one lstm.W would"),
    (checks.mystery_bug, "recurrent-sees-new-output", "With that one lstm.U would"),
    (checks.mystery_bug, "input-gradient-shifted", "With that one x would"),
    (checks.mystery_bug, "softmax-summed", "at home in another network"),
    (checks.mystery_bug, "no such bug", "copy a name"),
    (checks.mystery_bug, 3, "An answer in quotes"),
]
