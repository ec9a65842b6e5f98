"""A file of weights: an uncompressed .npz of float32 arrays, and every reason to refuse one."""

import io
import math
import os
import zipfile
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import BinaryIO

import numpy as np

from tinylstm.files import open_file, whole_file


class WeightsError(ValueError):
    """A file that does not hold the weights of a model; the message says what to do.

    >>> open("damaged.npz", "w").close()
    >>> read_arrays("damaged.npz", {"b": 1})
    Traceback (most recent call last):
        ...
    tinylstm.weights.WeightsError: damaged.npz ...; use a file that LSTMRegressor.save wrote
    """


def write_arrays(path: str | os.PathLike[str], arrays: Mapping[str, np.ndarray]) -> None:
    """Write the arrays as an uncompressed .npz under exactly this path.

    The file appears whole or not at all.

    >>> write_arrays("arrays.npz", {"b": np.ones(3, np.float32)})
    >>> np.load("arrays.npz")["b"].tolist()
    [1.0, 1.0, 1.0]
    """
    with whole_file(path) as file:
        write_npz(file, arrays)


def as_npz(arrays: Mapping[str, np.ndarray]) -> bytes:
    """The bytes of an uncompressed .npz with the arrays, the very ones that np.savez writes.

    >>> as_npz({"b": np.ones(3, np.float32)})[:2]
    b'PK'
    """
    file = io.BytesIO()
    write_npz(file, arrays)
    return file.getvalue()


def write_npz(file: BinaryIO, arrays: Mapping[str, np.ndarray]) -> None:
    """Write the bytes of `as_npz` into an open file, an array at a time.

    >>> import io
    >>> file = io.BytesIO()
    >>> write_npz(file, {"b": np.ones(3, np.float32)})
    >>> file.getvalue() == as_npz({"b": np.ones(3, np.float32)})
    True
    """
    archive = zipfile.ZipFile(file, "w")
    try:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
        archive.close()
    except BaseException:
        # Interrupted, it may be unable to close, and would say so when Python deletes it.
        archive.fp = None
        raise


def read_arrays(
    path: str | os.PathLike[str],
    n_axes: Mapping[str, int],
    types: Mapping[str, np.dtype] | None = None,
) -> dict[str, np.ndarray]:
    """The arrays of an uncompressed .npz; n_axes has the name and the number of axes of each.

    Raises FileNotFoundError, and WeightsError for a damaged, compressed or pickled file, for
    missing or extra arrays, another type than that of `types` (default: float32), another number
    of axes, an empty array, and values that are not finite.

    >>> write_arrays("arrays.npz", {"b": np.ones(3, np.float32)})
    >>> read_arrays("arrays.npz", {"b": 1})["b"].tolist()  # of one axis
    [1.0, 1.0, 1.0]
    """
    types = types or dict.fromkeys(n_axes, np.dtype(np.float32))
    try:
        with open_file(path) as file, zipfile.ZipFile(file) as archive:
            _refuse_expansion(path, archive)
            if problem := misnamed(archive.namelist(), [f"{name}.npy" for name in n_axes]):
                raise _refusal(path, problem)
            arrays = {name: _read_array(path, archive, name, types[name]) for name in n_axes}
    except (FileNotFoundError, WeightsError):
        raise
    except Exception as error:  # zipfile has many ways to trip over a damaged file
        raise _refusal(path, f"is damaged or no .npz file ({error})") from None
    for name, array in arrays.items():
        if array.ndim != n_axes[name]:
            raise _refusal(path, f"holds {name} with the shape {array.shape}")
        if not np.isfinite(array).all():
            raise _refusal(path, f"holds NaN or infinity in {name}")
    return arrays


def compare_shapes(
    path: str | os.PathLike[str],
    arrays: dict[str, np.ndarray],
    expected: dict[str, tuple[int, ...]],
) -> None:
    """Raise WeightsError unless every array has the shape under its name in `expected`.

    >>> compare_shapes("m.npz", {"b": np.ones(3)}, {"b": (4,)})
    Traceback (most recent call last):
        ...
    tinylstm.weights.WeightsError: m.npz holds b with the shape (3,) where (4,) fits the other ...
    """
    if problem := misfit(arrays, expected):
        raise _refusal(path, f"holds {problem}")


def misfit(arrays: dict[str, np.ndarray], expected: dict[str, tuple[int, ...]]) -> str:
    """The first array that has another shape than the one under its name; "" if none has.

    >>> misfit({"b": np.ones(3)}, {"b": (4,)})
    'b with the shape (3,) where (4,) fits the other arrays'
    """
    for name, array in arrays.items():
        if array.shape != expected[name]:
            shapes = f"{array.shape} where {expected[name]} fits the other arrays"
            return f"{name} with the shape {shapes}"
    return ""


def misnamed(found: Iterable[str], expected: Collection[str]) -> str:
    """What is wrong with the names of arrays; "" if they are those expected, once each.

    >>> misnamed(["W", "c"], ["W", "b"]), misnamed(["W", "b"], ["W", "b"])
    ("lacks 'b' (1 missing)", '')
    """
    count = Counter(list(found))  # of a mapping, its names
    if missing := [name for name in expected if name not in count]:
        return f"lacks {missing[0]!r} ({len(missing)} missing)"
    for name, times in count.items():
        if name not in expected:
            return f"holds {name!r}, for which the model has no place"
        if times > 1:
            return f"holds {name!r} more than once"
    return ""


def _refuse_expansion(path: str | os.PathLike[str], archive: zipfile.ZipFile) -> None:
    """Stored arrays cannot be larger than the file, so that a small file never fills the memory."""
    if sum(member.compress_size for member in archive.infolist()) > os.path.getsize(path):
        raise _refusal(path, "is damaged: it claims to hold more bytes than it has")
    if any(member.compress_type != zipfile.ZIP_STORED for member in archive.infolist()):
        raise _refusal(path, "is compressed")


def _read_array(
    path: str | os.PathLike[str], archive: zipfile.ZipFile, name: str, expected: np.dtype
) -> np.ndarray:
    content = io.BytesIO(archive.read(f"{name}.npy"))  # all of it, so that its checksum is compared
    try:
        version = np.lib.format.read_magic(content)
        read_header = getattr(np.lib.format, f"read_array_header_{version[0]}_{version[1]}")
        shape, fortran_order, dtype = read_header(content)
    except Exception as error:  # the header is a Python literal, and fails in as many ways
        raise _refusal(path, f"holds an unreadable {name} ({error})") from None
    if dtype != expected:
        raise _refusal(path, f"holds {name} as {dtype} where {np.dtype(expected)} is expected")
    # np.load would first make room for whatever size the header claims.
    numbers = content.getbuffer()[content.tell() :]
    if min(shape, default=1) < 1:
        raise _refusal(path, f"holds {name} with the shape {shape}")
    if fortran_order or len(numbers) != math.prod(shape) * dtype.itemsize:
        raise _refusal(path, f"holds {name} with other bytes than its header announces")
    return np.frombuffer(numbers, dtype).reshape(shape)


def _refusal(path: str | os.PathLike[str], what: str) -> WeightsError:
    what = " ".join(what.split())
    return WeightsError(f"{path} {what}; use a file that LSTMRegressor.save wrote")
