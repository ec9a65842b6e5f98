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
import os
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic

from tinylstm.kernels.cache import kernel
from tinylstm.kernels.vectors import pointer

LOOKS = 1_000_000  # at the flag before a thread goes to sleep: a fraction of a millisecond


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


COUNT, JOINED, TAKEN, FINISHED = range(4)  # what is where in an array of slabs


def new_slabs(count: int) -> np.ndarray:
    """So many slabs, of which none is taken."""
    slabs = np.zeros(4, np.int64)
    slabs[COUNT] = count
    return slabs


class _Job:
    """Work on slabs that any thread may join."""

    def __init__(self, work: Callable[..., bool], count: int, args: tuple[Any, ...]) -> None:
        self.work, self.args, self.slabs = work, args, new_slabs(count)
        self.end: SimpleQueue[BaseException | None] = SimpleQueue()

    def join(self) -> None:
        """Work until no slab is left; who finishes the last one, or fails, reports the end."""
        try:
            if self.work(self.slabs, *self.args):
                self.end.put(None)
        except BaseException as error:
            self.end.put(error)
            raise


_tickets: SimpleQueue[_Job] = SimpleQueue()  # one for every helper that a job could use
_jobs_offered = np.zeros(1, np.int64)
_helpers: list[int] = []


def run(work: Callable[..., bool], count: int, *args: object) -> None:
    """work(slabs, *args) in several threads, until all of so many slabs are finished.

    work must release the GIL, `take` slabs while there are any, `finish` each, and return what
    `finish` said of its last one. If anything is raised, a helper may still be writing to args.
    """
    helpers = min(_n_threads, count) - 1
    if helpers <= 0:
        work(new_slabs(count), *args)
        return
    job = _Job(work, count, args)
    _start_helpers(helpers)
    for _ in range(min(helpers, len(_helpers))):
        _tickets.put(job)
    _jobs_offered[0] += 1
    job.join()
    error = job.end.get()
    job.args = ()  # a helper that comes too late should not keep the arrays from being used again
    if error is not None:
        raise error


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
            look_out(_jobs_offered, seen)
        with contextlib.suppress(BaseException):  # the job keeps it, and its caller raises it
            tickets.get().join()


def _forget_helpers() -> None:
    """Threads do not survive a fork."""
    global _tickets
    _helpers.clear()
    _tickets = SimpleQueue()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_helpers)


@intrinsic
def _read(typingctx, array, index):
    """array[index], read from memory each time: a plain read would be moved out of a loop."""

    def codegen(context, builder, signature, args):
        address = pointer(context, builder, array, index, args)
        return builder.load_atomic(address, ordering="monotonic", align=8)

    return types.int64(array, index), codegen


@intrinsic
def _count(typingctx, array, index):
    """array[index] += 1, as one step among all threads; what it was before."""

    def codegen(context, builder, signature, args):
        address = pointer(context, builder, array, index, args)
        one = context.get_constant(types.int64, 1)
        return builder.atomic_rmw("add", address, one, "seq_cst")

    return types.int64(array, index), codegen


@kernel
def join(slabs) -> int:
    """A number for the thread that calls, from 0 on."""
    return _count(slabs, (JOINED,))


@kernel
def take(slabs) -> int:
    """The number of a slab that no other thread has; -1 if none is left."""
    slab = _count(slabs, (TAKEN,))
    return slab if slab < slabs[COUNT] else -1


@kernel
def finish(slabs) -> bool:
    """Say that a slab is finished; whether it was the last of all."""
    return _count(slabs, (FINISHED,)) == slabs[COUNT] - 1


@kernel
def look_out(flag, seen) -> None:
    """Wait until flag[0] is no longer what was seen, or for a moment."""
    for _ in range(LOOKS):
        if _read(flag, (0,)) != seen:
            return
