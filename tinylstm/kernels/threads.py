"""Threads that share the slabs of a batch.

Slabs are handed out as threads come for them. A sleeping thread takes 20 to 60 µs to wake up, or
milliseconds where the system wakes it on its caller's core; so the caller starts at once, and waits
at the end only for slabs that another thread has begun. And a thread without work looks out for
more for a moment before it goes to sleep (4.0 against 2.3 ms for a step of 128 units, on bad days).

An interrupt (Ctrl-C, a signal handler that raises) may come between any two lines of the calling
thread; helpers never see one. The caller leaves at once then, and a helper may still be at work on
a slab. So there is no state that an interrupt could leave half done, and **nothing that was handed
to an interrupted run may be used for another**: its arrays belong to that run alone, for ever.

Numba's prange was measured too: its OpenMP threads start in 1.4 µs on idle cores, but stall for
8 ms as soon as another process wants one of them; its workqueue takes 90 µs.
"""

import _thread
import contextlib
import itertools
import os
from collections.abc import Callable
from queue import SimpleQueue

import numpy as np
from numba import types
from numba.extending import intrinsic

from tinylstm.kernels.cache import kernel
from tinylstm.kernels.vectors import pointer

LOOKS = 1_000_000  # at the flag before a thread goes to sleep: a fraction of a millisecond
PIECES = 4  # per thread: enough to even out a thread that comes late


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_n_threads = _cores()


def set_num_threads(n: int) -> None:
    """Use up to n threads from now on; the results are the same bits for any n.

    Raises TypeError if n is no whole number, ValueError if it is below 1.
    """
    if isinstance(n, bool) or not isinstance(n, int | np.integer):
        raise TypeError(f"the number of threads must be a whole number, not {n!r}")
    if n < 1:
        raise ValueError(f"the number of threads must be at least 1, not {n}")
    global _n_threads
    _n_threads = int(n)


def get_num_threads() -> int:
    """How many threads may be used: as many as there are cores, unless set otherwise."""
    return _n_threads


class _Job:
    """A range of slabs, from which threads take pieces until none is left."""

    def __init__(self, work: Callable[..., None], count: int, threads: int, args: tuple) -> None:
        self.work, self.args, self.count = work, args, count
        self.piece = max(1, count // (PIECES * threads))
        self.starts = itertools.count(0, self.piece)  # next() on it is atomic
        self.finished = itertools.count(self.piece, self.piece)
        self.all_finished = _thread.allocate_lock()
        self.all_finished.acquire()
        self.error: BaseException | None = None

    def do(self) -> None:
        """Take pieces, and do them, while there are any; after an error, only take them."""
        for first in self.starts:
            if first >= self.count:
                return
            try:
                if self.error is None:
                    self.work(first, min(first + self.piece, self.count), *self.args)
            except BaseException as error:
                self.error = error
                raise
            finally:
                if next(self.finished) >= self.count:
                    self.all_finished.release()


_tickets: SimpleQueue[_Job] = SimpleQueue()  # one for every helper that a job could use
_jobs_offered = np.zeros(1, np.int64)
_helpers: list[int] = []


def run(work: Callable[..., None], count: int, *args: object) -> None:
    """work(first, stop, *args) over pieces of range(count); work must release the GIL.

    If anything is raised, a helper may still be writing to args.
    """
    threads = min(_n_threads, count)
    if threads <= 1:
        return work(0, count, *args)
    job = _Job(work, count, threads, args)
    _start_helpers(threads - 1)
    for _ in range(min(threads - 1, len(_helpers))):
        _tickets.put(job)
    _jobs_offered[0] += 1
    job.do()
    job.all_finished.acquire()
    job.args = ()  # a helper that comes too late should not keep the arrays from being used again
    if job.error is not None:
        raise job.error


def _start_helpers(n: int) -> None:
    """Start threads until there are n, or as many as the system allows.

    All in one call, without a line of Python between the start of a thread and its entry in the
    list: an interrupt there would lose it. Two callers at once may start more than they need.
    """
    missing = n - len(_helpers)
    if missing <= 0:
        return
    try:
        _helpers.extend(map(_thread.start_new_thread, [_help] * missing, [()] * missing))
    except RuntimeError as error:
        if str(error) != "can't start new thread":
            raise


def _help() -> None:
    """What a helper does, for ever: look out for a job, or sleep until there is one."""
    tickets = _tickets
    while True:
        seen = _jobs_offered[0]  # before a look at the tickets, which come first
        if tickets.empty():
            _look_out(_jobs_offered, seen)
        with contextlib.suppress(BaseException):  # the job keeps it, and its caller raises it
            tickets.get().do()


def _forget_helpers() -> None:
    """Threads do not survive a fork."""
    global _tickets
    _helpers.clear()
    _tickets = SimpleQueue()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_helpers)


@intrinsic
def _read(typingctx, flag, index):
    """flag[index], read from memory each time: a plain read would be moved out of the loop."""

    def codegen(context, builder, signature, args):
        address = pointer(context, builder, flag, index, args)
        return builder.load_atomic(address, ordering="monotonic", align=8)

    return types.int64(flag, index), codegen


@kernel
def _look_out(flag, seen) -> None:
    """Wait until flag[0] is no longer what was seen, or for a moment."""
    for _ in range(LOOKS):
        if _read(flag, (0,)) != seen:
            return
