"""Dense and Dropout, and what every layer has in common with the LSTM."""

import numpy as np
import pytest

from tinylstm import LSTM, Dense, Dropout

D, H = 3, 4


def rng(seed=0):
    return np.random.default_rng(seed)


def normal(*shape, seed=1):
    return rng(seed).standard_normal(shape)


# Every layer


@pytest.mark.parametrize(
    ("W", "fan_in", "fan_out"),
    [
        (LSTM(20, 30, rng()).params["W"], 20, 4 * 30),
        (Dense(40, 30, rng()).params["W"], 40, 30),
    ],
    ids=["LSTM", "Dense"],
)
def test_input_weights_fill_the_range_of_glorot_and_no_more(W, fan_in, fan_out):
    limit = np.sqrt(6 / (fan_in + fan_out))
    assert W.min() == pytest.approx(-limit, rel=0.02)
    assert W.max() == pytest.approx(limit, rel=0.02)
    assert np.abs(W).max() <= np.float32(limit)
    assert W.std() == pytest.approx(limit / np.sqrt(3), rel=0.05)  # uniform, not normal


@pytest.mark.parametrize("layer", [LSTM, Dense])
def test_the_seed_decides_the_weights(layer):
    one, same, other = (layer(D, H, rng(seed)).params["W"] for seed in (1, 1, 2))
    assert one.tobytes() == same.tobytes()
    assert (one != other).all()


@pytest.mark.parametrize(
    "ask",
    [
        lambda: LSTM(D, H, rng()).backward(np.ones((2, 5, H))),
        lambda: LSTM(D, H, rng()).backward_last(np.ones((2, H))),
        lambda: LSTM(D, H, rng()).last_state,
        lambda: Dense(D, H, rng()).backward(np.ones((2, H))),
        lambda: Dropout(0.5, rng()).backward(np.ones((2, H))),
    ],
    ids=["LSTM", "last output", "last state", "Dense", "Dropout"],
)
def test_a_layer_asks_for_a_forward_pass(ask):
    with pytest.raises(RuntimeError, match=r"(backward|last_state) needs a forward pass before it"):
        ask()


# Dense


def dense(relu, dtype=np.float64):
    layer = Dense(D, 2, rng(), relu, dtype)
    layer.params["b"][:] = [0.5, -0.5]
    return layer


def test_dense_is_a_product_and_a_sum_and_with_relu_zero_where_that_is_negative():
    x = normal(6, D)
    by_hand = x @ dense(relu=False).params["W"] + [0.5, -0.5]
    assert (by_hand < 0).any()
    np.testing.assert_allclose(dense(relu=False).forward(x), by_hand)
    np.testing.assert_allclose(dense(relu=True).forward(x), np.where(by_hand > 0, by_hand, 0))


@pytest.mark.parametrize(
    "changed",
    [
        {"W": np.ones((D + 1, 2))},
        {"b": np.ones(1)},
        {"W": np.ones((D, 2, 1)), "b": np.ones((2, 1))},
    ],
    ids=str,
)
def test_arrays_that_do_not_fit_into_dense_are_refused(changed):
    layer = dense(relu=False)
    layer.params.update(changed)
    with pytest.raises(ValueError, match=r"x \(6, 3\), W .* and b .* do not fit together"):
        layer.forward(normal(6, D))


@pytest.mark.parametrize("relu", [False, True])
def test_gradients_of_dense_agree_with_central_differences(relu):
    layer, x, dy = dense(relu), normal(6, D), normal(6, 2, seed=2)
    layer.forward(x)
    dx = layer.backward(dy)
    gradients = {"x": dx, **layer.grads}
    for name, theta in {"x": x, **layer.params}.items():
        for index in np.ndindex(theta.shape):
            middle, sides = theta[index], []
            for theta[index] in (middle + 1e-6, middle - 1e-6):
                sides.append(np.sum(dy * layer.forward(x)))
            theta[index] = middle
            numerical = (sides[0] - sides[1]) / 2e-6
            assert gradients[name][index] == pytest.approx(numerical, abs=1e-8), name


def test_dense_computes_in_float32_by_default():
    layer = Dense(D, 2, rng(), relu=True)
    x = normal(6, D).astype(np.float32)
    y = layer.forward(x)
    assert y.dtype == layer.backward(y).dtype == layer.grads["W"].dtype == np.float32


# Dropout


def test_dropout_drops_its_share_and_scales_up_the_rest_so_that_the_mean_stays():
    y = Dropout(0.2, rng()).forward(np.ones((400, 500), np.float32))
    assert np.mean(y == 0) == pytest.approx(0.2, abs=0.005)
    np.testing.assert_allclose(y[y != 0], 1 / 0.8, rtol=1e-6)
    assert y.dtype == np.float32


def test_dropout_applies_the_mask_of_each_batch_to_its_gradient():
    layer, ones = Dropout(0.5, rng()), np.ones((20, 30))
    first, second = layer.forward(ones), layer.forward(ones)
    assert (first != second).any()
    np.testing.assert_array_equal(layer.backward(ones), second)


def test_dropout_of_rate_zero_is_the_identity():
    layer, x = Dropout(0, rng()), normal(5, 6)
    np.testing.assert_array_equal(layer.forward(x), x)
    np.testing.assert_array_equal(layer.backward(x), x)
