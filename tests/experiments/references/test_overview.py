"""What is known of a data set before any network is trained, and how it is stored."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.references.law import reference_table
from experiments.references.overview import EXACT, read_surveys, survey, write_survey, write_text
from experiments.training.closeup import shown_windows
from tests.records import TREES

PANEL = simulate_panel(stores=2, items=5, days=400)
STUDY = build_study(PANEL)
SURVEYED = survey(PANEL, "stores")
AS_FILE = dataclasses.replace(PANEL, name="sales.csv", mean=None)


def without_law():
    """Sales that come in twos and so spread twice as wide as Poisson's law has it."""
    return dataclasses.replace(AS_FILE, sales=2 * PANEL.sales)


def test_a_survey_counts_series_days_and_windows():
    assert (SURVEYED.data, SURVEYED.split) == ("embedded", "stores")
    assert SURVEYED.data_sha256 == PANEL.sha256
    assert (SURVEYED.n_series, SURVEYED.n_days) == (10, 400)
    assert SURVEYED.n_windows == 10 * (400 - 60)
    assert (SURVEYED.n_train, SURVEYED.n_test) == (len(STUDY.train), len(STUDY.test))


def test_a_survey_counts_the_test_days_that_mape_leaves_out():
    sales = PANEL.sales.copy()
    sales[0, 399] = sales[9, 399] = sales[9, 398] = 0  # series 9 is test, series 0 is not
    panel = dataclasses.replace(AS_FILE, sales=sales)
    assert SURVEYED.n_left_out == 0
    assert survey(panel, "stores").n_left_out == 2


def test_the_references_are_judged_on_the_test_windows():
    rows = reference_table(PANEL, STUDY.series[STUDY.test], STUDY.target_day[STUDY.test])
    assert SURVEYED.references == rows.to_dict("records")


def test_another_split_tests_other_windows():
    by_time = survey(PANEL, "time")
    assert by_time.split == "time"
    assert by_time.reference("oracle60")["rmse"] != SURVEYED.reference("oracle60")["rmse"]


def test_data_without_the_law_have_no_floor():
    surveyed = survey(without_law(), "stores")
    assert surveyed.reference("floor") is None
    assert surveyed.reference("oracle60")["rmse"] > 0
    assert all("floor" not in shown for shown in surveyed.shown)


def test_the_law_is_told_in_a_sentence_and_in_numbers():
    surveyed = survey(without_law(), "stores")
    assert surveyed.law_sentence.startswith("The data do not follow the law: variance/mean")
    rows = {row["name"]: row for row in surveyed.law}
    assert set(rows["variance/mean"]) == {"name", "value", "expected", "error", "departs"}
    assert rows["variance/mean"]["departs"]
    assert rows["variance/mean"]["value"] == pytest.approx(2, rel=0.1)
    assert not any(row["departs"] for row in SURVEYED.law)


def test_only_simulated_sales_have_an_exact_floor():
    assert SURVEYED.law_sentence.startswith(EXACT)
    assert EXACT not in survey(AS_FILE, "stores").law_sentence


def test_the_days_shown_are_those_of_which_a_record_keeps_the_forecasts():
    windows = shown_windows(STUDY)
    assert len(SURVEYED.shown) == len(windows)
    for shown, of_series in zip(SURVEYED.shown, windows, strict=True):
        assert shown["sold"] == STUDY.y[of_series].tolist()
        assert len(shown["dates"]) == len(shown["oracle"]) == len(shown["floor"]) == len(of_series)
        assert shown["dates"][-1] == str(PANEL.dates[-1])


def test_the_series_shown_are_named_by_store_and_item():
    for shown in SURVEYED.shown:
        row = np.flatnonzero((PANEL.stores == shown["store"]) & (PANEL.items == shown["item"]))
        assert shown["sold"] == PANEL.sales[row[0], -len(shown["sold"]) :].tolist()


def test_a_reference_that_there_is_not_is_none():
    assert SURVEYED.reference("lightgbm") is None


def test_a_reference_more_leaves_the_survey_itself_as_it_was():
    more = SURVEYED.with_reference(TREES)
    assert more.reference("lightgbm") == TREES
    assert more.reference("floor") == SURVEYED.reference("floor")
    assert SURVEYED.reference("lightgbm") is None


def test_a_survey_is_read_as_it_was_written(tmp_path):
    write_survey(tmp_path, SURVEYED)
    assert read_surveys(tmp_path) == [SURVEYED]


def test_law_and_references_are_tables_too(tmp_path):
    write_survey(tmp_path, SURVEYED.with_reference(TREES))
    references = pd.read_csv(tmp_path / "references.csv")
    assert references.columns[0] == "reference"
    assert list(references.reference)[-1] == "lightgbm"
    assert list(pd.read_csv(tmp_path / "law.csv").name) == [row["name"] for row in SURVEYED.law]


def test_each_split_and_data_set_has_a_file_of_its_own(tmp_path):
    others = [dataclasses.replace(SURVEYED, data_sha256="0" * 64), survey(PANEL, "time")]
    for surveyed in [SURVEYED, *others, SURVEYED]:
        write_survey(tmp_path, surveyed)
    assert len(read_surveys(tmp_path)) == 3


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"data": 1}', b"\xff\xfe"])
def test_files_that_are_no_surveys_are_left_out(tmp_path, content):
    write_survey(tmp_path, SURVEYED)
    (tmp_path / "survey-other.json").write_bytes(content)
    assert read_surveys(tmp_path) == [SURVEYED]


def test_a_survey_holds_plain_values_only(tmp_path):
    write_survey(tmp_path, SURVEYED)
    stored = json.loads((tmp_path / SURVEYED.file_name).read_text())
    assert stored.pop("sha256")
    assert stored == dataclasses.asdict(SURVEYED)


def test_a_text_replaces_the_file_and_leaves_no_part_behind(tmp_path):
    write_text(tmp_path / "a.txt", "old")
    write_text(tmp_path / "a.txt", "ñew")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text("utf-8") == "ñew"
