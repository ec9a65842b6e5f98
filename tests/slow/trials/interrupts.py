"""Trainings that a signal meets while the kernels run, which then go on from their files."""

import os
import random
import signal
import tempfile
import time

import numpy as np

from tests.slow.trials import HANG, PROMISED, TRACEBACK, WRONG, Trial
from tinylstm import ClippedAdam, LSTMRegressor, fit

RNG = np.random.default_rng(0)
X = RNG.normal(size=(96, 10, 3)).astype(np.float32)
Y = (X[:, -1, 0] + RNG.normal(size=96)).astype(np.float32)
EPOCHS, PATIENCE = 12, 3
MOST = 50  # interruptions of one training
SECONDS = 60.0


def train(path=None):
    """Train from the beginning, or from the file on; the bits of the weights, and the losses."""
    model = LSTMRegressor(3, 12, 4, dropout=0.2, seed=1)
    history = fit(
        *(model, X[:64], Y[:64], EPOCHS, 8, ClippedAdam(model.params, 2e-2)),
        validation=(X[64:], Y[64:], None),
        patience=PATIENCE,
        checkpoint=path,
        progress=False,
    )
    return [array.tobytes() for array in model.params.values()], history.loss, history.validation


def ring(*_):
    """As Ctrl-C, wherever Python is at that moment."""
    raise KeyboardInterrupt


def interrupts(n, seed=0):
    """n interruptions or more: each training is met again and again, until it comes to its end."""
    rng, trials = random.Random(seed), 0
    expected = train()
    started = time.perf_counter()
    assert train() == expected
    takes = time.perf_counter() - started
    handler = signal.signal(signal.SIGALRM, ring)
    try:
        while trials < n:
            with tempfile.TemporaryDirectory() as folder:
                for trial in one_training(os.path.join(folder, "c.npz"), expected, takes, rng):
                    trials += 1
                    yield trial
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


def one_training(path, expected, takes, rng):
    """Interrupt a training again and again: what came of each piece, and of the whole."""
    for k in range(MOST + 1):
        started = time.perf_counter()
        try:
            try:
                seconds = rng.uniform(1e-4, takes) if k < MOST else 0  # at last it may end
                signal.setitimer(signal.ITIMER_REAL, seconds)
                found = train(path)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except KeyboardInterrupt:
            late = time.perf_counter() - started > seconds + SECONDS
            yield Trial(HANG if late else PROMISED, f"after {seconds:.3f} s")
        except Exception as error:
            yield Trial(TRACEBACK, f"{type(error).__name__}: {error}")
            return
        else:
            outcome = PROMISED if found == expected else WRONG
            yield Trial(outcome, f"after {k} interruptions: {found[1]}, not {expected[1]}")
            return
