"""One job is one network: a recipe, a size and a seed on one data set. Run many, and resume.

A job that is done leaves two files, `jobs/NAME.json` with its result and `models/NAME.npz` with its
weights; the name holds a hash of everything that the result depends on. So a run that was
interrupted goes on with what is missing, and results of other settings are never mistaken for its.
"""

import functools
import hashlib
import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from experiments.dataset import SalesPanel
from experiments.features import N_FEATURES, STEPS, Study, build_study
from experiments.metrics import evaluate
from experiments.networks import errors_by_series, forecast, time_prediction, train
from experiments.recipes import Recipe
from tinylstm import LSTMRegressor, Windows, fit, model_size
from tinylstm.threads import set_num_threads
from tinylstm.training import DivergedError, History

RESULT_COLUMNS = (
    *("data", "recipe", "split", "dropout", "units", "seed", "n_params", "size_bytes", "epochs"),
    *("train_windows", "test_windows", "mape", "smape", "wape", "rmse", "mae"),
    *("train_seconds", "predict_us"),
)
# NumPy's matrix library starts a thread per core unless told otherwise; with a process per core
# that slows every process down, and the sums may then depend on how many cores there are.
THREAD_VARIABLES = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
)
ONE_THREAD = dict.fromkeys(THREAD_VARIABLES, "1")
SECONDS_OF_SILENCE = 20  # a long job says how far it is, but not more often than this


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


def run_jobs(jobs: Sequence[Job], panel: SalesPanel, out: Path, workers: int) -> Iterator[Outcome]:
    """Run the jobs, largest first, in `workers` processes of one thread each; yield as they end.

    Jobs whose result is in the folder already are yielded at once. When the caller stops early, by
    Ctrl-C for example, the processes are ended; the results so far are in the folder.
    """
    missing = []
    for job in sorted(jobs, key=lambda job: (-job.units, job.seed)):
        result = read_result(job, out)
        if result is None:
            missing.append(job)
        else:
            yield Outcome(job, result)
    if not missing:
        return
    # Once, to the disk, from where all take them; in a process of its own, for the compiler keeps
    # some 100 MB of memory.
    with worker_pool(panel, 1) as pool:
        with interrupts_ignored():
            compiled = pool.submit(compile_kernels)
        compiled.result()
    with worker_pool(panel, min(workers, len(missing))) as pool:
        with interrupts_ignored():
            futures = {pool.submit(run_job, job, out): job for job in missing}
        for future in as_completed(futures):
            try:
                yield Outcome(futures[future], future.result())
            except (DivergedError, MemoryError) as error:
                yield Outcome(futures[future], None, str(error) or "out of memory")


@contextmanager
def worker_pool(panel: SalesPanel, workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of processes that hold the panel; leaving the block early ends them at once."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    others = set(multiprocessing.active_children())
    os.environ.update(ONE_THREAD)  # inherited by the workers, whose NumPy reads it when it starts
    pool = ProcessPoolExecutor(
        workers,
        multiprocessing.get_context("spawn"),
        initializer=start_worker,
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


def start_worker(panel: SalesPanel) -> None:
    """In a new process: keep the panel, use one thread, and leave Ctrl-C to the parent."""
    global _panel
    _panel = panel
    set_num_threads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@functools.cache
def _study(split: str, leaky_scaler: bool, by_level: bool) -> Study:
    return build_study(_panel, split, leaky_scaler, by_level)


def run_job(job: Job, out: Path) -> dict[str, Any]:
    """In a worker: train, evaluate and store one network; its result.

    Raises DivergedError if the loss is no longer finite.
    """
    study = _study(job.split, job.recipe.leaky_scaler, job.recipe.by_level)
    model, history, curve = train(
        study, job.recipe, job.units, job.seed, report=progress_printer(job)
    )
    model_path = out / "models" / f"{job.name}.npz"
    model.save(model_path)
    saved = LSTMRegressor.load(model_path)
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
        "history": asdict(history) | curve,
        "series": errors_by_series(study.series[study.test], y, prediction),
    }
    write_record(out / "jobs" / f"{job.name}.json", record)
    return result


def progress_printer(job: Job) -> Callable[[int, History], None]:
    """An `on_epoch` that prints a line, unless one was printed a moment ago."""
    last = time.monotonic()

    def print_progress(epoch: int, history: History) -> None:
        nonlocal last
        if epoch < job.recipe.epochs and time.monotonic() - last > SECONDS_OF_SILENCE:
            last = time.monotonic()
            done = f"epoch {epoch}/{job.recipe.epochs}, loss {history.loss[-1]:.1f}"
            print(
                f"        {job}: {done}, {sum(history.seconds):.0f} s", file=sys.stderr, flush=True
            )

    return print_progress


def compile_kernels() -> None:
    """One training step and one prediction of the smallest network, for the sake of the cache."""
    model = LSTMRegressor(N_FEATURES, 1)
    x = np.zeros((1, STEPS, N_FEATURES), np.float32)
    windows = Windows(x[0], np.zeros(1, np.int64), STEPS)
    fit(model, windows, np.zeros(1, np.float32), epochs=1, progress=False)
    model.predict(x)


def read_result(job: Job, out: Path) -> dict[str, Any] | None:
    """The stored result of a job, or None if there is none, whole and with its model."""
    has_model = (out / "models" / f"{job.name}.npz").exists()
    return _read_record(out / "jobs" / f"{job.name}.json", "result") if has_model else None


def read_job(model_path: Path) -> Job | None:
    """The job that a model came from, if its record is where `run_job` stores it, else None."""
    folder = model_path.resolve().parent.parent / "jobs"
    settings = _read_record(folder / f"{model_path.stem}.json", "job")
    try:
        return Job(**settings | {"recipe": Recipe(**settings["recipe"])})
    except (KeyError, TypeError):  # no record, or one of other settings than today's
        return None


def read_results(out: Path) -> list[dict[str, Any]]:
    """All results in a folder, of whatever settings."""
    results = [_read_record(path, "result") for path in sorted(out.glob("jobs/*.json"))]
    return [result for result in results if result is not None]


def _read_record(path: Path, part: str) -> dict[str, Any] | None:
    try:
        return json.loads(path.read_text("utf-8"))[part]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_record(path: Path, record: dict[str, Any]) -> None:
    """Store a job's settings, result and history; the file appears whole or not at all."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(record, indent=1), "utf-8")
    os.replace(part, path)
