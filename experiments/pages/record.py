"""The record that a repository keeps of a study: tables, page, pictures, and small weights."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from experiments.analysis.conclusions import Conclusions
from experiments.data.splits import SPLITS
from experiments.pages.finding_rows import finding_rows
from experiments.pages.report import write_report
from experiments.pages.tables import write_csv, write_references, write_tables

LARGEST_KEPT = 16  # units of networks whose weights are kept: a few KB each
MADE = ("figures", "models")  # folders that are made anew


def write_record(out: Path, to: Path, sides: Sequence[Conclusions]) -> str:
    """Write the record of the folder `out` to another; a sentence about the page.

    findings.csv has what follows from the other tables: differences, shares and odds, each with its
    interval. Raises OSError.
    """
    to.mkdir(parents=True, exist_ok=True)
    for name in MADE:
        shutil.rmtree(to / name, ignore_errors=True)
    runs = [found.run for found in sides]
    records = [record for run in runs for group in run.judged for record in group.records]
    write_tables(to, records)
    for run in runs:
        split = run.overview.split
        write_references(to, run.overview, "" if split == SPLITS[0] else f"-{split}")
    write_csv(to / "findings.csv", (row for found in sides for row in finding_rows(found)))
    (to / "models").mkdir()
    for record in records:
        if record.units <= LARGEST_KEPT:
            name = f"{record.job.name}.npz"
            shutil.copyfile(out / "models" / name, to / "models" / name)
    made = write_report(to, runs)
    for drawing in to.glob("figures/*.svg"):
        drawing.unlink()  # the page has them all
    return made
