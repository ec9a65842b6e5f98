"""What the check cells of lesson 8 call: a paper."""

import numpy as np

from experiments.data.simulator import simulate_panel
from experiments.lessons.exercise import (
    WrongError,
    exercise,
    require_number,
)
from experiments.references.metrics import evaluate


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
    if np.isclose(percent, 100 * (12.5 / 12.4 - 1), rtol=1e-4):  # within what rounding allows
        raise WrongError("Of which of the two is it a share? The error was that of 128 units.")
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
    if abs(distance) > 0.003:
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
