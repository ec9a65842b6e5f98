"""What `read_panel` accepts, what it makes of it, and what it says about everything else.

Tests of the Kaggle file read the path of its zip, or of its train.csv, from STORE_ITEM_DATA.
"""

import hashlib
import os

import numpy as np
import pytest

from experiments.data.panel import DataError, SalesPanel, read_panel
from tests.zips import archive

HEADER = "date,store,item,sales"
DAYS = np.arange("2020-02-27", "2020-03-03", dtype="datetime64[D]")  # five, one a leap day


def lines(stores=("1", "2"), items=("1", "2"), days=DAYS) -> list[str]:
    """A header and a full panel, series by series; sales count up from 0, so each row is known."""
    rows = [f"{day},{store},{item}" for store in stores for item in items for day in days]
    return [HEADER, *(f"{row},{sales}" for sales, row in enumerate(rows))]


def replaced(number: int, line: str) -> list[str]:
    """The full panel with the line of that number, from 1, replaced."""
    changed = lines()
    changed[number - 1] = line
    return changed


def same(a: SalesPanel, b: SalesPanel) -> bool:
    fields = ("stores", "items", "dates", "sales")
    return all(np.array_equal(getattr(a, field), getattr(b, field)) for field in fields)


# A good file becomes a panel


def test_a_file_becomes_series_by_store_and_item_over_its_days(read):
    panel = read(lines(), name="autumn.csv")
    assert list(zip(panel.stores, panel.items, strict=True)) == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert np.array_equal(panel.dates, DAYS)
    assert panel.sales.tolist() == np.arange(20).reshape(4, 5).tolist()
    assert (panel.name, panel.mean) == ("autumn.csv", None)


def test_the_arrays_have_the_types_that_others_rely_on(read):
    panel = read(lines())
    types = [a.dtype for a in (panel.stores, panel.items, panel.dates, panel.sales)]
    assert types == [np.int64, np.int64, np.dtype("datetime64[D]"), np.int32]


@pytest.mark.parametrize(
    "content",
    [
        [HEADER, *np.random.default_rng(0).permutation(lines()[1:])],
        [",".join(reversed(line.split(","))) for line in lines()],
        [f"note,{line},note" for line in lines()],
        [",".join(f'"{field}"' for field in line.split(",")) for line in lines()],
        "\r\n".join(lines()),
        "\r".join(lines()),
        "\ufeff" + "\n".join(lines()),
        "\n".join(lines()),
        ["", *lines()[:3], "  ", "", *lines()[3:], "", ""],
    ],
    ids=[
        *("order of rows", "order of columns", "further columns", "quotes", "CR LF", "CR"),
        *("byte order mark", "no end of the last line", "blank lines"),
    ],
)
def test_the_same_sales_are_the_same_panel_however_written(read, content):
    assert same(read(content), read(lines()))


def test_stores_need_not_sell_the_same_items(read):
    panel = read(lines(["1"], ["1", "2"]) + lines(["2"], ["3"])[1:])
    assert list(zip(panel.stores, panel.items, strict=True)) == [(1, 1), (1, 2), (2, 3)]


def test_integer_labels_go_in_numeric_order(read):
    assert read(lines(["10", "9", "-1"], ["1"])).stores.tolist() == [-1, 9, 10]


def test_labels_are_text_in_text_order_unless_all_are_integers(read):
    assert read(lines(["9", "B", "10"], ["1"])).stores.tolist() == ["10", "9", "B"]


@pytest.mark.parametrize(
    ("store", "label"), [("10.0", 10), ("1" * 30, "1" * 30), (" north ", "north")]
)
def test_a_label_is_an_integer_if_64_bits_hold_it_else_the_text_without_blanks(read, store, label):
    assert read(lines([store], ["1"])).stores.tolist() == [label]


@pytest.mark.parametrize(
    ("text", "units"), [(" 12 ", 12), ("12.0", 12), ("1e2", 100), ("-0", 0), ("16777216", 2**24)]
)
def test_whole_numbers_are_read_however_written(read, text, units):
    assert read(replaced(2, f"2020-02-27,1,1,{text}")).sales[0, 0] == units


def test_the_hash_is_of_the_bytes_of_the_file(read):
    content = "\n".join(lines()).encode()
    assert read(content).sha256 == hashlib.sha256(content).hexdigest()


def test_a_file_longer_than_one_chunk_is_read_whole(read):
    panel = read(lines(days=np.arange("2000-01-01", "2020-01-01", dtype="datetime64[D]")))
    assert np.array_equal(panel.sales.ravel(), np.arange(4 * 7305))


# A zip is its CSV


@pytest.mark.parametrize("name", ["shop.zip", "download"])
def test_a_zip_by_any_name_is_its_csv_but_for_the_name(read, name):
    text = "\n".join(lines())
    panel, plain = read(archive([("train.csv", text)]), name), read(text)
    assert same(panel, plain)
    assert panel.sha256 == plain.sha256
    assert panel.name == name


