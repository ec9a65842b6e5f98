"""Thousands of damaged and malicious files of sales: read rightly, or refused with one sentence.

The seeds are fixed. What a CSV says is what a second reader finds in it, which shares nothing with
the first.
"""

import os
import random
import tracemalloc
import zipfile

import numpy as np
import pytest

from experiments.data import source
from experiments.data.panel import DataError, Reading, read_panel
from tests.slow.slow_csv import Refused, read_sales
from tests.slow.spoiling import N, mutated
from tests.zips import archive

DAYS = np.arange("2020-02-27", "2020-03-03", dtype="datetime64[D]")
CSV = "\n".join(
    ["date,store,item,sales"]
    + [f"{day},{s},{i},{n}" for s in (1, "Zürich") for i in (1, 2) for n, day in enumerate(DAYS)]
).encode()
SPICE = [
    *('"', '""', '"1"', '"1', "\r", "\r\n", "\n", ",", ",,", "\0", "\ufeff", "\u2028", "\x85"),
    *("1e2", "1E+2", "1e-2", "12.0", "12.", ".0", ".", "1e-400", "0.99999999999999999999"),
    *("12.00000000000000000001", "16777216", "16777217", "1e9", "1e999999999", "1e-999999999"),
    *("-0", "-1", "+1", "+-1", "1_0", "0x10", "1/1", "1,5", "inf", "-Infinity", "nan", "sNaN"),
    *("NaN12", "١٢", "１", "²", "½", " 1 ", "\t1", "01", "1.0", "1.5", "9" * 19, "9" * 5000),
    *("2020-02-29", "2020-02-30", "2020-2-28", "20200228", "0000-01-01", "9999-12-31"),
    *("2020-W09-5", "2020-02-28T00:00", "=1+1", "<script>", "$x^$", "\x1b[31m", "é", "e\u0301"),
    *("\u202e", "x" * 101, "x" * 131_073, "date", "sales", "True", "None", "", " "),
]


def seasoned(content, rng):
    """The content with some fields, separators or lines replaced, taken out or repeated."""
    tokens = [t for line in content.decode().splitlines(True) for t in split_keeping(line)]
    if rng.random() < 0.5:  # only what was sold on some day
        tokens[rng.randrange(14, len(tokens), 8)] = rng.choice(SPICE)
        return "".join(tokens).encode("utf-8", "replace")
    for _ in range(rng.randint(1, 3)):
        start = rng.randrange(len(tokens))
        end = start + rng.choice([0, 1, 1, 1, 8])
        tokens[start:end] = rng.choice([[rng.choice(SPICE)]] * 3 + [tokens[start:end] * 2])
    return "".join(tokens).encode("utf-8", "replace")


def split_keeping(line):
    fields = line.rstrip("\n").split(",")
    return [t for field in fields for t in (field, ",")][:-1] + ["\n"] * line.endswith("\n")


STRICT = Reading(missing_days="refuse", returns="refuse", repeats="refuse")


def is_as_it_was(panel):
    """Whether a panel was read as it is written: nothing mended, all days of all series."""
    return not panel.mends and panel.first is None


def sales_of(panel):
    days = panel.dates.tolist()
    keys = zip(panel.stores.tolist(), panel.items.tolist(), strict=True)
    return {
        key: dict(zip(days, row.tolist(), strict=True))
        for key, row in zip(keys, panel.sales, strict=True)
    }


@pytest.mark.parametrize("spoil", [mutated, seasoned])
def test_a_csv_says_what_a_second_reader_finds_in_it_and_nothing_is_mended_in_silence(
    tmp_path, spoil
):
    """Where the second refuses, the first refuses as well, or tells what it mended."""
    rng, path = random.Random(1), tmp_path / "shop.csv"
    refused = mended = 0
    for _ in range(N):
        content = spoil(CSV, rng)
        path.write_bytes(content)
        try:
            expected = read_sales(content, min_days=5)
        except Refused:
            expected = None
        for reading in (STRICT, Reading()):
            panel, message = None, ""
            try:
                panel = read_panel(path, min_days=5, reading=reading)
            except DataError as error:
                message = str(error)
            assert message.isprintable(), content
            if expected is not None:
                assert panel is not None, (content, message)
                assert is_as_it_was(panel), content
                assert sales_of(panel) == expected, content
            elif panel is not None:
                assert not is_as_it_was(panel), content
            refused += panel is None
            mended += panel is not None and not is_as_it_was(panel)
    assert 20 < refused < 2 * N - 20  # some of each
    assert mended > 20


