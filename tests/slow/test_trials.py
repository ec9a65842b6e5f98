"""A few of the trials of `python -m tests.slow.trials`, none of which may end badly."""

import os
from collections import Counter

import numpy as np
import pytest

from tests.slow.trials import Trial, failures, table
from tests.slow.trials.abuse import abuse
from tests.slow.trials.files import files
from tests.slow.trials.interrupts import interrupts
from tests.slow.trials.kills import kills
from tests.slow.trials.limits import limits
from tests.slow.trials.numbers import differs
from tests.slow.trials.sessions import sessions
from tests.slow.trials.shapes import INSTRUCTION_SETS, shapes_on
from tests.slow.trials.shops import shops
from tinylstm import LSTMRegressor

pytestmark = pytest.mark.long
posix = pytest.mark.skipif(os.name != "posix", reason="has signals and limits of POSIX")


def test_odd_arguments_get_a_sentence_and_harm_nothing():
    assert failures(abuse(1000, seed=1)) == []


def test_no_call_on_a_model_spoils_a_later_one():
    assert failures(sessions(40, seed=1)) == []


def test_a_damaged_file_is_read_to_the_bit_or_refused():
    assert failures(files(300, seed=1)) == []


def test_an_odd_shop_gets_a_forecast_that_makes_sense_or_a_sentence():
    assert failures(shops(3, seed=1)) == []


@posix
def test_a_training_that_is_interrupted_goes_on_to_the_same_bits():
    assert failures(interrupts(30, seed=1)) == []


@pytest.mark.parametrize("instruction_set", INSTRUCTION_SETS)
def test_kernels_agree_with_numpy_on_any_shape_and_instruction_set(instruction_set):
    assert failures(shapes_on(instruction_set, 60)) == []


@posix
def test_a_limit_of_the_system_ends_in_a_sentence():
    assert failures(limits(3)) == []


@posix
def test_what_was_killed_goes_on_to_the_same_weights():
    assert failures(kills(2)) == []


def test_an_error_that_is_no_rounding_is_told():
    right = [np.array([1.0, -2.0], np.float32), np.array([0.5], np.float32)]
    assert differs(right, [right[0] * np.float32(1 + 1e-6), right[1]]) == ""
    assert "rounding" in differs(right, [right[0], right[1] * np.float32(1.001)])
    assert "NumPy" in differs(right, [right[0], right[1] * np.float32(np.nan)])
    assert "float64" in differs(right, [right[0], right[1].astype(float)])


def test_a_forecast_that_cancels_is_rounded_as_its_terms_are_in_numpy_and_the_kernels():
    """A forecast of 0.00002 that is 0.000000009 off is no error: its terms are of the size of 1."""
    rng, errors = np.random.default_rng(0), []
    for _ in range(100):
        models = [LSTMRegressor(2, 3, 2, 0.0, backend=b) for b in ("numpy", "numba")]
        for name, array in models[0].params.items():
            array[...] = rng.normal(size=array.shape) / 2
            models[1].params[name][...] = array
        x = rng.normal(size=(200, 4, 2)).astype(np.float32)
        exact = models[0].astype(np.float64).predict(x)
        terms = sum(np.abs(models[0].params[f"dense2.{name}"]).sum() for name in "Wb")
        errors.append([np.abs(model.predict(x) - exact).max() / terms for model in models])
    numpy, numba = np.max(errors, axis=0)
    assert numba < 1.5 * numpy
    assert numba < 20 * 2.0**-24
    assert differs([np.float32([-2.568349e-5])], [np.float32([-2.569228e-5])]) == ""


def test_the_table_counts_what_came_out():
    trials = [Trial("as promised"), Trial("crash", "status -11")]
    rows = table({"area": Counter(trial.outcome for trial in trials)}).splitlines()
    assert rows[-2] == "| area | 2 | 1 | 0 | 0 | 0 | 1 | 0 |"
    assert failures(trials) == [("crash", "status -11")]
