"""How far jobs are, as their checkpoints tell."""

import dataclasses
import os

import pytest

from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.training import milestones
from experiments.training.milestones import Milestones
from experiments.training.network import train
from experiments.training.recipes import PAPER
from experiments.training.record import Job

PANEL = simulate_panel(stores=2, items=3, days=150)
QUICK = dataclasses.replace(PAPER, epochs=2, windows_per_epoch=100)
JOB = Job("simulated", PANEL.sha256, "stores", QUICK, units=1, seed=0, stamp="1")
OTHER = dataclasses.replace(JOB, seed=1)


@pytest.fixture(autouse=True)
def look_at_once(monkeypatch):
    monkeypatch.setattr(milestones, "SECONDS_BETWEEN_LOOKS", 0.0)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """The checkpoint of a job after its two epochs, and its history."""
    path = tmp_path_factory.mktemp("checkpoints") / f"{JOB.name}.npz"
    return path, train(build_study(PANEL), QUICK, 1, 0, None, path)[1]


def test_a_milestone_is_the_last_epoch_of_a_job_and_its_error(checkpoint):
    path, history = checkpoint
    (found,) = Milestones(path.parent).look([JOB, OTHER])
    assert (found.job, found.epochs, found.mape) == (JOB, 2, history.metrics["mape"][-1])
    assert str(found).startswith("paper, dropout 0.2, 1 unit, seed 0: MAPE ")


def test_the_latest_comes_last(checkpoint, tmp_path):
    for job, written in ((JOB, 2e9), (OTHER, 1e9)):
        path = tmp_path / f"{job.name}.npz"
        path.write_bytes(checkpoint[0].read_bytes())
        os.utime(path, (written, written))
    assert [found.job for found in Milestones(tmp_path).look([JOB, OTHER])] == [OTHER, JOB]


@pytest.mark.parametrize("content", [b"", b"PK", b"x" * 1000])
def test_a_checkpoint_that_cannot_be_read_is_none(content, tmp_path):
    (tmp_path / f"{JOB.name}.npz").write_bytes(content)
    assert Milestones(tmp_path).look([JOB]) == []


def test_one_looks_once_a_second(checkpoint, monkeypatch):
    monkeypatch.setattr(milestones, "SECONDS_BETWEEN_LOOKS", 1000.0)
    watched = Milestones(checkpoint[0].parent)
    assert len(watched.look([JOB])) == 1
    assert watched.look([JOB]) is None
