"""Commands that a signal meets at some moment, and whose files may be spoilt before they go on."""

import contextlib
import os
import random
import signal
import tempfile
import time
from pathlib import Path

from tests.slow.spoiling import mutated
from tests.slow.sweeps import processes_of
from tests.slow.trials import GOOD, PROMISED, WRONG, Trial
from tests.slow.trials.commands import (
    COMMANDS,
    SIGNALS,
    ending,
    prepare,
    results,
    start,
    undisturbed,
)

KEPT = "jobs/*.json", "models/*.npz", "checkpoints/*.npz", "overview-*.json"


def kills(n, seed=0):
    """n commands that are stopped; the same command again has to end with the right bits."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        expected, takes = undisturbed()
        for k in range(n):
            command, out = rng.choice(COMMANDS), Path(folder) / f"out{k}"
            process, moment = start(command, folder, out.name), rng.uniform(0, takes[command])
            time.sleep(moment)
            met = meet(process, rng)
            outcome, said = ending(process, may_be_stopped=True)
            spoilt = spoil(out, rng) if rng.random() < 0.5 else "nothing"
            if outcome in GOOD:
                outcome, more = ending(start(command, folder, out.name))
                said += f" | again: {more}"
            if outcome in GOOD:
                same = results(command, out) == expected[command]
                outcome = PROMISED if same and not list(out.rglob("*.part")) else WRONG
            what = f"{command.module}, {met} after {moment:.1f} s, spoilt {spoilt}"
            yield Trial(outcome, f"{what}: {said[-800:]}")


def meet(process, rng):
    """Send a signal: to the command, to one of its workers, or to all as a terminal does."""
    number, whom = rng.choice(SIGNALS), rng.choice(["it", "all", "a worker"])
    workers = workers_of(process.pid) if os.path.isdir("/proc") else []
    try:
        if whom == "all":
            os.killpg(process.pid, number)
        elif whom == "a worker" and workers:
            number = signal.SIGKILL
            os.kill(rng.choice(workers), number)
        else:
            process.send_signal(number)
    except ProcessLookupError:  # it has ended meanwhile
        pass
    return f"{number.name} to {whom}"


def workers_of(session):
    """The workers of a command.

    Python's resource tracker is not one. The next tracker knows nothing of the names that a killed
    one kept, and complains of each with a traceback of its own.
    """
    found = []
    for number in processes_of(session)[1:]:
        with contextlib.suppress(OSError):  # it has ended meanwhile
            if b"spawn_main" in Path(f"/proc/{number}/cmdline").read_bytes():
                found.append(number)
    return found


def spoil(out, rng):
    """Damage one of the files that are kept; its name."""
    paths = sorted(path for pattern in KEPT for path in out.glob(pattern))
    if not paths:
        return "nothing"
    path = rng.choice(paths)
    path.write_bytes(mutated(path.read_bytes(), rng))
    return path.name
