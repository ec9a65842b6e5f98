"""Sweeps under limits of the system, and killed ones: a sentence, or the whole result."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from experiments.data.simulator import simulate_panel, write_csv
from tests.slow.sweeps import weights
from tests.slow.trials import INTERRUPTED, REFUSED, RIGHT, Tally

MB = 2**20
LIMITS = {
    "RLIMIT_AS": [200 * MB, 500 * MB, 800 * MB, 1000 * MB],
    "RLIMIT_DATA": [100 * MB, 150 * MB, 250 * MB],
    "RLIMIT_NOFILE": [8, 12, 16, 24],
    "RLIMIT_FSIZE": [0, 1000, 10_000, 100_000],
}
SIGNALS = signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL
SETTINGS = (
    *("--units", 2, 1, "--seeds", 2, "--epochs", 3, "--windows-per-epoch", 640, "--workers", 2),
)
SECONDS = 240


def sales(folder):
    """A small file of sales."""
    path = Path(folder) / "sales.csv"
    write_csv(simulate_panel(stores=2, items=4, days=120), path)
    return path


def sweep(data, out, preexec=os.setsid, **environment):
    """A process that sweeps."""
    command = [sys.executable, "-m", "experiments.sweep", "--data", data, "--out", out, *SETTINGS]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    environment = os.environ | {name: str(value) for name, value in environment.items()}
    return subprocess.Popen(list(map(str, command)), preexec_fn=preexec, env=environment, **pipes)


def ending(process):
    """The outcome of a process, and its last words."""
    try:
        _, said = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return "hang", process.communicate()[1]
    if "Traceback" in said:
        return "traceback", said
    if process.returncode in (0, 1, 2):
        return (RIGHT, REFUSED, REFUSED)[process.returncode], said
    stopped = process.returncode > 128 or -process.returncode in SIGNALS
    return (INTERRUPTED if stopped else "crash"), said


def limits(n, seed=0):
    """Sweeps of which each may use only so much of something; n of those that there are."""
    import resource

    chosen = [(name, value) for name, values in LIMITS.items() for value in values]
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        data = sales(folder)
        for name, value in random.Random(seed).sample(chosen, min(n, len(chosen))):

            def limit(name=name, value=value):
                os.setsid()
                resource.setrlimit(getattr(resource, name), (value, value))

            outcome, said = ending(sweep(data, Path(folder) / f"{name}-{value}", limit))
            tally.add(outcome, f"{name} {value}: {said[-600:]}")
    return tally


def kills(n, seed=0):
    """Sweeps that a signal meets at some moment; the same command again has to end right."""
    rng, tally = random.Random(seed), Tally()
    with tempfile.TemporaryDirectory() as folder:
        data, whole = sales(folder), Path(folder) / "whole"
        began = time.monotonic()
        assert ending(sweep(data, whole))[0] == RIGHT
        takes = time.monotonic() - began
        expected = weights(whole)
        for k in range(n):
            out, number = Path(folder) / f"out{k}", rng.choice(SIGNALS)
            process, moment = sweep(data, out), rng.uniform(0, takes)
            time.sleep(moment)
            process.send_signal(number)
            outcome, said = ending(process)
            again, more = ending(sweep(data, out))
            if outcome not in ("traceback", "hang", "crash"):
                outcome = again if again != RIGHT else INTERRUPTED
                if again == RIGHT and weights(out) != expected:
                    outcome = "wrong"
                if list(out.rglob("*.part")):
                    outcome = "wrong"
            tally.add(outcome, f"{number.name} after {moment:.1f} s: {said[-400:]} | {more[-400:]}")
    return tally
