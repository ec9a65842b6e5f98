"""Threads: every slab once, nothing lost by errors and interrupts, the same bits for any number."""

import multiprocessing
import signal
import sys
import threading

import numpy as np
import pytest

from tinylstm import Adam, LSTMRegressor
from tinylstm.kernels import threads


@pytest.fixture(autouse=True)
def restore():
    before = threads.get_num_threads()
    yield
    threads.set_num_threads(before)


@pytest.mark.parametrize("n", [1, 2, 3, 7])
@pytest.mark.parametrize("count", [0, 1, 2, 5, 64, 1000])
def test_every_slab_is_done_exactly_once(n, count):
    threads.set_num_threads(n)
    done = []
    for _ in range(20):
        threads.run(lambda first, stop: done.extend(range(first, stop)), count)
    assert sorted(done) == sorted(20 * list(range(count)))


@pytest.mark.parametrize("n", [2, 3])
def test_all_threads_work_at_the_same_time(n):
    threads.set_num_threads(n)
    everyone = threading.Barrier(n)
    threads.run(lambda first, stop: everyone.wait(timeout=30), n)


def test_one_thread_is_the_callers_own():
    threads.set_num_threads(1)
    names = set()
    threads.run(lambda first, stop: names.add(threading.get_ident()), 30)
    assert names == {threading.get_ident()}


def threads_alive():
    return len(sys._current_frames())


@pytest.mark.parametrize("failing", ["caller", "helper"])
def test_an_error_in_any_thread_reaches_the_caller_and_the_next_run_works(failing):
    threads.set_num_threads(2)
    caller = threading.get_ident()
    both = threading.Barrier(2)

    def work(first, stop):
        both.wait(timeout=30)
        if (threading.get_ident() == caller) == (failing == "caller"):
            raise ArithmeticError("a slab")

    with pytest.raises(ArithmeticError, match="a slab"):
        threads.run(work, 2)
    test_all_threads_work_at_the_same_time(2)


def test_after_an_error_no_further_slab_is_begun():
    threads.set_num_threads(2)
    begun = []

    def work(first, stop):
        begun.append(first)
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        threads.run(work, 1000)
    assert len(begun) <= 2


def test_an_interrupt_while_a_helper_works_leaves_at_once_and_the_helper_ends_alone():
    threads.set_num_threads(2)
    caller = threading.get_ident()
    both, released, ended = threading.Barrier(2), threading.Event(), threading.Event()

    def work(first, stop):
        both.wait(timeout=30)
        if threading.get_ident() == caller:
            signal.raise_signal(signal.SIGINT)
        assert released.wait(timeout=30)
        ended.set()

    with pytest.raises(KeyboardInterrupt):
        threads.run(work, 2)
    assert not ended.is_set()
    released.set()
    assert ended.wait(timeout=30)
    test_all_threads_work_at_the_same_time(2)


def test_a_run_inside_a_run_works_alone():
    threads.set_num_threads(2)
    done = []

    def outer(first, stop):
        threads.run(lambda a, b: done.extend(range(a, b)), 3)

    threads.run(outer, 1)
    threads.run(outer, 8)
    assert set(done) == {0, 1, 2}


def forked(queue):
    done = []
    threads.run(lambda first, stop: done.extend(range(first, stop)), 50)
    queue.put(sorted(done) == list(range(50)))


@pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="this system cannot fork"
)
def test_a_forked_process_starts_threads_of_its_own():
    threads.set_num_threads(2)
    threads.run(lambda first, stop: None, 50)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    process = context.Process(target=forked, args=(queue,))
    process.start()
    assert queue.get(timeout=30)
    process.join()


@pytest.mark.parametrize(
    ("n", "error", "sentence"),
    [
        (0, ValueError, "the number of threads must be at least 1, not 0"),
        (-2, ValueError, "the number of threads must be at least 1, not -2"),
        (2.5, TypeError, "the number of threads must be a whole number, not 2.5"),
        (True, TypeError, "the number of threads must be a whole number, not True"),
        ("2", TypeError, "the number of threads must be a whole number, not '2'"),
    ],
)
def test_a_number_of_threads_that_is_none_is_refused(n, error, sentence):
    before = threads.get_num_threads()
    with pytest.raises(error) as raised:
        threads.set_num_threads(n)
    assert str(raised.value) == sentence
    assert threads.get_num_threads() == before


def test_numpys_whole_numbers_are_numbers_of_threads():
    threads.set_num_threads(np.int64(2))
    assert type(threads.get_num_threads()) is int


@pytest.mark.parametrize("hidden", [1, 16, 33, 128])
def test_training_gives_the_same_bits_for_any_number_of_threads(hidden):
    def train(n):
        threads.set_num_threads(n)
        rng = np.random.default_rng(0)
        model = LSTMRegressor(7, hidden, seed=0)
        adam = Adam(model.params)
        for batch in (64, 100, 256):
            x = rng.standard_normal((batch, 30, 7)).astype(np.float32)
            model.loss_and_grad(x, x[:, -1, 0])
            adam.step(model.grads)
        return np.concatenate([a.ravel() for a in model.params.values()]), model.predict(x)

    weights, predictions = train(1)
    for n in (2, 3, 5):
        again = train(n)
        np.testing.assert_array_equal(again[0], weights)
        np.testing.assert_array_equal(again[1], predictions)
