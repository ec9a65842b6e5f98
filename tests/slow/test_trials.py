"""A few of the trials of `python -m tests.slow.trials`, none of which may end badly."""

import os

import pytest

from tests.slow.trials import BAD, Tally, table
from tests.slow.trials.abuse import abuse
from tests.slow.trials.commands import kills, limits
from tests.slow.trials.shapes import INSTRUCTION_SETS, shapes_on

pytestmark = pytest.mark.long
posix = pytest.mark.skipif(os.name != "posix", reason="has signals and limits of POSIX")


def test_odd_arguments_get_a_sentence_and_harm_nothing():
    assert abuse(1000, seed=1).examples == []


@pytest.mark.parametrize("instruction_set", INSTRUCTION_SETS)
def test_kernels_agree_with_numpy_on_any_shape_and_instruction_set(instruction_set):
    assert shapes_on(instruction_set, 60).examples == []


@posix
def test_a_limit_of_the_system_ends_in_a_sentence():
    assert limits(3).examples == []


@posix
def test_what_was_killed_goes_on_to_the_same_weights():
    assert kills(2).examples == []


def test_the_table_counts_what_came_out():
    tally = Tally()
    tally.add("right")
    tally.add("crash", "status -11")
    assert table({"area": tally}).splitlines()[1].split() == ["area", "2", *"1000100"]
    assert tally.examples == ["crash: status -11"]
    assert "crash" in BAD
