import numpy as np
import pandas as pd
import pytest

from experiments.data.panel import DataError
from experiments.data.simulator import seasonal_factor, series_level, simulate_panel
from experiments.forecasting import held_out
from experiments.forecasting.held_out import check_reach, cut, oracle, rows
from experiments.references.forecasts import ORACLE

PANEL = simulate_panel(stores=2, items=10, days=800)
LAST_DAY = str(PANEL.dates[699])


def test_the_days_held_out_are_those_after_the_last_known_one():
    history, sold = cut(PANEL, LAST_DAY)
    assert history.dates[-1] == PANEL.dates[699]
    np.testing.assert_array_equal(sold, PANEL.sales[:, 700:790])


def test_the_oracle_knows_the_seasons_and_takes_the_level_from_sixty_days():
    history, _ = cut(PANEL, LAST_DAY)
    mean = np.outer(
        series_level(PANEL.stores - 1, PANEL.items - 1), seasonal_factor(PANEL.dates[700:790])
    )
    found = oracle(PANEL, history)
    assert np.abs(found - mean).sum() < 0.04 * mean.sum()
    history.sales[:, 640:700] *= 2  # the sixty days
    np.testing.assert_allclose(oracle(PANEL, history), 2 * found)


def test_errors_stand_beside_the_oracles_by_days_ahead():
    _, sold = cut(PANEL, LAST_DAY)
    found = {ORACLE: sold + 1.0, "network": sold + 2.0}
    ends = {"network": np.stack([sold, sold, sold + 1, sold + 2])}
    table = pd.DataFrame(rows(LAST_DAY, sold, found, ends)).set_index(["forecaster", "horizon"])
    assert table.loc[("network", "all"), "above_oracle"] == pytest.approx(100)
    assert table.loc[("network", "1"), "rmse"] == pytest.approx(2)
    assert table.loc[("network", "2-7"), "n"] == 6 * len(sold)
    assert table.loc[("network", "all"), "cover80"] == 100
    assert table.loc[("network", "all"), "cover95"] == 0
    assert np.isnan(table.loc[(ORACLE, "all"), "cover80"])


def test_the_trials_are_earlier_than_what_is_held_out():
    days_after = np.timedelta64(held_out.DAYS, "D")
    last = max(np.datetime64(day) for day in held_out.TRIALS) + days_after
    assert all(last <= np.datetime64(day) for day in held_out.HELD_OUT)


def test_sales_without_the_days_that_are_held_out_are_refused_in_one_sentence():
    panel = simulate_panel(stores=1, items=1, days=821)
    check_reach(panel, ["2015-01-01"])
    for day in ("2015-01-02", "2014-12-31"):
        with pytest.raises(DataError, match=r"its days are 2013-01-01 to 2015-04-01, and 201\d-"):
            check_reach(panel, [day])
