"""The library called with whatever comes: each call gives a right number or a sentence.

Mostly good values, now and then an odd one. The same call is made with each backend: what NumPy
refuses the kernels refuse, and where both have numbers they are the same ones.
"""

import copy
import random
import warnings

import numpy as np

from tests.slow.trials import BAD, PROMISED, WRONG, Trial, tried
from tests.slow.trials.grammar import WITH_GRADIENTS, calls
from tests.slow.trials.numbers import differs, is_far
from tests.slow.trials.odd import X, odd_values
from tinylstm import LSTMRegressor

# The fourth is DivergedError; an index that fits no list has the sentence of NumPy.
SENTENCES = ValueError, RuntimeError, KeyError, ArithmeticError, IndexError, MemoryError


def abuse(n, seed=0):
    """Call n times; a model that takes no part has to predict the same after each call."""
    random_, grammar = random.Random(seed), calls()
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
                outcome, said = WRONG, "a model that took no part predicts otherwise"
            odd = {name: odd_values()[k] for name, k in number.items()}
            yield Trial(outcome, f"{function.__name__} {odd!r:.300}: {said}")


def with_odd(good, number):
    """Copies of the good values, some of them replaced by odd ones."""
    odd = odd_values()
    return {name: odd[number[name]] if name in number else copied(good[name]) for name in good}


def copied(value):
    """A copy that a call may change."""
    return value if callable(value) else copy.deepcopy(value)


def both(arguments, function):
    """The outcome of a call with each backend."""
    backends = "numpy", "numba"
    slow, fast = (made(lambda: function(b, **arguments())) for b in backends)  # noqa: B023
    for outcome, said in (slow, fast):
        if outcome in BAD:
            return outcome, said
    if slow[0] != fast[0]:
        return WRONG, f"numpy: {slow}, numba: {fast}"
    difference = ""
    if slow[0] == PROMISED:
        is_rounding = function in WITH_GRADIENTS and is_far(arguments())
        difference = differs(slow[1], fast[1], only_finite=is_rounding)
    return (WRONG if difference else slow[0]), difference


def made(call):
    """The outcome of a call that makes arrays, and these, or what it said."""
    return tried(lambda: [np.asarray(array) for array in call()], SENTENCES)