@pytest.mark.parametrize(
    ("member", "other"),
    [
        ("data/train.csv", "test.csv"),
        ("data/train.csv", "__MACOSX/data/train.csv"),
        ("Shop.CSV", "README.txt"),
    ],
)
def test_train_csv_is_taken_or_else_the_only_csv(read, member, other):
    panel = read(archive([(other, "no panel"), (member, "\n".join(lines()))]))
    assert panel.sales.shape == (4, 5)


@pytest.mark.parametrize(("members", "found"), [("ab", "'a.csv', 'b.csv'"), ("", "no file")])
def test_a_zip_without_one_choice_lists_what_it_holds(refusal, members, found):
    message = refusal(archive((f"{name}.csv", "") for name in members))
    assert message == f"shop.csv holds {found}; put in one train.csv, or a single CSV."


def test_an_encrypted_zip_is_refused(refusal):
    content = bytearray(archive([("train.csv", "")]))
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the flag in the directory
    assert "is encrypted; unzip it" in refusal(content)


def test_a_zip_cut_short_is_refused(refusal):
    expected = "shop.csv cannot be unzipped; download it again."
    assert refusal(archive([("train.csv", "")])[:-30]) == expected


def test_a_line_within_a_zip_is_named_with_both_files(refusal):
    rows = "\n".join(replaced(3, "2020-02-28,1,1,abc"))
    message = refusal(archive([("data/train.csv", rows)]), name="shop.zip")
    assert message.startswith("shop.zip/train.csv, line 3: sales 'abc'")


# A bad file is refused, and the message says what is wrong, where, and how to mend it


@pytest.mark.parametrize(
    ("name", "reason"), [("none.csv", "No such file"), ("", "Is a"), ("shop\0.csv", "null byte")]
)
def test_a_path_that_cannot_be_read_is_refused(tmp_path, name, reason):
    with pytest.raises(DataError, match=rf"cannot be read \(.*{reason}.*; give the path of a CSV"):
        read_panel(tmp_path / name)


@pytest.mark.parametrize("content", ["", "\ufeff  \n\n"])
def test_an_empty_file_is_refused(refusal, content):
    assert refusal(content) == "shop.csv is empty; give a CSV with a header and rows."


@pytest.mark.parametrize("content", [HEADER, HEADER + "\n \n"])
def test_a_header_alone_is_refused(refusal, content):
    expected = "shop.csv has a header but no rows; add a row per series and day."
    assert refusal(content) == expected


def test_a_missing_column_is_named_beside_those_found(refusal):
    assert refusal(["id,date,store,item", "0,2018-01-01,1,1"]) == (
        "shop.csv, line 1: no column 'sales' among 'id', 'date', 'store', 'item'; "
        "name the column of the units sold sales."
    )


def test_a_column_named_twice_is_refused(refusal):
    wider = [f"{line},{line.split(',')[-1]}" for line in lines()]
    assert refusal(wider) == "shop.csv, line 1: more than one column 'sales'; keep one."


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("2020-02-28,1,1,abc", "sales 'abc' is not a number"),
        ("2020-02-28,1,1,-nan", "sales '-nan' is not a number"),
        ("2020-02-28,1,1,1_0", "sales '1_0' is not a number"),
        ("2020-02-28,1,1,NaN", "sales 'NaN' is missing"),
        ("2020-02-28,1,1,-1", "sales '-1' is negative"),
        ("2020-02-28,1,1,1.5", "sales '1.5' is not whole"),
        ("2020-02-28,1,1,inf", "sales 'inf' is infinite"),
        ("2020-02-28,1,1,16777217", "sales '16777217' is more than 16777216"),
        ("2020-02-28,1, ,1", "item ' ' is missing"),
        (" 2020-02-28,1,1,1", "date ' 2020-02-28' is not written YYYY-MM-DD"),
        ("٢٠٢٠-02-28,1,1,1", "date '٢٠٢٠-02-28' is not written YYYY-MM-DD"),
        ("2020-02-30,1,1,1", "date '2020-02-30' is not in the calendar"),
        ("2020-02-28,1,1", "3 fields where the header has 4"),
    ],
)
def test_a_bad_row_is_refused(refusal, line, problem):
    message = refusal(replaced(3, line))
    assert message.startswith(f"shop.csv, line 3: {problem} (1 such row); ")


@pytest.mark.parametrize(
    ("line", "cure"),
    [
        ("2020-02-28,,1,1", "give every row a store number or name"),
        ("2020-02-28,1,,1", "give every row an item number or name"),
        ("2020-02-28,1,1", "write one field per column, and no comma within a number"),
    ],
)
def test_the_message_ends_with_the_cure(refusal, line, cure):
    assert refusal(replaced(3, line)).endswith(f"; {cure}.")


def test_rows_with_the_same_problem_are_counted(refusal):
    content = replaced(4, "2020-02-29,1,1,abc")
    content[9], content[12] = content[9] + "x", content[12] + ".5"
    assert refusal(content) == (
        "shop.csv, line 4: sales 'abc' is not a number (2 such rows); "
        "write whole units sold, 0 if none."
    )


