"""The files that pages are made of."""

from pathlib import Path

FOLDER = Path(__file__).parent / "templates"


def template(name: str) -> str:
    """The text of a template."""
    return (FOLDER / name).read_text("utf-8")
