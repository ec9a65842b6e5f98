"""What the check cells of lesson 9 call: a network that writes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from experiments.lessons import solutions_9_to_10 as solutions
from experiments.lessons.exercise import (
    WrongError,
    exercise,
    random_arrays,
    require_close,
    returned,
)
from tinylstm import SoftmaxCrossEntropy


@exercise("9.1")
def bits(answer: Callable) -> None:
    """The mean of -log2 p."""
    p = np.array([1 / 2, 1 / 8, 1 / 2, 1 / 4])
    found = returned(answer, p)
    if np.ndim(found):
        raise WrongError("One number for all of them is asked for: their mean.")
    if np.isclose(found, 1.75 * np.log(2)):
        raise WrongError("That is in nats: the logarithm is to be of base 2.")
    if np.isclose(found, 1.75 * np.log10(2)):
        raise WrongError("The logarithm is to be of base 2, not of base 10.")
    if np.isclose(found, -np.log2(p.mean())):
        raise WrongError("First the logarithm of each, then the mean.")
    if np.isclose(found, -1.75):
        raise WrongError("The logarithm of a probability is negative, and bits are not.")
    if np.isclose(found, 7):
        raise WrongError("That is their sum; a text twice as long should not have twice the bits.")
    if np.isclose(found, -(p * np.log2(p)).mean()) or np.isclose(found, -(p * np.log2(p)).sum()):
        raise WrongError("Each character came once: they all have the same weight, not p.")
    require_close(
        found,
        1.75,
        "p = 1/2 costs one bit and 1/8 three. What do the four of them cost on average?",
    )


@exercise("9.2")
def logits_backward(answer: Callable) -> None:
    """The gradient of the softmax and the cross-entropy together."""
    (logits,) = random_arrays((4, 3))
    y = np.array([2, 0, 1, 2])
    loss = SoftmaxCrossEntropy()
    p = loss.predict(logits)
    loss.forward(logits, y)
    right, theirs = loss.backward(), p.copy()
    found = np.asarray(returned(answer, p, y))
    answer(theirs, y)
    if not np.array_equal(theirs, p):
        raise WrongError("Your function changed p itself: begin with a copy.")
    if found.shape == y.shape:
        raise WrongError(
            "A row of K numbers for each character: those that did not come have one too."
        )
    if found.shape == right.shape:
        if np.allclose(found, 4 * right):
            raise WrongError("The loss is a mean over N characters, and this is N times too large.")
        if np.allclose(found, -right):
            raise WrongError("The sign: a character that came should get a larger logit, not less.")
        if np.allclose(found, p / 4):
            raise WrongError("Where is y? At the class that came the derivative has a -1.")
        if np.allclose(found, right * 4 / 3):
            raise WrongError("The mean is over the N characters, not over the K classes.")
        if np.allclose(found, (p - 1) / 4) or np.allclose(found, p - 1):
            raise WrongError("The 1 belongs to one class of each row, the one that came.")
        if np.allclose(found, right - p / 4) or np.allclose(found, 4 * right - p):
            raise WrongError("That is the -1 alone: where is p?")
        if np.allclose(found, right / 3):
            raise WrongError("The mean is over the N characters, not over all N K numbers.")
        came = np.eye(3)[y]
        if np.allclose(found, came * right) or np.allclose(found, 4 * came * right):
            raise WrongError("What is the formula for a class that did not come? It is not 0.")
        if np.allclose(found, p / 4 - came):
            raise WrongError("The mean divides the 1 as well as p.")
        if np.allclose(found, (p + came) / 4) or np.allclose(found, p + came):
            raise WrongError("The 1 is taken away: look at the sign before [k = y].")
    require_close(found, right, "The formula above, in each row: where is k = y? And the mean?")


@exercise("9.3")
def at_temperature(answer: Callable) -> None:
    """Logits divided by the temperature."""
    p = np.array([0.7, 0.2, 0.1])
    for temperature in (0.5, 2.0, 1.0):
        found, right = returned(answer, p, temperature), solutions.at_temperature(p, temperature)
        found = np.asarray(found, np.float64)
        if found.shape == right.shape and temperature != 1:
            if np.allclose(found, p ** (1 / temperature)):
                raise WrongError("Right up to a factor: probabilities have the sum 1.")
            cold = p**temperature
            if np.allclose(found, cold / cold.sum()) or np.allclose(found, cold):
                raise WrongError("The other way round: cold, below 1, makes the likely likelier.")
            if np.allclose(found, np.log(p) / temperature):
                raise WrongError("These are the new logits; make probabilities of them.")
            if np.allclose(found, p) or np.allclose(found, p / temperature):
                raise WrongError(
                    "That is p as it was, up to a factor. To divide p itself cancels: divide log p."
                )
            softmax = np.exp(p / temperature) / np.exp(p / temperature).sum()
            if np.allclose(found, softmax):
                raise WrongError("That is for logits, and these are probabilities: take their log.")
            other = np.exp(np.log2(p) / temperature)
            if np.allclose(found, other / other.sum()):
                raise WrongError("exp undoes the natural logarithm, not that of base 2.")
        require_close(
            found, right, "From p to logits, divide, and back from logits to probabilities."
        )


@exercise("9.4")
def most_like(answer: Callable) -> None:
    """The unit with the largest correlation, of either sign."""
    rng, inside = np.random.default_rng(0), np.repeat([0, 1, 0, 1], 25)
    noise = rng.standard_normal((100, 5))
    unlike = noise[:, 4] - np.where(
        inside, noise[inside == 1, 4].mean(), noise[inside == 0, 4].mean()
    )
    c = np.stack([inside + 0.5, 0.3 - inside, 0.8 * inside, 9 * noise[:, 3], unlike], axis=1)
    c[:, :3] += noise[:, :3] * np.array([1.0, 0.1, 0.5])
    hints = {
        0: "Is that the largest correlation, or the first?",
        2: "A unit may be high inside, or as well low inside: take absolute values.",
        3: "Large is not alike: divide by the spreads, as np.corrcoef does.",
        4: "That is the least alike: np.argmax says where the largest is.",
        5: "That is inside itself, which is of course most like inside: leave it out.",
    }
    for cells in (c, -c):  # the best is low inside, then high
        found = returned(answer, cells, inside)
        if np.ndim(found) or (isinstance(found, float) and abs(found) <= 1):
            raise WrongError("The number of the unit is asked for: np.argmax says where it is.")
        if found != 1:
            raise WrongError(hints.get(found, "The units are the columns of c, counted from 0."))


def yours(check: Any, answer: Callable) -> Callable:
    """The answer; the lesson's own while it is not right, so that the lesson goes on."""
    try:
        check.__wrapped__(answer)
    except Exception:
        return getattr(solutions, check.__name__)
    return answer
