"""The lessons: they run from top to bottom, solved or not, and their checks know which it is."""

import contextlib
import functools
import io
import json
import os
from pathlib import Path

import numpy as np
import pytest

from experiments.lessons import checks, solutions, solutions_study

LESSONS = sorted(Path(checks.__file__).parent.glob("*.ipynb"))
SOLUTIONS = vars(solutions) | vars(solutions_study)
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def cells(path, tag=None):
    """The code cells, or those with the tag."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    found = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return [cell for cell in found if tag is None or tag in cell["metadata"].get("tags", [])]


def source(cell):
    return "".join(cell["source"])


@pytest.fixture(autouse=True)
def settings():
    """A lesson may set the number of threads, for itself."""
    from tinylstm.kernels import get_num_threads, set_num_threads  # the lessons may lack Numba

    threads, environment = get_num_threads(), dict(os.environ)
    yield
    set_num_threads(threads)
    os.environ.clear()
    os.environ.update(environment)


@functools.cache
def verdicts(path, solved):
    """Run all; what the check cells print. If solved, each exercise gets its solution."""
    namespace, printed = {"__name__": "__main__"}, []
    for cell in cells(path):
        with contextlib.redirect_stdout(io.StringIO()) as output:
            before = dict(namespace)
            exec(source(cell), namespace)
        if cell in cells(path, "exercise") and solved:
            answers = [name for name in namespace if namespace[name] is not before.get(name)]
            namespace |= {name: SOLUTIONS[name] for name in answers if name[0] != "_"}
        if cell in cells(path, "check"):
            printed.append(output.getvalue().strip())
    return printed


def test_there_are_eight_lessons_in_order():
    assert [path.stem[:2] for path in LESSONS] == [f"{number}-" for number in range(1, 9)]


@every_lesson
def test_a_lesson_runs_from_top_to_bottom_unsolved_and_says_so(path):
    printed = verdicts(path, solved=False)
    assert len(printed) >= 3
    assert all(line.endswith("not solved yet.") for line in printed), printed


@every_lesson
def test_a_lesson_with_its_solutions_is_right(path):
    printed = verdicts(path, solved=True)
    assert all(line.endswith("right.") for line in printed), printed


@every_lesson
def test_exercises_are_numbered_by_their_lesson_in_order(path):
    number = path.stem[0]
    numbers = [line.split()[1].strip(":") for line in verdicts(path, solved=False)]
    assert numbers == [f"{number}.{k}" for k in range(1, len(numbers) + 1)]


@every_lesson
def test_every_exercise_is_followed_by_its_check(path):
    ids = [cell["id"] for cell in cells(path)]
    for cell in cells(path, "exercise"):
        assert ids[ids.index(cell["id"]) + 1] == cell["id"].replace("exercise", "check")


@every_lesson
def test_a_lesson_is_kept_without_outputs(path):
    assert all(not cell["outputs"] and not cell["execution_count"] for cell in cells(path))


@every_lesson
def test_no_line_of_code_is_wider_than_a_page(path):
    assert max(len(line) for cell in cells(path) for line in source(cell).splitlines()) <= 100


@pytest.mark.parametrize(
    ("check", "wrong", "hint"),
    [
        (checks.memory_after_one_step, 0.6, "every z changes its sign"),
        (checks.cell, lambda z, c_prev: (c_prev, c_prev), "what the forget gate keeps"),
        (checks.forget_bias, 0.9, "for which a"),
        (checks.whole_sequence, lambda x, W, U, b: np.zeros((4, 5, 3)), "of the step before"),
        (checks.half_life, lambda f: 1 / f, "take logs"),
        (checks.adding_up, [0, 0, 0, 0], "nearly 1"),
        (checks.adding_up, [10, 10], "Four numbers"),
        (checks.forget_gate_backward, lambda dc_t, c_prev, f: dc_t * c_prev * f, "σ'"),
        (checks.cell_backward, lambda dc_next, dh_t, o, c_t: dh_t * o, "Two ways"),
        (checks.messages, lambda dz, dc_t, f, U: (dz @ U.T, dc_t), "times f_t"),
        (checks.messages, lambda dz, dc_t, f, U: (dz, dc_t), "The shape should be (2, 3)"),
        (checks.whole_backward, lambda dh, tape: {"W": tape.W}, "The gradient of W"),
        (checks.central_difference, lambda L, θ, ε: (L(θ + ε) - L(θ)) / ε, "to each side"),
        (checks.good_epsilon, 1e-12, "smallest"),
        (checks.mystery_bug, "gates-swapped", "Which single array"),
        (checks.mystery_bug, "no such bug", "no bug is called"),
    ],
)
def test_a_wrong_answer_gets_a_hint(capsys, check, wrong, hint):
    check(wrong)
    printed = capsys.readouterr().out
    assert "not yet. " in printed
    assert hint in printed


@pytest.mark.parametrize("answer", [None, ..., lambda *arrays: None, lambda *arrays: ...])
def test_an_answer_that_is_not_there_is_not_called_wrong(capsys, answer):
    checks.forget_gate_backward(answer)
    assert capsys.readouterr().out == "Exercise 3.1: not solved yet.\n"


def test_an_answer_that_fails_is_told_apart_from_the_lesson(capsys):
    checks.half_life(lambda f: f / 0)
    assert "Your code raised ZeroDivisionError" in capsys.readouterr().out
