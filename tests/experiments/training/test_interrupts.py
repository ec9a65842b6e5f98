"""Signals while processes start: raised at the end of that, and never lost."""

import os
import signal
import threading

import pytest

from experiments.training.interrupts import held_back
from tinylstm.interrupts import ENDING, Interrupted, check_interrupt, interrupts

posix = pytest.mark.skipif(
    not hasattr(signal, "pthread_sigmask"), reason="this system has no such signals"
)


@posix
@pytest.mark.parametrize("number", ENDING, ids=str)
def test_what_comes_while_it_is_held_back_is_raised_at_the_end_of_the_block(number):
    reached = []

    def command():
        with interrupts(), held_back():
            os.kill(os.getpid(), number)
            reached.append(True)

    with pytest.raises(Interrupted):
        command()
    assert reached


def test_in_another_thread_the_start_of_processes_holds_nothing_back():
    errors = []

    def command():
        try:
            with interrupts(), held_back():
                check_interrupt()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=command)
    thread.start()
    thread.join()
    assert not errors
