"""One job in a worker: train a network, or go on with it, test it, and make its record."""

import contextlib
import functools
import platform
import sys
from dataclasses import replace
from pathlib import Path

import llvmlite.binding as llvm
import numpy as np

from experiments.data.features import N_FEATURES, STEPS, Inputs, Study, build_study
from experiments.data.panel import SalesPanel
from experiments.references.metrics import evaluate
from experiments.references.monthly import sum_by_month
from experiments.training.compression import compress
from experiments.training.details import errors_by_series, shown_forecasts, spread_by_band
from experiments.training.folder import DamagedError, model_file, read_result, set_aside
from experiments.training.network import (
    CORE_SECONDS,
    TIMED_PASSES,
    TIMED_PREDICTIONS,
    TIMED_WINDOWS,
    Look,
    forecast,
    forecast_with_dropout,
    looked_at,
    mean_error,
    recalibration,
    time_prediction,
    train,
)
from experiments.training.recipes import Recipe, plan
from experiments.training.record import Epochs, Job, MadeWith, Record
from experiments.training.stamp import LIBRARIES, require_stamp, version
from tinylstm import LSTMRegressor, Windows, fit, model_size
from tinylstm.checkpoint import CheckpointError, History
from tinylstm.kernels import threads

Weights = dict[str, np.ndarray] | bytes  # as a model's file has them


def run_job(
    job: Job, panel: SalesPanel, checkpoints: Path | None, worker: str = "a process"
) -> tuple[Record, Weights]:
    """Train and test one network; its record, and its weights as they are to be stored.

    After each epoch its state goes to the folder `checkpoints`, if there is one, and training goes
    on from what is there. Raises OtherProgramError if the job was made by another version of the
    program, DivergedError if the loss is no longer finite.
    """
    require_stamp(job.stamp, worker)
    compile_kernels()  # or load them, before the clock of a training runs
    study = _study(panel, job.split, job.recipe.inputs)
    if job.compression is not None:
        return run_compression(job, study, panel.dates, checkpoints)
    model, history = train_from_checkpoint(job, study, checkpoints)
    # What is tested is what is stored, with the random stream of dropout as it was at first.
    stored = model.stored()
    saved = LSTMRegressor.from_params(stored, job.recipe.dropout, job.seed)
    return make_record(job, study, panel.dates, saved, history), stored


def run_compression(
    job: Job, study: Study, dates: np.ndarray, checkpoints: Path | None
) -> tuple[Record, Weights]:
    """Make a network smaller and test it; its bytes are those of the packed file."""

    def train_further(study: Study, recipe: Recipe, model: LSTMRegressor) -> History:
        return train_from_checkpoint(job, study, checkpoints, recipe, model)[1]

    def trained(plain: Job) -> LSTMRegressor:
        return trained_network(plain, study, checkpoints)

    found = compress(job, study, trained, train_further)
    record = make_record(job, study, dates, found.model, found.history)
    assert job.compression is not None
    record = replace(record, n_epochs=job.compression.epochs)
    if found.packed is None:
        return record, found.model.stored()
    return replace(record, size_bytes=len(found.packed)), found.packed


def trained_network(job: Job, study: Study, checkpoints: Path | None) -> LSTMRegressor:
    """The network of a plain job: from the folder, or trained again, to the same bits.

    A worker of a cluster may not see the folder.
    """
    if checkpoints is not None:
        out = checkpoints.parent
        with contextlib.suppress(DamagedError):
            if read_result(out, job):
                return LSTMRegressor.load(model_file(out, job), job.recipe.dropout, job.seed)
    return LSTMRegressor.from_params(_trained_again(job, study), job.recipe.dropout, job.seed)


_again: dict[Job, dict[str, np.ndarray]] = {}


def _trained_again(job: Job, study: Study) -> dict[str, np.ndarray]:
    if job not in _again:  # many jobs may begin with the same network
        model, _ = train(study, job.recipe, job.units, job.seed)
        _again[job] = model.stored()
    return _again[job]


@functools.lru_cache(maxsize=2)
def _study(panel: SalesPanel, split: str, inputs: Inputs) -> Study:
    return build_study(panel, split, inputs)


