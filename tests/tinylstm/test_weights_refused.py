"""What is refused as a file of weights: other kinds, other arrays, and all that is damaged."""

import io
import os
import pickle
import tracemalloc
import warnings
import zipfile

import numpy as np
import pytest

from tests.tinylstm.conftest import D, H, K
from tests.tinylstm.test_weights import all_bytes
from tinylstm import LSTMRegressor
from tinylstm.weights import WeightsError


def arrays_of(model, **changes):
    return {**model.params, **{name.replace("_", "."): array for name, array in changes.items()}}


def read_members(path):
    with zipfile.ZipFile(path) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def write_members(path, members):
    """A sound archive, checksums included, of whatever members."""
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")  # of a name that comes twice
        for name, content in members:
            archive.writestr(name, content)


def npy(array, **claims):
    """The array as in an .npz, under a header that claims other things."""
    file = io.BytesIO()
    header = {"descr": "<f4", "fortran_order": False, "shape": array.shape, **claims}
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue() + array.tobytes()


def refusal(path):
    """The one line with which the file is refused."""
    with pytest.raises(WeightsError) as error:
        LSTMRegressor.load(path)
    message = str(error.value)
    assert len(message.splitlines()) == 1
    assert message.startswith(str(path))
    assert message.endswith("; use a file that LSTMRegressor.save wrote")
    return message


def refused_or_unharmed(path, content, model):
    """Whether damaged content meets one of the two ends it may: a refusal, or the same arrays."""
    path.write_bytes(content)
    try:
        loaded = LSTMRegressor.load(path)
    except WeightsError:
        return True
    return all_bytes(loaded) == all_bytes(model)


# Files that are none


def test_a_file_that_is_missing_is_not_found(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.npz"):
        LSTMRegressor.load(tmp_path / "none.npz")


def test_a_directory_is_refused(tmp_path):
    refusal(tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"", b"epoch,loss\n1,0.5\n", pickle.dumps({"lstm.W": [[1.0]]}), npy(np.zeros(3))],
    ids=["empty", "text", "pickle", "a single array"],
)
def test_a_file_of_another_kind_is_refused(path, content):
    path.write_bytes(content)
    assert "damaged or no .npz file" in refusal(path)


def test_a_compressed_file_is_refused(path, model):
    np.savez_compressed(path, **model.params)
    assert "is compressed" in refusal(path)


