"""Jobs in processes of this machine, one thread each."""

import functools
import multiprocessing
import multiprocessing.connection
import os
import pickle
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from experiments.data.panel import SalesPanel
from experiments.training.interrupts import held_back, leave_signals_to_parent
from experiments.training.one_job import Weights, compile_kernels, run_job
from experiments.training.record import Job, Record
from tinylstm.files import naming
from tinylstm.interrupts import check_interrupt
from tinylstm.kernels.cache import compile_quietly, needs_compiling
from tinylstm.kernels.threads import set_num_threads

T = TypeVar("T")

Submit = Callable[[Job], Future[tuple[Record, Weights]]]

# NumPy's matrix library starts a thread per core unless told otherwise; with a process per core
# that slows every process down, and the sums may then depend on how many cores there are.
THREAD_VARIABLES = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
)
ONE_THREAD = dict.fromkeys(THREAD_VARIABLES, "1")
SECONDS_TO_END = 5  # that a process is given, when it is told to


@contextmanager
def stored_panel(panel: SalesPanel) -> Iterator[Path]:
    """The path of a file with the panel, for `submit_to_processes`.

    A large panel in the pipe that starts a process would block the parent for ever if the process
    is killed before it has read it.
    """
    with tempfile.TemporaryDirectory(prefix="tinylstm-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "panel"
        with naming(path), open(path, "wb") as file:
            pickle.dump(panel, file)
        yield path


@contextmanager
def submit_to_processes(panel: Path, workers: int, checkpoints: Path) -> Iterator[Submit]:
    """A function that runs a job in one of so many processes, each with the panel of that file.

    Its future raises BrokenExecutor if a process is killed. Leaving the block early ends all.
    """
    with process_pool(workers, panel.parent) as pool:
        yield lambda job: submit(pool, _run, job, panel, checkpoints)


def submit(pool: ProcessPoolExecutor, function: Callable[..., T], *arguments: Any) -> Future[T]:
    """Submit work. Raises BrokenExecutor also if a process dies while it starts.

    The system calls that a broken pipe, as if the reader of our own output had gone.
    """
    try:
        return pool.submit(function, *arguments)
    except BrokenPipeError:
        raise BrokenExecutor("a process died while it started") from None


def compile_in_a_process(waiting: Callable[[float], None]) -> None:
    """Compile the kernels once, to the disk, from where all processes take them.

    In a process of its own, for the compiler keeps some 100 MB. `waiting` is called each second
    with the seconds so far, unless the kernels are kept already. Raises BrokenExecutor if the
    process is killed.
    """
    started, compiles = time.monotonic(), needs_compiling()
    with process_pool(1) as pool:
        with held_back():
            compiled = submit(pool, _compile, compiles)
        while wait([compiled], timeout=1).not_done:
            check_interrupt()
            if compiles:
                waiting(time.monotonic() - started)
        compiled.result()


def _compile(is_watched: bool) -> None:
    if is_watched:  # by somebody who sees the seconds count
        compile_quietly()
    compile_kernels()


@contextmanager
def process_pool(workers: int, leftovers: Path | None = None) -> Iterator[ProcessPoolExecutor]:
    """A pool of processes; leaving the block early ends them at once.

    If this process is killed they end too, and the last thing they do is to remove `leftovers`.
    """
    with held_back():
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(workers, context, _start, (leftovers,))
    others = set(multiprocessing.active_children())
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)  # inherited by the workers, whose NumPy reads it when it starts
    try:
        yield pool
        pool.shutdown()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        processes = set(multiprocessing.active_children()) - others
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(SECONDS_TO_END)
        raise
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def _start(leftovers: Path | None) -> None:
    leave_signals_to_parent()
    threading.Thread(target=_end_with_parent, args=(leftovers,), daemon=True).start()
    set_num_threads(1)


def _end_with_parent(leftovers: Path | None) -> None:
    # A parent that was killed cannot end its workers, and they would never notice.
    parent = multiprocessing.parent_process()
    assert parent is not None
    multiprocessing.connection.wait([parent.sentinel])
    if leftovers is not None:
        shutil.rmtree(leftovers, ignore_errors=True)
    os._exit(1)


def _run(job: Job, panel: Path, checkpoints: Path) -> tuple[Record, Weights]:
    return run_job(job, _load(panel), checkpoints)


@functools.lru_cache(maxsize=1)
def _load(panel: Path) -> SalesPanel:
    loaded: SalesPanel = pickle.loads(panel.read_bytes())
    return loaded
