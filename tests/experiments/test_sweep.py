"""The command line of the sweep, from outside."""

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from experiments import sweep, trace
from experiments.data.simulator import simulate_panel, write_csv
from experiments.pages.report import EXTRA
from experiments.references import ets, trees
from experiments.training.folder import read_overviews
from experiments.words import install

TINY = ["--units", "2", "3", "--seeds", "2", "--epochs", "1", "--windows-per-epoch", "64"]
TINY += ["--recipe", "paper"]
TITLE = "paper, dropout 0.2, 1 x 64 windows\nunits parameters"
PAGE = {"report.html", "playground.html", "figures"}

with_page = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, EXTRA)), reason="no page without the extra report"
)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A small file of sales, by the law of the simulated data."""
    panel = simulate_panel(stores=2, items=3, days=120)
    path = tmp_path_factory.mktemp("data") / "sales.csv"
    write_csv(panel, path)
    return path


def run(*arguments, **options):
    command = [sys.executable, "-m", "experiments.sweep", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, **options)


@pytest.fixture(scope="module")
def swept(data, tmp_path_factory):
    """A folder with the files of a small sweep, and what was printed."""
    out = tmp_path_factory.mktemp("swept")
    return out, run("--data", data, "--out", out, *TINY)


def test_a_sweep_succeeds_and_writes_its_files(swept):
    out, finished = swept
    assert finished.returncode == 0, finished.stderr
    (overview,) = out.glob("overview-*.json")
    assert {path.name for path in out.iterdir()} - PAGE - {".lock"} == {
        *("results.csv", "references.csv", "law.csv", "summary.csv", "monthly.csv"),
        *("models", "models.csv", "jobs", "checkpoints", overview.name),
    }
    assert len(list(out.glob("models/*.npz"))) == 4
    assert len(list(out.glob("jobs/*.json"))) == 4


def test_results_have_a_row_per_size_and_seed(swept):
    table = pd.read_csv(swept[0] / "results.csv")
    assert list(zip(table.units, table.seed, strict=True)) == [(3, 0), (3, 1), (2, 0), (2, 1)]
    assert set(table.data) == {"sales.csv"}
    assert set(table.train_windows) == {64}


def test_the_summary_has_a_row_per_size(swept):
    assert list(pd.read_csv(swept[0] / "summary.csv").units) == [3, 2]


def test_references_stand_beside_the_models(swept):
    names = set(pd.read_csv(swept[0] / "references.csv").reference)
    assert {"oracle60", "seasonal_naive_7"} <= names
    for name, module in (("lightgbm", trees), ("lightgbm_window", trees), ("ets", ets)):
        assert (name in names) == module.is_installed()


def test_the_law_of_the_data_is_a_table(swept):
    assert {"variance/mean", "departs"} <= set(
        (swept[0] / "law.csv").read_text().replace("\n", ",").split(",")
    )


def test_the_table_is_on_stdout_and_progress_on_stderr(swept):
    _, finished = swept
    assert finished.stdout.lstrip().startswith(TITLE)
    rows = [line.split()[0] for line in finished.stderr.splitlines() if " ± " in line]
    assert sorted(rows) == ["2", "3"]
    assert "oracle" in finished.stdout


def test_any_terminal_can_show_the_table(swept, data):
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    finished = run("--data", data, "--out", swept[0], *TINY, env=environment)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.lstrip().startswith(TITLE)
    assert "Traceback" not in finished.stderr


def test_the_papers_claims_are_no_matter_for_other_data(swept):
    assert "claims" not in swept[1].stdout


def test_it_ends_with_commands_worth_trying_that_work(swept, tmp_path, capsys):
    lines = swept[1].stdout.replace("\\\n", "").splitlines()
    (command,) = (shlex.split(line) for line in lines if "experiments.trace" in line)
    assert Path(command[command.index("--model") + 1]).name.startswith("lstm3-")  # the largest
    assert trace.main([*command[3:], "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("store ")


@with_page
def test_the_page_is_written_and_announced(swept):
    out, finished = swept
    assert {path.name for path in out.iterdir()} >= PAGE
    assert finished.stdout.endswith(f"The page: {out / 'report.html'}\n")


def test_the_same_command_again_trains_nothing(swept, data):
    out, _ = swept
    before = (out / "results.csv").read_bytes()
    times = {path: path.stat().st_mtime_ns for path in out.glob("models/*")}
    assert run("--data", data, "--out", out, *TINY).returncode == 0
    assert (out / "results.csv").read_bytes() == before
    assert {path: path.stat().st_mtime_ns for path in out.glob("models/*")} == times


@pytest.fixture(scope="module")
def swept_twice(swept, data, tmp_path_factory):
    """The folder of the small sweep, after another by other settings."""
    out = tmp_path_factory.mktemp("twice")
    shutil.copytree(swept[0], out, dirs_exist_ok=True)
    settings = ["--data", data, "--out", out, *TINY, "--units", "2", "--seeds", "1"]
    assert run(*settings, "--dropout", "0.5", "--split", "time").returncode == 0
    return out


def test_results_of_other_settings_stand_side_by_side(swept_twice):
    out = swept_twice
    table = pd.read_csv(out / "results.csv")
    assert len(table) == 5
    assert set(table.split) == {"stores", "time"}
    summary = pd.read_csv(out / "summary.csv")
    rows = zip(summary.split, summary.dropout, summary.units, summary.seeds, strict=True)
    assert list(rows) == [("stores", 0.2, 3, 2), ("stores", 0.2, 2, 2), ("time", 0.5, 2, 1)]
    assert {overview.split for overview in read_overviews(out)} == {"stores", "time"}


@with_page
def test_the_page_has_what_came_of_both_splits(swept_twice):
    page = (swept_twice / "report.html").read_text("utf-8")
    assert all(f"Split by {split}: " in page for split in ("stores", "time"))


def test_a_command_prints_the_table_of_its_own_networks(swept, data):
    out, _ = swept
    finished = run("--data", data, "--out", out, *TINY, "--units", "2", "--seeds", "1")
    table, _, _ = finished.stdout.lstrip().partition("\n\n")
    assert [line.split()[0] for line in table.splitlines()[1:]] == ["units", "2"]


def test_without_the_extra_a_sweep_does_its_work_and_says_what_is_missing(
    swept, data, tmp_path, monkeypatch, capsys
):
    out, _ = swept
    for folder in ("jobs", "models"):  # nothing to train
        shutil.copytree(out / folder, tmp_path / folder)
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name in EXTRA else find(name)
    )
    assert sweep.main(["--data", str(data), "--out", str(tmp_path), *TINY]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert last.startswith(f"no page without matplotlib and jinja2: {install('[report]')}")
    assert (tmp_path / "results.csv").exists()
    assert not (tmp_path / "report.html").exists()


def test_a_fresh_start_moves_the_old_files_aside(swept, data, tmp_path):
    settings = ["--data", data, "--out", tmp_path, *TINY, "--units", "1", "--seeds", "1"]
    shutil.copytree(swept[0], tmp_path, dirs_exist_ok=True)
    (tmp_path / "figures").mkdir(exist_ok=True)
    (tmp_path / "report.html").touch()
    old = (tmp_path / "results.csv").read_bytes()
    (tmp_path / "notes.txt").write_text("mine")
    assert run(*settings, "--fresh").returncode == 0
    (aside,) = tmp_path.glob("before-*")
    assert (aside / "results.csv").read_bytes() == old
    moved = {path.name for path in aside.iterdir()}
    assert {"law.csv", "references.csv", "summary.csv", "report.html", "figures"} <= moved
    (overview,) = tmp_path.glob("overview-*.json")  # of this command; the others are aside
    assert overview.name in moved
    assert (tmp_path / "notes.txt").exists()
    assert len(pd.read_csv(tmp_path / "results.csv")) == 1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--units", "0"], "--units: '0' is not a whole number of at least 1"),
        (["--seeds", "many"], "--seeds: 'many' is not a whole number of at least 1"),
        (["--dropout", "1"], "--dropout: '1' is not a number from 0 to below 1"),
        (["--recipe", "secret"], "invalid choice: 'secret'"),
        (["--split", "items"], "invalid choice: 'items'"),
        (["--colour"], "unrecognized arguments: --colour"),
        (["--data", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_bad_arguments_and_bad_input_get_one_sentence_and_status_2(arguments, complaint, tmp_path):
    finished = run(*arguments, "--out", tmp_path)
    assert finished.returncode == 2
    assert complaint in finished.stderr
    assert len(finished.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_bad_line_of_the_data_is_named(data, tmp_path):
    lines = data.read_text().splitlines()
    lines[41] = lines[41].rsplit(",", 1)[0] + ",three"
    (tmp_path / "bad.csv").write_text("\n".join(lines))
    finished = run("--data", tmp_path / "bad.csv", "--out", tmp_path / "out")
    assert finished.returncode == 2
    assert "line 42" in finished.stderr
    assert len(finished.stderr.splitlines()) == 1


def test_a_folder_that_cannot_be_made_gets_one_sentence(data, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    finished = run("--data", data, "--out", tmp_path / "link")
    assert finished.returncode == 2
    assert finished.stderr == (
        f"cannot write {tmp_path / 'link'}: {tmp_path / 'link'} is a link to "
        f"{tmp_path / 'nowhere'}, which is not there; choose another --out\n"
    )


def test_two_series_cannot_be_split_by_stores_and_the_cure_is_named(tmp_path):
    write_csv(simulate_panel(stores=1, items=2, days=120), tmp_path / "two.csv")
    finished = run("--data", tmp_path / "two.csv", "--out", tmp_path / "out")
    assert finished.returncode == 2
    assert len(finished.stderr.splitlines()) == 1
    assert "2 series" in finished.stderr
    assert "--split time" in finished.stderr
