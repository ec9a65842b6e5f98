"""The stopwatch on a machine with other programs: turns, rounds that count, medians."""

import itertools
import math
from pathlib import Path

from experiments.bench import stopwatch
from experiments.bench.processes import Slot
from experiments.bench.stopwatch import Range, interleave, range_of, work

MACHINE_SECONDS = stopwatch.machine_seconds


def slots(clock, log, takes):
    """Contenders whose slots take so many seconds of the clock and of the processor."""

    def slot(name):
        log.append(name)
        seconds = next(takes[name])
        clock.sleep(seconds)
        return Slot(seconds, seconds)

    return {name: lambda name=name: slot(name) for name in takes}


def test_contenders_take_turns_in_an_order_that_rotates(clock):
    log = []
    takes = {name: itertools.count(1) for name in "abc"}
    seconds, _ = interleave(slots(clock, log, takes), rounds=3)
    assert "".join(log) == "abc" + "bca" + "cab"
    assert {name: times.tolist() for name, times in seconds.items()} == {
        name: [1, 2, 3] for name in "abc"
    }


def test_rounds_that_others_disturb_are_measured_again(clock, monkeypatch):
    # Processor seconds of all others before and after a round: the contender's are among them.
    used = itertools.chain([0, 14, 14, 15, 15, 29], itertools.count(29))
    monkeypatch.setattr(stopwatch, "machine_seconds", lambda: next(used))
    takes = {"a": iter([5, 1, 5, 1, 1])}
    seconds, others = interleave(slots(clock, [], takes), rounds=3)
    assert seconds["a"].tolist() == [1, 1, 1]
    assert others == 0


def test_on_a_machine_that_is_never_quiet_it_ends_and_says_so(clock, monkeypatch):
    used = itertools.count(step=5)
    monkeypatch.setattr(stopwatch, "machine_seconds", lambda: next(used))
    log = []
    seconds, others = interleave(slots(clock, log, {"a": itertools.repeat(1)}), rounds=2)
    assert len(log) == 2 * stopwatch.TRIES
    assert len(seconds["a"]) == 2
    assert others > stopwatch.QUIET


def test_where_other_load_cannot_be_seen_the_first_rounds_count_and_the_share_is_unknown(
    clock, monkeypatch
):
    monkeypatch.setattr(stopwatch, "Path", lambda path: Path("no such file"))
    monkeypatch.setattr(stopwatch, "machine_seconds", MACHINE_SECONDS)
    seconds, others = interleave(slots(clock, [], {"a": itertools.count(1)}), rounds=3)
    assert seconds["a"].tolist() == [1, 2, 3]
    assert math.isnan(others)


def test_patience_ends_after_a_few_rounds(clock, monkeypatch):
    used = itertools.count(step=1000)
    monkeypatch.setattr(stopwatch, "machine_seconds", lambda: next(used))
    takes = {"a": itertools.repeat(stopwatch.PATIENCE_SECONDS)}
    seconds, _ = interleave(slots(clock, [], takes), rounds=99)
    assert len(seconds["a"]) == stopwatch.FEW_ROUNDS


def test_the_work_of_a_step_is_counted_product_by_product():
    B, T, D, H = 64, 30, 7, 16
    one_step = 2 * B * D * 4 * H + 2 * B * H * 4 * H  # x W and h U
    assert work("predict", B, H) == T * one_step
    assert work("train", B, H) == 3 * T * one_step


def test_a_range_is_the_least_the_median_and_the_greatest():
    assert range_of([3.0, 1.0, 2.5]) == Range(low=1, median=2.5, high=3)
