"""How to mend a file that is no CSV of daily sales, in words that the owner of a shop knows.

Each function looks at what is there in place of what is wanted, and says what to do about it.
"""

import difflib
import re
from datetime import date, timedelta

SAVE_AS_CSV = "open it in a spreadsheet program and save it as CSV UTF-8"
EXPORT = "export the sales as CSV UTF-8 from the program that made it"
COLUMNS = ("date", "store", "item", "sales")

# What others call the columns: English, German, French, Spanish, Italian, Portuguese, Dutch.
OTHER_NAMES = {
    "date": "day tag datum fecha dia data giorno jour dag timestamp",
    "store": "shop branch outlet location site filiale laden markt geschäft tienda sucursal "
    "magasin boutique negozio loja winkel filiaal",
    "item": "product article sku artikel produkt ware artículo articulo producto produit prodotto "
    "articolo produto artigo",
    "sales": "sold units quantity qty amount menge anzahl stück absatz umsatz verkauf verkäufe "
    "ventas cantidad unidades ventes quantité vendite quantità vendas quantidade aantal verkoop",
}
LONGEST = 40  # characters of a name that a message shows
ALIKE = 0.75  # of difflib's ratio, for a name that is misspelt
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
SMALLER = "write whole units sold, or a smaller unit, as grams in place of kilograms"
SPREADSHEET_ENDS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".numbers")


# Files


