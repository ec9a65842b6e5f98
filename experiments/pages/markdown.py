"""What a study found as passages of Markdown, and how they get into the documents that quote them.

A document has such a passage between two comments, `<!-- record: NAME -->` and `<!-- end -->`.
"""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from experiments.analysis.collapse import Collapse
from experiments.analysis.conclusions import Conclusions
from experiments.analysis.sizes import summarise
from experiments.pages.claim_words import claim_words
from experiments.pages.collapse_words import collapse_details, collapse_sentence
from experiments.pages.head_table import Cell, Line, head_table
from experiments.pages.headline_words import headline_rest, headline_sentence
from experiments.pages.reference_words import reference_words
from experiments.pages.sentences import SPLIT_WORDS, kb, number, share_words
from experiments.references import table, trees
from experiments.references.forecasts import FLOOR, ORACLE
from experiments.words import plural

COLUMNS = 120
PASSAGE = re.compile(r"(<!-- record: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
SHORT = (ORACLE, table.NAME)  # references of a short table
BESIDE = (FLOOR, ORACLE, table.NAME, trees.DATED, "seasonal_naive_7")  # references that are quoted


def quote(text: str, passages: Mapping[str, str]) -> str:
    """A document with its passages made anew. Raises KeyError for one of an unknown name."""
    return PASSAGE.sub(lambda found: f"{found[1]}{passages[found[2]]}\n{found[3]}", text)


def passages(sides: Sequence[Conclusions]) -> dict[str, str]:
    """The passages of a study, its splits being the sides, the first the main one."""
    main = sides[0]
    return {
        "short": "\n\n".join([*headlines(sides, 1), size_table(sides, SHORT)]),
        "headline": "\n\n".join([*headlines(sides), size_table(sides, BESIDE)]),
        "dropout": "\n\n".join(dropout(main)),
        "claims": claim_table(main),
    }


def headlines(sides: Sequence[Conclusions], most: int | None = None) -> list[str]:
    """A paragraph for each split, with so many sentences under the headline at most."""
    paragraphs: list[str] = []
    for found in sides:
        where = f"Tested on {SPLIT_WORDS[found.run.overview.split]}: " if paragraphs else ""
        told = " ".join([*headline_rest(found.headline)][:most])
        paragraphs.append(wrapped(f"{where}**{headline_sentence(found.headline)}** {told}"))
    return paragraphs


def size_table(sides: Sequence[Conclusions], references: Sequence[str]) -> str:
    """The main recipe and these references, with the errors on each split; largest sizes first."""
    names = [SPLIT_WORDS[found.run.overview.split] for found in sides]
    columns = [c for name in names for c in (f"{name}: MAPE %", "RMSE", "above the oracle")]
    sections = head_table(sides)
    known = {reference_words(name) for name in references}
    beside = [line for line in sections[-1].lines if line.name in known]
    rows = map(_line, [*reversed(sections[0].lines), *beside])
    return _table(["forecaster", "KB", *columns], rows)


def _line(line: Line) -> list[str]:
    size = kb(line.n_bytes, 1 if line.n_bytes >= 100 else 2) if line.n_bytes else ""
    return [line.name, size.removesuffix(" KB"), *(x for each in line.cells for x in _cell(each))]


def _cell(cell: Cell | None) -> list[str]:
    if cell is None:
        return [""] * 3
    return [number(cell.mape), f"{cell.rmse:.2f}", f"{cell.above + 0.0:+.2f}%"]


def struck(found: Conclusions) -> Collapse | None:
    """The collapse of which there are most networks."""
    return max(found.collapses, key=lambda each: len(each.fallen), default=None)


def collapse_words(found: Conclusions) -> str:
    """How many networks collapse, if any does."""
    if most := struck(found):
        return collapse_sentence(most)
    if n := sum(len(group.records) for group in found.run.judged if group.recipe.dropout):
        with_it = f"{plural(n, 'network')} of this record trained with dropout"
        return f"Of the {with_it} none collapses when it is turned off."
    return "This record has no network that was trained with dropout."


def dropout(found: Conclusions) -> Iterator[str]:
    """What is known of the collapse, and each size off, on, refitted and without."""
    most = struck(found)
    details = collapse_details(most) if most else ()
    yield wrapped(" ".join([f"**{collapse_words(found)}**", *details]))
    if most:
        yield collapse_table(found, most)


def collapse_table(found: Conclusions, collapse: Collapse) -> str:
    """Medians of the MAPE of each size, four ways, and how many networks collapse."""
    twin = found.run.without_dropout(collapse.group)
    without = {size.units: size for size in summarise(twin)} if twin else {}
    shares = dict(collapse.shares)
    rows = []
    for units in collapse.group.units:
        size = next(each for each in summarise(collapse.group) if each.units == units)
        medians = [size.mape_median, size.dropout_on_median, size.recalibrated_median]
        told = [number(each) for each in medians]
        alone = number(without[units].mape_median) if units in without else ""
        rows.append([str(units), share_words(shares[units]), *told, alone])
    columns = ["units", "collapsed", "dropout off", "left on", "last layer refitted", "without"]
    return _table(columns, rows)


def claim_table(found: Conclusions) -> str:
    """The paper's claims, what was found, and the verdicts."""
    rows = [
        [words.claim, words.abstract, words.figure, words.ours, words.verdict.value]
        for words in map(claim_words, found.claims)
        if words.ours
    ]
    return _table(["claim", "abstract", "figure", "here", "verdict"], rows)


def wrapped(text: str) -> str:
    """A paragraph in lines of a document's width."""
    return textwrap.fill(text.strip(), COLUMNS, break_long_words=False, break_on_hyphens=False)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = [columns, ["---"] * len(columns)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (*head, *rows))
