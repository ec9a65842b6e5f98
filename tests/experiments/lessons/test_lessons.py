"""The lessons: they run from top to bottom, solved or not, and their checks know which it is."""

import contextlib
import functools
import io
import itertools
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from experiments.lessons import solutions_1_to_4, solutions_5_to_8, solutions_9_to_10

FOLDER = Path(solutions_1_to_4.__file__).parent
LESSONS = sorted(FOLDER.glob("*.ipynb"), key=lambda path: int(path.stem.partition("-")[0]))
LONG = LESSONS[5:9]  # they measure and train; `tests/slow` runs them
SHORT = [path for path in LESSONS if path not in LONG]
FIRST = FOLDER.parent / "results" / "first_edition"  # of the study
VERDICTS = {False: "not solved yet.", True: "right."}  # unsolved, solved
SOLUTIONS = vars(solutions_1_to_4) | vars(solutions_5_to_8) | vars(solutions_9_to_10)


def cells(path, tag=None):
    """The code cells, or those with the tag."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    found = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return [cell for cell in found if tag is None or tag in tags(cell)]


def tags(cell):
    return cell["metadata"].get("tags", [])


def source(cell):
    return "".join(cell["source"])


def verdicts(path, solved):
    """What the check cells print."""
    return run(path, solved)[0]


@functools.cache
def run(path, solved):
    """Run all; what the check cells print, and all names. Solved, exercises get their solutions."""
    namespace, printed = {"__name__": "__main__"}, []
    for cell in cells(path):
        with contextlib.redirect_stdout(io.StringIO()) as output:
            before = dict(namespace)
            exec(source(cell), namespace)
        close_pictures()
        if cell in cells(path, "exercise") and solved:
            answers = [name for name in namespace if namespace[name] is not before.get(name)]
            namespace |= {name: SOLUTIONS[name] for name in answers if name[0] != "_"}
        if cell in cells(path, "check"):
            printed.append(output.getvalue().strip())
    return printed, namespace


def close_pictures():
    """As a notebook does at the end of a cell."""
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def require_verdicts(path, solved):
    """Every exercise of the lesson, in order, knows whether it is solved."""
    numbers = range(1, len(cells(path, "check")) + 1)
    lesson = path.stem.partition("-")[0]
    expected = [f"Exercise {lesson}.{number}: {VERDICTS[solved]}" for number in numbers]
    assert verdicts(path, solved) == expected


def test_there_are_ten_lessons_in_order():
    assert [int(path.stem.partition("-")[0]) for path in LESSONS] == [*range(1, 11)]


@pytest.mark.parametrize("path", SHORT, ids=lambda path: path.stem)
@pytest.mark.parametrize("solved", VERDICTS)
def test_a_lesson_runs_from_top_to_bottom_and_knows_whether_it_is_solved(path, solved):
    require_verdicts(path, solved)


@pytest.mark.parametrize("path", LONG, ids=lambda path: path.stem)
def test_what_a_long_lesson_imports_is_there(path):
    imports = source(cells(path)[0]).split("\n\nset_num_threads")[0]
    exec(imports, {"__name__": "__main__"})


@pytest.mark.parametrize(("seconds", "busy"), [((1, 1, 1.9), False), ((1, 2.1, 2.1), True)])
def test_the_stopwatch_of_lesson_6_says_when_most_rounds_were_interrupted(seconds, busy, capsys):
    ticks = [0, *itertools.chain.from_iterable((0, took, 0) for took in seconds)]
    clock = itertools.accumulate(ticks)
    (cell,) = [source(cell) for cell in cells(LESSONS[5]) if "def medians" in source(cell)]
    names = {"np": np, "time": SimpleNamespace(perf_counter=lambda: next(clock))}
    exec(cell, names)
    assert names["medians"]((), rounds=3, patience=99, a=lambda: None) == {
        "a": 1000 * np.median(seconds)
    }
    assert ("busy: half the rounds of a" in capsys.readouterr().out) is busy


def test_lesson_10_shows_the_wrong_line_and_leaves_the_right_one_to_its_first_exercise(capsys):
    namespace = {}
    for cell in itertools.takewhile(lambda cell: "exercise" not in tags(cell), cells(LESSONS[9])):
        exec(source(cell), namespace)
    printed = capsys.readouterr().out
    assert "sigmoid(i) * (1 - sigmoid(i))" in printed
    assert "i * (1 - i)" not in printed


def test_lesson_6_says_so_if_numpy_was_there_before_its_threads_were_set(monkeypatch, capsys):
    for library in ("OPENBLAS", "MKL", "OMP"):
        monkeypatch.setenv(f"{library}_NUM_THREADS", "2")
    first = source(cells(LESSONS[5])[0])
    exec(first)
    assert "restart the kernel" in capsys.readouterr().out
    exec(first)
    assert capsys.readouterr().out == ""


def test_a_lesson_has_three_exercises_at_least_each_followed_by_its_check():
    for path in LESSONS:
        ids = [cell["id"] for cell in cells(path)]
        for cell in cells(path, "exercise"):
            assert ids[ids.index(cell["id"]) + 1] == cell["id"].replace("exercise", "check")
        assert len(cells(path, "check")) >= 3, path


def test_a_lesson_is_kept_without_outputs_and_its_code_is_no_wider_than_a_page():
    for cell in itertools.chain(*map(cells, LESSONS)):
        assert not cell["outputs"], cell
        assert not cell["execution_count"], cell
        assert max(map(len, source(cell).splitlines())) <= 100, cell


def test_the_networks_that_lesson_8_puzzles_over_are_those_of_the_record():
    text = " ".join(source(cell) for cell in json.loads(LESSONS[7].read_text("utf-8"))["cells"])
    record = pd.read_csv(FIRST / "results.csv").query("recipe == 'paper' and split == 'stores'")
    left_on = pd.read_csv(FIRST / "dropout_left_on.csv").sort_values("seed")
    for units in (16, 32):
        for dropout in (0.0, 0.2):
            networks = record[(record.units == units) & (record.dropout == dropout)]
            mape = [f"{value:.2f}" for value in networks.sort_values("seed").mape]
            assert ", ".join(mape) in text.replace("*", ""), (units, dropout)
        mape = [f"{value:.2f}" for value in left_on[left_on.units == units].dropout_on_mape]
        assert ", ".join(mape) in text, units


def test_lesson_8_reads_the_record_of_the_study(capsys):
    """Its table has a line for each size that was trained by the paper's protocol."""
    (cell,) = [source(cell) for cell in cells(LESSONS[7]) if "dropout_on_mape" in source(cell)]
    exec(source(cells(LESSONS[7])[0]).split("\n\nset_num_threads")[0] + "\n" + cell, {})
    record = pd.read_csv(FOLDER.parent / "results" / "results.csv")
    protocol = record.query("title == 'paper, dropout 0.2' and split == 'stores'")
    lines = capsys.readouterr().out.splitlines()[2:]
    assert [int(line.split()[0]) for line in lines] == sorted(set(protocol.units))
