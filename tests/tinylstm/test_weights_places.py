"""Where weights are written to and read from: files, and nothing that only looks like one."""

import os
import threading

import numpy as np
import pytest

from tinylstm import LSTMRegressor
from tinylstm.checkpoint import CheckpointError, read_history
from tinylstm.files import whole_file
from tinylstm.weights import WeightsError

posix = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no pipes with a path")


@pytest.fixture
def model():
    return LSTMRegressor(2, 3, 2, seed=1)


def predictions(model):
    return model.predict(np.ones((1, 3, 2), np.float32))


@posix
def test_a_save_through_a_link_writes_the_file_that_it_points_to(tmp_path, model):
    (tmp_path / "disk").mkdir()
    LSTMRegressor(2, 3, 2, seed=2).save(tmp_path / "disk" / "m.npz")
    (tmp_path / "link.npz").symlink_to(tmp_path / "disk" / "m.npz")
    model.save(tmp_path / "link.npz")
    assert (tmp_path / "link.npz").is_symlink()
    loaded = LSTMRegressor.load(tmp_path / "disk" / "m.npz")
    assert predictions(loaded) == predictions(model)


@posix
def test_a_save_in_the_place_of_a_pipe_is_refused_and_leaves_it(tmp_path, model):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="a device or a pipe is there, and no file"):
        model.save(tmp_path / "pipe")
    assert (tmp_path / "pipe").is_fifo()
    assert os.listdir(tmp_path) == ["pipe"]


@posix
def test_a_file_of_the_program_is_written_through_no_link(tmp_path):
    (tmp_path / "precious").write_text("kept")
    (tmp_path / "link").symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match="a link is there"), whole_file(tmp_path / "link") as file:
        file.write(b"lost")
    assert (tmp_path / "precious").read_text() == "kept"


@posix
def test_what_lies_under_the_name_of_an_unfinished_file_is_not_followed(tmp_path):
    (tmp_path / "precious").write_text("kept")
    part = tmp_path / f"m.npz.{os.getpid()}-{threading.get_ident()}.part"
    part.symlink_to(tmp_path / "precious")
    with whole_file(tmp_path / "m.npz") as file:
        file.write(b"whole")
    assert (tmp_path / "precious").read_text() == "kept"
    assert sorted(os.listdir(tmp_path)) == ["m.npz", "precious"]


@posix
@pytest.mark.parametrize("where", ["/dev/zero", "/dev/null", "pipe"])
def test_a_device_or_a_pipe_is_refused_at_once(tmp_path, where):
    os.mkfifo(tmp_path / "pipe")
    path = tmp_path / where  # an absolute path stays as it is
    with pytest.raises(WeightsError, match="not a regular file"):
        LSTMRegressor.load(path)
    with pytest.raises(CheckpointError, match="not a regular file"):
        read_history(path)


def test_a_load_draws_no_weights(tmp_path, model, monkeypatch):
    def drawn(*arguments):
        raise AssertionError("weights were drawn")

    model.save(tmp_path / "m.npz")
    monkeypatch.setattr(np.linalg, "qr", drawn)
    assert predictions(LSTMRegressor.load(tmp_path / "m.npz")) == predictions(model)


def test_a_loaded_model_drops_the_units_that_a_new_one_of_its_seed_drops(tmp_path, model):
    model.save(tmp_path / "m.npz")
    loaded = LSTMRegressor.load(tmp_path / "m.npz", seed=1)
    x, y = np.ones((4, 3, 2), np.float32), np.ones(4, np.float32)
    assert loaded.loss_and_grad(x, y) == model.loss_and_grad(x, y)


def test_a_folder_that_is_not_there_is_told_by_the_name_that_was_asked_for(tmp_path, model):
    path = tmp_path / "nowhere" / "m.npz"
    with pytest.raises(FileNotFoundError) as caught:
        model.save(path)
    assert (caught.value.filename, caught.value.filename2) == (str(path), None)


def test_a_folder_in_the_way_is_told_by_its_own_name(tmp_path, model):
    with pytest.raises(OSError) as caught:  # noqa: PT011 (of each system another)
        model.save(tmp_path)
    assert (caught.value.filename, caught.value.filename2) == (str(tmp_path), None)
