"""Ctrl-C, SIGTERM and SIGHUP end a command in the same way, and none of them is ever lost.

A signal raises Interrupted in the main thread. Python drops an exception that is raised in a
callback of the garbage collector, so the signal is also noted: a loop that waits asks for it with
`check_interrupt`, and so does the end of the command.
"""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from types import FrameType
from typing import Any

# In a terminal, all processes get the first two, and the parent is the one to handle them.
OF_TERMINAL = [getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)]
ENDING = [*OF_TERMINAL, signal.SIGTERM]
# Often two come at once: a closed terminal and its service manager both send one. The second must
# not disturb what the first has begun to tidy up.
TIDY_SECONDS = 5.0


class Interrupted(KeyboardInterrupt):
    """A signal asked the command to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = 128 + number  # exit status, as shells have it


class _Signals:
    """What has come. There is one, as a process has one set of signal handlers."""

    came = 0  # number of the first signal, 0 if none
    raised_at = -TIDY_SECONDS
    is_held_back = False

    def handle(self, number: int, frame: FrameType | None = None) -> None:
        self.came = self.came or number
        if time.monotonic() - self.raised_at >= TIDY_SECONDS:
            self.check()

    def check(self) -> None:
        if self.came and not self.is_held_back:
            self.raised_at = time.monotonic()
            raise Interrupted(self.came)


_signals = _Signals()


def check_interrupt() -> None:
    """Raise Interrupted if a signal has come, though it may have been raised before."""
    _signals.check()


@contextmanager
def interrupts() -> Iterator[None]:
    """In the block, the signals that ask a command to end raise Interrupted.

    A signal that is ignored, as under `nohup`, stays so. In another thread than the main one, which
    gets no signals, the block is like any other.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    hook, thread_hook, ended_by = sys.unraisablehook, threading.excepthook, 0

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

    _signals.came, _signals.raised_at = 0, -TIDY_SECONDS
    handlers = {n: signal.getsignal(n) for n in ENDING if signal.getsignal(n) != signal.SIG_IGN}
    for number in handlers:
        signal.signal(number, _signals.handle)
    sys.unraisablehook, threading.excepthook = quiet_hook, quiet_thread_hook
    try:
        yield
        check_interrupt()
    finally:
        sys.unraisablehook = hook
        ended_by = _signals.came
        if not ended_by:  # else a thread of the pool may still be at its end
            threading.excepthook = thread_hook
        for number, handler in handlers.items():
            signal.signal(number, handler)
        _signals.came = 0


@contextmanager
def held_back() -> Iterator[None]:
    """For the start of processes: a signal meanwhile is raised at the end of the block.

    The processes inherit that those of the terminal are blocked. In this process another thread,
    such as one of NumPy's, may still receive one, and then it is only noted.
    """
    can_block = hasattr(signal, "pthread_sigmask")  # not on Windows
    if not can_block or threading.current_thread() is not threading.main_thread():
        yield
        return
    _signals.is_held_back = True
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, OF_TERMINAL)
    try:
        # The process that removes Python's semaphores must outlive the terminal, too. Its start
        # lets Ctrl-C through again.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, OF_TERMINAL)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        _signals.is_held_back = False
        check_interrupt()


def leave_signals_to_parent() -> None:
    """In a worker process: those of the terminal are the parent's to handle."""
    for number in OF_TERMINAL:
        signal.signal(number, signal.SIG_IGN)
