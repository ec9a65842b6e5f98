"""Features, windows and splits, as the paper's script has them."""

import dataclasses
import os

import numpy as np
import pandas as pd
import pytest

from experiments.data.features import STEPS, Inputs, build_study, rows_seen, seven_features
from experiments.data.panel import DataError, read_panel
from experiments.data.simulator import simulate_panel
from tinylstm import Windows

BY_LEVEL = Inputs(leaky_scaler=False, by_level=True)


@pytest.fixture(scope="module")
def panel():
    return simulate_panel(stores=2, items=3, days=100)


@pytest.fixture(scope="module")
def study(panel):
    return build_study(panel)


def test_the_seven_features_are_the_papers(panel):
    rows = seven_features(panel).reshape(6, 70, 7)
    s, d = 4, 47  # any series and day
    sales = panel.sales[s].astype(float)
    np.testing.assert_allclose(
        rows[s, d - 30],
        [
            sales[d - 1],
            sales[d - 7],
            sales[d - 30],
            sales[d - 6 : d + 1].mean(),
            sales[d - 29 : d + 1].mean(),
            panel.dates[d].item().weekday(),
            panel.dates[d].item().month,
        ],
        rtol=1e-6,
    )


def test_the_first_row_of_a_series_has_all_its_lags(panel):
    first = seven_features(panel).reshape(6, 70, 7)[:, 0]
    np.testing.assert_array_equal(first[:, 2], panel.sales[:, 0])


def test_a_window_is_the_thirty_rows_before_its_target(panel, study):
    rows = study.windows.rows.reshape(6, 70, 7)
    k = 3 * 40 + 11  # window 11 of series 3
    assert (study.series[k], study.target_day[k]) == (3, 71)
    np.testing.assert_array_equal(np.asarray(study.windows[k])[0], rows[3, 11:41])
    assert study.y[k] == panel.sales[3, 71]


def test_no_window_sees_its_target_or_anything_after_it(panel, study):
    day = 80
    tampered = dataclasses.replace(panel, sales=panel.sales.copy())
    tampered.sales[:, day:] += 1000
    early = study.target_day <= day

    def unscaled(panel):
        return np.asarray(Windows(seven_features(panel), study.windows.starts[early], STEPS))

    np.testing.assert_array_equal(unscaled(tampered), unscaled(panel))


def test_a_window_sees_the_day_before_its_target(panel, study):
    day = 80
    tampered = dataclasses.replace(panel, sales=panel.sales.copy())
    tampered.sales[:, day - 1] += 1000
    windows = study.windows.starts[study.target_day == day]
    before, after = (
        np.asarray(Windows(seven_features(p), windows, STEPS)) for p in (panel, tampered)
    )
    assert (before[:, -1] != after[:, -1]).any(axis=1).all()


def test_every_window_stays_within_its_series(study):
    first, last = study.windows.starts // 70, (study.windows.starts + 29) // 70
    np.testing.assert_array_equal(first, study.series)
    np.testing.assert_array_equal(last, study.series)


def test_the_papers_scaler_runs_over_all_rows_test_rows_included(study):
    np.testing.assert_allclose(study.windows.rows.min(axis=0), 0)
    np.testing.assert_allclose(study.windows.rows.max(axis=0), 1)


def test_the_honest_scaler_runs_over_the_rows_of_training_windows(panel):
    study = build_study(panel, inputs=Inputs(leaky_scaler=False))
    seen = rows_seen(study.windows[study.train])
    np.testing.assert_allclose(study.windows.rows[seen].min(axis=0), 0)
    np.testing.assert_allclose(study.windows.rows[seen].max(axis=0), 1)
    assert study.windows.rows[~seen].max() > 1  # the largest store is not among them


def test_nothing_in_the_test_rows_moves_the_honest_scaler(panel):
    tampered = dataclasses.replace(panel, sales=panel.sales.copy())
    tampered.sales[5] *= 100  # the last series: test only
    honest, changed = (build_study(p, inputs=Inputs(leaky_scaler=False)) for p in (panel, tampered))
    np.testing.assert_array_equal(
        np.asarray(honest.windows[honest.train]), np.asarray(changed.windows[changed.train])
    )


