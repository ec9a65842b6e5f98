"""Errors by calendar month, whose sums are those of each month alone."""

import numpy as np
import pytest

from experiments.references.metrics import evaluate
from experiments.references.monthly import Monthly, sum_by_month

DATES = np.array(["2017-02-01", "2016-02-09", "2017-02-28", "2017-03-01"], "datetime64[D]")
Y = np.array([10.0, 20, 0, 0])
FORECAST = np.array([12.0, 15, 1, 2])


def test_sums_are_those_of_each_month_and_the_same_month_of_two_years_is_two():
    found = sum_by_month(DATES, Y, FORECAST)
    assert found.month == ("2016-02", "2017-02", "2017-03")
    assert (found.n, found.n_sold) == ((1, 2, 1), (1, 1, 0))
    assert found.error == pytest.approx((-5, 3, 2))
    assert found.squared_error == pytest.approx((25, 5, 4))
    assert found.percentage_error == pytest.approx((25, 20, 0))  # nothing was sold in March


def test_the_sums_of_all_months_give_the_errors_of_all_days():
    found, whole = sum_by_month(DATES, Y, FORECAST), evaluate(Y, FORECAST)
    assert sum(found.squared_error) / 4 == pytest.approx(whole.rmse**2)
    assert sum(found.percentage_error) / sum(found.n_sold) == pytest.approx(whole.mape)
    assert sum(found.deviance) / 4 == pytest.approx(whole.deviance)


def test_columns_of_other_lengths_are_refused():
    with pytest.raises(ValueError, match="as many"):
        Monthly(("2017-01",), (1, 2), *[(1.0,)] * 5)
