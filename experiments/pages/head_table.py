"""The first table of a page: each forecaster once, its errors on every split side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from experiments.analysis.conclusions import Conclusions
from experiments.pages.reference_words import reference_words
from experiments.pages.sentences import table_title
from experiments.references.forecasts import Reference
from experiments.training.recipes import Recipe
from experiments.words import plural


@dataclass(frozen=True)
class Cell:
    """The errors of a forecaster on the test windows of a split."""

    mape: float  # percent
    rmse: float  # units sold
    above: float  # of RMSE over the benchmark of that split, percent


@dataclass(frozen=True)
class Line:
    """A forecaster."""

    name: str
    n_bytes: float | None
    cells: tuple[Cell | None, ...]  # a cell per split, None where it was not tried


@dataclass(frozen=True)
class Section:
    """Lines that belong together."""

    title: str
    lines: tuple[Line, ...]


def head_table(sides: Sequence[Conclusions]) -> list[Section]:
    """The networks of several sizes, the main recipe first, and the references.

    The sides are splits of the same data, of which the first says what there is and in what order.
    """
    first = sides[0]
    tables = [table for table in first.tables if table.group in first.run.by_size]
    networks = [
        Section(table_title(table), tuple(size_lines(sides, table.group.recipe)))
        for table in tables
    ]
    return [*networks, Section("what they stand beside", tuple(reference_lines(sides)))]


def size_lines(sides: Sequence[Conclusions], recipe: Recipe) -> Iterator[Line]:
    """The sizes of a recipe, smallest first."""
    of_sides = []
    for found in sides:
        tables = (table for table in found.tables if table.is_judged)
        alike = next((each for each in tables if each.group.recipe == recipe), None)
        of_sides.append({row.size.units: row for row in alike.rows} if alike else {})
    for units, row in reversed(of_sides[0].items()):
        rows = (rows.get(units) for rows in of_sides)
        cells = (
            Cell(each.size.typical_mape, each.size.typical_rmse, each.above) if each else None
            for each in rows
        )
        yield Line(plural(units, "unit"), row.size.size_bytes, tuple(cells))


def reference_lines(sides: Sequence[Conclusions]) -> Iterator[Line]:
    """The references, the best first."""
    first = sides[0].run
    for each in sorted(first.overview.references, key=lambda each: each.errors.rmse):
        cells = (_cell(found, found.run.overview.reference(each.name)) for found in sides)
        yield Line(reference_words(each.name, first.has_floor), each.bytes, tuple(cells))


def _cell(found: Conclusions, reference: Reference | None) -> Cell | None:
    if reference is None:
        return None
    return Cell(reference.errors.mape, reference.errors.rmse, found.above(reference))
