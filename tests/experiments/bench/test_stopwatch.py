"""The stopwatch on a machine with other programs: turns, rounds that count, medians."""

import itertools

import pytest

from experiments.bench import stopwatch
from experiments.bench.stopwatch import Quartiles, interleave, quartiles, seconds_per_step, work


def test_contenders_take_turns_in_an_order_that_rotates(clock):
    log = []
    steps = {name: lambda name=name: (log.append(name), clock.sleep(1)) for name in "abc"}
    seconds, _ = interleave(steps, {"a": 1, "b": 1, "c": 2}, rounds=3, pause_seconds=0)
    assert "".join(log) == "abcc" + "bcca" + "ccab"
    assert {name: len(times) for name, times in seconds.items()} == {"a": 3, "b": 3, "c": 3}


def test_rounds_that_others_disturb_are_measured_again(clock, monkeypatch):
    used = itertools.chain([0, 9, 9, 9, 9, 18], itertools.repeat(18))  # before and after a round
    monkeypatch.setattr(stopwatch, "others_seconds", lambda: next(used))
    takes = iter([5, 1, 5, 1, 1])
    steps = {"a": lambda: clock.sleep(next(takes))}
    seconds, others = interleave(steps, {"a": 1}, rounds=3, pause_seconds=0)
    assert seconds["a"].tolist() == [1, 1, 1]
    assert others == 0


def test_on_a_machine_that_is_never_quiet_it_ends_and_says_so(clock, monkeypatch):
    used = itertools.count(step=5)
    monkeypatch.setattr(stopwatch, "others_seconds", lambda: next(used))
    log = []
    steps = {"a": lambda: (log.append(1), clock.sleep(1))}
    seconds, others = interleave(steps, {"a": 1}, 2, pause_seconds=0)
    assert len(log) == 2 * stopwatch.TRIES
    assert len(seconds["a"]) == 2
    assert others > stopwatch.QUIET


def test_patience_ends_after_a_few_rounds(clock, monkeypatch):
    used = itertools.count(step=5)
    monkeypatch.setattr(stopwatch, "others_seconds", lambda: next(used))
    steps = {"a": lambda: clock.sleep(stopwatch.PATIENCE_SECONDS)}
    seconds, _ = interleave(steps, {"a": 1}, rounds=99, pause_seconds=0)
    assert len(seconds["a"]) == stopwatch.FEW_ROUNDS


def test_a_pause_is_no_part_of_the_time_of_a_step(clock):
    seconds, _ = interleave({"a": lambda: clock.sleep(1)}, {"a": 2}, rounds=1, pause_seconds=7)
    assert seconds["a"].tolist() == [1]


def test_one_slow_step_in_a_round_is_not_its_time(clock):
    takes = iter([9, 1, 1, 1, 1])
    assert seconds_per_step(lambda: clock.sleep(next(takes)), 5) == 1


def test_the_work_of_a_step_is_counted_product_by_product():
    B, T, D, H = 64, 30, 7, 16
    one_step = 2 * B * D * 4 * H + 2 * B * H * 4 * H  # x W and h U
    assert work("predict", B, H) == T * one_step
    assert work("train", B, H) == 3 * T * one_step


def test_quartiles_are_in_order():
    assert quartiles([3.0, 1.0, 2.0]) == Quartiles(low=1.5, median=2.0, high=2.5)


def test_the_peak_is_that_of_the_fastest_product(monkeypatch):
    seconds = {1000: [1.0, 0.5], 2000: [2.0, 4.0]}  # of 2 and of 16 billion operations
    monkeypatch.setattr(stopwatch, "product_seconds", lambda n, with_torch: iter(seconds[n]))
    assert stopwatch.sgemm_peak(seconds, with_torch=True) == pytest.approx(8)
