"""What the documents say is there, is there: files, commands, imports, the version."""

import importlib
import importlib.util
import re
from collections import Counter
from pathlib import Path

import tinylstm
from tests.slow.trials import BAD, GOOD, table

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    *sorted({*ROOT.glob("*.md")} - {ROOT / "CHANGELOG.md"}),  # which names what there was
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "tinylstm" / "kernels" / "README.md",
    *sorted((ROOT / "experiments" / "lessons").rglob("*.ipynb")),
]
PATH = re.compile(r"(?<![\w/.])(?:tinylstm|experiments|tests|docs)/[\w./-]*[\w/]")
MADE = {"docs/site/index.html"}  # by a command that the document names
MODULE = re.compile(r"-m ((?:tinylstm|experiments|tests)\.[\w.]*\w)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
IMPORT = re.compile(r"^from ((?:tinylstm|experiments)[\w.]*) import ([\w, ]+)", re.MULTILINE)

TEXTS = {path: path.read_text("utf-8") for path in DOCUMENTS}


def test_every_file_that_is_named_is_there():
    for path, text in TEXTS.items():
        missing = {name for name in PATH.findall(text) if not (ROOT / name).exists()}
        assert missing <= MADE, path


def test_every_link_leads_to_a_file():
    for path, text in TEXTS.items():
        local = {link for link in LINK.findall(text) if not link.startswith("https://")}
        missing = {link for link in local if not (path.parent / link.partition("#")[0]).exists()}
        assert not missing, path


def test_the_readme_is_short_and_leads_to_every_guide():
    readme = TEXTS[ROOT / "README.md"]
    assert len(readme.splitlines()) <= 200
    guides = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}
    assert guides <= set(LINK.findall(readme))


def test_a_guide_has_the_title_by_which_the_readme_names_it():
    table = re.findall(r"^\| \[(.*)\]\((docs/.*\.md)\)", TEXTS[ROOT / "README.md"], re.MULTILINE)
    titles = {name: TEXTS[ROOT / name].partition("\n")[0].strip("# ") for _, name in table}
    assert {name: title for title, name in table} == titles


def test_no_document_has_a_formula_that_only_some_pages_set():
    """The site of the guides does not; notebooks and slides do."""
    guides = {path: text for path, text in TEXTS.items() if path.suffix == ".md"}
    assert not {path: found for path, t in guides.items() if (found := re.findall(r"\$\w.*?\$", t))}


def test_every_command_and_import_works():
    text = "\n".join(TEXTS.values())
    for module in MODULE.findall(text):
        assert importlib.util.find_spec(module), module
    for module, names in IMPORT.findall(text):
        for name in names.split(", "):
            is_there = hasattr(importlib.import_module(module), name)
            assert is_there or importlib.util.find_spec(f"{module}.{name}"), f"{module}.{name}"


def test_continuous_integration_runs_the_readmes_test_command():
    pattern = re.search(r"grep -m 1 '(.*)' README", (ROOT / ".ci" / "run").read_text("utf-8"))
    assert re.search(pattern[1], (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)


def test_the_citation_has_the_version_and_the_paper():
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\nversion: {tinylstm.__version__}\n" in citation
    assert "https://arxiv.org/abs/2601.00525" in citation
    assert f"\n## {tinylstm.__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_table_of_trials_is_one_that_its_command_prints_and_none_ended_badly():
    lines = [line for line in TEXTS[ROOT / "docs" / "trials.md"].splitlines() if line[:1] == "|"]
    counts = {}
    for line in lines[2:-1]:
        area, _, *cells = line.strip("| ").split(" | ")
        numbers = [int(cell.replace(",", "")) for cell in cells]
        counts[area] = Counter(dict(zip((*GOOD, *BAD), numbers, strict=True)))
        assert not any(counts[area][outcome] for outcome in BAD), area
    assert table(counts) == "\n".join(lines)
