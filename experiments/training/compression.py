"""A network made smaller, and trained again as it is to be stored."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from experiments.data.features import Study
from experiments.training.methods import FLOAT, Compression
from experiments.training.network import CORE_SECONDS, SOME_WINDOWS, forecast, look, spaced
from experiments.training.recipes import Recipe, plan
from experiments.training.record import Job
from tinylstm import LSTMRegressor
from tinylstm.checkpoint import History
from tinylstm.compression.lowrank import factor
from tinylstm.compression.packed import pack
from tinylstm.compression.projected import (
    Params,
    ProjectedRegressor,
    Projection,
    pruning,
    without_units,
)
from tinylstm.compression.quantize import Quantized, quantize

Trained = Callable[[Job], LSTMRegressor]
Train = Callable[[Study, Recipe, LSTMRegressor], History]


class Compressed(NamedTuple):
    """A network that is smaller now."""

    model: LSTMRegressor  # with the weights that are stored
    history: History  # of the training after it was made smaller
    packed: bytes | None  # the packed file; None of float32 weights


def compress(job: Job, study: Study, trained: Trained, train: Train) -> Compressed:
    """Make a network smaller as the job says.

    `trained(job)` is the network of a job without compression; `train(study, recipe, model)` trains
    a model in place.
    """
    how = job.compression
    assert how is not None
    plain = replace(job, compression=None)
    params: Params = trained(replace(plain, units=how.wider or job.units)).params
    if how.wider:
        params = without_units(params, job.units)
    if how.teacher:
        study = taught(study, trained(replace(plain, units=how.teacher)))
    model = ProjectedRegressor.from_params(params, job.recipe.dropout, job.seed)
    model.projection = projection(how)
    if how.epochs:
        history = train(study, fine_recipe(job, len(study.train)), model)
    else:
        history = no_training(model, study, job)
    if how.bits == FLOAT:
        return Compressed(stored_model(model.params, job), history, None)
    network = rounded(model.params, how)
    return Compressed(stored_model(network.params, job), history, pack(network))


def projection(how: Compression) -> Projection:
    """The weights with which the network computes, by those that it learns."""
    if how.bits == FLOAT:
        return dict
    return lambda params: rounded(params, how).params


def rounded(params: Params, how: Compression) -> Quantized:
    """Whole numbers for such parameters: pruned, factored and rounded."""
    return quantize(factor(pruning(how.sparsity)(params), how.rank), how.bits, how.per)


def stored_model(params: Params, job: Job) -> LSTMRegressor:
    """A model with these weights, the random stream of its dropout as at first."""
    return LSTMRegressor.from_params(params, job.recipe.dropout, job.seed)


def taught(study: Study, teacher: LSTMRegressor) -> Study:
    """The study with a teacher's forecasts in the place of the sales that are trained on.

    They hold no chance: what is left to learn is the mean (Hinton, Vinyals & Dean 2015). The sales
    by which the network is judged are as they were.
    """
    y = study.y.copy()
    y[study.train] = forecast(teacher, study, study.train)
    return replace(study, y=y)


def fine_recipe(job: Job, n_train: int) -> Recipe:
    """The recipe for the training after the network was made smaller."""
    assert job.compression is not None
    return replace(
        job.recipe,
        learning_rate=job.compression.learning_rate,
        epochs=job.compression.epochs,
        windows_per_epoch=plan(job.recipe, job.units, n_train).windows_per_epoch,
        by_size=False,
    )


def no_training(model: LSTMRegressor, study: Study, job: Job) -> History:
    """The history of a network that is not trained again: its loss as it is, in no time."""
    some = spaced(study.train, SOME_WINDOWS)
    level = study.level[some]
    weights = level / level.mean() if job.recipe.inputs.by_level else np.ones_like(level)
    error = model.predict(study.windows[some]) - study.y[some] / level
    found = look(model, study, spaced(study.test, SOME_WINDOWS), 0.0, job.seed)._asdict()
    metrics = {CORE_SECONDS: [0.0]} | {name: [value] for name, value in found.items()}
    return History([float(np.mean(weights * error**2))], [0.0], metrics)
