"""What an exercise is: a check that says in one line whether an answer is right, or gives a hint.

A check never raises, so that a notebook runs from top to bottom with exercises still open.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


class OpenError(Exception):
    """There is no answer yet."""


class WrongError(Exception):
    """The answer is not right; the message is a hint."""


def exercise(number: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a check out of a function that raises OpenError, WrongError or nothing."""

    def decorate(check: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(check)
        def report(*answers: Any) -> None:
            try:
                for answer in answers:
                    given(answer)
                check(*answers)
                verdict = "right."
            except OpenError:
                verdict = "not solved yet."
            except WrongError as hint:
                verdict = f"not yet. {hint}"
            except Exception as error:
                verdict = f"not yet. Your code raised {type(error).__name__}: {error}"
            print(f"Exercise {number}: {verdict}")

        return report

    return decorate


def given(answer: Any) -> Any:
    """The answer itself. Raises OpenError for the dots, or None, that stand where one should be."""
    if answer is None or answer is ...:
        raise OpenError
    return answer


def require_close(answer: Any, right: Any, hint: str) -> None:
    """Raise WrongError with the hint unless the answer has the right shape and numbers."""
    answer, right = np.asarray(given(answer), np.float64), np.asarray(right, np.float64)
    if answer.shape != right.shape:
        raise WrongError(f"The shape should be {right.shape}, not {answer.shape}.")
    if not np.allclose(answer, right, rtol=1e-3, atol=1e-6):
        raise WrongError(hint)


def require_none(answer: Any, wrong: Mapping[str, Any]) -> None:
    """Raise WrongError with the hint of a wrong answer, if the answer is that one."""
    answer = np.asarray(given(answer), np.float64)
    for hint, array in wrong.items():
        array = np.asarray(array, np.float64)
        if answer.shape == array.shape and np.allclose(answer, array, rtol=1e-3, atol=1e-6):
            raise WrongError(hint)


def random_arrays(*shapes: tuple[int, ...], seed: int = 0) -> list[np.ndarray]:
    """Arrays of those shapes to try an answer on, with numbers between 0.1 and 0.9."""
    rng = np.random.default_rng(seed)
    return [rng.uniform(0.1, 0.9, shape) for shape in shapes]
