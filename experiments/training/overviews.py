"""The overview of a folder, to which LightGBM's errors are added once for each program."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from experiments.data.features import Study
from experiments.data.panel import SalesPanel
from experiments.references import trees
from experiments.references.overview import Overview
from experiments.training.folder import read_overviews, write_overview
from experiments.training.stamp import EXPERIMENTS, make_stamp

TREES_SOURCES = (EXPERIMENTS / "data", EXPERIMENTS / "references")


def keep_overview(out: Path, overview: Overview) -> Overview:
    """Store an overview, with LightGBM's errors if the folder has them from this very program."""
    subject = overview.data_sha256, overview.split
    known = (old for old in read_overviews(out) if (old.data_sha256, old.split) == subject)
    for reference in (reference for old in known for reference in old.references):
        if reference.stamp == trees_stamp() and not overview.reference(reference.name):
            overview = overview.with_reference(reference)
    write_overview(out, overview)
    return overview


def wants_trees(overview: Overview) -> bool:
    """Whether LightGBM can be a reference, and is not yet, with one of the calendars at least."""
    return bool(_missing(overview)) and trees.is_installed()


def _missing(overview: Overview) -> list[str]:
    return [name for name in trees.NAMES if not overview.reference(name)]


def add_trees(
    out: Path, overview: Overview, panel: SalesPanel, study: Study, every_round: Callable[[], None]
) -> Overview:
    """Train LightGBM as references, with either calendar, and store the overview with them.

    It takes up to two minutes; `every_round()` is called again and again, and may raise.
    """
    for name in _missing(overview):
        if reference := trees.reference(panel, study, name, every_round):
            stamped = replace(reference, stamp=trees_stamp())
            overview = keep_overview(out, overview.with_reference(stamped))
    return overview


def trees_stamp() -> str:
    """The stamp of what LightGBM's numbers depend on."""
    return make_stamp(TREES_SOURCES, ("numpy", "lightgbm"))
