"""One job: its record, its checkpoints, and the program that may run it."""

import dataclasses
import platform

import numpy as np
import pytest

from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.references.metrics import evaluate
from experiments.training.folder import FOLDERS
from experiments.training.network import forecast_with_dropout, train
from experiments.training.one_job import compile_kernels, run_job
from experiments.training.recipes import PAPER, SHORT
from experiments.training.record import Job
from experiments.training.stamp import OtherProgramError, program_stamp
from tinylstm import LSTMRegressor
from tinylstm.kernels import threads
from tinylstm.kernels.cache import kernel

PANEL = simulate_panel(stores=2, items=3, days=150)
STUDY = build_study(PANEL)
QUICK = dataclasses.replace(PAPER, epochs=2, windows_per_epoch=100)
JOB = Job("simulated", PANEL.sha256, "stores", QUICK, units=3, seed=0, stamp=program_stamp())


@pytest.fixture(scope="module")
def done():
    """The record and the weights of the job."""
    return run_job(JOB, PANEL, None)


@pytest.fixture
def checkpoints(tmp_path):
    for name in FOLDERS:
        (tmp_path / name).mkdir()
    return tmp_path / "checkpoints"


def assert_same_bits(weights, others):
    for name, array in others.items():
        np.testing.assert_array_equal(weights[name], array)


def test_a_record_tells_size_errors_and_epochs(done):
    record, _ = done
    assert record.job == JOB
    assert (record.n_params, record.size_bytes) == (213, 852)
    assert (record.train_windows, record.test_windows) == (100, len(STUDY.test))
    assert record.train_seconds > 0
    assert min(record.predict_us, record.window_us) > 0
    assert len(record.epochs.loss) == 2
    assert record.epochs.mape[-1] == record.errors.mape != record.epochs.mape[0]


def test_the_errors_are_those_of_the_stored_weights_without_dropout_and_with_it(done):
    record, weights = done
    model = LSTMRegressor.from_params(weights, QUICK.dropout, JOB.seed)
    y = STUDY.y[STUDY.test]
    assert record.errors == evaluate(y, model.predict(STUDY.windows[STUDY.test]))
    assert record.dropout_on == evaluate(y, forecast_with_dropout(model, STUDY, STUDY.test))
    assert record.dropout_on != record.errors


def test_a_bias_is_told_of_each_epoch_and_of_the_weights_without_and_with_dropout(done):
    record, weights = done
    model = LSTMRegressor.from_params(weights, QUICK.dropout, JOB.seed)
    y = STUDY.y[STUDY.test]
    assert record.bias == pytest.approx(
        np.mean(model.predict(STUDY.windows[STUDY.test]) - y), rel=1e-4
    )
    assert record.bias == record.epochs.bias[-1]
    masked = np.mean(forecast_with_dropout(model, STUDY, STUDY.test) - y)
    assert record.dropout_on_bias == pytest.approx(masked, abs=0.3)  # other masks
    assert record.epochs.dropout_on_bias[-1] == pytest.approx(masked, abs=0.3)
    assert record.dropout_on_bias != record.bias


def test_recalibrated_errors_are_those_of_a_last_layer_fitted_anew_to_training_windows(done):
    record, weights = done
    forecast = LSTMRegressor.from_params(weights).predict(STUDY.windows[STUDY.train])
    scale, shift = np.polyfit(forecast.astype(float), STUDY.y[STUDY.train], 1)
    assert record.recalibration == pytest.approx((shift, scale), rel=1e-3)
    scaled = dict(weights)
    scaled["dense2.W"] = weights["dense2.W"] * np.float32(scale)
    scaled["dense2.b"] = weights["dense2.b"] * np.float32(scale) + np.float32(shift)
    refitted = LSTMRegressor.from_params(scaled).predict(STUDY.windows[STUDY.test])
    of_refitted = evaluate(STUDY.y[STUDY.test], refitted)
    assert record.recalibrated.rmse == pytest.approx(of_refitted.rmse, rel=1e-3)
    assert record.recalibrated.mape != record.errors.mape


