"""The report as a page: complete, self-contained, the same for the same run."""

import dataclasses
import re
from html.parser import HTMLParser

import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")

from experiments.analysis.conclusions import conclusions
from experiments.analysis.groups import Group
from experiments.pages.claim_words import claim_words
from experiments.pages.collapse_words import collapse_details
from experiments.pages.finding_words import finding_sentence
from experiments.pages.headline_words import headline_rest, headline_sentence
from experiments.pages.page import write_page
from experiments.pages.repeat import commands
from experiments.pages.sentences import table_title
from experiments.references.forecasts import Reference
from experiments.training.recipes import TUNED
from experiments.training.record import SeriesErrors
from tests.records import (
    FLOOR,
    ORACLE,
    QUICK,
    TABLE,
    TREES,
    WITHOUT_DROPOUT,
    errors,
    group,
    overview,
    record,
    run,
)

VOID = {"meta", "br", "img", "link", "input", "hr"}
TWO = {32: [12.5, 12.6], 16: [13.0, 13.2]}
BY_TIME = overview(split="time")
OTHER_DATA = overview(data="other.csv", data_sha256="0" * 64)
JOBS = [(32, 0), (32, 1), (16, 0), (16, 1)]  # units and seed
LOADS = ("src", "srcset", "poster", "data", "background", "action")  # attributes that fetch


class Page(HTMLParser):
    """The elements of a page, with their attributes and their text."""

    def __init__(self, text):
        super().__init__()
        self.text, self.elements, self.open = text, [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        element = {"tag": tag, "text": "", **dict(attributes)}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attributes):
        self.elements.append({"tag": tag, "text": "", **dict(attributes)})

    def handle_endtag(self, tag):
        assert self.open.pop()["tag"] == tag, f"</{tag}> closes something else"

    def handle_data(self, text):
        for element in self.open:
            element["text"] += text

    def all(self, tag):
        return [element for element in self.elements if element["tag"] == tag]

    def texts(self, tag):
        return [" ".join(element["text"].split()) for element in self.all(tag)]


def page(out, *runs):
    write_page(out, runs)
    return Page((out / "report.html").read_text("utf-8"))


@pytest.fixture(scope="module")
def whole():
    """A run with all there can be."""
    groups = [
        group(TWO, dropout_on=12.8),
        group(TWO, recipe=WITHOUT_DROPOUT),
        group(TWO, recipe=TUNED),
    ]
    return run(*groups, of=overview(FLOOR, ORACLE, TABLE, TREES))


@pytest.fixture(scope="module")
def made(whole, tmp_path_factory):
    """The folder and the page of that run."""
    out = tmp_path_factory.mktemp("page")
    return out, page(out, whole)


def test_every_element_is_closed(made):
    assert made[1].open == []


def test_the_page_says_what_was_found(made, whole):
    found = conclusions(whole)
    assert made[1].texts("h1") == [headline_sentence(found.headline)]
    rest = list(headline_rest(found.headline))[1:]
    assert made[1].texts("li") == [*rest, *map(finding_sentence, found.findings)]


def test_every_claim_that_was_tested_has_a_row_and_the_others_a_sentence(made, whole):
    rows = made[1].texts("tr")
    claims = [claim_words(claim) for claim in conclusions(whole).claims]
    tested = [claim for claim in claims if claim.verdict.name != "UNTESTED"]
    assert 0 < len(tested) < len(claims)
    for claim in claims:
        shown = [row for row in rows if row.startswith(claim.claim)]
        assert len(shown) == (claim in tested)
        assert all(row.endswith(f"{claim.ours}{claim.verdict.value}") for row in shown)
    untested = len(claims) - len(tested)
    assert f"Not tested by this run: {untested} of the paper's 12 claims" in made[1].text.replace(
        "&#39;", "'"
    )


def test_every_group_has_a_table_with_a_row_per_size(made, whole):
    titles = [table_title(table) for table in conclusions(whole).tables]
    assert made[1].texts("h3")[-len(titles) :] == titles
    rows = [row for row in made[1].texts("tr") if re.match(r"(32|16) [\d,]+ \d", row)]
    assert len(rows) == 6
    assert rows[1].startswith("16 1,825 7.1 0.3 13.10 [")
    assert rows[1].endswith("20 36 2.1")  # seconds, and microseconds of a call and of a window


def test_the_first_table_has_every_size_and_reference_beside_the_best_possible(made):
    (first, *_) = made[1].texts("table")
    assert first.startswith("forecaster KB MAPE, % RMSE RMSE above the oracle")
    assert first.count("16 units 7.1 13.10 8.60 +13.2%") == 3
    assert "oracle: the law, the date and 60 days – 12.20 7.60 +0.0%" in first
    assert "table: a factor per weekday and month 0.07 12.20 7.70 +1.3%" in first
    assert "LightGBM on 60 days and the date 512.0 12.40 7.80 +2.6%" in first


