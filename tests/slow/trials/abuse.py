"""The library called with whatever comes: each call gives a right number or a sentence.

Mostly good values, now and then an odd one. The same call is made with each backend: what NumPy
refuses the kernels refuse, and where both have numbers they are the same ones.
"""

import copy
import random
import warnings

import numpy as np

from tests.slow.trials import REFUSED, RIGHT, TRACEBACK, WRONG, Tally
from tests.slow.trials.grammar import X, calls, odd_values
from tinylstm import LSTMRegressor

# The fourth is DivergedError; a list that no index fits into has the sentence of NumPy.
SENTENCES = ValueError, RuntimeError, KeyError, ArithmeticError, IndexError, MemoryError
TOLERANCE = 1e-4  # of float32, relative to the largest number
LEAST = 1e-2


def abuse(n, seed=0):
    """Call n times; a model that takes no part has to predict the same after each call."""
    random_, tally, grammar = random.Random(seed), Tally(), calls()
    witness = LSTMRegressor(2, 3, seed=7)
    expected = witness.predict(X)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for _ in range(n):
            function, good = random_.choice(grammar)
            names = random_.sample(list(good), k=min(len(good), random_.choice([0, 1, 1, 2])))
            number = {name: random_.randrange(len(odd_values())) for name in names}
            outcome, said = both(lambda: with_odd(good, number), function)  # noqa: B023
            if not np.array_equal(witness.predict(X), expected):
                outcome = WRONG
            odd = {name: odd_values()[k] for name, k in number.items()}
            tally.add(outcome, f"{function.__name__} {odd!r:.300}: {said}")
    return tally


def with_odd(good, number):
    """Copies of the good values, some of them replaced by odd ones."""
    odd = odd_values()
    return {name: odd[number[name]] if name in number else copied(good[name]) for name in good}


def copied(value):
    """A copy that a call may change."""
    return value if callable(value) else copy.deepcopy(value)


def both(arguments, function):
    """The outcome of a call with each backend."""
    slow, fast = (tried(function, backend, arguments()) for backend in ("numpy", "numba"))
    for outcome, said in (slow, fast):
        if outcome == TRACEBACK:
            return outcome, said
    if slow[0] != fast[0]:
        return WRONG, f"numpy: {slow}, numba: {fast}"
    if slow[0] == RIGHT and (difference := differs(slow[1], fast[1])):
        return WRONG, difference
    return slow[0], ""


def tried(function, backend, given):
    """The outcome of a call, and what it made or said."""
    try:
        return RIGHT, [np.asarray(array) for array in function(backend, **given)]
    except SENTENCES as error:
        return (REFUSED if str(error) else TRACEBACK), f"{type(error).__name__}: {error}"
    except Exception as error:
        return TRACEBACK, f"{type(error).__name__}: {error}"


def differs(expected, found):
    """In what two lists of arrays differ; "" if in nothing."""
    if len(expected) != len(found):
        return f"{len(found)} arrays, not {len(expected)}"
    # Of the largest number of all: a gate that is closed rounds in one way or another what flows back.
    largest = max((largest_in(array) for array in expected), default=0.0)
    for a, b in zip(expected, found, strict=True):
        if a.shape != b.shape or a.dtype != b.dtype:
            return f"{b.shape} {b.dtype}, not {a.shape} {a.dtype}"
        if a.dtype.kind not in "fiub":  # of what may be anything
            continue
        finite = np.isfinite(a)
        if not np.array_equal(finite, np.isfinite(b)):
            return f"{b} where NumPy has {a}"
        scale = max(largest_in(a), LEAST * largest, 1e-30)
        error = float(np.abs(a[finite].astype(float) - b[finite]).max(initial=0)) / scale
        if error > TOLERANCE:
            return f"{b} where NumPy has {a}"
    return ""


def largest_in(array):
    """The size of the largest number that is finite; 0 if there is none, or it holds no numbers."""
    if array.dtype.kind not in "fiub":
        return 0.0
    numbers = array[np.isfinite(array)].astype(np.float64)
    return float(np.abs(numbers).max(initial=0))
