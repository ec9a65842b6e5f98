"""The one record of a trained network: what it was made of, what came out, and on which program."""

import hashlib
import json
from collections.abc import Mapping, Sized
from dataclasses import asdict, dataclass
from typing import Any

from experiments.references.metrics import Errors
from experiments.training.recipes import Recipe
from experiments.typed_json import to_json


@dataclass(frozen=True)
class Job:
    """One network to be trained: everything that its result depends on, and the data's name."""

    data: str  # name of the data, for people; the same data under another name are the same job
    data_sha256: str
    split: str
    recipe: Recipe
    units: int
    seed: int
    stamp: str  # of the program, see `stamp.py`

    def __post_init__(self) -> None:
        if self.units < 1 or self.seed < 0:
            raise ValueError(f"units must be at least 1 and seeds 0, not {self.units}, {self.seed}")

    @property
    def name(self) -> str:
        """The name of the job's files: readable, and with a hash of all it depends on distinct."""
        settings = {key: value for key, value in to_json(self).items() if key != "data"}
        key = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
        return f"lstm{self.units}-seed{self.seed}-{key[:10]}"

    @property
    def setting(self) -> tuple[str, str, Recipe, str]:
        """What networks must share to be compared by size and averaged over seeds."""
        return self.data_sha256, self.split, self.recipe, self.stamp

    def __str__(self) -> str:
        return f"{self.units} units, seed {self.seed}"


@dataclass(frozen=True)
class Epochs:
    """What was measured after each epoch, or if there are many, after some of them."""

    loss: tuple[float, ...]  # mean training loss over the epoch's windows
    seconds: tuple[float, ...]  # of training, evaluation not counted
    mape: tuple[float, ...]  # of the test windows, percent; shown, and never used to choose
    rmse: tuple[float, ...]  # of the test windows, units sold
    number: tuple[int, ...]  # of the epoch, from 1

    def __post_init__(self) -> None:
        _require_as_many(self.loss, self.seconds, self.mape, self.rmse, self.number)


@dataclass(frozen=True)
class SeriesErrors:
    """Errors of each test series; all tuples have a number per series."""

    number: tuple[int, ...]  # the series' place in the panel
    mape: tuple[float, ...]  # percent; NaN where nothing was sold
    rmse: tuple[float, ...]  # units sold

    def __post_init__(self) -> None:
        _require_as_many(self.number, self.mape, self.rmse)


@dataclass(frozen=True)
class Bands:
    """Test windows in bands by their forecast, with equal numbers of windows."""

    forecast: tuple[float, ...]  # mean of the band, units sold
    squared_error: tuple[float, ...]  # mean of the band, which Poisson's law has equal to it

    def __post_init__(self) -> None:
        _require_as_many(self.forecast, self.squared_error)


@dataclass(frozen=True)
class MadeWith:
    """What may change the last bits of a result, beside the program itself."""

    python: str
    numpy: str
    numba: str
    llvmlite: str
    processor: str


@dataclass(frozen=True)
class Record:
    """A trained and tested network. Errors are those of the stored float32 weights."""

    job: Job
    n_params: int
    size_bytes: int
    n_epochs: int  # in which the network was trained
    train_windows: int  # per epoch
    test_windows: int
    errors: Errors  # on the test windows
    dropout_on: Errors  # the same with dropout left on in the forecast, as in training
    train_seconds: float
    predict_us: float  # one prediction, median
    epochs: Epochs
    series: SeriesErrors
    shown: tuple[tuple[float, ...], ...]  # forecasts of the days that a page shows, units sold
    bands: Bands
    made_with: MadeWith
    model_sha256: str = ""  # of the file of its weights, once there is one

    def __post_init__(self) -> None:
        if min(self.n_params, self.size_bytes, self.train_windows, self.test_windows) < 1:
            raise ValueError("counts of parameters, bytes and windows must be at least 1")

    @property
    def units(self) -> int:
        """Hidden size."""
        return self.job.units

    @property
    def seed(self) -> int:
        """Seed of weights, shuffling and dropout."""
        return self.job.seed

    def row(self) -> Mapping[str, Any]:
        """The record as a row of results.csv."""
        job, recipe, errors = self.job, self.job.recipe, asdict(self.errors)
        deviance = errors.pop("deviance")  # the latest column: none before it changes its place
        return {
            "data": job.data,
            "recipe": recipe.name,
            "split": job.split,
            "dropout": recipe.dropout,
            "units": job.units,
            "seed": job.seed,
            "n_params": self.n_params,
            "size_bytes": self.size_bytes,
            "epochs": self.n_epochs,
            "train_windows": self.train_windows,
            "test_windows": self.test_windows,
            **errors,
            "train_seconds": self.train_seconds,
            "predict_us": self.predict_us,
            "deviance": deviance,
        }


def _require_as_many(*columns: Sized) -> None:
    """Columns of one table must be equally long."""
    if len(set(map(len, columns))) > 1:
        raise ValueError(f"there are not as many values in each column: {[*map(len, columns)]}")
