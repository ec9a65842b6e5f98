"""python -m experiments.study: networks and references of both splits in one folder."""

import dataclasses

import pandas as pd
import pytest

from experiments import study as command
from experiments.data.simulator import simulate_panel, write_csv
from experiments.pages import live
from experiments.training.folder import write_result
from experiments.training.many_jobs import Outcome
from experiments.training.one_job import run_job
from experiments.training.recipes import TUNED
from experiments.training.study import Part

RECIPE = dataclasses.replace(TUNED, epochs=1, windows_per_epoch=64)
PARTS = (Part("by stores", RECIPE, {2: 2, 1: 2}), Part("by time", RECIPE, {1: 2}, split="time"))


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Run the command in this process, on few sales and with two parts."""

    def run_here(jobs, panel, out, *_):
        for job in jobs:
            yield Outcome(job, write_result(out, *run_job(job, panel, None)))

    monkeypatch.setattr(live, "run_jobs", run_here)
    monkeypatch.setattr("experiments.training.study.PARTS", PARTS)
    monkeypatch.setattr(command, "write_report", lambda out, runs: f"{len(runs)} runs")
    sales, out = tmp_path / "sales.csv", tmp_path / "out"
    write_csv(simulate_panel(stores=2, items=3, days=120), sales)

    def run(data=sales):
        return command.main(["--data", str(data), "--seeds", "2", "--out", str(out)])

    run.out = out
    return run


def test_networks_and_references_of_both_splits_stand_in_one_folder(study, capsys):
    assert study() == 0
    rows = pd.read_csv(study.out / "results.csv")
    assert rows.groupby(["split", "units"]).seed.apply(list).to_dict() == {
        ("stores", 1): [0, 1],
        ("stores", 2): [0, 1],
        ("time", 1): [0, 1],
    }
    stores, time = (pd.read_csv(study.out / f"references{end}.csv") for end in ("", "-time"))
    assert list(stores.reference) == list(time.reference)
    assert (stores.rmse != time.rmse).all()
    assert "2 runs" in capsys.readouterr().out


def test_a_missing_file_is_one_sentence(study, tmp_path, capsys):
    assert study(data=tmp_path / "none.csv") == 2
    assert capsys.readouterr().err.count("\n") == 1
