"""Windows over long series: what they hold, and that nothing that was checked can change."""

import copy
import pickle

import numpy as np
import pytest

from tinylstm import Windows

ROWS = np.arange(20, dtype=np.float32).reshape(10, 2)


def test_a_window_holds_consecutive_rows():
    windows = Windows(ROWS, np.array([0, 4, 7]), steps=3)
    np.testing.assert_array_equal(np.asarray(windows)[1], ROWS[4:7])


def test_shape_length_and_type_are_those_of_the_gathered_array():
    windows = Windows(ROWS, np.array([0, 4, 7]), steps=3)
    gathered = np.asarray(windows)
    assert windows.shape == gathered.shape == (3, 3, 2)
    assert len(windows) == len(gathered)
    assert windows.dtype == gathered.dtype


def test_the_rows_stay_the_callers_own():
    rows = ROWS.copy()
    selection = Windows(rows, np.array([0, 4, 7]), steps=3)[[1]]
    rows[4] = 100
    assert np.asarray(selection)[0, 0].tolist() == [100, 100]


def test_gathering_in_another_type_converts():
    assert np.asarray(Windows(ROWS, np.array([0]), 3), np.float64).dtype == np.float64


@pytest.mark.parametrize("start", [-1, 8])
def test_a_window_that_leaves_the_rows_is_refused(start):
    with pytest.raises(ValueError, match="start between 0 and 7"):
        Windows(ROWS, np.array([0, start]), steps=3)


@pytest.mark.parametrize(
    ("rows", "starts", "steps", "message"),
    [
        (ROWS[:, 0], np.array([0]), 3, "shape"),
        (ROWS, np.array([0.5]), 3, "row numbers"),
        (ROWS, np.array([0]), 0, "steps must be a whole number of at least 1"),
    ],
)
def test_windows_that_make_no_sense_are_refused(rows, starts, steps, message):
    with pytest.raises(ValueError, match=message):
        Windows(rows, starts, steps)


SCALE = np.array([[1, 2], [0.5, 3], [10, 1]], np.float32)


def test_scale_multiplies_all_rows_of_a_window():
    windows = Windows(ROWS, np.array([0, 4, 7]), steps=3, scale=SCALE)
    np.testing.assert_array_equal(np.asarray(windows)[1], ROWS[4:7] * SCALE[1])


@pytest.mark.parametrize("indices", [[2, 0], slice(1, 3), np.array([True, False, True]), 1])
def test_indexing_selects_windows_and_their_scale_like_rows_of_the_gathered_array(indices):
    windows = Windows(ROWS, np.array([0, 4, 7]), steps=3, scale=SCALE)
    expected = np.asarray(windows)[np.atleast_1d(np.arange(3)[indices])]
    np.testing.assert_array_equal(np.asarray(windows[indices]), expected)


def test_a_scale_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"scale must have the shape \(2, 2\), not \(3, 2\)"):
        Windows(ROWS, np.array([0, 4]), steps=3, scale=SCALE)


def test_an_empty_selection_is_windows_too():
    windows = Windows(ROWS, np.array([0, 4, 7]), steps=3, scale=SCALE)
    assert windows[:0].shape == (0, 3, 2)


def test_rows_of_whole_numbers_become_floating_point():
    windows = Windows(np.arange(8).reshape(4, 2), np.array([0]), 3, np.full((1, 2), 0.5))
    assert windows.dtype == np.float32
    np.testing.assert_array_equal(np.asarray(windows)[0, 1], [1, 1.5])


def test_lists_will_do():
    windows = Windows(ROWS.tolist(), [0, 4], 3, SCALE[:2].tolist())
    np.testing.assert_array_equal(np.asarray(windows)[1], ROWS[4:7] * SCALE[1])


def test_a_selection_is_made_by_one_list_of_numbers():
    with pytest.raises(IndexError, match=r"chosen by one list of numbers, not by \[\[0, 1\]\]"):
        Windows(ROWS, [0, 4], steps=3)[[[0, 1]]]


# What the kernels rely on


def test_arrays_that_change_after_the_check_change_nothing():
    rows, starts, scale = ROWS.copy(), np.array([0, 4]), SCALE[:2].copy()
    windows = Windows(rows, starts, 3, scale)
    before = np.asarray(windows)
    starts[:] = 10**9
    scale[:] = 0
    rows.shape = (4, 5)
    np.testing.assert_array_equal(np.asarray(windows), before)


@pytest.mark.parametrize("windows", [Windows(ROWS, [0, 4], 3), Windows(ROWS, [4, 0], 3)[::-1]])
def test_starts_cannot_be_written_to(windows):
    with pytest.raises(ValueError, match="read-only"):
        windows.starts[0] = 10**9
    with pytest.raises(ValueError, match="cannot set WRITEABLE"):
        windows.starts.setflags(write=True)
    windows.starts.shape = (2, 1)  # of a view that is thrown away
    windows.rows.shape = (4, 5)
    assert (windows.starts.shape, windows.rows.shape) == ((2,), (10, 2))
    assert windows.starts.flags.c_contiguous


def test_no_attribute_can_be_set():
    windows = Windows(ROWS, [0], 3)
    for name in ("rows", "starts", "steps", "scale", "shape", "anything"):
        with pytest.raises(AttributeError):
            setattr(windows, name, np.array([10**9]))


@pytest.mark.parametrize("twin", [copy.deepcopy, lambda w: pickle.loads(pickle.dumps(w))])
def test_a_copy_holds_the_same_and_is_frozen_too(twin):
    windows = twin(Windows(ROWS, [0, 4, 7], 3, SCALE)[1:])
    np.testing.assert_array_equal(np.asarray(windows)[0], ROWS[4:7] * SCALE[1])
    assert not windows.starts.flags.writeable


def test_what_is_unpickled_is_checked():
    make, arguments = Windows(ROWS, [0], 3).__reduce__()
    with pytest.raises(ValueError, match="start between 0 and 7"):
        make(arguments[0], np.array([8]), *arguments[2:])
