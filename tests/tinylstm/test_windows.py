"""Windows over long series."""

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


@pytest.mark.parametrize("indices", [np.array([2, 0]), slice(1, 3), np.array([True, False, True])])
def test_indexing_selects_windows_like_rows_of_the_gathered_array(indices):
    windows = Windows(ROWS, np.array([0, 4, 7]), steps=3)
    np.testing.assert_array_equal(np.asarray(windows[indices]), np.asarray(windows)[indices])


def test_a_selection_shares_the_rows():
    windows = Windows(ROWS, np.array([0, 4, 7]), steps=3)
    assert np.shares_memory(windows[np.array([1])].rows, ROWS)


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


@pytest.mark.parametrize("indices", [np.array([2, 0]), slice(1, 3), 1])
def test_a_selection_keeps_the_scale_of_its_windows(indices):
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


def test_a_selection_with_a_stride_is_side_by_side():
    assert Windows(ROWS, np.arange(6), steps=3)[::-2].starts.flags.c_contiguous
