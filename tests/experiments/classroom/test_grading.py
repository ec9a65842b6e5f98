"""Autograders and what students get, without otter; `tests/slow/test_otter.py` has the real one."""

import ast
import json
import sys
import types
import zipfile

import pytest

from experiments.classroom import asked, autograder, grading, tools
from experiments.classroom.autograder import autograder_files
from experiments.classroom.handout import TOP, graded, handout_files
from experiments.classroom.notebooks import FOLDER, Lesson, has_tag, read_lessons, source
from experiments.classroom.programs import write_zip
from experiments.classroom.tools import ToolError
from experiments.classroom.verdict import require_right
from experiments.lessons import checks_4, checks_9, solutions_9_to_10
from experiments.lessons.exercise import exercise
from tests.experiments.classroom.handed_in import answered_by
from tests.experiments.lessons.test_lessons import SOLUTIONS

LESSONS = read_lessons()
TESTS = [(lesson, question) for lesson in LESSONS for question in lesson.questions]
HANDOUT = handout_files(LESSONS)


@pytest.fixture
def score(monkeypatch):
    """What a test of an autograder makes of answers: None, or why they are not right."""
    files = types.ModuleType("otter.test_files")
    files.test_case = lambda name: lambda test: test
    monkeypatch.setitem(sys.modules, "otter", types.ModuleType("otter"))
    monkeypatch.setitem(sys.modules, "otter.test_files", files)

    def scored(lesson, question, answers):
        names = {}
        exec(autograder.test(lesson, question), names)
        try:
            names["is_right"](*[answers.get(name) for name in question.answers])
        except AssertionError as error:
            return str(error)
        return None

    return scored


def its_own(answer):
    """A solution as if a notebook had it."""
    if callable(answer):
        return types.FunctionType(answer.__code__, answer.__globals__ | {"__name__": "__main__"})
    return answer


@pytest.mark.parametrize(("lesson", "question"), TESTS, ids=lambda each: each.name)
def test_a_question_is_right_with_its_solution_and_open_without_an_answer(score, lesson, question):
    given = {cell["id"] for cell in lesson.notebook["cells"] if has_tag(cell, "exercise")}
    answers = {name: its_own(SOLUTIONS[name]) for name in question.answers if name in SOLUTIONS}
    if question.name in given:  # others are about what the notebook itself has
        assert score(lesson, question, answers) is None
    assert "not solved yet" in score(lesson, question, {})


def test_a_wrong_answer_comes_back_with_its_hint(score):
    question = LESSONS[0].questions[0]
    assert "That is c_1 for x = 1" in score(LESSONS[0], question, {"c_1": 0.6})


def test_the_lessons_own_answer_earns_nothing():
    """Lesson 9 goes on with it while there is no other."""
    bits = checks_9.yours(checks_9.bits, None)
    assert bits is solutions_9_to_10.bits
    with pytest.raises(AssertionError, match="not solved yet"):
        require_right(lambda: checks_9.bits(bits), bits)


def test_what_an_answer_prints_is_no_verdict():
    @exercise("0.1")
    def check(answer):
        answer()
        raise ValueError

    with pytest.raises(AssertionError, match=r"Exercise 0\.1: not yet"):
        require_right(lambda: check(lambda: print("Exercise 0.1: right.")))


def test_every_check_cell_is_a_test_and_names_it():
    for lesson in LESSONS:
        cells = [cell for cell in graded(lesson)["cells"] if has_tag(cell, "check")]
        named = [cell["metadata"]["otter"]["tests"] for cell in cells]
        tests = [name for name in autograder_files(lesson, {}) if name.startswith("tests/")]
        assert [f"tests/{name}.py" for (name,) in named] == tests


def test_an_autograder_has_the_checks_and_what_they_need():
    files = autograder_files(LESSONS[8], {"setup.sh": b"frame"})
    assert files["setup.sh"] == b"frame"
    for name in ("checks_9.py", "solutions_9_to_10.py", "tales.py"):
        assert files[f"files/experiments/lessons/{name}"] == (FOLDER / name).read_bytes()
    assert "files/experiments/classroom/verdict.py" in files
    assert json.loads(files["otter_config.json"])["show_all_public"]


def test_students_get_no_solution_and_no_check():
    modules = {name for name in HANDOUT if name.startswith(f"{TOP}experiments/lessons/")}
    stand_ins = {name for name in modules if "checks_" in name}
    assert len(stand_ins) == len(list(FOLDER.glob("checks_*.py"))) >= 3
    assert not [name for name in HANDOUT if "solutions" in name or "tests/" in name]
    for name in stand_ins:
        statements = ast.parse(HANDOUT[name]).body[2:]  # below the docstring and the import
        assert {ast.unparse(statement.value.func) for statement in statements} == {"asked"}, name


