from dataclasses import replace

import numpy as np
import pytest

from experiments.data.panel import SalesPanel
from experiments.forecasting import network as module
from experiments.forecasting.inputs import MONTH, N_INPUTS, NEEDED_DAYS, ShopInputs
from experiments.forecasting.network import Lesson, draw, forecast, lesson_series, train
from tests.experiments.forecasting.shops import QUICK, WEEK, make_shop, poisoned


def lesson(**more):
    """What a small network learns in a second."""
    return Lesson(
        **{
            "units": 4,
            "seed": 0,
            "days": 14,
            "stop": 180,
            "knows_year": False,
            "recipe": QUICK,
            **more,
        }
    )


def weights(panel: SalesPanel, **more):
    model, _ = train(panel, lesson(**more))
    return np.concatenate([array.ravel() for array in model.params.values()])


def test_targets_are_drawn_within_the_days_and_after_a_whole_window():
    first = np.array([0, 0, 50, 0])
    panel = make_shop(first=first, stop=np.array([200, 150, 200, 200]))
    inputs = ShopInputs(panel, False)
    targets = draw(panel, inputs, 30, (100, 180), 5000, np.random.default_rng(0))
    assert targets.day.min() == 100
    assert targets.day.max() == 179
    assert targets.day[targets.series == 1].max() == 149
    assert np.all(targets.origin + 1 - first[targets.series] >= NEEDED_DAYS)
    assert set(targets.ahead) == set(range(1, 31))


def test_closed_days_are_not_learnt():
    closed = np.zeros((4, 7), bool)
    closed[:, 2] = True
    panel = make_shop(closed=closed)
    inputs = ShopInputs(panel, False)
    targets = draw(panel, inputs, 30, (100, 180), 5000, np.random.default_rng(0))
    assert set(targets.day % 7) == {0, 1, 3, 4, 5, 6}


def test_series_too_short_to_learn_from_are_an_error():
    panel = make_shop(n_days=61)
    with pytest.raises(ValueError, match="no series is long enough"):
        draw(panel, ShopInputs(panel, False), 7, (0, 61), 10, np.random.default_rng(0))


def test_a_network_learns_the_week():
    model, epochs = train(make_shop(n_days=300), lesson(stop=300))
    assert 1 <= epochs <= QUICK.epochs
    fresh = make_shop(n_days=300, seed=1)
    ahead = forecast([model], fresh, False, [293], 14)[0]
    assert ahead.shape == (4, 14)
    expected = np.linspace(0.5, 2, 4)[:, np.newaxis] * WEEK[(294 + np.arange(14)) % 7]
    assert np.abs(ahead - expected).sum() < 0.12 * expected.sum()


def test_no_day_from_the_stop_on_is_learnt():
    panel = make_shop()
    for epochs in (None, 2):
        seen = weights(panel, epochs=epochs)
        assert np.array_equal(seen, weights(poisoned(panel, 179), epochs=epochs))
        assert not np.array_equal(seen, weights(poisoned(panel, 178), epochs=epochs))


def test_equal_seeds_are_equal_bits_and_others_are_not():
    panel = make_shop()
    assert np.array_equal(weights(panel), weights(panel))
    assert not np.array_equal(weights(panel), weights(panel, seed=1))


def test_a_network_that_knows_no_year_says_nothing_about_months():
    model, _ = train(make_shop(), lesson())
    assert model.lstm.params["W"].shape == (N_INPUTS, 16)
    assert not model.lstm.params["W"][MONTH:].any()


def test_no_forecast_reads_a_day_after_its_origin():
    panel = make_shop()
    model, _ = train(panel, lesson())
    both = (forecast([model], each, False, [150], 20) for each in (panel, poisoned(panel, 150)))
    assert np.array_equal(*both)


def test_a_forecast_is_the_mean_of_its_networks():
    panel = make_shop()
    models = [train(panel, lesson(seed=seed))[0] for seed in (0, 1)]
    one, other = (forecast([model], panel, False, [190], 5) for model in models)
    np.testing.assert_allclose(forecast(models, panel, False, [190], 5), (one + other) / 2)


def test_series_are_forecast_alike_however_many_are_forecast_at_a_time(monkeypatch):
    panel = make_shop()
    model, _ = train(panel, lesson())
    whole = forecast([model], panel, False, [150, 190], 5)
    monkeypatch.setattr(module, "AT_ONCE", 3)
    assert np.array_equal(whole, forecast([model], panel, False, [150, 190], 5))


def test_a_series_younger_than_a_window_has_no_forecast_and_a_closed_day_is_zero():
    closed = np.zeros((4, 7), bool)
    closed[:, 0] = True
    panel = make_shop(first=np.array([0, 0, 0, 130]), closed=closed)
    model, _ = train(panel, lesson())
    ahead = forecast([model], panel, False, [188], 7)[0]  # a Sunday
    assert np.isnan(ahead[3, 1:]).all()
    assert not ahead[:3, 0].any()


def test_of_a_large_shop_some_series_are_learnt(monkeypatch):
    monkeypatch.setattr(module, "MOST_DAYS", 1000)
    panel = make_shop(n_series=12, first=np.r_[np.zeros(10, int), 150, 160])
    some = lesson_series(panel, 180, np.random.default_rng(0))
    assert len(some.sales) == 5
    assert np.all(some.first == 0)  # those that are long enough
    rest = replace(panel, sales=panel.sales[:, :60], dates=panel.dates[:60])
    assert len(lesson_series(rest, 60, np.random.default_rng(0)).sales) == 12
