"""The study and the shop. A command that lacks memory for its libraries says so in a sentence."""

import errno
import os
import sys
from types import TracebackType

from experiments.limits import MEMORY, allowed

SCARCE = errno.ENOMEM, errno.EMFILE, errno.ENFILE
SIGNS = "Cannot allocate memory", "failed to map segment", "can't start new thread"


def end_with_a_sentence(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    """In the place of Python's traceback, if the system has given too little to begin."""
    if is_scarce(error):
        limits = allowed(*MEMORY, "-n")
        print(f"not enough memory or files{limits}; allow more", file=sys.stderr, flush=True)
        os._exit(1)  # at a usual end the libraries that are half there may crash
    else:
        sys.__excepthook__(kind, error, traceback)


def is_scarce(error: BaseException | None) -> bool:
    """Whether the system gave too little, as an error says or the one that it came from."""
    if error is None:
        return False
    told = isinstance(error, MemoryError) or getattr(error, "errno", None) in SCARCE
    return told or any(sign in str(error) for sign in SIGNS) or is_scarce(error.__context__)


if sys.argv[:1] == ["-m"]:  # a command is being started, whose own first lines are imports
    sys.excepthook = end_with_a_sentence
