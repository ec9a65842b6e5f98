"""What `read_panel` accepts, what it makes of it, and what it says about everything else.

Tests of the Kaggle file read the path of its zip, or of its train.csv, from STORE_ITEM_DATA.
"""

import hashlib
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from experiments.data.panel import DataError, SalesPanel, read_panel

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


def test_sales_have_a_row_per_series_and_a_column_per_day(read):
    panel = read(lines())
    assert panel.sales.tolist() == np.arange(20).reshape(4, 5).tolist()


def test_the_arrays_have_the_types_that_others_rely_on(read):
    panel = read(lines())
    types = [a.dtype for a in (panel.stores, panel.items, panel.dates, panel.sales)]
    assert types == [np.int64, np.int64, np.dtype("datetime64[D]"), np.int32]


def test_dates_are_the_days_of_the_file(read):
    assert np.array_equal(read(lines()).dates, DAYS)


def test_series_go_by_store_and_then_by_item(read):
    panel = read(lines())
    assert list(zip(panel.stores, panel.items, strict=True)) == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_the_order_of_rows_does_not_matter(read):
    header, *rows = lines()
    shuffled = np.random.default_rng(0).permutation(rows).tolist()
    assert same(read([header, *shuffled]), read(lines()))


def test_the_order_of_columns_does_not_matter(read):
    swapped = [",".join(reversed(line.split(","))) for line in lines()]
    assert same(read(swapped), read(lines()))


def test_further_columns_are_ignored(read):
    wider = [f"note,{line},note" for line in lines()]
    assert same(read(wider), read(lines()))


def test_stores_need_not_sell_the_same_items(read):
    panel = read(lines(["1"], ["1", "2"]) + lines(["2"], ["3"])[1:])
    assert list(zip(panel.stores, panel.items, strict=True)) == [(1, 1), (1, 2), (2, 3)]


def test_integer_labels_go_in_numeric_order(read):
    assert read(lines(["10", "9", "-1"], ["1"])).stores.tolist() == [-1, 9, 10]


def test_labels_are_text_in_text_order_unless_all_are_integers(read):
    assert read(lines(["9", "B", "10"], ["1"])).stores.tolist() == ["10", "9", "B"]


def test_labels_saved_as_floats_are_integers(read):
    assert read(lines(["10.0", "9.0"], ["1"])).stores.tolist() == [9, 10]


def test_labels_beyond_64_bits_stay_text(read):
    assert read(lines(["1" * 30], ["1"])).stores.tolist() == ["1" * 30]


def test_blanks_around_a_label_are_no_part_of_it(read):
    assert read(lines([" north "], ["1"])).stores.tolist() == ["north"]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("12", 12),
        (" 12 ", 12),
        ("12.0", 12),
        ("1e2", 100),
        ("+3", 3),
        ("-0", 0),
        ("16777216", 2**24),
    ],
)
def test_whole_numbers_are_read_however_written(read, text, units):
    assert read(replaced(2, f"2020-02-27,1,1,{text}")).sales[0, 0] == units


def test_quoted_fields_are_read(read):
    quoted = [",".join(f'"{field}"' for field in line.split(",")) for line in lines()]
    assert same(read(quoted), read(lines()))


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends_are_read(read, end):
    assert same(read(end.join(lines())), read(lines()))


def test_a_byte_order_mark_is_no_part_of_the_header(read):
    assert same(read("\ufeff" + "\n".join(lines())), read(lines()))


def test_the_last_line_needs_no_end(read):
    assert same(read("\n".join(lines())), read(lines()))


def test_blank_lines_are_ignored(read):
    assert same(read(["", *lines()[:3], "  ", "", *lines()[3:], "", ""]), read(lines()))


def test_a_panel_has_the_base_name_of_its_file(read):
    assert read(lines(), name="autumn.csv").name == "autumn.csv"


def test_the_hash_is_of_the_bytes_of_the_file(read):
    content = "\n".join(lines()).encode()
    assert read(content).sha256 == hashlib.sha256(content).hexdigest()


def test_a_panel_read_from_a_file_has_no_true_mean(read):
    assert read(lines()).mean is None


def test_a_file_longer_than_one_chunk_is_read_whole(read):
    panel = read(lines(days=np.arange("2000-01-01", "2020-01-01", dtype="datetime64[D]")))
    assert np.array_equal(panel.sales.ravel(), np.arange(4 * 7305))


