"""A lesson as data: its notebook, and what its check cells ask."""

import ast
import builtins
import copy
import json
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parents[1] / "lessons"


class Question(NamedTuple):
    """A check cell: what it asks about, and the call that says whether it is right."""

    number: str  # 1.2
    call: str  # checks.cell(cell)
    answers: tuple[str, ...]  # the names that the call needs, of the notebook

    @property
    def name(self) -> str:
        """As a file and a table have it: exercise-1-2."""
        return f"exercise-{self.number.replace('.', '-')}"


class Lesson:
    """A notebook of `experiments/lessons`, read from its file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.stem
        self.number = int(self.name.partition("-")[0])

    @cached_property
    def notebook(self) -> dict[str, Any]:
        """The notebook as its file has it."""
        return dict(json.loads(self.path.read_text("utf-8")))

    @property
    def title(self) -> str:
        """The words of its first heading."""
        return source(self.notebook["cells"][0]).partition("\n")[0].strip("# ")

    @property
    def checks(self) -> str:
        """The name of the module that its check cells call as `checks`.

        Raises ValueError if the notebook imports none.
        """
        for cell in self.notebook["cells"]:
            if cell["cell_type"] != "code":
                continue
            for node in ast.walk(ast.parse(source(cell))):
                if isinstance(node, ast.ImportFrom) and node.module == "experiments.lessons":
                    names = [a.name for a in node.names if a.asname == "checks"]
                    if names:
                        return names[0]
        raise ValueError(f"{self.path} imports nothing of experiments.lessons as checks")

    @property
    def questions(self) -> list[Question]:
        """What its check cells ask, in their order.

        Raises ValueError if one of them is anything but a call of a check.
        """
        return [self._question(cell) for cell in self.notebook["cells"] if has_tag(cell, "check")]

    def _question(self, cell: dict[str, Any]) -> Question:
        call = source(cell).strip()
        statements = ast.parse(call).body
        if len(statements) != 1 or not isinstance(statements[0], ast.Expr):
            raise ValueError(f"{self.path}: the cell {cell['id']} is not one call of a check")
        names = [node.id for node in ast.walk(statements[0]) if isinstance(node, ast.Name)]
        answers = [name for name in names if name != "checks" and not hasattr(builtins, name)]
        number = cell["id"].removeprefix("check-").replace("-", ".")
        return Question(number, call, tuple(dict.fromkeys(answers)))


def read_lessons() -> list[Lesson]:
    """All lessons, in their order."""
    return sorted(map(Lesson, FOLDER.glob("*.ipynb")), key=lambda lesson: lesson.number)


def source(cell: dict[str, Any]) -> str:
    """The text of a cell."""
    return "".join(cell["source"])


def has_tag(cell: dict[str, Any], tag: str) -> bool:
    """Whether the cell has the tag."""
    return tag in cell["metadata"].get("tags", [])


def with_first_cells(lesson: Lesson, *cells: dict[str, Any]) -> dict[str, Any]:
    """A copy of the notebook with further cells below its first, which has the title."""
    notebook = copy.deepcopy(lesson.notebook)
    notebook["cells"][1:1] = cells
    return notebook


def markdown(name: str, text: str) -> dict[str, Any]:
    """A new cell of text."""
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}


def code(name: str, text: str) -> dict[str, Any]:
    """A new cell of code."""
    return markdown(name, text) | {"cell_type": "code", "execution_count": None, "outputs": []}


def to_bytes(notebook: dict[str, Any]) -> bytes:
    """The file of a notebook."""
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()
