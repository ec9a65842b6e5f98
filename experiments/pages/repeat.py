"""How to repeat a run: the commands that train its networks, from the settings of their jobs."""

import dataclasses
from collections.abc import Iterator

from experiments.analysis.groups import Group, Run
from experiments.data.splits import SPLITS
from experiments.training.recipes import RECIPES, SHORT
from experiments.words import quoted

SWEEP = "python -m experiments.sweep"


def commands(run: Run) -> list[str]:
    """The commands that train the networks of a run again, in the order of its groups."""
    return [command for group in run.judged for command in group_commands(run, group)]


def group_commands(run: Run, group: Group) -> Iterator[str]:
    """A command for each number of seeds in a group; none for a recipe that no option gives."""
    recipe = group.recipe
    known = SHORT if recipe.by_size else RECIPES.get(recipe.name)
    changed = {name: getattr(recipe, name) for name in ("epochs", "windows_per_epoch", "dropout")}
    if known is None or dataclasses.replace(known, **changed) != recipe:
        return
    for seeds, units in units_by_seeds(group).items():
        options = [] if run.overview.is_simulated else ["--data", run.overview.data]
        options += ["--recipe", recipe.name, "--units", *map(str, units), "--seeds", str(seeds)]
        if group.job.split != SPLITS[0]:
            options += ["--split", group.job.split]
        if recipe.dropout != known.dropout:
            options += ["--dropout", f"{recipe.dropout:g}"]
        if group.is_whole:
            options += ["--full"]
        elif not recipe.by_size:
            windows = recipe.windows_per_epoch or run.overview.n_train
            options += ["--epochs", str(recipe.epochs), "--windows-per-epoch", str(windows)]
        yield f"{SWEEP} {' '.join(map(quoted, options))}"


def units_by_seeds(group: Group) -> dict[int, list[int]]:
    """The sizes of a group by the number of seeds, counted from seed 0, that covers theirs."""
    found: dict[int, list[int]] = {}
    for units in group.units:
        found.setdefault(1 + max(record.seed for record in group.of_size(units)), []).append(units)
    return found
