"""The command that looks inside a network: the right window, in units sold; its files; refusals."""

import dataclasses
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest
from experiments.training.jobs import Job

from experiments import trace as command
from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.pages import trace_figures
from experiments.training.folder import write_result
from experiments.training.recipes import PAPER, TUNED
from tinylstm import LSTMRegressor

PANEL = simulate_panel(stores=3, items=4, days=120)
DAY = 90
ARGUMENTS = {"store": "2", "item": "3", "date": str(PANEL.dates[DAY])}
SERIES = 6  # store 2, item 3
quick = pytest.mark.usefixtures("without_matplotlib")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the command on a small panel and a small network, with some arguments exchanged."""
    monkeypatch.setattr(command, "simulate_panel", lambda: PANEL)
    (tmp_path / "models").mkdir()
    (tmp_path / "jobs").mkdir()
    model_path = tmp_path / "models" / "m.npz"
    LSTMRegressor(7, 3, seed=2).save(model_path)

    def run(**changes):
        options = {"model": model_path, "out": tmp_path / "out", **ARGUMENTS, **changes}
        return command.main([text for k, v in options.items() for text in (f"--{k}", str(v))])

    run.model_path = model_path
    run.out = tmp_path / "out"
    return run


def keep_record(model_path, record):
    """Store a record beside a model, as a sweep does."""
    weights = LSTMRegressor.load(model_path).stored()
    write_result(model_path.parents[1], model_path.stem, record, weights)


@pytest.fixture
def without_matplotlib(monkeypatch):
    """As where it is not installed, which also makes a test short."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)


def expected_forecast(model, **options):
    """By the long way: all windows of the study, and the one of this series and day."""
    study = build_study(PANEL, **options)
    forecasts = dict(
        zip(
            zip(study.series.tolist(), study.target_day.tolist(), strict=True),
            study.level * model.predict(study.windows),
            strict=True,
        )
    )
    return forecasts[SERIES, DAY]


@quick
@pytest.mark.parametrize(
    ("recipe", "options"),
    [("paper", {}), ("tuned", {"leaky_scaler": False, "by_level": True})],
)
def test_it_prints_the_forecast_and_the_sales_of_that_day_in_units(run, capsys, recipe, options):
    assert run(recipe=recipe) == 0
    forecast = expected_forecast(LSTMRegressor.load(run.model_path), **options)
    printed = capsys.readouterr().out
    assert printed.startswith(
        f"store 2, item 3, {PANEL.dates[DAY]}: forecast {forecast:.1f}, "
        f"sold {PANEL.sales[SERIES, DAY]} units\n"
    )
    assert "new tanh RNN" in printed


@quick
def test_the_record_beside_a_model_decides_recipe_and_split(run, capsys):
    job = Job(PANEL.name, PANEL.sha256, "time", TUNED, units=3, seed=2)
    record = {"job": dataclasses.asdict(job)}
    keep_record(run.model_path, record)
    assert run(recipe="paper") == 0
    options = {"split": "time", "leaky_scaler": False, "by_level": True}
    forecast = expected_forecast(LSTMRegressor.load(run.model_path), **options)
    printed = capsys.readouterr()
    assert f"forecast {forecast:.1f}, " in printed.out
    assert "note" not in printed.err


@quick
def test_a_model_of_other_data_is_traced_with_a_note(run, capsys):
    job = Job("train.csv", "another", "stores", PAPER, units=3, seed=2)
    record = {"job": dataclasses.asdict(job)}
    keep_record(run.model_path, record)
    assert run() == 0
    assert "trained on train.csv" in capsys.readouterr().err


@quick
def test_a_record_that_cannot_be_read_is_none(run, capsys):
    (run.model_path.parents[1] / "jobs" / "m.json").write_text('{"job": {"units": 3}}')
    assert run() == 0
    assert f"{expected_forecast(LSTMRegressor.load(run.model_path)):.1f}" in capsys.readouterr().out


@quick
def test_the_table_has_a_row_per_step_and_unit(run):
    assert run() == 0
    table = pd.read_csv(run.out / "trace.csv")
    assert len(table) == 30 * 3
    assert {"step", "unit", "i", "f", "g", "o", "c", "h", "dh", "dc"} <= set(table)


