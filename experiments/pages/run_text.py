"""What a sweep says of itself: as it begins, after each size, and under its tables."""

from collections.abc import Sequence
from pathlib import Path

from experiments.analysis.conclusions import conclusions
from experiments.analysis.groups import Group, Run
from experiments.analysis.sizes import summarise
from experiments.pages.chart import error_chart
from experiments.pages.sentences import data_words, group_title, left_out_sentence
from experiments.pages.text import (
    claim_table,
    group_table,
    headline_text,
    law_sentence,
    reference_table,
    size_header,
    size_line,
    wrapped,
)
from experiments.references.overview import Overview
from experiments.training.recipes import COLLAPSE
from experiments.training.record import Record
from experiments.words import command, plural, python, quoted

TELL_APART = 16  # units at most that a picture of a network still tells apart


def opening(overview: Overview, n_jobs: int, where: str, seconds: float) -> str:
    """What is about to happen."""
    return wrapped(
        f"{data_words(overview)}: {overview.n_series:,} series of {overview.n_days:,} days, "
        f"{overview.n_train:,} windows to train on; {plural(n_jobs, 'network')} on {where}, "
        f"{duration(seconds)}"
    )


def duration(seconds: float) -> str:
    """About so long."""
    if seconds < 100:
        return f"about {max(1, round(seconds, -1)):.0f} s"
    minutes = round(seconds / 60)
    return f"about {minutes} min" if minutes < 100 else f"about {minutes / 60:.0f} hours"


def header(group: Group) -> str:
    """The setting of networks whose lines follow, and the names of their columns."""
    return f"{group_title(group)}\n{size_header(group.compares_with_paper)}"


def size_row(group: Group) -> str:
    """The line of a size whose networks are done, as the table has it."""
    (size,) = summarise(group)
    return size_line(size, group.compares_with_paper)


def run_text(
    run: Run, groups: Sequence[Group], out: Path, data: str | None, reading: Sequence[str] = ()
) -> str:
    """All that a sweep prints at its end, of the groups that it trained; most sizes come first.

    `reading` are the arguments that say how the file `data` is read. What lies in the folder from
    other commands has its place on the page, and no say here.
    """
    found = conclusions(Run(run.overview, tuple(groups), run.stamp))
    collapse = [group for group in groups if group.recipe.name == COLLAPSE.name]
    parts = [
        *(f"{group_title(group)}\n{group_table(group)}" for group in groups),
        epochs_text(collapse) if len(groups) > 1 and collapse else "",
        error_chart(summarise(groups[0]), run.overview.references),
        reference_table(run.overview),
        law_sentence(run.overview),
        claim_table(found),
        closing(out, groups, run.overview),
        headline_text(found),
        next_commands(run, groups, out, data, reading),
    ]
    return "\n\n".join(filter(None, parts))


def epochs_text(groups: Sequence[Group]) -> str:
    """The test error of each network by epoch, and at the end with dropout left on."""
    lines = ["Test MAPE by epoch, % (in brackets: the last weights with dropout left on)"]
    for group in groups:
        lines += [_epochs_line(group, record) for record in group.records]
    return "\n".join(lines)


def _epochs_line(group: Group, record: Record) -> str:
    of_epochs = "".join(f"{mape:>5.1f}" for mape in record.epochs.mape)
    dropout = group.recipe.dropout
    told = f"{record.units} units, dropout {dropout:g}, seed {record.seed}: {of_epochs}"
    return f"{told}  ({record.dropout_on.mape:.1f})" if dropout else told


def closing(out: Path, groups: Sequence[Group], overview: Overview) -> str:
    """How to read the tables, and where everything is."""
    lines = [
        "MAPE is the mean ± standard deviation over the seeds, RMSE in units sold, and the time of "
        f"training in seconds on one core. {left_out_sentence(overview)}".strip()
    ]
    short = [group for group in groups if not group.is_whole]
    if short:
        names = " and ".join(dict.fromkeys(f"--recipe {group.recipe.name}" for group in short))
        lines.append(f"A shorter run than the recipes have, which --full with {names} trains.")
    lines.append(f"Written to {out}: results.csv, summary.csv, references.csv, law.csv, models/")
    return "\n".join(map(wrapped, lines))


def next_commands(
    run: Run, groups: Sequence[Group], out: Path, data: str | None, reading: Sequence[str] = ()
) -> str:
    """Two commands that are worth trying now, each option on a line of its own."""
    of = [" ".join(map(quoted, ["--data", data, *reading]))] if data else []
    sweep = f"{python()} -m experiments.sweep"
    units = groups[0].units
    few = max((each for each in units if each <= TELL_APART), default=min(units))
    model = groups[0].of_size(few)[0].job.name
    commands = []
    if data is None:
        commands.append([f"{sweep} --data YOUR.csv"])
    elif run.overview.split != "time":
        commands.append([sweep, *of, "--split time"])
    for shown in run.overview.shown[:1]:
        store, item = quoted(shown.store), quoted(shown.item)
        where = [f"--store {store} --item {item} --date {shown.dates[-1]}"]
        path = quoted(out / "models" / f"{model}.npz")
        commands.append([f"{python()} -m experiments.trace", *of, f"--model {path}", *where])
    return "\n  ".join(["Next:", *map(command, commands)])
