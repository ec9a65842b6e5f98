"""A folder of results: what is in it is whole, or found out, set aside and made again.

Every file is written under another name, flushed to the disk and renamed. A record holds a checksum
of itself and the hash of its model's file. One command at a time may write to a folder.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tinylstm.weights import whole_file, write_arrays

LARGEST = 2**63 - 1
RESULT_COLUMNS = (
    *("data", "recipe", "split", "dropout", "units", "seed", "n_params", "size_bytes", "epochs"),
    *("train_windows", "test_windows", "mape", "smape", "wape", "rmse", "mae"),
    *("train_seconds", "predict_us"),
)
FOLDERS = ("jobs", "models", "checkpoints")


class DamagedError(ValueError):
    """A file that is not what was once written; the message says which, and why."""


class InUseError(RuntimeError):
    """Another command is writing to the folder."""


def write_text(path: Path, text: str) -> None:
    """Write a file that appears whole or not at all. Raises OSError."""
    with whole_file(path) as file:
        file.write(text.encode("utf-8"))


def write_result(
    out: Path, name: str, record: dict[str, Any], weights: dict[str, np.ndarray]
) -> None:
    """Store a finished network: first its model, then the record, which makes it count."""
    model = out / "models" / f"{name}.npz"
    write_arrays(model, weights)
    write_record(out / "jobs" / f"{name}.json", record | {"model_sha256": file_hash(model)})


def write_record(path: Path, record: dict[str, Any]) -> None:
    """Store a record as JSON, with a checksum of itself."""
    write_text(path, json.dumps(record | {"sha256": checksum(record)}, indent=1))


def read_record(path: Path) -> dict[str, Any]:
    """A record as it was stored. Raises FileNotFoundError, DamagedError."""
    try:
        record = json.loads(path.read_text("utf-8"))
        is_same = record.pop("sha256") == checksum(record)
    except FileNotFoundError:
        raise
    except Exception as error:  # what is valid JSON may still be no dictionary, or nest too deeply
        raise DamagedError(f"{path} is no record ({error})") from None
    if not is_same:
        raise DamagedError(f"{path} has another checksum than when it was written")
    return record


def read_result(out: Path, name: str) -> dict[str, Any] | None:
    """The record of a finished network whose model is there and unchanged; None if there is none.

    Raises DamagedError if there is one, and it or the model is damaged.
    """
    try:
        record = read_record(out / "jobs" / f"{name}.json")
    except FileNotFoundError:
        return None
    model = out / "models" / f"{name}.npz"
    if not model.exists():
        return None
    if file_hash(model) != record.get("model_sha256"):
        raise DamagedError(f"{model} has another checksum than when it was written")
    return record


def read_records(out: Path) -> list[dict[str, Any]]:
    """All records of a folder that can be read, each with its `name`."""
    records = []
    for path in sorted(out.glob("jobs/*.json")):
        try:
            records.append(read_record(path) | {"name": path.stem})
        except (DamagedError, FileNotFoundError):
            continue
    return records


def set_aside(out: Path, name: str) -> Path:
    """Move all files of a network to the folder `damaged`, which is returned."""
    damaged = out / "damaged"
    damaged.mkdir(exist_ok=True)
    for folder in FOLDERS:
        for path in (out / folder).glob(f"{name}.*"):
            os.replace(path, damaged / f"{folder}-{path.name}")
    return damaged


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Keep other commands from writing to the folder; the system frees it when a process dies.

    Raises InUseError if another has it.
    """
    with open(out / ".lock", "a+b") as file:
        try:
            _lock(file.fileno())
        except (BlockingIOError, PermissionError):
            raise InUseError(f"another command is writing to {out}") from None
        yield


def _lock(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def fits(value: Any, layout: Any) -> bool:
    """Whether a value read from JSON has a layout.

    A layout is a type, a tuple of types, `[layout]` for a list of it, or a dictionary with the
    layouts of keys that must be there. No whole number may need more than 64 bits.
    """
    if isinstance(layout, dict):
        return isinstance(value, dict) and all(
            key in value and fits(value[key], of_key) for key, of_key in layout.items()
        )
    if isinstance(layout, list):
        return isinstance(value, list) and all(fits(each, layout[0]) for each in value)
    if isinstance(value, int) and abs(value) > LARGEST:
        return False
    return isinstance(value, layout) and not isinstance(value, bool)


def checksum(record: dict[str, Any]) -> str:
    """The sha256 of a record, the order of its keys aside."""
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def file_hash(path: Path) -> str:
    """The sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