def test_students_get_no_number_or_name_that_is_an_answer():
    told = b"".join(
        HANDOUT[name] for name in HANDOUT if "/lessons/" in name or "/classroom/" in name
    )
    assert b"bias-averaged" not in told
    assert b"head.b" not in told


def test_exercises_in_what_students_get_are_open_and_nothing_has_run():
    for lesson in LESSONS:
        theirs = json.loads(HANDOUT[f"{TOP}{lesson.path.name}"])
        ours = {cell["id"]: cell for cell in lesson.notebook["cells"]}
        for cell in theirs["cells"]:
            assert not cell.get("outputs")
            if has_tag(cell, "exercise"):
                assert source(cell) == source(ours[cell["id"]])
                namespace = {}
                exec(source(cell), namespace)
                assert all(asked.is_open(namespace[name]) for name in answered_by(cell)), cell


def test_the_stand_ins_have_every_name_that_the_notebooks_call(monkeypatch):
    for lesson in LESSONS:
        namespace = {}
        exec(HANDOUT[f"{TOP}experiments/lessons/{lesson.checks}.py"], namespace)
        for cell in lesson.notebook["cells"]:
            tree = ast.parse(source(cell)) if cell["cell_type"] == "code" else ast.Module([])
            for node in ast.walk(tree):
                if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "checks":
                    assert node.attr in namespace, (lesson.name, node.attr)


@pytest.mark.parametrize(
    ("answer", "is_open"),
    [
        (None, True),
        (..., True),
        (lambda x: None, True),
        (lambda x: x, False),
        (lambda x: 7, False),
        (0, False),
        ("D", False),
        (solutions_9_to_10.bits, False),
    ],
)
def test_a_student_hears_whether_there_is_an_answer_and_no_more(answer, is_open, capsys):
    asked.asked("9.1")(answer)
    told = capsys.readouterr().out
    assert told.startswith(f"Exercise 9.1: {'not solved yet.' if is_open else 'answered.'}")


def test_the_mystery_is_the_one_of_the_checks():
    assert asked.mystery() == checks_4.mystery()


def test_where_a_lesson_builds_on_an_answer_its_lack_is_said():
    with pytest.raises(ValueError, match="not solved yet"):
        asked.yours(checks_9.bits, lambda p: ...)
    assert asked.yours(checks_9.bits, len) is len


def test_the_same_files_make_the_same_archive(tmp_path):
    for name in ("a.zip", "b.zip"):
        write_zip(tmp_path / name, {"y": b"2", "x": b"1"})
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_a_cell_that_is_no_call_of_a_check_is_refused(tmp_path):
    path = tmp_path / "1-x.ipynb"
    cell = {
        "cell_type": "code",
        "id": "check-1-1",
        "metadata": {"tags": ["check"]},
        "source": "x=1",
    }
    path.write_text(json.dumps({"cells": [cell]}))
    with pytest.raises(ValueError, match="check-1-1 is not one call of a check"):
        Lesson(path).questions  # noqa: B018 (it is computed)


def test_the_command_writes_an_archive_for_each_lesson_and_one_for_students(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(grading, "otter_frame", lambda: {"setup.sh": b""})
    assert grading.main(["--lessons", "1", "3", "--out", str(tmp_path)]) == 0
    names = sorted(path.name for path in (tmp_path / "autograders").iterdir())
    assert names == ["1-one-step.zip", "3-backpropagation.zip"]
    with zipfile.ZipFile(tmp_path / "students.zip") as archive:
        notebooks = [name for name in archive.namelist() if name.endswith(".ipynb")]
    assert notebooks == [f"{TOP}1-one-step.ipynb", f"{TOP}3-backpropagation.ipynb"]
    assert "3-backpropagation.zip: 4 points" in capsys.readouterr().out


def test_without_otter_a_sentence_says_how_to_install_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(autograder, "find_spec", lambda name: None)
    assert grading.main(["--out", str(tmp_path / "new")]) == 2
    assert "[classroom]" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_refusal_of_otter_is_told(monkeypatch):
    monkeypatch.setattr(autograder, "find_spec", lambda name: name)
    monkeypatch.setattr(
        tools.subprocess,
        "run",
        lambda *command, **options: types.SimpleNamespace(returncode=1, stderr="no\nbecause\n"),
    )
    with pytest.raises(ToolError, match="otter generate failed: because"):
        autograder.otter_frame()
