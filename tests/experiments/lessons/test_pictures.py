"""Pictures of lessons: what is drawn is what was given, and without matplotlib a line says so."""

import sys

import numpy as np
import pytest

from experiments.lessons import pictures


@pytest.fixture
def axes():
    """The axes of the last picture."""
    plt = pytest.importorskip("matplotlib.pyplot")
    plt.switch_backend("Agg")
    yield plt.gca
    plt.close("all")


def test_curves_have_their_names_and_numbers_and_levels_theirs(axes):
    pictures.lines({"a": [3, 1], "b": [2, 2]}, [10, 20], ("x", "y"), "y", {"floor": 0.5})
    drawn = axes()
    assert [text.get_text() for text in drawn.get_legend().get_texts()] == ["a", "b"]
    np.testing.assert_array_equal(drawn.lines[0].get_xydata(), [[10, 3], [20, 1]])
    assert [text.get_text() for text in drawn.texts] == ["floor"]
    assert (drawn.get_xscale(), drawn.get_yscale()) == ("linear", "log")


def test_rows_of_colours_have_the_names_of_their_arrays(axes):
    pictures.heat({"f": [0, 1], "g": [-1, 0.5]})
    drawn = axes().figure.axes[0]  # beside it is the scale of colours
    np.testing.assert_array_equal(drawn.images[0].get_array(), [[0, 1], [-1, 0.5]])
    assert [label.get_text() for label in drawn.get_yticklabels()] == ["f", "g"]


def test_steps_are_counted_in_whole_numbers(axes):
    pictures.heat({"f": np.zeros(20)})
    ticks = axes().figure.axes[0].get_xticks()
    assert all(tick == round(tick) for tick in ticks), ticks


def test_columns_of_colours_may_have_names(axes):
    pictures.heat({"bug": [0, 1]}, columns=["W", "U"])
    drawn = axes().figure.axes[0]
    assert [label.get_text() for label in drawn.get_xticklabels()] == ["W", "U"]


def test_a_scale_of_many_decades_has_powers_of_ten(axes):
    pictures.lines({"wide": [1e-9, 1], "narrow": [1, 1]}, [1, 10], logarithmic="xy")
    drawn = axes()
    drawn.figure.canvas.draw()
    assert any("10^{" in label.get_text() for label in drawn.get_yticklabels())
    assert not any("10^{" in label.get_text() for label in drawn.get_xticklabels())


def test_a_text_has_a_colour_for_each_character(axes):
    pictures.coloured("ab\nc", np.array([1.0, -2, 0, 0.5]), width=3)
    assert [text.get_text() for text in axes().texts] == ["a", "b", "¶", "c"]
    np.testing.assert_array_equal(axes().images[0].get_array(), [[0.5, -1, 0], [0.25, 0, 0]])


def test_a_text_is_black_in_a_dark_style_as_well(axes):
    import matplotlib.pyplot as plt

    with plt.style.context("dark_background"):
        pictures.coloured("ab", np.array([1.0, -2]), width=2)
        assert {text.get_color() for text in axes().texts} == {"black"}


def test_a_picture_may_be_told_in_words_for_those_who_do_not_see_it(axes, monkeypatch):
    shown, display = [], pytest.importorskip("IPython.display")
    monkeypatch.setattr(display, "display", shown.append)
    pictures.lines({"a": [1, 2]}, alt='A line from "1" to 2')
    (image,) = shown
    assert 'alt="A line from &quot;1&quot; to 2" src="data:image/png;base64,' in image.data
    assert not sys.modules["matplotlib.pyplot"].get_fignums()  # not shown once more


def test_outside_a_notebook_a_picture_with_words_is_a_plain_figure(axes, monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython.display", None)
    pictures.lines({"a": [1, 2]}, alt="A line from 1 to 2")
    assert axes().lines


def test_without_matplotlib_a_line_says_what_is_missing(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    pictures.lines({"a": [1, 2]})
    assert capsys.readouterr().out == "No picture: pip install matplotlib\n"
