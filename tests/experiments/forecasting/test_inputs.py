import numpy as np
import pytest

from experiments.forecasting.inputs import (
    CONSTANTS,
    MONTH,
    N_INPUTS,
    N_ROW,
    NEEDED_DAYS,
    WEEKDAY,
    WEEKS,
    ShopInputs,
    Targets,
    is_closed,
)
from tests.experiments.forecasting.shops import make_shop, poisoned


def window(panel, series=0, origin=100, ahead=1, knows_year=False):
    targets = Targets(*(np.array([n]) for n in (series, origin, ahead)))
    windows, level = ShopInputs(panel, knows_year).windows(targets)
    return np.asarray(windows)[0], level[0]


def constant(rows, name):
    return rows[0, N_ROW + CONSTANTS.index(name)]


@pytest.mark.parametrize("ahead", [1, 6, 7, 8, 30])
def test_rows_are_the_latest_known_days_of_the_targets_weekday(ahead):
    panel = make_shop()
    rows, level = window(panel, series=2, origin=100, ahead=ahead)
    days = [day for day in range(100, 0, -1) if (100 + ahead - day) % 7 == 0][:WEEKS][::-1]
    np.testing.assert_allclose(rows[:, 0] * level, panel.sales[2, days], rtol=1e-5)
    weeks = [panel.sales[2, day - 6 : day + 1].mean() for day in days]
    np.testing.assert_allclose(rows[:, 1] * level, weeks, rtol=1e-5)


def test_the_level_is_the_mean_of_56_days():
    panel = make_shop()
    assert window(panel, 1, 100)[1] == pytest.approx(panel.sales[1, 45:101].mean())


def test_the_level_of_a_closed_weekday_is_that_of_the_open_days():
    closed = np.zeros((4, 7), bool)
    closed[:, 0] = True
    panel = make_shop(closed=closed)
    of_56_days = panel.sales[1, 45:101]
    assert window(panel, 1, 100)[1] == pytest.approx(of_56_days.sum() / 48)


def test_a_series_that_sold_nothing_has_a_level_all_the_same():
    rows, level = window(make_shop(level=0))
    assert level > 0
    assert np.isfinite(rows).all()


@pytest.mark.parametrize("origin", [NEEDED_DAYS - 1, 100, 150])
def test_no_day_after_the_origin_is_read(origin):
    panel = make_shop()
    for ahead in (1, 5, 7, 40):
        seen = window(panel, 3, origin, ahead)[0]
        assert np.array_equal(seen, window(poisoned(panel, origin), 3, origin, ahead)[0])


def test_an_earlier_day_is_read():
    panel = make_shop()
    assert not np.array_equal(window(panel)[0], window(poisoned(panel, 99))[0])


def test_the_weekday_of_the_target_is_marked():
    rows, _ = window(make_shop(), origin=100, ahead=3)  # day 103 from a Monday is a Saturday
    assert rows[0, WEEKDAY:MONTH].tolist() == [0, 0, 0, 0, 0, 1, 0]


def test_the_month_of_the_target_stands_against_those_of_the_level():
    panel = make_shop(n_days=400)
    rows, _ = window(panel, origin=89, ahead=30, knows_year=True)  # from 2 April into May 2023
    season = rows[0, MONTH:]
    assert season[4] == pytest.approx(1)  # May
    assert season[2] == pytest.approx(-31 / 56)  # March
    assert season.sum() == pytest.approx(0, abs=1e-6)


def test_without_a_whole_year_there_is_no_month():
    rows, _ = window(make_shop())
    assert not rows[:, MONTH:].any()
    assert rows.shape == (WEEKS, N_INPUTS)


def test_the_horizon_runs_from_minus_one_to_one():
    near, far = (constant(window(make_shop(), ahead=n)[0], "log_ahead") for n in (1, 90))
    assert (near, far) == (-1, 1)


def test_habits_look_back_a_year_or_as_long_as_the_series_has():
    panel = make_shop(n_days=500, first=np.array([0, 0, 0, 30]))
    rows, level = window(panel, 3, origin=30 + 70 - 1)
    assert constant(rows, "habit") * level == pytest.approx(panel.sales[3, 30:100].mean(), rel=1e-5)
    rows, level = window(panel, 3, origin=480)
    of_year = panel.sales[3, 481 - 364 : 481].mean()
    assert constant(rows, "habit") * level == pytest.approx(of_year, rel=1e-5)


def test_closed_days_are_told_for_any_days():
    closed = np.zeros((4, 7), bool)
    closed[2, 6] = True
    places = np.array([[5, 6, 7], [12, 13, 14]])
    found = is_closed(make_shop(closed=closed), places)
    assert found.shape == (2, 4, 3)
    assert found[:, 2].tolist() == [[False, True, False]] * 2
    assert found.sum() == 2
