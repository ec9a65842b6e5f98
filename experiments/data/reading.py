"""How a file of sales is to be read, where its owner says more than the file does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

COLUMNS = ("date", "store", "item", "sales")
NONE = "-"  # in place of a column's name: the file has none, there is one shop or one product
MISSING_DAYS = ("zero", "refuse")
RETURNS = ("zero", "refuse")
REPEATS = ("add", "refuse")
DATES = ("dmy", "mdy")


@dataclass(frozen=True)
class Reading:
    """What the owner of a file says of it; by default what is certain is mended, the rest asked.

    Raises ValueError if a value is none of those listed here.
    """

    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Names in the file of date, store, item and sales; `NONE`, for store or item: it has none."""
    missing_days: str = "zero"  # days without a row, inside a series: nothing sold, or refused
    returns: str = "zero"  # days on which more came back than was sold: nothing sold, or refused
    dates: str | None = None  # dmy: 1/2/2023 is in February; mdy: in January; None: as they tell
    repeats: str | None = None  # several rows of a day: added up, or refused; None: as they tell

    def __post_init__(self) -> None:
        choices = {
            "missing_days": MISSING_DAYS,
            "returns": RETURNS,
            "dates": (None, *DATES),
            "repeats": (None, *REPEATS),
        }
        for name, allowed in choices.items():
            if (value := getattr(self, name)) not in allowed:
                raise ValueError(f"{name} must be one of {allowed}, not {value!r}")
        if unknown := set(self.columns) - set(COLUMNS):
            raise ValueError(f"columns are {', '.join(COLUMNS)}, not {sorted(unknown)[0]!r}")
        if any(self.columns.get(column) == NONE for column in ("date", "sales")):
            raise ValueError("a file without dates or without sales cannot be read")
        # A pickle, which workers get, holds no view of a mapping.
        object.__setattr__(self, "columns", dict(self.columns))
