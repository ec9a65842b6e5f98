"""Where jobs run: processes of this machine, or a Dask cluster, behind the same interface.

Both give an executor of `concurrent.futures`, whose workers hold the data and use one thread.
"""

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from experiments.dataset import SalesPanel
from tinylstm.threads import set_num_threads

# NumPy's matrix library starts a thread per core unless told otherwise; with a process per core
# that slows every process down, and the sums may then depend on how many cores there are.
THREAD_VARIABLES = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
)
ONE_THREAD = dict.fromkeys(THREAD_VARIABLES, "1")

CONNECT_SECONDS = 10

_panel: SalesPanel | None = None


class ClusterError(RuntimeError):
    """The cluster cannot be reached, or was lost; the message says what to do."""


def worker_panel() -> SalesPanel:
    """In a worker: the data that it was started with."""
    return _panel


def start_worker(panel: SalesPanel) -> None:
    """In a worker: keep the data, and use one thread."""
    global _panel
    _panel = panel
    set_num_threads(1)


@contextmanager
def worker_pool(panel: SalesPanel, workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of processes that hold the panel; leaving the block early ends them at once."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    others = set(multiprocessing.active_children())
    os.environ.update(ONE_THREAD)  # inherited by the workers, whose NumPy reads it when it starts
    pool = ProcessPoolExecutor(
        workers,
        multiprocessing.get_context("spawn"),
        initializer=_start_process,
        initargs=(panel,),
    )
    try:
        yield pool
        pool.shutdown()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def _start_process(panel: SalesPanel) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    threading.Thread(target=_end_with_parent, daemon=True).start()
    start_worker(panel)


def _end_with_parent() -> None:
    # A parent that was killed cannot end its workers, and they would never notice.
    multiprocessing.connection.wait([multiprocessing.parent_process().sentinel])
    os._exit(1)


@contextmanager
def interrupts_ignored() -> Iterator[None]:
    """For the start of processes, which inherit it: Ctrl-C is the parent's to handle."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread has a say in signals
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def cluster(panel: SalesPanel, address: str) -> Iterator[Executor]:
    """An executor of the Dask cluster at this address, whose workers hold the panel.

    The panel goes to each worker once, also to workers that join later. Raises ClusterError.
    """
    try:
        import distributed
    except ImportError:
        raise ClusterError("--cluster needs distributed: pip install -e '.[cluster]'") from None
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ClusterError(f"no scheduler at {address} ({reason}); start one first") from None
    with client:
        client.register_plugin(_panel_plugin(panel), name="tinylstm")
        yield client.get_executor(pure=False)


def _panel_plugin(panel: SalesPanel) -> Any:
    from distributed import WorkerPlugin

    class HoldPanel(WorkerPlugin):
        def setup(self, worker: Any) -> None:
            start_worker(panel)

    return HoldPanel()
