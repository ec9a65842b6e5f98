"""Early stopping: the weights of the best epoch are kept, and training may end before its time."""

import numpy as np
import pytest

from tinylstm import Adam, LSTMRegressor, Windows, fit

RNG = np.random.default_rng(2)
X = RNG.uniform(-1, 1, (64, 4, 2)).astype(np.float32)
# A little to learn, and noise: what is learnt of that is learnt by heart.
Y = (X[:, -1, 0] + 0.5 * RNG.normal(size=64)).astype(np.float32)
HELD_OUT = X[40:], Y[40:], None


def train(epochs=30, stop=None, **options):
    """A network trained on few and noisy targets, the weights after each epoch, and the history."""
    model, after = LSTMRegressor(2, 8, seed=1), []

    def on_epoch(epoch, history):
        after.append({name: array.copy() for name, array in model.params.items()})
        if epoch == stop:
            raise KeyboardInterrupt

    history = fit(
        model, X[:40], Y[:40], epochs, 8, Adam(model.params, 2e-2), progress=False,
        on_epoch=on_epoch, **options,
    )  # fmt: skip
    return model, after, history


def bits(weights):
    return {name: array.tobytes() for name, array in weights.items()}


def test_the_weights_of_the_best_validation_loss_are_kept():
    model, after, history = train(validation=HELD_OUT)
    assert len(history.validation) == history.epochs == 30
    assert 1 < history.best < 30
    assert history.validation[history.best - 1] == min(history.validation)
    assert bits(model.params) == bits(after[history.best - 1])
    assert np.mean((model.predict(X[40:]) - Y[40:]) ** 2) == pytest.approx(min(history.validation))


def test_training_ends_after_as_many_epochs_without_a_better_one_as_patience_says():
    _, _, whole = train(validation=HELD_OUT)
    model, after, history = train(validation=HELD_OUT, patience=3)
    losses = history.validation
    assert history.epochs == history.best + 3 < 30
    assert losses == whole.validation[: len(losses)]
    assert bits(model.params) == bits(after[history.best - 1])


def test_without_patience_a_validation_changes_no_step_of_training():
    _, after, _ = train(validation=HELD_OUT)
    _, alone, _ = train()
    assert bits(after[-1]) == bits(alone[-1])


def test_weights_count_in_the_validation_loss():
    weights = np.linspace(0, 2, 24).astype(np.float32)
    model, _, history = train(1, validation=(X[40:], Y[40:], weights))
    expected = np.mean(weights * (model.predict(X[40:]) - Y[40:]) ** 2)
    assert history.validation == pytest.approx([expected])


def test_a_loss_that_is_not_finite_is_never_the_best():
    y = np.full(24, np.nan, np.float32)
    _, _, history = train(2, validation=(X[40:], Y[40:], y))
    assert history.best == 1
    assert np.isnan(history.validation).all()


@pytest.mark.parametrize("stop", [2, 9, 12], ids=["before the best", "at it", "after it"])
def test_an_interrupted_training_ends_with_the_same_bits(tmp_path, stop):
    options = {"validation": HELD_OUT, "patience": 6}
    model, _, history = train(**options)
    path = tmp_path / "c.npz"
    with pytest.raises(KeyboardInterrupt):
        train(stop=min(stop, history.epochs - 1), checkpoint=path, **options)
    again, _, resumed = train(checkpoint=path, **options)
    assert bits(again.params) == bits(model.params)
    assert resumed.validation == history.validation
    finished, _, _ = train(checkpoint=path, **options)
    assert bits(finished.params) == bits(model.params)


def test_another_validation_part_is_another_training(tmp_path):
    path = tmp_path / "c.npz"
    windows = Windows(X[40:].reshape(-1, 2), np.arange(0, 96, 4), 4)
    train(1, checkpoint=path, validation=(windows, Y[40:], None))
    with pytest.raises(ValueError, match="other settings"):
        train(1, checkpoint=path, validation=(windows, -Y[40:], None))


def test_patience_without_a_validation_part_is_refused():
    with pytest.raises(ValueError, match="give validation too"):
        train(patience=3)
    with pytest.raises(ValueError, match="patience must be a whole number of at least 1"):
        train(patience=0, validation=HELD_OUT)
