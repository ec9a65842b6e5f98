"""Adam against Algorithm 1 of Kingma & Ba (2015), written again in plain NumPy."""

import numpy as np
import pytest

from tinylstm import Adam, LSTMRegressor, fit


def algorithm_1(theta, gradients, lr=1e-3, betas=(0.9, 0.999), eps=1e-7):
    """θ after a step per gradient, in float64, line by line as in the paper."""
    beta1, beta2 = betas
    theta = theta.astype(np.float64)
    m, v = np.zeros_like(theta), np.zeros_like(theta)
    for t, g in enumerate(gradients, start=1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta


def normal(*shape, seed=0, dtype=np.float64):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-13), (np.float32, 2e-5)])
@pytest.mark.parametrize("options", [{}, {"lr": 0.1, "betas": (0.5, 0.7), "eps": 1e-2}], ids=str)
def test_twenty_steps_are_those_of_the_paper(options, dtype, tolerance, backend):
    theta, gradients = normal(3, 4, dtype=dtype), normal(20, 3, 4, seed=1, dtype=dtype)
    expected = algorithm_1(theta, gradients.astype(np.float64), **options)
    adam = Adam({"a": theta}, **options, backend=backend)
    for gradient in gradients:
        adam.step({"a": gradient})
    np.testing.assert_allclose(theta, expected, rtol=0, atol=tolerance)
    assert theta.dtype == dtype


def test_every_parameter_is_updated_in_place_by_its_own_gradient():
    params = {"a": normal(2, 3), "b": normal(5, seed=1)}
    gradients = {"b": normal(5, seed=2), "a": normal(2, 3, seed=3)}
    expected = {name: algorithm_1(theta, [gradients[name]]) for name, theta in params.items()}
    a, b = params.values()
    Adam(params).step(gradients)
    np.testing.assert_allclose(a, expected["a"], rtol=1e-14)
    np.testing.assert_allclose(b, expected["b"], rtol=1e-14)


def test_the_first_step_is_the_learning_rate_against_the_sign_of_the_gradient():
    theta, gradient = np.zeros(6), np.array([-3e4, -2, -1e-4, 1e-4, 2, 3e4])
    Adam({"a": theta}, lr=0.01).step({"a": gradient})
    np.testing.assert_allclose(theta, -0.01 * np.sign(gradient), rtol=2e-3)


def test_gradients_are_left_alone():
    gradient = normal(4)
    before = gradient.copy()
    Adam({"a": np.zeros(4)}).step({"a": gradient})
    np.testing.assert_array_equal(gradient, before)


def test_a_new_learning_rate_holds_from_the_next_step_on():
    theta = np.zeros(1)
    adam = Adam({"a": theta}, lr=0.5)
    steps = []
    for adam.lr in (0.5, 0.25, 0):
        before = theta.copy()
        adam.step({"a": np.ones(1)})
        steps.append(float(before[0] - theta[0]))
    assert steps == pytest.approx([0.5, 0.25, 0], rel=1e-6)


def transposed(array):
    return np.ascontiguousarray(array.T).T


def every_second_row(array):
    return np.repeat(array, 2, axis=0)[::2]


def backwards(array):
    return np.ascontiguousarray(array[::-1, ::-1])[::-1, ::-1]


@pytest.mark.parametrize("layout", [transposed, every_second_row, backwards])
def test_the_layout_in_memory_does_not_matter(layout):
    theta, gradients = normal(3, 4), normal(3, 3, 4, seed=1)
    expected = algorithm_1(theta, gradients)
    crooked, straight = layout(theta), theta.copy()
    adam = Adam({"a": crooked, "b": straight})
    for gradient in gradients:
        adam.step({"a": gradient, "b": layout(gradient)})
    np.testing.assert_allclose(crooked, expected, rtol=1e-12)
    np.testing.assert_allclose(straight, expected, rtol=1e-12)


def test_a_parameter_without_a_gradient_is_refused_by_name():
    with pytest.raises(KeyError, match="'b'"):
        Adam({"a": np.zeros(2), "b": np.zeros(2)}).step({"a": np.zeros(2)})


@pytest.mark.parametrize("shape", [(6,), (3, 2), ()], ids=str)
def test_a_gradient_of_another_shape_is_refused_by_name(shape):
    with pytest.raises(ValueError, match=r"gradient of weights must have the shape \(2, 3\)"):
        Adam({"weights": np.zeros((2, 3))}).step({"weights": np.zeros(shape)})


