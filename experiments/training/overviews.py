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
    reference = next((old.reference(trees.NAME) for old in known), None)
    if reference and reference.stamp == trees_stamp():
        overview = overview.with_reference(reference)
    write_overview(out, overview)
    return overview


def wants_trees(overview: Overview) -> bool:
    """Whether LightGBM can be one more reference, and is not there yet."""
    return overview.reference(trees.NAME) is None and trees.is_installed()


def add_trees(
    out: Path, overview: Overview, panel: SalesPanel, study: Study, every_round: Callable[[], None]
) -> Overview:
    """Train LightGBM as one more reference, and store the overview with it if there is any.

    It takes up to a minute; `every_round()` is called again and again, and may raise.
    """
    reference = trees.reference(panel, study, every_round)
    if reference is None:
        return overview
    return keep_overview(out, overview.with_reference(replace(reference, stamp=trees_stamp())))


def trees_stamp() -> str:
    """The stamp of what LightGBM's numbers depend on."""
    return make_stamp(TREES_SOURCES, ("numpy", "lightgbm"))
