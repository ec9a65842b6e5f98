"""A network made smaller: what is stored is what is tested, and how it begins is looked up."""

import dataclasses

import numpy as np
import pytest

from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.references.metrics import evaluate
from experiments.training import one_job
from experiments.training.compression import taught
from experiments.training.folder import FOLDERS, model_file, read_result, write_result
from experiments.training.jobs import compression_jobs
from experiments.training.methods import (
    DISTILLED,
    LOW_RANK,
    PRUNED,
    ROUNDED,
    TRAINED,
    UNITS_PRUNED,
    WIDTH,
    Compression,
    Grid,
)
from experiments.training.network import forecast
from experiments.training.one_job import run_job
from experiments.training.recipes import TUNED
from experiments.training.record import Job
from experiments.training.stamp import program_stamp
from tinylstm import LSTMRegressor
from tinylstm.compression.packed import unpack
from tinylstm.compression.quantize import quantize

PANEL = simulate_panel(stores=2, items=3, days=150)
QUICK = dataclasses.replace(TUNED, epochs=2, windows_per_epoch=100, dense_size=4)
STUDY = build_study(PANEL, "stores", QUICK.inputs)
PLAIN = Job("simulated", PANEL.sha256, "stores", QUICK, units=3, seed=0, stamp=program_stamp())
MORE = {"epochs": 2, "learning_rate": 3e-3}


def job(*how, **options):
    return dataclasses.replace(PLAIN, compression=Compression(*how, **options))


@pytest.fixture(scope="module")
def plain():
    return run_job(PLAIN, PANEL, None)


@pytest.fixture
def out(tmp_path):
    for name in FOLDERS:
        (tmp_path / name).mkdir()
    return tmp_path


def assert_same_bits(params, others):
    for name, array in others.items():
        assert params[name].tobytes() == array.tobytes()


@pytest.mark.parametrize(
    "how",
    [
        Compression(ROUNDED, 4, "column", epochs=0),
        Compression(TRAINED, 3, **MORE),
        Compression(PRUNED, sparsity=0.7, **MORE),
        Compression(UNITS_PRUNED, wider=5, **MORE),
        Compression(LOW_RANK, rank=1, **MORE),
        Compression(DISTILLED, teacher=4, **MORE),
    ],
    ids=lambda how: how.method,
)
def test_what_is_tested_is_what_the_packed_file_holds(how):
    record, packed = run_job(job(**dataclasses.asdict(how)), PANEL, None)
    network = unpack(packed)
    assert (network.bits, network.per) == (how.bits, how.per)
    assert network.sizes == (7, 3, 4)
    model = LSTMRegressor.from_params(network.params)
    assert record.errors == evaluate(STUDY.y[STUDY.test], forecast(model, STUDY, STUDY.test))
    assert record.size_bytes == len(packed)
    assert record.n_epochs == how.epochs


def test_rounding_afterwards_rounds_the_network_as_it_was_trained(plain):
    _, packed = run_job(job(ROUNDED, 6, epochs=0), PANEL, None)
    expected = quantize(plain[1], 6)
    assert_same_bits(unpack(packed).params, expected.params)


def test_training_with_rounding_is_no_rounding_of_a_training_without():
    _, within = run_job(job(TRAINED, 3, **MORE), PANEL, None)
    _, without = run_job(job(WIDTH, 32, **MORE), PANEL, None)
    assert (
        unpack(within).params["lstm.W"].tolist() != quantize(without, 3).params["lstm.W"].tolist()
    )


def test_a_pruned_network_has_its_share_of_zeros(plain):
    _, packed = run_job(job(PRUNED, sparsity=0.7, **MORE), PANEL, None)
    W = unpack(packed).integers["lstm.W"]
    assert np.mean(W == 0) >= round(0.7 * W.size) / W.size


def test_width_alone_trains_on_and_stays_in_float32(plain):
    record, weights = run_job(job(WIDTH, 32, **MORE), PANEL, None)
    assert record.size_bytes == plain[0].size_bytes
    assert weights["lstm.W"].tolist() != plain[1]["lstm.W"].tolist()


def test_a_pupil_learns_forecasts_and_is_judged_by_sales():
    teacher = LSTMRegressor(7, 2, 4, seed=9)
    study = taught(STUDY, teacher)
    np.testing.assert_array_equal(study.y[STUDY.test], STUDY.y[STUDY.test])
    np.testing.assert_array_equal(
        study.y[STUDY.train], forecast(teacher, STUDY, STUDY.train).astype(np.float32)
    )