def test_the_pictures_are_written_as_png_and_svg_and_named(run, capsys):
    pytest.importorskip("matplotlib")
    assert run() == 0
    printed = capsys.readouterr().out
    for name in ("gates", "reach"):
        assert (run.out / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert ElementTree.parse(run.out / f"{name}.svg").getroot().tag.endswith("svg")
        assert f"{name}.png, {name}.svg" in printed


def drawn(monkeypatch, run):
    """The figure of the gates, as it was drawn."""
    figures = []

    def draw_gates(figure, view, original=trace_figures.draw_gates):
        original(figure, view)
        figures.append((figure, view))

    monkeypatch.setattr(trace_figures, "draw_gates", draw_gates)
    assert run() == 0
    return figures[0]


def test_a_heat_map_has_a_row_per_unit_and_a_column_per_step(run, monkeypatch):
    pytest.importorskip("matplotlib")
    figure, view = drawn(monkeypatch, run)
    maps = {ax.get_title(): ax.images[0] for ax in figure.axes if ax.images and ax.get_title()}
    assert set(maps) == set(trace_figures.TITLES.values())
    for name, title in trace_figures.TITLES.items():
        np.testing.assert_allclose(maps[title].get_array(), getattr(view.trace, name)[0].T)
        values, (low, high) = maps[title].get_array(), maps[title].get_clim()
        assert low <= values.min() <= values.max() <= high


def test_the_ticks_are_mondays_and_the_sales_those_of_the_day_before(run, monkeypatch):
    pytest.importorskip("matplotlib")
    figure, view = drawn(monkeypatch, run)
    ticks = figure.axes[9].get_xticks()
    assert len(ticks) >= 4
    assert {view.days[int(tick)].item().weekday() for tick in ticks} == {0}
    assert view.days[-1] == PANEL.dates[DAY - 1]
    sales = figure.axes[0].lines[0].get_ydata()
    np.testing.assert_array_equal(sales, PANEL.sales[SERIES, DAY - 31 : DAY - 1])


@quick
def test_without_matplotlib_it_says_so_in_a_line_and_does_the_rest(run, capsys):
    assert run() == 0
    printed = capsys.readouterr()
    assert printed.err == "pictures need matplotlib: pip install matplotlib\n"
    assert [path.name for path in run.out.iterdir()] == ["trace.csv"]
    assert "forecast" in printed.out


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"store": "4"}, "embedded has no store 4, but 1 to 3"),
        ({"item": "0"}, "store 2 has no item 0, but 1 to 4"),
        ({"date": "2013-03-01"}, "choose a day from 2013-03-02 to 2013-04-30"),
        ({"date": "2013-05-01"}, "choose a day from 2013-03-02 to 2013-04-30"),
        ({"model": "nowhere.npz"}, "there is no file nowhere.npz"),
        ({"model": __file__}, "is damaged or no .npz file"),
        ({"data": "nowhere.csv"}, "nowhere.csv cannot be read"),
        ({"out": __file__}, f"cannot write to {__file__}: File exists"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_not_there_is_said_in_one_sentence(run, capsys, changes, sentence):
    assert run(**changes) == 2
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert (printed.err.count("\n"), printed.out) == (1, "")


@quick
def test_the_first_and_the_last_day_that_a_window_forecasts_are_there(run, capsys):
    assert run(date="2013-03-02") == 0
    assert run(date="2013-04-30") == 0


def test_a_network_of_other_inputs_is_refused(run, capsys):
    LSTMRegressor(5, 3).save(run.model_path)
    assert run() == 2
    assert "m.npz takes 5 inputs, and a window has 7" in capsys.readouterr().err


@pytest.mark.parametrize("date", ["2013-13-01", "tomorrow"])
def test_a_date_that_is_none_is_refused(run, capsys, date):
    with pytest.raises(SystemExit, match="2"):
        run(date=date)
    assert f"'{date}' is no day written YYYY-MM-DD" in capsys.readouterr().err
