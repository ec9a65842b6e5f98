"""The command that forecasts a shop: what it reads, writes, prints and refuses."""

import dataclasses
import importlib.util
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments import forecast
from experiments.data.kaggle import NAME as TEST
from experiments.data.simulator import simulate_panel, write_csv
from experiments.forecasting.inputs import N_INPUTS
from experiments.training.folder import locked
from tests.shops import shop_forecast
from tinylstm import LSTMRegressor
from tinylstm.training import DivergedError

jinja2 = pytest.mark.skipif(find_spec("jinja2") is None, reason="jinja2 is not installed")

BAKERY = Path(__file__).parents[2] / "examples" / "bakery.csv"
FILES = {"forecast.csv", "backtest.csv", "forecast.html"}


@pytest.fixture
def sales(tmp_path):
    """A small file of sales, to 2013-04-30."""
    path = tmp_path / "sales.csv"
    write_csv(simulate_panel(stores=2, items=3, days=120), path)
    return path


@pytest.fixture
def run(sales, tmp_path, monkeypatch):
    """Run the command with an engine that does not train; it notes what it was asked."""

    def engine(panel, plan, out, tell):
        tell("network 1 of 2", 0.0)
        run.asked = panel, plan
        return dataclasses.replace(shop_forecast(panel, plan.days), **run.changes)

    def run(*arguments, path=sales):
        return forecast.main([*map(str, (path, "--out", tmp_path / "out", *arguments))])

    run.asked, run.changes, run.out = None, {}, tmp_path / "out"
    monkeypatch.setattr(forecast, "forecast_shop", engine)
    return run


def written(run):
    return {path.name for path in run.out.iterdir() if path.name != ".lock"}


@jinja2
def test_it_writes_a_table_a_test_and_a_page(run):
    assert run() == 0
    assert written(run) == FILES
    assert len(pd.read_csv(run.out / "forecast.csv")) == 6 * 90


def test_the_options_are_the_engines_plan(run):
    assert run("--days", 14, "--units", 5, "--seeds", 2, "--workers", 1) == 0
    plan = run.asked[1]
    assert (plan.days, plan.units, plan.seeds, plan.workers, plan.model) == (14, 5, 2, 1, None)
    assert len(pd.read_csv(run.out / "forecast.csv")) == 6 * 14


@jinja2
def test_the_verdict_is_on_stdout_and_the_news_on_stderr(run, capsys):
    run()
    printed = capsys.readouterr()
    assert "The network is worth it here" in printed.out
    assert printed.out.endswith(f"The page: {run.out / 'forecast.html'}\n")
    assert printed.err == "0%, network 1 of 2\n"


def test_what_was_mended_is_listed_before_anything_is_trained(run, sales, capsys):
    lines = sales.read_text().splitlines()
    sales.write_text("\n".join(lines[:50] + lines[51:]))
    assert run() == 0
    said = capsys.readouterr().err
    assert said.index("was mended while it was read") < said.index("network 1 of 2")


def test_the_mended_file_is_written_on_request(run, sales, tmp_path):
    assert run("--tidy", tmp_path / "tidy.csv") == 0
    assert (tmp_path / "tidy.csv").read_bytes() == sales.read_bytes()


@jinja2
def test_kaggles_rows_are_answered_from_its_zip(run, tmp_path):
    rows = "id,date,store,item\n7,2013-05-01,2,1\n5,2013-07-29,1,1\n"
    with zipfile.ZipFile(tmp_path / "kaggle.zip", "w") as archive:
        archive.writestr(TEST, rows)
    assert run("--kaggle", tmp_path / "kaggle.zip") == 0
    assert written(run) == {*FILES, "submission.csv"}
    assert (run.out / "submission.csv").read_text() == "id,sales\n7,40.25\n5,10.25\n"


def test_a_day_beyond_those_forecast_is_refused_before_anything_is_trained(run, tmp_path, capsys):
    (tmp_path / "test.csv").write_text("id,date,store,item\n0,2013-05-08,1,1\n")
    assert run("--kaggle", tmp_path / "test.csv", "--days", 7) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("forecast further, with --days 8.")
    assert run.asked is None
    assert not run.out.exists()


def test_a_row_without_a_forecast_is_told_and_the_others_are_written(run, tmp_path, capsys):
    (tmp_path / "test.csv").write_text("id,date,store,item\n0,2013-05-01,1,1\n1,2013-05-01,1,2\n")
    whole = shop_forecast(simulate_panel(stores=2, items=3, days=120), 90, series=np.array([0]))
    run.changes = {"ahead": whole.ahead, "left_out": ((1, "its last day is 2013-03-01"),)}
    assert run("--kaggle", tmp_path / "test.csv") == 1
    printed = capsys.readouterr()
    assert "no forecast of store 1, item 2: its last day is 2013-03-01" in printed.out
    assert "FAILED: 1 row" in printed.err
    assert (run.out / "submission.csv").read_text() == "id,sales\n0,10.25\n"


