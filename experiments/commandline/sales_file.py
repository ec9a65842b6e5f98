"""How a file of sales is to be read: the arguments that say it, and the reading."""

import argparse
from pathlib import Path

from experiments.commandline.saying import say
from experiments.data.panel import SalesPanel, read_panel
from experiments.data.reading import (
    COLUMNS,
    DATES,
    MISSING_DAYS,
    NONE,
    REPEATS,
    RETURNS,
    Reading,
)
from experiments.data.tidy import write_tidy
from experiments.pages.mend_words import mend_text


def column_name(text: str) -> tuple[str, str]:
    """One of the four columns, and what a file calls it: date=Datum."""
    column, is_named, name = text.partition("=")
    if not is_named or column not in COLUMNS or not name.strip():
        known = ", ".join(f"{each}=NAME" for each in COLUMNS)
        raise argparse.ArgumentTypeError(f"{text!r} is none of {known}")
    if name == NONE and column in ("date", "sales"):
        raise argparse.ArgumentTypeError(f"{text!r}: a file without {column} cannot be read")
    return column, name.strip()


def add_reading_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that say how a file of sales is to be read, see `reading_of`."""
    group = parser.add_argument_group("how the file of sales is to be read")
    add = group.add_argument
    columns_help = (
        "what the file calls date, store, item and sales, as date=Datum sales=Menge; "
        f"store={NONE} or item={NONE}: there is only one (default: by their usual names)"
    )
    add(
        "--columns",
        type=column_name,
        nargs="+",
        default=[],
        metavar="COLUMN=NAME",
        help=columns_help,
    )
    missing_help = "days without a row, of an item on sale: none sold, or refused (default: zero)"
    add("--missing-days", choices=MISSING_DAYS, default=MISSING_DAYS[0], help=missing_help)
    returns_help = (
        "days on which more came back than was sold: none sold, or refused (default: zero)"
    )
    add("--returns", choices=RETURNS, default=RETURNS[0], help=returns_help)
    dates_help = "1/2/2023 is 1 February, or 2 January (default: as all dates of the file tell)"
    add("--dates", choices=DATES, help=dates_help)
    repeats_help = "several rows of a day and item: added up, or refused (default: as they tell)"
    add("--repeats", choices=REPEATS, help=repeats_help)
    tidy_help = "write the sales as they were read, mended, to this CSV (default: none)"
    add("--tidy", type=Path, metavar="FILE", help=tidy_help)


def reading_of(options: argparse.Namespace) -> Reading:
    """How a file is to be read, by the arguments of `add_reading_arguments`."""
    return Reading(
        columns=dict(options.columns),
        missing_days=options.missing_days,
        returns=options.returns,
        dates=options.dates,
        repeats=options.repeats,
    )


def reading_arguments(options: argparse.Namespace) -> list[str]:
    """The arguments again that say how a file is read, but for the defaults."""
    told = ["--columns", *(f"{column}={name}" for column, name in options.columns)]
    words = told if options.columns else []
    reading, default = reading_of(options), Reading()
    for name in ("missing_days", "returns", "dates", "repeats"):
        if (value := getattr(reading, name)) != getattr(default, name):
            words += [f"--{name.replace('_', '-')}", value]
    return words


def read_sales(path: str, options: argparse.Namespace, min_days: int = 61) -> SalesPanel:
    """Read a file of sales as the arguments say, tell what was mended, and write the tidy file.

    Raises DataError if the file cannot be read, OSError if the tidy file cannot be written.
    """
    panel = read_panel(path, min_days, reading_of(options))
    if panel.mends:
        say(mend_text(panel.name, panel.mends))
    if options.tidy is not None:
        write_tidy(panel, options.tidy, source=path)
        say(f"the sales as they were read are in {options.tidy}")
    return panel
