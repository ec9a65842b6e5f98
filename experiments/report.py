"""The report of a run, made from its files: tables in the terminal, and a page with figures.

python -m experiments.report runs/sweep
"""

from pathlib import Path

from experiments.analysis.groups import read_runs
from experiments.commandline import say
from experiments.pages.report import write_report
from experiments.pages.text import report_text
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
    out = parser.parse_args(arguments).folder
    runs = read_runs(out, program_stamp())
    if not runs:
        say(f"report: {out} holds no finished networks with an overview; run the sweep first")
        return 2
    try:
        made = write_report(out, runs)
    except OSError as error:
        say(f"report: cannot write to {out}: {error.strerror}; copy the folder elsewhere")
        return 2
    print("\n\n".join(report_text(run) for run in runs))
    print(f"\n{made}")
    return 0


if __name__ == "__main__":
    run_command(main)
