"""python -m experiments.playground: the page, and what is said of bad input."""

import pytest

from experiments import playground as command
from experiments.training.recipes import PAPER, TUNED
from tests import records
from tinylstm import LSTMRegressor
from tinylstm.compression.packed import write_packed
from tinylstm.compression.quantize import quantize


@pytest.fixture
def model(tmp_path):
    LSTMRegressor(7, 1).save(tmp_path / "m.npz")
    return tmp_path / "m.npz"


@pytest.fixture
def seen(monkeypatch):
    """In place of the page: what it would be made of."""
    made = []
    monkeypatch.setattr(command, "playground", lambda *of: made.append(of) or "<page>")
    return made


def test_it_writes_the_page_of_a_tuned_network_into_a_new_folder(model, tmp_path, seen, capsys):
    out = tmp_path / "new" / "page.html"
    assert command.main(["--model", str(model), "--out", str(out)]) == 0
    assert out.read_text() == "<page>"
    assert seen[0][1] == TUNED.inputs
    assert str(out) in capsys.readouterr().out


def test_the_inputs_are_those_of_the_record_beside_the_model_or_as_told(tmp_path, seen):
    records.write_run(tmp_path, records.run(records.group({2: [12.5]}, recipe=PAPER)))
    path = next((tmp_path / "models").iterdir())
    LSTMRegressor(7, 2).save(path)
    out = ["--out", str(tmp_path / "p.html")]
    command.main(["--model", str(path), *out])
    command.main(["--model", str(path), *out, "--recipe", "tuned"])
    assert [inputs for _, inputs in seen] == [PAPER.inputs, TUNED.inputs]


def test_a_packed_file_plays_too(tmp_path, seen):
    network = quantize(LSTMRegressor(7, 2).params, 4)
    write_packed(tmp_path / "m.lstm", network)
    command.main(["--model", str(tmp_path / "m.lstm"), "--out", str(tmp_path / "p.html")])
    played, _ = seen[0]
    assert played.params["lstm.W"].tobytes() == network.params["lstm.W"].tobytes()


@pytest.mark.parametrize("kind", ["missing", "damaged", "of three inputs", "no place for the page"])
def test_bad_input_gets_one_sentence_and_status_2(kind, model, tmp_path, capsys):
    out = tmp_path / "page.html"
    if kind == "missing":
        model.unlink()
    elif kind == "damaged":
        model.write_bytes(model.read_bytes()[:-1])
    elif kind == "of three inputs":
        LSTMRegressor(3, 1).save(model)
    else:
        out.mkdir()
    assert command.main(["--model", str(model), "--out", str(out)]) == 2
    message = capsys.readouterr().err
    assert len(message.splitlines()) == 1
    assert str(out if out.exists() else model) in message
