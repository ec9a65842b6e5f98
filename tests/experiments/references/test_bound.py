"""The bound of the paper's inputs, against brute force and against who knows more or less."""

from collections import defaultdict

import numpy as np
import pytest

from experiments.data.features import (
    FIRST_TARGET,
    LONGEST_LAG,
    N_SALES_FEATURES,
    STEPS,
    build_study,
    seven_features,
)
from experiments.data.simulator import seasonal_factor, simulate_panel
from experiments.references.bound import bound, days_alike
from experiments.references.forecasts import oracle

PANEL = simulate_panel(stores=4, items=50, days=500)
SEASONAL = seasonal_factor(PANEL.dates)
FORECAST = bound(PANEL.sales, PANEL.dates, SEASONAL)
# Mondays after thirty days of March.
TWINS = np.flatnonzero(np.isin(PANEL.dates.astype(str), ["2013-04-01", "2014-03-31"]))


def test_the_rows_of_a_window_hold_the_sales_of_sixty_days():
    day, told = 300, {}
    rows = seven_features(PANEL)[: 500 - LONGEST_LAG]  # of the first series
    for row in range(day - STEPS, day):
        values = rows[row - LONGEST_LAG]
        told |= {row - lag: values[column] for column, lag in enumerate((1, 7, 30))}
    told[day - 1] = 7 * values[3] - sum(told[day - back] for back in range(2, 8))
    before = range(day - FIRST_TARGET, day)
    assert sorted(told) == list(before)
    assert [round(told[k]) for k in before] == PANEL.sales[0, before].tolist()


@pytest.mark.parametrize("n_days", [500, 1826])
def test_the_days_taken_for_each_other_are_those_whose_windows_have_the_same_calendar(n_days):
    panel = simulate_panel(stores=1, items=10, days=n_days)
    windows, alike = build_study(panel).windows, defaultdict(list)
    of_first_series = np.asarray(windows[: n_days - FIRST_TARGET])
    for day, window in enumerate(of_first_series, FIRST_TARGET):
        alike[window[:, N_SALES_FEATURES:].tobytes()].append(day)
    assert sorted(group.tolist() for group in days_alike(panel.dates)) == sorted(alike.values())


def test_only_after_thirty_days_of_one_month_a_day_may_be_another():
    (several,) = (group for group in days_alike(PANEL.dates) if len(group) > 1)
    assert several.tolist() == TWINS.tolist()


def test_of_a_day_whose_calendar_is_its_own_it_is_the_oracle():
    others = np.setdiff1d(np.arange(FIRST_TARGET, 500), TWINS)
    of_oracle = oracle(PANEL.sales, SEASONAL)
    np.testing.assert_allclose(FORECAST[:, others], of_oracle[:, others], rtol=1e-9)
    assert not np.isclose(FORECAST[:, TWINS], of_oracle[:, TWINS], rtol=1e-3).all(axis=0).any()
    assert np.isnan(FORECAST[:, :FIRST_TARGET]).all()


def by_brute_force(x, days):
    """The mean of the next sales after x (60,), summed over days and a grid of levels."""
    log_level = np.linspace(-15, 7, 20_001)[:, np.newaxis]  # in even steps: a prior of 1/level
    factors = np.stack([SEASONAL[day - FIRST_TARGET : day] for day in days])[:, np.newaxis]
    means = np.exp(log_level) * factors  # (days, levels, 60)
    log_chance = (x * np.log(means) - means).sum(axis=2)
    chance = np.exp(log_chance - log_chance.max())
    forecasts = np.exp(log_level[:, 0]) * SEASONAL[days][:, np.newaxis]
    return (chance * forecasts).sum() / chance.sum()


@pytest.mark.parametrize("unit", [1, 5], ids=["fast", "slow"])
def test_it_is_the_mean_over_days_and_levels_by_brute_force(unit):
    sales = PANEL.sales[:5] // unit
    forecast = bound(sales, PANEL.dates, SEASONAL)
    for day in (*TWINS, 200):
        days = TWINS if day in TWINS else [day]
        for x, found in zip(sales[:, day - FIRST_TARGET : day], forecast[:, day], strict=True):
            assert found == pytest.approx(by_brute_force(x, days), rel=1e-6)


def test_it_is_better_than_betting_on_one_day_and_worse_than_knowing_it():
    rng = np.random.default_rng(0)
    sales = rng.poisson(np.outer(np.full(4000, 3.0), SEASONAL))  # slow: they hardly tell the day
    truth = 3.0 * SEASONAL[TWINS]

    def error(forecast):
        return np.mean((forecast - truth) ** 2)

    def bet(on):
        before = slice(on - FIRST_TARGET, on)
        totals = np.stack([sales[:, day - FIRST_TARGET : day].sum(axis=1) for day in TWINS], axis=1)
        return totals / SEASONAL[before].sum() * SEASONAL[on]

    found = error(bound(sales, PANEL.dates, SEASONAL)[:, TWINS])
    bets = [error(bet(day)) for day in TWINS]
    assert error(oracle(sales, SEASONAL)[:, TWINS]) < found < min(bets)


@pytest.mark.filterwarnings("error")
def test_days_on_which_every_shop_is_closed_and_series_without_sales_are_no_obstacle():
    closed = np.where((PANEL.dates.astype(int) + 3) % 7 == 6, 0, SEASONAL)
    sales = np.where(closed > 0, PANEL.sales[:2], 0) * [[1], [0]]
    forecast = bound(sales, PANEL.dates, closed)[:, FIRST_TARGET:]
    assert ((forecast[0] == 0) == (closed[FIRST_TARGET:] == 0)).all()
    assert (forecast[1] == 0).all()


def test_too_few_days_have_no_bound():
    few = slice(0, FIRST_TARGET)
    assert np.isnan(bound(PANEL.sales[:, few], PANEL.dates[few], SEASONAL[few])).all()
