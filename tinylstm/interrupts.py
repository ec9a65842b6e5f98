"""Ctrl-C, SIGTERM and SIGHUP end a command in the same way, and none of them is ever lost.

A signal raises Interrupted in the main thread, so that what is under way is tidied up: half a file
goes, a terminal gets its cursor back. Python drops an exception that is raised in a callback of the
garbage collector, so the signal is also noted: a loop that waits asks for it with
`check_interrupt`, and so does the end of the command.
"""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

# In a terminal, all processes get the first two, and the parent is the one to handle them.
OF_TERMINAL = [getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)]
ENDING = [*OF_TERMINAL, signal.SIGTERM]
# Often two come at once: a closed terminal and its service manager both send one. The second must
# not disturb what the first has begun to tidy up.
TIDY_SECONDS = 5.0


class Interrupted(KeyboardInterrupt):
    """A signal asked the command to end.

    >>> Interrupted(15).status  # of SIGTERM
    143
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = 128 + number  # exit status, as shells have it


class _Signals:
    """What has come. There is one, as a process has one set of signal handlers."""

    came = 0  # number of the first signal, 0 if none
    blocks = 0  # of `interrupts`, one in another
    raised_at = -TIDY_SECONDS
    is_held_back = False

    def handle(self, number: int, frame: FrameType | None = None) -> None:
        if time.monotonic() - self.raised_at >= TIDY_SECONDS:
            self.came = self.came or number
            self.check()

    def check(self) -> None:
        if self.came and not self.is_held_back:
            self.raised_at = time.monotonic()
            raise Interrupted(self.came)


_signals = _Signals()


def check_interrupt() -> None:
    """Raise Interrupted if a signal has come, though it may have been raised before.

    >>> check_interrupt()  # none has come
    """
    _signals.check()


@contextmanager
def interrupts() -> Iterator[None]:
    """In the block, the signals that ask a command to end raise Interrupted.

    A signal that is ignored, as under `nohup`, stays so. In another thread than the main one, which
    gets no signals, the block is like any other. A block may stand in another: a signal that was
    noted in the inner one, and not raised there, is raised at the end of the outer one.

    >>> import signal
    >>> try:
    ...     with interrupts():
    ...         signal.raise_signal(signal.SIGTERM)
    ... except Interrupted as interrupted:
    ...     interrupted.status
    143
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    hook, thread_hook, ended_by = sys.unraisablehook, threading.excepthook, 0
    is_answered = False  # by whoever gets what is raised out of this block

    def is_tidying(error: BaseException | None) -> bool:
        """Pools that are ended in haste may find their pipes closed, which is nobody's business."""
        came = _signals.came or ended_by
        return isinstance(error, Interrupted) or (came > 0 and isinstance(error, OSError))

    def quiet_hook(unraisable: Any) -> None:
        if not is_tidying(unraisable.exc_value):
            hook(unraisable)

    def quiet_thread_hook(args: Any) -> None:
        if not is_tidying(args.exc_value):
            thread_hook(args)

    check_interrupt()  # noted in a block around this one
    _signals.raised_at = -TIDY_SECONDS
    handlers = {n: signal.getsignal(n) for n in ENDING if signal.getsignal(n) != signal.SIG_IGN}
    _signals.blocks += 1
    try:
        for number in handlers:
            signal.signal(number, _signals.handle)
        sys.unraisablehook, threading.excepthook = quiet_hook, quiet_thread_hook
        yield
        check_interrupt()
    except Interrupted:
        is_answered = True
        raise
    finally:
        is_held_back, _signals.is_held_back = _signals.is_held_back, True
        sys.unraisablehook = hook
        ended_by = _signals.came
        # After a signal, in this block or one within it, a thread of a pool may still be ending.
        if not ended_by and threading.excepthook is quiet_thread_hook:
            threading.excepthook = thread_hook
        for number, handler in handlers.items():
            signal.signal(number, handler)
        _signals.blocks -= 1
        _signals.is_held_back = is_held_back
        late = 0 if ended_by else _signals.came
        if is_answered or not _signals.blocks:
            _signals.came = 0
        if late and not is_held_back:  # it came while the handlers were put back
            raise Interrupted(late)


@contextmanager
def only_noted() -> Iterator[None]:
    """In the block, a signal is noted and no more; at the end of the outermost it is raised.

    In another thread than the main one the block is like any other.

    >>> import signal
    >>> try:
    ...     with interrupts(), only_noted():
    ...         signal.raise_signal(signal.SIGTERM)
    ...         print("goes on")
    ... except Interrupted:
    ...     print("and ends")
    goes on
    and ends
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    was_held_back, _signals.is_held_back = _signals.is_held_back, True
    try:
        yield
    finally:
        _signals.is_held_back = was_held_back
        check_interrupt()
