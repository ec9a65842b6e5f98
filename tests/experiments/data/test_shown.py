"""The test windows that a page shows."""

from experiments.data.features import build_study
from experiments.data.shown import SHOWN_DAYS, shown_windows
from experiments.data.simulator import simulate_panel


def test_the_days_shown_are_the_last_of_series_with_small_and_large_sales():
    study = build_study(simulate_panel(stores=2, items=8, days=500))
    shown = shown_windows(study)
    assert all(len(windows) == SHOWN_DAYS for windows in shown)
    assert all(len(set(study.series[windows])) == 1 for windows in shown)
    assert all(study.target_day[windows[-1]] == 499 for windows in shown)
    sales = [study.y[windows].mean() for windows in shown]
    assert sales == sorted(sales)
    assert len(sales) == len(set(sales)) > 1
