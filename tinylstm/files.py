"""Files that appear whole or not at all, and nothing that only looks like a file."""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from typing import BinaryIO


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A file to write bytes to, which appears under its path only when the block ends well.

    It is written under another name, flushed to the disk and renamed. Raises OSError, also if a
    link, a device or a pipe has its path: a file would take its place.

    >>> with whole_file("notes.txt") as file:
    ...     count = file.write(b"all of it")
    >>> open("notes.txt").read()
    'all of it'
    """
    path = Path(path)
    refuse_other_kinds(path)
    part = path.with_name(f"{path.name}.{os.getpid()}-{get_ident()}.part")
    try:
        with naming(path, part):
            part.unlink(missing_ok=True)
            with open(part, "xb") as file:  # x: not through a link that lies there
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def naming(path: Path, part: Path | None = None) -> Iterator[None]:
    """In the block, an error of the system that names no file, as of a full disk, gets this one.

    And so does one that names `part`, a file that nobody asked for.

    >>> from pathlib import Path
    >>> with naming(Path("full.npz")):
    ...     raise OSError(28, "No space left on device")
    Traceback (most recent call last):
        ...
    OSError: [Errno 28] No space left on device: 'full.npz'
    """
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename in (None, str(part)):
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise


def refuse_other_kinds(path: Path) -> None:
    """Raise OSError if there is something at a path that is neither a file nor a folder.

    >>> from pathlib import Path
    >>> refuse_other_kinds(Path("there-is-nothing-yet.npz"))
    """
    with contextlib.suppress(FileNotFoundError):
        mode = os.lstat(path).st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # for a folder the system has words
            what = "a link" if stat.S_ISLNK(mode) else "a device or a pipe"
            raise OSError(errno.EINVAL, f"{what} is there, and no file", str(path))


def open_file(path: str | os.PathLike[str]) -> BinaryIO:
    """A file to read bytes from. Raises OSError, also for a device or a pipe: it may never end.

    >>> count = open("notes.txt", "w").write("all of it")
    >>> with open_file("notes.txt") as file:
    ...     file.read()
    b'all of it'
    """
    # Not to wait for the writer of a pipe; Windows, where nothing of the kind has a path, needs it
    # not, but bytes as they are.
    flags = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    file = open(path, "rb", opener=lambda name, _: os.open(name, os.O_RDONLY | flags))  # noqa: SIM115
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return file
