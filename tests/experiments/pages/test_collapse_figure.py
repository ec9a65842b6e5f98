"""The figure that explains a collapse: bias off and on, by epoch, and shares by dropout."""

import dataclasses

import pytest

from experiments.analysis.collapse import collapses
from experiments.pages.collapse_figure import why
from experiments.training.recipes import PAPER
from tests.records import group, run

FALLEN = {"dropout_on": 13.0, "bias": 3.0, "dropout_on_bias": 0.5, "recalibrated_bias": -0.25}


def drawn(*groups):
    """The panels of the figure."""
    of = run(*groups)
    (found,) = collapses(of)
    return why(of, found).axes


def points(axes):
    """The dots of a panel by their labels."""
    return {line.get_label(): list(line.get_ydata()) for line in axes.get_lines()}


def test_each_network_has_its_bias_without_masks_with_them_and_after_the_refit():
    bias, _ = drawn(group({32: [12.5], 16: [23.6, 20.0]}, **FALLEN))
    assert points(bias)["masks off"] == [3.0] * 3
    assert points(bias)["masks on, as in training"] == [0.5] * 3
    assert points(bias)["off, last layer refitted"] == [-0.25] * 3


def test_the_epochs_are_those_of_the_size_that_collapses_most():
    """Networks that collapse are full lines."""
    _, epochs = drawn(group({32: [12.5, 23.6], 16: [23.6, 20.0, 12.5]}, **FALLEN))
    assert epochs.get_xlabel() == "epoch, 16 units"
    dashes = [line.get_linestyle() for line in epochs.get_lines()[:6]]
    assert dashes == ["-"] * 4 + [":"] * 2


@pytest.mark.parametrize(("by_level", "dropout"), [(False, 0.5), (True, 0.2)])
def test_shares_by_dropout_and_scale_have_their_exact_intervals(by_level, dropout):
    inputs = dataclasses.replace(PAPER.inputs, by_level=by_level)
    recipe = dataclasses.replace(PAPER, dropout=dropout, inputs=inputs)
    networks = group({16: [23.6, 23.6, 12.5, 12.5]}, **FALLEN)
    *_, shares = drawn(networks, group({16: [23.6, 12.5]}, **FALLEN, recipe=recipe))
    told = points(shares)
    assert told["collapsed"] == [50.0] * (1 if by_level else 2)
    assert told.get("collapsed, sales by level") == ([50.0] if by_level else None)
    bars = [line.get_ydata() for line in shares.get_lines() if len(line.get_xdata()) == 2]
    assert any(bar == pytest.approx([1.2579, 98.7421], abs=1e-3) for bar in bars if bar[0] < 2)
