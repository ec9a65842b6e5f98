"""The command line of the sweep, from outside."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from experiments import sweep
from experiments.analysis.claims import UNTESTED, judge
from experiments.analysis.groups import read_runs
from experiments.data.simulator import simulate_panel, write_csv
from experiments.references import trees as boosting
from experiments.references.metrics import METRICS
from experiments.references.overview import read_surveys, survey
from experiments.training.recipes import PAPER, QUICK_EPOCHS, QUICK_WINDOWS_PER_EPOCH
from tests.records import TREES

TINY = ["--units", "2", "3", "--seeds", "2", "--epochs", "1", "--windows-per-epoch", "64"]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A small file of sales, by the law of the embedded data."""
    panel = simulate_panel(stores=2, items=3, days=120)
    path = tmp_path_factory.mktemp("data") / "sales.csv"
    write_csv(panel, path)
    return path


def run(*arguments, **options):
    command = [sys.executable, "-m", "experiments.sweep", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **options)


@pytest.fixture(scope="module")
def swept(data, tmp_path_factory):
    """A folder with the files of a small sweep, and what was printed."""
    out = tmp_path_factory.mktemp("swept")
    return out, run("--data", data, "--out", out, *TINY)


def test_a_sweep_succeeds_and_writes_its_files(swept):
    out, finished = swept
    assert finished.returncode == 0, finished.stderr
    (surveyed,) = read_surveys(out)
    assert {path.name for path in out.iterdir() if path.name != ".lock"} == {
        *("results.csv", "references.csv", "law.csv", "summary.csv", surveyed.file_name),
        *("models", "models.csv", "jobs", "checkpoints", "report.html", "figures"),
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
    assert ("lightgbm" in names) == boosting.is_installed()


def test_the_law_of_the_data_is_a_table(swept):
    assert {"variance/mean", "departs"} <= set(
        (swept[0] / "law.csv").read_text().replace("\n", ",").split(",")
    )


def test_the_table_is_on_stdout_and_progress_on_stderr(swept):
    _, finished = swept
    assert finished.stdout.lstrip().startswith("units  parameters")
    assert "[4/4]" in finished.stderr
    assert "oracle" in finished.stdout


def test_the_claims_are_printed_and_short_runs_on_other_data_judge_no_error(swept):
    out, finished = swept
    _, _, claims = finished.stdout.partition("the paper claims")
    for claim in judge(read_runs(out)[0]):
        assert claim.verdict == UNTESTED
        assert any(
            line.startswith(claim.claim) and line.endswith(UNTESTED) for line in claims.splitlines()
        )


def test_the_page_is_announced(swept):
    out, finished = swept
    assert finished.stdout.endswith(f"The page: {out / 'report.html'}\n")


def test_the_same_command_again_trains_nothing(swept, data):
    out, _ = swept
    before = (out / "results.csv").read_bytes()
    times = {path: path.stat().st_mtime_ns for path in out.glob("models/*")}
    assert run("--data", data, "--out", out, *TINY).returncode == 0
    assert (out / "results.csv").read_bytes() == before
    assert {path: path.stat().st_mtime_ns for path in out.glob("models/*")} == times


def test_results_of_other_settings_stand_side_by_side(swept, data, tmp_path):
    out, _ = swept
    settings = ["--data", data, "--out", out, *TINY, "--units", "2", "--seeds", "1"]
    assert run(*settings, "--dropout", "0.5", "--split", "time").returncode == 0
    table = pd.read_csv(out / "results.csv")
    assert len(table) == 5
    assert set(table.split) == {"stores", "time"}
    summary = pd.read_csv(out / "summary.csv")
    rows = zip(summary.split, summary.dropout, summary.units, summary.seeds, strict=True)
    assert list(rows) == [("stores", 0.2, 3, 2), ("stores", 0.2, 2, 2), ("time", 0.5, 2, 1)]
    assert {surveyed.split for surveyed in read_surveys(out)} == {"stores", "time"}
    page = (out / "report.html").read_text("utf-8")
    assert "Also in this folder: sales.csv, split by stores" in page


def test_a_command_prints_the_table_of_its_own_networks(swept, data):
    out, _ = swept
    finished = run("--data", data, "--out", out, *TINY, "--units", "2", "--seeds", "1")
    table, _, _ = finished.stdout.lstrip().partition("\n\n")
    assert [line.split()[0] for line in table.splitlines()] == ["units", "2"]


def test_without_the_extra_a_sweep_does_its_work_and_says_what_is_missing(
    swept, data, tmp_path, monkeypatch, capsys
):
    out, _ = swept
    for folder in ("jobs", "models"):  # nothing to train
        shutil.copytree(out / folder, tmp_path / folder)
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "jinja2" else find(name)
    )
    assert sweep.main(["--data", str(data), "--out", str(tmp_path), *TINY]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert last.startswith("no page without jinja2: pip install -e '.[report]'")
    assert (tmp_path / "results.csv").exists()
    assert not (tmp_path / "report.html").exists()


def test_trees_are_trained_once(swept, data, monkeypatch, capsys):
    out, _ = swept
    if not boosting.is_installed():
        pytest.skip("LightGBM is not installed")
    monkeypatch.setattr(boosting, "reference", None)  # may not be called
    assert sweep.main(["--data", str(data), "--out", str(out), *TINY]) == 0
    assert "LightGBM on the same 60 days" in capsys.readouterr().out


@pytest.mark.parametrize(
    "trees", [None, dict.fromkeys(METRICS, 1.0) | TREES], ids=["without sales", "trained"]
)
def test_trees_that_came_to_nothing_are_left_out(tmp_path, monkeypatch, trees):
    panel = simulate_panel(stores=2, items=3, days=120)
    monkeypatch.setattr(boosting, "is_installed", lambda: True)
    monkeypatch.setattr(sweep, "train_trees", lambda panel, split: trees)
    sweep.keep(tmp_path, survey(panel, "stores"), panel)
    (kept,) = read_surveys(tmp_path)
    assert kept.reference("lightgbm") == trees


def test_a_fresh_start_moves_the_old_files_aside(data, tmp_path):
    settings = ["--data", data, "--out", tmp_path, *TINY, "--units", "1", "--seeds", "1"]
    run(*settings)
    old = (tmp_path / "results.csv").read_bytes()
    (tmp_path / "notes.txt").write_text("mine")
    assert run(*settings, "--fresh").returncode == 0
    (aside,) = tmp_path.glob("before-*")
    assert (aside / "results.csv").read_bytes() == old
    moved = {path.name for path in aside.iterdir()}
    assert {"law.csv", "references.csv", "summary.csv", "report.html", "figures"} <= moved
    assert [path.name for path in aside.glob("survey-*.json")] == [
        path.name for path in tmp_path.glob("survey-*.json")
    ]
    assert (tmp_path / "notes.txt").exists()
    assert len(pd.read_csv(tmp_path / "results.csv")) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no process groups to signal")
def test_ctrl_c_keeps_what_is_done_and_the_same_command_goes_on(data, tmp_path):
    """Some networks in one process; interrupted as soon as the first is done."""
    arguments = ["--data", data, "--out", tmp_path, *TINY, "--seeds", "3", "--epochs", "150"]
    arguments += ["--workers", "1"]
    command = [sys.executable, "-m", "experiments.sweep", *map(str, arguments)]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("jobs/*.json")) and time.monotonic() < deadline:
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to the workers too
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in stderr.splitlines()[-1]
    assert "Traceback" not in stderr
    kept = list(tmp_path.glob("jobs/*.json"))
    assert 0 < len(kept) < 6
    times = {path: path.stat().st_mtime_ns for path in kept}
    assert run(*arguments).returncode == 0
    assert {path: path.stat().st_mtime_ns for path in kept} == times
    assert len(pd.read_csv(tmp_path / "results.csv")) == 6


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no process groups to signal")
@pytest.mark.parametrize("delay", [0.05, 0.4, 0.8])
def test_ctrl_c_while_processes_start_prints_no_traceback(data, tmp_path, delay):
    command = [sys.executable, "-m", "experiments.sweep", "--data", str(data), "--full"]
    process = subprocess.Popen(
        [*command, "--out", str(tmp_path)],
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    opening = process.stderr.readline() + process.stderr.readline()
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    assert "networks on" in opening
    assert process.returncode == 130
    assert "Traceback" not in rest


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
    lines[41] = lines[41].rsplit(",", 1)[0] + ",-3"
    (tmp_path / "bad.csv").write_text("\n".join(lines))
    finished = run("--data", tmp_path / "bad.csv", "--out", tmp_path / "out")
    assert finished.returncode == 2
    assert "line 42" in finished.stderr
    assert len(finished.stderr.splitlines()) == 1


def test_a_folder_that_cannot_be_written_gets_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    finished = run("--out", tmp_path / "file" / "out")
    assert finished.returncode == 2
    assert "choose another --out" in finished.stderr


def test_without_full_a_run_is_short_and_with_it_the_recipe():
    def chosen(*arguments):
        recipe = sweep.choose_recipe(sweep.parse(list(arguments)))
        return recipe.epochs, recipe.windows_per_epoch

    assert chosen() == (QUICK_EPOCHS, QUICK_WINDOWS_PER_EPOCH)
    assert chosen("--full") == (PAPER.epochs, None)
    assert chosen("--full", "--epochs", "2") == (2, None)
    assert chosen("--windows-per-epoch", "9") == (QUICK_EPOCHS, 9)


def test_the_default_is_the_papers_five_sizes_with_three_seeds():
    options = sweep.parse([])
    assert options.units == [128, 64, 48, 32, 16]
    assert (options.seeds, options.recipe, options.split) == (3, "paper", "stores")
    assert (options.data, options.dropout) == (None, None)
    assert str(options.out) == "runs/sweep"
