"""All that a report says of a run, computed once; pages and tables only format it."""

from dataclasses import dataclass

from experiments.analysis.claims import Claim, judge
from experiments.analysis.findings import Collapse, Finding, findings
from experiments.analysis.groups import Group, Run
from experiments.analysis.headline import Headline, benchmark, excess, headline
from experiments.analysis.sizes import Size, against, series_difference, summarise
from experiments.analysis.statistics import Comparison, Spread
from experiments.references.forecasts import Reference
from experiments.training.record import MadeWith


@dataclass(frozen=True)
class Row:
    """A size of a group beside the references, and beside the group's yardstick."""

    size: Size
    above_floor: float | None  # points of MAPE; None if the data have no floor
    above: float  # of RMSE over the benchmark, percent
    by_seed: Comparison | None  # MAPE against the yardstick; None of the yardstick itself
    by_series: Spread | None


@dataclass(frozen=True)
class Table:
    """A group and a row for each of its sizes, largest first."""

    group: Group
    is_judged: bool  # or else another version of the program trained it
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Conclusions:
    """What a run found."""

    run: Run
    headline: Headline
    benchmark: Reference  # the best possible; where that is unknown, the best reference
    findings: tuple[Finding, ...]
    claims: tuple[Claim, ...]
    tables: tuple[Table, ...]
    seeds: tuple[int, ...]
    made_with: tuple[MadeWith, ...]

    def above(self, reference: Reference) -> float:
        """How far the RMSE of a reference is above that of the benchmark, percent."""
        return excess(reference.errors.rmse, self.benchmark.errors.rmse)

    @property
    def collapses(self) -> tuple[Collapse, ...]:
        """The groups whose networks fail for want of dropout."""
        return tuple(found for found in self.findings if isinstance(found, Collapse))


def conclusions(run: Run) -> Conclusions:
    """Draw all conclusions from a run."""
    claims = judge(run)
    groups = (*run.judged, *(group for group in run.groups if group not in run.judged))
    records = [record for group in run.groups for record in group.records]
    return Conclusions(
        run=run,
        headline=headline(run),
        benchmark=benchmark(run),
        findings=tuple(findings(run, claims)),
        claims=tuple(claims),
        tables=tuple(table(run, group) for group in groups),
        seeds=tuple(sorted({record.seed for record in records})),
        made_with=tuple(dict.fromkeys(record.made_with for record in records)),
    )


def table(run: Run, group: Group) -> Table:
    """The sizes of a group."""
    rows = tuple(row(run, group, size) for size in summarise(group))
    return Table(group, group.stamp == run.judged[0].stamp, rows)


def row(run: Run, group: Group, size: Size) -> Row:
    """A size with its differences."""
    floor, yardstick = run.overview.reference("floor"), group.yardstick
    is_yardstick = size.units == yardstick
    pair = group, size.units, yardstick
    return Row(
        size=size,
        above_floor=size.mape.mean - floor.errors.mape if floor else None,
        above=excess(size.rmse.mean, benchmark(run).errors.rmse),
        by_seed=None if is_yardstick else against(*pair),
        by_series=None if is_yardstick else series_difference(*pair),
    )