def test_numbers_are_not_rounded_on_the_way(tmp_path):
    for text in ("1e-400", "0.99999999999999999999", "12.00000000000000000001"):
        (tmp_path / "shop.csv").write_bytes(CSV[:-1] + text.encode())
        with pytest.raises(DataError, match="is not whole"):
            read_panel(tmp_path / "shop.csv", min_days=5)


def test_a_long_label_cannot_fill_the_memory(tmp_path):
    rows = "".join(f"2020-01-01,{n},1,1\n" for n in range(5000))
    (tmp_path / "shop.csv").write_text(f"date,store,item,sales\n{rows}2020-01-01,{'x' * 10**5},1,1")
    peak = peak_of_refusal(tmp_path / "shop.csv", "is longer than 100 characters")
    assert peak < 20_000_000


def peak_of_refusal(path, reason):
    """Bytes of memory that it took to refuse a file."""
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=reason):
            read_panel(path, min_days=5)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_name_of_a_panel_can_be_printed_and_written(tmp_path):
    for name in (b"a\nb.csv", b"\xe2\x80\xaevsc", b"\xff.csv"):
        path = tmp_path / os.fsdecode(name)
        path.write_bytes(CSV)
        shown = read_panel(path, min_days=5).name
        assert shown.isprintable()
        assert shown.encode("utf-8")


# Archives


def test_an_archive_gives_the_very_bytes_that_went_in_or_is_refused(tmp_path):
    rng, path = random.Random(2), tmp_path / "shop.zip"
    (tmp_path / "shop.csv").write_bytes(CSV)
    expected = read_panel(tmp_path / "shop.csv", min_days=5)
    whole = archive([("train.csv", CSV), ("test.csv", b"id\n1\n")])
    refused = 0
    for _ in range(N):
        path.write_bytes(mutated(whole, rng))
        message = ""
        try:
            panel = read_panel(path, min_days=5)
        except DataError as error:
            message = str(error)
        else:
            assert panel.sha256 == expected.sha256
            assert sales_of(panel) == sales_of(expected)
        assert message.isprintable()
        refused += bool(message)
    assert N / 2 < refused < N


@pytest.mark.parametrize(
    "members",
    [
        [("train.csv.zip", archive([("train.csv", CSV)]))],
        [("train.csv/", b"")],
        [("train.csv", CSV), ("train.csv", CSV)],
        [("a/train.csv", CSV), ("b/train.csv", CSV)],
        [("train.csv\x1b[31m", CSV)],
        [(f"{n}.csv", CSV) for n in range(3000)],
    ],
    ids=["nested", "folder", "twice", "two folders", "escape", "many"],
)
def test_an_archive_without_one_choice_is_refused_in_a_short_line(tmp_path, members):
    (tmp_path / "shop.zip").write_bytes(archive(members))
    with pytest.raises(DataError, match="put in one train") as caught:
        read_panel(tmp_path / "shop.zip")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def test_the_path_of_a_member_is_nowhere_written_to(tmp_path):
    (tmp_path / "shop.zip").write_bytes(archive([("../train.csv", CSV)]))
    assert read_panel(tmp_path / "shop.zip", min_days=5).name == "shop.zip"
    assert [path.name for path in tmp_path.iterdir()] == ["shop.zip"]
    assert not (tmp_path.parent / "train.csv").exists()


@pytest.mark.parametrize(
    ("method", "claims", "reason"),
    [
        (zipfile.ZIP_DEFLATED, "its size", "more than 2,097,152 bytes"),
        (zipfile.ZIP_DEFLATED, "a small size", "cannot be unzipped"),
        (zipfile.ZIP_BZIP2, "a small size", "unusual way"),
        (zipfile.ZIP_LZMA, "a small size", "unusual way"),
    ],
)
def test_a_zip_bomb_is_refused_before_it_fills_the_memory(
    tmp_path, monkeypatch, method, claims, reason
):
    monkeypatch.setattr(source, "MAX_BYTES", 2**21)
    size = 2**26
    content = bytearray(archive([("train.csv", b"1" * size)], method))
    if claims == "a small size":
        for field in (content.index(b"PK\1\2") + 24, 22):
            assert content[field : field + 4] == size.to_bytes(4, "little")
            content[field : field + 4] = (2**20).to_bytes(4, "little")
    (tmp_path / "bomb.zip").write_bytes(content)
    assert peak_of_refusal(tmp_path / "bomb.zip", reason) < 24_000_000


def test_a_csv_that_is_too_large_is_refused_before_it_is_read(tmp_path):
    with open(tmp_path / "huge.csv", "wb") as file:
        file.truncate(2**40)  # a hole, which takes no room on the disk
    assert peak_of_refusal(tmp_path / "huge.csv", "more than 1,073,741,824 bytes") < 1_000_000
