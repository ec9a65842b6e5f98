"""What an exercise is: a check that says in one line whether an answer is right, or gives a hint.

A check never raises, so that a notebook runs from top to bottom with exercises still open.
"""

import copy
import functools
import inspect
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

import numpy as np


class OpenError(Exception):
    """There is no answer yet."""


class WrongError(Exception):
    """The answer is not right; the message is a hint."""


def exercise(number: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a check out of a function that raises OpenError, WrongError or nothing.

    How its parameters are annotated says what is asked for: a function, a number, a name.
    """

    def decorate(check: Callable[..., None]) -> Callable[..., None]:
        kinds = [asked.annotation for asked in inspect.signature(check).parameters.values()]

        @functools.wraps(check)
        def report(*answers: Any) -> None:
            try:
                for answer in answers:
                    given(answer)
                check(*map(of_kind, answers, kinds))
                verdict = "right."
            except OpenError:
                verdict = "not solved yet."
            except WrongError as hint:
                verdict = f"not yet. {hint}"
            except Exception as error:
                verdict = f"not yet. The answer has not the form that is asked for: {error}"
            print(f"Exercise {number}: {verdict}")

        return report

    return decorate


def given(answer: Any) -> Any:
    """The answer itself. Raises OpenError for the dots, or None, that stand where one should be."""
    if answer is None or answer is ...:
        raise OpenError
    return answer


def of_kind(answer: Any, kind: Any) -> Any:
    """The answer as a function, number or text, as is asked for, or WrongError."""
    if kind is Callable and not callable(answer):
        raise WrongError("A function is asked for, def and all.")
    if kind is str and not isinstance(answer, str):
        raise WrongError("An answer in quotes is asked for.")
    if kind not in (int, float):
        return answer
    try:
        number = float("nan") if isinstance(answer, str) else float(np.asarray(answer).item())
    except (TypeError, ValueError):
        number = float("nan")
    if not np.isfinite(number):
        raise WrongError("One number is asked for, without quotes.")
    return number


def returned(answer: Callable, *arguments: Any, **named: Any) -> Any:
    """What the function of an answer returns. Raises WrongError if it fails or returns nothing.

    It gets copies: an answer may write into its arguments, and the check goes on with its own.
    """
    try:
        result = answer(*copy.deepcopy(arguments), **copy.deepcopy(named))
    except Exception as error:
        raise WrongError(f"Your code raised {type(error).__name__}: {error}") from error
    if (result is None or result is ...) and not is_open(answer):
        raise WrongError("Your function returns nothing: let it end in return.")
    return given(result)


def is_open(answer: Any) -> bool:
    """Whether there is no answer: the dots or None, or a function that has nothing but dots."""

    def dots() -> None: ...

    if not isinstance(answer, FunctionType):
        return answer is None or answer is ...
    code, empty = answer.__code__, dots.__code__
    says_nothing = set(code.co_consts) <= {answer.__doc__, None, ...}
    return says_nothing and code.co_code[::2] == empty.co_code[::2]  # the same instructions


def parts(result: Any, *names: str) -> Any:
    """The arrays of a tuple. Raises WrongError if there are more or fewer of them than names."""
    if not isinstance(result, tuple | list) or len(result) != len(names):
        many = {2: "Two", 3: "Three"}[len(names)]
        raise WrongError(f"{many} arrays are asked for: end in return {', '.join(names)}.")
    return result


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


def require_number(answer: float, right: float, wrong: Mapping[str, float], hint: str) -> None:
    """Raise WrongError, with the hint of that number or else the last, unless it is right to 1%."""
    if np.isclose(answer, right, rtol=0.01, atol=0):
        return
    for its_hint, number in wrong.items():
        if np.isclose(answer, number, rtol=0.01, atol=0):
            raise WrongError(its_hint)
    raise WrongError(hint)


def random_arrays(*shapes: tuple[int, ...], seed: int = 0) -> list[np.ndarray]:
    """Arrays of those shapes to try an answer on, with numbers between 0.1 and 0.9."""
    rng = np.random.default_rng(seed)
    return [rng.uniform(0.1, 0.9, shape) for shape in shapes]
