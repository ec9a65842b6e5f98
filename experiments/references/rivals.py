"""The references that are trained, with the extra `peers`: LightGBM, twice, and AutoETS."""

from collections.abc import Callable, Collection, Iterable

from experiments.data.features import Study
from experiments.data.panel import SalesPanel
from experiments.references import ets, trees
from experiments.references.forecasts import Reference
from experiments.references.overview import Overview

LIBRARIES = "lightgbm", "statsforecast"
METHODS = {**dict.fromkeys(trees.NAMES, "LightGBM"), ets.NAME: "AutoETS"}  # by rival


def missing(overview: Overview, names: Collection[str] = METHODS) -> list[str]:
    """The rivals among these names that an overview lacks, and whose library is installed."""
    installed = [*(trees.NAMES if trees.is_installed() else ()), *([ets.NAME] * ets.is_installed())]
    return [name for name in installed if name in names and not overview.reference(name)]


def words(names: Iterable[str]) -> str:
    """The methods of some rivals, as in a sentence."""
    return " and ".join(dict.fromkeys(METHODS[name] for name in names))


def train(
    panel: SalesPanel, study: Study, name: str, every_round: Callable[[], None] = lambda: None
) -> Reference | None:
    """Train the rival of this name, in about a minute; None if there is nothing to learn from.

    `every_round()` is called again and again meanwhile, and may raise.
    """
    if name == ets.NAME:
        return ets.reference(panel, study, every_round)
    return trees.reference(panel, study, name, every_round)
