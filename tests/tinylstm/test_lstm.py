"""The LSTM over whole sequences: forward and backward, and what it refuses."""

import numpy as np
import pytest

from tinylstm import LSTM, Windows
from tinylstm import backends as backends_by_name

D, H = 3, 4
backends = pytest.mark.parametrize("backend", ["numpy", "numba"])


def rng(seed=0):
    return np.random.default_rng(seed)


def normal(*shape, seed=1):
    return rng(seed).standard_normal(shape)


def test_parameters_have_the_keys_shapes_and_type_of_the_design():
    layer = LSTM(D, H, rng())
    shapes = {name: array.shape for name, array in layer.params.items()}
    assert shapes == {"W": (D, 4 * H), "U": (H, 4 * H), "b": (4 * H,)}
    assert {array.dtype for array in layer.params.values()} == {np.dtype(np.float32)}


@backends
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_outputs_and_gradients_have_the_shapes_and_type_of_the_layer(backend, dtype):
    layer = LSTM(D, H, rng(), dtype, backend)
    h = layer.forward(normal(2, 5, D))
    dx = layer.backward(np.ones_like(h))
    assert (h.shape, h.dtype, dx.shape) == ((2, 5, H), dtype, (2, 5, D))
    assert layer.grads.keys() == layer.params.keys()
    for name, array in layer.params.items():
        assert (layer.grads[name].shape, layer.grads[name].dtype) == (array.shape, dtype)
        assert layer.grads[name].any()
    assert {name: array.shape for name, array in layer.state_grads.items()} == {
        "h0": (2, H),
        "c0": (2, H),
    }


def test_gradients_before_the_first_backward_are_zeros_in_the_shapes_of_the_parameters():
    layer = LSTM(D, H, rng())
    for name, array in layer.params.items():
        np.testing.assert_array_equal(layer.grads[name], np.zeros_like(array))


def test_the_bias_is_one_for_the_forget_gate_and_zero_for_the_others():
    i, f, g, o = LSTM(D, H, rng()).params["b"].reshape(4, H)
    assert (f == 1).all()
    assert not np.concatenate([i, g, o]).any()


def test_the_rows_of_the_recurrent_weights_are_orthonormal():
    U = LSTM(D, 33, rng(), np.float64).params["U"]
    np.testing.assert_allclose(U @ U.T, np.eye(33), rtol=0, atol=1e-12)


@pytest.mark.parametrize("shape", [(5, D), (2, 5, D + 1), (2, 0, D)], ids=str)
def test_an_input_of_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match="x must have the shape"):
        LSTM(D, H, rng()).forward(np.zeros(shape))


@pytest.mark.parametrize("state", ["h0", "c0"])
def test_an_initial_state_of_another_shape_is_refused(state):
    with pytest.raises(ValueError, match=rf"{state} must have the shape \(2, 4\), not \(1, 4\)"):
        LSTM(D, H, rng()).forward(normal(2, 5, D), **{state: np.zeros((1, H))})


@backends
def test_a_sequence_in_two_parts_with_the_states_carried_over_equals_one_run(backend):
    layer = LSTM(D, H, rng(), np.float64, backend)
    x = normal(2, 7, D)
    whole = layer.forward(x).copy()
    first = layer.forward(x[:, :4])
    h_n, c_n = layer.last_state
    assert h_n.shape == c_n.shape == (2, H)
    second = layer.forward(x[:, 4:], h0=h_n, c0=c_n)
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, atol=1e-14)


@backends
def test_initial_states_are_zero_if_not_given(backend):
    layer = LSTM(D, H, rng(), backend=backend)
    x, zeros = normal(2, 5, D), np.zeros((2, H))
    assert layer.forward(x).tobytes() == layer.forward(x, zeros, zeros).tobytes()


@backends
def test_windows_give_the_same_bits_as_their_array(backend):
    layer = LSTM(D, H, rng(), backend=backend)
    windows = Windows(normal(20, D).astype(np.float32), np.array([3, 0, 12]), steps=6)
    assert layer.forward(windows).tobytes() == layer.forward(np.asarray(windows)).tobytes()


@backends
def test_outputs_stay_as_they_are_when_the_next_batch_comes(backend):
    layer = LSTM(D, H, rng(), backend=backend)
    h = layer.forward(normal(2, 5, D))
    before = h.copy()
    layer.backward(np.ones_like(h))
    layer.forward(normal(2, 5, D, seed=2))
    np.testing.assert_array_equal(h, before)


