"""The stamp of the program: it changes with what makes numbers, and with nothing else."""

import shutil

import pytest

from experiments.training.stamp import (
    LIBRARIES,
    SOURCES,
    OtherProgramError,
    make_stamp,
    program_stamp,
    require_stamp,
)


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """A copy of the sources; those of the program are never touched."""
    folder = tmp_path_factory.mktemp("sources")
    for source in SOURCES:
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / source.name)
    return [folder / source.name for source in SOURCES]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("tinylstm/optim.py", "0.999", "0.99"),
        ("tinylstm/kernels/lstm.py", "1.0", "1.5"),
        ("data/features.py", "(1, 7, 30)", "(1, 14, 30)"),
        ("training/network.py", "WARM_UP = 0.02", "WARM_UP = 0.03"),
        ("metrics.py", "smape=200", "smape=100"),
    ],
)
def test_one_number_changed_in_a_source_makes_another_stamp(sources, file, old, new):
    path = sources[0].parent / file
    before, text = make_stamp(sources, ()), path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    assert make_stamp(sources, ()) != before
    path.write_text(text)
    assert make_stamp(sources, ()) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\n", b"\r\n"),
        (b'"""', b'"""In other words: '),
        (b"\n\n\n", b"\n\n\n# A comment.\n"),
    ],
)
def test_other_words_and_line_ends_make_no_difference(sources, old, new):
    path = sources[0] / "model.py"
    text = path.read_bytes()
    path.write_bytes(text.replace(old, new) if old == b"\n" else text.replace(old, new, 1))
    assert path.read_bytes() != text
    assert make_stamp(sources, ()) == make_stamp(SOURCES, ())
    path.write_bytes(text)


def test_the_place_of_the_program_makes_no_difference(sources):
    assert make_stamp(sources, ()) == make_stamp(SOURCES, ())


def test_versions_of_libraries_and_the_vector_length_are_part_of_it(monkeypatch):
    assert make_stamp((), LIBRARIES, "vectors of 8") != make_stamp((), LIBRARIES, "vectors of 16")
    before = make_stamp((), LIBRARIES)
    monkeypatch.setattr("importlib.metadata.version", lambda name: "0.0")
    assert make_stamp((), LIBRARIES) != before


def test_a_worker_of_another_stamp_is_refused_by_name():
    require_stamp(program_stamp(), "worker a")
    with pytest.raises(OtherProgramError, match=rf"worker a runs another .* \({program_stamp()}"):
        require_stamp("0123456789", "worker a")
