"""A folder of results, each of its files whole: a damaged one is noticed, set aside and made again.

A file is written under another name, flushed to the disk and renamed. A stored record or overview
holds a checksum of itself, a record also the hash of its model's file. One command at a time may
write to a folder.
"""

import dataclasses
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from experiments.references.overview import Overview
from experiments.training.methods import FLOAT
from experiments.training.record import Job, Record
from experiments.typed_json import from_json, to_json
from tinylstm.files import refuse_other_kinds, whole_file
from tinylstm.weights import write_arrays

FOLDERS = ("jobs", "models", "checkpoints")
RUN_FILES = (
    *(*FOLDERS, "damaged", "figures", "overview-*.json", "report.html", "playground.html"),
    *(
        "results.csv",
        "references.csv",
        "law.csv",
        "summary.csv",
        "models.csv",
        "monthly.csv",
        "compression.csv",
    ),
)

T = TypeVar("T")


class DamagedError(ValueError):
    """A file that is not what was once written; the message says which, and why."""


class InUseError(RuntimeError):
    """Another command is writing to the folder."""


def prepare(out: Path) -> None:
    """Make the folders of a run, and tidy up after a command that was killed."""
    for folder in FOLDERS:
        (out / folder).mkdir(exist_ok=True)
    remove_parts(out)


def remove_parts(out: Path) -> None:
    """Remove the beginnings of files that a process was writing when it was killed."""
    for folder in (out, *(out / name for name in (*FOLDERS, "figures"))):
        for part in folder.glob("*.[0-9]*.part"):
            part.unlink(missing_ok=True)


def move_aside(out: Path) -> Path | None:
    """Move all files of an earlier run to a folder, which is returned; None if there are none."""
    remove_parts(out)
    leftovers = [path for name in RUN_FILES for path in out.glob(name)]
    if not leftovers:
        return None
    aside = out / time.strftime("before-%Y-%m-%d-%H%M%S")
    aside.mkdir()
    for path in leftovers:
        path.rename(aside / path.name)
    return aside


def write_text(path: Path, text: str) -> None:
    """Write a file that appears whole or not at all. Raises OSError."""
    with whole_file(path) as file:
        file.write(text.encode("utf-8"))


def model_file(out: Path, job: Job) -> Path:
    """Where a finished network is: an .npz, or a packed file of rounded weights."""
    is_rounded = job.compression is not None and job.compression.bits < FLOAT
    return out / "models" / f"{job.name}{'.lstm' if is_rounded else '.npz'}"


def write_result(out: Path, record: Record, weights: dict[str, np.ndarray] | bytes) -> Record:
    """Store a finished network: first its model, then the record, which makes it count.

    The model comes as arrays, or as the bytes of a packed file. Returns the record, now with the
    hash and the bytes of the model's file.
    """
    model = model_file(out, record.job)
    if isinstance(weights, bytes):
        with whole_file(model) as file:
            file.write(weights)
    else:
        write_arrays(model, weights)
    stored = file_hash(model), model.stat().st_size
    record = dataclasses.replace(record, model_sha256=stored[0], file_bytes=stored[1])
    _write(out / "jobs" / f"{record.job.name}.json", record)
    return record


def read_result(out: Path, job: Job) -> Record | None:
    """The record of a finished network whose model is there and unchanged; None if there is none.

    Raises DamagedError if there is one, and it or the model is damaged.
    """
    try:
        record = read_record(out / "jobs" / f"{job.name}.json")
    except FileNotFoundError:
        return None
    model = model_file(out, job)
    if not model.exists():
        return None
    if file_hash(model) != record.model_sha256:
        raise DamagedError(f"{model} has another checksum than when it was written")
    return record


def read_record(path: Path) -> Record:
    """A record as it was stored. Raises FileNotFoundError, DamagedError."""
    return _read(path, Record)


def read_records(out: Path) -> list[Record]:
    """All records of a folder that can be read."""
    return _read_all(out.glob("jobs/*.json"), Record)


def write_overview(out: Path, overview: Overview) -> None:
    """Store an overview; another data set or split has a file of its own."""
    _write(out / f"overview-{overview.split}-{overview.data_sha256[:10]}.json", overview)


def read_overviews(out: Path) -> list[Overview]:
    """All overviews of a folder that can be read."""
    return _read_all(out.glob("overview-*.json"), Overview)


def set_aside(out: Path, name: str) -> Path:
    """Move all files of a network to the folder `damaged`, which is returned."""
    damaged = out / "damaged"
    damaged.mkdir(exist_ok=True)
    for folder in FOLDERS:
        for path in (out / folder).glob(f"{name}.*"):
            if path.suffix == ".part":
                continue  # somebody writes it, or it is removed with the others
            os.replace(path, damaged / f"{folder}-{path.name}")
    return damaged


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Keep other commands from writing to the folder; the system frees it when a process dies.

    In the end the beginnings of files that a killed worker has left are removed. Raises InUseError
    if another has it, OSError if it cannot be had.
    """
    path = out / ".lock"
    refuse_other_kinds(path)
    with open(path, "a+b", opener=_not_through_links) as file:
        try:
            _lock(file.fileno())
        except (BlockingIOError, PermissionError):
            raise InUseError(f"another command is writing to {out}") from None
        try:
            yield
        finally:
            remove_parts(out)


def _not_through_links(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        try:
            import fcntl
        except ImportError:  # of a system that knows no locks
            return
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _write(path: Path, value: Record | Overview) -> None:
    content = to_json(value)
    write_text(path, json.dumps(content | {"sha256": _checksum(content)}, indent=1))


def _read(path: Path, kind: type[T]) -> T:
    try:
        content = json.loads(path.read_text("utf-8"))
        is_same = content.pop("sha256") == _checksum(content)
    except FileNotFoundError:
        raise
    except Exception as error:  # what is valid JSON may still be no dictionary, or nest too deeply
        raise DamagedError(f"{path} cannot be read ({error})") from None
    if not is_same:
        raise DamagedError(f"{path} has another checksum than when it was written")
    try:
        return from_json(kind, content)
    except ValueError as error:
        raise DamagedError(f"{path} was written by another version ({error})") from None


def _read_all(paths: Iterator[Path], kind: type[T]) -> list[T]:
    values = []
    for path in sorted(paths):
        try:
            values.append(_read(path, kind))
        except (DamagedError, FileNotFoundError):
            continue
    return values


def _checksum(content: dict[str, Any]) -> str:
    """The sha256 of what is stored, the order of its keys aside."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def file_hash(path: Path) -> str:
    """The sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
