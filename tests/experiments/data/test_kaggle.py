"""The rows that Kaggle asks for are found in the panel, or refused in one sentence."""

import zipfile

import numpy as np
import pytest

from experiments.data.kaggle import read_kaggle_rows
from experiments.data.panel import DataError
from experiments.data.simulator import simulate_panel

PANEL = simulate_panel(stores=2, items=3, days=100)  # to 2013-04-10
GOOD = "id,date,store,item\n0,2013-04-11,1,1\n1,2013-04-12,2,3\n"


def read(tmp_path, text, days=90):
    path = tmp_path / "test.csv"
    path.write_text(text)
    return read_kaggle_rows(path, PANEL, days)


def test_rows_are_places_in_the_panel_and_days(tmp_path):
    rows = read(tmp_path, GOOD)
    assert list(rows.ids) == ["0", "1"]
    assert list(rows.series) == [0, 5]
    assert list(rows.dates) == [np.datetime64("2013-04-11"), np.datetime64("2013-04-12")]


def test_the_zip_is_taken_as_it_is(tmp_path):
    with zipfile.ZipFile(tmp_path / "kaggle.zip", "w") as archive:
        archive.writestr("train.csv", "date,store,item,sales\n")
        archive.writestr("data/test.csv", GOOD)
    assert list(read_kaggle_rows(tmp_path / "kaggle.zip", PANEL, 90).series) == [0, 5]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "cannot be read"),
        ("id,date,store\n", "no column item"),
        ("id,date,store,item\n", "asks for nothing"),
        ("id,date,store,item\n0,2013-04-11,1,9\n", "row 1: store '1' item '9' is not in simulated"),
        ("id,date,store,item\n0,11.4.2013,1,1\n", "date '11.4.2013' is no day written YYYY-MM-DD"),
        ("id,date,store,item\n0,,1,1\n", "date '' is no day"),
        ("id,date,store,item\n0,2013-04-10,1,1\n", "2013-04-10 is not after 2013-04-10"),
        (GOOD + "2,2013-07-20,1,1\n", "row 3: 2013-07-20 is more than 90 days ahead"),
        (GOOD + "2,2013-07-20,1,1\n", "forecast further, with --days 101"),
        ('id,date,store,item\n"0,2013-04-11,1,1\n', "cannot be read"),
    ],
)
def test_what_cannot_be_answered_gets_one_sentence(tmp_path, text, complaint):
    with pytest.raises(DataError) as error:
        read(tmp_path, text)
    assert complaint in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_a_file_that_is_not_there_a_folder_and_a_zip_without_it_get_one_sentence(tmp_path):
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        archive.writestr("other.csv", "")
    for name, complaint in (
        ("nowhere.csv", "No such file"),
        ("", "it is no file"),
        ("empty.zip", "no test.csv in the zip"),
    ):
        with pytest.raises(DataError, match=complaint):
            read_kaggle_rows(tmp_path / name, PANEL, 90)


def test_rows_a_day_further_than_asked_are_refused_and_those_on_the_last_are_not(tmp_path):
    assert len(read(tmp_path, GOOD, days=2).ids) == 2
    with pytest.raises(DataError, match="with --days 2"):
        read(tmp_path, GOOD, days=1)
