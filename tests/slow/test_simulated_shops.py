"""Five kinds of shops: what the program chose holds its promises on four weeks to come."""

import pytest

from experiments.data.simulated_shops import KINDS
from experiments.forecasting.simulated_shops import try_shop

pytestmark = pytest.mark.long


@pytest.mark.parametrize("kind", KINDS)
def test_a_forecast_is_no_worse_than_last_week_and_its_ranges_hold(kind):
    row = try_shop(kind, seed=0)
    assert row.wape < 1.02 * row.seasonal_naive_7
    assert row.rmse < 1.02 * min(row.rmse_seasonal_naive_7, row.rmse_average_28)
    assert row.cover80 == pytest.approx(80, abs=4)
    assert row.cover95 == pytest.approx(95, abs=4)


def test_a_noisy_shop_of_one_year_is_forecast_far_better_than_by_last_week():
    row = try_shop("one_year", seed=1)
    assert row.wape < 0.85 * row.seasonal_naive_7