# A zip is its CSV


def zipped(tmp_path: Path, members: dict[str, str], name: str = "shop.zip") -> Path:
    path = tmp_path / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in members.items():
            archive.writestr(member, text)
    return path


def test_a_zip_and_its_csv_give_the_same_panel_and_hash(read, tmp_path):
    text = "\n".join(lines())
    panel, plain = read_panel(zipped(tmp_path, {"train.csv": text}), 1), read(text)
    assert same(panel, plain)
    assert panel.sha256 == plain.sha256


def test_a_panel_from_a_zip_has_the_name_of_the_zip(tmp_path):
    assert read_panel(zipped(tmp_path, {"train.csv": "\n".join(lines())}), 1).name == "shop.zip"


def test_a_zip_is_known_without_its_suffix(tmp_path):
    path = zipped(tmp_path, {"train.csv": "\n".join(lines())}, name="download")
    assert read_panel(path, 1).sales.shape == (4, 5)


@pytest.mark.parametrize("other", ["test.csv", "__MACOSX/train.csv", "__MACOSX/._train.csv"])
def test_train_csv_is_taken_among_others(tmp_path, other):
    path = zipped(tmp_path, {other: "no panel", "data/train.csv": "\n".join(lines())})
    assert read_panel(path, 1).sales.shape == (4, 5)


def test_the_only_csv_is_taken_whatever_its_name(tmp_path):
    path = zipped(tmp_path, {"README.txt": "no panel", "Shop.CSV": "\n".join(lines())})
    assert read_panel(path, 1).sales.shape == (4, 5)


@pytest.mark.parametrize("members", [{"a.csv": "", "b.csv": ""}, {"a.txt": "", "b.txt": ""}])
def test_a_zip_without_one_choice_lists_what_it_holds(tmp_path, members):
    with pytest.raises(
        DataError, match=r"shop\.zip holds 'a\.\w+', 'b\.\w+'; put in one train\.csv"
    ):
        read_panel(zipped(tmp_path, members))


def test_an_empty_zip_is_refused(tmp_path):
    with pytest.raises(DataError, match="holds no file"):
        read_panel(zipped(tmp_path, {}))


def test_an_encrypted_zip_is_refused(tmp_path):
    path = zipped(tmp_path, {"train.csv": "\n".join(lines())})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the flag in the directory
    path.write_bytes(content)
    with pytest.raises(DataError, match="is encrypted; unzip it"):
        read_panel(path)


@pytest.mark.parametrize("damage", [slice(0, 100), slice(0, -30)])
def test_a_zip_cut_short_is_refused(tmp_path, damage):
    path = zipped(tmp_path, {"train.csv": "\n".join(lines())})
    path.write_bytes(path.read_bytes()[damage])
    with pytest.raises(DataError, match="cannot be unzipped; download it again"):
        read_panel(path)


def test_a_zip_with_a_wrong_checksum_is_refused(tmp_path):
    path = zipped(tmp_path, {"train.csv": "\n".join(lines())})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 16] ^= 1  # the checksum in the directory
    path.write_bytes(content)
    with pytest.raises(DataError, match="cannot be unzipped"):
        read_panel(path)


def test_a_line_within_a_zip_is_named_with_both_files(tmp_path):
    path = zipped(tmp_path, {"train.csv": "\n".join(replaced(3, "2020-02-28,1,1,abc"))})
    with pytest.raises(DataError, match=r"^shop\.zip/train\.csv, line 3: sales 'abc'"):
        read_panel(path)


# A bad file is refused, and the message says what is wrong, where, and how to mend it


def test_a_data_error_is_a_value_error():
    assert issubclass(DataError, ValueError)


def test_a_file_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"none\.csv cannot be read \(No such file.*give the path"):
        read_panel(tmp_path / "none.csv")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"cannot be read .*; give the path of a CSV or zip"):
        read_panel(tmp_path)


def test_a_path_that_no_file_can_have_is_refused():
    with pytest.raises(DataError, match="cannot be read"):
        read_panel("shop\0.csv")


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", "  \n"])
def test_an_empty_file_is_refused(refusal, content):
    assert refusal(content) == "shop.csv is empty; give a CSV with a header and rows."


