"""How to mend a file that is no CSV of daily sales, in words that the owner of a shop knows.

Each function looks at what is there in place of what is wanted, and says what to do about it.
"""

import re

SAVE_AS_CSV = "open it in a spreadsheet program and save it as CSV UTF-8"
EXPORT = "export the sales as CSV UTF-8 from the program that made it"
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
    return None


def utf_16(raw: bytes) -> str | None:
    """The encoding of text in UTF-16, with its mark or, where every second byte is 0, without."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for k, encoding in enumerate(("utf-16-be", "utf-16-le")):
        if 2 * raw[k:1000:2].count(0) > len(raw[k:1000:2]):
            return encoding
    return None


def is_excel(members: list[str]) -> bool:
    """Whether an archive with these files is an Excel file that openpyxl reads."""
    return any(name.startswith("xl/") for name in members) and "xl/workbook.bin" not in members


def is_spreadsheet(members: list[str]) -> bool:
    """Whether an archive with these files is one of LibreOffice or Numbers, or Excel's .xlsb."""
    if {"mimetype", "content.xml"} <= set(members):  # .ods
        return True
    return any(name == "xl/workbook.bin" or name.endswith(".iwa") for name in members)


def word_at(raw: bytes, place: int) -> str:
    """The field around a byte that is not UTF-8, as Windows-1252, which it mostly is."""
    before = re.split(rb'[,;\t\r\n"]', raw[max(0, place - 40) : place])[-1]
    after = re.split(rb'[,;\t\r\n"]', raw[place : place + 40])[0]
    return (before + after).decode("cp1252", "replace")


# Fields


def field_cure(column: str, text: str) -> str:
    """What to do about a field of a column that is not the date."""
    if column == "sales":
        return _sales_cure(text.strip())
    return f"give every row {'an' if column == 'item' else 'a'} {column} number or name"


def _sales_cure(text: str) -> str:
    if re.search(r"[$€£¥]|\b(EUR|USD|GBP|CHF)\b", text):
        return "say with --columns sales=NAME which column has the units sold, and not the money"
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
