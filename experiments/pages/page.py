"""The report as one HTML page that needs nothing else: no network, no script (extra `report`)."""

import html
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
import markupsafe
import matplotlib

from experiments.analysis.conclusions import conclusions, sides
from experiments.analysis.groups import Run
from experiments.pages import headline_words, reference_words, sentences
from experiments.pages.claim_words import claim_words
from experiments.pages.collapse_words import collapse_details
from experiments.pages.figures import Picture, draw_picture, pictures
from experiments.pages.finding_words import finding_sentence
from experiments.pages.head_table import head_table
from experiments.pages.repeat import commands
from experiments.pages.style import COLOURS, INK, PNG_DPI, STYLE
from experiments.pages.template import template
from experiments.training.folder import write_text
from tinylstm.files import whole_file
from tinylstm.model import BYTES_PER_KB


def write_page(out: Path, runs: Sequence[Run], playground: str = "") -> None:
    """Draw the figures, and write `report.html` and `figures/NAME.svg` and `.png`.

    The page is about the first of the runs, and what another split of its data shows stands beside
    it. Of other data it has the tables. With the name of a page to play on it has a link to that.
    Raises OSError.
    """
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters |= {"code": code, "change": sentences.change}
    environment.filters["kb"] = lambda n_bytes: n_bytes / BYTES_PER_KB
    found_of_sides = sides(runs)
    main, *_ = found_of_sides
    shown = [each.run for each in found_of_sides]
    page = environment.from_string(template("report.html")).render(
        palette=template("palette.css"),
        found=main,
        playground=playground,
        sides=found_of_sides,
        others=[conclusions(run) for run in runs if run not in shown],
        head_table=head_table(found_of_sides),
        words=sentences,
        names=reference_words,
        headline=headline_words,
        finding_sentence=finding_sentence,
        collapse_details=collapse_details,
        claims=[claim_words(each) for each in main.claims],
        commands=[command for run in shown for command in commands(run)],
        figures=[
            embed(out / "figures", each, main.run) for each in pictures(main, found_of_sides[1:])
        ],
    )
    write_text(out / "report.html", page)


def code(sentence: str) -> markupsafe.Markup:
    """A sentence in which the options of a command stand as such, and are not broken."""
    text = str(markupsafe.escape(sentence))
    return markupsafe.Markup(re.sub(r"--[a-z-]+", r"<code>\g<0></code>", text))


def embed(folder: Path, picture: Picture, run: Run) -> dict[str, Any]:
    """Draw a picture, write it as SVG and PNG, and give the page its SVG in the page's colour."""
    figure = draw_picture(picture, run)
    folder.mkdir(exist_ok=True)
    buffer = io.StringIO()
    with matplotlib.rc_context(STYLE):  # its hashsalt counts when the file is written
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    svg = buffer.getvalue()
    write_text(folder / f"{picture.name}.svg", svg)
    with whole_file(folder / f"{picture.name}.png") as file:
        figure.savefig(file, format="png", dpi=PNG_DPI, facecolor="white")
    inline = svg[svg.index("<svg") :].replace(INK, "currentColor")
    inline = inline.replace(COLOURS[0].lower(), "var(--blue)")  # too dark for a dark page
    label = html.escape(f"{picture.title}. {picture.caption}", quote=True)
    inline = inline.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
    words = {"title": picture.title, "caption": picture.caption}
    return {"svg": inline, "of_collapse": picture.of_collapse} | words