def test_the_headline_the_main_figure_and_the_table_come_first_in_this_order(made):
    tags = [element["tag"] for element in made[1].elements]
    assert tags.index("h1") < tags.index("figure") < tags.index("table") < tags.index("h2")


def test_nothing_is_loaded_from_anywhere(made):
    for element in made[1].elements:
        assert element["tag"] not in {"script", "link", "iframe", "object", "embed"}
        assert not any(name in element for name in LOADS)
        assert not any(name.startswith("on") for name in element)
        if element["tag"] != "a":
            link = element.get("href") or element.get("xlink:href") or "#"
            assert link.startswith(("#", "data:")), link
    for address in re.findall(r"url\(([^)]*)\)", made[1].text):
        assert address.startswith("#")
    assert "@import" not in made[1].text


def test_every_figure_has_a_caption_and_words_for_those_who_do_not_see_it(made):
    figures = made[1].all("figure")
    captions = made[1].texts("figcaption")
    drawn = [svg for svg in made[1].all("svg") if svg.get("role") == "img"]
    assert len(figures) == len(captions) == len(drawn) == 7
    for caption, svg in zip(captions, drawn, strict=True):
        assert caption
        assert svg["aria-label"].endswith(caption)


def test_options_of_a_command_are_not_broken(made):
    assert {"--recipe", "--full"} <= set(made[1].texts("code"))


def test_every_figure_is_a_file_too(made):
    out, _ = made
    names = {path.name for path in (out / "figures").iterdir()}
    stems = ("error_by_size", "mape", "dropout", "epochs", "days", "spread", "time")
    assert names == {f"{stem}.{kind}" for stem in stems for kind in ("svg", "png")}


def test_the_same_run_gives_the_same_bytes(made, whole, tmp_path):
    out, _ = made
    page(tmp_path, whole)
    files = ["report.html", *(f"figures/{path.name}" for path in out.glob("figures/*"))]
    assert len(files) == 15
    for name in files:
        assert (tmp_path / name).read_bytes() == (out / name).read_bytes(), name


def test_figures_take_the_colour_of_the_page(made):
    assert "currentColor" in made[1].text
    assert all("#15202b" not in svg for svg in re.findall("<svg.*?</svg>", made[1].text, re.S))


def test_the_page_ends_with_how_to_repeat_it(made, whole):
    (footer,) = made[1].texts("footer")
    assert footer.startswith("How to repeat it python -m experiments.sweep --data train.csv ")
    assert all(command in footer for command in commands(whole))
    assert "500 series of 1,826 days, sha256 038f25690a65" in footer
    assert "Seeds 0, 1." in footer
    assert "Made with python 3.11.7, numpy 2.4.0, numba 0.68.0, llvmlite 0.50.0" in footer
    assert "paper, dropout 0.2: dense_size 16, dropout 0.2, learning_rate 0.001" in footer
    assert "Program 0123456789." in footer
    records = [record for each in whole.groups for record in each.records]
    assert all(f"{record.job.name} {record.model_sha256}" in footer for record in records)


def test_the_name_of_a_file_is_text_and_no_html(tmp_path):
    name = '<img src=x onerror="alert(1)">&.csv'
    of = overview(data=name, data_sha256="0" * 64)
    found = page(tmp_path, run(group({16: [12.5]}, of=of), of=of))
    assert found.all("img") == []
    assert name in found.texts("footer")[0]


def test_one_network_has_a_page(tmp_path):
    found = page(tmp_path, run(group({16: [12.5]})))
    assert any(row.startswith("16 1,825 7.1 0.3 12.50 8.00") for row in found.texts("tr"))
    (kicker,) = [p["text"] for p in found.all("p") if p.get("class") == "kicker"]
    assert "with 16 hidden units, on train.csv" in kicker


@pytest.mark.parametrize("recipe", [QUICK, WITHOUT_DROPOUT, TUNED], ids=lambda r: r.name)
def test_any_group_alone_has_a_page(tmp_path, recipe):
    of = run(group(TWO, recipe=recipe))
    assert page(tmp_path, of).texts("h1") == [headline_sentence(conclusions(of).headline)]


def test_data_on_which_nothing_sold_have_a_page(tmp_path):
    nan = float("nan")
    of = overview(Reference("oracle60", errors(nan, 0.0)), n_left_out=176_600)
    series = SeriesErrors(tuple(range(6)), (nan,) * 6, (0.1,) * 6)
    records = [record(*job, of=of, errors=errors(nan, 0.1), series=series) for job in JOBS]
    found = page(tmp_path, run(Group(tuple(records)), of=of))
    assert len(found.all("figure")) == 4
    assert "nan" not in found.texts("table")[0]


