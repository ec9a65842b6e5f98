"""Write bakery.csv: two years of two small shops, as a till would export them.

    python examples/make_bakery.py

The sales are simulated, by the law of `experiments/data/simulator.py`. What makes the file ordinary
is added here: semicolons, days first in dates, shops closed on Sundays and on holidays, a cake that
is launched late, returns in rows of their own, and a name with a semicolon in it.
"""

import csv
from pathlib import Path

import numpy as np

from experiments.data.simulator import simulate_panel

FILE = Path(__file__).parent / "bakery.csv"
SHOPS = ("Market Square", "Station")
ITEMS = ("Rye bread", "Rolls; bag of six", "Pretzel", "Plum cake")
DAYS, SEED = 728, 4
WEEKS_LATER = 574  # than the simulator's first day, so that weekdays stay and years are recent
SUNDAY = 6
HOLIDAYS = ("01-01", "05-01", "12-25", "12-26")
LAUNCH = {"Plum cake": np.datetime64("2025-03-03")}
RETURNS = {  # units that came back, by shop, item and day
    ("Market Square", "Rye bread", "2024-03-12"): 4,
    ("Market Square", "Pretzel", "2025-02-14"): 3,
    ("Station", "Rolls; bag of six", "2024-09-02"): 6,
    ("Station", "Rye bread", "2025-07-19"): 2,
    ("Market Square", "Plum cake", "2025-03-05"): 40,  # more than were sold that day
}


def rows() -> list[tuple[str, str, str, int]]:
    """The rows of the file: date, store, item and sales."""
    panel = simulate_panel(stores=len(SHOPS), items=len(ITEMS), days=DAYS, seed=SEED)
    dates = panel.dates + 7 * WEEKS_LATER
    made = []
    for k, day in enumerate(dates):
        if day.item().weekday() == SUNDAY or str(day)[5:] in HOLIDAYS:
            continue
        written = day.item().strftime("%d/%m/%Y")
        for store, item, units in zip(panel.stores, panel.items, panel.sales[:, k], strict=True):
            names = SHOPS[store - 1], ITEMS[item - 1]
            if day >= LAUNCH.get(names[1], day):
                made.append((written, *names, int(units)))
                if back := RETURNS.get((*names, str(day))):
                    made.append((written, *names, -back))
    return made


def write(path: Path) -> None:
    """Write the file."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(("date", "store", "item", "sales"))
        writer.writerows(rows())


if __name__ == "__main__":
    write(FILE)
