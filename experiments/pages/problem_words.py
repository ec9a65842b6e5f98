"""What the system refuses, in a sentence: to write a file, or to go beyond a limit."""

import contextlib
import errno
import tempfile
from pathlib import Path

from experiments.limits import MEMORY, allowed

FULL = errno.ENOSPC, errno.EDQUOT
LIMITS = {  # a sentence, and the limits of the system that it is about
    errno.EMFILE: ("too many open files{}; allow more, or ask for fewer --workers", "-n"),
    errno.ENFILE: ("too many open files on this machine; close some, and run the command again",),
    errno.ENOMEM: ("not enough memory{}; allow more, or ask for fewer --workers", *MEMORY),
    errno.EAGAIN: ("no more processes or threads may be started{}; allow more", "-u"),
}


def reached_limit(error: Exception) -> str:
    """A sentence on a limit of the system that has nothing to do with a file; "" if it is none."""
    is_thread = isinstance(error, RuntimeError) and "can't start new thread" in str(error)
    number = errno.EAGAIN if is_thread else getattr(error, "errno", None)
    sentence, *options = LIMITS.get(number or 0, ("",))
    return sentence.format(allowed(*options))


def write_problem(error: OSError, out: Path) -> str:
    """A sentence on a file that could not be written, and how to mend that.

    `out` is the folder that the command writes to, which it has made if it could. A file that is
    not in it is not blamed on it.
    """
    problem = error.strerror or str(error)
    if error.filename is None:
        return f"cannot write: {problem}; {_cure(error, None, out)}"
    path = Path(error.filename)
    cure = _cure(error, path, out)
    blocking = next((each for each in (path, *path.parents) if each.is_symlink()), None)
    if blocking is not None and not blocking.exists():
        problem = f"{blocking} is a link to {blocking.readlink()}, which is not there"
    elif isinstance(error, FileExistsError | NotADirectoryError):
        file = next((each for each in (path, *path.parents) if each.is_file()), path)
        problem = f"{file} is a file, where a folder is wanted"
    elif isinstance(error, FileNotFoundError) and not path.parent.exists():
        problem = f"the folder {path.parent} is gone, removed while the command ran"
        cure = "run the command again, which makes it anew"
    return f"cannot write {path}: {problem}; {cure}"


def _cure(error: OSError, path: Path | None, out: Path) -> str:
    if error.errno == errno.EFBIG:
        return "allow larger files (ulimit -f)"
    if path is None:
        return f"make room where {out} is, and where TMPDIR is"
    room = "make room, or " if error.errno in FULL else ""
    if _is_inside(path, out):
        return f"{room}choose another --out"
    if _is_temporary(path):
        return f"{room}set TMPDIR to another folder"
    return room + "choose another place for it"


def _is_inside(path: Path, folder: Path) -> bool:
    return path.absolute().is_relative_to(folder.absolute())


def _is_temporary(path: Path) -> bool:
    with contextlib.suppress(OSError):  # where no folder for temporary files can be written to
        return _is_inside(path, Path(tempfile.gettempdir()))
    return False
