"""A sweep that is killed again and again ends with the bits of one that never was."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from experiments.data.simulator import simulate_panel, write_csv

KILLS = 20
SWEEP = [
    *("--units", "12", "6", "--seeds", "2", "--epochs", "8", "--windows-per-epoch", "12000"),
    *("--workers", "2"),
]
posix = pytest.mark.skipif(os.name != "posix", reason="needs the signals of a POSIX system")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A file of sales that takes a moment to learn from."""
    panel = simulate_panel(stores=5, items=8, days=900)
    path = tmp_path_factory.mktemp("data") / "sales.csv"
    write_csv(panel, path)
    return path


def start(data, out, *arguments):
    command = [sys.executable, "-m", "experiments.sweep", "--data", str(data), "--out", str(out)]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen([*command, *SWEEP, *arguments], start_new_session=True, **options)


def finish(data, out, *arguments):
    process = start(data, out, *arguments)
    printed, _ = process.communicate(timeout=300)
    assert process.returncode == 0, printed
    return printed


@pytest.fixture(scope="module")
def undisturbed(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed")
    finish(data, out)
    return out


def weights(out):
    """The bytes of every model."""
    return {path.name: path.read_bytes() for path in out.glob("models/*.npz")}


def errors(out):
    """What was measured of every network, but for times."""
    parts = {}
    for path in out.glob("jobs/*.json"):
        record = json.loads(path.read_text())
        result = {k: v for k, v in record["result"].items() if k not in TIMES}
        history = {k: v for k, v in record["history"].items() if k != "seconds"}
        parts[path.name] = result, history, record["dropout_on"], record["spread"]
    return parts


TIMES = ("train_seconds", "predict_us")


def processes_of(session):
    """The processes of a session, of which the first is its leader."""
    found = []
    for folder in os.listdir("/proc"):
        try:
            if folder.isdigit() and os.getsid(int(folder)) == session:
                found.append(int(folder))
        except ProcessLookupError:
            continue
    return sorted(found)


def wait_until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@posix
@pytest.mark.skipif(not os.path.isdir("/proc"), reason="finds the workers in /proc")
def test_killed_at_twenty_random_moments_it_ends_with_the_same_bits(data, undisturbed, tmp_path):
    chance = random.Random(0)
    done_at = []
    for _ in range(KILLS):
        process = start(data, tmp_path)
        time.sleep(chance.uniform(0.2, 4.0))
        victims = processes_of(process.pid)
        victim = chance.choice(victims) if victims else process.pid
        try:
            os.kill(victim, signal.SIGKILL)  # the parent or one of its workers
            os.kill(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            done_at.append(process.wait())
        process.communicate()
        # The workers end by themselves when their parent is gone.
        wait_until(lambda pid=process.pid: not processes_of(pid))
    finish(data, tmp_path)
    assert weights(tmp_path) == weights(undisturbed)
    assert errors(tmp_path) == errors(undisturbed)
    assert not list(tmp_path.glob("checkpoints/*.npz"))


@posix
def test_a_worker_that_is_killed_is_replaced_and_the_run_goes_on(data, undisturbed, tmp_path):
    process = start(data, tmp_path)
    wait_until(lambda: list(tmp_path.glob("checkpoints/*.npz")), 60)
    workers = [pid for pid in processes_of(process.pid) if pid != process.pid]
    os.kill(workers[-1], signal.SIGKILL)
    printed, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    assert "a worker process was killed" in printed
    assert weights(tmp_path) == weights(undisturbed)


@posix
def test_ctrl_c_ends_all_processes_and_says_how_to_go_on(data, undisturbed, tmp_path):
    process = start(data, tmp_path)
    wait_until(lambda: list(tmp_path.glob("checkpoints/*.npz")), 60)
    os.killpg(process.pid, signal.SIGINT)
    printed, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "the same command goes on" in printed.splitlines()[-1]
    assert "Traceback" not in printed
    wait_until(lambda: not processes_of(process.pid))
    finish(data, tmp_path)
    assert weights(tmp_path) == weights(undisturbed)


@posix
def test_a_second_sweep_in_the_same_folder_stops_and_says_so(data, tmp_path):
    first = start(data, tmp_path)
    wait_until(lambda: (tmp_path / "jobs").exists(), 60)
    second = start(data, tmp_path)
    printed, _ = second.communicate(timeout=60)
    first.kill()
    first.communicate()
    assert second.returncode == 2
    assert printed.startswith(f"another command is writing to {tmp_path}")


def test_one_worker_gives_the_same_bits_as_two(data, undisturbed, tmp_path):
    finish(data, tmp_path, "--workers", "1")
    assert weights(tmp_path) == weights(undisturbed)
    assert errors(tmp_path) == errors(undisturbed)
