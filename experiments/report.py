"""The report of a run, made from its files: tables in the terminal, and a page with figures.

python -m experiments.report runs/sweep

Of a study it also makes what this repository keeps of it, and the passages that documents quote:

python -m experiments.report runs/study --record experiments/results \\
    --quote README.md docs/what-came-out.md
"""

from pathlib import Path

from experiments.analysis.conclusions import sides
from experiments.analysis.groups import read_runs
from experiments.commandline.saying import say
from experiments.pages.markdown import passages, quote
from experiments.pages.record import write_record
from experiments.pages.report import write_report
from experiments.pages.text import report_text
from experiments.training.folder import write_text
from experiments.training.stamp import program_stamp
from tinylstm.commandline import Parser, run_command


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 2: bad input."""
    parser = Parser(
        prog="python -m experiments.report",
        description="Make the tables and the page of a run again, from its files.",
        example="python -m experiments.report runs/sweep",
    )
    folder_help = "the --out of a sweep; the page is written there, as report.html"
    parser.add_argument("folder", type=Path, metavar="RUN_DIR", help=folder_help)
    record_help = "write tables, page, pictures and small weights there (default: the page alone)"
    parser.add_argument("--record", type=Path, metavar="DIR", help=record_help)
    quote_help = "documents whose passages are made from the run (default: none)"
    parser.add_argument(
        "--quote", type=Path, nargs="+", default=[], metavar="FILE", help=quote_help
    )
    options = parser.parse_args(arguments)
    out = options.folder
    runs = read_runs(out, program_stamp())
    if not runs:
        say(f"report: {out} holds no finished networks with an overview; run the sweep first")
        return 2
    try:
        if options.record:
            made = write_record(out, options.record, sides(runs))
        else:
            made = write_report(out, runs)
        for document in options.quote:
            text = quote(document.read_text("utf-8"), passages(sides(runs)))
            write_text(document, text)
    except OSError as error:
        where = error.filename or options.record or out
        say(f"report: cannot write to {where}: {error.strerror}; copy the folder elsewhere")
        return 2
    except KeyError as error:
        say(f"report: no passage is called {error}; see experiments/pages/markdown.py")
        return 2
    print("\n\n".join(report_text(run) for run in runs))
    print(f"\n{made}")
    return 0


if __name__ == "__main__":
    run_command(main)