def test_rows_seen_are_those_inside_a_window():
    windows = Windows(np.zeros((8, 1)), np.array([1, 2]), steps=3)
    np.testing.assert_array_equal(np.flatnonzero(rows_seen(windows)), [1, 2, 3, 4])


def test_a_feature_that_never_changes_becomes_zero():
    january = simulate_panel(stores=1, items=4, days=90)
    flat = dataclasses.replace(january, sales=np.full_like(january.sales, 7))
    rows = build_study(flat).windows.rows
    assert np.isfinite(rows).all()
    np.testing.assert_array_equal(rows[:, :5], 0)


def check_the_papers_counts(panel):
    study = build_study(panel)
    assert study.windows.rows.shape == (898_000, 7)
    assert study.windows.shape == (883_000, 30, 7)
    arrays = (study.windows.rows, study.windows.starts, study.y, study.series, study.target_day)
    assert sum(array.nbytes for array in arrays) < 60e6  # the windows, copied out, take 742 MB
    parts = study.train, study.validation, study.test
    assert [len(part) for part in parts] == [565_120, 141_280, 176_600]
    assert set(panel.stores[study.series[study.test]]) == {9, 10}


def test_the_papers_counts_on_the_simulated_data():
    check_the_papers_counts(simulate_panel())


@pytest.mark.skipif("STORE_ITEM_DATA" not in os.environ, reason="STORE_ITEM_DATA is not set")
def test_the_papers_counts_on_kaggles_data():
    check_the_papers_counts(read_panel(os.environ["STORE_ITEM_DATA"]))


def test_too_few_days_are_refused():
    with pytest.raises(DataError, match="has 60 days, and a window and its target take 61 days"):
        build_study(simulate_panel(stores=1, items=1, days=60))


@pytest.mark.parametrize("series", [1, 2])
def test_too_few_series_to_cut_between_are_refused_and_the_cure_works(series):
    panel = simulate_panel(stores=1, items=series, days=100)
    problem = rf"{series} series cannot be cut .* and test; cut them by --split time"
    with pytest.raises(DataError, match=problem):
        build_study(panel, "stores")
    assert len(build_study(panel, "time").train)


def test_too_few_days_to_cut_between_are_refused():
    with pytest.raises(DataError, match=r"62 days cannot be cut .* and test; use longer series"):
        build_study(simulate_panel(stores=1, items=3, days=62), "time")


def test_by_level_the_sales_of_a_window_are_relative_to_its_own_mean(panel):
    study = build_study(panel, inputs=BY_LEVEL)
    k = 3 * 40 + 11
    rows = seven_features(panel).reshape(6, 70, 7)[3, 11:41]
    level = (rows[0, 4] + rows[-1, 4]) / 2  # two means of thirty days
    assert study.level[k] == pytest.approx(level)
    window = np.asarray(study.windows[k])[0]
    np.testing.assert_allclose(window[:, :5], rows[:, :5] / level, rtol=1e-6)
    np.testing.assert_allclose(window[:, 5], 4 * rows[:, 5] / 6 - 2, rtol=1e-6)


def test_with_the_next_days_calendar_the_last_row_has_that_of_the_day_to_be_forecast(panel):
    rows = (seven_features(panel, ahead=ahead).reshape(6, 70, 7) for ahead in (0, 1))
    own, next_day = rows
    np.testing.assert_array_equal(next_day[:, :-1, 5:], own[:, 1:, 5:])
    np.testing.assert_array_equal(next_day[:, :, :5], own[:, :, :5])
    after = pd.Timestamp(panel.dates[-1]) + pd.Timedelta(days=1)  # beyond the data, and known
    assert tuple(next_day[0, -1, 5:]) == (after.day_of_week, after.month)
    k = 3 * 40 + 11
    calendars = [
        build_study(panel, inputs=Inputs(by_level=True, next_day=choice)).windows[k]
        for choice in (False, True)
    ]
    own_window, next_window = (np.asarray(windows)[0] for windows in calendars)
    np.testing.assert_array_equal(next_window[:-1, 5], own_window[1:, 5])


