"""A sweep that is killed or interrupted at any moment ends with the bits of one that was not."""

import os
import random
import shutil
import signal

import pandas as pd
import pytest

from experiments.data.simulator import simulate_panel, write_csv
from tests.slow.sweeps import finish, processes_of, results, start, wait_until, weights

if not os.path.isdir("/proc"):
    pytest.skip("finds processes in /proc", allow_module_level=True)

KILLS = 10
SETTINGS = [
    *("--units", "12", "6", "--seeds", "2", "--epochs", "8", "--windows-per-epoch", "12000"),
    *("--workers", "2"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A file of sales that takes a moment to learn from."""
    path = tmp_path_factory.mktemp("data") / "sales.csv"
    write_csv(simulate_panel(stores=5, items=8, days=900), path)
    return path


@pytest.fixture
def sweep(data, tmp_path):
    """Start the sweep in a folder; its temporary files are in `sweep.temporary`."""

    def sweep(*arguments):
        environment = os.environ | {"TMPDIR": str(sweep.temporary)}
        options = "--data", data, "--out", sweep.out, *SETTINGS, *arguments
        return start(*options, env=environment)

    sweep.out, sweep.temporary = tmp_path / "out", tmp_path / "temporary"
    sweep.temporary.mkdir()
    return sweep


@pytest.fixture(scope="module")
def undisturbed(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed")
    finish(start("--data", data, "--out", out, *SETTINGS))
    return out


def epochs_in(out):
    """Every epoch of which the folder keeps something."""
    states = set()
    for path in (*out.glob("checkpoints/*.npz"), *out.glob("jobs/*.json")):
        try:
            states.add((path.name, path.stat().st_mtime_ns))
        except FileNotFoundError:  # the job has ended meanwhile
            continue
    return states


def leftovers(sweep):
    return [*sweep.out.rglob("*.part"), *sweep.temporary.iterdir()]


@pytest.mark.long
def test_killed_again_and_again_it_ends_with_the_same_bits(sweep, undisturbed):
    chance = random.Random(0)
    for _ in range(KILLS):
        process = sweep()
        process.stderr.readline()  # it has read the data, and begins
        seen, epochs = epochs_in(sweep.out), chance.randrange(4)
        wait_until(
            lambda p=process, s=seen, n=epochs: (
                len(epochs_in(sweep.out) - s) >= n or p.poll() is not None
            )
        )
        if chance.random() < 0.5 and (workers := processes_of(process.pid)[1:]):
            os.kill(chance.choice(workers), signal.SIGKILL)
        process.kill()
        process.communicate()
        # The workers end by themselves when their parent is gone, and leave nothing behind.
        wait_until(lambda pid=process.pid: not processes_of(pid))
    finish(sweep())
    assert weights(sweep.out) == weights(undisturbed)
    assert results(sweep.out) == results(undisturbed)
    assert not leftovers(sweep)
    assert not list(sweep.out.glob("checkpoints/*"))


def test_a_worker_that_is_killed_is_replaced_and_the_run_goes_on(sweep, undisturbed):
    process = sweep()
    wait_until(lambda: epochs_in(sweep.out))
    os.kill(processes_of(process.pid)[-1], signal.SIGKILL)
    assert "a worker was killed" in finish(process)
    assert weights(sweep.out) == weights(undisturbed)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=str)
def test_a_signal_ends_all_processes_tidily_and_says_how_to_go_on(sweep, undisturbed, number):
    process = sweep()
    wait_until(lambda: len(epochs_in(sweep.out)) > 1)
    if number == signal.SIGTERM:
        process.send_signal(number)
    else:
        os.killpg(process.pid, number)  # a terminal sends it to the workers too
    _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert said.splitlines()[-1] == (
        f"interrupted; what is done is in {sweep.out}, and the same command goes on"
    )
    assert "Traceback" not in said
    wait_until(lambda: not processes_of(process.pid))
    assert not leftovers(sweep)
    kept = epochs_in(sweep.out)
    assert kept
    finish(sweep())
    assert weights(sweep.out) == weights(undisturbed)


MOMENTS = {
    "the data are read": lambda sweep, process: process.stderr.readline(),
    "the panel is stored": lambda sweep, process: wait_until(
        lambda: list(sweep.temporary.glob("*/panel"))
    ),
    "a first process starts": lambda sweep, process: wait_until(
        lambda: len(processes_of(process.pid)) > 1
    ),
    "many processes are there": lambda sweep, process: wait_until(
        lambda: len(processes_of(process.pid)) > 3
    ),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_while_processes_start_prints_no_traceback(sweep, moment):
    process = sweep()
    MOMENTS[moment](sweep, process)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.splitlines()[-1].startswith("interrupted")
    assert "Traceback" not in said
    assert not leftovers(sweep)


def test_a_second_sweep_in_the_same_folder_stops_and_says_so(sweep):
    first = sweep()
    wait_until(lambda: (sweep.out / "jobs").exists())
    second = sweep()
    _, said = second.communicate(timeout=60)
    first.kill()
    first.communicate()
    assert second.returncode == 2
    assert said.startswith(f"another command is writing to {sweep.out}")


def test_a_folder_that_is_moved_away_meanwhile_is_named_and_not_a_full_disk(sweep):
    process = sweep()
    wait_until(lambda: epochs_in(sweep.out))
    sweep.out.rename(sweep.out.with_name("elsewhere"))
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "is gone, removed while the command ran; run the command again" in said.splitlines()[-1]
    assert "Traceback" not in said


def test_one_worker_gives_the_same_bits_as_two(sweep, undisturbed):
    finish(sweep("--workers", "1"))
    assert weights(sweep.out) == weights(undisturbed)
    assert results(sweep.out) == results(undisturbed)


def test_a_program_that_was_changed_trains_again_and_keeps_both(tmp_path):
    program = tmp_path / "program"
    for package in ("tinylstm", "experiments"):
        shutil.copytree(package, program / package)
    write_csv(simulate_panel(stores=2, items=3, days=120), tmp_path / "sales.csv")
    settings = "--data", tmp_path / "sales.csv", "--out", tmp_path / "out", "--epochs", "1"
    command = *settings, "--units", "2", "--seeds", "2"
    environment = os.environ | {"PYTHONPATH": str(program)}
    version = f"2 results in {tmp_path / 'out'} came from another version of the program"
    assert version not in finish(start(*command, cwd=program, env=environment))
    features = program / "experiments" / "data" / "features.py"
    features.write_text(features.read_text().replace("(1, 7, 30)", "(1, 14, 30)"))
    assert version in finish(start(*command, cwd=program, env=environment))
    assert version not in finish(start(*command, cwd=program, env=environment))
    assert len(pd.read_csv(tmp_path / "out" / "results.csv")) == 4
    assert pd.read_csv(tmp_path / "out" / "summary.csv").seeds.tolist() == [2, 2]
