"""python -m experiments.tune: a log of every trial, and a table of trials by size."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from experiments import tune as command
from experiments.data.simulator import simulate_panel
from experiments.training.many_jobs import Outcome
from experiments.training.one_job import run_job
from experiments.training.recipes import TUNED
from experiments.training.stamp import OtherProgramError

SHORT = dataclasses.replace(TUNED, epochs=1, windows_per_epoch=64)
TRIALS = {"tuned": SHORT, "batches of 16": dataclasses.replace(SHORT, batch_size=16)}


@pytest.fixture
def tune(tmp_path, monkeypatch):
    """Run the command in this process, on few sales and with two trials."""

    def run_here(jobs, panel, out, *_):
        for job in jobs:
            yield Outcome(job, run_job(job, panel, None)[0])

    monkeypatch.setattr(command, "run_jobs", run_here)
    monkeypatch.setattr(command, "TRIALS", TRIALS)
    monkeypatch.setattr(command, "simulate_panel", lambda seed: simulate_panel(5, 2, 100, seed))

    def run(*arguments):
        return command.main([*arguments, "--seeds", "2", "--out", str(tmp_path)])

    run.out = tmp_path
    return run


def test_every_trial_is_logged_with_its_error_above_the_oracle(tune, capsys):
    assert tune("--units", "2", "1") == 0
    rows = pd.read_csv(tune.out / "trials.csv")
    assert rows.groupby(["trial", "units"]).size().to_dict() == {
        (trial, units): 2 for trial in TRIALS for units in (1, 2)
    }
    oracle = rows.rmse / (1 + rows.excess / 100)
    np.testing.assert_allclose(oracle, oracle[0])
    printed = capsys.readouterr().out
    line = next(line for line in printed.splitlines() if line.startswith("batches of 16"))
    of_one = rows[(rows.trial == "batches of 16") & (rows.units == 1)].excess
    assert f"{of_one.mean():.2f} ± {of_one.std():.2f}" in line


def test_a_program_whose_files_changed_meanwhile_is_one_sentence(tune, monkeypatch, capsys):
    def changed(*_):
        raise OtherProgramError("a process runs another version")
        yield

    monkeypatch.setattr(command, "run_jobs", changed)
    assert tune("--units", "1") == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert "its files have changed meanwhile" in said
    assert "the same command goes on" in said


def test_a_missing_file_is_one_sentence(tune, capsys):
    assert tune("--data", str(tune.out / "none.csv")) == 2
    assert capsys.readouterr().err.count("\n") == 1
