"""Lessons 6 to 9, which measure and train: they run from top to bottom, solved or not."""

import os

import pytest

from tests.experiments.lessons.test_lessons import LONG, VERDICTS, require_verdicts
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
