"""Rivals that a command without a progress bar trains for comparison."""

from collections.abc import Collection
from pathlib import Path

from experiments.commandline.saying import say
from experiments.data.features import Study
from experiments.data.panel import SalesPanel
from experiments.references import rivals
from experiments.references.overview import Overview
from experiments.training.overviews import add_rivals
from tinylstm.interrupts import check_interrupt


def with_rivals(
    out: Path,
    overview: Overview,
    panel: SalesPanel,
    study: Study,
    names: Collection[str] = rivals.METHODS,
) -> Overview:
    """The overview of a folder with the rivals that it lacked; says before how long it takes."""
    if missing := rivals.missing(overview, names):
        split = f"--split {overview.split}"
        say(f"training {rivals.words(missing)} for comparison, {split}; some minutes")
    return add_rivals(out, overview, panel, study, check_interrupt, names)
