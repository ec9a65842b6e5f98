"""The README and the guides as pages of the site, linked with each other and what they show."""

import re
import shutil
from pathlib import Path

from pdoc.render import env
from pdoc.render_helpers import to_html

ROOT = Path(__file__).parents[1]
LANDING = ROOT / "README.md"
LINK = re.compile(r"(!?\[[^\]]*\])\((?!https?:|#)([^)\s]+)\)")  # to a file of the repository
TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
CELL = re.compile(r"<td([^>]*)>(.*?)</td>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")


def write_pages(site: Path, public: dict[str, str], modules: list[str]) -> None:
    """Write the landing page and a page for each guide.

    `public` has the names of the library, each with a sentence; `modules` are all that have pages.
    """
    order = LANDING.read_text("utf-8").index
    texts = [LANDING, *sorted((ROOT / "docs").glob("*.md"), key=lambda path: order(path.name))]
    texts += [ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", ROOT / "CHANGELOG.md"]
    titles = {path: path.read_text("utf-8").partition("\n")[0].strip("# ") for path in texts}
    guides = [(page_name(path), titles[path]) for path in texts[1:]]
    for path in texts:
        text = LINK.sub(lambda link, path=path: target(link, path, site), path.read_text("utf-8"))
        page = env.get_template("page.html.jinja2").render(
            title=titles[path],
            text=TABLE.sub(for_phones, to_html(text)),
            guides=guides,
            public=public.items(),
            modules=modules,
        )
        (site / page_name(path)).write_text(page, "utf-8")


def page_name(path: Path) -> str:
    """The name of a text's page."""
    return "index.html" if path == LANDING else f"{path.stem.lower()}.html"


def target(link: re.Match[str], source: Path, site: Path) -> str:
    """A link of a text as it is on its page: to another page, or to a copy of the file.

    A folder is there as its report; where it has none, the link is only its words.
    """
    words, name = link.groups()
    path = (source.parent / name).resolve()
    if path.is_dir():
        path /= "report.html"
    if not path.is_file():
        return words.lstrip("!")[1:-1]
    if path.suffix == ".md" and path.parent in (ROOT, ROOT / "docs"):
        return f"{words}({page_name(path)})"
    copy = site / "files" / path.relative_to(ROOT)
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, copy)
    return f"{words}({copy.relative_to(site).as_posix()})"


def for_phones(table: re.Match[str]) -> str:
    """A table that a narrow screen does not squeeze into tall rows: it scrolls sideways instead.

    A table of numbers has each cell in one line, and in others long cells have some width.
    """
    if not any(is_long(text) for _, text in CELL.findall(table[0])):
        return table[0].replace("<table>", '<table class="numbers">')
    return CELL.sub(_with_width, table[0])


def is_long(text: str) -> bool:
    """Whether a cell of a table is words, and not a number with its interval."""
    return len(TAG.sub("", text)) > 30


def _with_width(cell: re.Match[str]) -> str:
    attributes, text = cell.groups()
    return f'<td class="words"{attributes}>{text}</td>' if is_long(text) else cell[0]
