"""One network: its training follows the recipe, its forecasts are in units sold."""

import dataclasses
import math

import numpy as np
import pytest

from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.references.metrics import evaluate
from experiments.training import network
from experiments.training.network import (
    CORE_SECONDS,
    DROPOUT_MASKS,
    Look,
    cosine,
    forecast,
    forecast_with_dropout,
    train,
)
from experiments.training.recipes import PAPER, TUNED
from tinylstm import LSTMRegressor

PANEL = simulate_panel(stores=2, items=5, days=400)


def test_the_learning_rate_rises_and_falls_along_half_a_cosine():
    rate = cosine(0.1)
    assert 0 < rate(0) < 0.02
    assert rate(0.02) == pytest.approx(0.1)
    assert rate(0.51) == pytest.approx(0.05)
    assert rate(0.9999) < 1e-6
    falling = [rate(done) for done in np.linspace(0.02, 0.999, 50)]
    assert falling == sorted(falling, reverse=True)


def test_a_forecast_is_in_units_sold():
    study = build_study(PANEL, inputs=TUNED.inputs)
    model = LSTMRegressor(7, 3, seed=0)
    relative = model.predict(study.windows[study.test])
    np.testing.assert_array_equal(
        forecast(model, study, study.test), relative * study.level[study.test]
    )


def test_a_forecast_with_dropout_left_on_is_in_units_sold_too():
    study = build_study(PANEL, inputs=TUNED.inputs)
    one, same = (LSTMRegressor(7, 3, dropout=0.5, seed=0) for _ in range(2))
    relative = same.predict_with_dropout(study.windows[study.test], DROPOUT_MASKS)
    found = forecast_with_dropout(one, study, study.test)
    np.testing.assert_array_equal(found, relative * study.level[study.test])
    assert not np.array_equal(found, forecast(one, study, study.test))


def test_a_network_without_dropout_forecasts_the_same_with_dropout_left_on():
    study = build_study(PANEL)
    model = LSTMRegressor(7, 3, dropout=0)
    left_on = forecast_with_dropout(model, study, study.test)
    np.testing.assert_allclose(left_on, forecast(model, study, study.test), rtol=1e-5)


def test_by_level_the_first_forecast_is_about_the_level_of_the_window():
    """One step that moves no weight: what the network forecasts before it has learnt anything."""
    recipe = dataclasses.replace(TUNED, epochs=1, windows_per_epoch=1, learning_rate=1e-12)
    study = build_study(PANEL, "stores", recipe.inputs)
    model, _ = train(study, recipe, units=4, seed=0)
    level = study.level[study.test]
    np.testing.assert_allclose(model.params["dense2.b"], 1, rtol=1e-6)
    assert np.mean(forecast(model, study, study.test) / level) == pytest.approx(1, abs=0.3)
    assert evaluate(study.y[study.test], forecast(model, study, study.test)).wape < 50


def test_forecasting_in_units_of_the_level_is_less_wrong_after_a_few_steps():
    def error(recipe):
        recipe = dataclasses.replace(recipe, epochs=6)
        study = build_study(PANEL, "stores", recipe.inputs)
        model, _ = train(study, recipe, units=4, seed=0)
        return evaluate(study.y[study.test], forecast(model, study, study.test)).mape

    assert error(TUNED) < error(PAPER) / 2


def test_after_each_epoch_the_errors_are_those_of_a_quarter_as_many_test_windows_as_it_trained():
    recipe = dataclasses.replace(TUNED, epochs=3)
    study = build_study(PANEL, "time", recipe.inputs)
    reported = []
    model, history = train(study, recipe, 2, 0, lambda epoch, _: reported.append(epoch))
    assert reported == [1, 2, 3]
    looks = {"mape", "rmse", "bias", "dropout_on_bias"}
    assert history.metrics.keys() == looks | {CORE_SECONDS}
    assert all(len(values) == history.epochs == 3 for values in history.metrics.values())
    looked_on = study.test[:: math.ceil(4 * len(study.test) / len(study.train))]
    assert 0 < len(looked_on) < len(study.test)
    errors = evaluate(study.y[looked_on], forecast(model, study, looked_on))
    assert (history.metrics["mape"][-1], history.metrics["rmse"][-1]) == (
        errors.mape,
        errors.rmse,
    )


def test_the_time_of_training_is_what_the_processor_spent_and_no_look_at_the_test(monkeypatch):
    spent = 0.0

    def look(*_):
        nonlocal spent
        spent += 100
        return Look(1, 1, 1, 1)

    def forward_clock():
        nonlocal spent
        spent += 1
        return spent

    monkeypatch.setattr(network, "look", look)
    monkeypatch.setattr("time.process_time", forward_clock)
    recipe = dataclasses.replace(TUNED, epochs=3)
    _, history = train(build_study(PANEL, "time", recipe.inputs), recipe, 1, 0)
    assert history.metrics[CORE_SECONDS] == [1, 1, 1]