def test_equal_jobs_have_equal_bits_with_the_folder_and_without(plain, out, monkeypatch):
    asked = job(TRAINED, 4, **MORE)
    _, alone = run_job(asked, PANEL, None)
    write_result(out, *plain)
    one_job._again.clear()
    monkeypatch.setattr(one_job, "_trained_again", None)  # nothing to train: it is in the folder
    _, packed = run_job(asked, PANEL, out / "checkpoints")
    assert packed == alone


def test_a_damaged_network_to_begin_with_is_trained_again(plain, out):
    write_result(out, *plain)
    model = model_file(out, PLAIN)
    model.write_bytes(model.read_bytes()[:-1])
    _, packed = run_job(job(ROUNDED, 8, epochs=0), PANEL, out / "checkpoints")
    assert_same_bits(unpack(packed).params, quantize(plain[1], 8).params)


def test_the_folder_keeps_the_packed_file_and_notices_its_damage(out):
    asked = job(ROUNDED, 8, epochs=0)
    record = write_result(out, *run_job(asked, PANEL, None))
    path = model_file(out, asked)
    assert path.suffix == ".lstm"
    assert path.stat().st_size == record.file_bytes == record.size_bytes
    assert read_result(out, asked) == record
    LSTMRegressor.load(path)
    path.unlink()
    assert read_result(out, asked) is None


def test_an_interrupted_training_goes_on_to_the_same_bits(out, monkeypatch):
    asked = job(TRAINED, 4, **MORE)
    _, expected = run_job(asked, PANEL, None)
    checkpoints = out / "checkpoints"
    make_record = one_job.make_record
    monkeypatch.setattr(one_job, "make_record", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_job(asked, PANEL, checkpoints)
    assert list(checkpoints.iterdir())
    monkeypatch.setattr(one_job, "make_record", make_record)
    assert run_job(asked, PANEL, checkpoints)[1] == expected


def test_a_job_without_compression_has_the_name_that_it_always_had():
    assert PLAIN.name != job(ROUNDED, 8).name != job(ROUNDED, 6).name
    fields = {f.name: getattr(PLAIN, f.name) for f in dataclasses.fields(Job)}
    assert Job(**fields).name == PLAIN.name


def jobs_of(units, grid, recipe=QUICK, seeds=1):
    subject = PLAIN.data, PLAIN.data_sha256, PLAIN.split
    return compression_jobs(subject, recipe, units, seeds, PLAIN.stamp, grid, 100)


def test_the_first_jobs_are_all_that_the_others_begin_with():
    first, then = jobs_of([4, 2], Grid(teacher=16, epochs=2), seeds=2)
    begun = {(each.units, each.seed) for each in first}
    assert begun == {(units, seed) for units in (2, 4, 8, 16) for seed in (0, 1)}
    for each in then:
        how = each.compression
        assert how.epochs in (0, 2)
        assert (how.wider or each.units, each.seed) in begun
        assert not how.teacher or (how.teacher, each.seed) in begun
    assert len(then) == 2 * sum(len(list(Grid().ways(units, 1))) for units in (4, 2))


def test_a_smaller_grid_is_a_part_of_the_whole_and_trains_no_network_that_it_does_not_need():
    first, some = jobs_of([4, 2], Grid((ROUNDED, TRAINED), (8, 6)))
    assert {each.units for each in first} == {4, 2}
    assert {(each.compression.method, each.compression.bits) for each in some} == {
        (method, bits) for method in (ROUNDED, TRAINED) for bits in (8, 6)
    }
    _, whole = jobs_of([4, 2], Grid())
    assert {each.name for each in some} < {each.name for each in whole}


@pytest.mark.parametrize(("units", "ranks"), [(2, [1, 2]), (4, [1, 2, 4])])
def test_ranks_that_save_no_numbers_are_not_tried(units, ranks):
    assert [way.rank for way in Grid((LOW_RANK,)).ways(units, 1)] == ranks


def test_a_network_is_trained_again_for_half_as_long_unless_told():
    recipe = dataclasses.replace(QUICK, epochs=7)
    _, then = jobs_of([2], Grid(teacher=0), recipe)
    assert {each.compression.epochs for each in then} == {0, 4}
    assert not any(each.compression.teacher for each in then)
