"""What a test of the autograder asks a check: whether an answer is right, and if not, why not."""

import contextlib
import io
from collections.abc import Callable
from typing import Any


def require_right(check: Callable[[], None], *answers: Any) -> None:
    """Raise AssertionError with what the check prints, unless it prints that all is right.

    `answers` are those that the check is about. One that comes from this program is none: while an
    answer is missing some lessons go on with their own, which would be found right here.
    """
    for answer in answers:
        if str(getattr(answer, "__module__", "")).startswith(("experiments.", "tinylstm.")):
            raise AssertionError("not solved yet: this is the lesson's own function.")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        check()
    verdict = printed.getvalue().strip().rpartition("\n")[2]
    if not verdict.endswith(": right."):
        raise AssertionError(verdict)
