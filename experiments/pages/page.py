"""The report as one HTML page that needs nothing else: no network, no script (extra `report`)."""

import html
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import matplotlib

from experiments.analysis.claims import against, judge
from experiments.analysis.findings import excess, findings, headline, series_difference
from experiments.analysis.groups import Group, Run
from experiments.analysis.statistics import spread
from experiments.pages.figures import Picture, draw, pictures
from experiments.pages.style import INK, STYLE
from experiments.pages.tables import REFERENCE_TITLES
from experiments.training.folder import write_text
from tinylstm.model import BYTES_PER_KB

TEMPLATE = Path(__file__).parent / "templates" / "report.html"
PNG_DPI = 150


def write_page(out: Path, runs: Sequence[Run]) -> None:
    """Draw the figures, and write `report.html` and `figures/NAME.svg` and `.png`.

    The page is about the data set and split with most networks, the first of the runs; of the
    others it has the tables.
    """
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    template = environment.from_string(TEMPLATE.read_text("utf-8"))
    run = runs[0]
    claims = judge(run)
    page = template.render(
        run=run,
        headline=headline(run),
        findings=list(findings(run, claims)),
        claims=claims,
        tables=[(each, [group_table(each, group) for group in each.groups]) for each in runs],
        references=[reference_row(run, row) for row in run.survey.references],
        figures=[embed(out / "figures", picture, run) for picture in pictures(run)],
        made_with=made_with(run),
        seeds=sorted({record["job"]["seed"] for g in run.groups for record in g.records}),
    )
    write_text(out / "report.html", page)


def group_table(run: Run, group: Group) -> dict[str, Any]:
    """The title of a group and a row per size."""
    return {"title": group.title, "rows": list(size_rows(run, group))}


def size_rows(run: Run, group: Group) -> Iterator[dict[str, Any]]:
    """What the table says of each size, largest first."""
    floor, oracle = (run.survey.reference(name) for name in ("floor", "oracle60"))
    yardstick = group.yardstick
    for units in group.units:
        first = group.of_size(units)[0]["result"]
        mape, rmse = (spread(group.values(name, units)) for name in ("mape", "rmse"))
        yield {
            "units": units,
            "seeds": len(group.of_size(units)),
            "n_params": first["n_params"],
            "kb": first["size_bytes"] / BYTES_PER_KB,
            "mape": mape,
            "rmse": rmse,
            "above_floor": mape.mean - floor["mape"] if floor else None,
            "above_oracle": excess(rmse.mean, oracle["rmse"]),
            "yardstick": yardstick,
            "by_seed": against(group, units, yardstick) if units != yardstick else None,
            "by_series": series_difference(group, units, yardstick) if units != yardstick else None,
        }


def reference_row(run: Run, row: dict[str, Any]) -> dict[str, Any]:
    """A reference with its name in words."""
    n_bytes = row.get("bytes")
    kb = n_bytes / BYTES_PER_KB if n_bytes else None
    return row | {"name": REFERENCE_TITLES.get(row["reference"], row["reference"]), "kb": kb}


def embed(folder: Path, picture: Picture, run: Run) -> dict[str, str]:
    """Draw a picture, write it as SVG and PNG, and give the page its SVG in the page's colour."""
    figure = draw(picture, run)
    folder.mkdir(exist_ok=True)
    buffer = io.StringIO()
    with matplotlib.rc_context(STYLE):  # its hashsalt counts when the file is written
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    svg = buffer.getvalue()
    write_text(folder / f"{picture.name}.svg", svg)
    figure.savefig(folder / f"{picture.name}.png", dpi=PNG_DPI, facecolor="white")
    inline = svg[svg.index("<svg") :].replace(INK, "currentColor")
    label = html.escape(f"{picture.title}. {picture.caption}", quote=True)
    inline = inline.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
    return {"svg": inline, "title": picture.title, "caption": picture.caption}


def made_with(run: Run) -> str:
    """Versions and processor of all networks, one text for each that occurs."""
    records = [record["made_with"] for group in run.groups for record in group.records]
    texts = [", ".join(f"{name} {value}" for name, value in made.items()) for made in records]
    return "; ".join(dict.fromkeys(texts))