def test_a_list_will_do_as_a_gradient():
    theta = np.zeros(2)
    Adam({"a": theta}, lr=0.01).step({"a": [1, -1]})
    np.testing.assert_allclose(theta, [-0.01, 0.01], rtol=1e-5)


# What the kernel relies on


SHORT = {
    "a shorter m": lambda adam: adam.m.update(a=np.zeros(2)),
    "an m of another shape": lambda adam: adam.m.update(a=np.zeros((2, 3))),
    "a v of another type": lambda adam: adam.v.update(a=np.zeros(6, np.float32)),
    "a longer parameter": lambda adam: adam.params.update(a=np.zeros((20, 3))),
    "a parameter of whole numbers": lambda adam: adam.params.update(a=np.zeros((2, 3), int)),
    "a list as a parameter": lambda adam: adam.params.update(a=[0.0]),
}


@pytest.mark.parametrize("replace", SHORT.values(), ids=SHORT.keys())
def test_arrays_that_were_replaced_by_others_are_refused_before_any_is_changed(replace):
    first = np.zeros(3)
    adam = Adam({"first": first, "a": np.zeros((2, 3))})
    replace(adam)
    grads = {"first": np.ones(3), "a": np.ones(np.shape(adam.params["a"]))}
    with pytest.raises(
        ValueError, match="a and its m and v must be of the size and type they began with"
    ):
        adam.step(grads)
    assert (adam.t, first.any()) == (0, False)


NUMBERS = [
    ({"lr": float("nan")}, "lr must be at least 0 and finite, not nan"),
    ({"lr": 10**400}, "lr must be at least 0 and finite, not 1000"),
    ({"lr": "fast"}, "lr must be at least 0 and finite, not 'fast'"),
    ({"eps": -1}, "eps must be at least 0 and finite, not -1"),
    ({"betas": (1, 0.999)}, "beta1 must be at least 0 and below 1, not 1"),
    ({"betas": (0.9, float("nan"))}, "beta2 must be at least 0 and below 1, not nan"),
]


@pytest.mark.parametrize(("options", "sentence"), NUMBERS, ids=str)
def test_numbers_that_make_no_step_are_refused_at_once_and_when_set_later(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        Adam({"a": np.zeros(2)}, **options)
    adam = Adam({"a": np.zeros(2)})
    vars(adam).update(options)
    with pytest.raises(ValueError, match=sentence):
        adam.step({"a": np.ones(2)})
    assert adam.t == 0


@pytest.mark.parametrize("theta", [np.zeros(2, np.float16), [0.0]], ids=str)
def test_a_parameter_that_cannot_be_trained_is_refused_by_name(theta):
    with pytest.raises(ValueError, match=r"float32 and float64 arrays, and bias is"):
        Adam({"bias": theta})


def batch():
    rng = np.random.default_rng(0)
    return rng.standard_normal((8, 4, 2)).astype(np.float32), np.ones(8, np.float32)


OTHER_ARRAYS = r"Adam trains other arrays .*: make it anew, Adam\(model.params\)"


@pytest.mark.parametrize(
    "twin", [lambda model: model.astype(np.float64), lambda _: LSTMRegressor(2, 3)]
)
def test_a_step_with_the_gradients_of_another_model_is_refused_and_moves_nothing(twin):
    model, (x, y) = LSTMRegressor(2, 3), batch()
    adam, other = Adam(model.params), twin(model)
    before = model.params["lstm.U"].copy()
    other.loss_and_grad(x, y)
    with pytest.raises(ValueError, match=OTHER_ARRAYS):
        adam.step(other.grads)
    np.testing.assert_array_equal(model.params["lstm.U"], before)
    assert adam.t == 0


def test_fit_with_an_optimizer_of_another_model_is_refused():
    x, y = batch()
    with pytest.raises(ValueError, match=OTHER_ARRAYS):
        fit(
            LSTMRegressor(2, 3), x, y, 1, optimizer=Adam(LSTMRegressor(2, 3).params), progress=False
        )


def test_weights_that_were_put_in_the_place_of_the_old_ones_are_noticed():
    model, (x, y) = LSTMRegressor(2, 3), batch()
    adam = Adam(model.params)
    model.lstm.params["U"] = model.lstm.params["U"].copy()
    model.loss_and_grad(x, y)
    with pytest.raises(ValueError, match=r"lstm\.U"):
        adam.step(model.grads)
