"""An autograder of a lesson for otter-grader: each check cell is a test, worth one point.

Otter runs what is handed in, and after each check cell the test that the cell's metadata name. A
test calls what the cell calls. So every exercise is right or not, and a lesson is worth as many
points as it has check cells.
https://otter-grader.readthedocs.io/en/latest/test_files/python_format.html
"""

import json
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path
from string import Template

from experiments.classroom.notebooks import Lesson, Question
from experiments.classroom.programs import (
    classroom_file,
    program_files,
    requirements,
)
from experiments.classroom.tools import ToolError, run_tool
from experiments.words import install

TEST = Template('''\
"""Exercise $number, as its check cell asks it."""

from experiments.classroom.verdict import require_right
from experiments.lessons import $checks as checks
from otter.test_files import test_case

OK_FORMAT = False
name, points = "$name", 1


@test_case(name="Exercise $number")
def is_right($answers):
    require_right(lambda: $call, $answers)
''')
SETTINGS = {"show_all_public": True}  # a student sees the verdict on every exercise, with its hint


def autograder_files(lesson: Lesson, frame: dict[str, bytes]) -> dict[str, bytes]:
    """What the archive of a lesson has: otter's frame, the tests, and the program they run on."""
    tests = {f"tests/{q.name}.py": test(lesson, q).encode() for q in lesson.questions}
    program = program_files() | classroom_file("verdict")
    settings = {"otter_config.json": json.dumps(SETTINGS, indent=2).encode()}
    return frame | settings | tests | {f"files/{name}": text for name, text in program.items()}


def test(lesson: Lesson, question: Question) -> str:
    """The test of a check cell, in otter's format of exceptions."""
    return TEST.substitute(
        number=question.number,
        name=question.name,
        checks=lesson.checks,
        call=question.call,
        answers=", ".join(question.answers),
    )


def otter_frame() -> dict[str, bytes]:
    """What otter puts into every autograder: how it is installed, and what starts it.

    Raises ToolError if otter is not installed, or refuses.
    """
    if find_spec("otter") is None:
        raise ToolError(f"otter-grader is not installed: {install('[classroom]')}")
    with tempfile.TemporaryDirectory() as folder:
        lines = "\n".join(requirements("lessons"))
        Path(folder, "tests").mkdir()  # ours are added later
        Path(folder, "requirements.txt").write_text(lines + "\n", "utf-8")
        run_tool("otter generate", Path(folder), "otter", "generate", "-o", "frame.zip")
        with zipfile.ZipFile(Path(folder, "frame.zip")) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
