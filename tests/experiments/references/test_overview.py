"""What is known of a data set before any network is trained."""

import dataclasses

import numpy as np
import pytest

from experiments.data.features import build_study
from experiments.data.shown import shown_windows
from experiments.data.simulator import simulate_panel
from experiments.references.overview import make_overview
from tests.records import TREES

PANEL = simulate_panel(stores=2, items=5, days=400)
STUDY = build_study(PANEL)
OVERVIEW = make_overview(PANEL, STUDY)


def overview_of(split="stores", **changes):
    """The overview of the panel as a file, without its true mean, and with changes."""
    panel = dataclasses.replace(PANEL, **{"name": "sales.csv", "mean": None, **changes})
    return make_overview(panel, build_study(panel, split))


def test_an_overview_counts_series_days_and_windows():
    assert (OVERVIEW.data, OVERVIEW.split) == ("simulated", "stores")
    assert OVERVIEW.data_sha256 == PANEL.sha256
    assert (OVERVIEW.n_series, OVERVIEW.n_days) == (10, 400)
    assert OVERVIEW.n_windows == 10 * (400 - 60)
    assert (OVERVIEW.n_train, OVERVIEW.n_test) == (len(STUDY.train), len(STUDY.test))


def test_an_overview_counts_the_test_days_that_mape_leaves_out():
    sales = PANEL.sales.copy()
    sales[0, 399] = sales[9, 399] = sales[9, 398] = 0  # series 9 is test, series 0 is not
    assert OVERVIEW.n_left_out == 0
    assert overview_of(sales=sales).n_left_out == 2


def test_the_references_are_judged_on_the_test_windows():
    targets = STUDY.series[STUDY.test], STUDY.target_day[STUDY.test]
    week_before = PANEL.sales[targets[0], targets[1] - 7]
    naive = OVERVIEW.reference("seasonal_naive_7").errors
    assert naive.mae == pytest.approx(np.abs(PANEL.sales[targets] - week_before).mean())
    assert overview_of("time").reference("seasonal_naive_7").errors != naive


def test_sales_that_spread_wider_than_the_law_depart_from_it_and_have_no_floor():
    overview = overview_of(sales=2 * PANEL.sales)
    (dispersion,) = (each for each in overview.law.statistics if each.name == "variance/mean")
    assert dispersion.departs
    assert dispersion.value == pytest.approx(2, rel=0.1)
    assert overview.reference("floor") is None
    assert overview.oracle.errors.rmse > 0
    assert all(shown.floor is None for shown in overview.shown)


def test_only_simulated_sales_have_an_exact_floor():
    assert OVERVIEW.is_simulated
    assert not overview_of().is_simulated


def test_the_days_shown_are_those_of_which_a_record_keeps_the_forecasts():
    for shown, windows in zip(OVERVIEW.shown, shown_windows(STUDY), strict=True):
        assert shown.sold == tuple(STUDY.y[windows].tolist())
        assert len(shown.dates) == len(shown.oracle) == len(shown.floor) == len(windows)
        assert shown.dates[-1] == str(PANEL.dates[-1])
        row = np.flatnonzero((PANEL.stores == shown.store) & (PANEL.items == shown.item))
        assert shown.sold == tuple(PANEL.sales[row[0], -len(shown.sold) :].tolist())


def test_a_reference_of_a_name_replaces_the_one_before():
    assert OVERVIEW.reference("lightgbm") is None
    more = OVERVIEW.with_reference(TREES)
    other = dataclasses.replace(TREES, bytes=1)
    assert more.reference("lightgbm") == TREES
    assert more.with_reference(other).references == (*OVERVIEW.references, other)


def test_an_overview_has_the_oracle_by_which_all_is_measured():
    with pytest.raises(ValueError, match="oracle60"):
        dataclasses.replace(OVERVIEW, references=(TREES,))
