"""What students could hand in: a lesson solved, not solved, or with one exercise wrong."""

import ast
import copy
import inspect
import json

from experiments.classroom.handout import graded
from experiments.classroom.notebooks import has_tag, source
from tests.experiments.lessons.test_lessons import SOLUTIONS

HINTS_APART = "from __future__ import annotations\n"  # what they name, the notebook may not have


def solved(lesson, wrong=()):
    """The students' notebook with all exercises solved, but for those cells whose ids are wrong."""
    notebook = graded(lesson)
    for cell in notebook["cells"]:
        if has_tag(cell, "exercise"):
            names = answered_by(cell)
            cell["source"] = "\n".join(
                WRONG.format(name) if cell["id"] in wrong else right(name) for name in names
            )
    return notebook


WRONG = "{0} = 'nothing of the kind'"


def answered_by(cell):
    """The names that an exercise asks for."""
    names = []
    for node in ast.parse(source(cell)).body:
        if isinstance(node, ast.FunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [name.id for name in ast.walk(node.targets[0]) if isinstance(name, ast.Name)]
    return [name for name in names if name in SOLUTIONS]


def right(name):
    """The code of a solution."""
    answer = SOLUTIONS[name]
    if callable(answer):
        return HINTS_APART + inspect.getsource(answer)
    return f"{name} = {answer.tolist() if hasattr(answer, 'tolist') else answer!r}"


def without_metadata(notebook):
    """As a program hands it on that does not keep what it does not know."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    return notebook


def saved(notebook, folder, name):
    """The file of a notebook."""
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(notebook), "utf-8")
    return path
