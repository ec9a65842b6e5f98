"""The one record of a trained network: what it was made of, what came out, and on which program."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from experiments.references.metrics import Errors
from experiments.references.monthly import Monthly, require_as_many
from experiments.training.methods import Compression
from experiments.training.recipes import Recipe
from experiments.typed_json import to_json
from experiments.words import plural


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
    compression: Compression | None = None  # what becomes of it after its training

    def __post_init__(self) -> None:
        if self.units < 1 or self.seed < 0:
            raise ValueError(f"units must be at least 1 and seeds 0, not {self.units}, {self.seed}")

    @property
    def name(self) -> str:
        """The name of the job's files: readable, and with a hash of all it depends on distinct."""
        settings = {key: value for key, value in to_json(self).items() if key != "data"}
        if self.compression is None:  # a network that is what it was trained to
            del settings["compression"]
        key = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
        return f"lstm{self.units}-seed{self.seed}-{key[:10]}"

    @property
    def setting(self) -> tuple[str, str, Recipe, str, Compression | None]:
        """What networks must share to be compared by size and averaged over seeds."""
        return self.data_sha256, self.split, self.recipe, self.stamp, self.compression

    def __str__(self) -> str:
        dropout = f", dropout {self.recipe.dropout:g}" if self.recipe.dropout else ""
        how = f", {self.compression}" if self.compression else ""
        return f"{self.recipe.name}{dropout}, {plural(self.units, 'unit')}{how}, seed {self.seed}"


@dataclass(frozen=True)
class Epochs:
    """What was measured after each epoch, or if there are many, after some of them.

    Errors and bias are those of some of the test windows; at the last place those of all, of the
    network as it is stored. They are shown, and never used to choose.
    """

    loss: tuple[float, ...]  # mean training loss over the epoch's windows
    seconds: tuple[float, ...]  # of training by the clock, evaluation not counted
    core_seconds: tuple[float, ...]  # the same by what the processor spent, whatever else it did
    mape: tuple[float, ...]  # of the test windows, percent
    rmse: tuple[float, ...]  # of the test windows, units sold
    bias: tuple[float, ...]  # mean forecast minus mean sales of the test windows, units sold
    dropout_on_bias: tuple[float, ...]  # the same with dropout left on
    number: tuple[int, ...]  # of the epoch, from 1

    def __post_init__(self) -> None:
        require_as_many(*(getattr(self, name) for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class SeriesErrors:
    """Errors of each test series; all tuples have a number per series."""

    number: tuple[int, ...]  # the series' place in the panel
    mape: tuple[float, ...]  # percent; NaN where nothing was sold
    rmse: tuple[float, ...]  # units sold

    def __post_init__(self) -> None:
        require_as_many(self.number, self.mape, self.rmse)


@dataclass(frozen=True)
class Bands:
    """Test windows in bands by their forecast, with equal numbers of windows."""

    forecast: tuple[float, ...]  # mean of the band, units sold
    squared_error: tuple[float, ...]  # mean of the band, which Poisson's law has equal to it

    def __post_init__(self) -> None:
        require_as_many(self.forecast, self.squared_error)


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
    recalibrated: Errors  # the same after shift and scale of the last layer were fitted anew
    recalibration: tuple[float, float]  # these two; see `recalibration`
    bias: float  # mean forecast minus mean sales of the test windows, units sold
    dropout_on_bias: float
    recalibrated_bias: float
    train_seconds: float  # of one core, so that other work on the machine does not count
    predict_us: float  # one prediction, median: the call around the network included
    window_us: float  # a window among many, median: the network, hardly any call
    epochs: Epochs
    series: SeriesErrors
    shown: tuple[tuple[float, ...], ...]  # forecasts of the days that a page shows, units sold
    bands: Bands
    monthly: Monthly  # errors by calendar month
    made_with: MadeWith
    model_sha256: str = ""  # of the file of its weights, once there is one
    file_bytes: int = 0  # of that file

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
            "bias": self.bias,
            "dropout_on_mape": self.dropout_on.mape,
            "dropout_on_rmse": self.dropout_on.rmse,
            "dropout_on_bias": self.dropout_on_bias,
            "recalibrated_mape": self.recalibrated.mape,
            "recalibrated_rmse": self.recalibrated.rmse,
            "window_us": self.window_us,
            "file_bytes": self.file_bytes,
        }
