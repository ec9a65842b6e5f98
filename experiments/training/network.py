"""One network of the study: trained as a recipe says, its forecasts, errors and speed."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from experiments.data.features import N_FEATURES, Study
from experiments.references.metrics import evaluate
from experiments.training.recipes import Recipe, plan
from tinylstm import Adam, LSTMRegressor, Windows, fit
from tinylstm.checkpoint import History
from tinylstm.training import DivergedError

TIMED_PREDICTIONS = 300  # of one window each; the first tenth warms up
TIMED_WINDOWS = 256  # predicted at once, to time the network without the call
TIMED_PASSES = 40  # over these; the first four warm up
DROPOUT_MASKS = 20  # that a forecast with dropout left on is the mean of
LOOKS = 30  # at the test windows while a network is trained, at most
LOOK = 1 / 4  # as many test windows as that share of those that an epoch trains on
SOME_WINDOWS = 10_000  # at equal distances, where all would take long
CORE_SECONDS = "core_seconds"  # of training, in a history; looks at the test are not counted
WARM_UP = 0.02  # share of all steps over which the learning rate rises, from an eleventh of it


def train(
    study: Study,
    recipe: Recipe,
    units: int,
    seed: int,
    report: Callable[[int, History], None] | None = None,
    checkpoint: Path | None = None,
    model: LSTMRegressor | None = None,
) -> tuple[LSTMRegressor, History]:
    """A network trained as the recipe says, and its history, with the test errors of each epoch.

    So that they cost little, they are those of some of the test windows, and if there are many
    epochs, of every second, third or tenth, thirty at most; the epochs in between repeat the last.
    No choice is made by them. A recipe that stops early looks at the validation windows, with its
    own loss.

    A `model` that is given is trained in place, and not a new one.
    `report(epoch, history)` is called after each epoch. For `checkpoint` see `tinylstm.fit`.
    Raises DivergedError if the loss is no longer finite, CheckpointError as `fit` does.
    """

    started = time.process_time()

    def on_epoch(epoch: int, history: History) -> None:
        nonlocal started
        spent = time.process_time() - started
        history.metrics.setdefault(CORE_SECONDS, []).append(spent)
        columns = [history.metrics.setdefault(name, []) for name in Look._fields]
        if epoch in looked_at(epochs) or not columns[0]:
            found = look(network, study, looked_on, recipe.dropout, seed)
        else:
            found = Look(*(column[-1] for column in columns))
        for column, value in zip(columns, found, strict=True):
            column.append(value)
        if report is not None:
            report(epoch, history)
        started = time.process_time()

    def part(windows: np.ndarray) -> tuple[Windows, np.ndarray, np.ndarray | None]:
        level = study.level[windows]
        weights = level / level.mean() if recipe.inputs.by_level else None
        return study.windows[windows], study.y[windows] / level, weights

    epochs, windows_per_epoch, patience = plan(recipe, units, len(study.train))
    looked_on = spaced(study.test, math.ceil(LOOK * windows_per_epoch))
    windows, y, weights = part(study.train)
    network = model or new_network(recipe, units, seed)
    history = fit(
        network,
        windows,
        y,
        epochs=epochs,
        batch_size=recipe.batch_size,
        optimizer=Adam(network.params, recipe.learning_rate, recipe.betas, recipe.eps),
        rng=np.random.default_rng([seed, 1]),  # not the stream that made the weights
        windows_per_epoch=windows_per_epoch,
        weights=weights,
        schedule=cosine(recipe.learning_rate) if recipe.cosine else None,
        on_epoch=on_epoch,
        progress=False,
        checkpoint=checkpoint,
        validation=part(spaced(study.validation, SOME_WINDOWS)) if patience else None,
        patience=patience,
    )
    return network, history


def new_network(recipe: Recipe, units: int, seed: int) -> LSTMRegressor:
    """A network as it is before training."""
    model = LSTMRegressor(N_FEATURES, units, recipe.dense_size, recipe.dropout, seed=seed)
    if recipe.inputs.by_level:
        model.dense2.params["b"][:] = 1  # the first forecast is the window's own level
    return model


class Look(NamedTuple):
    """What a look at test windows finds; the bias is mean forecast minus mean sales, in units."""

    mape: float  # percent
    rmse: float  # units sold
    bias: float
    dropout_on_bias: float  # the same with dropout left on


def look(
    model: LSTMRegressor, study: Study, windows: np.ndarray, dropout: float, seed: int
) -> Look:
    """What the windows with these numbers say.

    The bias with dropout left on takes the masks of some of the windows alone: on these the bias is
    known both ways, and the difference is added to the bias of all. The model's own random numbers
    are not touched.
    """
    y, prediction = study.y[windows], forecast(model, study, windows)
    errors, bias = evaluate(y, prediction), mean_error(y, prediction)
    difference = 0.0
    if dropout:
        some = spaced(np.arange(len(windows)), SOME_WINDOWS)
        masked = LSTMRegressor.from_params(model.stored(), dropout, seed)
        with_dropout = forecast_with_dropout(masked, study, windows[some])
        difference = mean_error(prediction[some], with_dropout)
    return Look(errors.mape, errors.rmse, bias, bias + difference)


def looked_at(epochs: int) -> range:
    """The epochs, from 1, after which the test errors are measured; the last is among them."""
    every = math.ceil(epochs / LOOKS)
    return range((epochs - 1) % every + 1, epochs + 1, every)


def spaced(windows: np.ndarray, most: int) -> np.ndarray:
    """Of these window numbers so many at most, at equal distances, so that they cost little."""
    return windows[:: math.ceil(len(windows) / most)]


def cosine(highest: float) -> Callable[[float], float]:
    """A learning rate that rises over the first steps and falls to zero along half a cosine.

    Loshchilov & Hutter 2017; the rise keeps Adam's first steps, whose moments are poor, small.
    """

    def learning_rate(done: float) -> float:
        if done < WARM_UP:
            return highest * (done + WARM_UP / 10) / (1.1 * WARM_UP)
        return highest * 0.5 * (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP)))

    return learning_rate


def forecast(model: LSTMRegressor, study: Study, windows: np.ndarray) -> np.ndarray:
    """The model's forecasts of the windows with these numbers (n,), in units sold: (n,).

    Raises DivergedError if one of them is not finite.
    """
    forecasts = study.level[windows] * model.predict(study.windows[windows])
    if not np.isfinite(forecasts).all():
        raise DivergedError("the forecasts are no longer finite")
    return forecasts


def forecast_with_dropout(model: LSTMRegressor, study: Study, windows: np.ndarray) -> np.ndarray:
    """As `forecast`, but with dropout left on, as in training: the mean of twenty masks."""
    return study.level[windows] * model.predict_with_dropout(study.windows[windows], DROPOUT_MASKS)


def recalibration(model: LSTMRegressor, study: Study) -> tuple[float, float]:
    """Shift and scale of the last layer that fit some training windows best, by least squares.

    The layer's weights times the scale, and its bias times the scale plus the shift, are a network
    of the same size that forecasts shift * level + scale * forecast. That costs a pass over ten
    thousand windows, and takes nothing from the test. The two numbers undo what turning dropout off
    does to a small network: it stretches the forecasts about some middle. A scale alone does not.
    """
    windows = spaced(study.train, SOME_WINDOWS)
    parts = [study.level[windows], forecast(model, study, windows)]
    factors = np.stack(parts, axis=1, dtype=np.float64)
    line, *_ = np.linalg.lstsq(factors, study.y[windows], rcond=None)  # NumPy 2's default
    return float(line[0]), float(line[1])


def mean_error(y: np.ndarray, forecast: np.ndarray) -> float:
    """The bias of forecasts (N,) of the sales y (N,): mean forecast minus mean sales."""
    return float(np.mean(forecast, dtype=np.float64) - np.mean(y, dtype=np.float64))


def time_prediction(model: LSTMRegressor, x: np.ndarray, repeats: int) -> float:
    """Microseconds per window of predicting the windows x (B, 30, 7): median of the repeats, warm.

    Of one window it is the time of a call; of many that of the network, on one thread.
    """
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        model.predict(x)
        seconds.append(time.perf_counter() - started)
    return 1e6 * float(np.median(seconds[math.ceil(repeats / 10) :])) / len(x)
