"""Gradient-boosted trees on the same sixty days."""

import dataclasses
import sys

import numpy as np
import pandas as pd
import pytest

from experiments.data.features import SMALLEST_LEVEL, build_study
from experiments.data.simulator import FIRST_DAY, simulate_panel
from experiments.references import trees as boosting
from experiments.references.bound import days_alike
from experiments.references.metrics import evaluate

PANEL = simulate_panel(stores=2, items=5, days=400)
STUDY = build_study(PANEL)


both = pytest.mark.parametrize("name", boosting.NAMES)


@pytest.fixture(scope="module", params=boosting.NAMES)
def trees(request):
    pytest.importorskip("lightgbm")
    return boosting.train(PANEL, STUDY, request.param)


def inputs(panel=PANEL, windows=STUDY.test, name="lightgbm"):
    return boosting.inputs(panel, STUDY, windows, name)


def test_inputs_are_the_sixty_days_before_the_target_relative_to_their_mean():
    x, level = inputs()
    k = 123
    series, day = STUDY.series[STUDY.test[k]], STUDY.target_day[STUDY.test[k]]
    before = PANEL.sales[series, day - 60 : day]
    assert x.shape == (len(STUDY.test), 64)
    assert level[k] == pytest.approx(before.mean())
    np.testing.assert_allclose(x[k, :60] * level[k], before, rtol=1e-5)


def test_with_a_date_they_see_all_of_the_target_days():
    dates = pd.DatetimeIndex(PANEL.dates[STUDY.target_day[STUDY.test]])
    calendar = [[d.weekday(), d.month, d.day, d.timetuple().tm_yday] for d in dates.date]
    np.testing.assert_array_equal(inputs()[0][:, 60:], calendar)


def test_without_they_see_what_thirty_rows_tell_of_the_calendar_neither_less_nor_more():
    dates = FIRST_DAY + np.arange(1100)
    seen = boosting.of_rows(pd.DatetimeIndex(dates))
    alike = [np.unique(seen[group], axis=0) for group in days_alike(dates)]
    assert {len(rows) for rows in alike} == {1}
    assert len(np.unique(np.concatenate(alike), axis=0)) == len(alike)
    nineteen_rows_of_march, the_first_of_june = seen[[78, 151]].tolist()
    assert nineteen_rows_of_march == [2, 3, 19]  # Wednesday, 20 March
    assert the_first_of_june == [5, 5, 30]  # Saturday; or is it the 31st of May?


@both
def test_inputs_do_not_know_the_day_that_they_forecast(name):
    sales = PANEL.sales.copy()
    last = STUDY.test[-1:]
    sales[STUDY.series[last], STUDY.target_day[last]] += 1000
    changed = dataclasses.replace(PANEL, sales=sales)
    for one, other in zip(
        inputs(windows=last, name=name), inputs(changed, last, name), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_a_window_without_a_sale_has_the_smallest_level():
    nothing = dataclasses.replace(PANEL, sales=np.zeros_like(PANEL.sales))
    x, level = inputs(nothing, STUDY.test[:3])
    np.testing.assert_array_equal(level, np.float32(SMALLEST_LEVEL))
    assert not x[:, :60].any()


def test_trees_forecast_better_than_the_mean_of_sixty_days(trees):
    y = STUDY.y[STUDY.test]
    _, level = inputs()
    forecast = trees.forecast(PANEL, STUDY, STUDY.test)
    assert forecast.shape == y.shape
    assert evaluate(y, forecast).rmse < evaluate(y, level).rmse


def test_twice_the_sales_have_twice_the_forecast(trees):
    twice = dataclasses.replace(PANEL, sales=2 * PANEL.sales)
    some = STUDY.test[:50]
    np.testing.assert_allclose(
        trees.forecast(twice, STUDY, some), 2 * trees.forecast(PANEL, STUDY, some), rtol=1e-6
    )


def test_no_more_trees_than_the_validation_finds_of_use(trees):
    assert 0 < trees.booster.best_iteration < boosting.ROUNDS


def test_the_size_of_the_file_is_that_of_the_saved_model(trees, tmp_path):
    trees.booster.save_model(tmp_path / "trees.txt")
    assert trees.file_bytes == (tmp_path / "trees.txt").stat().st_size


def test_every_split_and_every_leaf_takes_five_bytes(trees):
    table = trees.booster.trees_to_dataframe()
    nodes = (table.tree_index < trees.booster.best_iteration).sum()
    assert trees.n_bytes == 5 * nodes


def test_as_a_reference_the_trees_have_their_test_errors_and_their_bytes(trees):
    errors = evaluate(STUDY.y[STUDY.test], trees.forecast(PANEL, STUDY, STUDY.test))
    # The same bits: training is deterministic.
    found = boosting.reference(PANEL, STUDY, trees.name)
    assert (found.name, found.errors) == (trees.name, errors)
    assert (found.bytes, found.file_bytes) == (trees.n_bytes, trees.file_bytes)
    assert sum(found.monthly.n) == len(STUDY.test)


def test_training_can_be_interrupted_after_each_round():
    pytest.importorskip("lightgbm")
    rounds = []

    def interrupt():
        rounds.append(1)
        if len(rounds) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        boosting.reference(PANEL, STUDY, "lightgbm", interrupt)
    assert len(rounds) == 3


def test_without_a_sale_to_learn_from_there_are_no_trees():
    sales = PANEL.sales.copy()
    sales[STUDY.series[STUDY.train]] = 0
    panel = dataclasses.replace(PANEL, sales=sales, mean=None)
    assert boosting.reference(panel, build_study(panel), "lightgbm") is None


def test_lightgbm_that_cannot_be_imported_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "lightgbm", None)  # import raises ImportError
    assert not boosting.is_installed()


def test_lightgbm_whose_system_library_is_missing_is_not_installed(monkeypatch, tmp_path):
    (tmp_path / "lightgbm.py").write_text("raise OSError('libgomp.so.1: cannot open')")
    monkeypatch.delitem(sys.modules, "lightgbm", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    assert not boosting.is_installed()
