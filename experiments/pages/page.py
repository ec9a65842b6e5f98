"""The report as one HTML page that needs nothing else: no network, no script (extra `report`)."""

import html
import io
import re
from collections.abc import Sequence
from pathlib import Path

import jinja2
import markupsafe
import matplotlib

from experiments.analysis.conclusions import conclusions
from experiments.analysis.groups import Run
from experiments.pages import headline_words, reference_words, sentences
from experiments.pages.claim_words import claim_words
from experiments.pages.figures import Picture, draw_picture, pictures
from experiments.pages.finding_words import finding_sentence
from experiments.pages.repeat import commands
from experiments.pages.style import COLOURS, INK, PNG_DPI, STYLE
from experiments.training.folder import write_text
from tinylstm.model import BYTES_PER_KB
from tinylstm.weights import whole_file

TEMPLATE = Path(__file__).parent / "templates" / "report.html"


def write_page(out: Path, runs: Sequence[Run], playground: str = "") -> None:
    """Draw the figures, and write `report.html` and `figures/NAME.svg` and `.png`.

    With the name of a page to play on it has a link to that.
    The page is about the first of the runs; of the others it has the tables. Raises OSError.
    """
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters |= {"code": code, "change": sentences.change}
    environment.filters["kb"] = lambda n_bytes: n_bytes / BYTES_PER_KB
    main, *others = (conclusions(run) for run in runs)
    page = environment.from_string(TEMPLATE.read_text("utf-8")).render(
        found=main,
        playground=playground,
        others=others,
        words=sentences,
        names=reference_words,
        headline=headline_words,
        finding_sentence=finding_sentence,
        claims=[claim_words(each) for each in main.claims],
        commands=commands(main.run),
        figures=[embed(out / "figures", picture, main.run) for picture in pictures(main)],
    )
    write_text(out / "report.html", page)


def code(sentence: str) -> markupsafe.Markup:
    """A sentence in which the options of a command stand as such, and are not broken."""
    text = str(markupsafe.escape(sentence))
    return markupsafe.Markup(re.sub(r"--[a-z-]+", r"<code>\g<0></code>", text))


def embed(folder: Path, picture: Picture, run: Run) -> dict[str, str]:
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
    return {"svg": inline, "title": picture.title, "caption": picture.caption}
