"""What students get: the notebooks of some lessons and the program, without answers.

Check cells name otter's tests in their metadata. The checks themselves stay with the teacher, since
their source has the answers; in their place is a module of the same names, see `asked`.
"""

import ast
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from experiments.classroom.notebooks import (
    FOLDER,
    Lesson,
    has_tag,
    markdown,
    to_bytes,
    with_first_cells,
)
from experiments.classroom.programs import classroom_file, program_files, requirements

TOP = "tinylstm-lessons/"  # the folder that the archive unpacks to
ANSWERS = ("checks_", "solutions_")  # begin the names of the modules that have them
HOW = """\
*This copy is graded. The cells below the exercises say whether there is an answer; whether it is
right, and if not, what to think over, you hear when you hand in this file.*"""
README = """\
Open the notebooks with Jupyter, in this folder:

    python3 -m venv .venv
    .venv/bin/pip install -r requirements.txt
    .venv/bin/jupyter notebook

(On Windows write python for python3, and .venv\\Scripts\\ for .venv/bin/.) Write your answers into
the cells of the exercises, save, and hand in the notebook itself. Leave the cells that begin with
"checks." where they are.
"""


def handout_files(lessons: Iterable[Lesson]) -> dict[str, bytes]:
    """What the archive for students has, by paths."""
    program = {name: text for name, text in program_files().items() if not has_answers(name)}
    checks = {
        f"experiments/lessons/{path.name}": stand_ins(path).encode()
        for path in sorted(FOLDER.glob("checks_*.py"))
    }
    papers = {
        "README.txt": README.encode(),
        "requirements.txt": "\n".join([*requirements("lessons"), ""]).encode(),
    }
    notebooks = {lesson.path.name: to_bytes(graded(lesson)) for lesson in lessons}
    files = program | classroom_file("asked") | checks | papers | notebooks
    return {f"{TOP}{name}": text for name, text in files.items()}


def has_answers(name: str) -> bool:
    """Whether a file of the program has answers to exercises."""
    path = Path(name)
    return path.parent.name == "lessons" and path.name.startswith(ANSWERS)


def graded(lesson: Lesson) -> dict[str, Any]:
    """The notebook whose check cells name their tests."""
    notebook = with_first_cells(lesson, markdown("graded", HOW))
    cells = [cell for cell in notebook["cells"] if has_tag(cell, "check")]
    for cell, question in zip(cells, lesson.questions, strict=True):
        cell["metadata"]["otter"] = {"tests": [question.name]}
    return notebook


def stand_ins(path: Path) -> str:
    """A module with the public names of a module of checks, that knows no answers."""
    functions = [
        node
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]
    numbers = {node.name: _number(node) for node in functions}
    others = sorted(name for name, number in numbers.items() if number is None)
    lines = [f"{name} = asked({number!r})" for name, number in numbers.items() if number]
    heading = '"""The names of the checks; answers are checked when they are handed in."""'
    imports = f"from experiments.classroom.asked import {', '.join(['asked', *others])}"
    return "\n".join([heading, "", imports, "", *lines, ""])


def _number(function: ast.FunctionDef) -> str | None:
    """The exercise that a function checks, if it checks one."""
    for decorator in function.decorator_list:
        match decorator:
            case ast.Call(func=ast.Name(id="exercise"), args=[ast.Constant(value=str(number))]):
                return number
    return None
