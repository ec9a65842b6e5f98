"""The network of whole numbers: near the one of floating point, and whole indeed."""

import math

import numpy as np
import pytest

from tinylstm import LSTMRegressor, Padded
from tinylstm.compression.integer import ONE, predict, scaling, sigmoid, tanh, to_fixed
from tinylstm.compression.quantize import quantize


@pytest.fixture
def model():
    return LSTMRegressor(7, 4, seed=1)


@pytest.fixture
def x():
    return np.random.default_rng(0).uniform(-2, 2, (50, 30, 7)).astype(np.float32)


def test_tanh_and_sigmoid_err_by_little_more_than_a_ten_thousandth():
    z = np.arange(-20 * ONE, 20 * ONE, 7)
    assert np.abs(tanh(z) / ONE - np.tanh(z / ONE)).max() < 1.2e-4
    assert np.abs(sigmoid(z) / ONE - 1 / (1 + np.exp(-z / ONE))).max() < 1.2e-4


def test_tanh_is_odd_and_gates_stay_below_one():
    z = np.arange(40 * ONE)
    np.testing.assert_array_equal(tanh(-z), -tanh(z))
    assert 0 <= sigmoid(-z).min() < sigmoid(z).max() < ONE
    assert tanh(z).max() < ONE


@pytest.mark.parametrize("scale", [0.0, 6e-8, 0.000123, 0.5, 3.0, 65504.0])
@pytest.mark.parametrize("gained", [-11, 0, 15])
def test_a_scale_becomes_a_multiplication_and_a_shift_without_loss(scale, gained):
    scale = np.float16([scale])
    found = scaling(scale, gained)
    sums = np.array([[-12345], [0], [1], [2**30]])
    exact = [math.floor(int(s[0]) * float(scale[0]) * 2.0**gained + 0.5) for s in sums]
    assert found(sums)[:, 0].tolist() == exact


def test_its_forecasts_are_those_of_its_weights_in_floating_point(model, x):
    for bits, per in ((8, "array"), (4, "column"), (2, "array")):
        network = quantize(model.params, bits, per)
        expected = LSTMRegressor.from_params(network.params).predict(x)
        np.testing.assert_allclose(predict(network, x), expected, atol=2e-3)


def test_a_window_alone_has_the_same_bits_as_among_many(model, x):
    network = quantize(model.params, 8)
    alone = np.concatenate([predict(network, window[np.newaxis]) for window in x])
    assert alone.tobytes() == predict(network, x).tobytes()


def test_inputs_are_rounded_and_cut_off():
    x = np.float32([0.3, -0.3, 100, -100, np.nan, np.inf])
    assert to_fixed(x, 11).tolist() == [614, -614, 32767, -32768, -32768, 32767]


def test_windows_of_another_width_get_a_sentence(model):
    with pytest.raises(ValueError, match=r"x must have the shape \(B, T, 7\), not \(2, 30, 6\)"):
        predict(quantize(model.params), np.zeros((2, 30, 6)))


@pytest.mark.parametrize(
    ("x", "told"),
    [
        (np.ma.masked_less(np.zeros((2, 30, 7)), 1), "x must not be masked"),
        (Padded(np.zeros((2, 30, 7)), [1, 30]), "of one length here, not Padded"),
        (np.zeros((2, 0, 7)), "x must have the shape"),
        ([["a"]], "x must hold real numbers"),
    ],
    ids=["masked", "padded", "no steps", "letters"],
)
def test_what_the_network_in_floating_point_refuses_is_refused_here_too(model, x, told):
    with pytest.raises(ValueError, match=told):
        predict(quantize(model.params), x)
