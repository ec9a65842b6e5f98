"""Threads: every slab once, errors reported, the same bits for any number of them."""

import multiprocessing
import threading
import time

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


def test_slabs_are_shared_among_threads():
    threads.set_num_threads(3)
    names = set()

    def kernel(first, stop):
        names.add(threading.get_ident())
        time.sleep(0.02)

    threads.run(kernel, 30)
    assert len(names) == 3


def test_one_thread_is_the_callers_own():
    threads.set_num_threads(1)
    names = set()
    threads.run(lambda first, stop: names.add(threading.get_ident()), 30)
    assert names == {threading.get_ident()}


@pytest.mark.parametrize("n", [1, 2])
def test_an_error_in_any_thread_reaches_the_caller_and_the_next_run_works(n):
    threads.set_num_threads(n)

    def kernel(first, stop):
        time.sleep(0.001)
        if stop == 40:
            raise ArithmeticError("the last slab")

    with pytest.raises(ArithmeticError, match="the last slab"):
        threads.run(kernel, 40)
    done = []
    threads.run(lambda first, stop: done.append(first), 8)
    assert done


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


def test_fewer_than_one_thread_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        threads.set_num_threads(0)


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
