"""How memory and time grow with the data: simulated sales of 1, 3 and 10 times Kaggle's rows.

python -m experiments.scaling

Each size is written as a CSV, and a sweep of one small network reads it in a process of its own.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple, TypeVar

from experiments.commandline.arguments import natural
from experiments.commandline.saying import say
from experiments.data.panel import read_panel
from experiments.data.simulator import simulate_panel, write_csv
from experiments.training.folder import read_records
from tinylstm.commandline import Parser, run_command

UNITS, EPOCHS, WINDOWS_PER_EPOCH = 16, 2, 500_000
STORES, ITEMS = 10, 50  # of Kaggle's data

T = TypeVar("T")


class SweepError(RuntimeError):
    """The sweep failed; the message is what it said last."""


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
    rows, _ = in_a_process(write_sales, times, path)
    load_seconds, load_peak = in_a_process(load, path)
    last_epoch, sweep_peak = in_a_process(sweep, path, folder / f"run-x{times}")
    size = path.stat().st_size
    path.unlink()
    per_million = last_epoch / WINDOWS_PER_EPOCH * 1e6
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


def sweep(path: Path, out: Path) -> float:
    """Train one network on a file with the study's command; seconds of its last epoch."""
    options = f"--units {UNITS} --seeds 1 --workers 1 --epochs {EPOCHS}"
    options += f" --windows-per-epoch {WINDOWS_PER_EPOCH}"
    command = [sys.executable, "-m", "experiments.sweep", *options.split()]
    command += ["--data", str(path), "--out", str(out)]
    finished = subprocess.run(command, capture_output=True, text=True)
    if finished.returncode:
        raise SweepError("\n".join(finished.stderr.splitlines()[-1:]))
    (record,) = read_records(out)
    return record.epochs.seconds[-1]


def in_a_process(function: Callable[..., T], *args: object) -> tuple[T, float]:
    """What the function returns in a new process, and the peak memory of it or a child, in MB."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(with_peak, function, *args).result()


def with_peak(function: Callable[..., T], *args: object) -> tuple[T, float]:
    """In that process: the function's result, and the peak."""
    import resource  # POSIX only

    result = function(*args)
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(kind).ru_maxrss for kind in kinds)
    return result, peak / (1024 if sys.platform != "darwin" else 1024**2)


def table(measurements: list[Measurement]) -> str:
    """The measurements as lines of text."""
    header = "      rows  file MB  load s  load peak MB  sweep peak MB  s per million windows"
    line = "{:>10,} {:>8.0f} {:>7.2f} {:>13.0f} {:>14.0f} {:>22.1f}"
    return "\n".join([header, *(line.format(*measurement) for measurement in measurements)])


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 1: a sweep failed, 2: no room for the file, 130: interrupted."""
    parser = Parser(
        prog="python -m experiments.scaling",
        description="Memory and time against the number of rows, on simulated sales.",
        example="python -m experiments.scaling --times 1 3",
    )
    times_help = "sizes to measure, in multiples of Kaggle's 913,000 rows (default: 1 3 10)"
    parser.add_argument(
        "--times", type=natural, nargs="+", default=[1, 3, 10], metavar="N", help=times_help
    )
    options = parser.parse_args(arguments)
    measurements = []
    try:
        with tempfile.TemporaryDirectory() as folder:
            for times in options.times:
                say(f"x {times}: {times * STORES * ITEMS:,} series")
                measurements.append(measure(times, Path(folder)))
    except BrokenExecutor:
        say("scaling: the process that was measured was killed; is there enough memory?")
        return 1
    except SweepError as error:
        say(f"scaling: the sweep failed: {error}")
        return 1
    except OSError as error:
        where = tempfile.gettempdir()
        say(f"scaling: cannot write the sales: {error.strerror}; make room in {where}")
        return 2
    except ImportError:
        say("scaling: peak memory is measured on Linux and macOS only")
        return 2
    print(table(measurements))
    print(f"One network of {UNITS} units, one thread; the peak is that of the largest process.")
    return 0


if __name__ == "__main__":
    run_command(main)
