"""What the command lines of the study share: arguments, sentences, exit statuses."""

import argparse
import sys

INTERRUPTED = 130  # exit status after Ctrl-C, as shells have it
UNITS = (128, 64, 48, 32, 16)


def say(text: str) -> None:
    """News for the person who waits, on stderr; the table alone goes to stdout."""
    print(text, file=sys.stderr, flush=True)


def natural(text: str) -> int:
    """A whole number of at least 1."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return number


def share(text: str) -> float:
    """A number from 0 to below 1."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to below 1")
    return number
