"""What was mended in a file is told with its count and an example."""

import pytest

from experiments.data.panel import Mend
from experiments.pages.mend_words import mend_sentence, mend_text


def test_each_mend_is_a_line_with_its_count_and_an_example():
    mend = Mend("rows added up", 1234, "line 5")
    assert mend_sentence(mend) == "1,234 rows added up, as line 5"
    assert mend_text("shop.csv", [mend]).splitlines() == [
        "shop.csv was mended while it was read:",
        "      1,234  rows added up, as line 5",
    ]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("further rows of a day and item", "1 further row of a day and item, as line 5"),
        ("returns, subtracted", "1 return, subtracted, as line 5"),
        ("weekdays on which a series never sells", "1 weekday on which a series never sells"),
    ],
)
def test_one_of_a_kind_is_told_in_the_singular(what, said):
    assert mend_sentence(Mend(what, 1, "line 5")).startswith(said)


def test_windows_1252_is_no_plural():
    what = "text in Windows-1252, as Excel writes it"
    assert mend_sentence(Mend(what, 1, "line 2")) == f"1 {what}, as line 2"
