"""The forecaster: what it predicts, what it learns from, and which numbers belong to it."""

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tinylstm import LSTMRegressor, Windows
from tinylstm.model import PREDICT_BATCH

D, H, K = 3, 5, 4
SHAPES = {
    "lstm.W": (D, 4 * H), "lstm.U": (H, 4 * H), "lstm.b": (4 * H,),
    "dense1.W": (H, K), "dense1.b": (K,), "dense2.W": (K, 1), "dense2.b": (1,),
}  # fmt: skip
backends = pytest.mark.parametrize("backend", ["numpy", "numba"])


def regressor(**options):
    return LSTMRegressor(D, H, K, **options)


def batch(n=6, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, 7, D)).astype(np.float32), rng.standard_normal(n)


def all_bytes(arrays):
    return {name: array.tobytes() for name, array in arrays.items()}


def test_the_parameters_have_flat_keys_and_the_shapes_of_the_design():
    assert {name: array.shape for name, array in regressor().params.items()} == SHAPES


def test_n_params_counts_every_number():
    assert regressor().n_params == sum(np.prod(shape) for shape in SHAPES.values())


@backends
def test_a_prediction_is_the_last_output_through_two_dense_layers(backend):
    model = regressor(backend=backend)
    model.dense1.params["b"][:] = [0.1, -0.2, 0.3, -0.4]
    model.dense2.params["b"][:] = 5
    x, _ = batch()
    hidden = model.lstm.forward(x)[:, -1] @ model.params["dense1.W"] + model.params["dense1.b"]
    assert (hidden < 0).any()
    by_hand = np.where(hidden > 0, hidden, 0) @ model.params["dense2.W"] + 5
    np.testing.assert_allclose(model.predict(x), by_hand[:, 0], rtol=1e-6)


def test_predictions_are_one_float32_per_window_even_of_none():
    predictions = regressor().predict(batch(6)[0].astype(np.float64))
    assert (predictions.shape, predictions.dtype) == ((6,), np.float32)
    none = regressor().predict(np.zeros((0, 7, D)))
    assert (none.shape, none.dtype) == ((0,), np.float32)


def test_prediction_knows_no_dropout():
    x, _ = batch()
    assert regressor(dropout=0.9).predict(x).tobytes() == regressor(dropout=0).predict(x).tobytes()


def test_predicting_in_between_does_not_disturb_training():
    x, y = batch()
    one, other = regressor(dropout=0.5), regressor(dropout=0.5)
    other.predict(x)
    assert one.loss_and_grad(x, y) == other.loss_and_grad(x, y)


@pytest.mark.parametrize("n", [PREDICT_BATCH, 2 * PREDICT_BATCH + 3])
def test_many_windows_are_predicted_like_their_parts(n):
    rows = np.random.default_rng(0).standard_normal((n + 2, D))
    windows = Windows(rows, np.arange(n), steps=3)
    model = regressor()
    parts = [model.predict(windows[start : start + 500]) for start in range(0, n, 500)]
    np.testing.assert_array_equal(model.predict(windows), np.concatenate(parts))
    np.testing.assert_array_equal(model.predict(windows), model.predict(np.asarray(windows)))


def test_with_dropout_a_prediction_is_the_mean_over_masks():
    x, _ = batch()
    one, other = regressor(dropout=0.5), regressor(dropout=0.5)
    masks = [other.predict_with_dropout(x, 1) for _ in range(8)]  # the same stream of masks
    assert not np.array_equal(masks[0], masks[1])
    np.testing.assert_allclose(one.predict_with_dropout(x, 8), np.mean(masks, axis=0), rtol=1e-5)


