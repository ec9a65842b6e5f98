"""Jobs on a Dask cluster, whose workers may be on other machines."""

import contextlib
import logging
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from experiments.data.panel import SalesPanel
from experiments.training.one_job import Weights, run_job
from experiments.training.processes import Submit
from experiments.training.record import Job, Record
from experiments.training.stamp import OtherProgramError, program_stamp
from experiments.words import install, python
from tinylstm.kernels.threads import set_num_threads

CONNECT_SECONDS = 10
CURE = "install the same version there"


class ClusterError(RuntimeError):
    """The cluster cannot be used; the message says what to do."""


class ClusterLostError(RuntimeError):
    """The cluster was lost, or joined by a worker of another program, while jobs ran on it."""


@contextmanager
def submit_to_cluster(
    panel: SalesPanel, address: str, news: Callable[[str], None] = print
) -> Iterator[Submit]:
    """A function that runs a job on the Dask cluster at this address.

    A job whose worker dies is run again on another. Leaving the block early cancels the jobs that
    no worker has begun; `news` is told if there is no worker yet. Raises ClusterError if there is
    no cluster, or a worker of it runs another version of this program; ClusterLostError if that
    comes later.
    """
    try:
        import distributed
    except ImportError:
        raise ClusterError(f"--cluster needs distributed: {install('[cluster]')}") from None
    _silence_log()
    connect: Any = distributed.Client
    try:
        client: Any = connect(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"no Dask scheduler at {address} ({_line(error)}); start one with: "
            f"{python()} -m dask scheduler --host {_host(address)} --no-dashboard"
        ) from None
    with client:
        _refuse_other_programs(client)
        if not client.nthreads():
            worker = f"python -m dask worker {address} --no-dashboard --nthreads 1"
            news(f"no worker yet; on any machine: {worker}")
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
            # As the result of a task, which the scheduler can repeat for a worker that joins later;
            # what is scattered is lost with the last worker that has it.
            shared = client.submit(_same, panel, pure=False)
        executor = client.get_executor(pure=False)

        def submit(job: Job) -> Future[tuple[Record, Weights]]:
            future: Future[tuple[Record, Weights]] = executor.submit(_run, job, shared)
            return future

        try:
            yield submit
        except CancelledError:  # what has become of every job
            raise ClusterLostError(f"the Dask scheduler at {address} was lost") from None
        except OtherProgramError as error:  # of a worker that joined later
            raise ClusterLostError(f"{error}; {CURE}") from None
        except ImportError as error:
            raise ClusterLostError(f"a worker lacks this program ({_line(error)})") from None


def killed_errors() -> tuple[type[Exception], ...]:
    """What a job raises if it was on several workers of a cluster, and all of them died."""
    distributed = sys.modules.get("distributed")
    return (distributed.KilledWorker,) if distributed else ()


def _same(panel: SalesPanel) -> SalesPanel:
    return panel


def _run(job: Job, panel: SalesPanel) -> tuple[Record, Weights]:
    from distributed import get_worker

    set_num_threads(1)
    # The worker's machine may have no part in the folder of checkpoints.
    return run_job(job, panel, None, f"worker {get_worker().address}")


def _refuse_other_programs(client: Any) -> None:
    """Raise ClusterError if a worker has another stamp, or cannot even say which it has."""
    for worker, stamp in client.run(program_stamp, on_error="return").items():
        if isinstance(stamp, Exception):
            raise ClusterError(f"worker {worker} lacks this program ({_line(stamp)}); {CURE}")
        if stamp != program_stamp():
            raise ClusterError(
                f"worker {worker} runs another version of the program ({stamp}, here "
                f"{program_stamp()}); {CURE}"
            )


def _host(address: str) -> str:
    """The interface that is meant: a scheduler that is told none listens on all."""
    with contextlib.suppress(ValueError):
        return urlsplit(address).hostname or "HOST"
    return "HOST"


def _silence_log() -> None:
    """What matters becomes an exception; Dask's log would repeat it with its tracebacks."""
    for name in ("distributed", *logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
