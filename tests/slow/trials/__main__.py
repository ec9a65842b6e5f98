"""Run the trials and print the table; status 1 if any of them ended badly."""

import argparse
import json
import sys
from collections import Counter
from functools import partial
from pathlib import Path

from experiments.training.stamp import program_stamp
from tests.slow.trials import failures, table
from tests.slow.trials.abuse import abuse
from tests.slow.trials.files import files
from tests.slow.trials.interrupts import interrupts
from tests.slow.trials.kills import kills
from tests.slow.trials.limits import limits
from tests.slow.trials.sessions import sessions
from tests.slow.trials.shapes import INSTRUCTION_SETS, shapes_on
from tests.slow.trials.shops import shops

KEPT = Path("runs") / "trials.json"
AREAS = {  # and how many; a sequence has up to twelve trials
    "odd arguments": (abuse, 4000),
    "sequences of calls": (sessions, 250),
    "damaged files": (files, 3000),
    **{f"shapes, {name}": (partial(shapes_on, name), 150) for name in INSTRUCTION_SETS},
    "interrupted training": (interrupts, 300),
    "odd shops": (shops, 50),
    "commands under limits": (limits, 24),
    "commands killed": (kills, 24),
}


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.slow.trials")
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of trials")
    parser.add_argument("--areas", nargs="+", choices=AREAS, default=list(AREAS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--fresh", action="store_true", help="forget the areas that are kept")
    options = parser.parse_args()
    kept = {} if options.fresh or not KEPT.exists() else json.loads(KEPT.read_text("utf-8"))
    for area in options.areas:
        run, usual = AREAS[area]
        asked = [max(1, round(usual * options.share)), options.seed]
        key = [*asked, program_stamp()]  # another program is tried anew
        if kept.get(area, {}).get("key") == key:
            continue
        print(f"{area}: {asked[0]}", file=sys.stderr, flush=True)
        trials = list(run(*asked))
        counts = Counter(trial.outcome for trial in trials)
        kept[area] = {"key": key, "counts": counts, "failures": failures(trials)}
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps(kept), "utf-8")
    print(table({area: Counter(kept[area]["counts"]) for area in options.areas}))
    bad = [(area, *failure) for area in options.areas for failure in kept[area]["failures"]]
    for line in bad[:20]:
        print(": ".join(line))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
