"""A packed file: the whole numbers and scales of a network, and hardly a byte beside them.

    bytes         what
    3             tLQ, by which the file is known
    1             1, the version of this format
    1             how weights are stored: bits 0 to 3 hold the bits of a weight (2 to 8); bit 4 is
                  set where matrices have a scale for each column; bits 5 and 6 hold the layout;
                  bit 7 is set where W or U is a product, see `lowrank.py`
    1             bits of an input behind the point (0 to 15), see `integer.py`
    3             D, H and K: inputs, hidden units, dense units (1 to 255 each)
    2             only with that bit: the ranks of W and U, 0 of one that is no product
    2 each        the scales, float16, little endian
    see below     the weights, the last byte filled up with zeros
    4             CRC-32 of all bytes before, little endian

Scales and weights come in the order lstm.W (D, 4H), lstm.U (H, 4H), lstm.b (4H,), dense1.W (H, K),
dense1.b (K,), dense2.W (K, 1), dense2.b (1,), each row by row; of a product (D, r) and (r, 4H) in
the place of W, (H, r) and (r, 4H) in that of U. How the bits of a weight lie is in `layouts.py`.
Four units of 7 inputs are 289 weights: at 8 bits a file of 316 bytes.
"""

import os
import zlib
from pathlib import Path

import numpy as np

from tinylstm.compression.layouts import LAYOUTS, read_weights, write_weights
from tinylstm.compression.lowrank import FACTORED, is_factored
from tinylstm.compression.quantize import BITS, PER, X_BITS, Quantized
from tinylstm.files import whole_file
from tinylstm.parameters import parameter_shapes
from tinylstm.weights import WeightsError

MAGIC, VERSION = b"tLQ", 1
HEADER, CHECKSUM = 9, 4  # bytes
PRODUCTS = 128
LONGEST_FILE = 1_000_000  # bytes; the largest network has 586,756 weights


