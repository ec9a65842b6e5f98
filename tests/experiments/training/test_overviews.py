"""The overview of a folder, and LightGBM's errors in it."""

import dataclasses

import pytest

from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.references import trees
from experiments.references.overview import make_overview
from experiments.training import overviews
from experiments.training.folder import read_overviews
from experiments.training.overviews import add_trees, keep_overview, wants_trees
from tests.records import TREES


@pytest.fixture(scope="module")
def small():
    """A panel, its study and its overview."""
    panel = simulate_panel(stores=2, items=3, days=120)
    study = build_study(panel)
    return panel, study, make_overview(panel, study)


@pytest.fixture
def forest(monkeypatch):
    """LightGBM is as good as installed, and trained as soon as asked; what it comes to."""
    found = [TREES]

    def reference(panel, study, name, every_round):
        return found[0] and dataclasses.replace(found[0], name=name)

    monkeypatch.setattr(trees, "is_installed", lambda: True)
    monkeypatch.setattr(trees, "reference", reference)
    return found


@pytest.mark.usefixtures("forest")
def test_trees_are_trained_once_for_each_program(tmp_path, small, monkeypatch):
    panel, study, overview = small
    kept = keep_overview(tmp_path, overview)
    assert wants_trees(kept)
    add_trees(tmp_path, kept, panel, study, lambda: None)
    (stored,) = read_overviews(tmp_path)
    assert all(stored.reference(name).errors == TREES.errors for name in trees.NAMES)
    assert not wants_trees(keep_overview(tmp_path, overview))
    monkeypatch.setattr(overviews, "make_stamp", lambda *_: "another")
    assert wants_trees(keep_overview(tmp_path, overview))


def test_trees_that_came_to_nothing_are_left_out(tmp_path, small, forest):
    panel, study, overview = small
    forest[:] = [None]
    kept = keep_overview(tmp_path, overview)
    assert add_trees(tmp_path, kept, panel, study, lambda: None) == overview
    assert read_overviews(tmp_path) == [overview]


def test_without_lightgbm_there_is_nothing_to_train(small, monkeypatch):
    monkeypatch.setattr(trees, "is_installed", lambda: False)
    assert not wants_trees(small[2])