@pytest.mark.parametrize("content", [HEADER, HEADER + "\n\n \n"])
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
        ("2020-02-28,1,1,True", "sales 'True' is not a number"),
        ("2020-02-28,1,1,1_0", "sales '1_0' is not a number"),
        ('2020-02-28,1,1,"1,000"', "sales '1,000' is not a number"),
        ("2020-02-28,1,1,", "sales '' is missing"),
        ("2020-02-28,1,1,NaN", "sales 'NaN' is missing"),
        ("2020-02-28,1,1,-1", "sales '-1' is negative"),
        ("2020-02-28,1,1,1.5", "sales '1.5' is not whole"),
        ("2020-02-28,1,1,inf", "sales 'inf' is infinite"),
        ("2020-02-28,1,1,1e999", "sales '1e999' is more than 16777216"),
        ("2020-02-28,1,1,16777217", "sales '16777217' is more than 16777216"),
        ("2020-02-28,,1,1", "store '' is missing"),
        ("2020-02-28,1, ,1", "item ' ' is missing"),
        ("2020-02-28,nan,1,1", "store 'nan' is missing"),
        (",1,1,1", "date '' is missing"),
        ("2020-2-28,1,1,1", "date '2020-2-28' is not written YYYY-MM-DD"),
        ("20200228,1,1,1", "date '20200228' is not written YYYY-MM-DD"),
        ("28/02/2020,1,1,1", "date '28/02/2020' is not written YYYY-MM-DD"),
        (" 2020-02-28,1,1,1", "date ' 2020-02-28' is not written YYYY-MM-DD"),
        ("2020-02-28 00:00,1,1,1", "date '2020-02-28 00:00' is not written YYYY-MM-DD"),
        ("٢٠٢٠-02-28,1,1,1", "date '٢٠٢٠-02-28' is not written YYYY-MM-DD"),
        ("2020-02-30,1,1,1", "date '2020-02-30' is not in the calendar"),
        ("0000-01-01,1,1,1", "date '0000-01-01' is not in the calendar"),
        ("2020-02-28,1,1", "3 fields where the header has 4"),
        ("2020-02-28,1,1,1,1", "5 fields where the header has 4"),
    ],
)
def test_a_bad_row_is_refused(refusal, line, problem):
    message = refusal(replaced(3, line))
    assert message.startswith(f"shop.csv, line 3: {problem} (1 such row); ")


@pytest.mark.parametrize(
    ("line", "cure"),
    [
        ("x,1,1,1", "write a day of the calendar as YYYY-MM-DD"),
        ("2020-02-28,,1,1", "give every row a store number or name"),
        ("2020-02-28,1,,1", "give every row an item number or name"),
        ("2020-02-28,1,1,x", "write whole units sold, 0 if none"),
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


def test_rows_all_longer_than_the_header_are_refused(refusal):
    header, *rows = lines()
    assert "line 2: 5 fields where the header has 4 (20 such rows)" in refusal(
        [header, *(f"0,{row}" for row in rows)]
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
        "the file 2020-02-27 to 2020-03-02 (1 such series); give all series the same days."
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


@pytest.mark.parametrize(
    "value", ["\x1b[31m", "\u2028", "\u202e", "a\rb", "a\nb", "x" * 1000], ids=ascii
)
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


@pytest.fixture(scope="module")
def kaggle() -> SalesPanel:
    path = os.environ.get("STORE_ITEM_DATA")
    if not path:
        pytest.skip("STORE_ITEM_DATA does not give the path of the Kaggle zip or its train.csv")
    return read_panel(path)


def test_the_kaggle_file_is_the_one_described(kaggle):
    assert kaggle.sha256 == "038f25690a65149c94f86ddd3deceda20c037a5cfd754cafdfc539a72992f2ed"


def test_the_kaggle_file_has_500_series_of_five_years(kaggle):
    assert kaggle.sales.shape == (500, 1826)
    assert [str(kaggle.dates[k]) for k in (0, -1)] == ["2013-01-01", "2017-12-31"]


def test_the_kaggle_file_has_the_known_mean_and_maximum(kaggle):
    assert round(kaggle.sales.mean(), 2) == 52.25
    assert kaggle.sales.max() == 231


def test_the_one_day_without_sales_in_the_kaggle_file_is_found(kaggle):
    ((series, day),) = np.argwhere(kaggle.sales == 0)
    found = kaggle.stores[series], kaggle.items[series], str(kaggle.dates[day])
    assert found == (6, 4, "2014-01-15")
