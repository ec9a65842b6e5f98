"""What a sweep prints at its end, whatever the terminal."""

import shlex
import sys
from pathlib import Path

import pytest

from experiments.pages.run_text import next_commands, opening, run_text
from experiments.training.recipes import COLLAPSE, SHORT, TUNED
from tests.records import BAKERY, TREES, group, overview, run

SIMULATED = overview(data="simulated", is_simulated=True)
SIZES = {128: [12.5], 16: [12.6, 12.7], 1: [13.0, 13.4]}


def commands(text):
    """The commands of the end as a shell would take them."""
    return [shlex.split(line) for line in text.replace("\\\n", "").splitlines()[1:]]


@pytest.mark.parametrize("data", [None, "my shop's sales.csv"])
def test_the_commands_to_try_next_can_be_copied(data, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    of = BAKERY if data else SIMULATED
    groups = [group(SIZES, of=of)]
    sweep, trace = commands(next_commands(run(*groups, of=of), groups, Path("a run"), data))
    assert sweep == [
        *("python", "-m", "experiments.sweep", "--data", data or "YOUR.csv"),
        *(["--split", "time"] if data else []),
    ]
    assert trace[trace.index("--model") + 1].startswith("a run/models/lstm16-seed0-")
    assert trace[trace.index("--store") + 1] == "9"
    assert ("--data" in trace) == (data is not None)


def test_a_split_by_time_is_not_proposed_to_whom_has_it():
    of = overview(data="bakery.csv", split="time")
    groups = [group(SIZES, of=of)]
    (trace,) = commands(next_commands(run(*groups, of=of), groups, Path("out"), "bakery.csv"))
    assert trace[2] == "experiments.trace"


@pytest.mark.parametrize("columns", [80, 100])
def test_no_line_is_longer_than_the_terminal_is_wide(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    of = overview(*SIMULATED.references, TREES, data="simulated", is_simulated=True)
    groups = [group(SIZES, recipe=SHORT, of=of), group({16: [23.6]}, recipe=COLLAPSE, of=of)]
    text = run_text(run(*groups, of=of), groups, Path("runs/sweep"), None)
    lines = [*text.splitlines(), *opening(of, 23, "2 workers", 150).splitlines()]
    assert max(map(len, lines)) <= columns
    assert "16 units, dropout 0.2, seed 0: " in text


def test_networks_of_other_commands_in_the_folder_have_no_say():
    mine, other = group({8: [12.1] * 2}), group({1: [12.1] * 3}, recipe=TUNED)
    text = " ".join(run_text(run(mine, other), [mine], Path("out"), "train.csv").split())
    assert "2.6 KB are enough: 8 hidden units" in text
    assert "1 hidden unit" not in text
