"""Page and text of three kinds of data: no sentence that is untrue for one of them."""

import dataclasses
import re

import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")

from experiments.pages.page import write_page
from experiments.pages.text import report_text
from experiments.training.recipes import TUNED
from tests.records import (
    BAKERY,
    FLOOR,
    LAST_WEEK,
    ORACLE,
    QUICK,
    WITHOUT_DROPOUT,
    group,
    overview,
    run,
)

REFERENCES = FLOOR, ORACLE, LAST_WEEK
SIMULATED = overview(*REFERENCES, data="simulated", data_sha256="1" * 64, is_simulated=True)
KAGGLE = overview(*REFERENCES)
TWO = {32: [12.1, 12.1], 16: [12.2, 12.2]}
COLLAPSED = {128: [12.5, 12.4], 16: [23.6, 23.4]}
OF_PAPER = r"\barXiv\b", r"the paper's figure", r"Crosses", r"23 ms", r"\bclaims?\b", r"Kaggle"
OF_LAW = r"Poisson", r"\blaw\b", r"\bfloor\b", r"\boracle\b", r"all that is left", r"\bchance\b"
OF_BOUND = r"the best that", r"\boracle\b"
OF_COLLAPSE = r"collapse", r"[Dd]ropout (off|on|left)"


@pytest.fixture
def said(tmp_path):
    """All words of page and terminal about a run, those of the figures among them."""

    def of(*groups, of):
        written = run(*groups, of=of)
        write_page(tmp_path, [written])
        page = re.sub("<style>.*?</style>", "", (tmp_path / "report.html").read_text(), flags=re.S)
        words = f"{page}\n{report_text(written)}".replace("&#39;", "'")
        return re.sub(r"recipe paper|--recipe paper", "", words)

    return of


def none_of(words, *patterns):
    """That a text has none of these patterns; a failure shows where it has one."""
    for pattern in patterns:
        found = re.search(rf".{{0,60}}{pattern}.{{0,60}}", words)
        assert not found, found.group()


def test_a_bakerys_page_speaks_of_no_law_no_paper_and_no_collapse(said):
    words = said(group(TWO, recipe=TUNED, of=BAKERY), of=BAKERY)
    none_of(words, *OF_PAPER, *OF_LAW, *OF_BOUND, *OF_COLLAPSE, r"\bnan\b", r"no floor")
    assert "against 10.00 for last week's sales" in words
    assert "No best possible error is known for these sales" in words
    assert "no fair rival" in words
    assert "MAPE leaves out 192 test days (14%) with no sales" in words


def test_a_bakerys_headline_is_that_its_networks_lose_if_they_do(said):
    words = said(group({8: [130.0, 129.0]}, recipe=TUNED, of=BAKERY), of=BAKERY)
    assert "The networks lose to last week's sales: the RMSE is 125.00 at best" in words
    assert "enough" not in words


def test_a_collapse_on_a_bakerys_data_is_told_without_the_law(said):
    words = said(group(COLLAPSED, dropout_on=13.0, of=BAKERY), of=BAKERY)
    assert "Dropout makes networks collapse" in words
    none_of(words, *OF_PAPER, *OF_LAW, *OF_BOUND)


def test_simulated_sales_have_a_floor_and_are_not_the_papers_experiment(said):
    words = said(group(TWO, recipe=TUNED, of=SIMULATED), of=SIMULATED)
    assert "22.1 KB are enough: 32 hidden units forecast as well as an oracle that knows" in words
    assert "The floor is exact" in words
    assert "The claims of arXiv 2601.00525 are not judged here" in words
    none_of(words, "the paper's figure", "Crosses", "the paper claims", "holds", *OF_COLLAPSE)
    none_of(words, "No best possible", "no fair rival", "MAPE leaves out")


def test_simulated_sales_show_the_collapse_and_its_cause_beside_the_papers_figure(said):
    short = dataclasses.replace(WITHOUT_DROPOUT, epochs=3, windows_per_epoch=150_000)
    words = said(
        group(TWO, recipe=TUNED, of=SIMULATED),
        group({16: [23.6, 13.0]}, recipe=QUICK, dropout_on=13.0, of=SIMULATED),
        group({16: [12.9, 12.8]}, recipe=short, of=SIMULATED),
        of=SIMULATED,
    )
    assert "1 of 2 [1% to 99%] with 16 units has a deviance over 20% above that of the" in words
    assert "Of networks of this size trained without dropout 0 of 2 [0% to 84%] are as bad" in words
    assert "Where a collapse comes from" in words
    assert "Crosses" in words


def test_kaggles_data_with_the_papers_protocol_have_its_claims_judged(said):
    words = said(group(COLLAPSED, dropout_on=13.0, of=KAGGLE), of=KAGGLE)
    assert "The paper’s claims" in words
    assert "913,000 rows, 500 series" in words
    assert "Crosses" in words
    none_of(words, "exact", "simulated", "No best possible", "no fair rival")


def test_kaggles_data_with_another_recipe_have_no_table_of_claims(said):
    words = said(group(TWO, recipe=TUNED, of=KAGGLE), of=KAGGLE)
    assert "The claims of arXiv 2601.00525 are not judged here" in words
    none_of(words, "The paper’s claims", "the paper claims", "Crosses", "exact", *OF_COLLAPSE)
