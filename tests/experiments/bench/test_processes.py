"""A contender in a process of its own: it runs only while it is called, and ends when told."""

import multiprocessing
import os
import signal
import time

import pytest

from experiments.bench.contenders import NumPy
from experiments.bench.processes import Child, ContenderError, Host, in_turn


class Speaker(NumPy):
    """Tells what it finds in its process."""

    @staticmethod
    def start(threads):
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else threads
        return f"{threads} {cores} {os.environ.get('TINY')}"


class Failing(NumPy):
    @staticmethod
    def start(threads):
        raise ImportError("no such library")


class Leaving(NumPy):
    def predict(self, x):
        os._exit(1)


@pytest.fixture
def begin():
    children = []

    def make(contender, threads=1, **environment):
        children.append(Child("it", contender, threads, environment))
        return children[-1]

    yield make
    for child in children:
        child.end()


def test_a_child_has_its_threads_cores_and_environment_and_its_parent_keeps_its_own(begin):
    before = dict(os.environ)
    child = begin(Speaker, TINY="small")
    assert (child.version, child.tasks) == ("1 1 small", NumPy.tasks)
    assert dict(os.environ) == before


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="how Linux tells the state")
def test_a_child_is_stopped_while_it_is_not_called(begin):
    child = begin(Speaker)

    def is_stopped():
        with open(f"/proc/{child.process.pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] == "T"

    for _ in range(2):
        deadline = time.monotonic() + 60
        while not is_stopped():
            assert time.monotonic() < deadline
        assert child.call("describe") == (child.version, child.tasks)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no such signals")
def test_a_stopped_child_ends_at_once(begin):
    child = begin(Speaker)
    child.end()
    assert child.process.exitcode == -signal.SIGKILL


def test_what_fails_in_a_child_is_named(begin, weights, data):
    with pytest.raises(ContenderError, match="it failed: ImportError: no such library"):
        begin(Failing)
    assert not multiprocessing.active_children()
    child = begin(Leaving)
    with pytest.raises(ContenderError, match="it failed: its process ended"):
        child.call("work", weights, [(data[0][:1], data[1][:1])])


def test_arguments_take_turns():
    log = []
    step = in_turn(log.append, [(1,), (2,)])
    for _ in range(3):
        step()
    assert log == [1, 2, 1]


def test_a_slot_of_no_length_is_one_step(weights):
    host, log = Host(NumPy, 1), []
    host.step = lambda: log.append(1)
    slot = host.slot(0.0)
    assert (len(log), slot.seconds > 0) == (1, True)


def test_a_slot_has_its_time_and_warms_up_first(weights):
    host, log = Host(NumPy, 1), []
    host.step = lambda: (log.append(1), time.sleep(0.001))
    slot = host.slot(0.05)
    assert 0.001 <= slot.seconds <= 0.05
    assert len(log) >= 2
