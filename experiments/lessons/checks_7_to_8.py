"""What the check cells of lessons 7 and 8 call: chance, and a paper."""

from collections.abc import Callable

import numpy as np

from experiments.data.simulator import simulate_panel
from experiments.lessons.exercise import (
    WrongError,
    exercise,
    random_arrays,
    require_close,
    require_none,
    require_number,
    returned,
)
from experiments.references.metrics import evaluate


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


@exercise("8.1")
def less_error(percent: float) -> None:
    """From 128 to 64 units, as the figure has it."""
    wrong = {
        "That is the abstract's number. What does the figure say of 64 and of 128 units?": 47,
        "That is in points; as a share of the error of 128 units it is more.": 0.1,
        "That is a share; in percent it is a hundred times as much.": 0.008,
        "Lower by so much: a positive number.": -0.8,
        "Nearly: to one decimal.": 1,
        "That is what is left of the error. By how much is it lower?": 99.2,
        "That is the size. How much lower is the error?": 73,
    }
    if not np.isclose(percent, 100 * (1 - 12.4 / 12.5), atol=0.05):
        hint = "Two numbers of the figure: their difference, as a share of the larger."
        require_number(percent, 0.8, wrong, hint)


@exercise("8.2")
def best_factor(factor: float) -> None:
    """Where the MAPE of the true mean is least."""
    if factor == 1:
        raise WrongError("For RMSE 1 is best, for MAPE it is not: try factors a little below it.")
    if 1 < factor < 2:
        raise WrongError("Above 1 both are worse. MAPE rewards forecasts that are low.")
    if not 0.5 < factor < 2:
        raise WrongError("A factor of the forecast: a number near 1.")
    panel = simulate_panel()
    tried = np.array([0.965, 0.975, 0.985])
    mapes = [evaluate(panel.sales, f * panel.mean).mape for f in tried]
    distance = factor - tried[np.argmin(mapes)]
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
    key = letter.strip().upper()
    if key != "D":
        raise WrongError(excluded.get(key, "One of the letters A, B, C, D, in quotes."))


@exercise("8.4")
def mean_over_masks(mean: float) -> None:
    """A unit that is silent without dropout."""
    wrong = {
        "That is f of the mean mask, or takes -4 for ReLU(-4), which is 0.": 0,
        "That is where the unit is kept. In two of ten cases it is not.": 1,
        "So it would be if it were kept in two cases of ten.": 0.2,
        "Both masks are not equally likely: p = 0.2 is that of the 0.": 0.5,
        "That is the mean of 4 m h: subtract the 4, too, before the maximum is taken.": 4,
        "That is the mean of 4 m h where it is kept: subtract the 4 before the maximum.": 5,
    }
    hint = "What is the output at m = 0, what at m = 1.25, and how often is each?"
    require_number(mean, 0.8, wrong, hint)
