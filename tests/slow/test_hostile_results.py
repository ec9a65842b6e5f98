"""Thousands of damaged records, and folders whose names mean something to other programs.

The seeds are fixed.
"""

import dataclasses
import hashlib
import json
import random
import shutil

import numpy as np
import pandas as pd
import pytest

from experiments.analysis.groups import read_runs
from experiments.data.features import build_study
from experiments.data.panel import read_panel
from experiments.pages.report import write_report
from experiments.pages.tables import write_tables
from experiments.pages.text import report_text
from experiments.references.overview import make_overview
from experiments.training.folder import (
    FOLDERS,
    DamagedError,
    read_record,
    read_records,
    write_overview,
    write_result,
)
from experiments.training.one_job import run_job
from experiments.training.recipes import PAPER
from experiments.training.record import Job
from experiments.training.stamp import program_stamp
from tests.slow.spoiling import DEEP, N, mutated, reshaped


@pytest.mark.parametrize("text", [DEEP, '{"sha256": ' + DEEP + "}", '{"a": 1' + "0" * 5000 + "}"])
def test_json_that_no_parser_can_hold_is_a_damaged_record(tmp_path, text):
    (tmp_path / "net.json").write_text(text)
    with pytest.raises(DamagedError, match=r"net\.json"):
        read_record(tmp_path / "net.json")


# Folders of results

NAME = "=1+1<script>alert(1)<x> $x^$.csv"
STORES = "=2+2", "@", "a<b>$\\frac$"  # the last is the one that is tested on


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """A folder with a finished network, its overview, tables and page."""
    folder = tmp_path_factory.mktemp("hostile")
    days = np.arange("2020-01-01", "2020-05-01", dtype="datetime64[D]")
    sold = np.random.default_rng(0).poisson(20, (len(STORES), len(days)))
    rows = [
        f'{day},"{store}",&amp;,{sold[s, d]}'
        for s, store in enumerate(STORES)
        for d, day in enumerate(days)
    ]
    (folder / NAME).write_text("\n".join(["date,store,item,sales", *rows]))
    panel = read_panel(folder / NAME)
    study = build_study(panel)
    recipe = dataclasses.replace(PAPER, epochs=1, windows_per_epoch=64)
    for path in FOLDERS:
        (folder / path).mkdir()
    for units in (2, 3):
        job = Job(panel.name, panel.sha256, "stores", recipe, units, 0, program_stamp())
        write_result(folder, *run_job(job, panel, None))
    write_overview(folder, make_overview(panel, study))
    write_tables(folder, read_records(folder))
    write_report(folder, read_runs(folder))
    return folder


def test_names_of_files_and_stores_are_text_on_the_page_and_nothing_else(out):
    page = (out / "report.html").read_text("utf-8")
    assert "&lt;script&gt;alert(1)" in page
    for forbidden in ("<script", "<b>", "<x>"):
        assert forbidden not in page


@pytest.mark.parametrize("name", ["results", "summary"])
def test_no_cell_of_a_csv_begins_as_a_formula_does(out, name):
    assert set(pd.read_csv(out / f"{name}.csv").data) == {f"'{NAME}"}


@pytest.mark.parametrize("kind", ["jobs/*.json", "overview-*.json"])
def test_a_mutated_file_is_left_out_or_says_the_same(out, tmp_path, kind):
    rng, copied = random.Random(6), shutil.copytree(out, tmp_path / "copy")
    path = next(copied.glob(kind))
    whole, expected = path.read_bytes(), read_runs(copied)
    left_out = 0
    for _ in range(N // 2):
        path.write_bytes(mutated(whole, rng))
        found = read_runs(copied)
        if found != expected:
            left_out += 1
            records = [record for run in found for group in run.groups for record in group.records]
            assert len(records) == (1 if kind.startswith("jobs") else 0)
            assert all(record in expected[0].groups[0].records for record in records)
    assert left_out > N / 4


@pytest.mark.parametrize("kind", ["jobs/*.json", "overview-*.json"])
def test_a_file_of_another_shape_is_left_out_of_the_report(out, tmp_path, kind):
    rng, copied = random.Random(8), shutil.copytree(out, tmp_path / "copy")
    path = next(copied.glob(kind))
    content = json.loads(path.read_text())
    del content["sha256"]
    for _ in range(N // 2):
        other = reshaped(content, rng)
        text = json.dumps(other, sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        path.write_text(json.dumps(other | {"sha256": digest}))
        for run in read_runs(copied):
            assert report_text(run)
