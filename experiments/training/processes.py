"""Where jobs run: processes of this machine, or a Dask cluster, behind the same interface.

Both give an executor of `concurrent.futures`, whose workers hold the data and use one thread.
"""

import logging
import multiprocessing
import multiprocessing.connection
import os
import pickle
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

from experiments.data.panel import SalesPanel
from tinylstm.kernels.threads import set_num_threads

# NumPy's matrix library starts a thread per core unless told otherwise; with a process per core
# that slows every process down, and the sums may then depend on how many cores there are.
THREAD_VARIABLES = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
)
ONE_THREAD = dict.fromkeys(THREAD_VARIABLES, "1")

CONNECT_SECONDS = 10

_panels: dict[str, SalesPanel] = {}  # by hash: the worker of a cluster may serve several commands


class ClusterError(RuntimeError):
    """The cluster cannot be used; the message says what to do."""


class ClusterLostError(RuntimeError):
    """The cluster was lost while jobs ran on it."""


def worker_panel(sha256: str) -> SalesPanel:
    """In a worker: the data of this hash, with which it was started."""
    return _panels[sha256]


def start_worker(panel: SalesPanel) -> None:
    """In a worker: keep the data, and use one thread."""
    _panels[panel.sha256] = panel
    set_num_threads(1)


@contextmanager
def worker_pool(panel: SalesPanel, workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of processes that hold the panel; leaving the block early ends them at once."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    others = set(multiprocessing.active_children())
    os.environ.update(ONE_THREAD)  # inherited by the workers, whose NumPy reads it when it starts
    with tempfile.TemporaryDirectory() as folder:
        # In a file: through the pipe that starts a process, a large panel would block the parent
        # for ever if the process is killed before it has read it.
        path = Path(folder) / "panel"
        path.write_bytes(pickle.dumps(panel))
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(workers, context, _start_process, (path,))
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


def _start_process(panel: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    threading.Thread(target=_end_with_parent, daemon=True).start()
    start_worker(pickle.loads(panel.read_bytes()))


def _end_with_parent() -> None:
    # A parent that was killed cannot end its workers, and they would never notice.
    multiprocessing.connection.wait([multiprocessing.parent_process().sentinel])
    os._exit(1)


@contextmanager
def interrupts_later() -> Iterator[None]:
    """For the start of processes: a Ctrl-C meanwhile comes at the end of the block.

    The processes inherit that it is held back, for it is the parent's to handle. The parent only
    notes it, since another thread of it, such as one of NumPy's, may still receive it.
    """
    can_wait = hasattr(signal, "pthread_sigmask")  # not on Windows
    if not can_wait or threading.current_thread() is not threading.main_thread():
        yield
        return
    resource_tracker.ensure_running()  # its start would let the signal through
    came: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
        for number in came:
            signal.raise_signal(number)


@contextmanager
def cluster(
    panel: SalesPanel, address: str, news: Callable[[str], None] = print
) -> Iterator[Executor]:
    """An executor of the Dask cluster at this address, whose workers hold the panel.

    The panel goes to each worker once, also to workers that join later. A job whose worker dies is
    run again on another. Leaving the block early cancels the jobs that no worker has begun; `news`
    is told if there is no worker yet. Raises ClusterError, ClusterLostError.
    """
    try:
        import distributed
    except ImportError:
        raise ClusterError("--cluster needs distributed: pip install -e '.[cluster]'") from None
    _silence_log()
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"no Dask scheduler at {address} ({_line(error)}); start one with: dask scheduler"
        ) from None
    with client:
        _share(panel, client, address)
        if not client.nthreads():
            news(f"no worker yet; on any machine: dask worker {address} --nthreads 1")
        try:
            yield client.get_executor(pure=False)
        except CancelledError:  # what has become of every job
            raise ClusterLostError(f"the Dask scheduler at {address} was lost") from None
        except ImportError as error:  # of a worker that joined later
            raise _lacking(address, error) from None


def killed_errors() -> tuple[type[Exception], ...]:
    """What a job raises if it was on several workers of a cluster, and all of them died."""
    distributed = sys.modules.get("distributed")
    return (distributed.KilledWorker,) if distributed else ()


def _silence_log() -> None:
    """What matters becomes an exception; Dask's log would repeat it with its tracebacks."""
    for name in ("distributed", *logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _share(panel: SalesPanel, client: Any, address: str) -> None:
    from distributed import WorkerPlugin

    class HoldPanel(WorkerPlugin):
        idempotent = True  # another command may have brought the same data

        def setup(self, worker: Any) -> None:
            start_worker(panel)

    try:
        client.register_plugin(HoldPanel(), name=f"tinylstm-{panel.sha256}")
    except Exception as error:  # Dask makes a plain Exception of whatever a worker raised
        raise _lacking(address, error) from None


def _lacking(address: str, error: Exception) -> ClusterError:
    problem = f"a worker of {address} lacks this program ({_line(error)})"
    return ClusterError(f"{problem}; install it there, the same version")


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