def test_a_mask_drops_units_of_the_last_state_at_the_rate_of_the_model():
    model = regressor(dropout=0.75)
    for layer in (model.dense1, model.dense2):
        for array in layer.params.values():
            array[:] = 0
    model.dense1.params["W"][:] = 1  # every dense unit: the sum of the kept states, each times 4
    model.dense1.params["b"][:] = 100
    model.dense2.params["W"][0] = 1
    x, _ = batch(2000)
    kept = 4 * model.lstm.forward(x)[:, -1]
    sums = [kept @ np.array([m >> k & 1 for k in range(H)]) for m in range(2**H)]
    distance = np.abs(np.array(sums) + 100 - model.predict_with_dropout(x, 1))
    assert distance.min(axis=0).max() < 1e-3  # always a sum over some of the units
    share = np.array([bin(m).count("1") for m in distance.argmin(axis=0)]).mean() / H
    assert share == pytest.approx(0.25, abs=0.02)


def test_no_windows_have_no_predictions_with_dropout_either():
    none = regressor().predict_with_dropout(np.zeros((0, 7, D)), 2)
    assert (none.shape, none.dtype) == ((0,), np.float32)


def test_many_windows_are_predicted_with_dropout_as_one_array():
    rows = np.random.default_rng(0).standard_normal((PREDICT_BATCH + 5, D))
    windows = Windows(rows, np.arange(PREDICT_BATCH + 3), steps=3)
    with_windows = regressor(dropout=0.5).predict_with_dropout(windows, 2)
    assert with_windows.shape == (PREDICT_BATCH + 3,)
    same = regressor(dropout=0.5).predict_with_dropout(np.asarray(windows), 2)
    np.testing.assert_allclose(with_windows, same, atol=1e-6)


def test_the_loss_is_the_mean_squared_error():
    x, y = batch()
    model = regressor(dropout=0)
    by_hand = np.mean((model.predict(x) - y) ** 2)
    assert model.loss_and_grad(x, y) == pytest.approx(by_hand, rel=1e-5)


def test_dropout_changes_the_loss_from_one_call_to_the_next():
    x, y = batch(50)
    model = regressor(dropout=0.5)
    assert model.loss_and_grad(x, y) != model.loss_and_grad(x, y)


def test_params_are_the_arrays_themselves():
    x, _ = batch()
    model = regressor()
    before = model.predict(x)
    model.params["dense2.b"][:] += 1
    np.testing.assert_allclose(model.predict(x), before + 1, rtol=1e-6)
    for array in model.params.values():
        array[:] = 0
    assert not model.predict(x).any()


@backends
def test_equal_seeds_give_equal_bits_in_weights_dropout_and_gradients(backend):
    x, y = batch()
    one, same = regressor(seed=3, backend=backend), regressor(seed=3, backend=backend)
    assert all_bytes(one.params) == all_bytes(same.params)
    assert one.loss_and_grad(x, y) == same.loss_and_grad(x, y)
    assert all_bytes(one.grads) == all_bytes(same.grads)


def test_another_seed_gives_other_weights():
    one, other = regressor(seed=3).params, regressor(seed=4).params
    for name in ("lstm.W", "lstm.U", "dense1.W", "dense2.W"):
        assert (one[name] != other[name]).all()


def test_the_dropout_rate_changes_no_initial_weight():
    assert all_bytes(regressor(dropout=0).params) == all_bytes(regressor(dropout=0.5).params)


def test_the_backend_changes_no_initial_weight():
    numpy, numba = (regressor(backend=backend).params for backend in ("numpy", "numba"))
    assert all_bytes(numpy) == all_bytes(numba)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-5), (np.float64, 1e-13)])
def test_the_backends_agree(dtype, tolerance):
    x, y = batch(33)
    numpy, numba = (regressor(backend=name, dtype=dtype) for name in ("numpy", "numba"))
    np.testing.assert_allclose(numba.predict(x), numpy.predict(x), rtol=0, atol=tolerance)
    assert numba.loss_and_grad(x, y) == pytest.approx(numpy.loss_and_grad(x, y), rel=tolerance)
    assert {name: array.shape for name, array in numpy.grads.items()} == SHAPES
    for name, gradient in numpy.grads.items():
        assert gradient.dtype == numba.grads[name].dtype == dtype
        np.testing.assert_allclose(
            numba.grads[name], gradient, rtol=0, atol=tolerance * np.abs(gradient).max()
        )


