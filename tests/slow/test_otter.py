"""What otter-grader makes of notebooks that are handed in; it runs where it is installed."""

import zipfile
from fractions import Fraction

import pytest

from experiments.classroom import grading
from experiments.classroom.handout import graded
from experiments.classroom.notebooks import has_tag, markdown, read_lessons
from tests.experiments.classroom.handed_in import saved, solved, without_metadata

pytest.importorskip("otter", reason="otter-grader is not installed")
pytest.importorskip("ipykernel", reason="ipykernel, which runs what is handed in, is not installed")
pytestmark = pytest.mark.long
LESSONS = {lesson.name: lesson for lesson in read_lessons()}
QUICK = [name for name, lesson in LESSONS.items() if lesson.number not in (6, 7, 8, 9)]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of all archives."""
    folder = tmp_path_factory.mktemp("classroom")
    assert grading.main(["--out", str(folder)]) == 0
    return folder


@pytest.fixture
def grade(made, tmp_path):
    """Hand in a notebook of a lesson: its points, by question, and all that is possible."""
    from otter.run import main as run

    def graded_points(lesson, notebook):
        path = saved(notebook, tmp_path, lesson.name)
        archive = made / "autograders" / f"{lesson.name}.zip"
        results = run(str(path), autograder=str(archive), output_dir=None, no_logo=True)
        assert not results.has_catastrophic_failure(), results.catastrophic_error
        return {name: result.score for name, result in results.results.items()}, results

    return graded_points


@pytest.mark.parametrize("name", LESSONS)
def test_a_solved_lesson_has_every_point(grade, name):
    lesson = LESSONS[name]
    points, results = grade(lesson, solved(lesson))
    assert points == {question.name: 1 for question in lesson.questions}, results.summary()
    assert results.possible == len(lesson.questions)


@pytest.mark.parametrize("name", LESSONS)
def test_an_empty_lesson_has_none(grade, name):
    lesson = LESSONS[name]
    points, results = grade(lesson, graded(lesson))
    assert points == {question.name: 0 for question in lesson.questions}, results.summary()
    assert results.summary().count("not solved yet") >= len(lesson.questions)


@pytest.mark.parametrize("name", LESSONS)
def test_a_wrong_answer_costs_its_own_point(grade, name):
    lesson = LESSONS[name]
    (cell, *_) = [c["id"] for c in lesson.notebook["cells"] if has_tag(c, "exercise")]
    points, results = grade(lesson, solved(lesson, wrong=[cell]))
    lost = {"exercise-3-1", "exercise-3-4"} if lesson.number == 3 else {cell}  # 3.4 is built of 3.1
    assert {question for question in points if not points[question]} == lost, results.summary()
    assert Fraction(results.total) == len(points) - len(lost)


@pytest.mark.parametrize("name", ["1-one-step", "9-a-network-that-writes"])
def test_points_need_no_metadata_of_cells(grade, name):
    lesson = LESSONS[name]
    solutions, _ = grade(lesson, without_metadata(solved(lesson)))
    nothing, results = grade(lesson, without_metadata(graded(lesson)))
    assert set(solutions.values()) == {1}
    assert set(nothing.values()) == {0}, results.summary()


def test_a_hint_comes_back_with_the_points(grade):
    lesson = LESSONS["1-one-step"]
    notebook = solved(lesson)
    for cell in notebook["cells"]:
        if cell["id"] == "exercise-1-1":
            cell["source"] = "c_1 = 0.6"
    _, results = grade(lesson, notebook)
    assert "That is c_1 for x = 1" in results.summary(public_only=True)


def test_a_cell_that_fails_costs_its_own_point(grade):
    lesson = LESSONS["2-the-memory"]
    notebook = solved(lesson)
    for cell in notebook["cells"]:
        if cell["id"] == "exercise-2-2":
            cell["source"] = "def half_life(f:\n"
    notebook["cells"].append(markdown("mine", "I did not get further."))
    points, _ = grade(lesson, notebook)
    assert points == {"exercise-2-1": 1, "exercise-2-2": 0, "exercise-2-3": 1}


def test_what_students_get_runs_by_itself(made, tmp_path):
    import nbformat
    from nbclient import NotebookClient

    with zipfile.ZipFile(made / "students.zip") as archive:
        archive.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    for name in QUICK:
        notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)
        client = NotebookClient(notebook, resources={"metadata": {"path": folder}})
        client.allow_errors = LESSONS[name].number == 3  # which goes on with what was not solved
        client.execute()
        told = [
            "".join(output.get("text", "") for output in cell["outputs"])
            for cell in notebook["cells"]
            if has_tag(cell, "check")
        ]
        assert told, name
        assert all(text.endswith("not solved yet.\n") for text in told), (name, told)
