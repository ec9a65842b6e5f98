"""The packed file: what is in it, byte by byte, that it comes back, and what is refused."""

import math
import os
import zlib

import numpy as np
import pytest

from tests.tinylstm.conftest import D, H, K
from tinylstm import LSTMRegressor
from tinylstm.compression.lowrank import factor
from tinylstm.compression.packed import (
    LONGEST_FILE,
    pack,
    packed_bytes,
    read_packed,
    unpack,
    write_packed,
)
from tinylstm.compression.quantize import BITS, MOST, PER, Quantized, quantize
from tinylstm.parameters import parameter_shapes
from tinylstm.weights import WeightsError


@pytest.fixture
def path(tmp_path, model):
    """A good file, for the tests to spoil."""
    path = tmp_path / "model.lstm"
    write_packed(path, quantize(model.params, 5))
    return path


def same(a: Quantized, b: Quantized) -> bool:
    pairs = [(a.integers, b.integers), (a.scales, b.scales)]
    arrays = all(
        left[n].tobytes() == right[n].tobytes() and left[n].shape == right[n].shape
        for left, right in pairs
        for n in left
    )
    return arrays and (a.bits, a.per, a.x_bits) == (b.bits, b.per, b.x_bits)


def sealed(content: bytes) -> bytes:
    """Under a checksum that fits."""
    return content + zlib.crc32(content).to_bytes(4, "little")


def thinned(model, share):
    """The model's weights, of which only so many in a hundred are not zero."""
    rng = np.random.default_rng(0)
    return {name: array * (rng.random(array.shape) < share) for name, array in model.params.items()}


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("per", PER)
def test_whole_numbers_and_scales_come_back(model, bits, per):
    network = quantize(model.params, bits, per, x_bits=9)
    assert same(unpack(pack(network)), network)


@pytest.mark.parametrize(("share", "layout"), [(1, 0), (0.6, 1), (0.1, 2), (0, 2)])
def test_the_shortest_layout_is_taken_and_comes_back(share, layout):
    network = quantize(thinned(LSTMRegressor(7, 16), share), 8)
    content = pack(network)
    assert content[4] >> 5 == layout
    assert same(unpack(content), network)


def test_the_header_is_as_documented(model):
    content = pack(quantize(model.params, 6, "column", x_bits=12))
    assert content[:9] == b"tLQ" + bytes([1, 6 | 1 << 4, 12, D, H, K])
    assert int.from_bytes(content[-4:], "little") == zlib.crc32(content[:-4])


def test_weights_stand_from_the_lowest_bit_up_in_twos_complement():
    ones = quantize(LSTMRegressor(1, 1, 1).params, 4)
    integers = {name: np.full_like(q, -1) for name, q in ones.integers.items()}
    integers["lstm.W"] = np.array([[1, -2, 3, -7]], np.int8)
    content = pack(Quantized(integers, ones.scales, 4))
    assert content[9 + 14 : 9 + 14 + 2] == bytes([0x1 | 0xE << 4, 0x3 | 0x9 << 4])


@pytest.mark.parametrize(("units", "n_bytes"), [(4, 316), (2, 172)])
def test_8_bits_take_316_bytes_for_four_units_and_172_for_two(units, n_bytes, tmp_path):
    write_packed(tmp_path / "m.lstm", quantize(LSTMRegressor(7, units).params | biases(units), 8))
    assert os.path.getsize(tmp_path / "m.lstm") == packed_bytes(7, units, 16) == n_bytes


def biases(units):
    """No zeros, as after training."""
    sizes = {"lstm.b": 4 * units, "dense1.b": 16, "dense2.b": 1}
    return {name: np.linspace(0.5, 1, size) for name, size in sizes.items()}


def test_a_model_loads_the_file_with_the_weights_that_the_numbers_stand_for(path, model):
    loaded, network = LSTMRegressor.load(path), quantize(model.params, 5)
    for name, array in network.params.items():
        assert loaded.params[name].tobytes() == array.tobytes()
    loaded.params["dense2.b"][:] += 1  # an array of its own, that can be written to


# Damage


def refusal(path):
    """The one line with which the file is refused."""
    with pytest.raises(WeightsError) as error:
        LSTMRegressor.load(path)
    message = str(error.value)
    assert message.startswith(f"{path} is damaged or no packed file (")
    assert message.endswith("; use a file that tinylstm.compression.packed.write_packed wrote")
    assert len(message.splitlines()) == 1
    return message


def test_a_file_cut_short_anywhere_is_refused(path):
    whole = path.read_bytes()
    for length in range(3, len(whole)):
        path.write_bytes(whole[:length])
        refusal(path)


def test_a_changed_bit_anywhere_is_refused(path):
    whole = path.read_bytes()
    for position in range(3, len(whole)):
        for bit in range(8):
            changed = bytearray(whole)
            changed[position] ^= 1 << bit
            path.write_bytes(changed)
            refusal(path)


def test_a_file_that_begins_otherwise_is_read_as_an_npz_and_refused(path):
    path.write_bytes(b"x" + path.read_bytes())
    with pytest.raises(WeightsError, match=r"damaged or no \.npz file"):
        LSTMRegressor.load(path)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda c: c[:3] + b"\2" + c[4:], "header"),
        (lambda c: c[:4] + bytes([9]) + c[5:], "header"),
        (lambda c: c[:4] + bytes([5 | 3 << 5]) + c[5:], "header"),
        (lambda c: c[:5] + bytes([16]) + c[6:], "header"),
        (lambda c: c[:7] + b"\0" + c[8:], "header"),
        (lambda c: c[:20], "among the scales"),
        (lambda c: c[:9] + b"\0\x7c" + c[11:], "scale that is none"),  # infinity
        (lambda c: c[:9] + b"\0\xbc" + c[11:], "scale that is none"),  # -1
        (lambda c: c[:-1], "among the weights"),
        (lambda c: c + b"\0", "where it should end"),
        (lambda c: c[:-1] + bytes([c[-1] | 0x80]), "where it should end"),
        (lambda c: c[:23] + bytes([c[23] & 0xE0 | 0x10]) + c[24:], "weight that is none"),  # -16
    ],
)
def test_what_makes_no_sense_under_a_sound_checksum_is_refused(path, spoil, words):
    path.write_bytes(sealed(spoil(path.read_bytes()[:-4])))
    assert words in refusal(path)


def test_runs_that_go_beyond_the_network_are_refused():
    network = quantize(thinned(LSTMRegressor(7, 16), 0), 8)
    content = pack(network)[:-4]
    with pytest.raises(ValueError, match="more weights than the network"):
        unpack(sealed(content[:-1] + b"\xff"))


def test_a_file_that_is_missing_is_not_found(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_packed(tmp_path / "none.lstm")


def test_a_failed_write_leaves_the_old_file(path, model, monkeypatch):
    before = path.read_bytes()

    def full(_):
        raise OSError("No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_packed(path, quantize(model.params, 8))
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("ranks", [b"\0\0", b"\x09\0", b"\0\x0d"])
def test_ranks_that_save_nothing_are_refused(ranks):
    network = quantize(factor(LSTMRegressor(7, 16).params, 2), 8)
    content = pack(network)[:-4]
    assert content[9:11] == b"\2\2"
    with pytest.raises(ValueError, match="rank that is none"):
        unpack(sealed(content[:9] + ranks + content[11:]))


def test_the_largest_file_holds_the_largest_network():
    numbers = sum(math.prod(shape) for shape in parameter_shapes(MOST, MOST, MOST).values())
    assert numbers == 586_756
    assert numbers < packed_bytes(MOST, MOST, MOST, 8, "column") < LONGEST_FILE
