"""What the owner of a shop is told about a file that is no CSV of daily sales, and how to mend it.

All are sentences of `read_panel`.
"""

import gzip

import pytest

from experiments.data.panel import Reading
from tests.zips import archive

EXPORT = "export the sales as CSV UTF-8 from the program that made it"
SMALLER = "write whole units sold, or a smaller unit, as grams in place of kilograms"
SAVE = "open it in a spreadsheet program and save it as CSV UTF-8."
ROW = "2020-02-27,1,1,5"


def with_header(header, row=ROW):
    return [header, row]


def zip_of(*names):
    """The bytes of a zip with these members."""
    return archive((name, "") for name in names)


def test_a_zip_has_no_time_so_that_every_process_gives_a_test_the_same_name(monkeypatch):
    now = zip_of("shop.csv")
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert zip_of("shop.csv") == now


# Files that are no text in UTF-8


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("shop.ods", zip_of("mimetype", "content.xml", "META-INF/manifest.xml")),
        ("shop.xlsb", zip_of("[Content_Types].xml", "xl/workbook.bin")),
        ("shop.numbers", zip_of("Index/Document.iwa", "preview.jpg")),
        ("shop.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)),
        ("shop.csv", zip_of("mimetype", "content.xml")),  # known by its content
    ],
)
def test_a_spreadsheet_of_another_program_is_to_be_saved_as_csv(refusal, name, content):
    assert refusal(content, name=name) == f"{name} is a spreadsheet; {SAVE}"


def test_a_spreadsheet_in_a_zip_is_named(refusal):
    said = refusal(zip_of("Sales 2017.xlsx"), name="shop.zip")
    assert said == f"shop.zip holds a spreadsheet, 'Sales 2017.xlsx'; {SAVE}"


def test_text_in_no_encoding_is_shown_with_its_line(refusal):
    lines = [*with_header("date,store,item,sales"), "2020-02-28,Z\x81rich,1,1"]  # 0x81 is no letter
    assert refusal("\n".join(lines).encode("latin-1")) == (
        "shop.csv, line 3: 'Z\ufffdrich' is not in UTF-8, but in Windows-1252 or the like; " + SAVE
    )


def test_half_a_character_of_utf_16_is_damage(refusal):
    content = "\n".join(with_header("date,store,item,sales")).encode("utf-16") + b"\0"
    assert refusal(content) == f"shop.csv is damaged text in UTF-16; {SAVE}"


@pytest.mark.parametrize("start", ["<!DOCTYPE html>", "\n <html lang='en'>"])
def test_a_login_page_in_place_of_the_zip_is_told_from_a_table(refusal, start):
    assert refusal(f"{start}<title>Sign in</title>", name="demand.zip") == (
        "demand.zip is a web page, which sites send in place of a file that needs a login; "
        "log in where it comes from, download it again, and give the CSV or zip."
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (gzip.compress(b"date"), "is packed in an unusual way; unpack it and give the CSV."),
        (b"%PDF-1.7", f"is a PDF; {EXPORT}."),
        (b'[{"date": "2020-02-27"}]', f"is JSON; {EXPORT}."),
    ],
    ids=["gzip", "pdf", "json"],
)
def test_other_kinds_of_files_are_named(refusal, content, sentence):
    assert refusal(content) == f"shop.csv {sentence}"


# Headers


@pytest.mark.parametrize(
    ("header", "cure"),
    [
        ("date,stroe,item,saels", "say --columns store=stroe sales=saels"),
        ("date,stroe,item,sales", "say --columns store=stroe, or store=- if there is only one"),
        ("date,store,item,x", "say --columns sales=NAME"),
        ("date,store,Item Sales,x", "say --columns sales='Item Sales'"),
        (f"date,store,item,Sales {'x' * 40}", "say --columns sales=NAME"),
        ("a,b,c,d", "say --columns date=NAME sales=NAME"),
        ("Order Date,Day,store,sales", "say which with --columns date='Order Date'"),
        ("date,Store ID,Store Name,sales", "say which with --columns store='Store ID'"),
        ("date,store,item 1,item 2,item 3", "give every day, store and item a row of its own, in "
         "place of a column for each"),
        (ROW, "put a first line above that names the columns, as date,store,item,sales"),
    ],
)  # fmt: skip
def test_the_likely_columns_are_named(refusal, header, cure):
    assert refusal(with_header(header)).endswith(f"; {cure}.")


@pytest.mark.parametrize(
    ("told", "cure"),
    [
        ({"sales": "Menge"}, "name one of these with --columns sales=NAME"),
        ({"store": "item"}, "give each of --columns its own"),
    ],
)
def test_what_the_owner_tells_must_be_there(refusal, told, cure):
    said = refusal(with_header("date,store,item,sales"), reading=Reading(columns=told))
    assert said.endswith(f"; {cure}.")


