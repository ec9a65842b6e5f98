"""Spreadsheets as people export them: each is read rightly, or refused with the cure.

All are made from the sales of one bakery, so that each panel is known. What was mended is told.
"""

import io
from dataclasses import dataclass, field

import numpy as np
import pytest

from experiments.data.panel import Reading

DAYS = np.arange("2023-01-02", "2023-04-04", dtype="datetime64[D]")  # 13 weeks and a Monday
SHOPS = ("Mitte", "Süd")
GOODS = ("Brot, weiß", "Semmel")
SUNDAY = (DAYS.astype(int) + 3) % 7 == 6
SOLD = np.random.default_rng(0).poisson(40, (4, len(DAYS))) + 1
SERIES = [(shop, item) for shop in SHOPS for item in GOODS]


def bakery(sold=SOLD, days=DAYS):
    """Rows (date, shop, item, sold) of the bakery, a day after another, those of -1 left out."""
    return [
        (day.item(), *SERIES[s], int(sold[s, k]))
        for k, day in enumerate(days)
        for s in range(len(sold))
        if sold[s, k] >= 0
    ]


def table(
    header="date,store,item,sales",
    rows=None,
    day="{:%Y-%m-%d}",
    sold="{}",
    mark=",",
    end="\n",
    shop="{}",
    item='"{}"',
):
    """The text of a table in one way of writing."""
    lines = [
        mark.join((day.format(d), shop.format(s), item.format(i), sold.format(n)))
        for d, s, i, n in (bakery() if rows is None else rows)
    ]
    return end.join([header, *lines, ""])


def german(units):
    """1234 as 1.234,0."""
    return f"{units:,}".replace(",", ".") + ",0"


def without(mask):
    sold = SOLD.copy()
    sold[mask] = -1
    return sold


