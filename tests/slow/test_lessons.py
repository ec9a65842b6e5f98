"""Lessons 6 to 9, which measure and train: they run from top to bottom, solved or not."""

import os

import numpy as np
import pytest

from tests.experiments.lessons.test_lessons import LONG, VERDICTS, require_verdicts, run
from tinylstm.kernels import get_num_threads, set_num_threads


@pytest.fixture(autouse=True)
def settings():
    """A lesson may set the number of threads, for itself."""
    threads, environment = get_num_threads(), dict(os.environ)
    yield
    set_num_threads(threads)
    os.environ.clear()
    os.environ.update(environment)


@pytest.mark.parametrize("path", LONG, ids=lambda path: path.stem)
@pytest.mark.parametrize("solved", VERDICTS)
def test_a_lesson_runs_from_top_to_bottom_and_knows_whether_it_is_solved(path, solved):
    require_verdicts(path, solved)


def test_the_network_that_writes_passes_every_table_and_has_a_unit_that_knows_of_quotes():
    _, names = run(LONG[-1], solved=True)
    learnt, tables = names["learnt"]["bits"], names["tables"]
    assert names["test_floor"] < learnt[-1] < tables["trigrams"] < tables["bigrams"]
    assert learnt[-1] < 1.1 * names["test_floor"]
    assert np.mean(names["says_open"] == names["inside"]) > 0.85 > 1 - names["inside"].mean()
