"""Training, validation and test: cut between series, or between days."""

import numpy as np
import pytest

from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.data.splits import SPLITS, cut


def parts_of(study):
    return study.train, study.validation, study.test


def test_the_cut_is_sixty_four_sixteen_and_twenty_percent_in_order():
    places = np.repeat(np.arange(100), 3)
    for part, expected in zip(cut(places), (range(64), range(64, 80), range(80, 100)), strict=True):
        assert list(dict.fromkeys(places[part])) == list(expected)


@pytest.mark.parametrize("split", SPLITS)
def test_every_window_is_in_one_part(split):
    study = build_study(simulate_panel(stores=2, items=3, days=100), split)
    parts = np.concatenate(parts_of(study))
    np.testing.assert_array_equal(np.sort(parts), np.arange(len(study.windows)))


@pytest.mark.parametrize(("stores", "items"), [(3, 3), (1, 3)])
def test_by_stores_no_series_is_in_two_parts_and_none_is_empty(stores, items):
    study = build_study(simulate_panel(stores, items, days=100), "stores")
    train, validation, test = (set(study.series[part].tolist()) for part in parts_of(study))
    assert train
    assert validation
    assert test
    assert not train & validation
    assert not (train | validation) & test


def test_by_time_every_series_is_tested_on_days_after_those_of_its_training():
    study = build_study(simulate_panel(stores=2, items=3, days=100), "time")
    train, validation, test = (study.target_day[part] for part in parts_of(study))
    assert train.max() < validation.min()
    assert validation.max() < test.min()
    assert set(study.series[study.train]) == set(study.series[study.test]) == set(range(6))