def test_parameters_are_found_by_their_name_not_by_their_place():
    layer = LSTM(H, H, rng())
    x = normal(2, 5, H)
    h = layer.forward(x).copy()
    layer.params = dict(sorted(layer.params.items()))
    np.testing.assert_array_equal(layer.forward(x), h)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_parameters_of_another_type_or_layout_are_converted(dtype):
    ours, theirs = (LSTM(3, 9, rng(), dtype, backend) for backend in ("numba", "numpy"))
    other = np.float64 if dtype == np.float32 else np.float32
    for layer in (ours, theirs):
        layer.params["W"] = np.asfortranarray(layer.params["W"])
        layer.params["U"] = np.asfortranarray(layer.params["U"])
        layer.params["b"] = np.linspace(-1, 1, 36).astype(other)
    x = normal(5, 4, 3)
    np.testing.assert_allclose(ours.forward(x), theirs.forward(x), atol=1e-5)
    np.testing.assert_allclose(
        ours.backward(np.ones((5, 4, 9))), theirs.backward(np.ones((5, 4, 9))), atol=1e-4
    )


def test_a_layer_whose_parameters_were_replaced_by_larger_ones_goes_on():
    layer, wide = LSTM(3, 4, rng()), LSTM(40, 4, rng())
    layer.forward(normal(2, 5, 3))
    layer.params = wide.params
    x = normal(2, 5, 40)
    np.testing.assert_array_equal(layer.forward(x), wide.forward(x))


def test_no_windows_have_gradients_of_zero():
    layer = LSTM(3, 4, rng(), backend="numpy")
    assert layer.forward(np.zeros((0, 5, 3))).shape == (0, 5, 4)
    assert layer.backward(np.zeros((0, 5, 4))).shape == (0, 5, 3)
    assert not any(gradient.any() for gradient in layer.grads.values())


# Calls in another order


@backends
def test_a_forward_pass_that_fails_halfway_leaves_none_behind(backend, monkeypatch):
    layer, module = LSTM(D, H, rng(), backend=backend), backends_by_name.find(backend)
    layer.forward(normal(2, 5, D))

    def fails(*arguments):
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(module, "lstm_forward", fails)
        with pytest.raises(MemoryError):
            layer.forward(normal(2, 5, D))
    with pytest.raises(RuntimeError, match="backward needs a forward pass before it"):
        layer.backward(np.ones((2, 5, H)))
    layer.forward(normal(2, 5, D))
    layer.backward(np.ones((2, 5, H)))


@backends
def test_a_call_that_is_refused_leaves_the_layer_as_it_was(backend):
    layer, same = (LSTM(D, H, rng(), backend=backend) for _ in range(2))
    for one in (layer, same):
        one.forward(normal(2, 5, D))
    with pytest.raises(ValueError, match="x must have the shape"):
        layer.forward(normal(2, 5, D + 1))
    with pytest.raises(ValueError, match="dh must have the shape"):
        layer.backward(np.ones((2, 4, H)))
    dh = normal(2, 5, H)
    np.testing.assert_array_equal(layer.backward(dh), same.backward(dh))


def test_another_backend_asks_for_a_forward_pass_of_its_own():
    layer = LSTM(D, H, rng(), np.float64, backend="numba")
    x, dh = normal(2, 5, D), normal(2, 5, H)
    layer.forward(x)
    dx = layer.backward(dh)
    layer.backend = "numpy"
    with pytest.raises(RuntimeError, match="needs a forward pass"):
        layer.backward(dh)
    layer.forward(x)
    np.testing.assert_allclose(layer.backward(dh), dx, atol=1e-12)


# What the kernels rely on


@backends
def test_a_backward_pass_goes_by_the_forward_pass_before_it_whatever_was_replaced_since(backend):
    layer, wide = LSTM(3, 4, rng(), backend=backend), LSTM(40, 64, rng(), np.float64)
    h = layer.forward(normal(2, 5, 3))
    before = layer.backward(h)
    layer.params = wide.params
    with pytest.raises(ValueError, match=r"dh must have the shape \(2, 5, 4\), not \(2, 5, 64\)"):
        layer.backward(np.ones((2, 5, 64)))
    np.testing.assert_array_equal(layer.backward(h), before)


def test_the_tape_of_another_layer_cannot_be_put_in():
    layer = LSTM(D, H, rng())
    with pytest.raises(AttributeError):
        layer.tape = LSTM(D, H, rng()).tape


@backends
def test_without_dx_the_other_gradients_are_the_same(backend):
    layer = LSTM(D, H, rng(), np.float64, backend)
    dh = np.ones_like(layer.forward(normal(2, 5, D)))
    layer.backward(dh)
    grads = layer.grads
    layer.backward(dh, with_dx=False)
    for name, grad in layer.grads.items():
        np.testing.assert_array_equal(grad, grads[name])
