"""Trials of the recipe are judged on validation windows, and cannot see the test."""

import dataclasses

import numpy as np
import pytest

from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.data.splits import SPLITS
from experiments.training.recipes import TUNED
from experiments.training.trials import BUDGETS, TRIALS, without_test

PANEL = simulate_panel(stores=5, items=4, days=160)


@pytest.mark.parametrize("split", SPLITS)
def test_what_is_tested_never_reaches_a_trial(split):
    study = build_study(PANEL, split)
    tested = dataclasses.replace(PANEL, sales=PANEL.sales.copy())
    tested.sales[study.series[study.test], study.target_day[study.test]] += 1
    assert (tested.sales != PANEL.sales).any()
    np.testing.assert_array_equal(
        without_test(tested, split).sales, without_test(PANEL, split).sales
    )


@pytest.mark.parametrize("split", SPLITS)
def test_a_trial_is_judged_by_the_validation_part_of_the_whole_study(split):
    whole, trial = (build_study(p, split) for p in (PANEL, without_test(PANEL, split)))

    def targets(study, part):
        return set(zip(study.series[part].tolist(), study.target_day[part].tolist(), strict=True))

    assert targets(trial, trial.test) == targets(whole, whole.validation)
    assert targets(trial, trial.train) < targets(whole, whole.train)


def test_a_trials_data_have_a_hash_of_their_own():
    hashes = {without_test(PANEL, split).sha256 for split in SPLITS}
    assert len(hashes | {PANEL.sha256}) == 3


def test_every_trial_changes_one_thing():
    for name, recipe in TRIALS.items():
        changed = [
            field.name
            for field in dataclasses.fields(recipe)
            if getattr(recipe, field.name) != getattr(TUNED, field.name)
        ]
        assert len(changed) == (name != "tuned"), name


def test_a_budget_is_the_windows_that_its_name_says():
    for name, recipe in BUDGETS.items():
        assert name == f"{recipe.epochs * recipe.windows_per_epoch:,} windows"
