"""The tables of a folder as CSV files."""

import dataclasses
import os

import numpy as np
import pandas as pd
import pytest

from experiments.data.simulator import simulate_panel, write_csv
from experiments.pages.tables import harmless, write_references, write_tables
from experiments.references.law import LawCheck, Statistic
from experiments.training.recipes import PAPER, TUNED
from tests.records import FLOOR, ORACLE, QUICK, TREES, overview, record


def written(out, *records):
    """results.csv, summary.csv and models.csv of some networks."""
    write_tables(out, records)
    return [pd.read_csv(out / f"{name}.csv") for name in ("results", "summary", "models")]


def test_lines_end_as_on_unix_on_every_system(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "linesep", "\r\n")  # as on Windows
    write_tables(tmp_path, [record()])
    write_csv(simulate_panel(stores=1, items=1, days=70), tmp_path / "sales.csv")
    assert not [path.name for path in tmp_path.iterdir() if b"\r" in path.read_bytes()]


def test_results_have_the_columns_of_the_contract_in_order(tmp_path):
    written(tmp_path, record())
    header = (tmp_path / "results.csv").read_text().splitlines()[0]
    assert header == (
        "data,recipe,split,dropout,units,seed,n_params,size_bytes,epochs,train_windows,"
        "test_windows,mape,smape,wape,rmse,mae,train_seconds,predict_us,deviance,"
        "bias,dropout_on_mape,dropout_on_rmse,dropout_on_bias,recalibrated_mape,recalibrated_rmse,"
        "window_us,file_bytes,title"
    )


def test_networks_are_sorted_by_size_and_seed_and_each_has_the_hash_of_its_weights(tmp_path):
    records = [record(*job) for job in [(16, 1), (128, 1), (16, 0), (128, 0)]]
    results, _, models = written(tmp_path, *records)
    assert list(zip(results.units, results.seed, strict=True)) == [
        *[(128, 0), (128, 1), (16, 0), (16, 1)],
    ]
    assert list(models.model) == [records[k].job.name for k in (3, 1, 2, 0)]
    assert set(models.sha256) == {record().model_sha256}


@pytest.mark.parametrize(
    "changes",
    [
        {"of": overview(data="a.csv", data_sha256="a" * 64)},
        {"of": overview(data_sha256="a" * 64)},  # a file that was edited
        {"of": overview(split="time")},
        {"recipe": TUNED},
        {"recipe": QUICK},
        {"recipe": dataclasses.replace(PAPER, dropout=0.5)},
        {"recipe": dataclasses.replace(PAPER, learning_rate=0.1)},
        {"stamp": "f" * 10},
    ],
    ids=["data", "edited", "split", "recipe", "budget", "dropout", "learning rate", "program"],
)
def test_networks_of_other_settings_are_never_averaged(tmp_path, changes):
    results, summary, _ = written(tmp_path, record(mape=12.0), record(mape=20.0, **changes))
    assert len(results) == 2
    assert sorted(summary.mape_mean) == [12, 20]
    assert list(summary.seeds) == [1, 1]


def test_a_row_of_the_summary_has_settings_and_statistics_of_every_measure(tmp_path):
    _, summary, _ = written(tmp_path, record(seed=0, mape=12.0), record(seed=1, mape=14.0))
    settings = ["data", "recipe", "split", "dropout", "epochs", "train_windows"]
    assert list(summary.columns[:8]) == [*settings, "units", "seeds"]
    row = summary.iloc[0]
    assert (row.recipe, row.epochs, row.train_windows, row.seeds) == ("paper", 30, 565_120, 2)
    for name in ("mape", "smape", "wape", "rmse", "mae", "train_seconds", "predict_us"):
        assert row[f"{name}_low"] <= row[f"{name}_mean"] <= row[f"{name}_high"]
        assert row[f"{name}_std"] >= 0
    assert row.mape_mean == 13


def test_a_size_of_which_networks_collapse_has_median_and_share_and_no_interval(tmp_path):
    networks = [record(seed=k, mape=mape, dropout_on=12.5) for k, mape in enumerate((12.5, 20, 30))]
    _, summary, _ = written(tmp_path, *networks)
    row = summary.iloc[0]
    assert (row.mape_median, row.rmse_median, row.collapsed) == (20, 15.5, 2)
    assert (row.collapsed_low, row.collapsed_high) == pytest.approx((0.0943, 0.9916), abs=1e-4)
    assert np.isnan(row.mape_low)
    assert row.train_seconds_low == 60


def test_the_errors_of_each_month_are_means_over_the_networks(tmp_path):
    written(tmp_path, record(seed=0, mape=12.5), record(seed=1, mape=14.5))
    months = pd.read_csv(tmp_path / "monthly.csv")
    assert list(months.month[:2]) == ["2017-01", "2017-02"]
    assert (len(months), set(months.units), set(months.n)) == (12, {16}, {100})
    assert months.squared_error[0] == pytest.approx(100 * (8.0**2 + 10.0**2) / 2)
    assert months.percentage_error[0] == pytest.approx(100 * 13.5)


def test_the_sizes_of_a_setting_stand_together(tmp_path):
    jobs = [(128, PAPER), (16, TUNED), (16, PAPER), (128, TUNED)]
    _, summary, _ = written(tmp_path, *(record(units, recipe=recipe) for units, recipe in jobs))
    rows = list(zip(summary.recipe, summary.units, strict=True))
    assert rows == [("paper", 128), ("paper", 16), ("tuned", 128), ("tuned", 16)]


def test_references_have_errors_and_bytes_and_the_law_its_statistics(tmp_path):
    law = LawCheck((Statistic("variance/mean", 1.5, 1.0, 0.001),), n_rows=913_000, n_params=80)
    write_references(tmp_path, overview(FLOOR, ORACLE, TREES, law=law))
    assert (tmp_path / "references.csv").read_text().splitlines()[::3] == [
        "reference,mape,smape,wape,rmse,mae,bytes,deviance,file_bytes",
        "lightgbm,12.4,12.200000000000001,11.9,7.8,5.9,524288,1.24,1048576",
    ]
    assert (tmp_path / "law.csv").read_text().splitlines() == [
        "name,value,expected,error,departs",
        "variance/mean,1.5,1.0,0.001,True",
    ]


@pytest.mark.parametrize("sign", "=+-@\t＝")
def test_no_spreadsheet_takes_the_name_of_a_file_for_a_formula(tmp_path, sign):
    name = f"{sign}1+1.csv"
    results, summary, _ = written(tmp_path, record(of=overview(data=name)))
    assert results.data[0] == summary.data[0] == harmless(name) == f"'{name}"
