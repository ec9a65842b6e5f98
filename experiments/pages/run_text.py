"""What a sweep says of itself: as it begins, after each network, and under its tables."""

from pathlib import Path

from experiments.pages.sentences import data_words
from experiments.references.overview import Overview
from experiments.training.many_jobs import Outcome
from experiments.training.recipes import RECIPES, Recipe
from experiments.words import plural


def opening(overview: Overview, recipe: Recipe, n_jobs: int, where: str) -> str:
    """What is about to happen, in two lines."""
    n_rows = overview.n_series * overview.n_days
    cut = f"{overview.n_train:,} to train on, {overview.n_test:,} to test"
    return (
        f"{data_words(overview)}: {overview.n_series:,} series of {overview.n_days:,} days, "
        f"{n_rows:,} rows; {overview.n_windows:,} windows, {cut}\n"
        f"recipe {recipe.name}, {budget(recipe, overview)}; {plural(n_jobs, 'network')} on {where}"
    )


def budget(recipe: Recipe, overview: Overview) -> str:
    """How much a network is trained: epochs and windows."""
    per_epoch = min(recipe.windows_per_epoch or overview.n_train, overview.n_train)
    return f"{plural(recipe.epochs, 'epoch')} of {per_epoch:,} windows"


def progress(outcome: Outcome, done: int, n_jobs: int, seconds: float) -> str:
    """A line for a job that ended."""
    if outcome.record is None:
        news = f"FAILED: {outcome.failure}"
    else:
        errors = outcome.record.errors
        news = f"MAPE {errors.mape:.2f}%, RMSE {errors.rmse:.2f}"
    return f"[{done:>{len(str(n_jobs))}}/{n_jobs}] {outcome.job!s:<17} {news:<26} {seconds:>5.0f} s"


def closing(out: Path, seeds: int, recipe: Recipe, overview: Overview) -> str:
    """How to read the tables, and where everything is."""
    lines = ["MAPE is the mean ± standard deviation over the seeds."] if seeds > 1 else []
    left_out = f"{overview.n_left_out} of {overview.n_test:,} test days"
    lines.append(f"MAPE leaves out {left_out}, on which nothing sold.")
    whole = RECIPES[recipe.name]
    if (recipe.epochs, recipe.windows_per_epoch) != (whole.epochs, whole.windows_per_epoch):
        lines.append(
            f"A shorter run: {budget(recipe, overview)}; the recipe has {budget(whole, overview)}, "
            "which --full runs."
        )
    lines.append(f"Written to {out}: results.csv, summary.csv, references.csv, law.csv, models/")
    return "\n".join(lines)
