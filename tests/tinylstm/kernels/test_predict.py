"""Predictions in compiled code: right, never stale, the same bits alone as among many."""

import pickle

import numpy as np
import pytest

from tinylstm import LSTMRegressor, Windows, kernels
from tinylstm.kernels.predict import FEW_WINDOWS
from tinylstm.parameters import PARAMETERS

D = 3
rows = np.random.default_rng(0).standard_normal((60, D)).astype(np.float32)
windows = Windows(rows, np.arange(40), steps=7, scale=np.full((40, D), 0.5))  # exact products
# Fewer units than a vector has lanes, a full vector, several and a rest; dense layers likewise.
each_size = pytest.mark.parametrize(("H", "K"), [(5, 4), (16, 16), (35, 21)])
each_type = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def network(H=5, K=4, **options):
    """One whose dense units are all at work, so that every weight counts."""
    model = LSTMRegressor(D, H, K, **options)
    model.params["dense1.b"][:] = 2
    return model


@each_type
@each_size
def test_a_prediction_is_the_same_bits_alone_as_among_many(H, K, dtype):
    model = network(H, K, dtype=dtype)
    among_many = model.predict(windows)
    assert (among_many.dtype, among_many.shape) == (dtype, (40,))
    for n in (0, 1, 2, FEW_WINDOWS, FEW_WINDOWS + 1, 16, 17):
        some = windows[3 : 3 + n]
        for x in (some, np.asarray(some), np.asarray(some, np.float64), some.astype(dtype)):
            assert model.predict(x).tobytes() == among_many[3 : 3 + n].tobytes()


@each_type
@each_size
def test_it_is_what_the_equations_say(H, K, dtype):
    model = network(H, K, dtype=dtype)
    model.params["dense1.b"][:] = np.linspace(-0.3, 0.3, K)  # some units above zero, some below
    twin = LSTMRegressor.from_params(model.params, backend="numpy").astype(np.float64)
    expected, tolerance = twin.predict(windows), {np.float32: 2e-6, np.float64: 1e-6}[dtype]
    np.testing.assert_allclose(model.predict(windows), expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("name", PARAMETERS)
@each_size
def test_a_weight_that_changed_in_place_counts_at_once(H, K, name):
    model, x = network(H, K), windows[:1]
    before = model.predict(x)
    for where in (0, -1):
        model.params[name].flat[where] += 0.5
        found = model.predict(x)
        assert found != before
        assert found == LSTMRegressor.from_params(model.params).predict(x)
        before = found


@pytest.mark.parametrize("name", PARAMETERS)
def test_an_array_put_in_the_place_of_another_counts_at_once(name):
    model, x = network(), windows[:1]
    before = model.predict(x)
    layer, _, key = name.partition(".")
    params = getattr(model, layer).params
    params[key] = params[key] + np.float32(0.5)
    assert model.predict(x) == LSTMRegressor.from_params(model.params).predict(x) != before


@pytest.mark.parametrize(
    "unusual",
    [
        np.asfortranarray,
        lambda array: array.astype(np.float64),
        lambda array: array.astype(np.float64)[:, ::-1][:, ::-1],
        lambda array: array.tolist(),
    ],
    ids=["columns side by side", "another type", "a view from the right", "a list"],
)
def test_unusual_arrays_are_left_to_the_layers(unusual):
    model, x = network(), windows[:2]
    expected = model.predict(x)
    for layer, key in ((model.lstm, "U"), (model.dense1, "W")):
        layer.params[key] = unusual(layer.params[key])
        np.testing.assert_allclose(model.predict(x), expected, rtol=1e-5)


def read_only(array):
    array = array.copy()
    array.setflags(write=False)
    return array


@pytest.mark.parametrize(
    "lying",
    [np.asfortranarray, read_only, lambda array: np.repeat(array, 2, axis=-1)[..., ::2]],
    ids=["columns side by side", "not to be written", "every second of a row"],
)
def test_however_weights_lie_in_memory_a_prediction_is_the_same_bits(lying):
    model = network(16, 16)
    expected = model.predict(windows)
    for layer in (model.lstm, model.dense1, model.dense2):
        layer.params |= {key: lying(array) for key, array in layer.params.items()}
    for n in (1, 40):
        assert model.predict(windows[:n]).tobytes() == expected[:n].tobytes()


def test_a_pickled_model_takes_no_packed_weights_to_another_processor():
    model = network(16, 16)
    unused = pickle.dumps(model)
    expected = model.predict(windows[:1])
    used = pickle.dumps(model)
    assert len(used) < len(unused) + model.params["lstm.U"].nbytes
    assert pickle.loads(used).predict(windows[:1]) == expected


@pytest.mark.parametrize("n", [1, 20])
def test_what_does_not_fit_gets_its_sentence_however_well_the_last_call_went(n):
    model = network()
    model.predict(windows[:n])
    with pytest.raises(ValueError, match=r"x must have the shape \(B, T, 3\), not"):
        model.predict(np.zeros((n, 7, D + 1)))
    with pytest.raises(ValueError, match=r"x must have the shape \(B, T, 3\), not"):
        model.predict(np.zeros((n, 0, D), np.float32))
    model.dense2.params["W"] = np.zeros((5, 1), np.float32)
    with pytest.raises(ValueError, match=r"W \(5, 1\) and b \(1,\) do not fit together"):
        model.predict(windows[:n])
    model.lstm.params["b"] = np.zeros(16, np.float32)
    with pytest.raises(ValueError, match=r"W .*U .*b \(16,\) do not fit together"):
        model.predict(windows[:n])


def test_nan_in_a_weight_is_not_hidden_by_the_rectifier():
    model = network()
    model.params["dense1.W"][2, 1] = np.nan
    assert np.isnan(model.predict(windows)).all()
    assert np.isnan(model.predict(windows[:1])).all()


@pytest.mark.parametrize("n", [1, 20])
@pytest.mark.parametrize(("first", "second"), [(False, False), (True, True)])
def test_a_rectifier_that_was_taken_out_or_added_counts(first, second, n):
    model = network()
    model.params["dense1.b"][:] = -2  # below zero, as is the prediction without a rectifier
    model.params["dense2.W"][:] = 1
    model.params["dense2.b"][:] = -1
    model.dense1.relu, model.dense2.relu = first, second
    twin = LSTMRegressor.from_params(model.params, backend="numpy")
    twin.dense1.relu, twin.dense2.relu = first, second
    np.testing.assert_allclose(model.predict(windows[:n]), twin.predict(windows[:n]), rtol=1e-5)


def test_one_prediction_is_the_work_of_one_thread(monkeypatch):
    monkeypatch.setattr(kernels.lstm, "run", None)
    assert network().predict(windows[:1]).shape == (1,)


def test_another_backend_is_asked_from_the_next_prediction_on(monkeypatch):
    model = network()
    model.predict(windows[:1])
    model.lstm.backend = "numpy"
    monkeypatch.setattr(kernels.predict, "predict_few", None)
    assert model.predict(windows[:1]).shape == (1,)
