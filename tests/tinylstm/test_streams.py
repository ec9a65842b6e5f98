"""Long sequences a piece at a time, and gradients cut to a length."""

import numpy as np
import pytest

from tinylstm import (
    LSTM,
    Adam,
    ClippedAdam,
    Dense,
    EachStep,
    Network,
    Padded,
    SoftmaxCrossEntropy,
    clip_by_norm,
    fit_stream,
)
from tinylstm.clipping import global_norm
from tinylstm.streams import cut
from tinylstm.training import DivergedError

backends = pytest.mark.parametrize("backend", ["numpy", "numba"])


def reader(D=2, H=8, K=2, backend="numpy", seed=0):
    rng = np.random.default_rng(seed)
    lstm = LSTM(D, H, rng, np.float64, backend)
    return Network(
        SoftmaxCrossEntropy(), lstm1=lstm, head=EachStep(Dense(H, K, rng, dtype=np.float64))
    )


def delayed(n_streams, steps, delay, seed=0):
    """Coin tosses x (B, T, 2), each of which is asked for `delay` steps later."""
    tosses = np.random.default_rng(seed).integers(2, size=(n_streams, steps))
    return np.eye(2)[tosses], np.roll(tosses, delay, axis=1)


# Clipping


def test_gradients_that_are_too_long_are_shortened_as_one_vector():
    grads = {"a": np.array([3.0, 0.0]), "b": np.array([[4.0]])}
    clipped = clip_by_norm(grads, 1.0)
    np.testing.assert_allclose(clipped["a"], [0.6, 0.0])
    np.testing.assert_allclose(clipped["b"], [[0.8]])
    assert global_norm(clipped) == pytest.approx(1)
    assert global_norm(grads) == 5  # a new dictionary: the old arrays are as they were


def test_gradients_whose_squares_float32_cannot_hold_keep_their_direction():
    grads = {"a": np.array([3e20, 4e20], np.float32)}
    np.testing.assert_allclose(clip_by_norm(grads, 1.0)["a"], [0.6, 0.8], rtol=1e-6)


def test_gradients_that_are_short_enough_stay_as_they_are():
    grads = {"a": np.array([3.0, 0.0], np.float32)}
    assert clip_by_norm(grads, 3.0)["a"] is grads["a"]
    assert clip_by_norm(grads, 1.0)["a"].dtype == np.float32


def test_a_limit_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="max_norm must be at least 0"):
        clip_by_norm({}, -1)
    with pytest.raises(ValueError, match="max_norm must be at least 0"):
        ClippedAdam({"a": np.zeros(1)}, max_norm=float("nan"))


def test_gradients_in_whole_numbers_are_not_clipped_to_nothing():
    clipped = clip_by_norm({"W": np.array([3, 4])}, 1.0)
    np.testing.assert_allclose(clipped["W"], [0.6, 0.8])


def test_clipped_adam_is_adam_on_clipped_gradients():
    grads = [{"a": np.array([3.0, 4.0])}, {"a": np.array([0.1, -0.1])}]
    one, two = ({"a": np.zeros(2)} for _ in range(2))
    clipped, plain = ClippedAdam(one, lr=0.1, max_norm=0.5), Adam(two, lr=0.1)
    for each in grads:
        clipped.step(each)
        plain.step(clip_by_norm(each, 0.5))
    np.testing.assert_array_equal(one["a"], two["a"])


# Streams


def test_what_lies_further_back_than_a_piece_is_remembered_through_the_carried_state():
    """The answer is two steps back: at two of three steps of a piece, in the piece before."""
    x, y = delayed(16, 60, delay=2)
    network = reader()
    history = fit_stream(network, x, y, 3, 40, Adam(network.params, 3e-2), progress=False)
    pieces = [slice(n, n + 3) for n in range(0, 60, 3)]
    forgetting = np.mean([network.evaluate(x[:, p], y[:, p]) for p in pieces])
    assert history.loss[-1] < 0.2 < 2 / 3 * np.log(2) < forgetting


