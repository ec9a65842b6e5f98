"""Weights to PyTorch and Keras and back: what comes back, what is refused, and live parity."""

import re
import sys

import numpy as np
import pytest

from experiments.bench import contenders as peers
from tinylstm import LSTMRegressor
from tinylstm.interop import (
    from_keras_weights,
    from_torch,
    to_keras_weights,
    to_torch,
    to_torch_arrays,
)

D, H, K = 3, 5, 4
X = np.random.default_rng(0).standard_normal((6, 9, D)).astype(np.float32)


@pytest.fixture
def model():
    """With every bias another number, so that none can stand in another's place."""
    model = LSTMRegressor(D, H, K, dropout=0.3, seed=1)
    rng = np.random.default_rng(2)
    for name, array in model.params.items():
        if name.endswith(".b"):
            array[:] = rng.normal(0, 0.5, array.shape)
    return model


def assert_same_weights(ours, theirs):
    for name, array in ours.params.items():
        np.testing.assert_array_equal(theirs.params[name], array, err_msg=name)


# PyTorch's layout, without PyTorch


def test_from_torch_undoes_to_torch(model):
    assert_same_weights(model, from_torch(to_torch_arrays(model)))


def test_the_arrays_have_pytorchs_names_and_shapes(model):
    assert {name: array.shape for name, array in to_torch_arrays(model).items()} == {
        "lstm.weight_ih_l0": (4 * H, D),
        "lstm.weight_hh_l0": (4 * H, H),
        "lstm.bias_ih_l0": (4 * H,),
        "lstm.bias_hh_l0": (4 * H,),
        "dense1.weight": (K, H),
        "dense1.bias": (K,),
        "dense2.weight": (1, K),
        "dense2.bias": (1,),
    }


def test_pytorchs_two_biases_become_their_sum(model):
    state = to_torch_arrays(model)
    state["lstm.bias_hh_l0"] = np.arange(4 * H, dtype=np.float32)
    b = from_torch(state).params["lstm.b"]
    np.testing.assert_allclose(b, model.params["lstm.b"] + np.arange(4 * H), rtol=1e-6)


@pytest.mark.parametrize("name", ["lstm.bias_hh_l0", "dense2.bias"])
def test_a_state_dict_without_one_of_its_arrays_is_refused(model, name):
    state = to_torch_arrays(model)
    del state[name]
    with pytest.raises(ValueError, match=f"the state dict lacks '{name}' \\(1 missing\\)"):
        from_torch(state)


def test_a_second_layer_is_refused_by_name(model):
    state = to_torch_arrays(model)
    state["lstm.weight_ih_l1"] = state["lstm.weight_ih_l0"]
    with pytest.raises(ValueError, match=r"holds 'lstm.weight_ih_l1', for which the model has no"):
        from_torch(state)


@pytest.mark.parametrize("name", ["lstm.weight_hh_l0", "lstm.bias_hh_l0"])
def test_an_array_of_another_shape_is_refused_under_pytorchs_name(model, name):
    state = to_torch_arrays(model)
    right = state[name].shape
    state[name] = state[name][:-1]
    shapes = f"{name} with the shape {state[name].shape} where {right} fits the other arrays"
    with pytest.raises(ValueError, match=re.escape(f"the state dict holds {shapes}")):
        from_torch(state)


# Keras's layout, without Keras


def test_from_keras_undoes_to_keras(model):
    assert_same_weights(model, from_keras_weights(to_keras_weights(model)))


def test_the_list_is_in_the_order_of_keras(model):
    assert [array.shape for array in to_keras_weights(model)] == [
        (D, 4 * H), (H, 4 * H), (4 * H,), (H, K), (K,), (K, 1), (1,)
    ]  # fmt: skip


def test_a_list_of_another_length_is_refused(model):
    with pytest.raises(ValueError, match=r"must be 7 arrays \(lstm.W, .*\), not 6"):
        from_keras_weights(to_keras_weights(model)[:6])


