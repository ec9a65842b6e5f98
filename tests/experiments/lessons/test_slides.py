"""The slides: one step each, and what they say of the study is in its record."""

import json
import re

import pandas as pd

from experiments.analysis.comparisons import MARGIN
from tests.experiments.lessons.test_lessons import FOLDER, cells, source
from tinylstm.check.bugs import BUGS

SLIDES = FOLDER / "slides" / "one-hour.ipynb"
NOTEBOOK = json.loads(SLIDES.read_text("utf-8"))
KINDS = [cell["metadata"]["slideshow"]["slide_type"] for cell in NOTEBOOK["cells"]]


def test_there_are_about_fifteen_slides_for_an_hour_each_with_a_heading():
    texts = [source(cell) for cell in NOTEBOOK["cells"]]
    starts = [t for t, kind in zip(texts, KINDS, strict=True) if kind == "slide"]
    assert 14 <= len(starts) <= 20
    assert all(text.startswith("#") for text in starts)
    assert set(KINDS) <= {"slide", "fragment", "skip", "-"}


def test_they_are_kept_without_outputs():
    assert not any(cell["outputs"] or cell["execution_count"] for cell in cells(SLIDES))


def test_every_picture_is_told_in_words_too():
    drawing = [
        cell for cell in cells(SLIDES) if re.search(r"^(show|pictures\.\w+)\(", source(cell), re.M)
    ]
    assert len(drawing) == 6
    assert all("\nshow(" in source(cell) or "alt=alt" in source(cell) for cell in drawing)


def test_what_they_say_of_the_study_is_in_its_record():
    findings = pd.read_csv(FOLDER.parent / "results" / "findings.csv")
    tested = findings.query("split == 'stores' and recipe == 'tuned' and units == 8")
    (above,) = tested[tested.what == "rmse above the benchmark"].high
    assert above < MARGIN
    references = pd.read_csv(FOLDER.parent / "results" / "references.csv").set_index("reference")
    table = 100 * (references.rmse["seasonal_table"] / references.rmse["oracle60"] - 1)
    assert f"A table of weekdays and months: {table:+.2f}%." in SLIDES.read_text("utf-8")


def test_they_count_the_bugs_of_the_zoo():
    assert len(BUGS) == 22
    assert "has twenty-two bugs" in SLIDES.read_text("utf-8")
