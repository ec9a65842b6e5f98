"""Answers to lesson 9: right ones, and wrong ones with words of the hint that each gets."""

import numpy as np

from experiments.lessons import checks_9 as checks
from experiments.lessons import solutions_9_to_10 as solutions


def scaled(factor):
    return lambda p, y: factor * solutions.logits_backward(p, y)


def in_place(p, y):
    p[np.arange(len(y)), y] -= 1
    return p / len(y)


def correlations(c, inside):
    return np.array([np.corrcoef(unit, inside)[0, 1] for unit in c.T])


def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum()


RIGHT = [
    (checks.bits, solutions.bits),
    (checks.logits_backward, solutions.logits_backward),
    (checks.at_temperature, solutions.at_temperature),
    (checks.most_like, solutions.most_like),
]

WRONG = [
    (checks.bits, lambda p: np.mean(-np.log(p)), "in nats"),
    (checks.bits, lambda p: -np.log2(p.mean()), "First the logarithm"),
    (checks.bits, lambda p: np.mean(np.log2(p)), "bits are not"),
    (checks.bits, lambda p: -np.log2(p).sum(), "their sum"),
    (checks.bits, lambda p: -(p * np.log2(p)).sum(), "the same weight"),
    (checks.bits, lambda p: -np.log2(p), "One number for all"),
    (checks.bits, lambda p: 0.0, "cost on average"),
    (checks.bits, lambda p: -np.log10(p).mean(), "not of base 10"),
    (checks.bits, lambda p: print(), "returns nothing"),
    (checks.logits_backward, in_place, "begin with a copy"),
    (checks.logits_backward, scaled(4), "N times too large"),
    (checks.logits_backward, scaled(-1), "The sign"),
    (checks.logits_backward, scaled(4 / 3), "not over the K classes"),
    (checks.logits_backward, lambda p, y: p / len(y), "Where is y"),
    (checks.logits_backward, lambda p, y: p**2, "where is k = y"),
    (checks.logits_backward, scaled(1 / 3), "not over all N K numbers"),
    (checks.logits_backward, lambda p, y: np.eye(3)[y] * (p - 1) / 4, "for a class that did not"),
    (checks.logits_backward, lambda p, y: p / 4 - np.eye(3)[y], "divides the 1"),
    (checks.logits_backward, lambda p, y: (p + np.eye(3)[y]) / 4, "the sign before"),
    (checks.logits_backward, lambda p, y: p[np.arange(4), y] - 1, "A row of K numbers"),
    (checks.logits_backward, lambda p, y: (p - 1) / 4, "one class of each row"),
    (checks.logits_backward, lambda p, y: -np.eye(3)[y] / 4, "where is p"),
    (checks.at_temperature, lambda p, t: p ** (1 / t), "the sum 1"),
    (checks.at_temperature, lambda p, t: p**t / (p**t).sum(), "The other way round"),
    (checks.at_temperature, lambda p, t: p / t / (p / t).sum(), "itself cancels"),
    (checks.at_temperature, lambda p, t: p**1 / t, "itself cancels"),
    (checks.at_temperature, lambda p, t: p**t, "The other way round"),
    (checks.at_temperature, lambda p, t: softmax(np.log2(p) / t), "not that of base 2"),
    (checks.at_temperature, lambda p, t: np.exp(p / t) / np.exp(p / t).sum(), "for logits"),
    (checks.at_temperature, lambda p, t: np.ones(3) / 3, "From p to logits"),
    (checks.at_temperature, lambda p, t: np.log(p) / t, "new logits"),
    (checks.most_like, lambda c, i: np.argmax(correlations(c, i)), "absolute values"),
    (checks.most_like, lambda c, i: np.argmax(np.abs(c).sum(axis=0)), "Large is not alike"),
    (checks.most_like, lambda c, i: np.abs(correlations(c, i)).max(), "The number of the unit"),
    (checks.most_like, correlations, "The number of the unit"),
    (checks.most_like, lambda c, i: 0, "or the first"),
    (checks.most_like, lambda c, i: np.argmin(correlations(c, i)), "absolute values"),
    (checks.most_like, lambda c, i: np.argmin(np.abs(correlations(c, i))), "the least alike"),
    (checks.most_like, lambda c, i: np.argmax(np.corrcoef(c.T, i)[-1]), "leave it out"),
    (checks.most_like, lambda c, i: -1, "counted from 0"),
]
