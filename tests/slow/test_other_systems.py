"""Every command on a system that lacks what only Linux has, in folders with odd names.

Such a system is made by tests/other_system/sitecustomize.py. Standard output can show what Windows
of Western Europe shows, and no home is known.
"""

import importlib.util
import os
import subprocess
import sys

import pytest

from experiments.data.simulator import simulate_panel, write_csv
from tests.test_architecture import ROOT, read_trees

pytestmark = pytest.mark.long

SECONDS = 600
SMALL = ("--units", "1", "--seeds", "1", "--epochs", "1", "--windows-per-epoch", "128")
# Arguments of each command, in which DATA, OUT and MODEL are paths; its exit status.
TRIALS = {
    "tinylstm.size": ("--units 8", 0),
    "tinylstm.gradcheck": ("--bug forget-sees-new-cell", 1),  # wrong gradients
    "experiments.sweep": (f"--data DATA --out OUT --workers 2 {' '.join(SMALL)}", 0),
    "experiments.report": ("OUT", 0),
    "experiments.trace": ("--data DATA --model MODEL --store 1 --item 1 --date 2013-04-01", 0),
    "tinylstm.export": ("MODEL --c OUT-lstm.c --packed OUT-lstm.bin --bits 8", 0),
    "experiments.playground": ("--model MODEL --out OUT-page.html", 0),
    "experiments.compress": (
        f"--data DATA --out OUT-compress --workers 2 --fine-epochs 1 --teacher 2 {' '.join(SMALL)}",
        0,
    ),
    "experiments.simulated_shops": ("--out OUT-lstm.c/shops.csv", 2),  # a file is no folder
    # Whether or not the tools of a classroom are there, a file is no folder.
    "experiments.classroom.grading": ("--lessons 1 --out OUT-lstm.c/class", 2),
    "experiments.classroom.browser": ("--out OUT-lstm.c/site", 2),
    "experiments.tune": ("--data DATA --out OUT-tune --units 1 --seeds 1 --workers 1 --budgets", 0),
    "experiments.study": ("--data DATA --out OUT-study --seeds 1 --workers 2", 0),
    "experiments.benchmark": ("--quick --units 2 --batches 64 --threads 1 --against numpy", 0),
    "experiments.scaling": ("--times 1", 2),  # which only POSIX can measure
    "experiments.demo": ("--steps 20 --bug gates-swapped", 0),
    "experiments.held_out": ("--data DATA --out OUT-held.csv", 2),  # which is about Kaggle's sales
    "experiments.forecast": ("DATA --out OUT-forecast --days 7 --units 1 --seeds 1", 0),
}
LAST_LINES = {"experiments.scaling": "peak memory is measured on Linux and macOS only"}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs a command there; the finished process."""
    folder = tmp_path_factory.mktemp("Läden in Österreich") / ("sehr langer Name " * 8).strip()
    folder.mkdir()
    write_csv(simulate_panel(stores=5, items=1, days=130), folder / "Verkäufe 2013.csv")
    paths = {"DATA": "Verkäufe 2013.csv", "OUT": str(folder / "Läufe und Läufe")}
    system = ROOT / "tests" / "other_system"
    environment = {name: value for name, value in os.environ.items() if name != "HOME"}
    environment |= {"PYTHONPATH": f"{system}{os.pathsep}{ROOT}", "PYTHONIOENCODING": "cp1252"}

    def run(module, arguments):
        models = (folder / "Läufe und Läufe" / "models").glob("*.npz")
        known = paths | {"MODEL": str(next(models, None))}
        command = [sys.executable, "-m", module]
        for word in arguments.split():
            name, dash, rest = word.partition("-")
            command.append(f"{known[name]}{dash}{rest}" if name in known else word)
        return subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="cp1252",
            timeout=SECONDS,
        )

    return run


@pytest.mark.parametrize("module", TRIALS)
def test_a_command_runs_and_ends_as_it_should(module, run):
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"there is no {module}")
    arguments, status = TRIALS[module]
    finished = run(module, arguments)
    print(finished.stdout[-500:], finished.stderr[-1000:])
    assert finished.returncode == status, finished.stderr
    assert "Traceback" not in finished.stderr
    assert (finished.stdout + finished.stderr).rstrip().endswith(LAST_LINES.get(module, ""))


def test_every_command_has_its_trial_or_explains_itself_there(run):
    trees = read_trees(ROOT)
    commands = [m for m, tree in trees.items() if any(is_main(node) for node in tree.body)]
    assert len(commands) >= 9
    for module in set(commands) - set(TRIALS):
        assert "usage: " in run(module, "--help").stdout


def is_main(node):
    """Whether a statement is the one that a module ends with that is a command."""
    return getattr(getattr(getattr(node, "test", None), "left", None), "id", "") == "__name__"


def test_such_a_system_has_less(run):
    """The stand-in works: what it takes away is not there."""
    code = "import os, signal, sys; print(hasattr(signal, 'SIGHUP'), 'HOME' in os.environ)"
    assert python_there(code) == "False False"
    assert "No module named 'fcntl'" in python_there("import fcntl")
    assert "/proc/stat" in python_there("open('/proc/stat')")


def python_there(code):
    """What Python prints or fails with on such a system, its last line."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "tests" / "other_system")}
    command = [sys.executable, "-c", code]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True)
    return (finished.stdout + finished.stderr).strip().splitlines()[-1]
