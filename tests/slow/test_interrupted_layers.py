"""Interrupts: a call that a signal cuts short spoils nothing that comes after, and no thread."""

import signal
import sys
import time

import numpy as np
import pytest

from tests.tinylstm.kernels.test_threads import assert_that_threads_work_at_the_same_time
from tinylstm import LSTM, Adam, LSTMRegressor
from tinylstm.kernels import get_num_threads, set_num_threads

B, T, D, H = 128, 20, 5, 24  # eight slabs, for three threads to share
TIMES = 1500  # of each kind
RNG = np.random.default_rng(0)
BATCHES = [RNG.standard_normal((B, T, D), np.float32) for _ in range(2)]
DH = RNG.standard_normal((B, T, H), np.float32)

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="this system has no alarm that is fine enough"
)


class AlarmError(Exception):
    """Raised by the handler, wherever Python is at that moment."""


@pytest.fixture(autouse=True)
def three_threads_and_an_alarm():
    def ring(*_):
        raise AlarmError

    threads, handler = get_num_threads(), signal.signal(signal.SIGALRM, ring)
    assert_that_threads_work_at_the_same_time(3)
    alive = len(sys._current_frames())
    yield
    signal.signal(signal.SIGALRM, handler)
    assert len(sys._current_frames()) == alive
    assert_that_threads_work_at_the_same_time(3)
    set_num_threads(threads)


def cut_short(call, seconds):
    """Run the call with an alarm after so many seconds; whether it rang before the end."""
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        call()
        signal.setitimer(signal.ITIMER_REAL, 0)
    except AlarmError:
        return True
    return False


def typical_seconds(call):
    """How long the call takes: the median of some."""
    times = []
    for _ in range(20):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return float(np.median(times))


def gradients(layer):
    """The bytes of all that a backward pass computes."""
    arrays = [layer.backward(DH), *layer.grads.values(), *layer.state_grads.values()]
    return [array.tobytes() for array in arrays]


@pytest.mark.parametrize("what", ["forward", "backward"])
def test_a_layer_is_as_it_was_or_asks_for_a_forward_pass(what):
    layer = LSTM(D, H, np.random.default_rng(1), backend="numba")
    right = []
    for x in BATCHES:
        layer.forward(x)
        right.append(gradients(layer))
    call = (
        (lambda: layer.forward(BATCHES[1])) if what == "forward" else (lambda: layer.backward(DH))
    )
    longest = 1.2 * typical_seconds(call)
    interrupts = refused = 0
    while interrupts < TIMES:
        layer.forward(BATCHES[0])
        if not cut_short(call, RNG.uniform(1e-6, longest)):
            continue
        interrupts += 1
        if layer.tape is None:
            refused += 1
            with pytest.raises(RuntimeError, match="backward needs a forward pass before it"):
                layer.backward(DH)
        elif what == "backward":
            assert gradients(layer) == right[0]
        else:  # before anything was touched, or after the end
            assert gradients(layer) in right
        layer.forward(BATCHES[0])
        assert gradients(layer) == right[0]
    assert (refused > TIMES / 10) == (what == "forward")


def test_training_goes_on_from_where_it_is_set_back_to():
    model = LSTMRegressor(D, H, dropout=0, backend="numba")
    adam = Adam(model.params)
    y = RNG.standard_normal(B)

    def step(x=BATCHES[0]):
        model.loss_and_grad(x, y)
        adam.step(model.grads)

    def all_arrays():
        return [*model.params.values(), *adam.m.values(), *adam.v.values()]

    def set_back():
        for array, number in zip(all_arrays(), start, strict=True):
            array[...] = number
        adam.t = 0

    start = [array.copy() for array in all_arrays()]
    step()
    right = [array.tobytes() for array in all_arrays()]
    longest = 1.2 * typical_seconds(step)
    interrupts = 0
    while interrupts < TIMES:
        interrupts += cut_short(lambda: step(BATCHES[1]), RNG.uniform(1e-6, longest))
        set_back()
        step()
        assert [array.tobytes() for array in all_arrays()] == right