def test_weights_of_a_gru_are_refused(model):
    weights = to_keras_weights(model)
    weights[:3] = [np.zeros((D, 3 * H)), np.zeros((H, 3 * H)), np.zeros((2, 3 * H))]
    with pytest.raises(ValueError, match=r"lstm.W with the shape \(3, 15\) where \(3, 20\) fits"):
        from_keras_weights(weights)


# Both


LAYOUTS = [(to_torch_arrays, from_torch), (to_keras_weights, from_keras_weights)]
both = pytest.mark.parametrize(("there", "back"), LAYOUTS, ids=["torch", "keras"])


@both
def test_weights_are_copies_both_ways(model, there, back):
    before = {name: array.copy() for name, array in model.params.items()}
    weights = there(model)
    arrays = weights.values() if isinstance(weights, dict) else weights
    returned = back(weights)
    for array in arrays:
        array[:] = 7
    for name, array in before.items():
        np.testing.assert_array_equal(model.params[name], array)
        np.testing.assert_array_equal(returned.params[name], array)


@both
def test_the_options_of_a_model_are_passed_on(model, there, back):
    returned = back(there(model), dropout=0.1, backend="numpy")
    assert (returned.dropout.rate, returned.lstm.backend) == (0.1, "numpy")


@both
def test_numbers_that_are_not_finite_are_refused(model, there, back):
    model.params["dense1.b"][0] = np.nan
    with pytest.raises(ValueError, match=r"holds NaN or infinity in dense1.b"):
        back(there(model))


def test_without_pytorch_to_torch_says_what_it_needs(model, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match="to_torch needs PyTorch: pip install torch"):
        to_torch(model)


# With the frameworks themselves


def test_pytorch_predicts_the_same(model):
    torch = pytest.importorskip("torch")
    with torch.inference_mode():
        theirs = to_torch(model)(torch.from_numpy(X)).numpy()
    assert theirs.shape == (6,)
    np.testing.assert_allclose(theirs, model.predict(X), rtol=0, atol=1e-5)


def test_a_network_made_in_pytorch_predicts_the_same_here(model):
    torch = pytest.importorskip("torch")
    network = to_torch(model)
    with torch.no_grad():
        for theta in network.parameters():
            theta.copy_(torch.randn_like(theta) * 0.4)
        theirs = network(torch.from_numpy(X)).numpy()
    np.testing.assert_allclose(
        from_torch(network.state_dict()).predict(X), theirs, rtol=0, atol=1e-5
    )
    assert_same_weights(
        from_torch(network.state_dict()), from_torch(dict(network.named_parameters()))
    )


def test_pytorch_gets_the_type_and_the_dropout_of_the_model(model):
    torch = pytest.importorskip("torch")
    network = to_torch(model.astype(np.float64))
    assert {theta.dtype for theta in network.parameters()} == {torch.float64}
    assert (network.dropout.p, network.training) == (0.3, False)


def keras_network():
    keras = pytest.importorskip("keras")
    pytest.importorskip("tensorflow")
    peers.Keras.start(2)  # TensorFlow lets a process choose its threads once
    layers = keras.layers
    network = keras.Sequential(
        [layers.LSTM(H), layers.Dropout(0.3), layers.Dense(K, "relu"), layers.Dense(1)]
    )
    network.build((None, 9, D))
    return network


def test_keras_predicts_the_same(model):
    network = keras_network()
    network.set_weights(to_keras_weights(model))
    theirs = np.asarray(network(X, training=False))[:, 0]
    np.testing.assert_allclose(theirs, model.predict(X), rtol=0, atol=1e-5)


def test_a_network_made_in_keras_predicts_the_same_here():
    network = keras_network()
    theirs = np.asarray(network(X, training=False))[:, 0]
    ours = from_keras_weights(network.get_weights()).predict(X)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)
