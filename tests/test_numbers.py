"""Every number that documents and page quote from the record is in the record's files."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from experiments.analysis.comparisons import MARGIN
from experiments.pages.markdown import PASSAGE
from experiments.pages.reference_words import REFERENCE_NAMES
from experiments.training.methods import Compression
from experiments.training.recipes import PAPER_MAPE
from tinylstm.model import BYTES_PER_KB

ROOT = Path(__file__).parents[1]
RECORD = ROOT / "experiments" / "results"
FIRST = RECORD / "first_edition"
GUIDE = ROOT / "docs" / "what-came-out.md"
SMALLER = ROOT / "docs" / "runs-anywhere.md"
DOCUMENTS = ROOT / "README.md", GUIDE
TABLES = (
    *("results", "summary", "findings", "references", "references-time", "law"),
    *("monthly", "models"),
)
SPLITS = {"other stores": ("stores", "references"), "later days": ("time", "references-time")}
HOW = "method", "bits", "per", "sparsity", "rank"  # as the fields of a Compression
NUMBER = re.compile(r"(?<![\w.])[+-]?\d[\d,]*\.\d+")
OF_THE_PAPER = {*PAPER_MAPE.values(), 23.0, 23.7}  # errors, percent, and milliseconds
SETTINGS = {MARGIN, 0.05, 0.1, 0.2, 0.3, 0.5}  # the margin, and dropout


def read(name, folder=RECORD):
    return pd.read_csv(folder / f"{name}.csv")


def found_in(text, cells):
    """The numbers with a decimal point in a text that are in no cell, to the digits shown."""
    missing = []
    for shown in NUMBER.findall(text):
        digits = len(shown.rpartition(".")[2])
        value = abs(float(shown.replace(",", "")))
        if value in OF_THE_PAPER | SETTINGS or (value, digits) in cells:
            continue
        missing.append(shown)
    return missing


@pytest.fixture(scope="module")
def cells():
    """All numbers of the record, each rounded to no digit, one, two and so on."""
    values = []
    for name in TABLES:
        table = read(name).select_dtypes("number")
        values += table.to_numpy().ravel().tolist()
    stored = (read("references").bytes, read("references-time").bytes, read("summary").file_bytes)
    values += [value / BYTES_PER_KB for column in stored for value in column]
    values += [float(number) for name in read("law").name for number in NUMBER.findall(name)]
    known = [abs(value) for value in values if value == value]
    return {(float(f"{value:.{digits}f}"), digits) for value in known for digits in range(1, 5)}


def rows(text):
    """The table of a text: the names of its columns, and the cells of each row."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    header, _, *body = lines
    return header, body


def passage(document, name):
    """A passage of a document that was made from the record."""
    return next(f[0] for f in PASSAGE.finditer(document.read_text("utf-8")) if f[2] == name)


def test_both_documents_quote_the_record():
    names = [[f[2] for f in PASSAGE.finditer(doc.read_text("utf-8"))] for doc in DOCUMENTS]
    assert names == [["short"], ["headline", "dropout", "claims"]]


@pytest.mark.parametrize(
    ("document", "name"), [(DOCUMENTS[0], "short"), (GUIDE, "headline")], ids=("README", "guide")
)
def test_the_table_of_sizes_has_the_means_of_the_record(document, name):
    header, body = rows(passage(document, name))
    summary = read("summary").query("title == 'tuned'")
    above = read("findings").query("what == 'rmse above the benchmark' and recipe == 'tuned'")
    names = {words: name for name, words in REFERENCE_NAMES.items()}
    for forecaster, kb, *numbers in body:
        for k, column in enumerate(header[2::3]):
            split, references = SPLITS[column.partition(":")[0]]
            mape, rmse, percent = numbers[3 * k : 3 * k + 3]
            if not mape:
                continue  # of this size there is none on this split
            of = read(references).set_index("reference")
            oracle = of.loc["oracle60"].rmse
            if forecaster in names:
                here = of.loc[names[forecaster]]
                expected = here.mape, here.rmse, 100 * (here.rmse / oracle - 1)
            else:
                units = int(forecaster.split()[0])
                size = summary[(summary.split == split) & (summary.units == units)].iloc[0]
                value = above[(above.split == split) & (above.units == units)].iloc[0].value
                assert kb == f"{size.kb:.1f}"
                expected = size.mape_mean, size.rmse_mean, value
            assert (mape, rmse) == (f"{expected[0]:.2f}", f"{expected[1]:.2f}"), forecaster
            assert float(percent.rstrip("%")) == pytest.approx(expected[2], abs=0.00501), forecaster


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_number_of_a_passage_is_in_the_record(document, cells):
    for found in PASSAGE.finditer(document.read_text("utf-8")):
        assert found_in(found[0], cells) == [], found[2]


def test_a_number_that_is_in_no_file_is_found_out(cells):
    assert found_in("an RMSE of 7.6543, against 1,234.5 KB", cells) == ["7.6543", "1,234.5"]


