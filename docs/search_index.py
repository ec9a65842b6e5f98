"""What the search of the site finds: each name once, with the first paragraph said of it."""

import json
from collections.abc import Callable, Collection, Mapping

FIELDS = ("fullname", "modulename", "qualname", "kind", "doc", "signature", "funcdef")


def compiler(doubles: Collection[str]) -> Callable[[list[dict[str, str]], object], str]:
    """What makes the text of the index from pdoc's account of all names, a dict for each.

    `doubles` are names that a reader finds elsewhere, and their members with them. A browser builds
    its tables from the text in a quarter of a second; pdoc would write them too, three times as
    large, where Node.js is there to make them.
    """

    def compile_index(documents: list[dict[str, str]], _: object) -> str:
        found = [short(each) for each in documents if not is_of(each["fullname"], doubles)]
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"))

    return compile_index


def is_of(name: str, owners: Collection[str]) -> bool:
    """Whether a name is one of the owners, or a member of one."""
    return any(name == owner or name.startswith(f"{owner}.") for owner in owners)


def short(document: Mapping[str, str]) -> dict[str, str]:
    """A name without its arguments and types, with the first paragraph of its HTML."""
    kept = {field: document[field] for field in FIELDS if field in document}
    if "signature" in kept:
        kept["signature"] = "()"  # the list of what was found shows something there
    if kept.get("doc"):
        kept["doc"] = kept["doc"].partition("</p>")[0] + "</p>"
    return kept
