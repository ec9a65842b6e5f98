"""The report of a run, made from its files: tables in the terminal, and a page with figures.

python -m experiments.report runs/sweep
"""

import importlib.util
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from experiments.analysis.claims import judge
from experiments.analysis.findings import findings, headline
from experiments.analysis.groups import Run, read_runs
from experiments.commandline import say
from experiments.pages.tables import claim_lines, group_table, reference_lines
from tinylstm.commandline import Parser

WIDTH = 100  # columns of text
EXTRA = ("matplotlib", "jinja2")


def write_report(out: Path, runs: Sequence[Run]) -> str:
    """Write report.html and figures/, if the extra is installed; a sentence that says what came."""
    missing = [name for name in EXTRA if importlib.util.find_spec(name) is None]
    if missing:
        need = f"no page without {' and '.join(missing)}"
        return f"{need}: pip install -e '.[report]', then python -m experiments.report {out}"
    from experiments.pages.page import write_page

    write_page(out, runs)
    return f"The page: {out / 'report.html'}"


def in_words(run: Run) -> str:
    """Everything that the page says, as text, without the pictures."""
    claims = judge(run)
    parts = [
        textwrap.fill(headline(run), WIDTH),
        *(f"{group.title}\n{group_table(group)}" for group in run.groups),
        reference_lines(run.survey.references),
        textwrap.fill(run.survey.law_sentence, WIDTH),
        claim_lines(claims),
        *(textwrap.fill(sentence, WIDTH) for sentence in findings(run, claims)),
    ]
    return "\n\n".join(parts)


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 2: bad input."""
    parser = Parser(
        prog="python -m experiments.report",
        description="Make the tables and the page of a run again, from its files.",
    )
    parser.add_argument("folder", type=Path, metavar="RUN_DIR", help="the --out of a sweep")
    out = parser.parse_args(arguments).folder
    runs = read_runs(out)
    if not runs:
        say(f"report: {out} holds no finished networks with their survey; run the sweep first")
        return 2
    try:
        made = write_report(out, runs)
    except OSError as error:
        say(f"report: cannot write to {out}: {error.strerror}; copy the folder elsewhere")
        return 2
    print("\n\n".join(in_words(run) for run in runs))
    print(f"\n{made}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