def test_windows_and_their_array_give_the_same_loss_and_gradients():
    windows = Windows(batch(1)[0][0], np.array([0, 4, 2]), steps=3)
    one, other = regressor(), regressor()
    assert one.loss_and_grad(windows, np.ones(3)) == other.loss_and_grad(
        np.asarray(windows), np.ones(3)
    )
    assert all_bytes(one.grads) == all_bytes(other.grads)


def test_a_copy_in_another_type_predicts_the_same_in_that_type():
    x, _ = batch()
    model = regressor()
    twin = model.astype(np.float64)
    assert {array.dtype for array in twin.params.values()} == {np.dtype(np.float64)}
    assert twin.predict(x).dtype == np.float64
    np.testing.assert_allclose(twin.predict(x), model.predict(x), rtol=0, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_copy_shares_no_weights_with_the_model(dtype):
    model = regressor()
    before = all_bytes(model.params)
    for array in model.astype(dtype).params.values():
        array += 1
    assert all_bytes(model.params) == before


def test_a_copy_goes_on_with_the_same_dropout():
    x, y = batch()
    model = regressor(dropout=0.5)
    model.loss_and_grad(x, y)
    twin = model.astype(np.float64)
    assert twin.loss_and_grad(x, y) == pytest.approx(model.loss_and_grad(x, y), rel=1e-5)


def test_a_weighted_loss_is_the_mean_of_weights_times_squares():
    model = regressor(dropout=0)
    x, y = batch()
    weights = np.linspace(0, 2, len(y), dtype=np.float32)
    expected = np.mean(weights * (model.predict(x) - y) ** 2)
    assert model.loss_and_grad(x, y, weights=weights) == pytest.approx(expected, rel=1e-5)


def test_a_window_without_weight_teaches_nothing():
    model = regressor(dropout=0)
    x, y = batch()
    model.loss_and_grad(x[:3], y[:3])
    expected = {name: gradient / 2 for name, gradient in model.grads.items()}  # a mean over 6
    model.loss_and_grad(x, y, weights=np.repeat([1, 0], 3).astype(np.float32))
    for name, gradient in model.grads.items():
        np.testing.assert_allclose(gradient, expected[name], rtol=1e-4, atol=1e-6, err_msg=name)


def test_predictions_in_several_threads_do_not_disturb_each_other():
    model = regressor()
    x, _ = batch()
    expected = [model.predict(x[k : k + 1]) for k in range(6)]

    def predict(k):
        return all(np.array_equal(model.predict(x[k : k + 1]), expected[k]) for _ in range(300))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(6) as pool:
            assert all(pool.map(predict, range(6)))
    finally:
        sys.setswitchinterval(interval)


def test_a_model_from_params_predicts_the_same_and_shares_nothing():
    model, (x, _) = regressor(seed=4), batch()
    twin = LSTMRegressor.from_params(model.params, dropout=0.1, backend="numpy")
    np.testing.assert_allclose(twin.predict(x), model.predict(x), rtol=0, atol=1e-6)
    assert (twin.dropout.rate, twin.lstm.backend) == (0.1, "numpy")
    for name, array in twin.params.items():
        assert not np.shares_memory(array, model.params[name])


def test_params_that_do_not_fit_together_are_refused():
    params = regressor().params | {"dense1.W": np.zeros((H, K + 1), np.float32)}
    with pytest.raises(ValueError, match=r"params holds dense1.W with the shape \(5, 5\)"):
        LSTMRegressor.from_params(params)


def test_a_size_that_is_none_is_told_by_its_own_name():
    with pytest.raises(ValueError, match="dense_size must be a whole number of at least 1, not 0"):
        LSTMRegressor(2, 3, dense_size=0)
