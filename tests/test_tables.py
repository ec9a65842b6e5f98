"""The tables of a run, as files and as text."""

import math

import pandas as pd
import pytest

from experiments.jobs import RESULT_COLUMNS
from experiments.tables import (
    comparison_lines,
    reference_lines,
    results_table,
    summarise,
    write_results,
)


def result(units=16, seed=0, **changes):
    values = dict.fromkeys(RESULT_COLUMNS, 1.0) | {"data": "embedded", "split": "stores"}
    values |= {"recipe": "paper", "units": units, "seed": seed, "size_bytes": 7300}
    return values | {"n_params": 1825, "mape": 12.0 + seed} | changes


def test_results_have_the_columns_of_the_contract_in_order(tmp_path):
    write_results(tmp_path, [result()])
    header = (tmp_path / "results.csv").read_text().splitlines()[0]
    assert header == (
        "data,recipe,split,dropout,units,seed,n_params,size_bytes,epochs,train_windows,"
        "test_windows,mape,smape,wape,rmse,mae,train_seconds,predict_us"
    )


def test_results_are_sorted_by_size_and_seed(tmp_path):
    write_results(tmp_path, [result(16, 1), result(128, 1), result(16, 0), result(128, 0)])
    table = pd.read_csv(tmp_path / "results.csv")
    assert list(zip(table.units, table.seed, strict=True)) == [
        *[(128, 0), (128, 1), (16, 0), (16, 1)],
    ]


def test_a_summary_has_a_row_per_size_largest_first():
    summary = summarise([result(16), result(128), result(16, 1)])
    assert list(summary.units) == [128, 16]
    assert list(summary.seeds) == [1, 2]


def test_a_summary_has_mean_deviation_and_interval_of_every_metric():
    row = summarise([result(seed=0), result(seed=2)]).iloc[0]
    assert row.mape_mean == 13
    assert row.mape_std == pytest.approx(math.sqrt(2))
    assert row.mape_high - row.mape_mean == pytest.approx(12.7062, rel=1e-5)
    for name in ("smape", "wape", "rmse", "mae", "train_seconds", "predict_us"):
        assert row[f"{name}_mean"] == 1


def test_the_table_shows_size_error_and_the_papers_figure():
    header, row = results_table(summarise([result(seed=0), result(seed=2)])).splitlines()
    assert header.split()[:3] == ["units", "parameters", "KB"]
    assert row.split() == ["16", "1,825", "7.1", "13.00", "±", "1.41", "1.00", "1.0", "1", "23.6"]


def test_a_size_that_the_paper_does_not_have_gets_a_dash():
    assert results_table(summarise([result(units=3)])).splitlines()[1].split()[-1] == "-"


def test_one_seed_shows_no_spread():
    assert "±" not in results_table(summarise([result()]))


def test_references_are_named_in_words():
    table = pd.DataFrame({"reference": ["floor"], "mape": [12.13], "rmse": [7.6]})
    line = " ".join(reference_lines(table).split())
    assert line == "floor: the true mean, the best possible MAPE 12.13 RMSE 7.60"


def test_the_papers_figures_stand_only_beside_what_compares_with_them():
    table = results_table(summarise([result()]), with_paper=False)
    assert "paper" not in table
    assert "23.6" not in table


def test_each_size_is_compared_with_the_largest_over_the_same_seeds():
    large = [result(128, seed, mape=mape) for seed, mape in enumerate([12.0, 12.1, 12.2])]
    same = [result(64, seed, mape=mape) for seed, mape in enumerate([12.2, 12.0, 12.2])]
    worse = [result(16, seed, mape=mape) for seed, mape in enumerate([23.0, 23.2, 23.2])]
    lines = comparison_lines(worse + large + same).splitlines()
    assert lines[0].startswith("64 against 128 units: +0.03 [")
    assert "no difference found" in lines[0]
    assert lines[1].startswith("16 against 128 units: +11.03 [")
    assert ", worse (p = " in lines[1]


def test_seeds_without_a_partner_and_single_seeds_are_not_compared():
    assert comparison_lines([result(128, 0), result(16, 0), result(16, 1)]) == ""