def sheet(rows, title=()):
    """An Excel file of these rows."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in [*title, ("Datum", "Filiale", "Artikel", "Menge"), *rows]:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@dataclass
class Export:
    """A file, what may be said of it, and what becomes of it."""

    content: object
    mends: dict = field(default_factory=dict)  # what was mended, and how often
    sold: np.ndarray = field(default_factory=lambda: SOLD)
    said: dict = field(default_factory=dict)  # of `Reading`
    first: tuple | None = None
    stop: tuple | None = None
    closed: bool = False  # on Sundays
    one_shop: bool = False


ALL = SOLD.size
NAMES = "columns known by their usual names"
SEMICOLONS = "rows with semicolons in place of commas"
DAY_FIRST = "dates with the day first"
MONTH_FIRST = "dates with the month first"
NUMBERS = "numbers written with marks or words"
ADDED = "further rows of a day and item, added up"
MISSING = "missing days counted as zero sales"
CLOSED = "weekdays on which a series never sells, taken as closed"
NO_STORE = "column left out of the file"
ABOVE = "lines above the header left out"
SUMS = "rows of a sum left out"
EMPTY = "empty rows left out"
GERMAN_HEADER = "Datum;Filiale;Artikel;Menge"
GERMAN = {"header": GERMAN_HEADER, "day": "{:%d.%m.%Y}", "mark": ";"}

LAUNCH = np.zeros_like(SOLD, bool)
LAUNCH[1, :30] = LAUNCH[2, 80:] = True  # launched later, and no longer sold
FEW = np.zeros_like(SOLD, bool)
FEW[0, [10, 40]] = FEW[3, 50] = True
RETURNED = SOLD.copy()
RETURNED[0, 5], RETURNED[1, 6] = SOLD[0, 5] - 2, 0  # 2 of what was sold; more than was sold

READ = {
    "plain": Export(table()),
    "German Excel: semicolons, 31.12.2023, 12,0": Export(
        "\ufeff" + table(**GERMAN, sold="{},0", end="\r\n"),
        {NAMES: 4, SEMICOLONS: ALL, DAY_FIRST: ALL, NUMBERS: ALL},
    ),
    "American Excel: 12/31/2023, quoted": Export(
        table("Order Date,Store Name,Product,Units Sold", day="{:%m/%d/%Y}", shop='"{}"'),
        {NAMES: 4, MONTH_FIRST: ALL},
    ),
    "British till: tabs, 31/12/23": Export(
        table("Date\tShop\tArticle\tQty", day="{:%d/%m/%y}", mark="\t"),
        {NAMES: 4, "rows with tabs in place of commas": ALL, DAY_FIRST: ALL},
    ),
    "Excel's Unicode text": Export(
        table("Datum\tFiliale\tArtikel\tMenge", day="{:%d.%m.%Y}", mark="\t").encode("utf-16"),
        {"text in UTF-16": 1, NAMES: 4, "rows with tabs in place of commas": ALL, DAY_FIRST: ALL},
    ),
    "an older encoding": Export(
        table().encode("cp1252"), {"text in Windows-1252, as Excel writes it": 1}
    ),
    "sep=; above, no quotes": Export(
        f"sep=;\r\n{table(**GERMAN, item='{}', end=chr(13) + chr(10))}",
        {NAMES: 4, SEMICOLONS: ALL, DAY_FIRST: ALL, ABOVE: 1},
    ),
    "a title above and a sum below": Export(
        f"Absatz der Bäckerei;;;\n;;;\n{table(**GERMAN)};;;\nSumme;;;{SOLD.sum()}\n",
        {NAMES: 4, SEMICOLONS: ALL + 2, DAY_FIRST: ALL, ABOVE: 2, SUMS: 1, EMPTY: 1},
    ),
    "thousands of empty rows and two empty columns": Export(
        table("date,store,item,sales,,", sold="{},,") + ",,,,,\n" * 100_000
    ),
    "closed Sundays": Export(
        table(rows=bakery(without(np.tile(SUNDAY, (4, 1))))),
        {CLOSED: 4},
        sold=np.where(SUNDAY, 0, SOLD),
        closed=True,
    ),
    "missing days": Export(
        table(rows=bakery(without(FEW))), {MISSING: 3}, sold=np.where(FEW, 0, SOLD)
    ),
    "cells without a number": Export(
        table(rows=[(d, s, i, "" if FEW[k % 4, k // 4] else n)
                         for k, (d, s, i, n) in enumerate(bakery())]),
        {"rows without a number left out, as missing days": 3, MISSING: 3},
        sold=np.where(FEW, 0, SOLD),
    ),
    "an item launched later, another given up": Export(
        table(rows=bakery(without(LAUNCH))),
        sold=np.where(LAUNCH, 0, SOLD),
        first=(0, 30, 0, 0),
        stop=(len(DAYS), len(DAYS), 80, len(DAYS)),
    ),
    "returns in rows of their own": Export(
        table(rows=[*bakery(), (DAYS[5].item(), *SERIES[0], -2),
                    (DAYS[6].item(), *SERIES[1], -int(SOLD[1, 6]) - 3)]),
        {ADDED: 2, "returns, subtracted from the sales of their day": 2,
         "days with more returned than sold counted as zero sales": 1},
        sold=RETURNED,
    ),
    "receipts with the time": Export(
        table(
            "timestamp,store,item,sales",
            rows=[row for d, s, i, n in bakery() for row in ((d, s, i, 1), (d, s, i, n - 1))],
            day="{:%Y-%m-%d} 17:45:10",
        ),
        {NAMES: 1, "dates with the year first, in another form than YYYY-MM-DD": 2 * ALL,
         ADDED: ALL},
    ),
    "one shop": Export(
        table("date,item,sales", rows=bakery(SOLD[:2]), shop="").replace(",,", ","),
        {NO_STORE: 1}, sold=SOLD[:2], one_shop=True,
    ),
    "one shop, one product": Export(
        "day;units\n" + "".join(f"{d};{n}\n" for d, n in zip(DAYS, SOLD[0], strict=True)),
        {NAMES: 2, SEMICOLONS: len(DAYS), NO_STORE: 2}, sold=SOLD[:1], one_shop=True,
    ),
    "unique_id, ds, y": Export(
        table("ds,,unique_id,y", rows=bakery(SOLD[:2]), sold="{}.0", shop=""),
        {NAMES: 3, NO_STORE: 1}, sold=SOLD[:2], one_shop=True,
    ),
    "two exports, one below the other": Export(
        table(rows=bakery()[:200]) + table(rows=bakery()[200:]),
        {"headers that come again left out": 1},
    ),
    "thousands: 1.234,0": Export(
        table(**GERMAN, rows=[(d, s, i, german(100 * n)) for d, s, i, n in bakery()]),
        {NAMES: 4, SEMICOLONS: ALL, DAY_FIRST: ALL, NUMBERS: ALL}, sold=100 * SOLD,
    ),
    "thousands: 1,234 beside 950": Export(
        table(rows=[(d, s, i, f'"{25 * n:,}"') for d, s, i, n in bakery()]),
        {NUMBERS: int((25 * SOLD >= 1000).sum())}, sold=25 * SOLD,
    ),
    "31-Dec-23, and units in words": Export(
        table(day="{:%d-%b-%y}", sold="{} Stk."),
        {"dates with the name of the month": ALL, NUMBERS: ALL},
    ),
    "a spreadsheet's numbers of days": Export(
        table(rows=[((d - np.datetime64("1899-12-30").item()).days, s, i, n)
                    for d, s, i, n in bakery()], day="{}"),
        {"dates that were a spreadsheet's numbers of days": ALL},
    ),
    "other names, which the owner tells": Export(
        table("Wann,Wo,Was,Wieviel"),
        said={"columns": {"date": "Wann", "store": "Wo", "item": "Was", "sales": "Wieviel"}},
    ),
    "1/2/2023 on the first days of months, which the owner tells": Export(
        table(rows=bakery(days=DAYS[:11] - 1)[:20], day="{:%d/%m/%Y}"),
        {DAY_FIRST: 20}, sold=SOLD[:, :5], said={"dates": "dmy"},
    ),
    "repeated rows, which the owner tells are to be added": Export(
        table(rows=[*bakery(), *bakery()]),
        {ADDED: ALL}, sold=2 * SOLD, said={"repeats": "add"},
    ),
    "Excel file": Export(
        lambda: sheet([(d, s, i, n) for d, s, i, n in bakery()], [("Absatz",), ()]),
        {"rows of a sheet": ALL + 3, NAMES: 4, ABOVE: 1},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_it_is_read_rightly_and_what_was_mended_is_told(read, name):
    export = READ[name]
    content = export.content() if callable(export.content) else export.content
    panel = read(content, reading=Reading(**export.said))
    labels = [(1, item) for item in GOODS] if export.one_shop else SERIES
    if name == "one shop, one product":
        labels = [(1, 1)]
    shown = list(zip(panel.stores.tolist(), panel.items.tolist(), strict=True))
    assert shown == labels[: len(shown)]
    np.testing.assert_array_equal(panel.sales, export.sold)
    assert {mend.what: mend.count for mend in panel.mends} == export.mends or (
        name == "one shop, one product"
    )
    for found, expected in ((panel.first, export.first), (panel.stop, export.stop)):
        assert (found is None) if expected is None else (tuple(found) == expected)
    sundays = [False] * 6 + [True]
    assert (panel.closed is None) if not export.closed else (panel.closed == sundays).all()


MIXED = [(f"{d:%m/%d/%Y}" if s == "Süd" else f"{d:%d/%m/%Y}", s, *rest) for d, s, *rest in bakery()]
MONTHS = np.arange("2020-01", "2023-01", dtype="datetime64[M]")
REFUSED = {
    "1/2/2023 on the first days of months": (
        table(rows=bakery(days=DAYS[:11] - 1)[:20], day="{:%d/%m/%Y}"),
        "shop.csv, line 6: date '02/01/2023' may be 2 January or 1 February (16 such rows); say "
        "which with --dates dmy or --dates mdy.",
    ),
    "halves of units": (
        table(sold="{}.5"),
        "is not whole (368 such rows); write whole units sold, or a smaller unit, as grams in "
        "place of kilograms.",
    ),
    "a column for each item": (
        "date,store,item 1,item 2,item 3\n2023-01-02,1,5,6,7\n",
        "give every day, store and item a row of its own, in place of a column for each.",
    ),
    "money in place of units": (
        table("date,store,item,Umsatz", sold='"€ {},99"'),
        "is not a number (368 such rows); say with --columns sales=NAME which column has the units "
        "sold, and not the money.",
    ),
    "a second row for one day of a full file": (
        table(rows=[*bakery(), (DAYS[3].item(), *SERIES[2], 7)]),
        "shop.csv, line 370: store 'Süd' item 'Brot, weiß' on 2023-01-05 is already on line 16 "
        "(1 such row); keep one row per date, store and item, or say --repeats add if they are to "
        "be added up.",
    ),
    "the whole file pasted twice": (
        table(rows=[*bakery(), *bakery()]),
        "is already on line 2 (368 such rows); keep one row per date, store and item, or say "
        "--repeats add if they are to be added up.",
    ),
    "dates that a program turned round in part": (
        table(rows=MIXED, day="{}"),
        "a program has turned some of them round: export again, and write days of the calendar as "
        "YYYY-MM-DD.",
    ),
    "rows of stores that no column is known to tell apart": (
        table("date,Depot,item,sales"),
        "without store (184 such rows); say --columns store=- if there is only one, or NAME for -, "
        "of 'Depot'.",
    ),
    "two columns that may be the sales": (
        table("date,store,Menge,Anzahl"),
        "sales may be 'Menge', 'Anzahl'; say which with --columns sales=Menge.",
    ),
    "a date typed wrong by ten years": (
        table(rows=[*bakery(), (np.datetime64("2033-01-02").item(), *SERIES[0], 5)]),
        "no row of any series between 2023-04-03 and 2033-01-02 (1 such gap); correct the date, or "
        "leave out the rows before or after.",
    ),
    "sales of months": (
        "Date,Sales\n" + "".join(f"{month}-01,{40 + k}\n" for k, month in enumerate(MONTHS)),
        "shop.csv has rows on 36 of 1,066 days; give the sales of single days, not of months.",
    ),
    "12,5 in a German file": (
        table(**GERMAN, sold="{},5"),
        "write whole units sold, or a smaller unit, as grams in place of kilograms, without a "
        "decimal comma.",
    ),
    "1.234 that may be one or a thousand": (
        table(**GERMAN, rows=[(d, s, i, "1.234") for d, s, i, _ in bakery()]),
        "write 1234, with nothing between thousands.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_the_cure(refusal, name):
    content, sentence = REFUSED[name]
    assert refusal(content).endswith(sentence)