def other_kind(raw: bytes) -> tuple[str, str] | None:
    """What a file is that is no text, and its cure; None if it may be text in UTF-8 or a zip."""
    start = raw[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if raw.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):  # .xls
        return "is a spreadsheet", SAVE_AS_CSV
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<table")):
        cure = "log in where it comes from, download it again, and give the CSV or zip"
        return "is a web page, which sites send in place of a file that needs a login", cure
    if raw.startswith((b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf\x27\x1c")):
        return "is packed in an unusual way", "unpack it and give the CSV"
    if raw.startswith(b"%PDF"):
        return "is a PDF", EXPORT
    if re.match(rb'[\[{]\s*["\[{]', start):
        return "is JSON", EXPORT
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_half_empty(raw[:1000]):
        return "is text in UTF-16", SAVE_AS_CSV
    return None


def _is_half_empty(start: bytes) -> bool:
    """Whether every second byte of most is 0, as in UTF-16 without a mark."""
    return any(2 * start[k::2].count(0) > len(start[k::2]) for k in (0, 1))


def is_spreadsheet(members: list[str]) -> bool:
    """Whether an archive with these files is one of Excel, LibreOffice or Numbers."""
    if {"mimetype", "content.xml"} <= set(members):  # .ods
        return True
    return any(name.startswith("xl/") or name.endswith(".iwa") for name in members)


def word_at(raw: bytes, place: int) -> str:
    """The field around a byte that is not UTF-8, as Windows-1252, which it mostly is."""
    before = re.split(rb'[,;\t\r\n"]', raw[max(0, place - 40) : place])[-1]
    after = re.split(rb'[,;\t\r\n"]', raw[place : place + 40])[0]
    return (before + after).decode("cp1252", "replace")


# Headers


def header_cure(header: list[str], below: int = 0) -> str:
    """What to do about a header that lacks some of the columns; it may stand some lines `below`."""
    if below:
        return f"remove what is above line {below}, which names the columns"
    if re.fullmatch(r"sep=.?", "".join(header).strip()):  # by which Excel knows the separator
        return "remove this line, and put commas between fields below"
    cures, names = [], header
    for separator, word in SEPARATORS.items():
        if any(separator in name for name in header):
            names = [part for name in header for part in name.split(separator)]
            cures.append(f"replace the {word} between fields by commas")
            break
    names = [name.strip().strip('"') for name in names]
    missing = [column for column in COLUMNS if column not in names]
    if missing and any(re.fullmatch(r"[\d.,/-]+", name) for name in names):
        cures.append("put a first line above that names the columns, as date,store,item,sales")
        return " and ".join(cures)
    others = [name for name in names if name not in COLUMNS and len(name) <= LONGEST]
    if "sales" in missing and _are_numbered(others):
        cures.append(
            "give every day, store and item a row of its own, in place of a column for each"
        )
        return " and ".join(cures)
    found = find_names(missing, others)
    if len(missing) == len(COLUMNS) and not found:
        cures.append("let the header name date, store, item and sales")
        missing = []
    for column in missing:
        cures.append(f"rename {found[column]!r} to {column}" if column in found else _add(column))
    return ", ".join(cures[:-1]) + " and " + cures[-1] if cures[1:] else cures[0]


def _are_numbered(names: list[str]) -> bool:
    """Whether three names or more are the same but for a number: "item 1", "item 2", "item 3"."""
    stems = [re.sub(r"\d+", "", name) for name in names if re.search(r"\d", name)]
    return max(map(stems.count, stems), default=0) >= 3


def _add(column: str) -> str:
    if column in ("store", "item"):
        return f"add a column {column}, with 1 in every row if there is only one"
    meaning = {"date": "days", "sales": "units sold"}[column]
    return f"name the column of the {meaning} {column}"


def find_names(columns: list[str], names: list[str]) -> dict[str, str]:
    """For each column the name that seems to mean it, where there is one; no name twice."""
    found: dict[str, str] = {}
    for find in (_is_word, _is_alike):
        for column in columns:
            free = [name for name in names if name not in found.values()]
            if column not in found and (likely := [name for name in free if find(column, name)]):
                found[column] = likely[0]
    return found


def _is_word(column: str, name: str) -> bool:
    """Whether the name is, or has among its words, one for the column: "Units Sold", "StoreID"."""
    words = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    return not {column, *OTHER_NAMES[column].split()}.isdisjoint(map(str.casefold, words))


def _is_alike(column: str, name: str) -> bool:
    words = [column, *OTHER_NAMES[column].split()]
    return bool(difflib.get_close_matches(name.casefold(), words, cutoff=ALIKE))


# Fields


def field_cure(column: str, text: str, texts: list[str]) -> str:
    """What to do about a field of a column; `texts` are all that the column holds."""
    if column == "date":
        day = _meant_day(text, texts)
        if day is None and not re.search(r"\d", text):  # of a sum, an empty row, another header
            return "write a day of the calendar as YYYY-MM-DD, or remove the row if it has none"
        if day is None:
            return "write a day of the calendar as YYYY-MM-DD"
        return (
            f"write {day}; in a spreadsheet, give the column the format YYYY-MM-DD and save it as "
            "CSV again"
        )
    if column == "sales":
        return _sales_cure(text.strip())
    return f"give every row {'an' if column == 'item' else 'a'} {column} number or name"


def _sales_cure(text: str) -> str:
    if re.fullmatch(r"\d{1,3}([.,' \u00a0\u202f]\d{3})+", text):
        return f"write {re.sub(r'[^0-9]', '', text)}, with nothing between thousands"
    if match := re.fullmatch(r"([+-]?\d+),(\d+)", text):
        if not match[2].strip("0"):
            return f"write {match[1]}, without a decimal comma"
        return f"{SMALLER}, without a decimal comma"
    if re.fullmatch(r"\d*\.\d*[1-9]\d*", text):
        return SMALLER
    if re.fullmatch(r"-[\d.]+", text):
        return "write units sold, and 0 where more came back than was sold"
    return "write whole units sold, 0 if none"


_PARTS = re.compile(r"\s*(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})([ T].*)?")


def _meant_day(text: str, texts: list[str]) -> date | None:
    """The day that is meant, where that is certain: 31/12/2017 is one, 1/2/2017 may be two."""
    if re.fullmatch(r"[2-9]\d{4}", text):  # the day's number in a spreadsheet
        return date(1899, 12, 30) + timedelta(int(text))
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    match = _PARTS.fullmatch(text)
    if match is None:
        return None
    first, second, third = match[1], match[3], match[4]
    if len(first) == 4:
        parts = first, second, third
    elif len(third) != 4:
        return None
    elif match[2] == "." or _holds_more_than_twelve(1, texts):
        parts = third, second, first
    elif _holds_more_than_twelve(3, texts):
        parts = third, first, second
    else:
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None


def _holds_more_than_twelve(part: int, texts: list[str]) -> bool:
    """Whether a part of the dates is the day and not the month."""
    return any((match := _PARTS.fullmatch(text)) and int(match[part]) > 12 for text in texts)
