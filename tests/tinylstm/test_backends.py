"""Backends: two modules with one interface, of which NumPy's is there even where Numba is not."""

import functools
import os
import subprocess
import sys

import numpy as np
import pytest

from tests.without_numba import NOTICE, ROOT, run_without_numba
from tinylstm import LSTM, Adam, Windows, backends, kernels, numpy_backend

RNG = np.random.default_rng(0)


def normal(*shape):
    return RNG.standard_normal(shape)


def arrays(B=5, T=4, D=3, H=6):
    """x, W, U, b, h0, c0."""
    shapes = (B, T, D), (D, 4 * H), (H, 4 * H), (4 * H,), (B, H), (B, H)
    return [normal(*shape) for shape in shapes]


# One interface


def test_a_backend_is_found_by_its_name():
    assert backends.find("numba") is kernels
    assert backends.find("numpy") is numpy_backend
    assert backends.DEFAULT == "numba"


@pytest.mark.parametrize("name", ["torch", ["numpy"]], ids=str)
@pytest.mark.parametrize(
    "make", [lambda name: LSTM(1, 1, RNG, backend=name), lambda name: Adam({}, backend=name)]
)
def test_an_unknown_backend_is_refused_with_the_known_ones(make, name):
    with pytest.raises(ValueError, match=r"backend must be one of \('numba', 'numpy'\), not "):
        make(name)


def test_all_functions_of_the_two_agree():
    x, *others = arrays()
    windows, dh = Windows(normal(20, 3), [0, 7, 7, 16, 2], steps=4), normal(5, 2, 6)
    results = []
    for backend in (numpy_backend, kernels):
        tape = backend.lstm_forward(windows, *others, None)
        last = backend.lstm_last(x, *others)
        gradients = backend.lstm_backward(dh, tape)
        theta, grad, m, v = np.ones(3), np.arange(3.0), np.full(3, 0.1), np.full(3, 0.2)
        backend.adam_update(theta, grad, m, v, np.array([0.1, 1.5, 0.9, 0.99, 1e-7]))
        results.append([tape.h, tape.h_last, tape.c_last, last, *gradients[:6], theta, m, v])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


# Without Numba


@pytest.fixture
def without_numba(tmp_path):
    return functools.partial(run_without_numba, tmp_path)


def test_without_numba_the_gradient_check_passes_and_one_line_says_what_computes(without_numba):
    done = without_numba("-m", "tinylstm.gradcheck", "--hidden", "3")
    assert (done.returncode, done.stderr) == (0, NOTICE)
    assert "(backend numpy)" in done.stdout


def test_without_numba_asking_for_it_gets_one_sentence(without_numba):
    done = without_numba("-m", "tinylstm.gradcheck", "--backend", "numba")
    sentence = "the backend 'numba' cannot run (blocked by a test): install Numba, or use"
    assert done.returncode == 2
    assert done.stderr.removeprefix(NOTICE).startswith(f"gradcheck: {sentence}")
    assert done.stderr.count("\n") == 2


LEARN = """
import numpy as np
from tinylstm import Adam, LSTMRegressor, fit
x = np.random.default_rng(5).uniform(-1, 1, (128, 4, 2))
model = LSTMRegressor(2, 8, dropout=0, seed=0)
adam = Adam(model.params, lr=0.02)
print(model.lstm.backend, adam.backend)
print(*fit(model, x, x[:, -1, 0], 8, 16, adam, progress=False).loss)
"""


def test_without_numba_a_network_learns_as_it_does_with_it(without_numba):
    slow = without_numba("-c", LEARN).stdout.splitlines()
    fast = subprocess.run([sys.executable, "-c", LEARN], cwd=ROOT, capture_output=True, text=True)
    assert (slow[0], fast.stdout.splitlines()[0]) == ("numpy numpy", "numba numba")
    losses = [np.array(line.split(), float) for line in (slow[1], fast.stdout.splitlines()[1])]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-3)
    assert losses[0][-1] < losses[0][0] / 3


def test_where_numba_must_not_compile_numpy_computes():
    done = subprocess.run(
        [sys.executable, "-c", LEARN], cwd=ROOT, capture_output=True, text=True,
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
    )  # fmt: skip
    assert done.stderr == NOTICE.replace("blocked by a test", "NUMBA_DISABLE_JIT is set")
    assert done.stdout.startswith("numpy numpy\n")