# Fields


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        (["31.12.2017"], "2017-12-31"),
        (["1.2.2017"], "2017-02-01"),
        (["12/31/2017"], "2017-12-31"),
        (["31-12-17"], "2017-12-31"),
        (["1/2/2017", "1/13/2017"], "2017-01-02"),  # the other row shows that months come first
        (["1/2/2017", "13/2/2017"], "2017-02-01"),
        (["2017/12/31"], "2017-12-31"),
        (["2017-12-31 00:00:00"], "2017-12-31"),
        (["2017-12-31T17:45:10.25Z"], "2017-12-31"),
        (["12/31/2017 5:45 PM"], "2017-12-31"),
        (["20171231"], "2017-12-31"),
        (["43100"], "2017-12-31"),  # a spreadsheet's number of the day
        (["31 December 2017"], "2017-12-31"),
        (["Dec 31, 2017"], "2017-12-31"),
        ([" 2017-12-31 "], "2017-12-31"),
        (["2/2/2017", "3/3/2017"], "2017-02-02"),  # the same day by both orders
    ],
)
def test_a_day_is_read_where_the_column_tells_how_days_are_written(read, dates, day):
    rows = [f'"{date}",1,1,5' for date in dates]
    panel = read(["date,store,item,sales", *rows])
    assert str(panel.dates[0]) == day


@pytest.mark.parametrize(
    ("dates", "problem"),
    [
        (["1/2/2017"], "date '1/2/2017' may be 1 February or 2 January"),
        (["1/1/2017", "1/2/2017"], "date '1/2/2017' may be 1 February or 2 January"),
        (["0/5/2017", "1/2/2017"], "date '1/2/2017' may be 1 February or 2 January"),
        (["0/5/2017"], "date '0/5/2017' is not in the calendar"),
        (["00/00/0000"], "date '00/00/0000' is not in the calendar"),
        (["31.31.2017"], "date '31.31.2017' is not in the calendar"),
        (["17/12/30", "17/12/31"], "date '17/12/30' may begin with the year"),
        (["2017-12-31", "2018-01-01", "2.1.2018"], "date '2.1.2018' is no date as '2017-12-31' is"),
        (["1/13/2017", "13/1/2017"], "date '1/13/2017' has the month first, '13/1/2017' the day"),
    ],
)
def test_a_day_that_may_be_another_is_not_guessed(refusal, dates, problem):
    rows = [f"{date},1,1,5" for date in dates]
    said = refusal(["date,store,item,sales", *rows])
    assert f": {problem} (" in said
    assert said.endswith(("YYYY-MM-DD.", "say which with --dates dmy or --dates mdy."))


def test_the_owner_tells_whether_days_come_first(read):
    content = ["date,store,item,sales", "1/2/2017,1,1,5"]
    for order, day in (("dmy", "2017-02-01"), ("mdy", "2017-01-02")):
        assert str(read(content, reading=Reading(dates=order)).dates[0]) == day


@pytest.mark.parametrize("row", ["later,,,600", "soon,1,1,5"])
def test_a_row_that_is_of_no_day_may_be_removed(refusal, row):
    said = refusal(["date,store,item,sales", ROW, row, ROW])
    assert said.startswith("shop.csv, line 3: date ")
    assert said.endswith(", or remove the row if it has none.")


def test_a_row_without_a_date_between_others_may_be_of_any_day(refusal):
    said = refusal(["date,store,item,sales", ROW, ",1,1,5", "2020-02-28,1,1,5"])
    assert said == (
        "shop.csv, line 3: date '' is missing (1 such row); write its day, or remove the row if it "
        "has none."
    )


@pytest.mark.parametrize(
    ("sales", "cure"),
    [
        ("12.5", SMALLER),
        ('"12,5"', f"{SMALLER}, without a decimal comma"),
        ('"1,000"', "write 1000, with nothing between thousands"),
        ("12 kg", "write whole units sold, 0 if none"),
        (
            '"$1,200"',
            "say with --columns sales=NAME which column has the units sold, and not the money",
        ),
        ("five", "write whole units sold, 0 if none"),
    ],
)
def test_a_number_gets_the_cure_of_its_kind(refusal, sales, cure):
    said = refusal(["date,store,item,sales", f"2020-02-27,1,1,{sales}"])
    assert said.endswith(f"; {cure}.")


@pytest.mark.parametrize(
    ("texts", "units"),
    [
        (['"12,0"'], [12]),
        (["1'000"], [1000]),
        (["1.234.567"], [1234567]),
        (["1\u00a0234", "\u22125"], [1234, 0]),
        (['"1,234.0"', '"1,000"'], [1234, 1000]),
        (['"1.234,0"', "1.000", "7"], [1234, 1000, 7]),
        (['"1,234"', "950"], [1234, 950]),
        (["(3)", "3-", "3"], [0, 0, 3]),
        (["12 pcs", "3 Stk."], [12, 3]),
    ],
)
def test_a_number_is_read_where_the_column_tells_what_its_marks_mean(read, texts, units):
    rows = [f"2020-02-{10 + k},1,1,{text}" for k, text in enumerate(texts)]
    panel = read(["date,store,item,sales", *rows])
    assert panel.sales[0].tolist() == units
    assert "numbers written with marks or words" in [mend.what for mend in panel.mends]


@pytest.mark.parametrize(
    "texts",
    [
        ['"1,234"', "5"],  # one and a quarter among a few pieces, or a thousand
        ['"1,234"', "1500"],  # who writes 1500 without a mark
        ['"1,234"', '"12,5"'],
        ['"12,0"', "12.0"],
        ['"1,23,456"'],
        ['"1.234,567.8"'],
    ],
)
def test_a_number_that_may_be_another_is_not_guessed(refusal, texts):
    rows = [f"2020-02-{10 + k},1,1,{text}" for k, text in enumerate(texts)]
    assert ": sales '1" in refusal(["date,store,item,sales", *rows])


def test_a_decimal_comma_that_splits_a_field_is_thought_of(refusal):
    assert refusal(["date,store,item,sales", f"{ROW},0"]).endswith("and no comma within a number.")
