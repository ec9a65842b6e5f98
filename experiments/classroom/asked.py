"""What check cells say to students whose answers are graded: whether there is one, and no more.

It stands in for the checks, whose source has the answers.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from experiments.lessons.exercise import is_open
from tinylstm.check.bugs import BUGS, Bug

MYSTERY = "ac4a5c61"  # the first digits of the SHA-256 of its name


def asked(number: str) -> Callable[..., None]:
    """Make the stand-in for the check of an exercise."""

    def tell(*answers: Any) -> None:
        if any(map(is_open, answers)):
            print(f"Exercise {number}: not solved yet.")
        else:
            print(f"Exercise {number}: answered. Whether it is right you hear when you hand it in.")

    return tell


def mystery() -> Bug:
    """The bug that lesson 4 asks for."""
    names = {hashlib.sha256(bug.name.encode()).hexdigest()[: len(MYSTERY)]: bug for bug in BUGS}
    return names[MYSTERY]


def compiled(answer: Callable) -> Callable:
    """The answer, compiled. Raises ValueError while there is none: lesson 6 builds on it."""
    from numba import njit  # all other lessons do without it

    return njit(error_model="numpy")(yours(None, answer))


def yours(check: object, answer: Callable) -> Callable:
    """The answer. Raises ValueError while there is none: the rest of the lesson builds on it."""
    if is_open(answer):
        raise ValueError("The exercise above is not solved yet, and from here on it is needed.")
    return answer
