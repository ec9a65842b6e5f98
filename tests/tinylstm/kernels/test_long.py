"""Ten thousand steps in float32: no step loses more than rounding has to."""

import numpy as np
import pytest

from tinylstm import LSTM

STEPS, H = 10_000, 8


def layer(backend, dtype, forget_bias):
    made = LSTM(3, H, np.random.default_rng(1), dtype, backend)
    made.params["b"][:H] = -6  # little comes in
    made.params["b"][H : 2 * H] = forget_bias
    return made


@pytest.mark.parametrize("forget_bias", [10, 16, 20, 50])
def test_a_forget_gate_that_is_wide_open_loses_nothing(forget_bias):
    x = 0.3 * np.random.default_rng(0).normal(size=(1, STEPS, 3)).astype(np.float32)
    exact = layer("numpy", np.float64, forget_bias).forward(x.astype(np.float64))
    numba, numpy = (layer(b, np.float32, forget_bias).forward(x) for b in ("numba", "numpy"))
    assert np.abs(numba - exact).max() < max(2 * np.abs(numpy - exact).max(), 3e-5)


@pytest.mark.parametrize(("bias", "expected"), [(40, 503), (-40, 0)])
def test_a_gate_far_out_is_exactly_open_or_shut(bias, expected):
    far = LSTM(1, H, np.random.default_rng(0))
    far.params["W"][:] = far.params["U"][:] = 0
    far.params["b"][:] = bias  # of the candidate too, which then is 1
    far.forward(np.zeros((1, 500, 1), np.float32), c0=np.full((1, H), 3, np.float32))
    np.testing.assert_allclose(far.last_state[1], expected, rtol=1e-6)
