"""Networks that are joined from layers: parameters, gradients, states, files."""

import pickle

import numpy as np
import pytest

from tinylstm import (
    LSTM,
    Chain,
    Dense,
    Dropout,
    EachStep,
    Last,
    LSTMRegressor,
    Network,
    Padded,
    Poisson,
    SoftmaxCrossEntropy,
    SquaredError,
    Stack,
    gradient_check,
    model_size,
)
from tinylstm.clipping import global_norm
from tinylstm.weights import WeightsError

D, H, K = 3, 4, 5
backends = pytest.mark.parametrize("backend", ["numpy", "numba"])


def writer(backend="numpy", dtype=np.float64, dropout=0.0, seed=0):
    """A class at each step, from two LSTMs with dropout between them."""
    rng = np.random.default_rng(seed)
    return Network(
        SoftmaxCrossEntropy(),
        lstm1=LSTM(D, H, rng, dtype, backend),
        dropout=Dropout(dropout, np.random.default_rng(seed + 1)),
        lstm2=LSTM(H, H, rng, dtype, backend),
        head=EachStep(Dense(H, K, rng, dtype=dtype)),
    )


def text(seed=2, B=2, T=6):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((B, T, D)), rng.integers(K, size=(B, T))


def test_parameters_are_named_after_their_layers_and_are_the_arrays_themselves():
    network = writer()
    kinds = {"lstm1": "WUb", "lstm2": "WUb", "head": "Wb"}
    assert [*network.params] == [f"{layer}.{n}" for layer, names in kinds.items() for n in names]
    assert network.params["head.W"] is network.layers["head"].params["W"]
    assert (
        network.n_params
        == model_size(network).n_params
        == sum(p.size for p in network.params.values())
    )


@backends
def test_every_gradient_of_a_stack_with_dropout_agrees_with_central_differences(backend):
    errors = gradient_check(writer(backend, dropout=0.3), *text())
    assert errors.keys() > {"x", "lstm1.h0", "lstm1.c0", "lstm2.h0", "lstm2.c0"}
    assert max(errors.values()) <= 1e-6


@pytest.mark.parametrize("loss", [SquaredError, Poisson])
def test_every_gradient_of_a_head_of_two_layers_agrees_too(loss):
    rng = np.random.default_rng(0)
    head = Chain(
        hidden=EachStep(Dense(H, 6, rng, relu=True, dtype=np.float64)),
        out=EachStep(Dense(6, 1, rng, dtype=np.float64)),
    )
    network = Network(loss(), lstm=LSTM(D, H, rng, np.float64, "numpy"), head=head)
    x, y = text()
    errors = gradient_check(network, x, y)
    assert "head.hidden.W" in errors
    assert max(errors.values()) <= 1e-6


def test_a_regressor_is_such_a_network():
    model = LSTMRegressor(D, H, seed=1, dtype=np.float64)
    network = Network(
        SquaredError(),
        lstm=Last(model.lstm),
        dropout=model.dropout,
        dense1=model.dense1,
        dense2=model.dense2,
    )
    x, y = text()[0], np.ones(2)
    state = model.dropout.rng.bit_generator.state
    loss = network.loss_and_grad(x, y)
    grads = network.grads
    model.dropout.rng.bit_generator.state = state
    assert model.loss_and_grad(x, y) == loss
    for name, grad in model.grads.items():
        np.testing.assert_array_equal(grad, grads[name])
    np.testing.assert_allclose(network.predict(x), model.predict(x))


@backends
def test_pieces_with_a_carried_state_give_the_outputs_of_the_whole(backend):
    network = writer(backend)
    x, _ = text()
    whole = network.forward(x)
    first = network.forward(x[:, :2])
    second = network.forward(x[:, 2:], **network.last_state)
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, atol=1e-15)


def test_a_step_after_the_other_gives_the_outputs_of_the_whole_and_its_last_state():
    network = writer("numpy")
    x, _ = text()
    whole, state = network.infer(x), None
    for t in range(x.shape[1]):
        y, state = network.step(x[:, t], state)
        np.testing.assert_allclose(y, whole[:, t], rtol=0, atol=1e-14)
    for name, array in network.last_state.items():
        np.testing.assert_array_equal(state[name], array)


