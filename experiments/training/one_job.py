"""One job is one network: a recipe, a size and a seed on one data set. Run many, and resume.

A job that is done leaves two files, `jobs/NAME.json` with its result and `models/NAME.npz` with its
weights; the name holds a hash of everything that the result depends on. So a run that was
interrupted goes on with what is missing, and results of other settings are never mistaken for its.
A job that is not done leaves the checkpoint of its last epoch, `checkpoints/NAME.npz`.
"""

import functools
import hashlib
import importlib.metadata
import json
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, as_completed
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numpy as np

from experiments.analysis.groups import is_current
from experiments.data.features import N_FEATURES, STEPS, Study, build_study
from experiments.data.panel import SalesPanel
from experiments.references.metrics import evaluate
from experiments.training.closeup import closeup
from experiments.training.folder import (
    DamagedError,
    read_record,
    read_result,
    set_aside,
    write_result,
)
from experiments.training.network import forecast, forecast_with_dropout, time_prediction, train
from experiments.training.recipes import Recipe
from experiments.training.workers import (
    cluster,
    interrupts_later,
    killed_errors,
    worker_panel,
    worker_pool,
)
from tinylstm import LSTMRegressor, Windows, fit, model_size
from tinylstm.checkpoint import CheckpointError, History
from tinylstm.training import DivergedError

LIBRARIES = ("numpy", "numba", "llvmlite")
SECONDS_OF_SILENCE = 20  # a long job says how far it is, but not more often than this
TRIES = 3  # of all jobs that are left, when processes are killed


@dataclass(frozen=True)
class Job:
    """Everything that a result depends on."""

    data: str
    data_sha256: str
    split: str
    recipe: Recipe
    units: int
    seed: int

    @property
    def name(self) -> str:
        """The name of the job's files: readable, and with a hash of all settings unmistakable."""
        settings = json.dumps(asdict(self), sort_keys=True)
        key = hashlib.sha256(settings.encode()).hexdigest()[:10]
        return f"lstm{self.units}-seed{self.seed}-{key}"

    def __str__(self) -> str:
        return f"{self.units} units, seed {self.seed}"


@dataclass(frozen=True)
class Outcome:
    """What became of a job: a result (a dictionary of RESULT_COLUMNS), or why there is none."""

    job: Job
    result: dict[str, Any] | None
    failure: str = ""


def run_jobs(
    jobs: Sequence[Job],
    panel: SalesPanel,
    out: Path,
    workers: int,
    address: str | None = None,
    news: Callable[[str], None] = print,
) -> Iterator[Outcome]:
    """Run the jobs, largest first, and yield them as they end.

    They run in `workers` processes of this machine, or on the Dask cluster at `address`. Jobs whose
    result is in the folder already are yielded at once. Files that are damaged are set aside, and
    their jobs run again; `news` gets a sentence about that. When the caller stops early, by Ctrl-C
    for example, the processes are ended; results and checkpoints so far are in the folder.
    Raises OSError if the folder cannot be written to, ClusterError if the cluster cannot be used,
    ClusterLostError if it is lost.
    """
    missing = []
    for job in sorted(jobs, key=lambda job: (-job.units, job.seed)):
        try:
            record = read_result(out, job.name)
        except DamagedError as error:
            news(f"{error}; set aside in {set_aside(out, job.name)}, and done again")
            record = None
        if record is None or not is_current(record):
            missing.append(job)
        else:
            yield Outcome(job, record["result"])
    if not missing:
        return
    if address is not None:  # its workers may be on machines that have no part in the folder
        yield from _survive(lambda: cluster(panel, address, news), missing, out, None, news)
        return
    # Once, to the disk, from where all take them; in a process of its own, for the compiler keeps
    # some 100 MB of memory.
    with worker_pool(panel, 1) as pool:
        with interrupts_later():
            compiled = pool.submit(compile_kernels)
        compiled.result()
    workers = min(workers, len(missing))
    yield from _survive(
        lambda: worker_pool(panel, workers), missing, out, out / "checkpoints", news
    )


def _survive(
    make_pool: Callable[[], AbstractContextManager[Executor]],
    jobs: list[Job],
    out: Path,
    checkpoints: Path | None,
    news: Callable[[str], None],
) -> Iterator[Outcome]:
    """Run the jobs in a pool, and in a new one if one of its processes is killed."""
    tries = 0  # since a job was last done
    while tries < TRIES:
        try:
            with make_pool() as pool:
                for outcome in _collect(pool, jobs, out, checkpoints):
                    jobs = [job for job in jobs if job != outcome.job]
                    tries = 0
                    yield outcome
            return
        except BrokenExecutor:
            tries += 1
            news("a worker process was killed, perhaps for lack of memory; going on in a new one")
    for job in jobs:
        yield Outcome(job, None, f"processes were killed {TRIES} times; try fewer --workers")


