"""What `read_panel` accepts, what it makes of it, and what it says about everything else.

Tests of the Kaggle file read the path of its zip, or of its train.csv, from STORE_ITEM_DATA.
"""

import hashlib
import os

import numpy as np
import pytest

from experiments.data.panel import DataError, Mend, Reading, SalesPanel, read_panel
from tests.zips import archive

HEADER = "date,store,item,sales"
REFUSE = Reading(missing_days="refuse", returns="refuse", repeats="refuse")
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
    ("name", "reason"), [("none.csv", "No such file"), ("shop\0.csv", "null (byte|character)")]
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
        "say --columns sales=NAME."
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
        ("2020-02-28,1,1,1.5", "sales '1.5' is not whole"),
        ("2020-02-28,1,1,inf", "sales 'inf' is infinite"),
        ("2020-02-28,1,1,16777217", "sales '16777217' is more than 16777216"),
        ("2020-02-28,1,1,-1e9", "sales '-1e9' is less than -16777216"),
        ("2020-02-28,1, ,1", "item ' ' is missing"),
        ("٢٠٢٠-02-28,1,1,1", "date '٢٠٢٠-02-28' is no date as '2020-02-27' is"),
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


def test_a_second_row_for_few_days_of_a_full_panel_contradicts_the_first(refusal):
    content = [*lines(), "2020-02-29,1,2,5", "2020-02-27,1,1,5"]
    assert refusal(content) == (
        "shop.csv, line 22: store 1 item 2 on 2020-02-29 is already on line 9 (2 such rows); "
        "keep one row per date, store and item, or say --repeats add if they are to be added up."
    )


def test_the_rows_of_a_day_are_added_up_where_the_owner_says_so(read):
    panel = read([*lines(), "2020-02-29,1,2,5"], reading=Reading(repeats="add"))
    assert panel.sales[1, 2] == 7 + 5
    assert panel.mends == (
        Mend(
            "further rows of a day and item, added up", 1, "line 22: store 1 item 2 on 2020-02-29"
        ),
    )


def test_rows_of_a_day_that_add_up_to_too_much_are_refused(refusal):
    content = [*lines(), "2020-02-29,1,2,16777216"]
    assert "adds up to more than 16777216" in refusal(content, reading=Reading(repeats="add"))


def test_labels_that_name_one_store_are_the_same_store(refusal):
    assert "is already on line 2" in refusal([*lines(), "2020-02-27,01,1,5"])


def test_a_gap_in_a_series_is_of_days_without_sales(read):
    content = lines()
    del content[13], content[2:4]
    panel = read(content)
    assert panel.sales[0].tolist() == [0, 0, 0, 3, 4]
    assert panel.mends == (
        Mend("missing days counted as zero sales", 3, "store 1 item 1 on 2020-02-28"),
    )
    assert panel.first is None


def test_a_gap_is_refused_where_the_owner_wants_that(refusal):
    content = lines()
    del content[13], content[2:4]
    assert refusal(content, reading=REFUSE) == (
        "shop.csv, line 3: store 1 item 1 skips from 2020-02-27 to 2020-03-01 (2 such gaps); "
        "add the days between, 0 if none sold, or say --missing-days zero."
    )


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("2020-02-28,1,1,NaN", "sales 'NaN' is missing"),
        ("2020-02-28,1,1,-1", "sales '-1' is negative"),
    ],
)
def test_what_is_mended_is_refused_where_the_owner_wants_that(refusal, line, sentence):
    message = refusal(replaced(3, line), reading=REFUSE)
    assert message.startswith(f"shop.csv, line 3: {sentence} (1 such row); ")


@pytest.mark.parametrize(("cut", "first", "stop"), [(6, [0, 1], [5, 5]), (10, [0, 0], [5, 4])])
@pytest.mark.parametrize("missing_days", ["zero", "refuse"])
def test_a_series_shorter_than_the_others_has_days_of_its_own(read, cut, first, stop, missing_days):
    content = lines(["A"])
    del content[cut]
    panel = read(content, reading=Reading(missing_days=missing_days))
    assert (panel.first.tolist(), panel.stop.tolist()) == (first, stop)
    assert not panel.sales[~panel.covered].any()
    assert panel.mends == ()


