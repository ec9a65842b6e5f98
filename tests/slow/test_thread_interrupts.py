"""Interrupts at any moment of a pass on several threads: nothing wrong, no thread lost."""

import random
import signal
import sys

import numpy as np
import pytest

from tests.tinylstm.kernels.test_threads import assert_that_threads_work_at_the_same_time
from tinylstm import kernels
from tinylstm.kernels import threads


class Interrupt(Exception):  # noqa: N818, KeyboardInterrupt has no such name either
    """What the handler of a signal raises, once each time that it is armed."""

    armed = False

    @classmethod
    def ring(cls, *_):
        if cls.armed:
            cls.armed = False
            raise cls


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timer signals")
def test_thousands_of_interrupts_at_any_moment_leave_right_gradients_and_all_threads():
    """The moments are spread over a forward and a backward pass on three threads."""
    rng = np.random.default_rng(0)
    B, T, D, H = 100, 6, 3, 16
    shapes = (B, T, D), (D, 4 * H), (H, 4 * H), (4 * H,), (B, H), (B, H)
    arrays = [rng.standard_normal(shape).astype(np.float32) for shape in shapes]
    others = [2 * array for array in arrays]
    dh = rng.standard_normal((B, 1, H)).astype(np.float32)
    n_threads = threads.get_num_threads()
    threads.set_num_threads(3)
    tape = kernels.lstm_forward(*arrays)
    expected = kernels.lstm_backward(dh, tape)
    moments, alive, interrupted = random.Random(0), len(sys._current_frames()), 0
    before = signal.signal(signal.SIGALRM, Interrupt.ring)
    try:
        for _ in range(4000):
            try:
                Interrupt.armed = True
                signal.setitimer(signal.ITIMER_REAL, moments.uniform(1e-6, 2e-4))
                tape = kernels.lstm_forward(*others, old=tape)
                kernels.lstm_backward(dh, tape)
                Interrupt.armed = False
            except Interrupt:
                interrupted += 1
            tape = kernels.lstm_forward(*arrays, old=tape)  # a helper may still be at the others
            found = kernels.lstm_backward(dh, tape)
            for name in ("W", "U", "b", "h0", "c0"):
                np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    finally:
        signal.signal(signal.SIGALRM, before)
    assert interrupted > 2000
    assert len(sys._current_frames()) == alive
    assert_that_threads_work_at_the_same_time(3)
    threads.set_num_threads(n_threads)
