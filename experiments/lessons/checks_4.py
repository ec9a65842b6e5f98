"""What the check cells of lesson 4 call: the check of gradients."""

from collections.abc import Callable

import numpy as np

from experiments.lessons.exercise import (
    WrongError,
    exercise,
    require_close,
    require_none,
    returned,
)
from tinylstm import LSTMRegressor, gradient_check
from tinylstm.check.bugs import BUGS, Bug, find_bug


@exercise("4.1")
def central_difference(answer: Callable) -> None:
    """(L(θ + ε) - L(θ - ε)) / 2ε."""
    found, above, middle, below = returned(answer, np.sin, 1.0, 0.1), *np.sin([1.1, 1.0, 0.9])
    half = np.sin(1.05) - np.sin(0.95)
    require_none(
        found,
        {
            "That is one side only: take a step to each side.": (above - middle) / 0.1,
            "That is the other side only: take a step to each side.": (middle - below) / 0.1,
            "Between the two points lie two steps: divide by 2 ε.": (above - below) / 0.1,
            "Divide by 2 ε: mind the parentheses.": (above - below) / 2 * 0.1,
            "The sign: above minus below.": (below - above) / 0.2,
            "That is the difference alone: divide by 2 ε.": above - below,
            "That is right with half a step to each side: take the whole one, as above.": half
            / 0.1,
            "How far the loss goes is a difference, not a sum.": (above + below) / 0.2,
            "Division comes before subtraction: mind the parentheses.": above - below / 0.2,
            "That is the second derivative.": (above - 2 * middle + below) / 0.01,
        },
    )
    hint = "One step to each side, and divided by the whole distance between the two."
    require_close(found, (above - below) / 0.2, hint)


@exercise("4.2")
def good_epsilon(epsilon: float) -> None:
    """Small, but not too small."""
    if epsilon < 0 and epsilon == round(epsilon):
        raise WrongError("That is an exponent: ten to the power of -2, say, is written 1e-2.")
    if epsilon <= 0:
        raise WrongError("A step has a length: a number above 0.")
    if epsilon < 1e-15:
        raise WrongError("So small that θ + ε is rounded to θ: the difference is 0.")
    if epsilon == 1e-8:
        raise WrongError("Good for one side only; with two sides the error is least elsewhere.")
    if epsilon < 1e-7:
        raise WrongError("Too small: rounding is divided by it. Where is the error smallest?")
    if epsilon >= 1:
        raise WrongError("A step as long as θ itself: the slope is asked for at one point.")
    if epsilon > 5e-5:  # in the table the least errors are those of 1e-7 to 1e-5
        raise WrongError("Too large: the truncation error goes like ε². Where is it smallest?")


def mystery() -> Bug:
    """A bug that is to be known by what it does."""
    return find_bug("bias-averaged")


def _spoilt(bug: Bug) -> list[str]:
    """The arrays of lesson 4's small network whose gradients a bug makes wrong."""
    rng = np.random.default_rng(0)
    model = LSTMRegressor(2, 4, 4, seed=0, backend="numpy")
    x, y = rng.standard_normal((3, 5, 2)), rng.standard_normal(3)
    with bug.switched_on():
        verdicts = gradient_check(model, x, y).verdicts
    return [name for name, verdict in verdicts.items() if verdict != "ok"]


@exercise("4.3")
def mystery_bug(name: str) -> None:
    """The name of the mystery."""
    bugs = {bug.name: bug for bug in BUGS}
    bug = bugs.get(name.strip().lower().replace("_", "-"))
    if bug is None:
        raise WrongError("No bug is called so: copy a name from the first column of the list.")
    if bug == mystery():
        return
    wrong = _spoilt(bug)
    if not wrong:
        raise WrongError("That one is at home in another network: here no array would be wrong.")
    arrays = ", ".join(wrong) if len(wrong) < 5 else f"{len(wrong)} arrays"
    raise WrongError(f"With that one {arrays} would be wrong. Which are so in the table?")