def test_the_errors_of_the_months_make_up_those_of_the_whole(done):
    record, _ = done
    months = record.monthly
    assert months.month == tuple(map(str, np.unique(PANEL.dates[60:].astype("datetime64[M]"))))
    assert sum(months.n) == record.test_windows
    mean = {name: sum(getattr(months, name)) / sum(months.n) for name in ("error", "squared_error")}
    assert mean["squared_error"] == pytest.approx(record.errors.rmse**2)
    assert mean["error"] == pytest.approx(record.bias, rel=1e-4)


def test_the_errors_of_the_series_make_up_those_of_the_whole(done):
    record, _ = done
    numbers, counts = np.unique(STUDY.series[STUDY.test], return_counts=True)
    assert record.series.number == tuple(numbers.tolist())
    squares = np.square(record.series.rmse)
    assert np.average(squares, weights=counts) == pytest.approx(record.errors.rmse**2)


def test_a_record_says_what_it_was_made_with(done):
    made = done[0].made_with
    assert (made.numpy, made.python) == (np.__version__, platform.python_version())
    assert all(dataclasses.astuple(made))


def test_a_worker_that_serves_two_data_sets_does_not_mix_them_up(done):
    other = simulate_panel(stores=2, items=3, days=130)
    record, _ = run_job(dataclasses.replace(JOB, data_sha256=other.sha256), other, None)
    assert record.test_windows == len(build_study(other).test) != done[0].test_windows


def test_a_job_goes_on_from_its_last_epoch_with_the_same_bits(done, checkpoints):
    def interrupt(epoch, history):
        if epoch == 2:
            raise KeyboardInterrupt

    path = checkpoints / f"{JOB.name}.npz"
    with pytest.raises(KeyboardInterrupt):
        train(STUDY, QUICK, 3, 0, interrupt, path)
    assert path.exists()
    record, weights = run_job(JOB, PANEL, checkpoints)
    assert_same_bits(weights, done[1])
    assert record.errors == done[0].errors


@pytest.mark.parametrize("content", [b"", b"PK", b"x" * 1000])
def test_a_damaged_checkpoint_is_set_aside_and_the_job_begins_anew(
    done, checkpoints, content, capsys
):
    (checkpoints / f"{JOB.name}.npz").write_bytes(content)
    _, weights = run_job(JOB, PANEL, checkpoints)
    assert_same_bits(weights, done[1])
    aside = checkpoints.parent / "damaged"
    assert (aside / f"checkpoints-{JOB.name}.npz").read_bytes() == content
    assert f"set aside in {aside}, and trained anew" in capsys.readouterr().err


def test_a_job_of_another_program_is_refused_before_anything_is_trained(checkpoints):
    with pytest.raises(OtherProgramError, match="worker a runs another version"):
        run_job(dataclasses.replace(JOB, stamp="0123456789"), PANEL, checkpoints, "worker a")
    assert not list(checkpoints.iterdir())


def test_a_short_run_on_few_windows_keeps_the_weights_of_its_best_validation_loss(monkeypatch):
    monkeypatch.setattr(
        "experiments.training.recipes.WINDOWS_BY_SIZE", {128: 80 * len(STUDY.train)}
    )
    study = build_study(PANEL, inputs=SHORT.inputs)
    model, history = train(study, SHORT, 8, 0)
    windows = study.validation
    level = study.level[windows]
    squares = (model.predict(study.windows[windows]) - study.y[windows] / level) ** 2
    assert np.mean(level / level.mean() * squares) == pytest.approx(min(history.validation))
    record, weights = run_job(dataclasses.replace(JOB, recipe=SHORT, units=8), PANEL, None)
    assert_same_bits(weights, model.stored())
    assert record.n_epochs == history.epochs == history.best + 20
    assert len(record.epochs.mape) <= 30
    assert record.epochs.mape[-2] == history.metrics["mape"][record.epochs.number[-2] - 1]
    assert record.epochs.mape[-1] == record.errors.mape  # of the best epoch, on all test windows


def test_the_kernel_in_which_threads_wait_is_compiled_beforehand_too(monkeypatch):
    fresh = kernel(threads.look_out.py_func)
    monkeypatch.setattr(threads, "look_out", fresh)
    compile_kernels.__wrapped__()
    assert fresh.signatures
