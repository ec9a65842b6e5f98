"""The first lessons need no Numba: they run in a browser too."""

from tests.without_numba import NOTICE, run_without_numba

LESSONS = """
from tests.experiments.lessons.test_lessons import SHORT, verdicts
for path in SHORT:
    print(*verdicts(path, solved=True), sep="\\n")
"""


def test_lessons_1_to_5_and_10_run_and_their_solutions_are_right(tmp_path):
    done = run_without_numba(tmp_path, "-c", LESSONS)
    assert (done.returncode, done.stderr) == (0, NOTICE)
    verdicts = done.stdout.splitlines()
    assert len(verdicts) >= 15
    assert all(line.endswith("right.") for line in verdicts), verdicts
