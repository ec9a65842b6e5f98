"""The frontier of bytes and error in the terminal: a line per way and size, and what it says."""

from collections.abc import Callable

from experiments.analysis.comparisons import MARGIN
from experiments.analysis.frontier import Judged, Point, with_bytes
from experiments.analysis.statistics import excess
from experiments.pages.reference_words import HINDSIGHT_NAME, ORACLE_WORDS, in_sentence
from experiments.pages.text import wrapped
from experiments.references import table
from experiments.references.forecasts import FLOOR
from experiments.references.overview import Overview
from experiments.words import plural


def frontier_text(found: Judged, choice: Judged | None = None) -> str:
    """The table of all points, those on the edge marked, and the headline under it.

    `choice` is what other windows say, by which the headline then chooses.
    """
    points, overview = found
    best = overview.oracle.errors.rmse
    title = f"{'bytes':>7}   {'units':>5} seeds  MAPE %   RMSE  above the oracle   way"
    lines = [title]
    for point in points:
        above = excess(point.rmse.mean, best)
        lines.append(
            f"{point.stored_bytes:>7,.0f} {'*' if point.on_edge else ' '} {point.units:>5}"
            f" {point.seeds:>5}  {point.mape.mean:>6.2f} {point.rmse.mean:>6.3f} {above:>+16.2f}%"
            f"   {point.how}"
        )
    for n_bytes, reference in with_bytes(overview):
        above = excess(reference.errors.rmse, best)
        lines.append(
            f"{n_bytes:>7,}   {'':>5} {'':>5}  {reference.errors.mape:>6.2f}"
            f" {reference.errors.rmse:>6.3f} {above:>+16.2f}%   {in_sentence(reference.name)}"
        )
    lines.append("* no other has a lower RMSE in as few bytes; means over the seeds")
    return "\n".join(lines) + "\n\n" + wrapped(headline(found, choice))


def headline(found: Judged, choice: Judged | None = None) -> str:
    """The fewest bytes that are as good as the oracle, and what a table does with its own.

    Without a `choice` by other windows, those that judge have chosen too, and that is said.
    """
    overview, by = found.overview, choice or found
    best = overview.oracle.errors.rmse
    oracle = ORACLE_WORDS if overview.reference(FLOOR) else HINDSIGHT_NAME
    told = [f"By the validation windows, among {counted(by)}:"] if choice else []
    told.append(reaching(f"within {MARGIN}% of {oracle}", _near_oracle, found, choice))
    reference = overview.reference(table.NAME_8_BIT)
    if reference is not None and reference.bytes is not None:
        than = f"A table of {reference.bytes} bytes is {excess(reference.errors.rmse, best):+.1f}%"
        told.append(f"{than} from it, and is told that sales are such a product:")
        told.append(reaching("as good as that table", _as_table, found, choice))
    if not choice:
        told.append(f"The windows that judge here chose too, among {counted(by)}; see --choice.")
    text = " ".join(told)
    return text[0].upper() + text[1:]


def counted(judged: Judged) -> str:
    """How much was chosen from."""
    seeds = max(point.seeds for point in judged.points)
    means = f"means of {seeds} seeds" if seeds > 1 else "one seed each"
    return f"{plural(len(judged.points), 'network')} ({means})"


def reaching(
    goal: str, limit: Callable[[Overview], float], found: Judged, choice: Judged | None
) -> str:
    """The fewest bytes with an RMSE of at most a limit, and what these windows say of them."""
    by = choice or found
    picked = by.smallest(limit)
    nearest = picked or min(by.points, key=lambda point: point.rmse.mean)
    here = found.same_as(nearest)
    stands = above(here, found) if here else "not tried here"
    if picked is None:
        return f"no network is {goal}; the nearest takes {bytes_of(nearest)}, {stands}."
    if not choice or not here:
        return f"{bytes_of(picked)} are {goal}, {stands}."
    holds = "and" if here.rmse.mean <= limit(found.overview) else "but not"
    return f"{bytes_of(here)} are {goal} there, {holds} on the test windows: {stands}."


def above(point: Point, found: Judged) -> str:
    """Where a point stands beside the oracle."""
    return f"{excess(point.rmse.mean, found.overview.oracle.errors.rmse):+.2f}% from the oracle"


def bytes_of(point: Point) -> str:
    """A point by its bytes, size and way."""
    return f"{point.stored_bytes:,.0f} bytes ({plural(point.units, 'unit')}, {point.how})"


def _near_oracle(overview: Overview) -> float:
    return overview.oracle.errors.rmse * (1 + MARGIN / 100)


def _as_table(overview: Overview) -> float:
    reference = overview.reference(table.NAME_8_BIT)
    return reference.errors.rmse if reference else 0.0
