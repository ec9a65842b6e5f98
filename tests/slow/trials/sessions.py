"""Sequences of calls on one model, good ones and odd ones mixed: no call spoils a later one.

The same sequence goes to three models: one of each backend, and one that is made anew of the
weights before every call, so that it can have kept nothing of the calls before.
"""

import copy
import os
import pickle
import random
import tempfile
import warnings

import numpy as np

from tests.slow.trials import BAD, GOOD, PROMISED, REFUSED, TRACEBACK, WRONG, Trial
from tests.slow.trials.abuse import made
from tests.slow.trials.numbers import FAR, differs
from tests.slow.trials.odd import STATE, X, Y, odd_values
from tinylstm import Adam, LSTMRegressor, Padded, Windows, fit

CALLS = 12  # in a sequence
BATCHES = [X, X[:3], X[:, :2], Windows(X.reshape(-1, 2), [0, 3, 9], 5), Padded(X, [4, 1, 2, 4, 3])]


def saved(model):
    """The model after its file was written and read."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "m.npz")
        model.save(path)
        return LSTMRegressor.load(path, 0.0, backend=model.lstm.backend)


def new_state(model, x, _):
    model.lstm.forward(x)
    return [*model.lstm.last_state]


def learn(model, x, odd):
    loss = model.loss_and_grad(x, Y[: len(x)] if odd is None else odd)
    return [np.array(loss), *model.grads.values()]


def step(model, x, odd):
    model.loss_and_grad(x, Y[: len(x)])
    Adam(model.params, 0.01 if odd is None else odd, backend=model.lstm.backend).step(model.grads)
    return list(model.params.values())


def trained(model, x, odd):
    sizes = {"epochs": 1, "batch_size": 2 if odd is None else odd, "progress": False}
    optimizer = Adam(model.params, backend=model.lstm.backend)
    return fit(model, x, Y[: len(x)], optimizer=optimizer, **sizes).loss


def with_weights(model, _, odd):
    """One array replaced; if that is refused, or useless, put back again."""
    kept = model.lstm.params["U"]
    try:
        model.lstm.params["U"] = odd
        return [model.predict(X)]
    finally:
        model.lstm.params["U"] = kept


# A function of a model, a batch and an odd value, or None: what it made.
CALL = [
    lambda model, x, odd: [model.predict(x if odd is None else odd)],
    lambda model, x, odd: [model.lstm.forward(x, odd)],
    lambda model, x, odd: [model.lstm.forward_last(x, None, odd)],
    lambda model, x, odd: model.lstm.step(STATE[:, :2] if odd is None else odd)[:1],
    learn,
    step,
    trained,
    new_state,
    with_weights,
]
CHANGE = [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model)), saved, lambda m: m]


def sessions(n, seed=0):
    """n sequences of calls; each call is a trial."""
    rng = random.Random(seed)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for k in range(n):
            models = [LSTMRegressor(2, 3, 2, 0.0, k, b) for b in ("numpy", "numba")]
            for _ in range(CALLS):
                change = rng.choice(CHANGE)
                models = [change(model) for model in models]
                outcome, said = one_call(models, rng)
                yield Trial(outcome, said)
                if outcome not in GOOD or not is_usual(models):
                    break


def is_usual(models):
    """Whether there is still something to go on with: an odd learning rate leads far away."""
    return all(np.abs(array).max() < FAR for m in models for array in m.params.values())


def one_call(models, rng):
    """The outcome of the same call on all models."""
    call, x = rng.choice(CALL), rng.choice(BATCHES)
    number = rng.randrange(len(odd_values())) if rng.random() < 0.4 else None
    for name, array in models[0].params.items():  # Adam makes much of the last bits
        array[...] = models[1].params[name]
    models = [*models, LSTMRegressor.from_params(models[1].params, 0.0)]

    def called(model):
        odd = None if number is None else odd_values()[number]
        return made(lambda: call(model, copy.deepcopy(x), odd))

    (slow, expected), (fast, found), (again, anew) = map(called, models)
    said = f"call {CALL.index(call)}, {type(x).__name__}, odd value {number}: "
    outcomes = {slow, fast, again}
    if len(outcomes) > 1 or slow in BAD:
        said += f"numpy: {expected}, numba: {found}, made anew: {anew}"
        return (TRACEBACK if TRACEBACK in outcomes else WRONG), said
    if slow == REFUSED:
        return REFUSED, ""
    if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(found, anew, strict=True)):
        return WRONG, f"{said}{found}, where a model made anew has {anew}"
    difference = differs(expected, found)
    return (WRONG if difference else PROMISED), said + difference
