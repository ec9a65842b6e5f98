"""Checkpoints: training goes on to the same bits, or is refused with the reason."""

import json

import numpy as np
import pytest

from tinylstm import Adam, LSTMRegressor, Windows, fit
from tinylstm.checkpoint import CheckpointError, History, Training
from tinylstm.weights import write_arrays

RNG = np.random.default_rng(3)
X = RNG.normal(size=(40, 5, 2)).astype(np.float32)
Y = RNG.normal(size=40).astype(np.float32)


def network(units=3):
    return LSTMRegressor(2, units, dropout=0.3, seed=1)


def train(path=None, epochs=4, batch_size=8, stop_after=None, units=3):
    """Train a network with dropout; interrupted, if asked, in the epoch after `stop_after`."""
    model = network(units)

    def on_epoch(epoch, history):
        history.metrics.setdefault("half", []).append(history.loss[-1] / 2)
        if stop_after is not None and epoch > stop_after:
            raise KeyboardInterrupt

    options = {"on_epoch": on_epoch, "checkpoint": path, "progress": False}
    history = fit(model, X, Y, epochs, batch_size, rng=np.random.default_rng(7), **options)
    return {name: array.tobytes() for name, array in model.params.items()}, history


def interrupted(path, stop_after):
    with pytest.raises(KeyboardInterrupt):
        train(path, stop_after=stop_after)


def test_training_that_goes_on_ends_with_the_bits_of_one_that_never_stopped(tmp_path):
    interrupted(tmp_path / "c.npz", 2)
    weights, history = train(tmp_path / "c.npz")
    undisturbed, whole = train()
    assert weights == undisturbed
    assert (history.loss, history.metrics) == (whole.loss, whole.metrics)


def test_training_that_was_done_is_not_done_again(tmp_path):
    weights, history = train(tmp_path / "c.npz")
    before = (tmp_path / "c.npz").read_bytes()
    assert train(tmp_path / "c.npz") == (weights, history)
    assert (tmp_path / "c.npz").read_bytes() == before


def test_nothing_but_whole_files_is_left(tmp_path):
    train(tmp_path / "c.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["c.npz"]


@pytest.mark.parametrize("change", [{"epochs": 5}, {"batch_size": 4}], ids=str)
def test_a_checkpoint_of_other_settings_is_refused(tmp_path, change):
    interrupted(tmp_path / "c.npz", 1)
    with pytest.raises(CheckpointError, match="belongs to a training with other settings"):
        train(tmp_path / "c.npz", **change)


def test_a_checkpoint_of_another_beginning_is_refused(tmp_path):
    interrupted(tmp_path / "c.npz", 1)
    for model, y in ((LSTMRegressor(2, 3, dropout=0.3, seed=2), Y), (network(), -Y)):
        with pytest.raises(CheckpointError, match="other settings"):
            fit(
                model, X, y, 4, 8, rng=np.random.default_rng(7), progress=False,
                checkpoint=tmp_path / "c.npz",
            )  # fmt: skip


@pytest.mark.parametrize("generator", [np.random.MT19937, np.random.Philox])
def test_it_goes_on_with_any_generator_schedule_and_weights(tmp_path, generator):
    def run(path, stop=None):
        def on_epoch(epoch, history):
            history.metrics.setdefault("m", []).append(np.float32(epoch))
            optimizer.lr /= 2
            if epoch == stop:
                raise KeyboardInterrupt

        model = network()
        optimizer = Adam(model.params)
        fit(
            model, X, Y, 4, np.int64(8), optimizer, np.random.Generator(generator(3)),
            windows_per_epoch=30, weights=np.linspace(1, 2, 40), on_epoch=on_epoch,
            progress=False, checkpoint=path,
        )  # fmt: skip
        return {name: array.tobytes() for name, array in model.params.items()}

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "c.npz", stop=3)
    assert run(tmp_path / "c.npz") == run(None)


def test_a_checkpoint_of_another_size_is_refused(tmp_path):
    interrupted(tmp_path / "c.npz", 1)
    with pytest.raises(CheckpointError, match="with the shape"):
        train(tmp_path / "c.npz", units=4)


def test_a_changed_bit_anywhere_is_refused_or_changes_nothing(tmp_path):
    interrupted(tmp_path / "c.npz", 1)
    whole = (tmp_path / "c.npz").read_bytes()
    undisturbed, _ = train()
    rng = np.random.default_rng(0)
    refused = []
    for _ in range(100):
        altered = bytearray(whole)
        altered[rng.integers(len(altered))] ^= 1 << rng.integers(8)
        (tmp_path / "c.npz").write_bytes(altered)
        try:
            weights, _ = train(tmp_path / "c.npz")
        except CheckpointError as error:
            weights = undisturbed
            refused.append(str(error))
        assert weights == undisturbed  # where the byte says nothing, such as a date in the frame
    assert len(refused) > 66
    assert all("c.npz" in sentence and "\n" not in sentence for sentence in refused)


def test_a_training_on_other_windows_is_refused_whatever_they_are_kept_in(tmp_path):
    path = tmp_path / "c.npz"
    for x in (X, Windows(X.reshape(-1, 2), np.arange(0, 200, 5), 5)):
        path.unlink(missing_ok=True)
        fit(network(), x, Y, 1, 8, progress=False, checkpoint=path)
        fit(network(), x, Y, 1, 8, progress=False, checkpoint=path)
        for other in (X + 1, Windows(X.reshape(-1, 2), np.arange(0, 200, 5)[::-1], 5)):
            with pytest.raises(CheckpointError, match="other settings"):
                fit(network(), other, Y, 1, 8, progress=False, checkpoint=path)


