"""The Numba kernels agree with the NumPy reference, function for function."""

import numpy as np
import pytest

from tinylstm import Windows, kernels, reference
from tinylstm.kernels import lstm, memory, packing

# (batch, steps, inputs, hidden): ones, odd sizes, and sizes of the paper.
SHAPES = [(1, 1, 1, 1), (7, 3, 2, 1), (4, 1, 3, 5), (13, 6, 5, 9), (65, 30, 7, 33), (31, 30, 7, 64)]
TOLERANCE = {np.float64: 1e-12, np.float32: 2e-5}


def random_layer(shape, dtype):
    B, T, D, H = shape
    rng = np.random.default_rng(sum(shape))
    sizes = [(B, T, D), (D, 4 * H), (H, 4 * H), (4 * H,), (B, H), (B, H)]
    arrays = [rng.standard_normal(size) for size in sizes]
    arrays[2] /= np.sqrt(H)  # a recurrent matrix of this size neither explodes nor vanishes
    return [array.astype(dtype) for array in arrays], rng.standard_normal((B, T, H)).astype(dtype)


def assert_close(ours, theirs, dtype):
    """Equal relative to the largest number of the array, and of the same type."""
    assert ours.dtype == dtype
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE[dtype] * np.abs(theirs).max())


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_both_passes_agree_with_the_reference(shape, dtype):
    arrays, dh = random_layer(shape, dtype)
    ours, theirs = kernels.lstm_forward(*arrays), reference.lstm_forward(*arrays)
    for name in ("h", "c", "h_last"):
        assert_close(getattr(ours, name), getattr(theirs, name), dtype)
    np.testing.assert_array_equal(ours.c_last, ours.c[:, -1])
    ours, theirs = kernels.lstm_backward(dh, ours), reference.lstm_backward(dh, theirs)
    for name in ("x", "W", "U", "b", "h0", "c0"):
        assert_close(getattr(ours, name), getattr(theirs, name), dtype)


def test_the_kernels_leave_their_inputs_alone():
    arrays, dh = random_layer((5, 4, 3, 6), np.float64)
    before = [array.copy() for array in (*arrays, dh)]
    kernels.lstm_backward(dh, kernels.lstm_forward(*arrays))
    for array, copy in zip((*arrays, dh), before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("size", [5.0, 5000.0])
def test_float32_stays_finite_and_close_for_inputs_of_any_size(size):
    arrays, _ = random_layer((4, 6, 3, 5), np.float32)
    arrays[0] *= size
    ours = kernels.lstm_forward(*arrays)
    theirs = reference.lstm_forward(*(array.astype(np.float64) for array in arrays))
    np.testing.assert_allclose(ours.h, theirs.h, rtol=0, atol=2e-5)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("batch", "hidden"), [(1, 1), (1, 21), (6, 21), (7, 16), (40, 21)])
def test_the_last_output_alone_agrees_with_the_reference(batch, hidden, dtype):
    arrays, _ = random_layer((batch, 5, 3, hidden), dtype)
    assert_close(kernels.lstm_last(*arrays), reference.lstm_forward(*arrays).h[:, -1], dtype)


def test_a_gradient_of_the_last_outputs_alone_is_one_that_is_zero_before():
    arrays, dh = random_layer((40, 6, 2, 17), np.float64)
    dh[:, :-2] = 0
    tape = kernels.lstm_forward(*arrays)
    assert_same_bits(gradients(dh[:, -2:].copy(), tape), gradients(dh, tape))


def gradients(dh, tape):
    found = kernels.lstm_backward(dh, tape)
    return [found.x, found.W, found.U, found.b, found.h0, found.c0]


def assert_same_bits(ours, theirs):
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_tape_may_be_used_again():
    arrays, dh = random_layer((20, 9, 3, 6), np.float32)
    tape = kernels.lstm_forward(*arrays)
    h, c = tape.h, tape.c
    gradients(2 * dh, tape)
    assert_same_bits(gradients(dh, tape), gradients(dh, kernels.lstm_forward(*arrays)))
    assert_same_bits((tape.h, tape.c), (h, c))


def test_memory_used_again_leaves_no_trace():
    first, dh = random_layer((20, 5, 3, 6), np.float32)
    fresh = gradients(dh, kernels.lstm_forward(*first))
    old = kernels.lstm_forward(*(2 * array for array in first))
    memory, h_last, copy = old.record.gates, old.h_last, old.h_last.copy()
    tape = kernels.lstm_forward(*first, old=old)
    assert tape.record.gates is memory
    assert_same_bits(gradients(dh, tape), fresh)
    np.testing.assert_array_equal(h_last, copy)  # what was handed out stays as it was


