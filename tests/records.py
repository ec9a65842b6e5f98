"""Runs without training: surveys and records as the study writes them, made from a few numbers."""

import dataclasses
import hashlib
import io
import json
from dataclasses import asdict
from typing import Any

import numpy as np

from experiments.analysis.groups import KAGGLE_SHA256, Group, Run
from experiments.references.metrics import METRICS
from experiments.references.overview import Survey, write_survey
from experiments.training.folder import FOLDERS, RESULT_COLUMNS, write_result
from experiments.training.jobs import Job
from experiments.training.recipes import PAPER
from tinylstm.model import count_parameters

SERIES, DAYS = 6, 4  # test series, and days that a page shows of one of them
WITHOUT_DROPOUT = dataclasses.replace(PAPER, dropout=0.0)
QUICK = dataclasses.replace(PAPER, epochs=3, windows_per_epoch=150_000)
FLOOR = {"reference": "floor", "mape": 12.0, "rmse": 7.5}
ORACLE = {"reference": "oracle60", "mape": 12.2, "rmse": 7.6}
TREES = {"reference": "lightgbm", "mape": 12.4, "rmse": 7.8, "bytes": 512 * 1024}
WEIGHTS = {"weights": np.ones(1, np.float32)}  # in the place of a model's


def file_of(weights: dict[str, np.ndarray]) -> bytes:
    """The file of a model."""
    file = io.BytesIO()
    np.savez(file, **weights)
    return file.getvalue()


MODEL_SHA256 = hashlib.sha256(file_of(WEIGHTS)).hexdigest()


def survey(*references: dict[str, Any], **changes: Any) -> Survey:
    """A survey of Kaggle's data, with floor and oracle unless other references are given."""
    fields = {
        "data": "train.csv",
        "data_sha256": KAGGLE_SHA256,
        "split": "stores",
        "n_series": 500,
        "n_days": 1826,
        "n_windows": 883_000,
        "n_train": 565_120,
        "n_test": 176_600,
        "n_left_out": 0,
        "law_sentence": "The data follow the law.",
        "law": [{"name": "variance/mean", "value": 1.0, "expected": 1.0, "departs": False}],
        "references": [
            dict.fromkeys(METRICS, 1.0) | reference for reference in references or (FLOOR, ORACLE)
        ],
        "shown": [
            {
                "store": 9,
                "item": 4,
                "dates": [f"2017-12-{28 + day}" for day in range(DAYS)],
                "sold": [20, 23, 17, 25],
                "oracle": [20.5, 21.0, 21.5, 22.0],
            }
        ],
    }
    return Survey(**fields | changes)


def record(units=16, seed=0, mape=12.5, dropout_on=None, recipe=PAPER, of=None, **result):
    """What is stored of a network that was tested on the data of the survey `of`."""
    of = of or survey()
    job = Job(of.data, of.data_sha256, of.split, recipe, units, seed)
    n_params = count_parameters(units)
    values = dict.fromkeys(RESULT_COLUMNS, 1.0) | {
        "data": of.data,
        "recipe": recipe.name,
        "split": of.split,
        "dropout": recipe.dropout,
        "units": units,
        "seed": seed,
        "n_params": n_params,
        "size_bytes": 4 * n_params,
        "epochs": recipe.epochs,
        "train_windows": min(of.n_train, recipe.windows_per_epoch or of.n_train),
        "test_windows": of.n_test,
        "mape": mape,
        "rmse": mape - 4.5,
        "predict_us": 20.0 + units,
    }
    forecast = np.linspace(10, 90, 10)
    whole = {
        "job": asdict(job),
        "result": values | result,
        "history": {
            "loss": [100.0] * recipe.epochs,
            "seconds": [2.0] * recipe.epochs,
            "mape": [mape] * recipe.epochs,
            "rmse": [mape - 4.5] * recipe.epochs,
        },
        "series": {
            "number": list(range(SERIES)),
            "mape": [mape + 0.1 * k for k in range(SERIES)],
            "rmse": [mape - 4.5] * SERIES,
        },
        "shown": [[21.0] * len(shown["dates"]) for shown in of.shown],
        "spread": {"forecast": forecast.tolist(), "squared_error": (1.1 * forecast).tolist()},
        "dropout_on": {"mape": mape if dropout_on is None else dropout_on},
        "made_with": {"python": "3.11.7", "processor": "skylake"},
        "name": job.name,
        "model_sha256": MODEL_SHA256,
    }
    return json.loads(json.dumps(whole))  # lists, as in a file, and not tuples


def group(mape: dict[int, list[float]], **options) -> Group:
    """Networks of one setting, from the errors of each size, a number for each seed."""
    records = [
        record(units, seed, value, **options)
        for units, of_size in mape.items()
        for seed, value in enumerate(of_size)
    ]
    job = records[0]["job"]
    return Group({k: v for k, v in job.items() if k not in ("units", "seed")}, records)


def run(*groups: Group, of: Survey | None = None) -> Run:
    """Groups of networks and the survey of their data."""
    return Run(of or survey(), list(groups))


def write_run(out, written: Run) -> None:
    """Write the files of a run into a folder, from which the study reads them."""
    for name in FOLDERS:
        (out / name).mkdir(parents=True, exist_ok=True)
    write_survey(out, written.survey)
    for stored in (stored for each in written.groups for stored in each.records):
        content = {k: v for k, v in stored.items() if k not in ("name", "model_sha256")}
        write_result(out, stored["name"], content, WEIGHTS)
