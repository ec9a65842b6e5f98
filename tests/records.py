"""Runs without training: overviews and records as the study stores them, from a few numbers."""

import dataclasses
import hashlib
from typing import Any

import numpy as np

from experiments.analysis.groups import KAGGLE_SHA256, Group, Run
from experiments.references.forecasts import Reference
from experiments.references.law import LawCheck, Statistic
from experiments.references.metrics import Errors
from experiments.references.monthly import Monthly
from experiments.references.overview import Overview, ShownSeries
from experiments.training.folder import FOLDERS, write_overview, write_result
from experiments.training.recipes import PAPER
from experiments.training.record import Bands, Epochs, Job, MadeWith, Record, SeriesErrors
from tinylstm.parameters import count_parameters
from tinylstm.weights import as_npz

SERIES, DAYS = 6, 4  # test series, and days that a page shows of one of them
WITHOUT_DROPOUT = dataclasses.replace(PAPER, dropout=0.0)
QUICK = dataclasses.replace(PAPER, epochs=3, windows_per_epoch=150_000)
WEIGHTS = {"weights": np.ones(1, np.float32)}  # in the place of a model's
FILE = as_npz(WEIGHTS)
STAMP = "0123456789"


def errors(mape: float, rmse: float | None = None) -> Errors:
    """Errors of a forecast; an RMSE of MAPE - 4.5 if none is given."""
    rmse = mape - 4.5 if rmse is None else rmse
    return Errors(mape, mape - 0.2, mape - 0.5, rmse, mape - 6.5, mape / 10)


FLOOR = Reference("floor", errors(12.0, 7.5))
ORACLE = Reference("oracle60", errors(12.2, 7.6))
LAST_WEEK = Reference("seasonal_naive_7", errors(17.0, 10.0))
TABLE = Reference("seasonal_table", errors(12.2, 7.7), bytes=76, file_bytes=586)
TREES = Reference("lightgbm", errors(12.4, 7.8), bytes=512 * 1024, file_bytes=2**20)
LAW = LawCheck((Statistic("variance/mean", 1.0, 1.0, 0.001),), n_rows=913_000, n_params=80)


def monthly(mape: float, months: int = 12) -> Monthly:
    """Errors of a forecast that are alike in every month, of a hundred days each."""
    sums = 0.1, (mape - 4.5) ** 2, mape, mape / 12  # of a day
    names = tuple(f"2017-{month:02}" for month in range(1, months + 1))
    return Monthly(names, (100,) * months, (100,) * months, *((100 * x,) * months for x in sums))


def overview(*references: Reference, **changes: Any) -> Overview:
    """An overview of Kaggle's data, with floor and oracle unless other references are given."""
    dates = tuple(f"2017-12-{28 + day}" for day in range(DAYS))
    shown = ShownSeries(9, 4, dates, (20, 23, 17, 25), (20.5, 21.0, 21.5, 22.0), None)
    whole = Overview(
        data="train.csv",
        data_sha256=KAGGLE_SHA256,
        split="stores",
        n_series=500,
        n_days=1826,
        n_windows=883_000,
        n_train=565_120,
        n_test=176_600,
        n_left_out=0,
        is_simulated=False,
        law=LAW,
        references=references or (FLOOR, ORACLE),
        shown=(shown,),
    )
    return dataclasses.replace(whole, **changes)


BAKERY = overview(  # overdispersed, and closed on some days
    ORACLE,
    LAST_WEEK,
    data="bakery.csv",
    data_sha256="0" * 64,
    law=LawCheck((Statistic("variance/mean", 11.4, 1.0, 0.02),), n_rows=4380, n_params=24),
    n_series=6,
    n_days=730,
    n_test=1340,
    n_left_out=192,
)


def record(
    units=16, seed=0, mape=12.5, dropout_on=None, recipe=PAPER, of=None, stamp=STAMP, **changes
) -> Record:
    """What is stored of a network that was tested on the data of the overview `of`."""
    of = of or overview()
    n_params = count_parameters(units)
    values = 100.0, 2.0, 2.0, mape, mape - 4.5, 0.1, 0.2
    of_each_epoch = [(value,) * recipe.epochs for value in values]
    of_each_series = tuple(mape + 0.1 * k for k in range(SERIES)), (mape - 4.5,) * SERIES
    forecast = np.linspace(10, 90, 10)
    whole = Record(
        job=Job(of.data, of.data_sha256, of.split, recipe, units, seed, stamp),
        n_params=n_params,
        size_bytes=4 * n_params,
        n_epochs=recipe.epochs,
        train_windows=min(of.n_train, recipe.windows_per_epoch or of.n_train),
        test_windows=of.n_test,
        errors=errors(mape),
        dropout_on=errors(mape if dropout_on is None else dropout_on),
        recalibrated=errors(mape),
        recalibration=(0.0, 1.0),
        bias=0.1,
        dropout_on_bias=0.2,
        recalibrated_bias=0.1,
        train_seconds=2.0 * recipe.epochs,
        predict_us=20.0 + units,
        window_us=0.5 + units / 10,
        epochs=Epochs(*of_each_epoch, tuple(range(1, recipe.epochs + 1))),
        series=SeriesErrors(tuple(range(SERIES)), *of_each_series),
        shown=tuple((21.0,) * len(shown.dates) for shown in of.shown),
        bands=Bands(tuple(forecast.tolist()), tuple((1.1 * forecast).tolist())),
        monthly=monthly(mape),
        made_with=MadeWith("3.11.7", "2.4.0", "0.68.0", "0.50.0", "skylake"),
        model_sha256=hashlib.sha256(FILE).hexdigest(),
        file_bytes=len(FILE),
    )
    return dataclasses.replace(whole, **changes)


def group(mape: dict[int, list[float]], **options: Any) -> Group:
    """Networks of one setting, from the errors of each size, a number for each seed."""
    sizes = sorted(mape.items(), reverse=True)
    pairs = [(units, seed, value) for units, v in sizes for seed, value in enumerate(v)]
    return Group(tuple(record(*pair, **options) for pair in pairs))


def run(*groups: Group, of: Overview | None = None) -> Run:
    """Groups of networks and the overview of their data."""
    return Run(of or overview(), groups)


def write_run(out, written: Run) -> None:
    """Write the files of a run into a folder, from which the study reads them."""
    for name in FOLDERS:
        (out / name).mkdir(parents=True, exist_ok=True)
    write_overview(out, written.overview)
    for stored in (stored for each in written.groups for stored in each.records):
        write_result(out, stored, WEIGHTS)
