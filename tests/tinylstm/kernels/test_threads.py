"""Threads: every slab once, nothing lost by errors and interrupts, the same bits for any number."""

import multiprocessing
import signal
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


def for_each(do):
    """What `run` runs, of a function of the number of a slab."""

    def work(slabs):
        last, slab = False, threads.take(slabs)
        while slab >= 0:
            do(slab)
            last, slab = threads.finish(slabs), threads.take(slabs)
        return last

    return work


def assert_that_threads_work_at_the_same_time(n):
    everyone = threading.Barrier(n)
    threads.set_num_threads(n)
    threads.run(for_each(lambda slab: everyone.wait(timeout=30)), n)


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("count", [0, 1, 64])
def test_every_slab_is_done_exactly_once_and_before_the_end(n, count):
    threads.set_num_threads(n)
    for _ in range(20):
        done = []
        threads.run(for_each(done.append), count)
        assert sorted(done) == list(range(count))


def test_all_threads_work_at_the_same_time():
    assert_that_threads_work_at_the_same_time(3)


def test_one_thread_is_the_callers_own():
    threads.set_num_threads(1)
    names = set()
    threads.run(for_each(lambda slab: names.add(threading.get_ident())), 30)
    assert names == {threading.get_ident()}


@pytest.mark.parametrize("failing", ["caller", "helper"])
def test_an_error_in_any_thread_reaches_the_caller_and_the_next_run_works(failing):
    threads.set_num_threads(2)
    caller = threading.get_ident()
    both = threading.Barrier(2)

    def do(slab):
        both.wait(timeout=30)
        if (threading.get_ident() == caller) == (failing == "caller"):
            raise ArithmeticError("a slab")

    with pytest.raises(ArithmeticError, match="a slab"):
        threads.run(for_each(do), 2)
    assert_that_threads_work_at_the_same_time(2)


def test_an_interrupt_while_a_helper_works_leaves_at_once_and_the_helper_ends_alone():
    threads.set_num_threads(2)
    caller = threading.get_ident()
    both, released, ended = threading.Barrier(2), threading.Event(), threading.Event()

    def do(slab):
        both.wait(timeout=30)
        if threading.get_ident() == caller:
            signal.raise_signal(signal.SIGINT)
        assert released.wait(timeout=30)
        ended.set()

    with pytest.raises(KeyboardInterrupt):
        threads.run(for_each(do), 2)
    assert not ended.is_set()
    released.set()
    assert ended.wait(timeout=30)
    assert_that_threads_work_at_the_same_time(2)


def test_a_run_inside_a_run_does_its_slabs_too():
    threads.set_num_threads(2)
    done = []
    inner = for_each(done.append)
    threads.run(for_each(lambda slab: threads.run(inner, 3)), 8)
    assert sorted(done) == sorted(8 * [0, 1, 2])


def test_callers_in_several_threads_do_not_wait_for_each_other():
    threads.set_num_threads(2)
    done = []
    callers = [
        threading.Thread(target=lambda: threads.run(for_each(done.append), 100)) for _ in range(5)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(timeout=30)
    assert sorted(done) == sorted(5 * list(range(100)))


def test_where_the_system_gives_no_more_threads_the_caller_does_it_all(monkeypatch):
    def none(*_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threads, "_helpers", [])
    monkeypatch.setattr(threads._thread, "start_new_thread", none)
    threads.set_num_threads(3)
    done = []
    threads.run(for_each(done.append), 10)
    assert done == list(range(10))


def forked(queue):
    done = []
    threads.run(for_each(done.append), 50)
    queue.put(sorted(done) == list(range(50)))


@pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="this system cannot fork"
)
def test_a_forked_process_starts_threads_of_its_own():
    threads.set_num_threads(2)
    assert_that_threads_work_at_the_same_time(2)
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
        (2.5, TypeError, "the number of threads must be a whole number, not 2.5"),
        (True, TypeError, "the number of threads must be a whole number, not True"),
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


@pytest.mark.parametrize("hidden", [1, 33, 128])
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
