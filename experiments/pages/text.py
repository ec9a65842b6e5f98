"""The report as text for the terminal."""

import math
import shutil
import textwrap

from experiments.analysis.claims import Verdict
from experiments.analysis.comparisons import settle
from experiments.analysis.conclusions import Conclusions, conclusions
from experiments.analysis.groups import Group, Run
from experiments.analysis.sizes import Size, against, summarise
from experiments.pages.claim_words import claim_words
from experiments.pages.finding_words import finding_text
from experiments.pages.headline_words import headline_rest, headline_sentence
from experiments.pages.reference_words import reference_words
from experiments.pages.sentences import (
    change,
    claims_sentence,
    law_words,
    number,
    power_words,
    table_title,
)
from experiments.references.overview import Overview
from experiments.training.recipes import PAPER_MAPE
from tinylstm.model import BYTES_PER_KB

COLUMNS = 100
INDENT = "    "


def group_table(group: Group) -> str:
    """A line per size, largest first; below, its RMSE against the yardstick.

    The paper's own MAPE stands beside it where it compares.
    """
    with_paper = group.compares_with_paper
    lines = [size_header(with_paper), *(size_line(size, with_paper) for size in summarise(group))]
    comparisons = _comparison_lines(group)
    return "\n".join([*lines, "", *comparisons] if comparisons else lines)


def size_header(with_paper: bool) -> str:
    """The names of the columns of `size_line`."""
    return (
        f"{'units':>5} {'parameters':>10} {'KB':>6} {'MAPE %':>13} {'RMSE':>6}"
        f" {'train s':>7} {'predict µs':>10}" + f" {'paper MAPE %':>13}" * with_paper
    )


def mean_and_spread(mean: float, std: float) -> str:
    """A mean, or a dash where it has no value; behind it the standard deviation if there is one."""
    return number(mean) if math.isnan(std) else f"{mean:.2f} ± {std:.2f}"


def size_line(size: Size, with_paper: bool) -> str:
    """A size as a line of the table, with the paper's error if that compares."""
    mape = mean_and_spread(size.mape.mean, size.mape.std)
    if size.is_skewed:
        mape = f"median {size.typical_mape:.2f}"
    line = (
        f"{size.units:>5} {size.n_params:>10,} {size.size_bytes / BYTES_PER_KB:>6.1f} {mape:>13}"
        f" {size.typical_rmse:>6.2f} {size.train_seconds.mean:>7.1f} {size.predict_us.mean:>10.0f}"
    )
    return line + f" {PAPER_MAPE.get(size.units, '-'):>13}" * with_paper


def _comparison_lines(group: Group) -> list[str]:
    """The sizes against the yardstick, one family of comparisons; of those with seeds enough."""
    others = [units for units in group.units if units != group.yardstick]
    changes = [against(group, units, group.yardstick) for units in others]
    power = power_words(changes)
    judged = zip(others, changes, settle(changes), strict=True)
    lines = [
        f"{units} against {group.yardstick} units: RMSE {change(found)}, {relation.value}"
        for units, found, relation in judged
        if not math.isnan(found.p)
    ]
    return [*lines, wrapped(power)] if power else lines


def reference_table(overview: Overview) -> str:
    """A line per reference, for under the table of networks."""
    has_floor = overview.reference("floor") is not None
    return "\n".join(
        f"{reference_words(each.name, has_floor):<42}"
        f" MAPE {number(each.errors.mape):>5}   RMSE {each.errors.rmse:>5.2f}"
        for each in overview.references
    )


def law_sentence(overview: Overview) -> str:
    """Whether the data follow the law, and why."""
    return wrapped(law_words(overview))


def claim_table(found: Conclusions) -> str:
    """What the paper says and the verdict, a line per claim; under it, what was found.

    Claims that the run did not test are one sentence; it is empty where there is nothing to say.
    """
    lines = []
    for row in map(claim_words, found.claims):
        if row.verdict is not Verdict.UNTESTED:
            stated = f"{row.claim:<48} {row.abstract:>13} {row.figure:>15}"
            lines += [f"{stated}   {row.verdict.value}", wrapped(row.ours, INDENT)]
    if lines:
        lines.insert(0, f"{'the paper claims':<48} {'abstract':>13} {'its figure':>15}   verdict")
    if untested := claims_sentence(found.run, found.claims):
        lines.append(wrapped(untested))
    return "\n".join(lines)


def report_text(run: Run) -> str:
    """Everything that the page says, without the pictures."""
    found = conclusions(run)
    parts = [
        headline_text(found),
        *(f"{table_title(table)}\n{group_table(table.group)}" for table in found.tables),
        reference_table(run.overview),
        law_sentence(run.overview),
        claim_table(found),
        *(wrapped(finding_text(each)) for each in found.findings),
    ]
    return "\n\n".join(filter(None, parts))


def headline_text(found: Conclusions) -> str:
    """The headline, and what belongs beside it."""
    return wrapped(" ".join([headline_sentence(found.headline), *headline_rest(found.headline)]))


def wrapped(text: str, indent: str = "") -> str:
    """A text in lines that fit the terminal, or of 100 characters where there is none."""
    columns = min(COLUMNS, shutil.get_terminal_size((COLUMNS, 1)).columns)
    return textwrap.fill(
        text,
        columns,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
