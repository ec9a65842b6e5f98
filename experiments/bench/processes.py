"""Each library in a process of its own, which is stopped while another is timed.

The threads of some go on spinning after their work (PyTorch's do, for a fifth of a second) and
would take a core from whoever comes next; two libraries in one process also share what they set.
"""

import contextlib
import itertools
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import numpy as np

from experiments.bench.contenders import (
    Batches,
    Contender,
    Results,
    Weights,
    predict_and_train,
)
from experiments.bench.peak import measure_peak

WARM_UP = 0.1  # of a slot: threads wake up, caches fill


class Slot(NamedTuple):
    """What a contender did in its turn."""

    seconds: float  # that a step took: the median
    processor_seconds: float  # that its process used since the last slot


class Host:
    """Does what it is told with a contender, in its process."""

    def __init__(self, contender: type[Contender], threads: int) -> None:
        self.make_contender, self.threads = contender, threads
        self.version = contender.start(threads)
        self.used = 0.0

    def describe(self) -> tuple[str, tuple[str, ...]]:
        """Name and version of the library, and the tasks that are worth timing."""
        return self.version, self.make_contender.tasks

    def work(self, weights: Weights, batches: Batches) -> Results:
        """What the contender computes, for a comparison: dropout off."""
        return predict_and_train(self.make_contender(weights, 0.0), batches)

    def make(self, weights: Weights, dropout: float) -> None:
        """Begin with these weights."""
        self.contender = self.make_contender(weights, dropout)

    def prepare(self, task: str, arguments: list[tuple], compile_first: bool) -> None:
        """From now on a step is the task with the next of the arguments, round and round."""
        self.step = in_turn(getattr(self.contender, task), arguments)
        if compile_first:
            self.step()
        self.used = time.process_time()

    def slot(self, seconds: float) -> Slot:
        """Steps for so many seconds, at least one."""
        warm, end = (time.perf_counter() + seconds * share for share in (WARM_UP, 1 + WARM_UP))
        while time.perf_counter() < warm:
            self.step()
        ticks = [time.perf_counter()]
        while len(ticks) == 1 or ticks[-1] < end:
            self.step()
            ticks.append(time.perf_counter())
        used, self.used = self.used, time.process_time()
        return Slot(float(np.median(np.diff(ticks))), self.used - used)

    def peak(self, seconds: float) -> float:
        """GFLOP/s of multiply-adds in registers."""
        return measure_peak(self.threads, seconds)


def in_turn(function: Callable[..., object], arguments: list[tuple]) -> Callable[[], object]:
    """A step without arguments: it calls the function with the next of them, round and round."""
    cycle = itertools.cycle(arguments)
    return lambda: function(*next(cycle))


class ContenderError(RuntimeError):
    """A library failed in its process; the message says which, and how."""


class Child:
    """A host in a process of its own, which runs only while it is called."""

    def __init__(
        self, name: str, contender: type[Contender], threads: int, environment: dict[str, str]
    ) -> None:
        self.name = name
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs, contender, threads), daemon=True)
        with held_to(environment, threads):
            self.process.start()
        theirs.close()
        try:
            self.version, self.tasks = self._answer()
        except BaseException:  # Python would wait for a stopped process when it exits
            self.end()
            raise

    def call(self, method: str, *args: Any) -> Any:
        """What a method of the host returns. Raises ContenderError if it raises, or the process
        is gone.
        """
        self._signal("SIGCONT")
        self.connection.send((method, args))
        return self._answer()

    def _answer(self) -> Any:
        try:
            worked, result = self.connection.recv()
        except EOFError:
            worked, result = False, "its process ended"
        self._signal("SIGSTOP")
        if not worked:
            raise ContenderError(f"{self.name} failed: {result}")
        return result

    def _signal(self, name: str) -> None:
        # Where a system has no such signal (Windows), the process is only left alone.
        if hasattr(signal, name) and self.process.is_alive() and self.process.pid:
            os.kill(self.process.pid, getattr(signal, name))

    def end(self) -> None:
        """End the process, at once: a stopped one would not hear anything else."""
        self.process.kill()
        self.process.join()


def serve(connection: Connection, contender: type[Contender], threads: int) -> None:
    """The process of a contender: it answers calls until nobody calls any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this one
    host: Host | None = None
    method, args = "describe", ()
    with contextlib.suppress(EOFError):
        while True:
            try:
                host = host or Host(contender, threads)
                answer = True, getattr(host, method)(*args)
            except Exception as error:
                answer = False, f"{type(error).__name__}: {error}"
            connection.send(answer)
            method, args = connection.recv()


@contextlib.contextmanager
def held_to(variables: dict[str, str], cores: int) -> Iterator[None]:
    """These environment variables and so many cores, for the processes that are started meanwhile.

    Some libraries start as many threads as they find cores, whatever they are told.
    """
    before = dict(os.environ)
    os.environ.update(variables)
    all_cores = os.sched_getaffinity(0) if hasattr(os, "sched_setaffinity") else set()
    try:
        if all_cores:
            os.sched_setaffinity(0, sorted(all_cores)[:cores])
        yield
    finally:
        if all_cores:
            os.sched_setaffinity(0, all_cores)
        os.environ.clear()
        os.environ.update(before)
