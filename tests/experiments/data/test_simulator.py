"""The simulated data set: its size, its law, and its random streams."""

import os

import numpy as np
import pytest

from experiments.data.panel import read_panel
from experiments.data.simulator import WEEKDAY, fingerprint, seasonal_factor, simulate_panel


@pytest.fixture(scope="module")
def default():
    return simulate_panel()


@pytest.fixture(scope="module")
def small():
    return simulate_panel(stores=2, items=3, days=100, seed=4)


def chi_square_per_row(sales, mean):
    return np.mean((sales - mean) ** 2 / mean)


def test_the_default_panel_has_the_size_of_kaggles(default):
    assert default.name == "simulated"
    assert default.sales.shape == default.mean.shape == (500, 1826)
    assert default.sales.dtype == np.int32
    assert default.dates[0] == np.datetime64("2013-01-01")
    assert default.dates[-1] == np.datetime64("2017-12-31")


def test_the_series_are_in_the_order_store_then_item(small):
    assert small.stores.tolist() == [1, 1, 1, 2, 2, 2]
    assert small.items.tolist() == [1, 2, 3, 1, 2, 3]


def test_the_mean_is_the_product_of_the_factors(default):
    series = np.flatnonzero((default.stores == 2) & (default.items == 3))
    wednesday = np.flatnonzero(default.dates == np.datetime64("2014-03-05"))
    by_hand = 4.0959 * 10 * 14 / 15 * 12 / 14 * 23 / 20
    assert default.mean[series, wednesday] == pytest.approx(by_hand)


def test_the_seasonal_factor_tells_weekdays_months_and_years():
    # A Monday, a Sunday, and the last day of the tables, which is a Sunday too.
    dates = np.array(["2013-01-07", "2015-07-05", "2017-12-31"], "datetime64[D]")
    by_hand = [12 / 15 * 9 / 14, 18 / 15 * 17 / 14 * 24 / 20, 18 / 15 * 10 / 14 * 27 / 20]
    assert seasonal_factor(dates) == pytest.approx(by_hand)


def test_with_a_summer_week_monday_is_sunday_from_april_to_september_and_nothing_else_changes():
    dates = np.arange("2013-01-01", "2014-01-01", dtype="datetime64[D]")
    ratio = seasonal_factor(dates, summer_week=True) / seasonal_factor(dates)
    for date, found in zip(dates.tolist(), ratio, strict=True):
        turned = 6 - date.weekday() if 4 <= date.month <= 9 else date.weekday()
        assert found == pytest.approx(WEEKDAY[turned] / WEEKDAY[date.weekday()])


def test_sales_with_a_summer_week_are_other_data_around_a_mean_of_their_own(small):
    panel = simulate_panel(stores=2, items=3, days=200, seed=4, summer_week=True)
    assert panel.name != small.name
    assert (panel.sales[:, :90] == small.sales[:, :90]).all()  # until March
    assert chi_square_per_row(panel.sales, panel.mean) == pytest.approx(1, abs=0.2)
    assert chi_square_per_row(panel.sales, simulate_panel(2, 3, 200, 4).mean) > 1.5


def test_the_sales_are_poisson_around_their_mean(default):
    chi_square = chi_square_per_row(default.sales, default.mean)
    sampling_error = np.sqrt(np.mean(2 + 1 / default.mean) / default.mean.size)
    assert chi_square == pytest.approx(1, abs=4 * sampling_error)
    total, expected = default.sales.sum(), default.mean.sum()
    assert total == pytest.approx(expected, abs=4 * np.sqrt(expected))


def test_equal_seeds_give_equal_bits(small):
    again = simulate_panel(stores=2, items=3, days=100, seed=4)
    assert (again.sales == small.sales).all()
    assert again.sha256 == small.sha256


def test_another_seed_gives_other_sales_of_the_same_mean(small):
    other = simulate_panel(stores=2, items=3, days=100, seed=5)
    assert (other.mean == small.mean).all()
    assert (other.sales != small.sales).mean() > 0.8
    assert other.sha256 != small.sha256


def test_a_smaller_panel_is_a_corner_of_a_larger_one(small):
    larger = simulate_panel(stores=3, items=5, days=150, seed=4)
    corner = larger.sales.reshape(3, 5, 150)[:2, :3, :100]
    assert (corner.reshape(6, 100) == small.sales).all()


def test_beyond_the_tables_stores_and_items_start_again_with_their_own_sales():
    panel = simulate_panel(stores=11, items=51, days=60)
    assert (panel.stores[-1], panel.items[-1]) == (11, 51)
    assert (panel.mean[-1] == panel.mean[0]).all()
    assert (panel.sales[-1] != panel.sales[0]).any()


def test_beyond_2017_the_factor_of_2017_stays():
    # 2017 and 2023 begin on the same weekday, and neither has a leap day.
    year = np.arange("2017-01-01", "2018-01-01", dtype="datetime64[D]")
    later = np.arange("2023-01-01", "2024-01-01", dtype="datetime64[D]")
    assert (seasonal_factor(later) == seasonal_factor(year)).all()


def test_the_fingerprint_tells_the_shape_and_every_sale():
    sales = np.arange(6).reshape(2, 3)
    others = [sales.reshape(3, 2), sales + (sales == 5)]
    assert len({fingerprint(panel) for panel in (sales, *others)}) == 3
    assert fingerprint(sales) == fingerprint(sales.astype(">i8"))


@pytest.mark.parametrize(
    ("argument", "value"),
    [("stores", 0), ("days", 1.5), ("seed", -1)],
)
def test_counts_and_seed_must_be_whole_numbers(argument, value):
    with pytest.raises(ValueError, match=rf"^{argument} must be a whole number of at least [01]"):
        simulate_panel(**{argument: value})


def test_kaggles_sales_are_poisson_around_the_mean_of_the_simulated_data(default):
    path = os.environ.get("STORE_ITEM_DATA")
    if not path:
        pytest.skip("set STORE_ITEM_DATA to the path of Kaggle's train.csv or zip")
    kaggle = read_panel(path)
    assert (kaggle.stores == default.stores).all()
    assert (kaggle.items == default.items).all()
    assert chi_square_per_row(kaggle.sales, default.mean) == pytest.approx(1.001, abs=0.001)
