"""The page and its figures, if the extra `report` is installed."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

from experiments.analysis.groups import Run
from experiments.words import install, python, quoted

EXTRA = ("matplotlib", "jinja2")


def write_report(out: Path, runs: Sequence[Run]) -> str:
    """Write report.html and figures/, or only say what it takes; a sentence for the terminal.

    The page is about the first of the runs, see `write_page`. Raises OSError.
    """
    missing = [name for name in EXTRA if importlib.util.find_spec(name) is None]
    if missing:
        need = f"no page without {' and '.join(missing)}"
        return f"{need}: {install('[report]')}, then {python()} -m experiments.report {quoted(out)}"
    from experiments.pages.page import write_page
    from experiments.pages.playground import write_playground

    write_page(out, runs, write_playground(out, runs[0]))
    return f"The page: {out / 'report.html'}"
