"""The rivals that are trained."""

import pytest

from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.references import ets, rivals, trees
from experiments.references.overview import make_overview
from tests.records import TREES

PANEL = simulate_panel(stores=2, items=5, days=200)
STUDY = build_study(PANEL)
OVERVIEW = make_overview(PANEL, STUDY)


@pytest.mark.parametrize(
    ("with_trees", "with_ets", "names"),
    [
        (True, True, ["lightgbm_window", "ets"]),
        (True, False, ["lightgbm_window"]),
        (False, True, ["ets"]),
        (False, False, []),
    ],
)
def test_those_are_missing_that_an_overview_lacks_and_that_are_installed(
    monkeypatch, with_trees, with_ets, names
):
    monkeypatch.setattr(trees, "is_installed", lambda: with_trees)
    monkeypatch.setattr(ets, "is_installed", lambda: with_ets)
    assert rivals.missing(OVERVIEW.with_reference(TREES)) == names
    assert rivals.missing(OVERVIEW.with_reference(TREES), [TREES.name]) == []


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["lightgbm", "lightgbm_window"], "LightGBM"),
        (["ets"], "AutoETS"),
        (["lightgbm_window", "ets"], "LightGBM and AutoETS"),
    ],
)
def test_what_is_said_to_be_trained_is_what_is_trained(names, words):
    assert rivals.words(names) == words


@pytest.mark.parametrize(
    ("name", "library"),
    [*((name, "lightgbm") for name in trees.NAMES), (ets.NAME, "statsforecast")],
)
def test_each_becomes_the_reference_of_its_name_and_may_be_interrupted(name, library):
    pytest.importorskip(library)
    rounds = []
    assert rivals.train(PANEL, STUDY, name, lambda: rounds.append(1)).name == name
    assert rounds
