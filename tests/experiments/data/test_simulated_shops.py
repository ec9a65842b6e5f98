import numpy as np
import pytest

from experiments.data.simulated_shops import KINDS, simulate_shop


@pytest.mark.parametrize("kind", KINDS)
def test_equal_seeds_are_equal_sales_and_others_are_not(kind):
    shop, again, other = (simulate_shop(kind, seed) for seed in (0, 0, 1))
    assert np.array_equal(shop.sales, again.sales)
    assert not np.array_equal(shop.sales, other.sales)


@pytest.mark.parametrize("kind", KINDS)
def test_sales_are_counts_around_their_mean(kind):
    shop = simulate_shop(kind)
    assert shop.sales.dtype == np.int32
    assert shop.sales.min() == 0
    assert shop.sales.sum() == pytest.approx(shop.mean.sum(), rel=0.02)


@pytest.mark.parametrize("kind", ["overdispersed", "one_year"])
def test_the_variance_of_noisy_shops_is_up_to_nine_times_the_mean(kind):
    shop = simulate_shop(kind)
    open_days = shop.mean > 0
    squares = np.where(open_days, (shop.sales - shop.mean) ** 2 / np.maximum(shop.mean, 1e-9), 0)
    dispersion = squares.sum(axis=1) / open_days.sum(axis=1)
    assert np.percentile(dispersion, 5) == pytest.approx(1.5, abs=0.5)
    assert np.percentile(dispersion, 90) == pytest.approx(8, abs=1.5)


def test_most_days_of_the_intermittent_shop_sell_nothing():
    assert 0.5 < np.mean(simulate_shop("intermittent").sales == 0) < 0.9


def test_items_of_the_shop_with_launches_have_days_of_their_own():
    shop = simulate_shop("launches")
    for sales, first, stop in zip(shop.sales, shop.first, shop.stop, strict=True):
        assert not sales[:first].any()
        assert not sales[stop:].any()
        assert sales[first:stop].any()
    assert len(set(shop.first)) > 5
    assert shop.stop.min() < 730


def test_the_closed_weekday_sells_nothing():
    for kind, weekday in (("launches", "Sun"), ("one_year", "Mon")):
        shop = simulate_shop(kind)
        names = np.array(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
        assert names[shop.closed[0]].tolist() == [weekday]
        place = (shop.dates.astype(int) + 3) % 7  # 1970 began on a Thursday
        assert not shop.sales[:, names[place] == weekday].any()


def test_the_trends_of_the_trending_shop_differ():
    shop = simulate_shop("trending")
    growth = shop.mean[:, 365:].sum(axis=1) / shop.mean[:, :365].sum(axis=1)
    assert growth.min() < 0.9
    assert growth.max() > 1.25


def test_another_kind_is_an_error():
    with pytest.raises(KeyError):
        simulate_shop("corner")
