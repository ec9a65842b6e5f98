"""Words that messages, tables and pages share."""


def plural(n: int, noun: str) -> str:
    """The number with its noun; a noun that ends in s, such as series, stays as it is."""
    return f"{n:,} {noun}" if n == 1 or noun.endswith("s") else f"{n:,} {noun}s"