def is_packed(path: str | os.PathLike[str]) -> bool:
    """Whether the file says that it is a packed one. Raises OSError.

    >>> from tinylstm import LSTMRegressor
    >>> LSTMRegressor(7, 4).save("m.npz")
    >>> is_packed("m.npz")
    False
    """
    with open(path, "rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def write_packed(path: str | os.PathLike[str], network: Quantized) -> None:
    """Write a packed file, which appears whole or not at all. Raises OSError.

    >>> from tinylstm import LSTMRegressor
    >>> from tinylstm.compression.quantize import quantize
    >>> write_packed("m.lstm", quantize(LSTMRegressor(7, 4).params, bits=8))
    >>> is_packed("m.lstm"), LSTMRegressor.load("m.lstm").n_params
    (True, 289)
    """
    with whole_file(path) as file:
        file.write(pack(network))


def read_packed(path: str | os.PathLike[str]) -> Quantized:
    """The network of a packed file.

    Raises FileNotFoundError, and WeightsError if the file is damaged or something else.

    >>> from tinylstm import LSTMRegressor
    >>> from tinylstm.compression.quantize import quantize
    >>> write_packed("m.lstm", quantize(LSTMRegressor(7, 4).params, bits=6))
    >>> read_packed("m.lstm").bits
    6
    """
    try:
        with open(path, "rb") as file:
            content = file.read(LONGEST_FILE + 1)
        return unpack(content)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        cure = "use a file that tinylstm.compression.packed.write_packed wrote"
        raise WeightsError(f"{Path(path)} is damaged or no packed file ({error}); {cure}") from None


def pack(network: Quantized) -> bytes:
    """The bytes of a packed file.

    >>> from tinylstm.compression.quantize import quantize
    >>> from tinylstm.parameters import parameter_shapes
    >>> ones = {name: np.ones(shape) for name, shape in parameter_shapes(7, 4, 16).items()}
    >>> len(pack(quantize(ones, bits=8)))
    316
    """
    ranks = [network.integers.get(f"{name}.right", np.empty(0)) for name in FACTORED]
    weights = np.concatenate([q.reshape(-1) for q in network.integers.values()])
    layout, content = write_weights(weights, network.bits)
    how = network.bits | PER.index(network.per) << 4 | layout << 5
    if is_factored(network.integers):
        how |= PRODUCTS
    header = MAGIC + bytes([VERSION, how, network.x_bits, *network.sizes])
    header += bytes(map(len, ranks)) if how & PRODUCTS else b""
    scales = b"".join(scales.astype("<f2").tobytes() for scales in network.scales.values())
    content = header + scales + content
    return content + zlib.crc32(content).to_bytes(CHECKSUM, "little")


def unpack(content: bytes) -> Quantized:
    """The network of the bytes of a packed file. Raises ValueError, which says what is wrong.

    >>> from tinylstm import LSTMRegressor
    >>> from tinylstm.compression.quantize import quantize
    >>> network = quantize(LSTMRegressor(7, 4).params, bits=8)
    >>> unpack(pack(network)).sizes  # D, H, K
    (7, 4, 16)
    """
    if content[: len(MAGIC)] != MAGIC or len(content) < HEADER + CHECKSUM:
        raise ValueError("it does not begin as one")
    content, checksum = content[:-CHECKSUM], content[-CHECKSUM:]
    if zlib.crc32(content) != int.from_bytes(checksum, "little"):
        raise ValueError("its checksum is another")
    version, how, x_bits, D, H, K = content[len(MAGIC) : HEADER]
    bits, per, layout = how & 15, PER[how >> 4 & 1], how >> 5 & 3
    ranks, scales_at = (0, 0), HEADER
    if how & PRODUCTS:
        ranks, scales_at = _read_ranks(content[HEADER : HEADER + 2], D, H), HEADER + 2
    usual = version == VERSION and bits in BITS and layout < LAYOUTS and x_bits < 16
    if not usual or min(D, H, K) < 1:
        raise ValueError("its header makes no sense here")
    shapes = parameter_shapes(D, H, K, *ranks)
    counts = [shape[1] if per == "column" and len(shape) == 2 else 1 for shape in shapes.values()]
    weights_at = scales_at + 2 * sum(counts)
    if len(content) < weights_at:
        raise ValueError("it ends among the scales")
    scales = np.frombuffer(content[scales_at:weights_at], "<f2").astype(np.float16)
    if not (np.isfinite(scales) & (scales >= 0)).all():
        raise ValueError("it has a scale that is none")
    sizes = [int(np.prod(shape)) for shape in shapes.values()]
    weights = read_weights(content[weights_at:], layout, sum(sizes), bits)
    each = np.split(weights, np.cumsum(sizes)[:-1])
    each_scales = np.split(scales, np.cumsum(counts)[:-1])
    return Quantized(
        {name: q.reshape(shape) for (name, shape), q in zip(shapes.items(), each, strict=True)},
        dict(zip(shapes, each_scales, strict=True)),
        bits,
        per,
        x_bits,
    )


def _read_ranks(content: bytes, D: int, H: int) -> tuple[int, int]:
    """The ranks of W and U. Raises ValueError unless one is a product and saves numbers."""
    if len(content) < 2:
        raise ValueError("it ends among the ranks")
    of_w, of_u = content
    saves = of_w * (D + 4 * H) < 4 * D * H and of_u * 5 * H < 4 * H * H
    if not saves or of_w == of_u == 0:
        raise ValueError("it has a rank that is none")
    return of_w, of_u


def packed_bytes(D: int, H: int, K: int, bits: int = 8, per: str = "array") -> int:
    """Bytes of the packed file of such a network if none of its weights is zero.

    >>> packed_bytes(7, 4, 16), packed_bytes(7, 4, 16, bits=4)
    (316, 172)
    """
    shapes = parameter_shapes(D, H, K)
    ones = {name: np.ones(shape, np.int8) for name, shape in shapes.items()}
    columns = {n: s[1] if per == "column" and len(s) == 2 else 1 for n, s in shapes.items()}
    scales = {name: np.ones(count, np.float16) for name, count in columns.items()}
    return len(pack(Quantized(ones, scales, bits, per, X_BITS)))
