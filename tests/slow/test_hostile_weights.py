"""Thousands of damaged files of weights and checkpoints: read to the bit, or refused.

The seeds are fixed.
"""

import io
import json
import random
import zipfile

import numpy as np
import pytest

from tests.slow.spoiling import DEEP, N, mutated, reshaped
from tests.zips import archive
from tinylstm import Adam, LSTMRegressor
from tinylstm.checkpoint import CheckpointError, History, Training
from tinylstm.weights import WeightsError, write_arrays


def members_of(path):
    with zipfile.ZipFile(path) as source:
        return [(name, source.read(name)) for name in source.namelist()]


def respoiled(members, rng):
    """A file of arrays, one of them spoilt, under checksums that are right."""
    members = list(members)
    n = rng.randrange(len(members))
    name, content = members[n]
    alphabet = b"'\"(){}[],:-0129 \n<>f|OTrueL#\0\x80\xff"
    cut = rng.choice([128, len(content)])
    members[n] = name, mutated(content[:cut], rng, alphabet) + content[cut:]
    return archive(members, zipfile.ZIP_STORED)


def saved_model(path):
    """A file of weights, and the arrays in it."""
    LSTMRegressor(2, 3, 2).save(path)
    return path.read_bytes(), LSTMRegressor.load(path).params


def load_weights(path):
    """The arrays of a file, or None if it is refused, in one line."""
    message = ""
    try:
        return LSTMRegressor.load(path).params
    except WeightsError as error:
        message = str(error)
    assert len(message.splitlines()) == 1
    return None


def test_damaged_weights_are_the_very_ones_that_were_saved_or_refused(tmp_path):
    rng, path = random.Random(3), tmp_path / "model.npz"
    whole, expected = saved_model(path)
    refused = 0
    for _ in range(N):
        path.write_bytes(mutated(whole, rng))
        if (params := load_weights(path)) is None:
            refused += 1
        else:
            np.testing.assert_equal(params, expected)
    assert refused > N / 2


def test_weights_spoilt_under_right_checksums_are_what_numpy_reads_or_refused(tmp_path):
    rng, path = random.Random(3), tmp_path / "model.npz"
    saved_model(path)
    members = members_of(path)
    refused = 0
    for _ in range(N):
        path.write_bytes(respoiled(members, rng))
        if (params := load_weights(path)) is None:
            refused += 1
            continue
        for name, in_file in members_of(path):
            expected = np.lib.format.read_array(io.BytesIO(in_file))
            np.testing.assert_array_equal(params[name.removesuffix(".npy")], expected)
            assert np.isfinite(expected).all()
    assert N / 2 < refused < N


def new_training():
    model = LSTMRegressor(2, 3, 2, dropout=0.5)
    return Training(model, Adam(model.params), np.random.default_rng(0), {"epochs": 3})


def one_step(training):
    training.rng.permutation(3)
    training.model.loss_and_grad(np.ones((1, 2, 2), np.float32), np.ones(1, np.float32))
    training.optimizer.step(training.model.grads)


def state_of(training):
    arrays = {name: array.tobytes() for name, array in training.arrays().items()}
    rngs = [training.rng.bit_generator.state, training.model.dropout.rng.bit_generator.state]
    return arrays, rngs, training.optimizer.t


@pytest.fixture
def saved(tmp_path):
    """A training after a step, which is in the file."""
    training = new_training()
    one_step(training)
    training.save(tmp_path / "c.npz", History([1.0], [0.1], {"mape": [2.0]}))
    return training


def load_or_leave(path):
    """A new training and its history from a checkpoint; if that is refused nothing has changed."""
    training = new_training()
    before = state_of(training)
    try:
        return training, training.load(path)
    except CheckpointError as error:
        message = str(error)
    assert len(message.splitlines()) == 1
    assert state_of(training) == before
    return None


def test_a_damaged_checkpoint_is_the_very_one_that_was_saved_or_refused(saved, tmp_path):
    rng, path = random.Random(4), tmp_path / "c.npz"
    whole = path.read_bytes()
    refused = 0
    for _ in range(N):
        path.write_bytes(mutated(whole, rng))
        if (loaded := load_or_leave(path)) is None:
            refused += 1
        else:
            assert state_of(loaded[0]) == state_of(saved)
            assert loaded[1] == History([1.0], [0.1], {"mape": [2.0]})
    assert refused > N / 2


def test_a_state_of_another_shape_is_refused_or_one_that_training_can_go_on_from(saved, tmp_path):
    rng, path = random.Random(5), tmp_path / "c.npz"
    with np.load(path) as arrays:
        state = json.loads(arrays["state"].tobytes())
    refused = 0
    for _ in range(N):
        text = np.frombuffer(json.dumps(reshaped(state, rng)).encode(), np.uint8)
        np.savez(path, **saved.arrays(), state=text)
        if (loaded := load_or_leave(path)) is None:
            refused += 1
            continue
        training, history = loaded
        assert state_of(training)[0] == state_of(saved)[0]
        columns = history.seconds, *history.metrics.values()
        assert all(len(column) == history.epochs for column in columns)
        one_step(training)
    assert N / 2 < refused < N


def test_json_that_nests_too_deeply_is_no_state_of_training(tmp_path):
    training = new_training()
    text = np.frombuffer(DEEP.encode(), np.uint8)
    write_arrays(tmp_path / "c.npz", training.arrays() | {"state": text})
    with pytest.raises(CheckpointError, match="holds no state of training"):
        training.load(tmp_path / "c.npz")
