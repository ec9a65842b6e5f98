"""Series with days of their own: what is told of a panel reads no day outside a series.

Outside its days a series has 999 sales here, or 0; nothing may change.
"""

import dataclasses

import numpy as np
import pytest

from experiments.analysis.window import NotThereError, find_day
from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.data.splits import SPLITS
from experiments.references import ets
from experiments.references.law import check_law, fit_law
from experiments.references.overview import make_overview
from experiments.references.table import fit_table
from experiments.training.trials import without_test

WHOLE = dataclasses.replace(
    simulate_panel(stores=2, items=10, days=900), name="shop.csv", mean=None
)
FIRST, STOP = np.zeros(20, int), np.full(20, 900)
FIRST[3::4], STOP[1], STOP[12] = 400, 700, 40  # launches, one given up, one hardly there
RAGGED = dataclasses.replace(WHOLE, first=FIRST, stop=STOP)
RAGGED = dataclasses.replace(RAGGED, sales=np.where(RAGGED.covered, WHOLE.sales, 0))
OTHER = dataclasses.replace(RAGGED, sales=np.where(RAGGED.covered, WHOLE.sales, 999))


@pytest.mark.parametrize("split", SPLITS)
def test_an_overview_reads_no_day_outside_a_series(split):
    a, b = (make_overview(panel, build_study(panel, split)) for panel in (RAGGED, OTHER))
    assert a == b


def test_a_ragged_panel_by_the_law_follows_it():
    check = check_law(RAGGED, fit_law(RAGGED))
    assert check.follows
    assert check.n_rows == RAGGED.covered.sum()


def test_the_fit_of_single_days_is_that_of_totals_where_all_series_have_all_days():
    whole = dataclasses.replace(WHOLE, first=np.zeros(20, int), stop=np.full(20, 900))
    a, b = fit_law(WHOLE), fit_law(whole)
    np.testing.assert_allclose(b.mean, a.mean, rtol=1e-6)
    assert b.seasonal.mean() == pytest.approx(1)


def test_launches_are_no_season_in_the_table():
    late = dataclasses.replace(
        WHOLE, first=np.where(np.arange(20) % 2, 500, 0), stop=np.full(20, 900)
    )
    late = dataclasses.replace(late, sales=np.where(late.covered, WHOLE.sales, 0))
    found, expected = (fit_table(panel, build_study(panel)) for panel in (late, WHOLE))
    ratio = found.month / expected.month
    np.testing.assert_allclose(ratio / ratio.mean(), 1, atol=0.05)


def test_smoothing_reads_no_day_outside_a_series():
    pytest.importorskip("statsforecast")
    few = slice(0, 5)
    a, b = (
        dataclasses.replace(
            panel,
            **{name: getattr(panel, name)[few] for name in ("stores", "items", "sales")},
            first=FIRST[few],
            stop=STOP[few],
        )
        for panel in (RAGGED, OTHER)
    )
    errors = [ets.reference(panel, build_study(panel, "time")).errors for panel in (a, b)]
    assert errors[0] == errors[1]


@pytest.mark.parametrize("split", SPLITS)
def test_a_trial_has_the_days_of_each_series_before_the_test(split):
    trial = without_test(RAGGED, split)
    first, stop = trial.spans
    assert len(first) == len(trial.sales)
    assert (stop <= trial.sales.shape[1]).all()
    assert (first <= stop).all()
    assert len(build_study(trial, split).test)


def test_a_window_to_trace_lies_within_its_series():
    assert find_day(RAGGED, 3, RAGGED.dates[460].item()) == 460
    with pytest.raises(NotThereError, match="choose a day from 2014-04-06 to 2015-06-19"):
        find_day(RAGGED, 3, RAGGED.dates[459].item())
    with pytest.raises(NotThereError, match="choose a series of more than 60 days"):
        find_day(RAGGED, 12, RAGGED.dates[100].item())
