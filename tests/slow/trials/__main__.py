"""Run all trials and print the table; status 1 if any of them ended badly."""

import sys

from tests.slow.trials import table
from tests.slow.trials.abuse import abuse
from tests.slow.trials.commands import kills, limits
from tests.slow.trials.shapes import INSTRUCTION_SETS, shapes_on


def main(times):
    """Everything, so many times as often as usual."""
    tallies = {"odd arguments of the library": abuse(3000 * times)}
    for name in INSTRUCTION_SETS:
        tallies[f"random shapes, {name}"] = shapes_on(name, 200 * times)
    tallies["sweeps under limits"] = limits(15 * times)
    tallies["sweeps that are killed"] = kills(8 * times)
    print(table(tallies))
    bad = [example for tally in tallies.values() for example in tally.examples]
    print("\n".join(bad[:20]))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
