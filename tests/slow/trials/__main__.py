"""Run the trials and print the table; status 1 if any of them ended badly."""

import argparse
import json
import sys
from functools import partial
from pathlib import Path

from tests.slow.trials import Tally, table
from tests.slow.trials.abuse import abuse
from tests.slow.trials.files import files
from tests.slow.trials.interrupts import interrupts
from tests.slow.trials.kills import kills
from tests.slow.trials.limits import limits
from tests.slow.trials.sessions import sessions
from tests.slow.trials.shapes import INSTRUCTION_SETS, shapes_on
from tests.slow.trials.shops import shops

KEPT = Path("runs") / "trials.json"
AREAS = {
    "odd arguments": (abuse, 5000),
    "sequences of calls": (sessions, 1000),
    "odd files": (files, 4000),
    **{f"shapes, {name}": (partial(shapes_on, name), 300) for name in INSTRUCTION_SETS},
    "interrupted training": (interrupts, 500),
    "odd shops": (shops, 100),
    "commands under limits": (limits, 60),
    "commands killed": (kills, 24),
}


def main():
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.slow.trials")
    parser.add_argument("--times", type=int, default=1, help="so many times as many trials")
    parser.add_argument("--areas", nargs="+", choices=AREAS, default=list(AREAS))
    parser.add_argument("--fresh", action="store_true", help="forget the rows that are kept")
    options = parser.parse_args()
    rows = {} if options.fresh or not KEPT.exists() else json.loads(KEPT.read_text())
    for area in options.areas:
        run, usual = AREAS[area]
        n = usual * options.times
        if rows.get(area, {}).get("asked") == n:
            continue
        print(f"{area}: {n} trials", file=sys.stderr, flush=True)
        tally = run(n)
        rows[area] = {"asked": n, "outcomes": tally.outcomes, "examples": tally.examples}
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps(rows))
    tallies = {a: Tally(rows[a]["outcomes"], rows[a]["examples"]) for a in options.areas}
    print(table(tallies))
    bad = [example for tally in tallies.values() for example in tally.examples]
    print("\n".join(bad[:20]))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
