import numpy as np
import pytest

from experiments.forecasting import smoothing
from experiments.forecasting.smoothing import forecasts, is_usable
from tests.experiments.forecasting.shops import WEEK, make_shop, poisoned

needs_library = pytest.mark.skipif(
    not smoothing.is_installed(), reason="statsforecast is not installed"
)


@needs_library
def test_a_week_is_carried_on_and_no_later_day_is_read():
    panel = make_shop(n_series=2, n_days=150, level=3, first=np.array([0, 110]))
    found = forecasts(panel, [120, 140], 14)
    assert found.shape == (2, 2, 14)
    expected = 3 * 0.5 * WEEK[(121 + np.arange(14)) % 7]
    assert np.abs(found[0, 0] - expected).sum() < 0.15 * expected.sum()
    assert np.isnan(found[0, 1]).all()  # eleven days are no history
    assert np.isfinite(found[1, 1]).all()
    poisoned_later = forecasts(poisoned(panel, 140), [120, 140], 14)
    assert np.array_equal(found, poisoned_later, equal_nan=True)


@needs_library
def test_a_closed_weekday_is_zero():
    closed = np.zeros((1, 7), bool)
    closed[0, 6] = True
    found = forecasts(make_shop(n_series=1, closed=closed), [118], 14)[0, 0]
    assert not found[[6, 13]].any()
    assert found[:6].min() > 0


def test_a_large_shop_is_spared_its_minutes(monkeypatch):
    monkeypatch.setattr(smoothing, "is_installed", lambda: True)
    assert is_usable(make_shop(n_series=smoothing.MOST_SERIES))
    assert not is_usable(make_shop(n_series=smoothing.MOST_SERIES + 1))
