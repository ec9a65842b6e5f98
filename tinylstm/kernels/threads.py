"""Threads that share the slabs of a batch.

Slabs are handed out as threads come for them. A sleeping thread takes 20 to 60 µs to wake up, or
milliseconds where the system wakes it on its caller's core; so the caller starts at once, and waits
at the end only for slabs that another thread has begun. And a thread without work looks out for
more for a moment before it goes to sleep (4.0 against 2.3 ms for a step of 128 units, on bad days).

Numba's prange was measured too: its OpenMP threads start in 1.4 µs on idle cores, but stall for
8 ms as soon as another process wants one of them; its workqueue takes 90 µs.
"""

import itertools
import os
import threading
from collections.abc import Callable

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

LOOKS = 1_000_000  # at the flag before a thread goes to sleep: a fraction of a millisecond


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_n_threads = _cores()


def set_num_threads(n: int) -> None:
    """Use up to n threads from now on; the results are the same bits for any n.

    Raises ValueError if n is below 1.
    """
    if n < 1:
        raise ValueError(f"the number of threads must be at least 1, not {n}")
    global _n_threads
    _n_threads = n


def get_num_threads() -> int:
    """How many threads may be used: as many as there are cores, unless set otherwise."""
    return _n_threads


@intrinsic
def _read(typingctx, flag):
    """flag[0], read from memory each time, where a plain read would be moved out of the loop."""

    def codegen(context, builder, signature, args):
        array = context.make_array(signature.args[0])(context, builder, args[0])
        zero = [ir.Constant(context.get_value_type(types.intp), 0)]
        pointer = cgutils.get_item_pointer(context, builder, signature.args[0], array, zero)
        return builder.load_atomic(pointer, ordering="monotonic", align=8)

    return types.int64(flag), codegen


@njit(cache=True, nogil=True)
def _look_out(flag: np.ndarray, seen: int) -> None:
    """Wait until flag[0] is no longer what was seen, or for a moment."""
    for _ in range(LOOKS):
        if _read(flag) != seen:
            return


class _Job:
    """A range of slabs, from which threads take pieces until none is left."""

    def __init__(self, kernel: Callable[..., None], count: int, threads: int, args: tuple) -> None:
        self.kernel, self.count, self.args = kernel, count, args
        self.piece = max(1, count // (4 * threads))
        self.starts = itertools.count(0, self.piece)  # next() on it is atomic
        self.error: BaseException | None = None

    def work(self) -> None:
        for first in self.starts:
            if first >= self.count:
                return
            self.kernel(first, min(first + self.piece, self.count), *self.args)


class _Worker:
    """A thread that sleeps until it is given a job."""

    def __init__(self) -> None:
        self.wake = threading.Lock()
        self.wake.acquire()
        self.jobs_given = np.zeros(1, np.int64)
        self.job: tuple[_Job, threading.Lock]  # the lock is held while this thread has slabs
        threading.Thread(target=self._loop, daemon=True).start()

    def give(self, job: _Job) -> threading.Lock:
        working = threading.Lock()
        self.job = job, working
        self.jobs_given[0] += 1
        if self.wake.locked():
            self.wake.release()
        return working

    def _loop(self) -> None:
        seen = 0
        while True:
            _look_out(self.jobs_given, seen)
            self.wake.acquire()
            seen = self.jobs_given[0]
            job, working = self.job
            if not working.acquire(blocking=False):  # too late: the caller has finished the job
                continue
            try:
                job.work()
            except BaseException as error:  # raised again in the calling thread
                job.error = error
            del job
            working.release()


_workers: list[_Worker] = []
_in_use = threading.Lock()


def _forget_workers() -> None:
    """Threads do not survive a fork."""
    global _in_use
    _workers.clear()
    _in_use = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_workers)


def run(kernel: Callable[..., None], count: int, *args: object) -> None:
    """kernel(first, stop, *args) over pieces of range(count); the kernel must release the GIL."""
    threads = min(_n_threads, count)
    if threads <= 1 or not _in_use.acquire(blocking=False):  # a second caller works alone
        return kernel(0, count, *args)
    try:
        while len(_workers) < threads - 1:
            _workers.append(_Worker())
        job = _Job(kernel, count, threads, args)
        others = [worker.give(job) for worker in _workers[: threads - 1]]
        try:
            job.work()
        finally:
            for working in others:
                working.acquire()  # free if that thread never came
            job.args = ()  # the workers remember the job, and should not keep its arrays
        if job.error is not None:
            raise job.error
    finally:
        _in_use.release()