def test_a_piece_as_long_as_the_sequence_is_plain_backpropagation():
    x, y = delayed(4, 12, delay=1)
    one, two = reader(), reader()
    fit_stream(one, x, y, steps=99, epochs=3, progress=False)
    adam = Adam(two.params)
    for _ in range(3):
        two.loss_and_grad(x, y)
        adam.step(two.grads)
    for name, array in one.params.items():
        np.testing.assert_array_equal(array, two.params[name])


def test_the_loss_of_an_epoch_counts_each_step_once_even_in_a_shorter_last_piece():
    x, y = delayed(3, 10, delay=1)
    network = reader()
    still = Adam(network.params, lr=0.0)
    history = fit_stream(network, x, y, steps=4, epochs=1, optimizer=still, progress=False)
    assert history.loss[0] == pytest.approx(network.evaluate(x, y))


def test_schedule_and_on_epoch_are_those_of_fit():
    x, y = delayed(2, 8, delay=1)
    network, rates, seen = reader(), [], []
    adam = Adam(network.params)

    def schedule(done):
        rates.append(done)
        return 0.1

    fit_stream(
        network, x, y, 4, 2, adam, schedule, lambda epoch, h: seen.append((epoch, h.epochs)), False
    )
    assert (rates, seen, adam.lr) == ([0, 0.25, 0.5, 0.75], [(1, 1), (2, 2)], 0.1)


def test_a_loss_that_is_not_finite_stops_the_training():
    x, y = delayed(2, 8, delay=1)
    network = reader()
    network.params["head.W"][:] = np.nan
    with pytest.raises(DivergedError, match="the loss became nan in epoch 1, step 1"):
        fit_stream(network, x, y, 4, 1, progress=False)


@pytest.mark.parametrize(
    ("x", "y", "steps", "words"),
    [
        (np.zeros((2, 8, 2)), np.zeros((2, 7)), 4, r"x must be \(B, T, D\) and y \(B, T\)"),
        (np.zeros((2, 8)), np.zeros((2, 8)), 4, r"x must be \(B, T, D\) and y \(B, T\)"),
        (np.zeros((0, 8, 2)), np.zeros((0, 8)), 4, r"x must be \(B, T, D\) and y \(B, T\)"),
        (
            np.zeros((2, 8, 2)),
            Padded(np.zeros((2, 8)), [8, 5]),
            4,
            "of one length here, not Padded",
        ),
        (np.zeros((2, 8, 2)), np.zeros((2, 8)), 0, "steps must be a whole number of at least 1"),
    ],
)
def test_what_does_not_fit_is_refused(x, y, steps, words):
    with pytest.raises(ValueError, match=words):
        fit_stream(reader(), x, y, steps, 1, progress=False)


def test_a_sequence_is_cut_into_streams_that_each_go_on():
    np.testing.assert_array_equal(cut(np.arange(7), 2), [[0, 1, 2], [3, 4, 5]])
    with pytest.raises(ValueError, match="1 steps cannot be cut into 2 streams"):
        cut([1], 2)


@backends
def test_truncated_backpropagation_with_clipping_agrees_with_pytorch(torch, backend):
    found = {n.removeprefix("stream."): a for n, a in torch.items() if n.startswith("stream.")}
    (D, H), K = (len(found[f"before.lstm1.{n}"]) for n in "WU"), found["before.head.W"].shape[1]
    network = reader(D, H, K, backend)
    for name, array in network.params.items():
        array[...] = found[f"before.{name}"]
    adam = ClippedAdam(network.params, lr=1e-2, max_norm=0.1)
    history = fit_stream(network, found["x"], found["y"], 6, 5, adam, progress=False)
    # PyTorch divides by the norm plus 1e-6, where we divide by the norm.
    np.testing.assert_allclose(history.loss, found["losses"].reshape(5, 3).mean(axis=1), rtol=1e-7)
    for name, array in network.params.items():
        np.testing.assert_allclose(array, found[f"after.{name}"], rtol=0, atol=1e-6, err_msg=name)
