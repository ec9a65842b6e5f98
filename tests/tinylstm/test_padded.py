"""Sequences of different lengths: each gets what it would get alone, forward and backward."""

import numpy as np
import pytest

from tinylstm import (
    LSTM,
    Adam,
    Dense,
    EachStep,
    Last,
    Network,
    Padded,
    SoftmaxCrossEntropy,
    SquaredError,
    Stack,
    fit,
    gradient_check,
)

D, H, K, LENGTHS = 3, 4, 5, (6, 2, 4)
RNG = np.random.default_rng(0)
SEQUENCES = [RNG.standard_normal((T, D)) for T in LENGTHS]
CLASSES = [RNG.integers(K, size=T) for T in LENGTHS]
backends = pytest.mark.parametrize("backend", ["numpy", "numba"])


def stacked(backend, seed=1):
    """Two LSTMs and a class at each step."""
    rng = np.random.default_rng(seed)
    layers = [LSTM(n, H, rng, np.float64, backend) for n in (D, H)]
    head = EachStep(Dense(H, K, rng, dtype=np.float64))
    return Network(SoftmaxCrossEntropy(), rnn=Stack(*layers), head=head)


def last_only(backend, seed=1):
    """An LSTM of whose outputs the last alone is used."""
    rng = np.random.default_rng(seed)
    lstm = LSTM(D, H, rng, np.float64, backend)
    return Network(SquaredError(), lstm=Last(lstm), head=Dense(H, 1, rng, dtype=np.float64))


def test_padding_is_set_to_zero_in_a_copy():
    values = np.ones((2, 3))
    padded = Padded(values, [3, 1])
    np.testing.assert_array_equal(padded, [[1, 1, 1], [1, 0, 0]])
    np.testing.assert_array_equal(padded.mask, [[1, 1, 1], [1, 0, 0]])
    assert values.all()


def test_sequences_are_padded_to_the_longest():
    padded = Padded.of(SEQUENCES)
    assert padded.shape == (3, 6, D)
    for b, sequence in enumerate(SEQUENCES):
        np.testing.assert_array_equal(padded.values[b, : len(sequence)], sequence)
    assert Padded.of(CLASSES).dtype == np.int64


def test_a_choice_of_sequences_is_padded_again():
    chosen = Padded.of(SEQUENCES)[[2, 0]]
    np.testing.assert_array_equal(chosen.lengths, [4, 6])
    np.testing.assert_array_equal(chosen.values[0, :4], SEQUENCES[2])


def test_a_single_sequence_of_them_is_padded_as_one_of_one():
    padded = Padded.of(SEQUENCES)
    np.testing.assert_array_equal(padded[1].values, padded[[1]].values)
    assert [one.lengths.tolist() for one in padded] == [[n] for n in padded.lengths]


@pytest.mark.parametrize(
    ("values", "lengths", "words"),
    [
        (np.zeros((2, 3)), [1, 4], "1 to 3 steps, not between 1 and 4"),
        (np.zeros((2, 3)), [0, 1], "not between 0 and 1"),
        (np.zeros((2, 3)), [1], "lengths must be 2 whole numbers"),
        (np.zeros((2, 3)), [1.0, 2.0], "lengths must be 2 whole numbers"),
        (np.zeros(3), [1], r"\(B, T\) or \(B, T, D\)"),
    ],
)
def test_lengths_that_do_not_fit_are_refused(values, lengths, words):
    with pytest.raises(ValueError, match=words):
        Padded(values, lengths)


def test_sequences_whose_steps_differ_in_shape_are_refused():
    with pytest.raises(ValueError, match=r"must have one shape, not \[\(\), \(2,\)\]"):
        Padded.of([[1.0], [[1.0, 2.0]]])


@pytest.mark.parametrize("sequences", [[], [[1, 2], []]], ids=["none", "an empty one"])
def test_nothing_to_pad_is_refused(sequences):
    with pytest.raises(ValueError, match="at least one, of at least one step"):
        Padded.of(sequences)


@backends
def test_a_padded_sequence_is_what_it_is_alone_forward(backend):
    layer = LSTM(D, H, np.random.default_rng(1), np.float64, backend)
    h, last = layer.forward(Padded.of(SEQUENCES)), layer.last_state
    for b, sequence in enumerate(SEQUENCES):
        np.testing.assert_allclose(h[b, : len(sequence)], layer.forward(sequence[None])[0])
        assert not h[b, len(sequence) :].any()
        for state, alone in zip(last, layer.last_state, strict=True):
            np.testing.assert_allclose(state[b], alone[0])
    np.testing.assert_array_equal(layer.forward_last(Padded.of(SEQUENCES)), last[0])
    np.testing.assert_allclose(layer.predict_last(Padded.of(SEQUENCES)), last[0])


@backends
def test_a_padded_batch_has_the_loss_and_the_gradients_of_its_sequences_one_by_one(backend):
    network = stacked(backend)
    whole = network.loss_and_grad(Padded.of(SEQUENCES), Padded.of(CLASSES), with_dx=True)
    grads, dx = network.grads, network.input_grads["x"]
    share = np.array(LENGTHS) / sum(LENGTHS)  # the loss is a mean over all steps that count
    summed, total = {name: 0.0 for name in grads}, 0.0
    for b, (x, y) in enumerate(zip(SEQUENCES, CLASSES, strict=True)):
        total += share[b] * network.loss_and_grad(x[None], y[None], with_dx=True)
        for name, grad in network.grads.items():
            summed[name] = summed[name] + share[b] * grad
        alone = share[b] * network.input_grads["x"][0]
        np.testing.assert_allclose(dx[b, : len(x)], alone, atol=1e-15)
        assert not dx[b, len(x) :].any()
    assert whole == pytest.approx(total, rel=1e-12)
    for name in grads:
        np.testing.assert_allclose(grads[name], summed[name], atol=1e-14, err_msg=name)


@backends
@pytest.mark.parametrize("build", [stacked, last_only])
def test_gradients_through_padded_sequences_are_right(backend, build):
    y = Padded.of(CLASSES) if build is stacked else np.array([1.0, -1.0, 0.5])
    errors = gradient_check(build(backend), Padded.of(SEQUENCES), y)
    assert {"x", *build(backend).initial_state(3)} < errors.keys()
    assert max(errors.values()) <= 1e-6


@backends
def test_what_stands_in_the_padding_changes_nothing(backend):
    values = np.zeros((3, 6, D))
    for row, sequence in zip(values, SEQUENCES, strict=True):
        row[: len(sequence)] = sequence
        row[len(sequence) :] = np.nan
    network = last_only(backend)
    np.testing.assert_array_equal(
        network.predict(Padded(values, LENGTHS)), network.predict(Padded.of(SEQUENCES))
    )


def test_fit_learns_from_padded_sequences_and_targets():
    network = stacked("numpy")
    x, y = Padded.of(SEQUENCES * 8), Padded.of(CLASSES * 8)
    history = fit(
        network, x, y, 60, 8, Adam(network.params, lr=3e-2), progress=False, validation=(x, y, None)
    )
    assert history.loss[-1] < 0.1 < 1 < history.loss[0]
    assert min(history.validation) == pytest.approx(network.evaluate(x, y))
