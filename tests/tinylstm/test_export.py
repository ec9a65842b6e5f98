"""python -m tinylstm.export: what it writes, and what it says of bad input."""

import numpy as np
import pytest

from tinylstm import LSTMRegressor, export
from tinylstm.compression.packed import read_packed
from tinylstm.compression.quantize import quantize
from tinylstm.translate.c import float_source, int8_source


@pytest.fixture
def model():
    return LSTMRegressor(7, 2, seed=1)


@pytest.fixture
def path(tmp_path, model):
    model.save(tmp_path / "model.npz")
    return tmp_path / "model.npz"


def test_a_c_file_is_of_float32_unless_bits_are_given(path, model, tmp_path):
    assert export.main([str(path), "--c", str(tmp_path / "f.c")]) == 0
    assert (tmp_path / "f.c").read_text() == float_source(model.params, source="model.npz")
    assert export.main([str(path), "--c", str(tmp_path / "i.c"), "--bits", "6"]) == 0
    expected = int8_source(quantize(model.params, 6), source="model.npz")
    assert (tmp_path / "i.c").read_text() == expected


def test_the_packed_file_has_the_network_of_the_c_file_and_can_be_exported_itself(path, tmp_path):
    c, packed, again = (tmp_path / name for name in ("a.c", "model.npz.lstm", "b.c"))
    options = "--bits", "5", "--per", "column", "--x-bits", "9", "--steps", "12"
    export.main([str(path), *options, "--c", str(c), "--packed", str(packed)])
    export.main([str(packed), "--c", str(again), "--steps", "12"])
    network = read_packed(packed)
    assert (network.bits, network.per, network.x_bits) == (5, "column", 9)
    assert again.read_text() == c.read_text().replace("model.npz.", "model.npz.lstm.")
    assert int8_source(network, 12, "model.npz") == c.read_text()


def test_a_packed_file_in_32_bits_is_of_the_weights_that_it_stands_for(path, tmp_path):
    packed, c = tmp_path / "m.lstm", tmp_path / "m.c"
    export.main([str(path), "--bits", "4", "--packed", str(packed)])
    export.main([str(packed), "--bits", "32", "--c", str(c)])
    assert c.read_text() == float_source(read_packed(packed).params, source="m.lstm")


def test_it_says_how_many_bytes_it_wrote(path, tmp_path, capsys):
    export.main([str(path), "--bits", "8", "--packed", str(tmp_path / "m.lstm")])
    size = (tmp_path / "m.lstm").stat().st_size
    assert capsys.readouterr().out == f"{tmp_path / 'm.lstm'}: {size} bytes\n"


def test_onnx_is_of_the_rounded_weights_where_they_are(path, model, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    export.main([str(path), "--bits", "4", "--onnx", str(tmp_path / "m.onnx")])
    x = np.random.default_rng(0).standard_normal((3, 30, 7)).astype(np.float32)
    session = onnxruntime.InferenceSession(tmp_path / "m.onnx", None, ["CPUExecutionProvider"])
    expected = LSTMRegressor.from_params(quantize(model.params, 4).params).predict(x)
    np.testing.assert_allclose(session.run(None, {"x": x})[0][:, 0], expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "say what to write"),
        (["--c", "{folder}/none/x.c"], "there is no folder"),
        (["--c", "{folder}"], "directory"),
        (["--packed", "{folder}/m"], "say --bits 8"),
        (["--c", "{folder}/x.c", "--bits", "9"], "'9' is not 32, nor from 2 to 8"),
        (["--c", "{folder}/x.c", "--x-bits", "16"], "from 0 to 15"),
    ],
)
def test_bad_arguments_get_a_sentence_and_status_2(path, arguments, words, tmp_path, capsys):
    before = sorted(tmp_path.iterdir())
    with pytest.raises(SystemExit, match="2"):
        export.main([str(path), *(text.format(folder=tmp_path) for text in arguments)])
    message = capsys.readouterr().err
    assert words in message
    assert len(message.splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "there is no file"), (b"", "no .npz file"), (b"tLQ\1", "no packed file")],
)
def test_a_model_that_is_none_gets_a_sentence(content, words, tmp_path, capsys):
    path = tmp_path / "m"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SystemExit, match="2"):
        export.main([str(path), "--c", str(tmp_path / "x.c")])
    assert words in capsys.readouterr().err


def test_a_packed_file_keeps_its_bits(path, tmp_path, capsys):
    packed = tmp_path / "m.lstm"
    export.main([str(path), "--bits", "4", "--packed", str(packed)])
    with pytest.raises(SystemExit, match="2"):
        export.main([str(packed), "--bits", "8", "--c", str(tmp_path / "x.c")])
    assert "has 4 bits already, not 8" in capsys.readouterr().err