def test_a_training_on_longer_windows_over_the_same_rows_is_refused(tmp_path):
    rows, starts = X.reshape(-1, 2), np.arange(0, 150, 5)
    options = {"progress": False, "checkpoint": tmp_path / "c.npz"}
    fit(network(), Windows(rows, starts, 5), Y[:30], 1, 8, **options)
    with pytest.raises(CheckpointError, match="other settings"):
        fit(network(), Windows(rows, starts, 6), Y[:30], 1, 8, **options)


def scheduled(path, schedule):
    fit(network(), X, Y, 2, 8, schedule=schedule, progress=False, checkpoint=path)


def test_a_training_with_another_schedule_is_refused(tmp_path):
    scheduled(tmp_path / "c.npz", lambda done: 0.01 * (1 - done))
    scheduled(tmp_path / "c.npz", lambda done: 0.01 * (1 - done))
    for other in (None, lambda done: 0.01 if done < 0.85 else 0.001):
        with pytest.raises(CheckpointError, match="other settings"):
            scheduled(tmp_path / "c.npz", other)


def test_a_training_with_the_other_backend_is_refused(tmp_path):
    interrupted(tmp_path / "c.npz", 1)
    twin = LSTMRegressor(2, 3, dropout=0.3, seed=1, backend="numpy")
    with pytest.raises(CheckpointError, match="other settings"):
        fit(
            twin, X, Y, 4, 8, rng=np.random.default_rng(7), progress=False,
            checkpoint=tmp_path / "c.npz",
        )  # fmt: skip


def edited(path, **changes):
    """A checkpoint with a right checksum whose state says other things."""
    with np.load(path) as file:
        arrays = dict(file)
    state = json.loads(arrays.pop("state").tobytes())
    for name, change in changes.items():
        state[name] = change(state[name])
    text = np.frombuffer(json.dumps(state).encode(), np.uint8)
    write_arrays(path, arrays | {"state": text})


def longer(history, n=9):
    columns = {name: (column * n)[:n] for name, column in history["metrics"].items()}
    loss, seconds = (history["loss"] * n)[:n], (history["seconds"] * n)[:n]
    return history | {"loss": loss, "seconds": seconds, "metrics": columns}


def test_a_checkpoint_with_more_epochs_than_were_asked_for_is_refused(tmp_path):
    interrupted(tmp_path / "c.npz", 1)
    edited(tmp_path / "c.npz", history=longer, step=lambda step: 9 * step)
    with pytest.raises(CheckpointError, match="9 epochs of 4"):
        train(tmp_path / "c.npz")


def test_a_checkpoint_whose_steps_are_not_those_of_its_epochs_is_refused(tmp_path):
    interrupted(tmp_path / "c.npz", 1)
    edited(tmp_path / "c.npz", step=lambda step: step + 1)
    with pytest.raises(CheckpointError, match="6 steps where 1 epoch takes 5"):
        train(tmp_path / "c.npz")


@pytest.mark.parametrize("rate", [float("nan"), "fast"])
def test_a_learning_rate_that_is_none_is_refused(tmp_path, rate):
    model = network()
    training = Training(model, Adam(model.params), np.random.default_rng(0), {})
    training.optimizer.lr = rate
    training.save(tmp_path / "c.npz", History())
    with pytest.raises(CheckpointError, match="learning_rate must be at least 0 and finite"):
        training.load(tmp_path / "c.npz")


def test_a_truncated_checkpoint_is_refused(tmp_path):
    interrupted(tmp_path / "c.npz", 1)
    (tmp_path / "c.npz").write_bytes((tmp_path / "c.npz").read_bytes()[:-1])
    with pytest.raises(CheckpointError, match=r"c\.npz is damaged"):
        train(tmp_path / "c.npz")


@pytest.mark.parametrize("state", ["", "[]", '{"history": 1}'])
def test_a_state_that_is_none_is_refused(tmp_path, state):
    model = LSTMRegressor(2, 3)
    training = Training(model, Adam(model.params), np.random.default_rng(0), {})
    text = np.frombuffer(state.encode() or b" ", np.uint8)
    write_arrays(tmp_path / "c.npz", training.arrays() | {"state": text})
    with pytest.raises(CheckpointError, match="holds no state of training"):
        training.load(tmp_path / "c.npz")


def test_a_refused_checkpoint_changes_nothing(tmp_path):
    interrupted(tmp_path / "c.npz", 1)
    model = LSTMRegressor(2, 3, seed=5)
    training = Training(model, Adam(model.params), np.random.default_rng(5), {"other": 1})
    before = json.dumps(training.rng.bit_generator.state), model.params["lstm.W"].copy()
    with pytest.raises(CheckpointError):
        training.load(tmp_path / "c.npz")
    assert json.dumps(training.rng.bit_generator.state) == before[0]
    np.testing.assert_array_equal(model.params["lstm.W"], before[1])


def test_a_checkpoint_that_could_not_be_written_is_told_before_the_first_epoch(tmp_path):
    epochs = []
    with pytest.raises(FileNotFoundError, match="no folder for the checkpoint"):
        fit(
            LSTMRegressor(2, 3), np.ones((4, 5, 2)), np.ones(4), epochs=1, progress=False,
            checkpoint=tmp_path / "nowhere" / "c.npz", on_epoch=lambda *done: epochs.append(done),
        )  # fmt: skip
    assert not epochs
