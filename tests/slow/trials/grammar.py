"""The grammar of calls: functions of the library, and good values of their arguments.

Each function takes a backend and returns the arrays that it made, so that two backends can be held
against each other.
"""

import numpy as np

from tests.slow.trials.odd import STATE, STEPS, X, Y
from tinylstm import (
    LSTM,
    Adam,
    ClippedAdam,
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
    Windows,
    clip_by_norm,
    fit,
    fit_stream,
    gradient_check,
)
from tinylstm.compression.lowrank import factor
from tinylstm.compression.packed import pack, unpack
from tinylstm.compression.quantize import quantize
from tinylstm.interop import from_keras_weights, from_torch, to_torch_arrays
from tinylstm.streams import cut


def rng():
    """The same random numbers for each call."""
    return np.random.default_rng(0)


def forecaster(backend, **changes):
    """A small forecaster without dropout."""
    usual = {"input_size": 2, "hidden_size": 3, "seed": 0, "dropout": 0.0, "backend": backend}
    return LSTMRegressor(**usual | changes)


def layer(backend):
    """A layer."""
    return LSTM(2, 3, rng(), backend=backend)


def network(backend, loss=None, K=1):
    """Two LSTMs, and outputs at each step."""
    stack = Stack(layer(backend), LSTM(3, 3, rng(), backend=backend))
    return Network(loss or SquaredError(), stack=stack, head=EachStep(Dense(3, K, rng())))


def values(params):
    """The arrays of a dictionary."""
    return list(params.values())


def made(backend, **given):
    return values(forecaster(backend, **given).params)


def made_layer(backend, **given):
    return values(LSTM(**given, backend=backend).params)


def made_dense(backend, **given):
    return values(Dense(**given).params)


def dropped(backend, rate, generator, x):
    return [Dropout(rate, generator).forward(x)]


def windowed(backend, rows, starts, steps, scale, chosen):
    return [np.asarray(Windows(rows, starts, steps, scale)[chosen])]


def padded(backend, values, lengths, chosen):
    given = Padded(values, lengths)[chosen]
    return [given.values, given.lengths]


def padded_of(backend, first, second):
    return [Padded.of([first, second]).values]


def forward(backend, x, h0, c0):
    return [layer(backend).forward(x, h0, c0)]


def backward(backend, x, dh, with_dx):
    used = layer(backend)
    used.forward(x)
    dx = used.backward(dh, with_dx)
    return [dx if with_dx else np.empty(0), *used.grads.values(), *used.state_grads.values()]


def backward_last(backend, x, dh_last):
    used = layer(backend)
    used.forward_last(x)
    return [used.backward_last(dh_last), *used.grads.values()]


def step(backend, x_t, h, c):
    h, (h, c) = layer(backend).step(x_t, (h, c))
    return [h, c]


def predict(backend, x):
    return [forecaster(backend).predict(x)]


def predict_dropped(backend, x, n):
    return [forecaster(backend, dropout=0.5).predict_with_dropout(x, n)]


def learn(backend, **given):
    model = forecaster(backend)
    return [np.array(model.loss_and_grad(**given)), *values(model.grads)]


def learn_steps(backend, x, y, weights):
    used = network(backend)
    return [np.array(used.loss_and_grad(x, y, weights=weights)), *values(used.grads)]


def learn_classes(backend, x, y, weights):
    used = network(backend, SoftmaxCrossEntropy(), 3)
    return [np.array(used.loss_and_grad(x, y, weights=weights)), *values(used.grads)]


def learn_counts(backend, x, y, weights):
    used = network(backend, Poisson())
    return [np.array(used.evaluate(x, y, weights)), used.predict(x)]


def learn_last(backend, x, y):
    used = Network(SquaredError(), lstm=Last(layer(backend)), head=Dense(3, 1, rng()))
    return [np.array(used.loss_and_grad(x, y)), *values(used.grads)]


def outputs(backend, x, h0):
    used = network(backend)
    state = {"stack.lstm1.h0": h0} if h0 is not None else {}
    return [used.outputs(x, **state)]


def network_step(backend, x_t, state):
    y, after = network(backend).step(x_t, state)
    return [y, *values(after)]


def fitted(backend, **given):
    model = forecaster(backend)
    given = {"epochs": 1, "batch_size": 2, "progress": False} | given
    return [np.array(fit(model, **given).loss), *values(model.params)]


def streamed(backend, **given):
    used = network(backend)
    return [np.array(fit_stream(used, progress=False, **given).loss), *values(used.params)]


def cut_up(backend, sequence, n_streams):
    return [cut(sequence, n_streams)]


