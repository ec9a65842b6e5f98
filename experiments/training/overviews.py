"""The overview of a folder, to which the rivals' errors are added once for each program."""

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from experiments.data.features import Study
from experiments.data.panel import SalesPanel
from experiments.references import rivals
from experiments.references.overview import Overview
from experiments.training.folder import read_overviews, write_overview
from experiments.training.stamp import EXPERIMENTS, make_stamp

RIVALS_SOURCES = (EXPERIMENTS / "data", EXPERIMENTS / "references")


def keep_overview(out: Path, overview: Overview) -> Overview:
    """Store an overview, with the rivals that this very program has trained in the folder."""
    subject = overview.data_sha256, overview.split
    known = (old for old in read_overviews(out) if (old.data_sha256, old.split) == subject)
    for reference in (reference for old in known for reference in old.references):
        if reference.stamp == rivals_stamp() and not overview.reference(reference.name):
            overview = overview.with_reference(reference)
    write_overview(out, overview)
    return overview


def add_rivals(
    out: Path,
    overview: Overview,
    panel: SalesPanel,
    study: Study,
    every_round: Callable[[], None],
    names: Collection[str] = rivals.METHODS,
) -> Overview:
    """Train the rivals of these names that are missing, and store the overview with them.

    Each takes about a minute; `every_round()` is called again and again, and may raise.
    """
    for name in rivals.missing(overview, names):
        if reference := rivals.train(panel, study, name, every_round):
            stamped = replace(reference, stamp=rivals_stamp())
            overview = keep_overview(out, overview.with_reference(stamped))
    return overview


def rivals_stamp() -> str:
    """The stamp of what the rivals' numbers depend on."""
    return make_stamp(RIVALS_SOURCES, ("numpy", *rivals.LIBRARIES))
