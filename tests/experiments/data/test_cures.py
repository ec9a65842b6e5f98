"""What the owner of a shop is told about a file that is no CSV of daily sales, and how to mend it.

All are sentences of `read_panel`.
"""

import gzip

import pytest

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


# Files that are no text in UTF-8


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("shop.xlsx", zip_of("[Content_Types].xml", "xl/workbook.xml")),
        ("shop.ods", zip_of("mimetype", "content.xml", "META-INF/manifest.xml")),
        ("shop.numbers", zip_of("Index/Document.iwa", "preview.jpg")),
        ("shop.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)),
        ("shop.csv", zip_of("[Content_Types].xml", "xl/workbook.xml")),  # known by its content
    ],
)
def test_a_spreadsheet_is_to_be_saved_as_csv(refusal, name, content):
    assert refusal(content, name=name) == f"{name} is a spreadsheet; {SAVE}"


def test_a_spreadsheet_in_a_zip_is_named(refusal):
    said = refusal(zip_of("Sales 2017.xlsx"), name="shop.zip")
    assert said == f"shop.zip holds a spreadsheet, 'Sales 2017.xlsx'; {SAVE}"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_named_with_its_mark_or_without(refusal, encoding):
    content = "\n".join(with_header("date,store,item,sales")).encode(encoding)
    assert refusal(content) == f"shop.csv is text in UTF-16; {SAVE}"


@pytest.mark.parametrize(("encoding", "store"), [("latin-1", "Zürich"), ("cp1252", "Café €")])
def test_a_field_of_an_older_encoding_is_shown_with_its_line(refusal, encoding, store):
    lines = [*with_header("date,store,item,sales"), f"2020-02-28,{store},1,1"]
    assert refusal("\n".join(lines).encode(encoding)) == (
        f"shop.csv, line 3: {store!r} is not in UTF-8, but in Windows-1252 or the like; {SAVE}"
    )


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
        ("Datum,store,item,Menge", "rename 'Datum' to date and rename 'Menge' to sales"),
        ("fecha,tienda,producto,sales", "rename 'fecha' to date, rename 'tienda' to store and "
         "rename 'producto' to item"),
        ("Date,store,item,Sales ", "rename 'Date' to date and rename 'Sales' to sales"),
        ("date,stroe,item,saels", "rename 'stroe' to store and rename 'saels' to sales"),
        ("Order Date,StoreID,product_name,Units Sold", "rename 'Order Date' to date, rename "
         "'StoreID' to store, rename 'product_name' to item and rename 'Units Sold' to sales"),
        ("date,item,sales", "add a column store, with 1 in every row if there is only one"),
        ("date,store,item,x", "name the column of the units sold sales"),
        ("date,store,Item Sales,x", "rename 'Item Sales' to item and name the column of the units "
         "sold sales"),  # no name for two
        (f"date,store,item,Sales {'x' * 40}", "name the column of the units sold sales"),
        ("a,b,c,d", "let the header name date, store, item and sales"),
        ("date,store,item 1,item 2,item 3", "give every day, store and item a row of its own, in "
         "place of a column for each"),
        ("sep=;", "remove this line, and put commas between fields below"),
        (ROW, "put a first line above that names the columns, as date,store,item,sales"),
    ],
)  # fmt: skip
def test_the_likely_columns_are_named(refusal, header, cure):
    assert refusal(with_header(header)).endswith(f"; {cure}.")


@pytest.mark.parametrize(
    ("separator", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")]
)
def test_another_separator_is_recognised(refusal, separator, word):
    lines = [line.replace(",", separator) for line in with_header("date,store,item,sales")]
    assert refusal(lines).endswith(f"; replace the {word} between fields by commas.")


def test_a_title_above_the_header_is_to_be_removed(refusal):
    said = refusal(["Sales of 2020,,,", ",,,", *with_header("date,store,item,sales")])
    assert said.endswith("; remove what is above line 3, which names the columns.")


def test_a_separator_and_foreign_names_are_mended_at_once(refusal):
    assert refusal(with_header("Datum;store;item;Menge", "27.02.2020;1;1;5")) == (
        "shop.csv, line 1: no column 'date', 'store', 'item', 'sales' among "
        "'Datum;store;item;Menge'; replace the semicolons between fields by commas, "
        "rename 'Datum' to date and rename 'Menge' to sales."
    )


# Fields


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        (["31.12.2017"], "2017-12-31"),
        (["1.2.2017"], "2017-02-01"),
        (["12/31/2017"], "2017-12-31"),
        (["1/2/2017", "1/13/2017"], "2017-01-02"),  # the other row shows that months come first
        (["1/2/2017", "13/1/2017"], "2017-02-01"),
        (["2017/12/31"], "2017-12-31"),
        (["2017-12-31 00:00:00"], "2017-12-31"),
        (["20171231"], "2017-12-31"),
        (["43100"], "2017-12-31"),  # a spreadsheet's number of the day
    ],
)
def test_a_day_is_shown_as_it_is_to_be_written(refusal, dates, day):
    said = refusal(["date,store,item,sales", *(f"{date},1,1,5" for date in dates)])
    assert said.startswith(f"shop.csv, line 2: date '{dates[0]}' is not written YYYY-MM-DD")
    assert said.endswith(
        f"; write {day}; in a spreadsheet, give the column the format YYYY-MM-DD and save it as "
        "CSV again."
    )


@pytest.mark.parametrize("date", ["1/2/2017", "31.12.17", "31.31.2017"])
def test_a_day_that_may_be_another_is_not_guessed(refusal, date):
    said = refusal(["date,store,item,sales", f"{date},1,1,5"])
    assert said.endswith("; write a day of the calendar as YYYY-MM-DD.")


@pytest.mark.parametrize("row", ["Total,,,600", ",,,", "date,store,item,sales", "soon,1,1,5"])
def test_a_row_that_is_of_no_day_may_be_removed(refusal, row):
    said = refusal(["date,store,item,sales", ROW, row])
    assert said.startswith("shop.csv, line 3: date ")
    assert said.endswith(", or remove the row if it has none.")


@pytest.mark.parametrize(
    ("sales", "cure"),
    [
        ('"12,0"', "write 12, without a decimal comma"),
        ("12.5", SMALLER),
        ('"12,5"', f"{SMALLER}, without a decimal comma"),
        ('"1,000"', "write 1000, with nothing between thousands"),
        ("1'000", "write 1000, with nothing between thousands"),
        ("1.234.567", "write 1234567, with nothing between thousands"),
        ("-3", "write units sold, and 0 where more came back than was sold"),
        ("five", "write whole units sold, 0 if none"),
    ],
)
def test_a_number_gets_the_cure_of_its_kind(refusal, sales, cure):
    said = refusal(["date,store,item,sales", f"2020-02-27,1,1,{sales}"])
    assert said.endswith(f"; {cure}.")


def test_a_decimal_comma_that_splits_a_field_is_thought_of(refusal):
    assert refusal(["date,store,item,sales", f"{ROW},0"]).endswith("and no comma within a number.")
