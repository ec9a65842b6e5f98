"""Gradient-boosted trees on the same sixty days."""

import dataclasses
import sys

import numpy as np
import pandas as pd
import pytest

from experiments.data.features import SMALLEST_LEVEL, build_study
from experiments.data.simulator import simulate_panel
from experiments.references import trees as boosting
from experiments.references.forecasts import Reference
from experiments.references.metrics import evaluate

PANEL = simulate_panel(stores=2, items=5, days=400)
STUDY = build_study(PANEL)


@pytest.fixture(scope="module")
def trees():
    pytest.importorskip("lightgbm")
    return boosting.train(PANEL, STUDY)


def test_inputs_are_the_sixty_days_before_the_target_relative_to_their_mean():
    x, level = boosting.inputs(PANEL, STUDY, STUDY.test)
    k = 123
    series, day = STUDY.series[STUDY.test[k]], STUDY.target_day[STUDY.test[k]]
    before = PANEL.sales[series, day - 60 : day]
    assert x.shape == (len(STUDY.test), 62)
    assert level[k] == pytest.approx(before.mean())
    np.testing.assert_allclose(x[k, :60] * level[k], before, rtol=1e-5)


def test_the_calendar_is_that_of_the_target_day():
    x, _ = boosting.inputs(PANEL, STUDY, STUDY.test)
    dates = pd.DatetimeIndex(PANEL.dates[STUDY.target_day[STUDY.test]])
    np.testing.assert_array_equal(x[:, 60], dates.day_of_week)
    np.testing.assert_array_equal(x[:, 61], dates.month)


def test_inputs_do_not_know_the_day_that_they_forecast():
    sales = PANEL.sales.copy()
    last = STUDY.test[-1:]
    sales[STUDY.series[last], STUDY.target_day[last]] += 1000
    changed = dataclasses.replace(PANEL, sales=sales)
    for one, other in zip(
        boosting.inputs(PANEL, STUDY, last), boosting.inputs(changed, STUDY, last), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_a_window_without_a_sale_has_the_smallest_level():
    nothing = dataclasses.replace(PANEL, sales=np.zeros_like(PANEL.sales))
    x, level = boosting.inputs(nothing, STUDY, STUDY.test[:3])
    np.testing.assert_array_equal(level, np.float32(SMALLEST_LEVEL))
    assert not x[:, :60].any()


def test_trees_forecast_better_than_the_mean_of_sixty_days(trees):
    y = STUDY.y[STUDY.test]
    _, level = boosting.inputs(PANEL, STUDY, STUDY.test)
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


def test_the_size_is_that_of_the_saved_model(trees, tmp_path):
    trees.booster.save_model(tmp_path / "trees.txt")
    assert trees.n_bytes == (tmp_path / "trees.txt").stat().st_size


def test_as_a_reference_the_trees_have_their_test_errors_and_their_bytes(trees):
    errors = evaluate(STUDY.y[STUDY.test], trees.forecast(PANEL, STUDY, STUDY.test))
    # The same bits: training is deterministic.
    assert boosting.reference(PANEL, STUDY) == Reference("lightgbm", errors, trees.n_bytes)


def test_training_can_be_interrupted_after_each_round():
    pytest.importorskip("lightgbm")
    rounds = []

    def interrupt():
        rounds.append(1)
        if len(rounds) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        boosting.reference(PANEL, STUDY, interrupt)
    assert len(rounds) == 3


def test_without_a_sale_to_learn_from_there_are_no_trees():
    sales = PANEL.sales.copy()
    sales[STUDY.series[STUDY.train]] = 0
    panel = dataclasses.replace(PANEL, sales=sales, mean=None)
    assert boosting.reference(panel, build_study(panel)) is None


def test_lightgbm_that_cannot_be_imported_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "lightgbm", None)  # import raises ImportError
    assert not boosting.is_installed()


def test_lightgbm_whose_system_library_is_missing_is_not_installed(monkeypatch, tmp_path):
    (tmp_path / "lightgbm.py").write_text("raise OSError('libgomp.so.1: cannot open')")
    monkeypatch.delitem(sys.modules, "lightgbm", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    assert not boosting.is_installed()
