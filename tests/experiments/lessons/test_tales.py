"""The text of lesson 9 is what its grammar says."""

import numpy as np
import pytest

from experiments.lessons.tales import tell


def test_a_tale_closes_its_quotes_and_cries_within_them_alone():
    text, _ = tell(3000, seed=3)
    for line in text.splitlines():
        told_first, said, end = line.split('"')
        assert told_first.endswith(" said: ")
        assert ("!" in told_first, "." in said, end) == (False, False, "")


def test_the_entropy_of_a_tale_is_that_of_its_choices():
    """Two sentences and a speaker: 8 animals and 6 verbs twice, 4 kinds and 8 animals, 2 stops."""
    seed = next(s for s in range(999) if tell(1, s)[0].count("!") + tell(1, s)[0].count(".") == 2)
    text, entropy = tell(1, seed)
    bits = 2 * np.log2(8 * 6) + np.log2(4 * 8) + 2 * 2
    assert entropy * len(text) == pytest.approx(bits)
