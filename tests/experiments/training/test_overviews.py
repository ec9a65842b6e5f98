"""The overview of a folder, and the rivals' errors in it."""

import dataclasses

import pytest

from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.references import ets, rivals, trees
from experiments.references.overview import make_overview
from experiments.training import overviews
from experiments.training.folder import read_overviews
from experiments.training.overviews import add_rivals, keep_overview
from tests.records import TREES


@pytest.fixture(scope="module")
def small():
    """A panel, its study and its overview."""
    panel = simulate_panel(stores=2, items=3, days=120)
    study = build_study(panel)
    return panel, study, make_overview(panel, study)


@pytest.fixture
def trained(monkeypatch):
    """The names of the rivals that were trained, which all are as good as installed."""
    names = []

    def train(panel, study, name, every_round):
        names.append(name)
        return dataclasses.replace(TREES, name=name)

    monkeypatch.setattr(trees, "is_installed", lambda: True)
    monkeypatch.setattr(ets, "is_installed", lambda: True)
    monkeypatch.setattr(rivals, "train", train)
    return names


def add(out, small):
    """Train the rivals in a folder, as a command does."""
    panel, study, overview = small
    return add_rivals(out, keep_overview(out, overview), panel, study, lambda: None)


def test_rivals_are_trained_once_for_each_program(tmp_path, small, trained, monkeypatch):
    for _ in range(2):
        add(tmp_path, small)
    (stored,) = read_overviews(tmp_path)
    assert trained == ["lightgbm", "lightgbm_window", "ets"]
    assert all(stored.reference(name).errors == TREES.errors for name in trained)
    monkeypatch.setattr(overviews, "make_stamp", lambda *_: "another")
    add(tmp_path, small)
    assert len(trained) == 6


@pytest.mark.usefixtures("trained")
def test_rivals_that_came_to_nothing_are_left_out(tmp_path, small, monkeypatch):
    monkeypatch.setattr(rivals, "train", lambda *_: None)
    assert add(tmp_path, small) == small[2]
    assert read_overviews(tmp_path) == [small[2]]