@jinja2
def test_a_network_that_failed_is_told_and_the_forecast_is_kept(run, capsys):
    run.changes = {"failed": 2}
    assert run() == 1
    said = capsys.readouterr().err
    assert "FAILED: 2 networks, see above; the same command tries again" in said
    assert written(run) == FILES


def test_a_stored_network_that_forecasts_no_number_gets_one_sentence(run, monkeypatch, capsys):
    def diverged(*arguments):
        raise DivergedError("the forecasts are no longer finite")

    monkeypatch.setattr(forecast, "forecast_shop", diverged)
    assert run() == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("the forecasts are no longer finite")


def test_a_stored_network_is_taken_in_place_of_a_training(run, tmp_path):
    LSTMRegressor(N_INPUTS, hidden_size=2).save(tmp_path / "m.npz")
    assert run("--model", tmp_path / "m.npz") == 0
    assert run.asked[1].model == str(tmp_path / "m.npz")


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("nowhere.npz", "has seven.npz"),
        ("sales.csv", "sales.csv"),
        ("seven.npz", f"takes 7 inputs, and a window has {N_INPUTS}"),
        ("", "Is a directory"),
    ],
)
def test_a_network_that_does_not_fit_gets_one_sentence(run, tmp_path, capsys, name, complaint):
    LSTMRegressor(7, hidden_size=2).save(tmp_path / "seven.npz")
    assert run("--model", tmp_path / name) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert complaint in line
    assert run.asked is None


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--days", "0"], "--days: '0' is not a whole number"),
        (["--days", "100000"], "--days: '100000' is more than 366"),
        (["--seeds", "many"], "--seeds: 'many' is not a whole number"),
        (["--returns", "keep"], "invalid choice: 'keep'"),
        (["--columns", "when=Datum"], "'when=Datum' is none of"),
    ],
)
def test_a_bad_argument_gets_one_sentence_and_status_2(run, capsys, arguments, complaint):
    with pytest.raises(SystemExit) as stop:
        run(*arguments)
    assert stop.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert complaint in line


def test_a_file_that_is_not_there_gets_one_sentence_and_no_folder(tmp_path):
    command = [sys.executable, "-m", "experiments.forecast", "nowhere.csv", "--out", tmp_path / "o"]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert finished.returncode == 2
    assert len(finished.stderr.splitlines()) == 1
    assert "nowhere.csv" in finished.stderr
    assert not (tmp_path / "o").exists()


def test_one_command_at_a_time_writes_to_a_folder(run, capsys):
    run.out.mkdir()
    with locked(run.out):
        assert run() == 2
    assert "choose another folder with --out" in capsys.readouterr().err


def test_an_interrupt_says_that_the_same_command_goes_on(run, monkeypatch, capsys):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(forecast, "forecast_shop", interrupted)
    assert run() == 130
    assert "the same command goes on" in capsys.readouterr().err


@jinja2
def test_the_page_has_the_command_that_made_it(run):
    run("--days", 7)
    page = (run.out / "forecast.html").read_text("utf-8")
    assert f"sales.csv --out {run.out} --days 7</code>" in page


def test_without_jinja2_there_are_the_tables_and_a_line(run, monkeypatch, capsys):
    find = importlib.util.find_spec
    missing = lambda name, *rest: None if name == "jinja2" else find(name, *rest)  # noqa: E731
    monkeypatch.setattr(importlib.util, "find_spec", missing)
    assert run() == 0
    assert written(run) == {"forecast.csv", "backtest.csv"}
    assert "no page without jinja2" in capsys.readouterr().out


@jinja2
def test_the_example_is_read_with_all_that_is_wrong_with_it(run, capsys):
    assert run(path=BAKERY) == 0
    panel = run.asked[0]
    names = set(zip(panel.stores, panel.items, strict=True))
    assert len(names) == 8
    assert ("Station", "Rolls; bag of six") in names
    assert list(panel.spans[0][panel.items == "Plum cake"]) == [426, 426]  # launched later
    assert (panel.closed == (np.arange(7) == 6)).all()  # on Sundays
    said = capsys.readouterr().err
    for mend in ("4,219  dates with the day first", "5  returns", "48  missing days"):
        assert f" {mend}" in said
    page = (run.out / "forecast.html").read_text("utf-8")
    assert "48 missing days counted as zero sales" in page


def test_the_example_is_what_its_script_makes(tmp_path):
    file = BAKERY.with_name("make_bakery.py")
    spec = importlib.util.spec_from_file_location("make_bakery", file)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.write(tmp_path / "bakery.csv")
    assert (tmp_path / "bakery.csv").read_bytes() == BAKERY.read_bytes()
