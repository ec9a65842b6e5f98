"""The weights of a packed file as bits, in the shortest of three layouts.

    layout 0      every weight
    layout 1      a bit for each weight, 1 where it is not zero; then those that are not
    layout 2      in 4 bits how many zeros come next, then the weight after them, and so on to the
                  end; after 15, which is fifteen zeros, comes no weight

A weight of b bits is in two's complement, and -2^(b-1) is not used. Bits fill a byte from the
lowest up.
"""

from collections.abc import Iterator

import numpy as np

from tinylstm.compression.quantize import largest

LAYOUTS = 3
RUN_BITS = 4
LONGEST_RUN = 2**RUN_BITS - 1


def write_weights(weights: np.ndarray, bits: int) -> tuple[int, bytes]:
    """The number of the shortest layout of the weights (n,), and the bytes that they take in it.

    >>> write_weights(np.array([-1, 1, 0, 1], np.int8), bits=2)
    (0, b'G')
    """
    others = weights[weights != 0]
    layouts = (
        _to_bits(weights, bits),
        np.concatenate([weights != 0, _to_bits(others, bits)]),
        np.concatenate([*_runs(weights, bits), np.empty(0, np.int64)]),
    )
    packed = [np.packbits(each.astype(bool), bitorder="little").tobytes() for each in layouts]
    shortest = min(range(LAYOUTS), key=lambda layout: len(packed[layout]))
    return shortest, packed[shortest]


def read_weights(content: bytes, layout: int, count: int, bits: int) -> np.ndarray:
    """So many weights, int8 (count,), from the bytes of a layout.

    Raises ValueError, which says what is wrong, unless the bytes hold them and no more.

    >>> read_weights(b"G", layout=0, count=4, bits=2).tolist()
    [-1, 1, 0, 1]
    """
    fields = Fields(content)
    weights = (_all, _by_bitmap, _by_runs)[layout](fields, count, bits)
    fields.end()
    return weights


def _runs(weights: np.ndarray, bits: int) -> Iterator[np.ndarray]:
    position = 0
    for place in [*np.flatnonzero(weights).tolist(), len(weights)]:
        while place - position >= LONGEST_RUN:
            yield _to_bits(np.array([LONGEST_RUN]), RUN_BITS)
            position += LONGEST_RUN
        if position < len(weights):
            yield _to_bits(np.array([place - position]), RUN_BITS)
            yield _to_bits(weights[place : place + 1], bits)  # none at the end
        position = place + 1


def _to_bits(numbers: np.ndarray, width: int) -> np.ndarray:
    """Whole numbers (n,) as bits (n * width,), the lowest of each first."""
    return (numbers.astype(np.int64)[:, np.newaxis] >> np.arange(width) & 1).reshape(-1)


class Fields:
    """The bits of some bytes, read as fields of so many bits each.

    >>> fields = Fields(bytes([0b01_11_01_10]))  # from the lowest bit up
    >>> fields.take(count=2, width=2).tolist(), fields.weights(count=2, bits=2).tolist()
    ([2, 1], [-1, 1])
    """

    def __init__(self, content: bytes) -> None:
        self._bits = np.unpackbits(np.frombuffer(content, np.uint8), bitorder="little")
        self._read = 0

    def take(self, count: int, width: int) -> np.ndarray:
        """The next whole numbers without a sign, int64 (count,). Raises ValueError at the end."""
        start, self._read = self._read, self._read + count * width
        if self._read > len(self._bits):
            raise ValueError("it ends among the weights")
        bits = self._bits[start : self._read].reshape(count, width).astype(np.int64)
        return (bits << np.arange(width)).sum(axis=1)

    def weights(self, count: int, bits: int) -> np.ndarray:
        """The next weights, int8 (count,). Raises ValueError for one that is not used."""
        numbers = self.take(count, bits)
        signed = numbers - (numbers >> (bits - 1) << bits)
        if (np.abs(signed) > largest(bits)).any():
            raise ValueError("it has a weight that is none")
        return signed.astype(np.int8)

    def end(self) -> None:
        """Raise ValueError if more is left than the last byte is filled up with."""
        rest = self._bits[self._read :]
        if len(rest) >= 8 or rest.any():
            raise ValueError("it goes on where it should end")


def _all(fields: Fields, count: int, bits: int) -> np.ndarray:
    return fields.weights(count, bits)


def _by_bitmap(fields: Fields, count: int, bits: int) -> np.ndarray:
    places = np.flatnonzero(fields.take(count, 1))
    weights = np.zeros(count, np.int8)
    weights[places] = fields.weights(len(places), bits)
    return weights


def _by_runs(fields: Fields, count: int, bits: int) -> np.ndarray:
    weights, position = np.zeros(count, np.int8), 0
    while position < count:
        zeros = int(fields.take(1, RUN_BITS)[0])
        position += zeros
        if zeros < LONGEST_RUN and position < count:
            weights[position] = fields.weights(1, bits)[0]
            position += 1
    if position > count:
        raise ValueError("it has more weights than the network")
    return weights
