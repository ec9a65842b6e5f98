"""Jobs: what a result depends on, running many, going on where a run stopped."""

import dataclasses
import json
import os
import platform
import shutil

import numpy as np
import pytest
from experiments.training.jobs import Job, run_job, run_jobs
from experiments.training.workers import start_worker, worker_pool

from experiments.analysis.groups import read_runs
from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.references.metrics import evaluate
from experiments.references.overview import survey, write_survey
from experiments.training.folder import FOLDERS, read_result
from experiments.training.network import forecast_with_dropout, train
from experiments.training.recipes import PAPER
from tinylstm import LSTMRegressor
from tinylstm.kernels.threads import get_num_threads, set_num_threads

QUICK = dataclasses.replace(PAPER, epochs=2, windows_per_epoch=100)
PANEL = simulate_panel(stores=2, items=3, days=150)
N_THREADS = get_num_threads()
JOB = Job("embedded", PANEL.sha256, "stores", QUICK, units=3, seed=0)


def folder(path):
    for name in FOLDERS:
        (path / name).mkdir(parents=True)
    return path


def run(out, jobs, workers=1, panel=PANEL):
    return list(run_jobs(jobs, panel, out, workers))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder in which three jobs ran in two processes, and their outcomes in order."""
    out = folder(tmp_path_factory.mktemp("finished"))
    jobs = [dataclasses.replace(JOB, units=units) for units in (2, 5, 3)]
    return out, run(out, jobs, workers=2)


def test_the_largest_network_comes_first(tmp_path):
    jobs = [dataclasses.replace(JOB, units=units) for units in (2, 5, 3)]
    out = folder(tmp_path / "out")
    assert [outcome.job.units for outcome in run(out, jobs, workers=1)] == [5, 3, 2]
    resumed = [outcome.job.units for outcome in run(out, jobs)]
    assert resumed == [5, 3, 2]


def test_a_result_tells_its_settings_its_size_and_its_errors(finished):
    out, _ = finished
    result = read_result(out, JOB.name)["result"]
    assert (result["units"], result["seed"], result["dropout"]) == (3, 0, 0.2)
    assert (result["epochs"], result["train_windows"]) == (2, 100)
    assert result["test_windows"] == len(build_study(PANEL).test)
    assert (result["n_params"], result["size_bytes"]) == (213, 852)
    assert all(result[name] > 0 for name in ("mape", "rmse", "train_seconds", "predict_us"))


def test_the_errors_are_those_of_the_saved_model(finished):
    out, _ = finished
    study = build_study(PANEL)
    model = LSTMRegressor.load(out / "models" / f"{JOB.name}.npz")
    error = model.predict(study.windows[study.test]).astype(float) - study.y[study.test]
    assert read_result(out, JOB.name)["result"]["rmse"] == pytest.approx(
        np.sqrt(np.mean(error**2)), rel=1e-12
    )


def test_a_finished_job_is_not_run_again(finished):
    out, _ = finished
    path = out / "models" / f"{JOB.name}.npz"
    before = path.stat().st_mtime_ns
    (outcome,) = run(out, [JOB])
    assert path.stat().st_mtime_ns == before
    assert outcome.result == read_result(out, JOB.name)["result"]


def test_the_same_job_gives_the_same_bits_alone_and_beside_others(finished, tmp_path):
    out, _ = finished
    again = folder(tmp_path / "again")
    run(again, [JOB])
    name = f"models/{JOB.name}.npz"
    assert (again / name).read_bytes() == (out / name).read_bytes()


def test_a_job_without_its_model_is_run_again(finished, tmp_path):
    out, _ = finished
    copy = folder(tmp_path / "copy")
    record = (out / "jobs" / f"{JOB.name}.json").read_bytes()
    (copy / "jobs" / f"{JOB.name}.json").write_bytes(record)
    assert read_result(copy, JOB.name) is None


def test_a_damaged_record_is_set_aside_reported_and_made_again(finished, tmp_path):
    out, _ = finished
    copy = shutil.copytree(out, tmp_path / "copy")
    path = copy / "jobs" / f"{JOB.name}.json"
    path.write_text(path.read_text().replace('"mape": ', '"mape": 1', 1))
    news = []
    (outcome,) = run_jobs([JOB], PANEL, copy, 1, news=news.append)
    assert "checksum" in news[0]
    assert (copy / "damaged" / f"jobs-{JOB.name}.json").exists()
    scores = [read_result(folder, JOB.name)["result"]["mape"] for folder in (out, copy)]
    assert scores[0] == scores[1] == outcome.result["mape"]


def test_an_altered_model_is_set_aside_and_made_again(finished, tmp_path):
    out, _ = finished
    copy = shutil.copytree(out, tmp_path / "copy")
    path = copy / "models" / f"{JOB.name}.npz"
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    list(run_jobs([JOB], PANEL, copy, 1, news=lambda _: None))
    assert path.read_bytes() == whole


def test_a_job_goes_on_from_its_last_epoch_with_the_same_bits(finished, tmp_path):
    out, _ = finished
    start_worker(PANEL)
    checkpoints = folder(tmp_path / "out") / "checkpoints"

    def interrupt(epoch, history):
        if epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(build_study(PANEL), JOB.recipe, 3, 0, interrupt, checkpoints / f"{JOB.name}.npz")
    _, weights = run_job(JOB, checkpoints)
    with np.load(out / "models" / f"{JOB.name}.npz") as model:
        for name, array in model.items():
            np.testing.assert_array_equal(weights[name], array)
    set_num_threads(N_THREADS)


@pytest.mark.parametrize("content", [b"", b"PK", b"x" * 1000])
def test_a_damaged_checkpoint_is_set_aside_and_the_job_begins_anew(tmp_path, content, finished):
    out = folder(tmp_path / "out")
    (out / "checkpoints" / f"{JOB.name}.npz").write_bytes(content)
    (outcome,) = run(out, [JOB])
    assert outcome.result["mape"] == read_result(finished[0], JOB.name)["result"]["mape"]
    assert (out / "damaged" / f"checkpoints-{JOB.name}.npz").read_bytes() == content
    assert not list(out.glob("checkpoints/*"))


def test_a_record_keeps_settings_and_history(finished):
    out, _ = finished
    record = json.loads((out / "jobs" / f"{JOB.name}.json").read_text())
    assert record["job"]["recipe"]["batch_size"] == 64
    assert len(record["history"]["loss"]) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"units": 4},
        {"seed": 1},
        {"split": "time"},
        {"data_sha256": "0"},
        {"recipe": dataclasses.replace(QUICK, dropout=0.0)},
        {"recipe": dataclasses.replace(QUICK, epochs=3)},
    ],
    ids=str,
)
def test_every_setting_is_part_of_the_name(change):
    assert dataclasses.replace(JOB, **change).name != JOB.name


def test_equal_settings_have_equal_names():
    assert dataclasses.replace(JOB).name == JOB.name


def test_a_job_that_diverges_fails_with_the_reason_and_the_others_go_on(tmp_path):
    wild = dataclasses.replace(JOB, recipe=dataclasses.replace(QUICK, learning_rate=1e38))
    outcomes = {o.job.name: o for o in run(folder(tmp_path / "out"), [wild, JOB])}
    assert outcomes[wild.name].result is None
    assert "epoch 1, step 2" in outcomes[wild.name].failure
    assert outcomes[JOB.name].result is not None


def test_a_network_that_diverges_in_its_last_step_fails_too(tmp_path):
    recipe = dataclasses.replace(QUICK, learning_rate=1e38, epochs=1, windows_per_epoch=64)
    (outcome,) = run(folder(tmp_path / "out"), [dataclasses.replace(JOB, recipe=recipe)])
    assert outcome.result is None
    assert "no longer finite" in outcome.failure


def test_a_record_has_the_test_error_after_each_epoch_and_of_each_series(finished):
    out, _ = finished
    record = json.loads((out / "jobs" / f"{JOB.name}.json").read_text())
    assert record["history"]["mape"][-1] == pytest.approx(record["result"]["mape"])
    study = build_study(PANEL)
    assert record["series"]["number"] == sorted(set(study.series[study.test].tolist()))
    counts = np.unique(study.series[study.test], return_counts=True)[1]
    squares = np.square(record["series"]["rmse"])
    assert np.average(squares, weights=counts) == pytest.approx(record["result"]["rmse"] ** 2)


def test_a_record_has_the_errors_of_the_saved_model_with_dropout_left_on(finished):
    out, _ = finished
    record = json.loads((out / "jobs" / f"{JOB.name}.json").read_text())
    study = build_study(PANEL)
    model = LSTMRegressor.load(out / "models" / f"{JOB.name}.npz", QUICK.dropout, JOB.seed)
    left_on = evaluate(study.y[study.test], forecast_with_dropout(model, study))
    assert record["dropout_on"] == pytest.approx(left_on, rel=1e-6)
    assert record["dropout_on"]["rmse"] != record["result"]["rmse"]


def test_a_record_says_what_it_was_made_with(finished):
    out, _ = finished
    made = json.loads((out / "jobs" / f"{JOB.name}.json").read_text())["made_with"]
    assert made["numpy"] == np.__version__
    assert made["python"] == platform.python_version()
    assert set(made) == {"python", "numpy", "numba", "llvmlite", "processor"}
    assert all(made.values())


def test_a_record_has_all_that_a_report_needs(finished):
    out, _ = finished
    write_survey(out, survey(PANEL, "stores"))
    (found,) = read_runs(out)
    assert [record["job"]["units"] for record in found.main.records] == [5, 3, 2]
    assert len(found.main.records[0]["shown"]) == len(found.survey.shown)


def test_a_worker_uses_one_thread():
    with worker_pool(PANEL, 1) as pool:
        assert pool.submit(get_num_threads).result() == 1
        assert pool.submit(os.getenv, "OPENBLAS_NUM_THREADS").result() == "1"


def test_a_worker_that_serves_two_data_sets_does_not_mix_them_up(finished):
    other = simulate_panel(stores=2, items=3, days=130)
    for panel in (PANEL, other):
        start_worker(panel)
        record, _ = run_job(dataclasses.replace(JOB, data_sha256=panel.sha256), None)
        assert record["result"]["test_windows"] == len(build_study(panel).test)
    set_num_threads(N_THREADS)


def test_the_environment_is_left_as_it_was():
    before = dict(os.environ)
    with worker_pool(PANEL, 1):
        pass
    assert dict(os.environ) == before
