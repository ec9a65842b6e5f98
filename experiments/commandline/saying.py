"""News for the person who waits."""

import sys


def say(text: str) -> None:
    """News for the person who waits, on stderr; the table alone goes to stdout."""
    print(text, file=sys.stderr, flush=True)
