import numpy as np
import pytest

from experiments.forecasting.network import Lesson, forecast, train
from experiments.forecasting.stepwise import by_network, by_trees, step_by_step
from experiments.references import trees
from tests.experiments.forecasting.shops import QUICK, WEEK, make_shop


def test_each_day_is_forecast_as_if_the_ones_before_were_sold():
    panel = make_shop()
    found = step_by_step(panel, 5, lambda known: known.sales[:, -1] + 1)
    np.testing.assert_array_equal(found, panel.sales[:, -1:] + np.arange(1, 6))


def test_a_step_knows_how_many_days_there_are_by_then():
    dates = []
    step_by_step(make_shop(), 3, lambda known: dates.append(known.dates[-1]) or known.sales[:, 0])
    assert np.diff(dates).astype(int).tolist() == [1, 1]


def test_the_first_step_of_a_network_is_its_forecast_of_the_next_day():
    panel = make_shop(n_days=600)  # of which the last 426 are kept
    model, _ = train(panel, Lesson(2, 0, 1, 600, False, recipe=QUICK))
    first = forecast([model], panel, False, [599], 1)[0]
    found = step_by_step(panel, 3, by_network(model, False))
    np.testing.assert_allclose(found[:, :1], first, rtol=1e-4)


@pytest.mark.skipif(not trees.is_installed(), reason="LightGBM is not installed")
def test_trees_learn_the_week_and_carry_it_on():
    panel = make_shop(n_days=400)
    found = step_by_step(panel, 14, by_trees(panel))
    expected = np.linspace(0.5, 2, 4)[:, np.newaxis] * WEEK[(400 + np.arange(14)) % 7]
    assert np.abs(found - expected).sum() < 0.15 * expected.sum()
