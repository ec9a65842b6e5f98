"""Commands as processes: small ones that train and keep their results, and how they end."""

import functools
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from experiments.data.simulator import simulate_panel, write_csv
from tests.slow.trials import CRASH, HANG, PROMISED, REFUSED, TRACEBACK, WRONG
from tinylstm import LSTMRegressor

SECONDS = 240
SIGNALS = signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL
SIZES = "--units 2 --seeds 2 --workers 2"


class Command(NamedTuple):
    """A module, its arguments, in which DATA, MODEL and OUT are paths, and the files it leaves."""

    module: str
    arguments: str
    results: tuple[str, ...]  # patterns, in OUT


COMMANDS = [
    Command(
        "experiments.sweep",
        f"--data DATA --out OUT --epochs 3 --windows-per-epoch 640 {SIZES}",
        ("models/*.npz",),
    ),
    Command(
        "experiments.forecast",
        f"DATA --out OUT --days 7 {SIZES}",
        ("models/*.npz", "forecast.csv", "backtest.csv"),
    ),
]
QUICK = [
    Command("tinylstm.size", "--units 4", ()),
    Command("tinylstm.gradcheck", "--hidden 3", ()),
    Command("tinylstm.export", "MODEL --c OUT.c", ()),
    Command("experiments.playground", "--model MODEL --out OUT.html", ()),
]


def prepare(folder):
    """Write a small file of sales and a model."""
    write_csv(simulate_panel(stores=2, items=4, days=120), Path(folder) / "sales.csv")
    LSTMRegressor(7, 2).save(Path(folder) / "model.npz")


def start(command, folder, out, preexec=os.setsid):
    """A process of a command."""
    paths = {"DATA": "sales.csv", "MODEL": "model.npz", "OUT": out, "OUT.c": f"{out}.c"}
    paths |= {"OUT.html": f"{out}.html"}
    words = [str(Path(folder) / paths[w]) if w in paths else w for w in command.arguments.split()]
    words = [sys.executable, "-m", command.module, *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(words, preexec_fn=preexec, **pipes)


def ending(process, may_be_stopped=False):
    """The outcome of a process, and its last words. To stop at a signal is a promise too."""
    try:
        _, said = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return HANG, process.communicate()[1]
    if "Traceback" in said:
        return TRACEBACK, said
    if process.returncode in (1, 2):
        return (REFUSED if said.strip() else WRONG), said or "refused without a word"
    by_signal = max(-process.returncode, process.returncode - 128) in SIGNALS
    if process.returncode == 0 or (may_be_stopped and by_signal):
        return PROMISED, said
    return CRASH, f"status {process.returncode}: {said}"


def results(command, out):
    """The bytes of what a command left."""
    found = [path for pattern in command.results for path in Path(out).glob(pattern)]
    return {path.name: path.read_bytes() for path in found}


@functools.cache
def undisturbed():
    """The results of each command that nothing disturbs, and the seconds that it takes."""
    expected, takes = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        for command in COMMANDS:
            began = time.monotonic()
            outcome, said = ending(start(command, folder, command.module))
            assert outcome == PROMISED, said
            expected[command] = results(command, Path(folder) / command.module)
            takes[command] = time.monotonic() - began
    return expected, takes