def test_a_step_after_the_other_gives_the_outputs_of_the_whole_with_the_kernels():
    network = writer("numba", np.float32)
    x, _ = text(T=20)
    whole, state = network.infer(x), None
    for t in range(x.shape[1]):
        y, state = network.step(x[:, t], state)
        np.testing.assert_allclose(y, whole[:, t], rtol=0, atol=1e-6)


def test_dropout_is_on_in_training_and_off_in_prediction():
    network = writer(dropout=0.5)
    x, y = text()
    losses = {network.loss_and_grad(x, y) for _ in range(3)}
    assert len(losses) == 3
    assert network.evaluate(x, y) == network.evaluate(x, y) not in losses
    np.testing.assert_array_equal(network.predict(x), network.predict(x))


def test_prediction_goes_through_many_windows_in_pieces(monkeypatch):
    network = writer()
    x, _ = text(B=7)
    state = {name: zeros + 0.1 for name, zeros in network.initial_state(7).items()}
    whole = network.predict(x, **state)
    assert whole.shape == (7, 6, K)
    monkeypatch.setattr("tinylstm.network.PREDICT_BATCH", 3)
    np.testing.assert_allclose(network.predict(x, **state), whole, rtol=1e-12)


@pytest.mark.parametrize("name", ["inner", "inner.lstm", "inner.lstm.q0", "h0"])
def test_the_states_of_a_chain_within_a_chain_have_its_name_before_theirs(name):
    chain = Chain(inner=Chain(lstm=LSTM(D, H, np.random.default_rng(0))))
    there_are = r"there are inner\.lstm\.h0, inner\.lstm\.c0"
    with pytest.raises(ValueError, match=f"no layer has the state '{name}': {there_are}"):
        chain.infer(np.zeros((2, 6, D)), **{name: np.zeros((2, H))})


def test_a_layer_of_ones_own_may_take_a_state_of_any_name():
    class Sum(Last):
        def forward(self, x, **state):
            return x + sum(state.values())

    chain = Chain(own=Sum(LSTM(D, H, np.random.default_rng(0))))
    assert chain.infer(np.ones(2), **{"own.a": 2.0, "own.b": 3.0}).tolist() == [6, 6]
    with pytest.raises(ValueError, match=r"there are own\.\*"):
        chain.infer(np.ones(2), other=1.0)


@pytest.mark.parametrize("name", ["lstm.h0", "lstm1.q0", "lstm1", "dropout.h0", "head.h0"])
def test_a_state_of_no_layer_is_refused_with_those_that_there_are(name):
    (x, y), state = text(), {name: np.zeros((2, H))}
    there_are = "there are lstm1.h0, lstm1.c0, lstm2.h0, lstm2.c0"
    with pytest.raises(ValueError, match=f"no layer has the state '{name}': {there_are}"):
        writer().loss_and_grad(x, y, **state)
    with pytest.raises(ValueError, match="no layer has the state"):
        writer().infer(x, **state)
    with pytest.raises(ValueError, match="no layer has the state"):
        writer().step(x[:, 0], state)


def test_a_state_that_is_not_given_is_zero_in_a_step_too():
    (x, _), network = text(), writer()
    half, zeros = {"lstm1.h0": np.ones((2, H))}, network.initial_state(batch=2)
    np.testing.assert_array_equal(
        network.step(x[:, 0], half)[0], network.step(x[:, 0], zeros | half)[0]
    )


def test_a_state_that_is_a_number_is_refused():
    with pytest.raises(ValueError, match=r"lstm1\.h0 must be an array of states, not a number"):
        writer().outputs(text()[0], **{"lstm1.h0": 3.0})


def test_a_copy_in_another_type_shares_nothing():
    network = writer()
    twin = network.astype(np.float32)
    assert {p.dtype for p in twin.params.values()} == {np.dtype(np.float32)}
    twin.params["head.W"][:] = 0
    assert network.params["head.W"].all()


def test_a_pickled_network_is_the_same():
    network = writer()
    twin = pickle.loads(pickle.dumps(network))
    x, y = text()
    assert twin.loss_and_grad(x, y) == network.loss_and_grad(x, y)
    assert twin.grads["lstm1.U"].any()


