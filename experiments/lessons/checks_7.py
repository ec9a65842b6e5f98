"""What the check cells of lesson 7 call: chance."""

from collections.abc import Callable

import numpy as np

from experiments.lessons.exercise import (
    WrongError,
    exercise,
    random_arrays,
    require_close,
    require_none,
    returned,
)


@exercise("7.1")
def floor_rmse(answer: Callable) -> None:
    """The variance of a Poisson count is its mean."""
    (mean,) = random_arrays((4, 5))
    found = returned(answer, mean)
    require_none(
        found,
        {
            "The root is taken last, of the mean of all days.": np.sqrt(mean).mean(),
            "That is the mean squared error: the root is missing.": mean.mean(),
            "That is how much the means differ among themselves, not how sales do.": mean.std(),
            "The variance is the mean, not its square.": np.sqrt(np.mean(mean**2)),
            "The mean over all days, not their sum.": np.sqrt(mean.sum()),
            "One number for all days is asked for.": np.sqrt(mean),
        },
    )
    hint = "What is the squared error of a day, on average? Then R, M and S, from the right."
    require_close(found, np.sqrt(mean.mean()), hint)


@exercise("7.2")
def own_error(answer: Callable) -> None:
    """What is the network's own fault."""
    with np.errstate(invalid="ignore"):
        found = returned(answer, 13.0, 5.0)
    if np.all(np.isnan(found)):
        raise WrongError("The root of a negative number: which of the two errors is the larger?")
    require_none(
        found,
        {
            "Errors do not add up, their squares do: first the squares, then the root.": 8.0,
            "The squares are subtracted, not the errors themselves.": np.sqrt(8.0),
            "That is its square: the root is missing.": 144.0,
            "The square of a difference is not the difference of the squares.": 64.0,
            "The squares are subtracted, not added.": np.sqrt(194),
            "That is a ratio; the formula above has a sum of squares.": 13 / 5,
            "That is a share; the formula above has a sum of squares.": 13 / 5 - 1,
        },
    )
    hint = "Solve the last line above for own."
    require_close(found, 12.0, hint)
    require_close(returned(answer, 5.0, 5.0), 0.0, hint)


@exercise("7.3")
def interval(answer: Callable) -> None:
    """Student's interval of four measurements."""
    values = np.array([6.1, 6.4, 6.2, 6.9])
    found = np.asarray(returned(answer, values), np.float64)
    if found.shape != (2,):
        raise WrongError("Two numbers are asked for: end in return low, high.")
    mean, s = values.mean(), values.std(ddof=1)
    if np.isclose(found[0], mean) or np.isclose(found[1], mean):
        raise WrongError("From low to high: the mean lies in the middle.")
    if found[0] > found[1]:
        raise WrongError("The other way round: low, high.")
    halves = {
        "std divides by n; for a sample it is n - 1: ddof=1.": 3.182 * values.std() / 2,
        "Half of it: t s goes to either side whole, divided by sqrt(n) and not by n.": 3.182
        * s
        / 4,
        "The mean of n values varies less than one of them: divide by sqrt(n).": 3.182 * s,
        "Where is t? For four values 1 is far too little.": s / 2,
        "1.96 is for a known s; for four values t is larger.": 1.96 * s / 2,
        "s is the standard deviation, not its square.": 3.182 * s**2 / 2,
    }
    require_none(found, {hint: (mean - half, mean + half) for hint, half in halves.items()})
    half = 3.182 * s / 2
    require_close(found, (mean - half, mean + half), "The formula above, with n = 4: both ends.")