class Trap:
    """Makes a directory if it is unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_a_pickled_array_is_refused_and_not_unpickled(path, model):
    trap = path.with_name("sprung")
    np.savez(path, **arrays_of(model, lstm_U=np.array([Trap(trap)], dtype=object)))
    assert "lstm.U" in refusal(path)
    assert not trap.exists()


# Arrays that are not those of a model


def test_a_missing_array_is_refused_by_name(path, model):
    np.savez(path, **{key: array for key, array in model.params.items() if key != "dense2.b"})
    assert "lacks 'dense2.b.npy'" in refusal(path)


def test_an_extra_array_is_refused_by_name(path, model):
    np.savez(path, **model.params, momentum=np.zeros(3, np.float32))
    assert "holds 'momentum.npy'" in refusal(path)


def test_an_array_that_comes_twice_is_refused(path):
    members = read_members(path)
    write_members(path, [*members, members[0]])
    assert "holds 'lstm.W.npy' more than once" in refusal(path)


def test_a_member_without_the_ending_of_an_array_is_refused(path):
    (_, content), *others = read_members(path)
    write_members(path, [("lstm.W", content), *others])
    assert "lacks 'lstm.W.npy'" in refusal(path)


@pytest.mark.parametrize("value", [np.nan, -np.inf])
def test_a_number_that_is_not_finite_is_refused(path, model, value):
    model.params["dense1.W"][1, 1] = value
    model.save(path)
    assert "NaN or infinity in dense1.W" in refusal(path)


@pytest.mark.parametrize("dtype", ["<f8", ">f4", "<i4", [("x", "<f4")]], ids=str)
def test_an_array_of_another_type_is_refused(path, model, dtype):
    np.savez(path, **arrays_of(model, lstm_b=np.zeros(4 * H, dtype)))
    assert "lstm.b" in refusal(path)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("lstm_W", (D, 4 * H + 1)),
        ("lstm_W", (0, 4 * H)),
        ("lstm_U", (H, 4 * H + 1)),
        ("lstm_b", (4 * H, 1)),
        ("lstm_b", ()),
        ("dense1_W", (H, K + 1)),
        ("dense1_b", (K + 1,)),
        ("dense2_W", (K, 2)),
        ("dense2_b", (2,)),
    ],
)
def test_a_shape_that_does_not_fit_the_others_is_refused(path, model, name, shape):
    np.savez(path, **arrays_of(model, **{name: np.zeros(shape, np.float32)}))
    assert " with the shape " in refusal(path)


def test_an_array_in_fortran_order_is_refused(path, model):
    np.savez(path, **arrays_of(model, lstm_W=np.asfortranarray(model.params["lstm.W"])))
    assert "lstm.W" in refusal(path)


@pytest.mark.parametrize(
    "shape",
    [(D, 4 * H + 1), (2**62, 2**62), (-D, -4 * H), (2**70, 0)],
    ids=str,
)
def test_a_header_that_claims_another_shape_is_refused(path, model, shape):
    W = model.params["lstm.W"] if 0 not in shape else np.zeros(0, np.float32)
    write_members(path, [("lstm.W.npy", npy(W, shape=shape)), *read_members(path)[1:]])
    assert "lstm.W" in refusal(path)


# Files that would fill the memory


def peak_of_refusal(path):
    refusal(path)  # once before, for whatever is imported on the way
    tracemalloc.start()
    try:
        refusal(path)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_header_that_claims_a_gigabyte_takes_no_memory(path, model):
    huge = npy(model.params["lstm.W"], shape=(2**26, 4))
    write_members(path, [("lstm.W.npy", huge), *read_members(path)[1:]])
    assert peak_of_refusal(path) < 1_000_000


def test_a_directory_that_claims_a_gigabyte_takes_no_memory(path):
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\1\2")  # of the last array
    content[entry + 20 : entry + 28] = 2 * (2**30).to_bytes(4, "little")  # its two sizes
    path.write_bytes(content)
    assert peak_of_refusal(path) < 1_000_000


def test_shapes_that_make_a_model_far_larger_than_the_file_take_no_memory(path, model):
    column = np.zeros((500, 1), np.float32)  # 500 inputs, 500 units: 8 MB
    np.savez(path, **arrays_of(model, lstm_W=column, lstm_U=column))
    assert peak_of_refusal(path) < 1_000_000


# Damage


def test_a_file_cut_short_anywhere_is_refused(path):
    whole = path.read_bytes()
    for length in {*range(0, len(whole), 13), *range(len(whole) - 40, len(whole))}:
        path.write_bytes(whole[:length])
        refusal(path)


def test_a_changed_byte_among_the_numbers_is_refused(path, model):
    whole = path.read_bytes()
    for array in model.params.values():
        position = whole.index(array.tobytes()) + array.nbytes // 2
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        assert "damaged" in refusal(path)


@pytest.mark.parametrize("change", [lambda byte: byte ^ 1, lambda byte: 0])
def test_a_changed_byte_anywhere_is_refused_or_does_no_harm(path, model, change):
    whole = path.read_bytes()
    frame = whole.index(b"PK\1\2")  # from here on it is names, sizes and places of the arrays
    for position in {*range(0, frame, 5), *range(frame, len(whole))}:
        changed = bytearray(whole)
        changed[position] = change(changed[position])
        assert refused_or_unharmed(path, changed, model), position


def test_a_name_that_is_no_text_is_refused(path):
    content = path.read_bytes()
    entry = content.rindex(b"PK\1\2")
    changed = bytearray(content)
    changed[entry + 9] |= 8  # the name is UTF-8,
    changed[entry + 46] = 0xFF  # but not this one
    path.write_bytes(changed)
    assert "damaged" in refusal(path)
