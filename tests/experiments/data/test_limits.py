"""What is no table of sales costs neither memory nor time, whatever it claims to be."""

import os
import tracemalloc
import zipfile

import pytest

from experiments.data import excel, numbers, source
from experiments.data.panel import DataError, read_panel
from experiments.words import install
from tests.zips import archive

HEADER = b"date,store,item,sales"
ROW = b"2020-01-01,1,1,1"
posix = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no such files")


def peak_and_refusal(path):
    """Bytes that the refusal of a file took, and what it said."""
    tracemalloc.start()
    try:
        with pytest.raises(DataError) as caught:
            read_panel(path)
        return tracemalloc.get_traced_memory()[1], str(caught.value)
    finally:
        tracemalloc.stop()


@pytest.fixture
def refused(tmp_path):
    def refused(content, name="shop.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        return peak_and_refusal(path)

    return refused


def test_a_zip_of_a_hundred_thousand_columns_takes_no_more_than_its_text(refused):
    row = ROW + b"," * 100_000 + b"\n"
    text = HEADER + b",a" * 100_000 + b"\n" + row * 100
    peak, said = refused(archive([("train.csv", text)]), "shop.zip")
    assert peak < 4 * len(text)
    assert said == (
        "shop.zip/train.csv, line 1: 100,004 columns; keep those of date, store, item and sales."
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (HEADER + b"\n" * 3_000_000, "has a header but no rows; add a row per series and day."),
        (HEADER + b"\n" * 3_000_000 + ROW, "bytes without a value; remove the empty rows."),
        (HEADER + (b"\n" * 900_000 + ROW) * 3, "most of them empty; remove the empty lines."),
        (HEADER + b"\n" + b"1" * 3_000_000, "the line is longer than 262,144 bytes; write a row "
         "per line, of few columns."),
        (HEADER + b"\n" + b'"\n",' * 1_000_000, "has 4 fields where"),
    ],
    ids=["lines at the end", "lines amid", "lines everywhere", "one line", "one row of many lines"],
)  # fmt: skip
def test_what_has_hardly_a_value_is_refused_before_it_is_split(
    refused, monkeypatch, text, sentence
):
    monkeypatch.setattr(source, "MAX_ROW", 2**20)
    peak, said = refused(text)
    assert peak < 5 * len(text)
    if "fields" in sentence:
        sentence = "a row is longer than 1,048,576 characters; close every quote."
    assert said.endswith(sentence)


def test_labels_without_number_are_refused_before_they_are_sorted(refused, monkeypatch):
    monkeypatch.setattr(numbers, "MAX_LABELS", 100)
    rows = b"".join(b"2020-01-01,%d,1,1\n" % n for n in range(101))
    _, said = refused(HEADER + b"\n" + rows)
    assert "has more than 100 different stores" in said


# Files that are none


@posix
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    _, said = peak_and_refusal(tmp_path / "pipe.csv")
    assert said.endswith("is no regular file, but a pipe; give the path of a CSV or zip.")


@posix
@pytest.mark.parametrize(("path", "kind"), [("/dev/zero", "a device"), (".", "a folder")])
def test_a_device_and_a_folder_are_refused(path, kind):
    assert peak_and_refusal(path)[1].endswith(f"but {kind}; give the path of a CSV or zip.")


# Excel files


def test_an_excel_file_that_unpacks_to_too_much_is_refused(refused, monkeypatch):
    monkeypatch.setattr(excel, "SMALL", 2**16)
    bomb = archive([("xl/workbook.xml", b""), ("xl/worksheets/sheet1.xml", b"<c/>" * 2**20)])
    peak, said = refused(bomb, "shop.xlsx")
    assert peak < 2**21
    assert said.startswith("shop.xlsx unpacks to 4,194,304 bytes; open it in a spreadsheet program")


def test_a_damaged_excel_file_is_to_be_saved_as_csv(refused):
    pytest.importorskip("openpyxl")
    said = refused(archive([("xl/workbook.xml", b"<x>")]), "shop.xlsx")[1]
    assert said == (
        "shop.xlsx cannot be read as an Excel file; open it in a spreadsheet program and save it "
        "as CSV UTF-8."
    )


def test_without_openpyxl_an_excel_file_is_refused_with_the_cure(refused, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    said = refused(archive([("xl/workbook.xml", b"")]), "shop.xlsx")[1]
    assert said == (
        f"shop.xlsx is an Excel file; {install('openpyxl')} to read it, or open it and save it "
        "as CSV UTF-8."
    )


def test_of_several_sheets_the_one_with_a_header_is_read_or_else_asked_for(refused, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["Notes"])
    for title in ("2019", "2020"):
        book.create_sheet(title).append(["date", "sales"])
    book["2020"].append(["2020-01-01", 5.0])
    book.save(tmp_path / "two.xlsx")
    said = peak_and_refusal(tmp_path / "two.xlsx")[1]
    assert said == "two.xlsx has the sheets '2019', '2020'; keep the one of the sales alone."
    del book["2019"]
    book.save(tmp_path / "one.xlsx")
    panel = read_panel(tmp_path / "one.xlsx", min_days=1)
    assert panel.sales.tolist() == [[5]]
    assert panel.mends[0].example == "sheet '2020'"


def test_a_csv_that_is_too_large_is_refused_before_it_is_read(tmp_path):
    with open(tmp_path / "huge.csv", "wb") as file:
        file.truncate(2**40)  # a hole, which takes no room on the disk
    peak, said = peak_and_refusal(tmp_path / "huge.csv")
    assert peak < 1_000_000
    assert "more than 1,073,741,824 bytes" in said


def test_a_zip_in_which_a_member_lies_about_its_size_is_refused(tmp_path):
    content = bytearray(archive([("train.csv", b"1" * 2**24)]))
    for place in (content.index(b"PK\1\2") + 24, 22):
        content[place : place + 4] = (2**20).to_bytes(4, "little")
    (tmp_path / "bomb.zip").write_bytes(content)
    assert zipfile.is_zipfile(tmp_path / "bomb.zip")
    peak, said = peak_and_refusal(tmp_path / "bomb.zip")
    assert peak < 2**23
    assert said.endswith("cannot be unzipped; download it again.")
