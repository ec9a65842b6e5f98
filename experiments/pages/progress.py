"""How far a run is: a live bar on a terminal (tqdm, extra `report`), elsewhere plain lines."""

import sys
import time
from types import TracebackType
from typing import Any

SECONDS_BETWEEN_LINES = 10  # of a stage that lasts, where there is no bar
BAR = "{desc}{percentage:3.0f}%|{bar}| {elapsed} so far, about {remaining} to go"


class Progress:
    """Lines above a bar that shows which share of the work is done, and how long the rest takes."""

    def __init__(self, total: float) -> None:
        """`total` is the work to be done, in any unit."""
        self._bar = _make_bar(total)
        self._said_at = -float(SECONDS_BETWEEN_LINES)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def advance(self, work: float) -> None:
        """So much more is done."""
        if self._bar is not None:
            self._bar.set_description_str("")
            self._bar.update(work)

    def stage(self, words: str) -> None:
        """What is going on, if no work is done meanwhile; called again and again, it may count."""
        if self._bar is not None:
            self._bar.set_description_str(f"{words} ")
        elif time.monotonic() - self._said_at >= SECONDS_BETWEEN_LINES:
            self._said_at = time.monotonic()
            self.say(words)

    def say(self, line: str) -> None:
        """News for the person who waits, on standard error."""
        self._write(line, sys.stderr)

    def show(self, line: str) -> None:
        """A line of the result, on standard output."""
        self._write(line, sys.stdout)

    def _write(self, line: str, stream: Any) -> None:
        if self._bar is None:
            print(line, file=stream, flush=True)
        else:
            self._bar.write(line, file=stream)
            stream.flush()


def _make_bar(total: float) -> Any:
    """A bar, or None where nobody would see it move or tqdm is not installed."""
    if not (sys.stderr.isatty() and total > 0):
        return None
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm(total=total, bar_format=BAR, file=sys.stderr, leave=False, dynamic_ncols=True)
