"""Errors of a forecast, against values computed by hand."""

from dataclasses import asdict

import numpy as np
import pytest

from experiments.references.metrics import LEAST_FORECAST, Errors, evaluate

SALES = [10, 20, 40]
FORECASTS = [12, 15, 40]  # errors 2, 5, 0


def test_each_metric_has_its_value_by_hand():
    by_hand = Errors(
        mape=100 * (2 / 10 + 5 / 20 + 0) / 3,
        smape=200 * (2 / 22 + 5 / 35 + 0) / 3,
        wape=100 * 7 / 70,
        rmse=np.sqrt((4 + 25 + 0) / 3),
        mae=7 / 3,
        deviance=2 * (10 * np.log(10 / 12) + 2 + 20 * np.log(20 / 15) - 5) / 3,
    )
    assert asdict(evaluate(SALES, FORECASTS)) == pytest.approx(asdict(by_hand), rel=1e-12)


def test_days_without_sales_are_left_out_of_mape_alone():
    errors = evaluate([0, *SALES], [3, *FORECASTS])
    assert errors.mape == pytest.approx(evaluate(SALES, FORECASTS).mape)
    assert errors.mae == pytest.approx((3 + 7) / 4)


def test_a_day_without_sales_counts_200_in_smape_and_none_if_forecast_so():
    assert evaluate([0, 10], [3, 10]).smape == pytest.approx(100)
    assert evaluate([0, 10], [0, 10]).smape == 0


def test_where_nothing_was_sold_mape_and_wape_have_no_value():
    errors = evaluate([0, 0], [1, 1])
    assert np.isnan([errors.mape, errors.wape]).all()
    assert errors.rmse == 1


def test_a_day_without_sales_has_twice_its_forecast_as_deviance():
    assert evaluate([0], [3]).deviance == pytest.approx(2 * 3)
    assert evaluate([0], [0]).deviance == pytest.approx(2 * LEAST_FORECAST)


@pytest.mark.parametrize("forecast", [0.0, -5.0])
def test_a_forecast_of_nothing_or_less_has_a_finite_deviance_and_a_bad_one(forecast):
    at_least = evaluate([10], [LEAST_FORECAST]).deviance
    assert evaluate([10], [forecast]).deviance == at_least > evaluate([10], [0.1]).deviance


def test_negative_sales_have_no_deviance():
    errors = evaluate([-1, 10], [1, 10])
    assert np.isnan(errors.deviance)
    assert errors.mae == 1


def test_the_mean_has_the_least_deviance_on_average():
    rng = np.random.default_rng(0)
    mean = rng.uniform(1, 100, 100_000)
    y = rng.poisson(mean)
    low, right, high = (evaluate(y, factor * mean).deviance for factor in (0.97, 1, 1.03))
    assert right < min(low, high)


def test_float32_forecasts_are_summed_in_float64():
    # In float32 the squares, 1e10 + 1, and their sum could not hold the ones.
    y = np.zeros(3, np.float32)
    p = np.array([1e5, 1, 1], np.float32)
    assert evaluate(y, p).rmse == pytest.approx(np.sqrt((1e10 + 2) / 3), rel=1e-14)


@pytest.mark.parametrize(
    ("y", "prediction", "complaint"),
    [
        ([1, 2, 3], [[1], [2], [3]], "the sales have shape"),
        ([1, 2], [1, 2, 3], "the sales have shape"),
        ([], [], "no forecasts"),
        ([1, 2], [1, np.nan], "1 of 2 forecasts are NaN"),
        ([np.inf, 2], [1, 2], "1 of 2 sales are NaN or infinite"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(y, prediction, complaint):
    with pytest.raises(ValueError, match=complaint):
        evaluate(y, prediction)
