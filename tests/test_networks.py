"""One network: its training follows the recipe, its forecasts are in units sold."""

import dataclasses

import numpy as np
import pytest

from experiments.features import build_study
from experiments.metrics import evaluate
from experiments.networks import cosine, forecast, train
from experiments.recipes import PAPER, TUNED
from experiments.simulate import simulate_panel
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
    study = build_study(PANEL, by_level=True)
    model = LSTMRegressor(7, 3, seed=0)
    relative = model.predict(study.windows[study.test])
    np.testing.assert_array_equal(forecast(model, study), relative * study.level[study.test])


def test_forecasting_in_units_of_the_level_is_less_wrong_after_a_few_steps():
    def error(recipe):
        recipe = dataclasses.replace(recipe, epochs=6)
        study = build_study(PANEL, "stores", recipe.leaky_scaler, recipe.by_level)
        model, _ = train(study, recipe, units=4, seed=0)
        return evaluate(study.y[study.test], forecast(model, study))["mape"]

    assert error(TUNED) < error(PAPER) / 2


def test_the_errors_after_each_epoch_end_with_those_of_the_network():
    recipe = dataclasses.replace(TUNED, epochs=3)
    study = build_study(PANEL, "time", recipe.leaky_scaler, recipe.by_level)
    reported = []
    model, history = train(study, recipe, 2, 0, lambda epoch, _: reported.append(epoch))
    assert reported == [1, 2, 3]
    assert history.metrics.keys() == {"mape", "rmse"}
    assert all(len(values) == history.epochs == 3 for values in history.metrics.values())
    scores = evaluate(study.y[study.test], forecast(model, study))
    assert (history.metrics["mape"][-1], history.metrics["rmse"][-1]) == (
        scores["mape"],
        scores["rmse"],
    )