def test_a_size_is_compared_over_its_seeds_and_over_the_months(made):
    (row, *_) = [row for row in made[1].texts("tr") if row.startswith("16 1,825")]
    months = r"other months: \[\+6\.\d\d, \+6\.\d\d\]"
    assert re.search(rf"(worse|settled) \+6\.\d\d% \[.*\] {months}", row)


def test_the_first_sentence_beside_the_headline_stands_under_it_and_the_others_below(tmp_path):
    of = run(group({32: [12.1] * 2, 16: [12.1, 12.2]}))
    made = page(tmp_path, of)
    leads = [p["text"] for p in made.all("p") if p.get("class") == "lead"]
    rest = list(headline_rest(conclusions(of).headline))
    assert len(rest) == 2
    assert leads == rest[:1]
    assert rest[1] in made.texts("li")


def test_next_to_nothing_below_the_oracle_is_not_minus_nothing(tmp_path):
    equal = Reference("naive_1", errors(22.0, ORACLE.errors.rmse * (1 - 1e-6)))
    of = overview(ORACLE, equal)
    found = page(tmp_path, run(group(TWO), of=of))
    assert "+0.0%" in found.texts("table")[0]
    assert "-0.0%" not in found.texts("table")[0]


def test_two_splits_of_the_same_data_stand_side_by_side(tmp_path):
    later = run(group({32: [14.0, 14.2]}, of=BY_TIME), of=BY_TIME)
    found = page(tmp_path, run(group(TWO)), later)
    (first, *_) = found.texts("table")
    assert first.startswith("other stores later days forecaster KB MAPE, % RMSE above the oracle")
    assert "32 units 22.1 12.55 8.05 +5.9% 14.10 9.60 +26.3%" in first
    assert "16 units 7.1 13.10 8.60 +13.2% – – –" in first
    assert "oracle: the law, the date and 60 days – 12.20 7.60 +0.0% 12.20 7.60 +0.0%" in first
    assert "Size by size, tested on later days" in found.texts("h2")
    leads = [p["text"] for p in found.all("p") if p.get("class") == "lead"]
    assert headline_sentence(conclusions(later).headline) in leads[-1]
    assert found.texts("h1") == page(tmp_path, run(group(TWO))).texts("h1")
    assert "--split time" in found.texts("footer")[0]


def test_a_folder_with_other_data_too_has_their_tables(tmp_path):
    other = run(group({48: [14.0]}, of=OTHER_DATA), of=OTHER_DATA)
    found = page(tmp_path, run(group(TWO)), other)
    assert "Also in this folder: other.csv, split by stores" in found.texts("h2")
    assert any(row.startswith("48 ") and " 14.00 " in row for row in found.texts("tr"))


def test_what_is_known_of_a_collapse_stands_beside_its_figures(tmp_path):
    of = run(group({32: [12.5, 12.6], 16: [20.0, 23.6]}, dropout_on=13.0))
    made = page(tmp_path, of)
    assert "Dropout in small networks" in made.texts("h2")
    (collapse,) = conclusions(of).collapses
    assert set(collapse_details(collapse)) <= set(made.texts("li"))
    assert "Why a network collapses" in made.texts("h3")


def test_networks_of_another_program_have_a_table_and_no_say(tmp_path):
    newer, older = group(TWO), group({16: [9.0]}, stamp="fedcba9876")
    found = page(tmp_path, run(newer, older))
    assert any("by another version of the program, fedcba9876" in t for t in found.texts("h3"))
    assert found.texts("h1") == page(tmp_path, run(newer)).texts("h1")


def test_an_older_page_and_its_figures_are_replaced(tmp_path):
    page(tmp_path, run(group({16: [12.5]})))
    old = (tmp_path / "figures" / "error_by_size.svg").read_bytes()
    changed = group({16: [20.0]}, recipe=dataclasses.replace(TUNED, dropout=0.1))
    assert "12.50" not in page(tmp_path, run(changed)).text
    assert (tmp_path / "figures" / "error_by_size.svg").read_bytes() != old


def test_the_page_links_to_a_page_to_play_on_where_there_is_one(tmp_path):
    written = run(group({4: [12.5]}, recipe=TUNED))
    for name in ("", "playground.html"):
        write_page(tmp_path, [written], name)
        links = Page((tmp_path / "report.html").read_text("utf-8")).all("a")
        assert [link.get("href") for link in links if link.get("href") == "playground.html"] == [
            name
        ] * bool(name)
