"""All that a report says of a run, computed once; pages and tables only format it."""

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.analysis.claims import Claim, judge
from experiments.analysis.collapse import Collapse
from experiments.analysis.comparisons import Comparison, Relation, settle
from experiments.analysis.findings import Finding, findings
from experiments.analysis.groups import Group, Run
from experiments.analysis.headline import Headline, benchmark, headline
from experiments.analysis.sizes import Size, against, over_months, summarise
from experiments.analysis.statistics import Spread, excess
from experiments.references.forecasts import Reference
from experiments.training.record import MadeWith


@dataclass(frozen=True)
class Row:
    """A size of a group beside the references, and beside the group's yardstick."""

    size: Size
    above: float  # of RMSE over the benchmark, percent
    change: Comparison | None  # of RMSE beside the yardstick; None of the yardstick itself
    relation: Relation | None
    over_months: Spread | None  # the same change, and what other months might have brought


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
        """The groups with networks that fail when dropout is turned off."""
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


def sides(runs: Sequence[Run]) -> list[Conclusions]:
    """Conclusions from the first run, and from those of other splits of the same data."""
    data = runs[0].overview.data_sha256
    return [conclusions(run) for run in runs if run.overview.data_sha256 == data]


def table(run: Run, group: Group) -> Table:
    """The sizes of a group, the comparisons with its yardstick being one family."""
    sizes, yardstick = summarise(group), group.yardstick
    others = [size.units for size in sizes if size.units != yardstick]
    changes = [against(group, units, yardstick) for units in others]
    found = dict(zip(others, zip(changes, settle(changes), strict=True), strict=True))
    best = benchmark(run).errors.rmse
    rows = []
    for size in sizes:
        change, relation = found.get(size.units, (None, None))
        months = over_months(group, size.units, yardstick) if change else None
        rows.append(
            Row(
                size,
                excess(size.typical_rmse, best),
                change,
                relation,
                months,
            )
        )
    return Table(group, group.stamp == run.judged[0].stamp, tuple(rows))
