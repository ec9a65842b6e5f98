"""Commands under limits of the system: a sentence, or the whole result, and afterwards that."""

import contextlib
import os
import random
import subprocess
import tempfile
from pathlib import Path

from tests.slow.trials import GOOD, PROMISED, REFUSED, WRONG, Trial
from tests.slow.trials.commands import COMMANDS, QUICK, ending, prepare, results, start, undisturbed

MB = 2**20
LIMITS = {
    "RLIMIT_AS": [300 * MB, 500 * MB, 800 * MB, 1000 * MB, 1500 * MB],
    "RLIMIT_DATA": [100 * MB, 150 * MB, 250 * MB, 400 * MB],
    "RLIMIT_NOFILE": [8, 12, 16, 24],
    "RLIMIT_FSIZE": [0, 1000, 10_000, 100_000],
}
DISKS = [8, 64, 200]  # KB of a disk that is full soon; only root can make one
LONG = 3  # of as many trials one is of a command that trains


def limits(n, seed=0):
    """n commands, each of which may use only so much of something."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        expected, _ = undisturbed()
        for k in range(n):
            command = rng.choice(COMMANDS if k % LONG == 0 else QUICK)
            if rng.random() < 0.2:
                size = rng.choice(DISKS)
                what, outcome, said = f"disk of {size} KB", *on_a_full_disk(command, folder, size)
            else:
                name = rng.choice([*LIMITS])
                value = rng.choice(LIMITS[name])
                what = f"{name} {value}"
                outcome, said = ending(start(command, folder, f"out{k}", limited(name, value)))
            out = Path(folder) / f"out{k}"
            if outcome in GOOD and command in COMMANDS and "disk" not in what:
                outcome, said = go_on(command, folder, out, expected[command], outcome, said)
            yield Trial(outcome, f"{command.module}, {what}: {said[-600:]}")


def limited(name, value):
    """What a process does before it begins."""
    import resource

    def limit():
        os.setsid()
        resource.setrlimit(getattr(resource, name), (value, value))

    return limit


def go_on(command, folder, out, expected, outcome, said):
    """The same command without a limit has to come to the whole result."""
    if outcome == PROMISED and results(command, out) != expected:
        return WRONG, f"status 0 with other results: {said}"
    again, more = ending(start(command, folder, out.name))
    if again != PROMISED:
        return (WRONG if again == REFUSED else again), f"{said} | again: {more}"
    if results(command, out) != expected or list(out.rglob("*.part")):
        return WRONG, f"{said} | again: other results"
    return outcome, said


def on_a_full_disk(command, folder, size):
    """The outcome on a disk of so many KB; in a folder, where no disk can be made."""
    disk = Path(folder) / "disk"
    disk.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(disk)]
    with contextlib.ExitStack() as stack:
        if subprocess.run(mount, capture_output=True).returncode == 0:
            stack.callback(subprocess.run, ["umount", "-l", str(disk)], check=True)
        return ending(start(command, folder, "disk/out"))
