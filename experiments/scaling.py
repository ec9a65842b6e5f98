"""How memory and time grow with the data: simulated sales of 1, 3 and 10 times Kaggle's rows.

python -m experiments.scaling

Each size is written as a CSV, and a sweep of one small network reads it in a process of its own.
"""

import json
import os
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from experiments.commandline import natural, say
from experiments.data.panel import read_panel
from experiments.data.simulator import simulate_panel, write_csv
from tinylstm.commandline import Parser

UNITS, EPOCHS, WINDOWS_PER_EPOCH = 16, 2, 500_000
STORES, ITEMS = 10, 50  # of Kaggle's data


class Measurement(NamedTuple):
    """What one size of data takes."""

    rows: int
    file_mb: float
    load_seconds: float  # read and check the file
    load_peak_mb: float  # of the process that does nothing else
    sweep_peak_mb: float  # of the largest process of a sweep with one worker
    seconds_per_million: float  # of training windows, in the last epoch


def measure(times: int, folder: Path) -> Measurement:
    """Write `times` as many rows as Kaggle's, and measure what reading and training take."""
    path = folder / f"sales-x{times}.csv"
    rows = in_a_process(write_sales, times, path)[0]
    load_seconds, load_peak = in_a_process(load, path)
    history, sweep_peak = in_a_process(sweep, path, folder / f"run-x{times}")
    size = path.stat().st_size
    path.unlink()
    per_million = history[-1] / WINDOWS_PER_EPOCH * 1e6
    return Measurement(rows, size / 1e6, load_seconds, load_peak, sweep_peak, per_million)


def write_sales(times: int, path: Path) -> int:
    """Write a CSV of simulated sales, series after series; the number of rows."""
    panel = simulate_panel(stores=times * STORES, items=ITEMS)
    write_csv(panel, path)
    return panel.sales.size


def load(path: Path) -> float:
    """Seconds to read and check a file."""
    started = time.perf_counter()
    read_panel(path)
    return time.perf_counter() - started


def sweep(path: Path, out: Path) -> list[float]:
    """Train one network on a file with the command of the study; seconds of each epoch."""
    from experiments.sweep import main

    arguments = ["--units", UNITS, "--seeds", 1, "--epochs", EPOCHS, "--workers", 1]
    arguments += ["--windows-per-epoch", WINDOWS_PER_EPOCH, "--data", path, "--out", out]
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 (until the process ends)
    if main([str(argument) for argument in arguments]):
        raise RuntimeError(f"the sweep of {path} failed")
    (record,) = out.glob("jobs/*.json")
    return json.loads(record.read_text("utf-8"))["history"]["seconds"]


def in_a_process(function, *arguments):
    """What the function returns in a new process, and the peak memory of it or a child, in MB."""
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send_result, args=(sender, function, arguments))
    process.start()
    sender.close()
    try:
        return receiver.recv()
    except EOFError:
        raise RuntimeError(f"{function.__name__} failed, see above") from None
    finally:
        process.join()


def _send_result(sender, function, arguments) -> None:
    import resource  # POSIX only

    result = function(*arguments)
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(kind).ru_maxrss for kind in kinds)
    sender.send((result, peak / (1024 if sys.platform != "darwin" else 1024**2)))


def table(measurements: list[Measurement]) -> str:
    """The measurements as lines of text."""
    lines = [
        f"{'rows':>10} {'file MB':>8} {'load s':>7} {'load peak MB':>13}"
        f" {'sweep peak MB':>14} {'s per million windows':>22}"
    ]
    for row in measurements:
        lines.append(
            f"{row.rows:>10,} {row.file_mb:>8.0f} {row.load_seconds:>7.2f}"
            f" {row.load_peak_mb:>13.0f} {row.sweep_peak_mb:>14.0f}"
            f" {row.seconds_per_million:>22.1f}"
        )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """The command line: print the table."""
    parser = Parser(
        prog="python -m experiments.scaling",
        description="Memory and time against the number of rows, on simulated sales.",
    )
    parser.add_argument("--times", type=natural, nargs="+", default=[1, 3, 10], metavar="N")
    measurements = []
    with tempfile.TemporaryDirectory() as folder:
        for times in parser.parse_args(arguments).times:
            say(f"x {times}: {times * STORES * ITEMS:,} series")
            measurements.append(measure(times, Path(folder)))
    print(table(measurements))
    print(f"One network of {UNITS} units, one thread; the peak is that of the largest process.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
