"""Sweeps as processes of their own, to be watched and killed."""

import dataclasses
import os
import subprocess
import sys
import time

from experiments.training.folder import read_records

SECONDS = 120  # to wait for anything


def start(*arguments, module="experiments.sweep", **options):
    """A process of a command, that leads a session of its own as in a terminal."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, start_new_session=True, **pipes, **options)


def finish(process):
    """What a process that succeeds printed on stderr."""
    _, said = process.communicate(timeout=3 * SECONDS)
    assert process.returncode == 0, said
    return said


def wait_until(condition):
    """Look until the condition holds; its value."""
    deadline = time.monotonic() + SECONDS
    while not (value := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)
    return value


def processes_of(session):
    """The processes of a session, of which the first is its leader. Needs /proc."""
    found = []
    for folder in os.listdir("/proc"):
        try:
            if folder.isdigit() and os.getsid(int(folder)) == session:
                found.append(int(folder))
        except ProcessLookupError:
            continue
    return sorted(found)


def weights(out):
    """The bytes of every model."""
    return {path.name: path.read_bytes() for path in out.glob("models/*.npz")}


def results(out):
    """Every record, but for the times in it."""
    return [
        dataclasses.replace(
            record,
            train_seconds=0.0,
            predict_us=0.0,
            window_us=0.0,
            epochs=dataclasses.replace(
                record.epochs, seconds=record.epochs.loss, core_seconds=record.epochs.loss
            ),
        )
        for record in read_records(out)
    ]
