"""The stamp of the program: with equal stamps, equal jobs have equal results.

Results and checkpoints are kept under it, and a worker must have it, so that what two versions of
the program made is never mixed.
"""

import ast
import functools
import hashlib
import importlib.metadata
from collections.abc import Iterable
from pathlib import Path

import numpy as np

import tinylstm

TINYLSTM, EXPERIMENTS = Path(tinylstm.__file__).parent, Path(__file__).parents[1]
SOURCES = (  # of all numbers in a result
    TINYLSTM,
    EXPERIMENTS / "data",
    EXPERIMENTS / "references" / "metrics.py",
    EXPERIMENTS / "training",
)
LIBRARIES = ("numpy", "numba", "llvmlite")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
DIGITS = 10  # hexadecimal: two programs share a stamp by chance once in 10^12


class OtherProgramError(RuntimeError):
    """A worker runs another version of the program; the message says which worker."""


@functools.cache
def program_stamp() -> str:
    """The stamp of the program that is running, as its files were when it was first asked for."""
    return make_stamp(SOURCES, LIBRARIES, f"vectors of {vector_length()}")


def make_stamp(sources: Iterable[Path], libraries: Iterable[str], *more: str) -> str:
    """A hash of what Python files do, and those in folders; of versions of libraries, more texts.

    Raises SyntaxError if a file is no Python.
    """
    digest = hashlib.sha256()
    for source in sources:
        for path in sorted(source.rglob("*.py")) if source.is_dir() else [source]:
            name = path.relative_to(source.parent).as_posix()
            digest.update(f"{name}\n{what_it_does(path.read_text('utf-8'))}\n".encode())
    for text in (*(f"{name} {version(name)}" for name in libraries), *more):
        digest.update(f"{text}\n".encode())
    return digest.hexdigest()[:DIGITS]


def what_it_does(source: str) -> str:
    """The syntax tree of Python code without docstrings: other words for the same change nothing.

    Comments, line ends and the layout of lines are no part of it. The tree is that of the running
    Python, whose version may print it in another way.
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.dump(tree)


def version(library: str) -> str:
    """The version of an installed library, else "none"."""
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "none"


def vector_length() -> int:
    """Numbers in a vector of the kernels, by which the order of sums goes; 0 without Numba."""
    try:
        from tinylstm.kernels import vectors
    except ImportError:
        return 0
    return int(vectors.lanes(np.dtype(np.float32).itemsize))


def require_stamp(stamp: str, worker: str) -> None:
    """In a worker: raise OtherProgramError unless it runs the program that made the job."""
    if stamp != program_stamp():
        raise OtherProgramError(
            f"{worker} runs another version of the program ({program_stamp()}, not {stamp})"
        )
