"""The reference and the kernels against PyTorch: outputs, all gradients, a hundred Adam steps."""

import numpy as np
import pytest

from tinylstm import LSTM, Adam, LSTMRegressor, reference


@pytest.fixture(params=["numpy", "numba"])
def layer(request, torch):
    D, H = len(torch["W"]), len(torch["U"])
    layer = LSTM(D, H, np.random.default_rng(0), np.float64, request.param)
    layer.params = {name: torch[name] for name in ("W", "U", "b")}
    return layer


def test_outputs_agree_with_pytorch(layer, torch):
    h = layer.forward(torch["x"], torch["h0"], torch["c0"])
    np.testing.assert_allclose(h, torch["h"], rtol=0, atol=1e-13)


def test_gradients_agree_with_pytorch(layer, torch):
    layer.forward(torch["x"], torch["h0"], torch["c0"])
    dx = layer.backward(torch["dh"])
    for name, gradient in {"x": dx, **layer.grads, **layer.state_grads}.items():
        np.testing.assert_allclose(gradient, torch[f"d{name}"], rtol=0, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_a_hundred_adam_steps_agree_with_pytorch(torch, backend):
    x, y = torch["train.x"], torch["train.y"]
    H, K = torch["before.dense1.W"].shape
    model = LSTMRegressor(x.shape[2], H, K, dropout=0, backend=backend, dtype=np.float64)
    for name, array in model.params.items():
        array[:] = torch[f"before.{name}"]
    adam = Adam(model.params, lr=1e-2)
    for loss in torch["losses"]:
        assert model.loss_and_grad(x, y) == pytest.approx(loss, rel=1e-9)
        adam.step(model.grads)
    for name, array in model.params.items():
        np.testing.assert_allclose(array, torch[f"after.{name}"], rtol=0, atol=1e-9, err_msg=name)


def test_sigmoid_neither_overflows_nor_loses_digits():
    z = np.array([-1000.0, -2.0, 0.0, 2.0, 1000.0])
    with np.errstate(all="raise"):
        np.testing.assert_allclose(
            reference.sigmoid(z), [0, 1 / (1 + np.e**2), 0.5, 1 / (1 + np.e**-2), 1], atol=1e-16
        )


def test_a_step_by_hand():
    """One unit, one input, one step, with numbers that can be checked on paper."""
    W = np.log([[3.0, 1.0, 2.0, 3.0]])  # σ(log 3) = 3/4, σ(0) = 1/2, tanh(log 2) = 3/5
    tape = reference.lstm_forward(
        x=np.ones((1, 1, 1)), W=W, U=np.zeros((1, 4)), b=np.zeros(4),
        h0=np.zeros((1, 1)), c0=np.full((1, 1), 0.5),
    )  # fmt: skip
    np.testing.assert_allclose(tape.gates[0, 0], [3 / 4, 1 / 2, 3 / 5, 3 / 4])
    np.testing.assert_allclose(tape.c[0, 0], [1 / 2 * 0.5 + 3 / 4 * 3 / 5])  # 0.7
    np.testing.assert_allclose(tape.h[0, 0], [3 / 4 * np.tanh(0.7)])
