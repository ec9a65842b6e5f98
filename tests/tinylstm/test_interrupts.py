"""Signals that ask a command to end: raised in the main thread, and never lost."""

import contextlib
import signal
import sys
import threading
import weakref

import pytest

from tinylstm.interrupts import ENDING, Interrupted, check_interrupt, interrupts, only_noted

with_hang_up = pytest.mark.skipif(
    not hasattr(signal, "SIGHUP"), reason="this system has no signal of a closed terminal"
)


class Anything:
    """Something that can be referred to weakly."""


@pytest.mark.parametrize("number", ENDING, ids=str)
def test_each_signal_raises_with_the_status_of_shells(number):
    with pytest.raises(Interrupted) as caught, interrupts():
        signal.raise_signal(number)
    assert caught.value.status == 128 + number


def test_the_handlers_are_left_as_they_were():
    before = [signal.getsignal(number) for number in ENDING]
    with interrupts():
        pass
    assert [signal.getsignal(number) for number in ENDING] == before


def swallow():
    """Receive a signal in a callback of the garbage collector, where Python drops exceptions."""
    thing = Anything()
    reference = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
    del thing
    return reference


def test_an_interrupt_that_python_drops_is_raised_when_it_is_asked_for(monkeypatch):
    complaints = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)

    def command():
        with interrupts():
            swallow()  # and goes on
            check_interrupt()
            pytest.fail("the interrupt was lost")

    with pytest.raises(Interrupted):
        command()
    assert not complaints


def test_an_interrupt_that_python_drops_at_the_very_end_is_raised_all_the_same():
    with pytest.raises(Interrupted), interrupts():
        swallow()


@with_hang_up
def test_a_second_signal_does_not_disturb_what_the_first_has_begun_to_tidy_up():
    tidied = []

    def command():
        with interrupts():
            try:
                signal.raise_signal(signal.SIGHUP)
            finally:
                signal.raise_signal(signal.SIGTERM)
                tidied.append(True)

    with pytest.raises(Interrupted) as caught:
        command()
    assert tidied
    assert caught.value.status == 129  # of the first


@with_hang_up
def test_a_signal_that_is_ignored_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as under nohup
    try:
        with interrupts():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", ENDING, ids=str)
def test_what_is_only_noted_is_raised_at_the_end_of_the_block(number):
    reached = []

    def command():
        with interrupts(), only_noted():
            signal.raise_signal(number)
            reached.append(True)

    with pytest.raises(Interrupted):
        command()
    assert reached


def test_an_interrupt_that_the_inner_of_two_blocks_has_answered_is_not_raised_again():
    with interrupts():
        with pytest.raises(Interrupted), interrupts():
            signal.raise_signal(signal.SIGTERM)
        check_interrupt()


@with_hang_up
def test_after_the_inner_of_two_blocks_a_second_signal_does_not_disturb_the_tidying():
    with interrupts():
        with pytest.raises(Interrupted), interrupts():
            signal.raise_signal(signal.SIGHUP)
        signal.raise_signal(signal.SIGTERM)
        check_interrupt()


def test_an_interrupt_that_python_dropped_before_an_inner_block_is_raised_as_it_begins():
    reached = []

    def command():
        with interrupts():
            swallow()
            with interrupts():
                reached.append(True)

    with pytest.raises(Interrupted):
        command()
    assert not reached


def test_in_another_thread_nothing_happens():
    errors = []

    def command():
        try:
            with interrupts():
                check_interrupt()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=command)
    thread.start()
    thread.join()
    assert not errors


def test_a_signal_that_is_noted_around_an_inner_block_is_raised_at_the_end_of_the_outer():
    def command():
        with interrupts(), only_noted(), interrupts():
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(Interrupted):
        command()


def test_an_interrupt_that_gives_way_to_another_error_is_raised_at_the_end_of_the_outer_block():
    def command():
        with interrupts(), contextlib.suppress(KeyError), interrupts():
            swallow()
            raise KeyError

    with pytest.raises(Interrupted):
        command()


def test_the_end_of_an_inner_hold_does_not_end_the_outer_one():
    reached = []

    def command():
        with interrupts(), only_noted():
            with only_noted():
                signal.raise_signal(signal.SIGTERM)
            reached.append(True)

    with pytest.raises(Interrupted):
        command()
    assert reached


def test_a_hold_in_another_thread_holds_nothing_back():
    errors = []

    def hold():
        with only_noted():
            held.set()
            over.wait(60)

    def command():
        try:
            with interrupts():
                signal.raise_signal(signal.SIGTERM)
        except Interrupted as error:
            errors.append(error)

    held, over = threading.Event(), threading.Event()
    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(60)
    command()
    over.set()
    thread.join()
    assert len(errors) == 1


def test_after_all_blocks_nothing_of_a_signal_is_left():
    with pytest.raises(Interrupted), interrupts():
        signal.raise_signal(signal.SIGTERM)
    with interrupts():
        check_interrupt()
