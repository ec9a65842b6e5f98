"""Run a lesson from top to bottom, solved or not."""

import contextlib
import functools
import io
import json
from pathlib import Path
from typing import Any

from experiments.lessons import checks, solutions, solutions_study

LESSONS = sorted(Path(checks.__file__).parent.glob("*.ipynb"))
SOLUTIONS = vars(solutions) | vars(solutions_study)


def cells(path, tag=None):
    """The code cells, or those with the tag."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    found = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return [cell for cell in found if tag is None or tag in cell["metadata"].get("tags", [])]


def source(cell):
    return "".join(cell["source"])


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