def test_an_item_that_sells_now_and_then_is_on_sale_until_the_file_ends(read):
    days = np.arange("2023-01-01", "2023-03-31", dtype="datetime64[D]")
    rows = [f"{day},1,2,1" for day in days[::5]] + [f"{day},1,3,1" for day in days[:60]]
    panel = read([*lines(["1"], ["1"], days), *rows])
    assert panel.stop.tolist() == [len(days), len(days), 60]
    assert panel.sales[1].sum() == len(days[::5])


def test_dates_ages_apart_are_no_sales_of_a_shop(refusal):
    content = [
        HEADER,
        *(f"{date},{n},1,1" for n in range(99) for date in ("0001-01-01", "9999-12-31")),
    ]
    assert refusal(content) == (
        "shop.csv, line 3: no row of any series between 0001-01-01 and 9999-12-31 (1 such gap); "
        "correct the date, or leave out the rows before or after."
    )


def test_series_with_hardly_a_row_are_refused_before_they_fill_the_memory(refusal):
    days = np.arange("2020-01-01", "2022-12-31", dtype="datetime64[D]")
    rows = [f"{days[n % len(days)]},{n},1,1" for n in range(5000)]
    assert refusal([HEADER, *rows]) == (
        "shop.csv has 5,000 series and 1,095 days, and few rows of them; leave out items that "
        "rarely sell, or the oldest days."
    )


# Closed weekdays

WEEKS = np.arange("2023-01-02", "2023-03-20", dtype="datetime64[D]")  # eleven, from a Monday
SUNDAYS = (WEEKS.astype(int) + 3) % 7 == 6


def test_a_weekday_without_a_sale_in_eight_weeks_is_closed(read):
    panel = read([HEADER, *(f"{day},1,1,{9 * (k % 7 != 6)}" for k, day in enumerate(WEEKS))])
    assert panel.closed.tolist() == [[False] * 6 + [True]]


def test_a_weekday_that_lacks_its_rows_is_closed_and_no_gap(read):
    days = WEEKS[~SUNDAYS]
    panel = read(lines(["1", "2"], ["1"], days) + lines(["3"], ["1"], WEEKS)[1:], reading=REFUSE)
    assert panel.closed[:, 6].tolist() == [True, True, False]
    assert not panel.closed[:, :6].any()
    assert not panel.sales[:2, SUNDAYS].any()


def test_a_shop_is_closed_for_its_rarely_sold_items_too(read):
    rare = [f"{day},1,2,1" for day in WEEKS[::9] if day not in WEEKS[SUNDAYS]]
    panel = read(lines(["1"], ["1"], WEEKS[~SUNDAYS]) + rare + lines(["2"], ["1"], WEEKS)[1:])
    assert panel.closed[:, 6].tolist() == [True, True, False]


def test_of_an_item_that_sells_once_in_a_while_no_weekday_is_closed(read):
    rows = [f"{day},1,1,{int(k % 14 == 3)}" for k, day in enumerate(WEEKS)]
    assert read([HEADER, *rows]).closed is None


def test_seven_weeks_do_not_make_a_closed_weekday(read):
    days = WEEKS[: 7 * 7 + 1]
    rows = [f"{day},1,1,{9 * (k % 7 != 6)}" for k, day in enumerate(days)]
    assert read([HEADER, *rows]).closed is None


def test_a_series_of_its_own_days_may_be_too_short_for_a_window_but_not_all(read, refusal):
    content = lines(["1"], ["1", "2"])
    del content[7:]
    assert read(content, min_days=5).first is not None
    del content[1]
    content.append("2020-02-26,1,2,1")
    assert (
        refusal(content, min_days=5)
        == "shop.csv has no series of 5 days, the longest 4 days; add 1 more."
    )


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
