"""Which columns of a table are date, store, item and sales, by what the header calls them."""

import difflib
import functools
import re
from collections.abc import Mapping
from typing import NamedTuple

from experiments.data.errors import show, show_all
from experiments.data.reading import COLUMNS, NONE

# What others call the columns: English, German, French, Spanish, Italian, Portuguese, Dutch; and
# unique_id, ds, y: the forecasting libraries of Nixtla, and Prophet.
OTHER_NAMES = {
    "date": "day tag datum fecha dia data giorno jour dag timestamp ds",
    "store": "shop branch outlet location site filiale laden markt geschäft tienda sucursal "
    "magasin boutique negozio loja winkel filiaal",
    "item": "product article sku artikel produkt ware artículo articulo producto produit prodotto "
    "articolo produto artigo unique_id",
    "sales": "sold units quantity qty amount menge anzahl stück absatz umsatz verkauf verkäufe "
    "ventas cantidad unidades ventes quantité vendite quantità vendas quantidade aantal verkoop y",
}
WORDS = {column: {column, *names.split()} for column, names in OTHER_NAMES.items()}
# Words beside these that change nothing: "Order Date", "StoreID", "product_name", "Units Sold".
NEUTRAL_WORDS = "id no nr number name code key the of order sale total daily"
LONGEST = 40  # characters of a name that a message shows
ALIKE = 0.75  # of difflib's ratio, for a name that is misspelt


class Columns(NamedTuple):
    """Where the columns are in a row; None: the table has none, there is one store or item."""

    places: dict[str, int | None]
    renamed: dict[str, str]  # those that were known by another name
    absent: list[str]  # those that nobody said are absent


class Misfit(NamedTuple):
    """Why a row is no header, and what to do about it."""

    problem: str
    cure: str
    is_close: bool = False  # it is a header, but a question is open


def match(header: list[str], given: Mapping[str, str]) -> Columns | Misfit:
    """The columns of a header; `given` are the names that the owner of the file told."""
    names = [name.strip() for name in header]
    places: dict[str, int | None] = {}
    renamed, absent, missing = {}, [], []
    for column in COLUMNS:
        told = given.get(column)
        if told == NONE:
            places[column] = None
            continue
        usual = [told] if told is not None else usual_names(column, names, given)
        found = [place for place, name in enumerate(names) if name in usual]
        if told is not None and not found:
            problem = f"no column {show(told)} among {show_all(names)}"
            return Misfit(problem, f"name one of these with --columns {column}=NAME")
        if len(found) > 1 and len(usual) == 1:
            return Misfit(f"more than one column {show_all(usual)}", "keep one", is_close=True)
        if len(found) > 1:
            problem = f"{column} may be {show_all(usual)}"
            return Misfit(problem, f"say which with {_option({column: usual[0]})}", is_close=True)
        if found:
            places[column] = found[0]
            if told is None and names[found[0]] != column:
                renamed[column] = names[found[0]]
        elif column in ("store", "item"):
            places[column] = None
            absent.append(column)
        else:
            missing.append(column)
    lacking = [column for column in COLUMNS if column in missing or column in absent]
    problem = f"no column {show_all(lacking)} among {show_all(names)}"
    if missing:
        return Misfit(problem, header_cure(names, missing, absent))
    # A shop that seems to be there, under a name that is misspelt or a sum of words.
    unread = [name for place, name in enumerate(names) if place not in places.values()]
    if likely := find_names(absent, unread):
        none = " ".join(f"{column}={NONE}" for column in likely)
        cure = f"say {_option(likely)}, or {none} if there is only one"
        return Misfit(problem, cure, is_close=True)
    taken = [place for place in places.values() if place is not None]
    if len(set(taken)) < len(taken):
        return Misfit("one column is named for two", "give each of --columns its own")
    return Columns(places, renamed, absent)


def usual_names(column: str, names: list[str], given: Mapping[str, str]) -> list[str]:
    """The names that mean a column: its own, or else all others that usually do."""
    if column in names:
        return [column]
    free = [name for name in dict.fromkeys(names) if name not in given.values()]
    if same := [name for name in free if name.casefold() == column]:
        return same
    return [name for name in free if name not in COLUMNS and meaning(name) == column]


@functools.lru_cache(maxsize=2**15)
def meaning(name: str) -> str | None:
    """The column that a name surely means: "Order Date", "StoreID", "Units Sold", "ds"; or None."""
    if any(character.isdigit() for character in name):
        return None
    words = {name.casefold()} if name.casefold() in WORDS["item"] else _words(name)
    meant = [column for column, known in WORDS.items() if words & known]
    if len(meant) == 1 and words <= WORDS[meant[0]] | set(NEUTRAL_WORDS.split()):
        return meant[0]
    return None


def _words(name: str) -> set[str]:
    parts = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    return set(map(str.casefold, parts))


def header_cure(names: list[str], missing: list[str], absent: list[str]) -> str:
    """What to do about a header that lacks the columns `missing`, and seems to lack `absent`."""
    if any(re.fullmatch(r"[\d.,/-]+", name) for name in names):
        return "put a first line above that names the columns, as date,store,item,sales"
    others = [name for name in names if name not in COLUMNS and len(name) <= LONGEST]
    if "sales" in missing and _are_numbered(others):
        return "give every day, store and item a row of its own, in place of a column for each"
    found = find_names([*missing, *absent], others)
    return (
        f"say {_option({c: found.get(c, 'NAME') for c in COLUMNS if c in missing or c in found})}"
    )


def _option(columns: Mapping[str, str]) -> str:
    quoted = [
        f"{column}={name}" if re.fullmatch(r"\w+", name) else f"{column}={show(name)}"
        for column, name in columns.items()
    ]
    return f"--columns {' '.join(quoted)}"


def _are_numbered(names: list[str]) -> bool:
    """Whether three names or more are the same but for a number: "item 1", "item 2", "item 3"."""
    stems = [re.sub(r"\d+", "", name) for name in names if re.search(r"\d", name)]
    return max(map(stems.count, stems), default=0) >= 3


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
    return not WORDS[column].isdisjoint(_words(name))


def _is_alike(column: str, name: str) -> bool:
    return bool(difflib.get_close_matches(name.casefold(), WORDS[column], cutoff=ALIKE))
