"""What is known at an origin, and that no later day is."""

import numpy as np

from experiments.forecasting.known import last_days, lately_closed
from tests.experiments.forecasting.shops import make_shop, poisoned

SUNDAY = 6
SUNDAYS = np.s_[:, SUNDAY::7]


def closed_on_sundays(**more):
    panel = make_shop(level=3, **more)
    panel.sales[SUNDAYS] = 0
    return panel


def test_no_day_after_the_origin_is_read():
    panel = closed_on_sundays()
    np.testing.assert_array_equal(
        lately_closed(panel, 120), lately_closed(poisoned(panel, 120), 120)
    )


def test_a_weekday_without_a_sale_in_eight_weeks_is_closed_whatever_was_sold_before():
    panel = closed_on_sundays()
    panel.sales[:, 62] = 9  # a Sunday
    for origin, closed in ((117, False), (118, True)):
        found = lately_closed(panel, origin)
        assert found[:, SUNDAY].all() == closed
        assert not found[:, :SUNDAY].any()


def test_days_without_a_sale_of_what_sells_seldom_are_not_taken_as_closed():
    panel = make_shop(n_series=1)
    panel.sales[:] = 0
    panel.sales[:, 3::14] = 1  # every other Thursday
    assert not lately_closed(panel, 150).any()


def test_a_series_of_less_than_eight_weeks_is_not_known_to_be_closed():
    panel = closed_on_sundays(n_series=1, first=np.array([100]))
    assert not lately_closed(panel, 150).any()


def test_before_eight_weeks_of_the_file_nothing_is_known_to_be_closed():
    assert not lately_closed(closed_on_sundays(), 40).any()


def test_closed_weekdays_are_days_that_a_series_does_not_have():
    closed = np.zeros((1, 7), bool)
    closed[0, SUNDAY] = True
    _, has = last_days(make_shop(n_series=1, closed=closed), 13, 14)
    assert np.flatnonzero(~has[0]).tolist() == [6, 13]