@pytest.mark.parametrize("shape", [(20, 5, 3, 6), (3, 2, 2, 40)], ids=["fits", "does not"])
def test_a_tape_that_gave_its_memory_away_is_refused_rather_than_wrong(shape):
    arrays, dh = random_layer((20, 5, 3, 6), np.float32)
    old = kernels.lstm_forward(*arrays)
    kernels.lstm_forward(*random_layer(shape, np.float32)[0], old=old)
    with pytest.raises(RuntimeError, match="memory of this tape"):
        kernels.lstm_backward(dh, old)


def test_an_interrupted_pass_keeps_no_memory_that_another_thread_may_still_write_to(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    arrays, dh = random_layer((20, 5, 3, 6), np.float32)
    tape = kernels.lstm_forward(*arrays)
    gradients(dh, tape)
    monkeypatch.setattr(lstm, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        kernels.lstm_backward(dh, tape)
    assert tape.scratch is None
    with pytest.raises(KeyboardInterrupt):
        kernels.lstm_forward(*arrays, old=tape)
    assert tape.record is None


@pytest.mark.parametrize("with_dx", [True, False])
def test_no_window_at_all_has_gradients_of_zero(with_dx):
    arrays, dh = random_layer((3, 4, 2, 5), np.float32)
    arrays = [arrays[0][:0], *arrays[1:4], arrays[4][:0], arrays[5][:0]]
    tape = kernels.lstm_forward(*arrays)
    assert tape.h.shape == (0, 4, 5)
    found = kernels.lstm_backward(dh[:0], tape, with_dx)
    assert not any(array.any() for array in (found.W, found.U, found.b))
    assert found.h0.shape == found.c0.shape == kernels.lstm_last(*arrays).shape == (0, 5)


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("batch", [4, 20])
def test_windows_are_those_of_the_gathered_array(batch, scaled):
    arrays, _ = random_layer((batch, 5, 3, 6), np.float32)
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((30, 3)).astype(np.float32)
    scale = rng.random((batch, 3)).astype(np.float32) if scaled else None
    windows = Windows(rows, rng.integers(0, 26, batch), 5, scale)
    arrays[0] = np.asarray(windows)
    assert_same_bits(
        (kernels.lstm_forward(windows, *arrays[1:]).h, kernels.lstm_last(windows, *arrays[1:])),
        (kernels.lstm_forward(*arrays).h, kernels.lstm_last(*arrays)),
    )


def test_memory_that_was_never_written_does_not_leak_into_results(monkeypatch):
    """Padding of slabs and groups is left as it is found; here it is found full of NaN."""
    arrays, dh = random_layer((19, 5, 3, 21), np.float32)
    expected = gradients(dh, kernels.lstm_forward(*arrays)), kernels.lstm_last(*arrays)

    def full_of_nan(shape, dtype=float):
        return np.full(shape, np.nan, dtype)

    for module in (lstm, memory, packing):
        monkeypatch.setattr(module, "empty", full_of_nan)
        monkeypatch.setattr(module.np, "empty", full_of_nan)
    assert_same_bits(gradients(dh, kernels.lstm_forward(*arrays)), expected[0])
    np.testing.assert_array_equal(kernels.lstm_last(*arrays), expected[1])


def crooked(array):
    return np.asfortranarray(array)


def frozen(array):
    array = array.copy()
    array.flags.writeable = False
    return array


@pytest.mark.parametrize("change", [crooked, frozen])
def test_arrays_of_any_layout_are_taken_and_compile_nothing_new(change):
    arrays, dh = random_layer((8, 4, 3, 6), np.float32)
    expected = gradients(dh, kernels.lstm_forward(*arrays)), kernels.lstm_last(*arrays)
    kernels_of = lstm.forward_slabs, lstm.backward_slabs, packing.pack, packing.pack_transposed
    compiled = [len(kernel.signatures) for kernel in kernels_of]
    others = [change(array) for array in arrays]
    found = gradients(change(dh), kernels.lstm_forward(*others)), kernels.lstm_last(*others)
    assert_same_bits(found[0], expected[0])
    np.testing.assert_array_equal(found[1], expected[1])
    assert [len(kernel.signatures) for kernel in kernels_of] == compiled
