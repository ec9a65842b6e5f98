"""The study and the shop. A command that ends before it began says why in a sentence."""

import errno
import os
import sys
from collections.abc import Iterator
from types import TracebackType

from experiments.limits import MEMORY, allowed

SCARCE = errno.ENOMEM, errno.EMFILE, errno.ENFILE
SIGNS = "Cannot allocate memory", "failed to map segment", "can't start new thread"


def end_with_a_sentence(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    """In the place of Python's traceback, if the system gives too little to begin, or on Ctrl-C."""
    if is_scarce(error):
        limits = allowed(*MEMORY, "-n")
        _end(1, f"not enough memory or files{limits}; allow more")
    elif is_interrupt(error):
        _end(130, "interrupted")
    else:
        sys.__excepthook__(kind, error, traceback)


def _end(status: int, sentence: str) -> None:
    print(sentence, file=sys.stderr)
    sys.stderr.flush()
    os._exit(status)  # at a usual end libraries that are half there may crash


def is_scarce(error: BaseException) -> bool:
    """Whether the system gave too little, as an error says or one that it came from."""
    return any(
        isinstance(each, MemoryError)
        or (isinstance(each, SystemError) and allowed(*MEMORY))  # libraries check little
        or getattr(each, "errno", None) in SCARCE
        or any(sign in str(each) for sign in SIGNS)
        for each in causes(error)
    )


def is_interrupt(error: BaseException) -> bool:
    """Whether it is Ctrl-C, or the failure of a library in whose loading that came."""
    if not isinstance(error, KeyboardInterrupt | ImportError):
        return False
    return any(isinstance(each, KeyboardInterrupt) for each in causes(error))


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and those that it came from; NumPy, for one, makes another of any."""
    while error is not None:
        yield error
        error = error.__context__


if sys.argv[:1] == ["-m"]:  # a command is being started, whose own first lines are imports
    sys.excepthook = end_with_a_sentence
