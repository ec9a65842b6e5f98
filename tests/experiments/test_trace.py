"""The command that looks inside a network: what it prints and writes, and what it refuses."""

import dataclasses
import sys
from textwrap import fill

import pandas as pd
import pytest

from experiments import trace as command
from experiments.analysis.window import trace_forecast
from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.pages.trace_text import reach_sentence, reach_table
from experiments.training.folder import write_result
from experiments.training.recipes import TUNED
from experiments.words import install
from tests import records
from tinylstm import LSTMRegressor

PANEL = simulate_panel(stores=3, items=4, days=120)
SERIES, DAY = 6, 90
ARGUMENTS = {"store": "2", "item": "3", "date": str(PANEL.dates[DAY])}
TUNED_STUDY = {"inputs": TUNED.inputs}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the command on a small panel and a small network, with some arguments exchanged."""
    monkeypatch.setattr(command, "simulate_panel", lambda: PANEL)
    # As where matplotlib is not installed, which also makes a test short.
    monkeypatch.setitem(sys.modules, "experiments.pages.trace_figures", None)
    (tmp_path / "models").mkdir()
    (tmp_path / "jobs").mkdir()
    model_path = tmp_path / "models" / "m.npz"
    LSTMRegressor(7, 3, seed=2).save(model_path)

    def run(**changes):
        options = {"model": run.model_path, "out": run.out, **ARGUMENTS, **changes}
        return command.main([text for k, v in options.items() for text in (f"--{k}", str(v))])

    run.model_path = model_path
    run.out = tmp_path / "out"
    return run


def keep_record(run, **job):
    """Store model and record as a sweep does, the record with changes to its job."""
    record = records.record(units=3)
    record = dataclasses.replace(record, job=dataclasses.replace(record.job, **job))
    out = run.model_path.parents[1]
    write_result(out, record, LSTMRegressor.load(run.model_path).stored())
    run.model_path = out / "models" / f"{record.job.name}.npz"
    return out / "jobs" / f"{record.job.name}.json"


def expected(run, **options):
    """What the command should print first: the forecast, and how far gradients reach."""
    study = build_study(PANEL, **options)
    traced = trace_forecast(LSTMRegressor.load(run.model_path), PANEL, study, SERIES, DAY)
    forecast = f"forecast {traced.forecast:.1f}, sold {traced.sold} units"
    reach = f"{reach_table(traced)}\n\n{fill(reach_sentence(traced), 100)}"
    return f"store 2, item 3, 2013-04-01: {forecast}\n\n{reach}\n"


@pytest.mark.parametrize(("recipe", "options"), [("paper", {}), ("tuned", TUNED_STUDY)])
def test_it_prints_the_forecast_and_the_sales_of_that_day(run, capsys, recipe, options):
    assert run(recipe=recipe) == 0
    assert capsys.readouterr().out.startswith(expected(run, **options))


def test_the_record_beside_a_model_decides_recipe_and_split(run, capsys):
    keep_record(run, data_sha256=PANEL.sha256, split="time", recipe=TUNED)
    assert run(recipe="paper") == 0
    printed = capsys.readouterr()
    assert printed.out.startswith(expected(run, split="time", **TUNED_STUDY))
    assert "note" not in printed.err


def test_a_model_of_other_data_is_traced_with_a_note(run, capsys):
    keep_record(run, data="train.csv", data_sha256="another")
    assert run() == 0
    assert "trained on train.csv" in capsys.readouterr().err


def test_a_record_that_is_damaged_is_told_and_the_recipe_named(run, capsys):
    record = keep_record(run, data_sha256=PANEL.sha256, recipe=TUNED)
    record.write_text(record.read_text()[:-100])
    assert run() == 0
    printed = capsys.readouterr()
    assert f"note: {record} cannot be read" in printed.err
    assert "of the recipe paper, see --recipe" in printed.err
    assert printed.out.startswith(expected(run))


def test_the_table_has_a_row_per_step_and_unit(run):
    assert run() == 0
    table = pd.read_csv(run.out / "trace.csv")
    assert len(table) == 30 * 3
    assert {"step", "unit", "i", "f", "g", "o", "c", "h", "dh", "dc"} <= set(table)


def test_the_table_counts_from_1_as_its_readers_and_the_pictures_do(run):
    assert run() == 0
    table = pd.read_csv(run.out / "trace.csv")
    found = [sorted(set(table[name])) for name in ("window", "step", "unit")]
    assert found == [[1], [*range(1, 31)], [1, 2, 3]]


def test_without_matplotlib_it_says_so_in_a_line_and_does_the_rest(run, capsys):
    assert run() == 0
    assert capsys.readouterr().err == f"pictures need matplotlib: {install('matplotlib')}\n"
    assert [path.name for path in run.out.iterdir()] == ["trace.csv"]


def test_with_matplotlib_the_pictures_are_named(run, monkeypatch, capsys):
    pytest.importorskip("matplotlib")
    monkeypatch.delitem(sys.modules, "experiments.pages.trace_figures")
    assert run() == 0
    assert "trace.csv, gates.png, gates.svg, reach.png, reach.svg" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"store": "4"}, "has no store 4, but 1 to 3"),
        ({"date": "2013-03-01"}, "choose a day from 2013-03-02 to 2013-04-30"),
        ({"model": "nowhere.npz"}, "there is no file nowhere.npz; a sweep leaves its in models/"),
        ({"model": __file__}, "is damaged or no .npz file"),
        ({"data": "nowhere.csv"}, "nowhere.csv cannot be read"),
        ({"out": __file__}, f"{__file__} is a file, where a folder is wanted"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_not_there_is_said_in_one_sentence(run, capsys, changes, sentence):
    assert run(**changes) == 2
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert (printed.err.count("\n"), printed.out) == (1, "")


def test_a_wrong_name_lists_the_models_that_lie_there(run, capsys):
    for k in range(11):
        (run.model_path.parent / f"a{k:02}.npz").touch()
    assert run(model=run.model_path.with_name("n.npz")) == 2
    assert f"{run.model_path.parent} has a00.npz, a01.npz, " in (said := capsys.readouterr().err)
    assert said.endswith("a09.npz and 2 more\n")


def test_a_network_of_other_inputs_is_refused(run, capsys):
    LSTMRegressor(5, 3).save(run.model_path)
    assert run() == 2
    assert "m.npz takes 5 inputs, and a window has 7" in capsys.readouterr().err


@pytest.mark.parametrize("date", ["2013-13-01", "tomorrow"])
def test_a_date_that_is_none_is_refused(run, capsys, date):
    with pytest.raises(SystemExit, match="2"):
        run(date=date)
    assert f"'{date}' is no day written YYYY-MM-DD" in capsys.readouterr().err