def test_by_level_series_of_any_size_look_alike(panel):
    tenfold = dataclasses.replace(panel, sales=10 * panel.sales)
    small, large = (build_study(p, inputs=BY_LEVEL) for p in (panel, tenfold))
    np.testing.assert_allclose(
        np.asarray(large.windows[:50]), np.asarray(small.windows[:50]), rtol=1e-5
    )
    np.testing.assert_allclose(large.level, 10 * small.level, rtol=1e-5)


def test_a_window_without_a_sale_has_a_level_all_the_same():
    panel = simulate_panel(stores=1, items=5, days=200)
    panel.sales[0, :100] = 0
    study = build_study(panel, inputs=BY_LEVEL)
    assert study.level.min() > 0
    assert np.isfinite(np.asarray(study.windows)).all()


def test_without_by_level_the_level_is_one(study):
    assert set(study.level) == {1}


@pytest.mark.parametrize(("days", "knows_the_year"), [(260, False), (760, True)])
def test_by_level_a_month_counts_only_if_training_saw_all_twelve(days, knows_the_year):
    panel = simulate_panel(stores=2, items=3, days=days)
    study = build_study(panel, "time", BY_LEVEL)
    assert (len(np.unique(study.windows.rows[:, 6])) == 12) == knows_the_year
    assert study.windows.rows[:, 6].any() == knows_the_year
    assert build_study(panel, "time").windows.rows[:, 6].any()  # the paper's recipe keeps it


# Series with days of their own


@pytest.fixture(scope="module")
def ragged(panel):
    """The panel, but series 2 begins on day 25 and series 3 ends before day 90; 5 is too short."""
    first, stop = np.array([0, 0, 25, 0, 0, 50]), np.array([100, 100, 100, 90, 100, 100])
    whole = dataclasses.replace(panel, first=first, stop=stop)
    return dataclasses.replace(whole, sales=np.where(whole.covered, panel.sales, 0))


@pytest.mark.parametrize("split", ["stores", "time"])
def test_where_all_days_are_their_own_nothing_changes(panel, split):
    whole = dataclasses.replace(panel, first=np.zeros(6, int), stop=np.full(6, 100))
    for inputs in (Inputs(), BY_LEVEL):
        a, b = (build_study(each, split, inputs) for each in (panel, whole))
        for field in ("y", "level", "series", "target_day", "train", "validation", "test"):
            np.testing.assert_array_equal(getattr(a, field), getattr(b, field))
        np.testing.assert_array_equal(a.windows.rows, b.windows.rows)
        np.testing.assert_array_equal(a.windows.starts, b.windows.starts)


def test_windows_and_targets_lie_within_the_days_of_their_series(ragged):
    study = build_study(ragged)
    assert np.bincount(study.series).tolist() == [40, 40, 15, 30, 40]
    first, stop = ragged.first[study.series], ragged.stop[study.series]
    assert (study.target_day - 60 >= first).all()
    assert (study.target_day < stop).all()
    np.testing.assert_array_equal(study.y, ragged.sales[study.series, study.target_day])


def test_days_outside_a_series_change_nothing_of_a_study(ragged):
    other = dataclasses.replace(ragged, sales=np.where(ragged.covered, ragged.sales, 999))
    for inputs in (Inputs(), BY_LEVEL):
        a, b = (build_study(each, "time", inputs) for each in (ragged, other))
        np.testing.assert_array_equal(np.asarray(a.windows), np.asarray(b.windows))
        np.testing.assert_array_equal(a.level, b.level)
        np.testing.assert_array_equal(a.y, b.y)


def test_by_time_the_parts_are_cut_by_the_same_days_of_all_series(ragged):
    study = build_study(ragged, "time")
    days = [set(study.target_day[part]) for part in (study.train, study.validation, study.test)]
    assert max(days[0]) < min(days[1]) <= max(days[1]) < min(days[2])


def test_a_panel_without_a_series_of_sixty_one_days_has_no_windows(ragged):
    short = dataclasses.replace(ragged, stop=ragged.first + 60)
    with pytest.raises(DataError, match="has 60 days, and a window and its target take 61 days"):
        build_study(short)
