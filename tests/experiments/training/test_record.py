"""Jobs are known by what their results depend on; a record is read as it was written."""

import dataclasses
import json

import pytest

from experiments.training.record import Bands, Epochs, Job, Record
from experiments.typed_json import from_json, to_json
from tests.records import PAPER, record

JOB = Job("sales.csv", "a" * 64, "stores", PAPER, units=3, seed=0, stamp="1")


@pytest.mark.parametrize(
    "change",
    [
        {"units": 4},
        {"seed": 1},
        {"split": "time"},
        {"data_sha256": "0"},
        {"stamp": "2"},
        {"recipe": dataclasses.replace(PAPER, dropout=0.0)},
        {"recipe": dataclasses.replace(PAPER, epochs=3)},
    ],
    ids=str,
)
def test_everything_that_a_result_depends_on_is_part_of_the_name(change):
    assert dataclasses.replace(JOB, **change).name != JOB.name


def test_the_same_data_under_another_name_are_the_same_job():
    assert dataclasses.replace(JOB, data="sales.zip").name == JOB.name


def test_a_record_is_read_as_it_was_written():
    whole = record()
    assert from_json(Record, json.loads(json.dumps(to_json(whole)))) == whole


def test_a_row_has_the_columns_of_the_results_table():
    row = record(units=5, seed=2, mape=12.5).row()
    assert list(row) == [
        *("data", "recipe", "split", "dropout", "units", "seed", "n_params", "size_bytes"),
        *("epochs", "train_windows", "test_windows", "mape", "smape", "wape", "rmse", "mae"),
        *("train_seconds", "predict_us", "deviance", "bias"),
        *("dropout_on_mape", "dropout_on_rmse", "dropout_on_bias"),
        *("recalibrated_mape", "recalibrated_rmse", "window_us", "file_bytes"),
    ]
    assert (row["units"], row["seed"], row["mape"], row["dropout"]) == (5, 2, 12.5, 0.2)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Epochs((1.0,), (1.0, 2.0), (1.0,), (1.0,), (1.0,), (1.0,), (1.0,), (1,)),
        lambda: Bands((1.0,), ()),
        lambda: dataclasses.replace(JOB, units=0),
        lambda: dataclasses.replace(JOB, seed=-1),
        lambda: record(n_params=0),
        lambda: record(test_windows=-1),
    ],
)
def test_what_cannot_be_is_refused(make):
    with pytest.raises(ValueError, match=r"must|as many"):
        make()