SILENT = {"svg", "style", "footer"}


class Words(HTMLParser):
    """The text of a page without its pictures, its style and how to repeat it."""

    def __init__(self, text):
        super().__init__()
        self.words, self.depth = [], 0
        self.feed(text)

    def handle_starttag(self, tag, _):
        self.depth += tag in SILENT

    def handle_endtag(self, tag):
        self.depth -= tag in SILENT

    def handle_data(self, text):
        if not self.depth:
            self.words.append(text)


def test_every_number_of_the_page_is_in_the_record(cells):
    page = (RECORD / "report.html").read_text("utf-8")
    text = " ".join(Words(page).words).replace("2601.00525", "")
    assert found_in(text, cells) == []


def test_the_bad_network_that_does_not_collapse_is_as_the_guide_says():
    protocol = "recipe == 'paper' and split == 'stores' and dropout == 0.2 and units == 48"
    network = read("results").query(f"{protocol} and seed == 15").iloc[0]
    told = "has a MAPE of {:.2f} with dropout off, {:.2f} with it left on and {:.2f} with the last"
    numbers = network.mape, network.dropout_on_mape, network.recalibrated_mape
    assert told.format(*numbers) in " ".join(GUIDE.read_text("utf-8").split())


def test_the_networks_of_the_first_edition_are_those_of_its_files():
    """A column per way to forecast, a number per seed."""
    results, left_on = read("results", FIRST), read("dropout_left_on", FIRST)
    paper = results.query("recipe == 'paper' and split == 'stores'")
    text = GUIDE.read_text("utf-8").partition("## The first edition")[2]
    header, body = rows(text.replace("**", ""))
    assert header == ["units", "dropout off", "left on", "trained without", "the paper's figure"]
    assert [int(row[0]) for row in body] == list(PAPER_MAPE)
    for units, off, on, without, stated in body:
        alike = paper[paper.units == int(units)].sort_values("seed")
        for shown, dropout in ((off, 0.2), (without, 0.0)):
            networks = alike[alike.dropout == dropout]
            assert shown == ", ".join(f"{value:.2f}" for value in networks.mape)
        of_size = left_on[left_on.units == int(units)].sort_values("seed")
        assert on == ", ".join(f"{value:.2f}" for value in of_size.dropout_on_mape)
        assert float(stated) == PAPER_MAPE[int(units)]


def smaller_tables():
    """The tables of networks made smaller: header and body of each, in the guide's order."""
    parts = SMALLER.read_text("utf-8").split("\n\n")
    return [rows(part) for part in parts if part.startswith("| units | way |")]


def means(name):
    """Means over the seeds of each way and size of a file of the record."""
    table = read(name, RECORD / "compression")
    hows = zip(*(table[field] for field in HOW), strict=True)
    table["way"] = [str(Compression(*how)) for how in hows]
    groups = table.groupby(["units", "way"])
    assert groups.size().min() == 5
    return groups[["stored_bytes", "mape", "excess"]].mean()


@pytest.mark.parametrize(("k", "name"), [(0, "rounded"), (1, "tested")])
def test_the_guide_to_small_files_has_the_means_of_the_test_windows(k, name):
    header, body = smaller_tables()[k]
    place = {column: header.index(column) for column in ("bytes", "MAPE %", "above the oracle")}
    of = means(name)
    shown = 0
    for cells in body:
        stored, mape, above = (cells[place[column]].strip("*") for column in place)
        if mape == "–":
            continue  # not tested: validation windows ruled it out
        row = of.loc[(int(cells[0].strip("*")), cells[1].strip("*"))]
        assert stored == f"{row.stored_bytes:,.0f}"
        assert (mape, above) == (f"{row.mape:.2f}", f"{row.excess:.2f}%"), cells
        shown += 1
    assert shown >= 6


def test_the_guide_to_small_files_has_what_validation_windows_said():
    header, body = smaller_tables()[1]
    column, of = header.index("on validation"), means("validation")
    for cells in body:
        row = of.loc[(int(cells[0].strip("*")), cells[1].strip("*"))]
        assert cells[column].strip("*") == f"{row.excess:.2f}%", cells


@pytest.mark.parametrize(
    ("other", "sign", "words"),
    [
        ("seasonal_naive_7", -1, "below that of last week's sales repeated"),
        ("average_28", -1, "below that of a four-week average"),
        ("true_mean", 1, "above that of the true mean"),
    ],
)
def test_what_is_said_of_the_simulated_shops_is_in_their_table(other, sign, words):
    shops = read("shops", RECORD / "forecast")
    percent = sign * 100 * (shops.rmse / shops[f"rmse_{other}"] - 1)
    told = " ".join((RECORD / "forecast" / "README.md").read_text("utf-8").split())
    assert f"{percent.min():.0f}% to {percent.max():.0f}% {words}" in told