def stepped(backend, grads, **options):
    model = forecaster(backend)
    Adam(model.params, backend=backend, **options).step(grads)
    return values(model.params)


def stepped_short(backend, grads, **options):
    model = forecaster(backend)
    ClippedAdam(model.params, backend=backend, **options).step(grads)
    return values(model.params)


def clipped(backend, grads, max_norm):
    return values(clip_by_norm(grads, max_norm))


def checked(backend, x, y):
    found = gradient_check(forecaster(backend), x, y)
    return [np.array([error < 1e-4 for error in found.values()])]


def converted(backend, dtype):
    return values(forecaster(backend).astype(dtype).params)


def from_params(backend, params):
    return [LSTMRegressor.from_params(params, 0.0, backend=backend).predict(X)]


def from_others(backend, state, weights):
    return [*values(from_torch(state).params), *values(from_keras_weights(weights).params)]


def packed(backend, params, bits, per, x_bits):
    return values(unpack(pack(quantize(params, bits, per, x_bits))).params)


def factored(backend, params, rank):
    return values(factor(params, rank))


def calls():
    """Functions, with good values of their arguments."""
    params = forecaster("numpy").params
    torch = to_torch_arrays(forecaster("numpy"))
    ones = np.ones((5, 4, 3), np.float32)
    classes = np.array([[0, 1, 2, 0]] * 5)
    windows = Windows(X.reshape(-1, 2), [0, 4, 8, 12, 16], 4)
    return [
        (made, {"input_size": 2, "hidden_size": 3, "dense_size": 4, "dropout": 0.1, "seed": 3}),
        (made_layer, {"input_size": 2, "hidden_size": 3, "rng": rng(), "dtype": "f4"}),
        (
            made_dense,
            {"input_size": 2, "output_size": 3, "rng": rng(), "relu": True, "dtype": "f8"},
        ),
        (dropped, {"rate": 0.5, "generator": rng(), "x": X}),
        (
            windowed,
            {
                "rows": X.reshape(-1, 2),
                "starts": [0, 3],
                "steps": 4,
                "scale": np.ones((2, 2)),
                "chosen": [1, 0],
            },
        ),
        (padded, {"values": X, "lengths": [1, 2, 3, 4, 4], "chosen": slice(1, 3)}),
        (padded_of, {"first": X[0], "second": X[1, :2]}),
        (forward, {"x": X, "h0": STATE, "c0": STATE}),
        (backward, {"x": X, "dh": ones, "with_dx": True}),
        (backward_last, {"x": X, "dh_last": STATE}),
        (step, {"x_t": X[:, 0], "h": STATE, "c": STATE}),
        (predict, {"x": X}),
        (predict_dropped, {"x": X, "n": 2}),
        (learn, {"x": X, "y": Y, "weights": Y, "h0": STATE, "c0": STATE}),
        (learn_steps, {"x": X, "y": STEPS, "weights": STEPS}),
        (learn_classes, {"x": X, "y": classes, "weights": STEPS}),
        (learn_counts, {"x": X, "y": STEPS, "weights": None}),
        (learn_last, {"x": Padded(X, [1, 2, 3, 4, 4]), "y": Y}),
        (outputs, {"x": X, "h0": STATE}),
        (network_step, {"x_t": X[:, 0], "state": None}),
        (fitted, {"windows": X, "y": Y, "windows_per_epoch": 3, "weights": Y, "rng": rng()}),
        (
            fitted,
            {
                "windows": windows,
                "y": Y,
                "validation": (X, Y, None),
                "patience": 1,
                "schedule": None,
                "epochs": 3,
            },
        ),
        (streamed, {"x": X, "y": STEPS, "steps": 3, "epochs": 2, "schedule": None}),
        (cut_up, {"sequence": X[0], "n_streams": 2}),
        (stepped, {"grads": params, "lr": 0.1, "betas": (0.9, 0.9), "eps": 1e-7}),
        (stepped_short, {"grads": params, "max_norm": 0.1}),
        (clipped, {"grads": params, "max_norm": 0.1}),
        (checked, {"x": X, "y": Y}),
        (converted, {"dtype": np.float64}),
        (from_params, {"params": params}),
        (from_others, {"state": torch, "weights": list(params.values())}),
        (packed, {"params": params, "bits": 5, "per": "column", "x_bits": 9}),
        (factored, {"params": params, "rank": 1}),
    ]


# Of these only shapes, types and what is finite can be compared, if an argument closes all gates.
WITH_GRADIENTS = {
    *(backward, backward_last, learn, learn_steps, learn_classes, learn_last, fitted, streamed)
}
