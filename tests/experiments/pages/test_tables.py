"""The tables of a run, as files and as text."""

import math

import pandas as pd
import pytest

from experiments.analysis.claims import HOLDS, UNTESTED, Claim
from experiments.pages.tables import (
    SETTING,
    claim_lines,
    comparison_lines,
    group_table,
    reference_lines,
    results_table,
    summarise,
    write_tables,
)
from experiments.training.folder import RESULT_COLUMNS
from experiments.training.recipes import TUNED
from tests.records import FLOOR, QUICK, TREES, group, survey


def result(units=16, seed=0, **changes):
    values = dict.fromkeys(RESULT_COLUMNS, 1.0) | {"data": "embedded", "split": "stores"}
    values |= {"recipe": "paper", "units": units, "seed": seed, "size_bytes": 7300}
    return values | {"n_params": 1825, "mape": 12.0 + seed} | changes


def stored(name, result, data_sha256="a"):
    job = {"data_sha256": data_sha256}
    return {"name": name, "model_sha256": f"hash of {name}", "result": result, "job": job}


def written(out, *results):
    """results.csv and summary.csv of some results."""
    names = [f"net{k}" for k in range(len(results))]
    write_tables(out, [stored(name, each) for name, each in zip(names, results, strict=True)])
    return [pd.read_csv(out / f"{name}.csv") for name in ("results", "summary")]


def test_results_have_the_columns_of_the_contract_in_order(tmp_path):
    written(tmp_path, result())
    header = (tmp_path / "results.csv").read_text().splitlines()[0]
    assert header == (
        "data,recipe,split,dropout,units,seed,n_params,size_bytes,epochs,train_windows,"
        "test_windows,mape,smape,wape,rmse,mae,train_seconds,predict_us"
    )


def test_results_are_sorted_by_size_and_seed(tmp_path):
    table, _ = written(tmp_path, result(16, 1), result(128, 1), result(16, 0), result(128, 0))
    assert list(zip(table.units, table.seed, strict=True)) == [
        *[(128, 0), (128, 1), (16, 0), (16, 1)],
    ]


def test_equal_bits_can_be_told_by_the_hash_of_each_model(tmp_path):
    written(tmp_path, result(16), result(128))
    table = pd.read_csv(tmp_path / "models.csv")
    assert list(zip(table.model, table.sha256, strict=True)) == [
        *[("net1", "hash of net1"), ("net0", "hash of net0")],
    ]


def test_a_file_that_was_edited_is_not_averaged_with_what_it_was(tmp_path):
    write_tables(tmp_path, [stored("old", result()), stored("new", result(), data_sha256="b")])
    assert list(pd.read_csv(tmp_path / "summary.csv").seeds) == [1, 1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("data", "a.csv"),
        ("recipe", "tuned"),
        ("split", "time"),
        ("dropout", 0.5),
        ("epochs", 3),
        ("train_windows", 640),
    ],
)
def test_networks_of_other_settings_have_a_row_of_their_own(tmp_path, name, value):
    table, summary = written(tmp_path, result(mape=12.0), result(mape=20.0, **{name: value}))
    assert len(table) == 2
    assert sorted(summary.mape_mean) == [12, 20]
    assert list(summary.seeds) == [1, 1]
    assert value in set(summary[name])


def test_a_row_of_the_summary_begins_with_its_settings(tmp_path):
    _, summary = written(tmp_path, result(), result(seed=1))
    assert tuple(summary.columns[: len(SETTING) + 2]) == (*SETTING, "units", "seeds")
    assert summary.loc[0, "recipe"] == "paper"


def test_the_sizes_of_a_setting_stand_together(tmp_path):
    settings = [(128, "paper"), (16, "tuned"), (16, "paper"), (128, "tuned")]
    _, summary = written(tmp_path, *(result(units, recipe=recipe) for units, recipe in settings))
    rows = list(zip(summary.recipe, summary.units, strict=True))
    assert rows == [("paper", 128), ("paper", 16), ("tuned", 128), ("tuned", 16)]


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
    lines = reference_lines([FLOOR, TREES, FLOOR | {"reference": "another"}]).splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "floor: the true mean, the best possible MAPE 12.00 RMSE 7.50",
        "LightGBM on the same 60 days MAPE 12.40 RMSE 7.80",
        "another MAPE 12.00 RMSE 7.50",
    ]


def test_the_papers_figures_stand_only_beside_what_compares_with_them():
    table = results_table(summarise([result()]), with_paper=False)
    assert "paper" not in table
    assert "23.6" not in table


def test_each_size_is_compared_with_the_largest_over_the_same_seeds():
    sizes = {128: [12.0, 12.1, 12.2], 64: [12.2, 12.0, 12.2], 16: [23.0, 23.2, 23.2]}
    lines = comparison_lines(group(sizes)).splitlines()
    assert lines[0].startswith("64 against 128 units: +0.03 [")
    assert "no difference found" in lines[0]
    assert lines[1].startswith("16 against 128 units: +11.03 [")
    assert ", worse (p = " in lines[1]


def test_a_size_of_fewer_seeds_is_no_yardstick():
    lines = comparison_lines(group({128: [12.0], 64: [12.2, 12.0], 16: [23.0, 23.2]}))
    assert lines.startswith("16 against 64 units: ")
    assert "128" not in lines


def test_seeds_without_a_partner_and_single_seeds_are_not_compared():
    assert comparison_lines(group({128: [12.0], 16: [12.0]})) == ""


def test_the_table_of_a_group_has_its_sizes_and_compares_them():
    lines = group_table(group({32: [12.5, 12.6, 12.4], 16: [23.0, 23.2, 23.1]})).splitlines()
    assert [line.split()[0] for line in lines[1:3]] == ["32", "16"]
    assert lines[-1].startswith("16 against 32 units: +10.60 [")


def test_one_seed_has_a_table_and_no_comparison():
    assert "against" not in group_table(group({32: [12.5], 16: [23.0]}))


@pytest.mark.parametrize(
    ("options", "compares"),
    [({}, True), ({"recipe": QUICK}, True), ({"recipe": TUNED}, False), ({"of": "time"}, False)],
    ids=str,
)
def test_the_papers_figures_compare_with_its_recipe_and_its_split(options, compares):
    if "of" in options:
        options = {"of": survey(split="time")}
    assert ("23.6" in group_table(group({16: [13.0]}, **options))) == compares


def test_a_claim_is_a_line_and_what_was_found_another_under_it():
    claims = [
        Claim("small is fine", "stated", "12.3%", "12.41% at 16 units", HOLDS),
        Claim("large is better", "-", "-", "-", UNTESTED),
    ]
    header, *lines = claim_lines(claims).splitlines()
    assert header.split() == ["the", "paper", "claims", "abstract", "its", "figure", "verdict"]
    assert lines[0].split("  ")[0] == "small is fine"
    assert lines[0].endswith("stated           12.3%   holds")
    assert lines[1] == "    12.41% at 16 units"
    assert lines[2].endswith("not tested by this run")
    assert len(lines) == 3


def test_a_long_finding_is_wrapped_and_stays_indented():
    claim = Claim("c", "-", "-", "seven words and more of them " * 20, HOLDS)
    lines = claim_lines([claim]).splitlines()[2:]
    assert len(lines) > 4
    assert all(line.startswith("    ") and len(line) <= 100 for line in lines)