def make_record(
    job: Job, study: Study, dates: np.ndarray, model: LSTMRegressor, history: History
) -> Record:
    """What there is to say of a trained network: its errors, size and speed, and how it learnt.

    All errors but those with dropout left on come from one pass over the test windows.
    """
    y, prediction = study.y[study.test], forecast(model, study, study.test)
    with_dropout = prediction  # where there is none, twenty masks would all be the same
    if job.recipe.dropout:
        with_dropout = forecast_with_dropout(model, study, study.test)
    shift, scale = recalibration(model, study)
    recalibrated = shift * study.level[study.test] + scale * prediction
    size, epochs = model_size(model), plan(job.recipe, job.units, len(study.train))
    one, many = (np.asarray(study.windows[study.test[:n]]) for n in (1, TIMED_WINDOWS))
    errors, errors_with_dropout = evaluate(y, prediction), evaluate(y, with_dropout)
    bias, bias_with_dropout = mean_error(y, prediction), mean_error(y, with_dropout)
    at_last = Look(errors.mape, errors.rmse, bias, bias_with_dropout)
    return Record(
        job=job,
        n_params=size.n_params,
        size_bytes=size.bytes,
        n_epochs=history.epochs,
        train_windows=epochs.windows_per_epoch,
        test_windows=len(y),
        errors=errors,
        dropout_on=errors_with_dropout,
        recalibrated=evaluate(y, recalibrated),
        recalibration=(shift, scale),
        bias=bias,
        dropout_on_bias=bias_with_dropout,
        recalibrated_bias=mean_error(y, recalibrated),
        train_seconds=sum(history.metrics[CORE_SECONDS]),
        predict_us=time_prediction(model, one, TIMED_PREDICTIONS),
        window_us=time_prediction(model, many, TIMED_PASSES),
        epochs=measured(history, looked_at(epochs.epochs), at_last),
        series=errors_by_series(study.series[study.test], y, prediction),
        shown=shown_forecasts(study, prediction),
        bands=spread_by_band(y, prediction),
        monthly=sum_by_month(dates[study.target_day[study.test]], y, prediction),
        made_with=made_with(),
    )


def measured(history: History, epochs: range, at_last: Look) -> Epochs:
    """What was measured after these epochs, or those of them that were reached.

    In the place of the last look at some test windows stands what all of them say, `at_last`, of
    the network as it is stored.
    """
    reached = [epoch for epoch in epochs if epoch <= history.epochs] or [1]

    def at(column: list[float]) -> tuple[float, ...]:
        return tuple(column[epoch - 1] for epoch in reached)

    found = {
        name: (*at(history.metrics[name])[:-1], last) for name, last in at_last._asdict().items()
    }
    times = at(history.seconds), at(history.metrics[CORE_SECONDS])
    return Epochs(at(history.loss), *times, **found, number=tuple(reached))


def train_from_checkpoint(
    job: Job,
    study: Study,
    checkpoints: Path | None,
    recipe: Recipe | None = None,
    model: LSTMRegressor | None = None,
) -> tuple[LSTMRegressor, History]:
    """Train a job's network, from its last checkpoint if there is one that can be read.

    A model that is given is trained by the recipe that is.
    """
    path = checkpoints / f"{job.name}.npz" if checkpoints else None
    arguments = study, recipe or job.recipe, job.units, job.seed, None, path, model
    try:
        return train(*arguments)
    except CheckpointError as error:
        assert path is not None
        aside = set_aside(path.parents[1], job.name)
        tell(f"{error}; set aside in {aside}, and trained anew")
        return train(*arguments)


def tell(text: str) -> None:
    """A line for the person who waits; a worker has no other way to say it."""
    print(text, file=sys.stderr, flush=True)


def made_with() -> MadeWith:
    """What may change the last bits of a result: the libraries, and the type of processor."""
    versions = {name: version(name) for name in LIBRARIES}
    return MadeWith(
        python=platform.python_version(), processor=llvm.get_host_cpu_name(), **versions
    )


@functools.cache
def compile_kernels() -> None:
    """One training step and one prediction of the smallest network; its code then is on disk."""
    model = LSTMRegressor(N_FEATURES, 1)
    x = np.zeros((1, STEPS, N_FEATURES), np.float32)
    windows = Windows(x[0], np.zeros(1, np.int64), STEPS)
    fit(model, windows, np.zeros(1, np.float32), epochs=1, progress=False)
    model.predict(x)
    threads.look_out(np.ones(1, np.int64), 0)  # one thread alone would never come to it