def _collect(
    executor: Executor, jobs: Sequence[Job], out: Path, checkpoints: Path | None
) -> Iterator[Outcome]:
    with interrupts_later():
        futures = {executor.submit(run_job, job, checkpoints): job for job in jobs}
    for future in as_completed(futures):
        job = futures[future]
        try:
            record, weights = future.result()
        except (DivergedError, MemoryError) as error:
            yield Outcome(job, None, str(error) or "out of memory")
            continue
        except killed_errors():
            yield Outcome(job, None, "every worker that tried it was killed")
            continue
        write_result(out, job.name, record, weights)
        (out / "checkpoints" / f"{job.name}.npz").unlink(missing_ok=True)
        yield Outcome(job, record["result"])


@functools.lru_cache(maxsize=2)
def _study(data_sha256: str, split: str, leaky_scaler: bool, by_level: bool) -> Study:
    return build_study(worker_panel(data_sha256), split, leaky_scaler, by_level)


def run_job(job: Job, checkpoints: Path | None) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """In a worker: train and evaluate one network; its record, and its weights as stored.

    After each epoch its state goes to the folder `checkpoints`, if there is one, and training goes
    on from what is there. Raises DivergedError if the loss is no longer finite.
    """
    compile_kernels()  # or load them, before the clock of a training runs
    study = _study(job.data_sha256, job.split, job.recipe.leaky_scaler, job.recipe.by_level)
    model, history = train_from_checkpoint(job, study, checkpoints)
    # What is judged is what is stored, with the random stream of dropout as it was at first.
    saved = LSTMRegressor.from_params(model.stored(), job.recipe.dropout, job.seed)
    y, prediction = study.y[study.test], forecast(saved, study)
    size = model_size(saved)
    result = {
        "data": job.data,
        "recipe": job.recipe.name,
        "split": job.split,
        "dropout": job.recipe.dropout,
        "units": job.units,
        "seed": job.seed,
        "n_params": size.n_params,
        "size_bytes": size.bytes,
        "epochs": job.recipe.epochs,
        "train_windows": min(len(study.train), job.recipe.windows_per_epoch or len(study.train)),
        "test_windows": len(y),
        **evaluate(y, prediction),
        "train_seconds": sum(history.seconds),
        "predict_us": time_prediction(saved, np.asarray(study.windows[study.test[:1]])),
    }
    record = {
        "job": asdict(job),
        "result": result,
        "history": {"loss": history.loss, "seconds": history.seconds, **history.metrics},
        "dropout_on": evaluate(y, forecast_with_dropout(saved, study)),
        **closeup(study, prediction),
        "made_with": made_with(),
    }
    return record, model.stored()


def train_from_checkpoint(
    job: Job, study: Study, checkpoints: Path | None
) -> tuple[LSTMRegressor, History]:
    """Train a job's network, from its last checkpoint if there is one that can be read."""
    path = checkpoints / f"{job.name}.npz" if checkpoints else None
    arguments = study, job.recipe, job.units, job.seed, progress_printer(job), path
    try:
        return train(*arguments)
    except CheckpointError as error:
        aside = set_aside(checkpoints.parent, job.name)
        print(f"{error}; set aside in {aside}, and trained anew", file=sys.stderr, flush=True)
        return train(*arguments)


def made_with() -> dict[str, str]:
    """What may change the last bits of a result: the libraries, and the type of processor."""
    versions = {name: importlib.metadata.version(name) for name in LIBRARIES}
    return {"python": platform.python_version(), **versions, "processor": llvm.get_host_cpu_name()}


def progress_printer(job: Job) -> Callable[[int, History], None]:
    """An `on_epoch` that prints a line, unless one was printed a moment ago."""
    last = time.monotonic()

    def print_progress(epoch: int, history: History) -> None:
        nonlocal last
        if epoch < job.recipe.epochs and time.monotonic() - last > SECONDS_OF_SILENCE:
            last = time.monotonic()
            done = f"epoch {epoch}/{job.recipe.epochs}, loss {history.loss[-1]:.3g}"
            print(
                f"        {job}: {done}, {sum(history.seconds):.0f} s", file=sys.stderr, flush=True
            )

    return print_progress


@functools.cache
def compile_kernels() -> None:
    """One training step and one prediction of the smallest network; its code then is on disk."""
    model = LSTMRegressor(N_FEATURES, 1)
    x = np.zeros((1, STEPS, N_FEATURES), np.float32)
    windows = Windows(x[0], np.zeros(1, np.int64), STEPS)
    fit(model, windows, np.zeros(1, np.float32), epochs=1, progress=False)
    model.predict(x)


def read_job(model_path: Path) -> Job | None:
    """The job that a model came from, if its record lies where a sweep puts it, else None."""
    folder = model_path.resolve().parent.parent / "jobs"
    try:
        settings = read_record(folder / f"{model_path.stem}.json")["job"]
        return Job(**settings | {"recipe": Recipe(**settings["recipe"])})
    except (OSError, DamagedError, KeyError, TypeError):  # none, or one of other settings
        return None
