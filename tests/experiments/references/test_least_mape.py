"""The forecast of the least MAPE, against a search through the expected errors."""

import math

import numpy as np
import pytest

from experiments.references.least_mape import LARGEST, least_mape, thresholds
from experiments.references.metrics import evaluate


def by_search(mean):
    """The forecast with the least expected MAPE of all multiples of a half up to twice the mean."""
    y = np.arange(1, int(mean + 12 * math.sqrt(mean) + 30))
    chance = np.exp([k * math.log(mean) - mean - math.lgamma(k + 1) for k in y.tolist()])
    tried = np.arange(0, 2 * mean + 4, 0.5)
    expected = [np.sum(chance * np.abs(y - forecast) / y) for forecast in tried]
    return tried[np.argmin(expected)]


@pytest.mark.parametrize(
    "mean", [0.01, 0.9, 2.1, 2.3, 3.0, 5.5, 17.3, 52.25, 231.4, 399, 401, 1000]
)
def test_it_is_the_best_of_all_forecasts_that_are_tried(mean):
    assert least_mape(np.array([mean])) == by_search(mean)


def test_what_is_never_sold_is_forecast_so():
    assert least_mape(np.array([0.0, 50.0])).tolist() == [0, 49]


def test_a_panel_may_have_means_of_any_size():
    forecast = least_mape(np.array([[1e-300, 1e7], [0.5, 2 * LARGEST]]))
    assert forecast.tolist() == [[1, 1e7 - 1], [1, 2 * LARGEST - 1]]


def test_thresholds_go_over_into_their_limit():
    last = thresholds(LARGEST)[-1]
    assert last == pytest.approx(LARGEST + 5 / 3, abs=0.003)


def test_on_sales_its_mape_is_lower_than_that_of_the_true_mean_at_any_scale():
    rng = np.random.default_rng(0)
    mean = rng.uniform(5, 100, 100_000)
    y = rng.poisson(mean)
    scaled = [evaluate(y, factor * mean).mape for factor in np.arange(0.9, 1.02, 0.01)]
    assert evaluate(y, least_mape(mean)).mape < min(scaled) < evaluate(y, mean).mape
