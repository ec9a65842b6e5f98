"""The file of weights: what is in it, and that it comes back bit for bit."""

import gc
import os
import sys
import time
import zipfile

import numpy as np
import pytest

from tests.tinylstm.conftest import D, H, K
from tinylstm import LSTMRegressor, model_size
from tinylstm.weights import write_arrays


def all_bytes(model):
    return {name: (array.shape, array.tobytes()) for name, array in model.params.items()}


def test_weights_come_back_bit_for_bit(path, model):
    assert all_bytes(LSTMRegressor.load(path)) == all_bytes(model)


def test_a_loaded_model_predicts_the_same_bits_and_goes_on_learning(path, model):
    x, y = np.random.default_rng(0).standard_normal((4, 5, D)), np.zeros(4)
    loaded = LSTMRegressor.load(path)
    assert loaded.predict(x).tobytes() == model.predict(x).tobytes()
    assert loaded.loss_and_grad(x, y) == model.loss_and_grad(x, y)
    loaded.params["dense2.b"][:] += 1  # an array of its own, that can be written to
    np.testing.assert_allclose(loaded.predict(x), model.predict(x) + 1, rtol=1e-6)


def test_a_model_that_computes_in_float64_is_stored_in_float32(tmp_path, model):
    model.astype(np.float64).save(tmp_path / "m.npz")
    assert all_bytes(LSTMRegressor.load(tmp_path / "m.npz")) == all_bytes(model)


def test_the_file_is_an_uncompressed_npz_that_numpy_reads_without_pickle(path, model):
    with zipfile.ZipFile(path) as archive:
        assert {member.compress_type for member in archive.infolist()} == {zipfile.ZIP_STORED}
    with np.load(path, allow_pickle=False) as stored:
        assert {name: (stored[name].shape, stored[name].tobytes()) for name in stored} == all_bytes(
            model
        )


def test_the_arrays_in_the_file_have_the_bytes_that_model_size_counts(path, model):
    with np.load(path, allow_pickle=False) as stored:
        assert sum(stored[name].nbytes for name in stored) == model_size(model).bytes


def test_the_file_has_exactly_the_name_that_was_asked_for(tmp_path, model):
    model.save(str(tmp_path / "weights"))
    assert os.listdir(tmp_path) == ["weights"]


def test_saving_the_same_weights_later_gives_the_same_bytes(path, model, monkeypatch):
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86_400)
    again = path.with_name("again.npz")
    model.save(again)
    assert again.read_bytes() == path.read_bytes()


def test_saving_over_a_file_replaces_it_whatever_the_sizes(path):
    other = LSTMRegressor(1, 1, 1)
    other.save(path)
    assert all_bytes(LSTMRegressor.load(path)) == all_bytes(other)


def test_a_failed_save_leaves_the_old_file_and_nothing_else(path, monkeypatch):
    before = path.read_bytes()

    def write_a_little(member, array, **options):
        member.write(before[:100])
        raise OSError("No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array", write_a_little)
    with pytest.raises(OSError, match="No space left"):
        LSTMRegressor(D, H, K, seed=2).save(path)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


def test_a_save_in_the_place_of_a_directory_leaves_nothing_behind(tmp_path, model):
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        model.save(tmp_path / "taken")
    assert os.listdir(tmp_path) == ["taken"]


def test_arrays_are_written_as_numpy_writes_them(tmp_path):
    arrays = {"b": np.ones(3, np.float32), "W": np.zeros((2, 4), np.float32)}
    write_arrays(tmp_path / "ours.npz", arrays)
    np.savez(tmp_path / "its.npz", **arrays)
    assert (tmp_path / "ours.npz").read_bytes() == (tmp_path / "its.npz").read_bytes()


@pytest.mark.parametrize("moment", ["_open_to_write", "close"])
def test_an_interrupt_while_a_file_is_written_stays_one_and_says_no_more(
    model, tmp_path, monkeypatch, moment
):
    def interrupted(archive, *arguments, **options):
        monkeypatch.undo()
        archive._writing = moment != "close"  # as it is within a member
        raise KeyboardInterrupt

    unraisable = []
    with monkeypatch.context() as always:
        always.setattr(sys, "unraisablehook", lambda error: unraisable.append(str(error)))
        monkeypatch.setattr(zipfile.ZipFile, moment, interrupted)
        with pytest.raises(KeyboardInterrupt):
            model.save(tmp_path / "model.npz")
        gc.collect()
    assert not unraisable
    assert not [*tmp_path.iterdir()]
