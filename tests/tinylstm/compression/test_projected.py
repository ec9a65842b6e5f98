"""A network that computes with simpler weights than it learns."""

import numpy as np
import pytest

from tinylstm import Adam, LSTMRegressor, fit, gradient_check
from tinylstm.compression.projected import (
    ProjectedRegressor,
    pruning,
    rounding,
    without_smallest,
    without_units,
)
from tinylstm.compression.quantize import quantize


@pytest.fixture
def model():
    model, rng = ProjectedRegressor(3, 4, 5, dropout=0.0), np.random.default_rng(0)
    for array in model.params.values():
        array[:] = rng.normal(0, 0.7, array.shape)
    model.projection = rounding(3)
    return model


@pytest.fixture
def data():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((64, 6, 3)).astype(np.float32)
    return x, x[:, -1, 0] + 0.5 * x[:, -2, 1]


def rounded_twin(model):
    return LSTMRegressor.from_params(quantize(model.params, 3).params, dropout=0.0)


def test_it_predicts_with_the_rounded_weights_and_keeps_those_behind_them(model, data):
    before = {name: array.copy() for name, array in model.params.items()}
    assert model.predict(data[0]).tobytes() == rounded_twin(model).predict(data[0]).tobytes()
    for name, array in model.params.items():
        assert array.tobytes() == before[name].tobytes()


def test_its_gradients_are_those_at_the_rounded_weights_passed_straight_through(model, data):
    twin = rounded_twin(model)
    assert model.loss_and_grad(*data) == twin.loss_and_grad(*data)
    for name, grad in twin.grads.items():
        assert model.grads[name].tobytes() == grad.tobytes()


def test_these_gradients_agree_with_finite_differences(model, data):
    errors = gradient_check(rounded_twin(model), data[0][:4], data[1][:4])
    assert max(errors.values()) < 1e-6


def test_an_error_on_the_way_leaves_the_weights_as_they_were(model):
    before = {name: array.copy() for name, array in model.params.items()}
    with pytest.raises(ValueError, match="x must have"):
        model.predict(np.zeros((2, 6, 9), np.float32))
    for name, array in model.params.items():
        assert array.tobytes() == before[name].tobytes()


def test_training_with_rounding_beats_rounding_afterwards(data):
    def trained(projection, start):
        model = ProjectedRegressor.from_params(start.params, dropout=0.0)
        model.projection = projection
        fit(model, *data, epochs=60, optimizer=Adam(model.params, 1e-2), progress=False)
        return model

    start = trained(dict, LSTMRegressor(3, 4, 5, seed=3))
    after = LSTMRegressor.from_params(quantize(start.params, 3).params, dropout=0.0)
    within = trained(rounding(3), start)
    loss = [np.mean((each.predict(data[0]) - data[1]) ** 2) for each in (within, after)]
    assert loss[0] < 0.5 * loss[1]


def test_its_file_has_the_rounded_weights(model, tmp_path, data):
    model.save(tmp_path / "m.npz")
    loaded = LSTMRegressor.load(tmp_path / "m.npz")
    assert loaded.predict(data[0]).tobytes() == model.predict(data[0]).tobytes()


def test_however_it_is_made_it_projects_nothing_at_first(model, tmp_path, data):
    model.save(tmp_path / "m.npz")
    plain = LSTMRegressor.load(tmp_path / "m.npz")
    for made in (
        ProjectedRegressor.load(tmp_path / "m.npz"),
        ProjectedRegressor.from_params(plain.params),
    ):
        assert made.predict(data[0]).tobytes() == plain.predict(data[0]).tobytes()


def test_pruning_leaves_the_largest_weights_of_each_matrix_and_all_biases(model):
    pruned = pruning(0.75)(model.params)
    for name, array in model.params.items():
        zeros = pruned[name] == 0
        if array.ndim == 1:
            assert not zeros.any()
        else:
            assert zeros.sum() == round(0.75 * array.size)
            assert np.abs(array[zeros]).max() <= np.abs(array[~zeros]).min()


def test_of_equal_weights_the_first_go():
    assert without_smallest(np.ones((2, 2)), 0.5).tolist() == [[0, 0], [1, 1]]


def test_a_unit_that_does_nothing_can_be_removed_without_a_trace(model, data):
    params = {name: array.copy() for name, array in model.params.items()}
    for name in ("lstm.W", "lstm.U", "lstm.b"):
        params[name][..., 2::4] = 0  # unit 2 in each of the four gates
    params["lstm.U"][2] = params["dense1.W"][2] = 0
    smaller = LSTMRegressor.from_params(without_units(params, 3))
    assert smaller.params["lstm.U"].shape == (3, 12)
    expected = LSTMRegressor.from_params(params).predict(data[0])
    np.testing.assert_allclose(smaller.predict(data[0]), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("sparsity", [-0.5, 1.5, np.nan])
def test_a_share_that_is_none_is_refused(sparsity):
    with pytest.raises(ValueError, match="sparsity must be from 0 to 1, not"):
        pruning(sparsity)


def test_no_unit_at_all_is_no_network(model):
    with pytest.raises(ValueError, match="keep must be a whole number of at least 1"):
        without_units(model.params, 0)
