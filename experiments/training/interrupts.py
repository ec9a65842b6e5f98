"""Signals where processes start and end: none is lost meanwhile, and the parent handles them."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker

from tinylstm.interrupts import OF_TERMINAL, only_noted


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
    with only_noted():
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, OF_TERMINAL)
        try:
            # The process that removes Python's semaphores must outlive the terminal, too. Its start
            # lets Ctrl-C through again.
            resource_tracker.ensure_running()
            signal.pthread_sigmask(signal.SIG_BLOCK, OF_TERMINAL)
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def leave_signals_to_parent() -> None:
    """In a worker process: those of the terminal are the parent's to handle."""
    for number in OF_TERMINAL:
        signal.signal(number, signal.SIG_IGN)
