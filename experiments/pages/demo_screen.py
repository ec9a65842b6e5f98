"""Where the demonstration is shown: as pictures on a terminal, as plain lines everywhere else."""

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence

from experiments.analysis.demonstration import EVERY, Gates, Pair
from experiments.pages.demo_frames import (
    BLOCKS,
    COLUMNS,
    ROWS,
    Ink,
    Scene,
    check_frame,
    check_row,
    conclusion,
    moment_header,
    moment_line,
    opening,
    training_frame,
)
from tinylstm.check.trials import Trial

LINES = 10  # of a training, where moments are lines
HIDE_CURSOR, SHOW_CURSOR, HOME = "\x1b[?25l", "\x1b[?25h", "\x1b[H"
REST_OF_LINE, REST_OF_SCREEN = "\x1b[K", "\x1b[J"

BothGates = tuple[Gates, Gates]  # after training, without the bug and with it


class Lines:
    """Plain lines, as fast as they come."""

    ink = Ink(is_coloured=False)

    def begin(self, share: float, n_parts: int) -> None:
        """An act begins: its share of the time, and in how many parts it comes."""

    def training(self, scene: Scene) -> None:
        """A moment of a training."""
        number, between = len(scene.moments) - 1, max(1, scene.updates // (LINES * EVERY))
        if number == 0:
            self._print(*opening(scene), "", moment_header())
        if scene.is_done or number % between == 0:
            self._print(moment_line(scene.now))
        if scene.is_done:
            self._print("")

    def check(self, pairs: Sequence[Pair], trial: Trial | None, gates: BothGates) -> None:
        """The gradient check so far; with a trial it is done, and what came out."""
        if trial:
            self._print("", *conclusion(trial, gates, COLUMNS - 1, self.ink))
        elif len(pairs) == 1:
            self._print(*check_frame(pairs, None, gates, COLUMNS, self.ink))
        else:
            self._print(check_row(pairs[-1], self.ink))

    def _print(self, *lines: str) -> None:
        print("\n".join(line.rstrip() for line in lines), flush=True)


class Screen:
    """Pictures on a terminal, each in the place of the one before, spread over the time."""

    def __init__(self, seconds: float, pauses: bool, ink: Ink) -> None:
        """`seconds` is how long all acts take at least; with `pauses` Enter begins the next."""
        self.seconds, self.pauses, self.ink = seconds, pauses, ink
        self._began, self._between, self._shown, self._acts = 0.0, 0.0, 0, 0

    def begin(self, share: float, n_parts: int) -> None:
        """An act begins: its share of the time, and in how many parts it comes."""
        if self.pauses and self._acts:
            sys.stdout.write("Enter goes on ")  # `input` would write it to standard error
            sys.stdout.flush()
            sys.stdin.readline()
        self._acts += 1
        self._began, self._between = time.monotonic(), self.seconds * share / n_parts
        self._shown = 0

    def training(self, scene: Scene) -> None:
        """A moment of a training."""
        self._show(training_frame(scene, self._columns(), self.ink))

    def check(self, pairs: Sequence[Pair], trial: Trial | None, gates: BothGates) -> None:
        """The gradient check so far; with a trial it is done, and what came out."""
        self._show(check_frame(pairs, trial, gates, self._columns(), self.ink))

    def _columns(self) -> int:
        return max(COLUMNS, shutil.get_terminal_size().columns)

    def _show(self, lines: Sequence[str]) -> None:
        """One picture, for its time; written at once, so that it does not flicker."""
        text = "".join(f"{line}{REST_OF_LINE}\n" for line in lines)
        sys.stdout.write(f"{HOME}{text}{REST_OF_SCREEN}")
        sys.stdout.flush()
        self._shown += 1
        due = self._began + self._between * self._shown
        time.sleep(max(0.0, due - time.monotonic()))


@contextlib.contextmanager
def stage(seconds: float, pauses: bool) -> Iterator[Lines | Screen]:
    """A screen if pictures can be drawn, else lines; afterwards the terminal is as it was.

    Pictures need a terminal that is large enough and shows blocks. They have no colours if the
    variable NO_COLOR is set (no-color.org).
    """
    if not can_draw():
        yield Lines()
        return
    if os.name == "nt":
        os.system("")  # from then on an old console of Windows understands escape sequences
    rows = shutil.get_terminal_size().lines
    sys.stdout.write(HIDE_CURSOR + "\n" * (rows - 1))  # what is on the screen moves up, out of it
    try:
        yield Screen(seconds, pauses, Ink(not os.environ.get("NO_COLOR")))
    finally:
        sys.stdout.write(SHOW_CURSOR)
        sys.stdout.flush()


def can_draw() -> bool:
    """Whether standard output is a terminal that is large enough and shows blocks."""
    size = shutil.get_terminal_size()
    if not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        return False
    try:
        BLOCKS.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        return False
    return size.columns >= COLUMNS and size.lines >= ROWS