def test_weights_go_through_a_file(tmp_path):
    network, other = writer(dtype=np.float32), writer(dtype=np.float32, seed=5)
    network.save(tmp_path / "w.npz")
    assert other.load_weights(tmp_path / "w.npz") is other
    for name, array in network.params.items():
        assert array.tobytes() == other.params[name].tobytes()


def test_weights_of_another_network_are_refused_and_change_nothing(tmp_path):
    network = writer(dtype=np.float32)
    LSTMRegressor(D, H).save(tmp_path / "w.npz")
    before = {name: array.copy() for name, array in network.params.items()}
    with pytest.raises(WeightsError, match="use a file that this network's save wrote"):
        network.load_weights(tmp_path / "w.npz")
    for name, array in network.params.items():
        np.testing.assert_array_equal(array, before[name])


def test_no_sequence_at_all_has_no_outputs():
    assert writer().predict(text(B=0)[0]).shape == (0, 6, K)


@pytest.mark.parametrize("layer", [None, Dropout, np.tanh], ids=["none", "a class", "a function"])
def test_what_is_no_layer_is_refused(layer):
    with pytest.raises(ValueError, match="squash must be a layer, not "):
        Chain(squash=layer)


@pytest.mark.parametrize("loss", [None, SquaredError], ids=["none", "a class"])
def test_what_is_no_loss_is_refused(loss):
    with pytest.raises(ValueError, match=r"loss must be one such as SquaredError\(\), not "):
        Network(loss, head=Dense(D, K, np.random.default_rng(0)))


def test_a_layer_in_two_places_is_refused_for_it_keeps_one_forward_pass():
    layer = Dense(H, H, np.random.default_rng(0))
    inner = Chain(first=EachStep(layer))
    with pytest.raises(ValueError, match=r"inner\.first and second are one layer"):
        Chain(inner=inner, second=EachStep(layer))


def test_a_layer_in_two_places_is_found_however_deep_it_is():
    layer = Dense(H, H, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"deep\.d and again are one layer"):
        Chain(deep=EachStep(Chain(d=layer)), again=EachStep(EachStep(layer)))


def test_a_chain_of_no_layers_is_refused():
    with pytest.raises(ValueError, match="at least one layer"):
        Chain()


@backends
def test_a_stack_over_padded_sequences_agrees_with_pytorchs_packed_ones(torch, backend):
    found = {n.removeprefix("stack."): a for n, a in torch.items() if n.startswith("stack.")}
    D, H = len(found["before.lstm1.W"]), len(found["before.lstm1.U"])
    rng = np.random.default_rng(0)
    stack = Stack(*(LSTM(n, H, rng, np.float64, backend) for n in (D, H)))
    head = EachStep(Dense(H, found["before.head.W"].shape[1], rng, dtype=np.float64))
    network = Network(SoftmaxCrossEntropy(), **stack.layers, head=head)
    for name, array in network.params.items():
        array[...] = found[f"before.{name}"]
    x, y = (Padded(found[name], found["lengths"]) for name in ("x", "y"))
    state = {name: found[name] for name in network.initial_state(len(x))}
    assert network.loss_and_grad(x, y, with_dx=True, **state) == pytest.approx(float(found["loss"]))
    for name, grad in {**network.grads, **network.input_grads}.items():
        np.testing.assert_allclose(grad, found[f"d.{name}"], rtol=0, atol=1e-13, err_msg=name)
    for name, array in network.last_state.items():
        np.testing.assert_allclose(array, found[f"last.{name}"], rtol=0, atol=1e-13)
    assert global_norm(network.grads) == pytest.approx(float(found["norm"]))
    last = Chain(**stack.layers).forward(x, **state)
    np.testing.assert_allclose(last * x.mask[..., None], found["h"], rtol=0, atol=1e-13)


def test_the_poisson_loss_agrees_with_pytorchs(torch):
    loss = Poisson()
    outputs = torch["counts.outputs"][:, None]
    assert loss.forward(outputs, torch["counts.y"]) == pytest.approx(float(torch["counts.loss"]))
    np.testing.assert_allclose(loss.backward()[:, 0], torch["counts.d_outputs"], atol=1e-15)