def test_rows_too_long_and_too_short_do_not_cancel_out(refusal):
    content = replaced(3, "2020-02-28,1,1,1,1")
    content[3] = "2020-02-29,1,1"
    assert "line 3: 5 fields where the header has 4 (2 such rows)" in refusal(content)


def test_lines_are_counted_as_an_editor_shows_them(refusal):
    wide = [f'{line},"one\ntwo"' for line in replaced(4, "2020-02-29,1,1,abc")]
    assert "line 9: sales 'abc'" in refusal(["", "", *wide])  # 2 blank, 3 rows of 2 lines


@pytest.mark.parametrize("line", ['2020-02-28,1,1,"1', '2020-02-28,"1"1,1,1'])
def test_quotes_that_do_not_match_are_refused(refusal, line):
    message = refusal(replaced(3, line))
    assert message.startswith("shop.csv, line 3: the row does not split into fields (")
    assert message.endswith("; put commas between fields and close every quote.")


def test_a_field_longer_than_the_parser_takes_is_refused(refusal):
    assert "line 3: the row does not split" in refusal(replaced(3, "9" * 200_000 + ",1,1,1"))


def test_a_nul_byte_is_refused(refusal):
    assert "line 3: a NUL byte" in refusal(replaced(3, "2020-02-28,1\0,1,1"))


def test_a_repeated_row_is_refused(refusal):
    content = [*lines(), "2020-02-29,1,2,5", "2020-02-27,1,1,5"]
    assert refusal(content) == (
        "shop.csv, line 22: store 1 item 2 on 2020-02-29 is already on line 9 (2 such rows); "
        "keep one row per date, store and item."
    )


def test_labels_that_name_one_store_are_the_same_store(refusal):
    assert "is already on line 2" in refusal([*lines(), "2020-02-27,01,1,5"])


def test_a_gap_in_a_series_is_refused(refusal):
    content = lines()
    del content[13], content[2:4]
    assert refusal(content) == (
        "shop.csv, line 3: store 1 item 1 skips from 2020-02-27 to 2020-03-01 (2 such gaps); "
        "add the days between, 0 if none sold."
    )


@pytest.mark.parametrize(
    ("cut", "line", "span"),
    [(6, 7, "2020-02-28 to 2020-03-02"), (10, 7, "2020-02-27 to 2020-03-01")],
)
def test_a_series_shorter_than_the_others_is_refused(refusal, cut, line, span):
    content = lines(["A"])
    del content[cut]
    assert refusal(content) == (
        f"shop.csv, line {line}: store 'A' item 2 covers {span}, "
        "the file 2020-02-27 to 2020-03-02 (1 such series); give all series the same days, "
        "with 0 where none sold, or leave this one out."
    )


def test_dates_ages_apart_are_gaps(refusal):
    content = [
        HEADER,
        *(f"{date},{n},1,1" for n in range(99) for date in ("0001-01-01", "9999-12-31")),
    ]
    assert "skips from 0001-01-01 to 9999-12-31 (99 such gaps)" in refusal(content)


def test_too_few_days_for_a_window_are_refused(refusal):
    expected = "shop.csv has 5 days per series, and 61 are needed; add 56 more."
    assert refusal(lines(), min_days=61) == expected


def test_just_enough_days_are_accepted(read):
    assert len(read(lines(), min_days=5).dates) == 5


@pytest.mark.parametrize("value", ["\u2028\x1b[31m", "a\rb", "x" * 1000], ids=ascii)
def test_a_message_is_one_short_printable_line(refusal, value):
    message = refusal(replaced(3, f'2020-02-28,1,1,"{value}"'))
    assert message.isprintable()
    assert len(message) < 200


def test_a_file_name_cannot_break_the_message(tmp_path):
    with pytest.raises(DataError) as caught:
        read_panel(tmp_path / "a\nb.csv")
    assert str(caught.value).isprintable()


def test_a_wide_header_is_listed_in_part(refusal):
    assert len(refusal(",".join(f"column {k}" for k in range(1000)))) < 300


# The Kaggle file


@pytest.mark.skipif("STORE_ITEM_DATA" not in os.environ, reason="STORE_ITEM_DATA is not set")
def test_the_kaggle_file_is_the_one_described():
    kaggle = read_panel(os.environ["STORE_ITEM_DATA"])
    assert kaggle.sha256 == "038f25690a65149c94f86ddd3deceda20c037a5cfd754cafdfc539a72992f2ed"
    assert kaggle.sales.shape == (500, 1826)
    assert [str(kaggle.dates[k]) for k in (0, -1)] == ["2013-01-01", "2017-12-31"]
    assert (round(kaggle.sales.mean(), 2), kaggle.sales.max()) == (52.25, 231)
    ((series, day),) = np.argwhere(kaggle.sales == 0)
    assert (kaggle.stores[series], kaggle.items[series]) == (6, 4)
    assert str(kaggle.dates[day]) == "2014-01-15"
