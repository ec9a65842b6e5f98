"""The slides, which train: they run from top to bottom, and show what they say."""

import pytest

from tests.experiments.lessons.test_lessons import cells, close_pictures, source
from tests.experiments.lessons.test_slides import SLIDES


@pytest.fixture(scope="module")
def names():
    """All names after a run."""
    namespace = {"__name__": "__main__"}
    for cell in cells(SLIDES):
        exec(source(cell), namespace)
        close_pictures()
    return namespace


def test_the_loss_hides_the_bug_and_the_gates_show_it(names):
    healthy, broken, final_loss = names["healthy"], names["broken"], names["final_loss"]
    assert final_loss(broken) < 2 * final_loss(healthy)
    assert healthy[-1].gates.forget_at_flags < 0.2
    assert broken[-1].gates.forget_at_flags > 0.9
