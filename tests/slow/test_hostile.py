"""Thousands of damaged and malicious files: each is read rightly, or refused with its own error.

The seeds are fixed. `pytest -s tests/test_hostile.py` prints how many files had which outcome.
"""

import copy
import dataclasses
import io
import json
import os
import random
import shutil
import tracemalloc
import warnings
import zipfile
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from experiments.training.jobs import Job, run_job
from experiments.training.workers import start_worker

from experiments.analysis.groups import read_runs, study_records
from experiments.data import csvfile
from experiments.data.panel import DataError, read_panel
from experiments.pages.tables import write_tables
from experiments.references.overview import survey, write_survey
from experiments.report import in_words, write_report
from experiments.training.folder import FOLDERS, DamagedError, checksum, read_record, write_result
from experiments.training.recipes import PAPER
from tests.slow.slow_csv import Refused, read_sales
from tinylstm import Adam, LSTMRegressor
from tinylstm.checkpoint import CheckpointError, History, Training
from tinylstm.kernels.threads import get_num_threads, set_num_threads
from tinylstm.weights import WeightsError, write_arrays

N = 1000  # files of each kind
DAYS = np.arange("2020-02-27", "2020-03-03", dtype="datetime64[D]")
OUTCOMES = Counter()


@pytest.fixture(scope="module", autouse=True)
def table():
    """Print what was counted, when all is done."""
    yield
    kinds = sorted({kind for kind, _ in OUTCOMES})
    print(f"\n{'kind':<26} {'tried':>6} {'read':>6} {'refused':>8}")
    for kind in kinds:
        read, refused = OUTCOMES[kind, True], OUTCOMES[kind, False]
        print(f"{kind:<26} {read + refused:>6} {read:>6} {refused:>8}")


def count(kind, was_read):
    OUTCOMES[kind, was_read] += 1


def mutated(content, rng, alphabet=range(256)):
    """The content with one to four bytes or pieces changed, taken out, put in or repeated."""
    content = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        start = rng.randrange(len(content) + 1)
        end = start + rng.choice([0, 1, 1, rng.randint(1, 40)])
        piece = bytes(rng.choices(alphabet, k=rng.choice([0, 1, 1, 5])))
        content[start:end] = rng.choice([piece, piece, content[start:end] * 2])
    return bytes(content)


# Sales

CSV = "\n".join(
    ["date,store,item,sales"]
    + [f"{day},{s},{i},{n}" for s in (1, "Zürich") for i in (1, 2) for n, day in enumerate(DAYS)]
).encode()
SPICE = [
    *('"', '""', '"1"', '"1', "\r", "\r\n", "\n", ",", ",,", "\0", "\ufeff", "\u2028", "\x85"),
    *("1e2", "1E+2", "1e-2", "12.0", "12.", ".0", ".", "1e-400", "0.99999999999999999999"),
    *("12.00000000000000000001", "16777216", "16777217", "1e9", "1e999999999", "1e-999999999"),
    *("-0", "-1", "+1", "+-1", "1_0", "0x10", "1/1", "1,5", "inf", "-Infinity", "nan", "sNaN"),
    *("NaN12", "١٢", "１", "²", "½", " 1 ", "\t1", "01", "1.0", "1.5", "9" * 19, "9" * 5000),
    *("2020-02-29", "2020-02-30", "2020-2-28", "20200228", "0000-01-01", "9999-12-31"),
    *("2020-W09-5", "2020-02-28T00:00", "=1+1", "<script>", "$x^$", "\x1b[31m", "é", "e\u0301"),
    *("\u202e", "x" * 101, "x" * 131_073, "date", "sales", "True", "None", "", " "),
]


def seasoned(content, rng):
    """The content with some fields, separators or lines replaced, taken out or repeated."""
    tokens = [t for line in content.decode().splitlines(True) for t in split_keeping(line)]
    if rng.random() < 0.5:  # only what was sold on some day
        tokens[rng.randrange(14, len(tokens), 8)] = rng.choice(SPICE)
        return "".join(tokens).encode("utf-8", "replace")
    for _ in range(rng.randint(1, 3)):
        start = rng.randrange(len(tokens))
        end = start + rng.choice([0, 1, 1, 1, 8])
        tokens[start:end] = rng.choice([[rng.choice(SPICE)]] * 3 + [tokens[start:end] * 2])
    return "".join(tokens).encode("utf-8", "replace")


def split_keeping(line):
    fields = line.rstrip("\n").split(",")
    return [t for field in fields for t in (field, ",")][:-1] + ["\n"] * line.endswith("\n")


def sales_of(panel):
    days = panel.dates.tolist()
    keys = zip(panel.stores.tolist(), panel.items.tolist(), strict=True)
    return {
        key: dict(zip(days, row.tolist(), strict=True))
        for key, row in zip(keys, panel.sales, strict=True)
    }


@pytest.mark.parametrize("spoil", [mutated, seasoned])
def test_a_csv_says_what_a_second_reader_finds_in_it_and_is_refused_where_that_refuses(
    tmp_path, spoil
):
    rng, path = random.Random(1), tmp_path / "shop.csv"
    for _ in range(2 * N):
        content = spoil(CSV, rng)
        path.write_bytes(content)
        try:
            expected = read_sales(content, min_days=5)
        except Refused:
            expected = None
        found, message = None, ""
        try:
            found = sales_of(read_panel(path, min_days=5))
        except DataError as error:
            message = str(error)
        assert message.isprintable(), content
        assert found == expected, content
        count(f"CSV, {spoil.__name__}", found is not None)


def test_numbers_are_not_rounded_on_the_way(tmp_path):
    for text in ("1e-400", "0.99999999999999999999", "12.00000000000000000001"):
        (tmp_path / "shop.csv").write_bytes(CSV[:-1] + text.encode())
        with pytest.raises(DataError, match="is not whole"):
            read_panel(tmp_path / "shop.csv", min_days=5)


def test_a_long_label_cannot_fill_the_memory(tmp_path):
    rows = "".join(f"2020-01-01,{n},1,1\n" for n in range(5000))
    (tmp_path / "shop.csv").write_text(f"date,store,item,sales\n{rows}2020-01-01,{'x' * 10**5},1,1")
    peak = peak_of_refusal(tmp_path / "shop.csv", "is longer than 100 characters")
    assert peak < 20_000_000


def peak_of_refusal(path, reason):
    """Bytes of memory that it took to refuse a file."""
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=reason):
            read_panel(path, min_days=5)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


# Archives


def archive(members, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", method) as target:
        warnings.simplefilter("ignore")  # of a name that comes twice
        for name, content in members:
            target.writestr(name, content)
    return file.getvalue()


def test_an_archive_gives_the_very_bytes_that_went_in_or_is_refused(tmp_path):
    rng, path = random.Random(2), tmp_path / "shop.zip"
    (tmp_path / "shop.csv").write_bytes(CSV)
    expected = read_panel(tmp_path / "shop.csv", min_days=5)
    whole = archive([("train.csv", CSV), ("test.csv", b"id\n1\n")])
    for _ in range(N):
        path.write_bytes(mutated(whole, rng))
        message = ""
        try:
            panel = read_panel(path, min_days=5)
        except DataError as error:
            message = str(error)
        else:
            assert panel.sha256 == expected.sha256
            assert sales_of(panel) == sales_of(expected)
        assert message.isprintable()
        count("zip", not message)


@pytest.mark.parametrize(
    "members",
    [
        [("train.csv.zip", archive([("train.csv", CSV)]))],
        [("train.csv/", b"")],
        [("train.csv", CSV), ("train.csv", CSV)],
        [("a/train.csv", CSV), ("b/train.csv", CSV)],
        [("train.csv\x1b[31m", CSV)],
        [(f"{n}.csv", CSV) for n in range(3000)],
    ],
    ids=["nested", "folder", "twice", "two folders", "escape", "many"],
)
def test_an_archive_without_one_choice_is_refused_in_a_short_line(tmp_path, members):
    (tmp_path / "shop.zip").write_bytes(archive(members))
    with pytest.raises(DataError, match="put in one train") as caught:
        read_panel(tmp_path / "shop.zip")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("name", ["/etc/train.csv", "../../train.csv", "C:\\train.csv"])
def test_the_path_of_a_member_is_nowhere_written_to(tmp_path, name):
    (tmp_path / "shop.zip").write_bytes(archive([(name, CSV)]))
    assert read_panel(tmp_path / "shop.zip", min_days=5).name == "shop.zip"
    assert [path.name for path in tmp_path.iterdir()] == ["shop.zip"]


@pytest.mark.parametrize(
    ("method", "claims", "reason"),
    [
        (zipfile.ZIP_DEFLATED, "its size", "more than 2,097,152 bytes"),
        (zipfile.ZIP_DEFLATED, "a small size", "cannot be unzipped"),
        (zipfile.ZIP_BZIP2, "a small size", "unusual way"),
        (zipfile.ZIP_LZMA, "a small size", "unusual way"),
    ],
)
def test_a_zip_bomb_is_refused_before_it_fills_the_memory(
    tmp_path, monkeypatch, method, claims, reason
):
    monkeypatch.setattr(csvfile, "MAX_BYTES", 2**21)
    size = 2**26
    content = bytearray(archive([("train.csv", b"1" * size)], method))
    if claims == "a small size":
        for field in (content.index(b"PK\1\2") + 24, 22):
            assert content[field : field + 4] == size.to_bytes(4, "little")
            content[field : field + 4] = (2**20).to_bytes(4, "little")
    (tmp_path / "bomb.zip").write_bytes(content)
    assert peak_of_refusal(tmp_path / "bomb.zip", reason) < 24_000_000


def test_a_csv_that_is_too_large_is_refused_before_it_is_read(tmp_path):
    with open(tmp_path / "huge.csv", "wb") as file:
        file.truncate(2**40)  # a hole, which takes no room on the disk
    assert peak_of_refusal(tmp_path / "huge.csv", "more than 1,073,741,824 bytes") < 1_000_000


# Weights and checkpoints


def members_of(path):
    with zipfile.ZipFile(path) as source:
        return [(name, source.read(name)) for name in source.namelist()]


def respoiled(members, rng):
    """A file of arrays, one of them spoilt, under checksums that are right."""
    members = list(members)
    n = rng.randrange(len(members))
    name, content = members[n]
    alphabet = b"'\"(){}[],:-0129 \n<>f|OTrueL#\0\x80\xff"
    cut = rng.choice([128, len(content)])
    members[n] = name, mutated(content[:cut], rng, alphabet) + content[cut:]
    return archive(members, zipfile.ZIP_STORED)


@pytest.mark.parametrize("under_checksum", [False, True])
def test_weights_are_what_numpy_reads_from_the_file_or_refused(tmp_path, under_checksum):
    rng, path = random.Random(3), tmp_path / "model.npz"
    LSTMRegressor(2, 3, 2).save(path)
    whole, members = path.read_bytes(), members_of(path)
    for _ in range(N):
        content = respoiled(members, rng) if under_checksum else mutated(whole, rng)
        path.write_bytes(content)
        message = ""
        try:
            params = LSTMRegressor.load(path).params
        except WeightsError as error:
            message = str(error)
        else:
            for name, in_file in members_of(path):
                expected = np.lib.format.read_array(io.BytesIO(in_file))
                np.testing.assert_array_equal(params[name.removesuffix(".npy")], expected)
        assert len(message.splitlines()) <= 1
        count(f"weights{', checksum right' * under_checksum}", not message)


def new_training():
    model = LSTMRegressor(2, 3, 2, dropout=0.5)
    return Training(model, Adam(model.params), np.random.default_rng(0), {"epochs": 3})


def all_of(training):
    arrays = {name: array.tobytes() for name, array in training.arrays().items()}
    rngs = [training.rng.bit_generator.state, training.model.dropout.rng.bit_generator.state]
    return arrays, rngs, training.optimizer.t


def load_or_leave(path, kind):
    """Load a checkpoint; if it is refused nothing has changed, else training can go on."""
    training = new_training()
    before = all_of(training)
    try:
        history = training.load(path)
    except CheckpointError:
        assert all_of(training) == before
        count(kind, False)
        return
    assert history.epochs == len(history.seconds)
    training.rng.permutation(3)
    training.model.loss_and_grad(np.zeros((1, 2, 2), np.float32), np.zeros(1, np.float32))
    training.optimizer.step(training.model.grads)
    count(kind, True)


def test_a_damaged_checkpoint_is_refused_and_changes_nothing(tmp_path):
    rng, path = random.Random(4), tmp_path / "c.npz"
    new_training().save(path, History([1.0], [0.1], {"mape": [2.0]}))
    whole = path.read_bytes()
    for _ in range(N):
        path.write_bytes(mutated(whole, rng))
        load_or_leave(path, "checkpoint")


def test_a_state_of_another_shape_is_refused_and_changes_nothing(tmp_path):
    rng, path = random.Random(5), tmp_path / "c.npz"
    training = new_training()
    training.save(path, History([1.0], [0.1], {"mape": [2.0]}))
    with np.load(path) as arrays:
        state = json.loads(arrays["state"].tobytes())
    for _ in range(N):
        text = np.frombuffer(json.dumps(reshaped(state, rng)).encode(), np.uint8)
        np.savez(path, **training.arrays(), state=text)
        load_or_leave(path, "checkpoint, checksum right")


# JSON

ODD = [None, True, [], {}, "", "x", -1, 0, 1.5, 10**400, 2**64, [[1]], {"a": 1}, "\ud800"]


def reshaped(value, rng):
    """A copy of a JSON value in which one part, at any depth, is another or not there."""
    value = copy.deepcopy(value)
    part = value
    while True:
        keys = list(part) if isinstance(part, dict) else list(range(len(part)))
        key = rng.choice(keys)
        if not isinstance(part[key], dict | list) or not part[key] or rng.random() < 0.3:
            break
        part = part[key]
    if rng.random() < 0.3:
        del part[key]
    else:
        part[key] = rng.choice(ODD)
    return value


DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize("text", [DEEP, '{"sha256": ' + DEEP + "}", '{"a": 1' + "0" * 5000 + "}"])
def test_json_that_no_parser_can_hold_is_a_damaged_record(tmp_path, text):
    (tmp_path / "net.json").write_text(text)
    with pytest.raises(DamagedError, match=r"net\.json"):
        read_record(tmp_path / "net.json")


def test_json_that_nests_too_deeply_is_no_state_of_training(tmp_path):
    training = new_training()
    text = np.frombuffer(DEEP.encode(), np.uint8)
    write_arrays(tmp_path / "c.npz", training.arrays() | {"state": text})
    with pytest.raises(CheckpointError, match="holds no state of training"):
        training.load(tmp_path / "c.npz")


# Folders of results, of data with names that mean something to other programs

NAME = "=1+1<script>alert(1)<x> $x^$.csv"
STORES = "=2+2", "@", "a<b>$\\frac$"  # the last is the one that is tested on


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """A folder with a finished network, its survey, tables and page."""
    folder = tmp_path_factory.mktemp("hostile")
    days = np.arange("2020-01-01", "2020-05-01", dtype="datetime64[D]")
    sold = np.random.default_rng(0).poisson(20, (len(STORES), len(days)))
    rows = [
        f'{day},"{store}",&amp;,{sold[s, d]}'
        for s, store in enumerate(STORES)
        for d, day in enumerate(days)
    ]
    (folder / NAME).write_text("\n".join(["date,store,item,sales", *rows]))
    panel = read_panel(folder / NAME)
    threads = get_num_threads()
    start_worker(panel)
    recipe = dataclasses.replace(PAPER, epochs=1, windows_per_epoch=64)
    for path in FOLDERS:
        (folder / path).mkdir()
    for units in (2, 3):
        job = Job(panel.name, panel.sha256, "stores", recipe, units, seed=0)
        write_result(folder, job.name, *run_job(job, None))
    set_num_threads(threads)
    write_survey(folder, survey(panel, "stores"))
    write_tables(folder, study_records(folder))
    write_report(folder, read_runs(folder))
    return folder


def test_names_of_files_and_stores_are_text_on_the_page_and_nothing_else(out):
    page = (out / "report.html").read_text("utf-8")
    assert "&lt;script&gt;alert(1)" in page
    for forbidden in ("<script", "<b>", "<x>"):
        assert forbidden not in page


@pytest.mark.parametrize("name", ["results", "summary"])
def test_no_cell_of_a_csv_begins_as_a_formula_does(out, name):
    assert set(pd.read_csv(out / f"{name}.csv").data) == {f"'{NAME}"}


@pytest.mark.parametrize("name", [b"a\nb.csv", b"\x1b[31m.csv", b"\xe2\x80\xaevsc", b"\xff.csv"])
def test_the_name_of_a_panel_can_be_printed_and_written(tmp_path, name):
    path = tmp_path / os.fsdecode(name)
    path.write_bytes(CSV)
    shown = read_panel(path, min_days=5).name
    assert shown.isprintable()
    assert shown.encode("utf-8")


def test_a_mutated_record_is_damaged_or_says_the_same(out):
    rng, path = random.Random(6), next(out.glob("jobs/*.json"))
    check_mutated(path, rng, "record")


def test_a_mutated_survey_is_damaged_or_says_the_same(out):
    rng, path = random.Random(7), next(out.glob("survey-*.json"))
    check_mutated(path, rng, "survey")


def check_mutated(path, rng, kind):
    whole, record = path.read_bytes(), read_record(path)
    spoilt = path.with_name("spoilt.json")
    for _ in range(N):
        spoilt.write_bytes(mutated(whole, rng))
        try:
            assert read_record(spoilt) == record
            count(kind, True)
        except DamagedError:
            count(kind, False)
    spoilt.unlink()


@pytest.mark.parametrize("kind", ["jobs/*.json", "survey-*.json"])
def test_a_file_of_another_shape_is_left_out_of_the_report(out, tmp_path, kind):
    rng, copied = random.Random(8), shutil.copytree(out, tmp_path / "copy")
    path = next(copied.glob(kind))
    record = read_record(path)
    for _ in range(N // 2):
        other = reshaped(record, rng)
        path.write_text(json.dumps(other | {"sha256": checksum(other)}))
        runs = read_runs(copied)
        for run in runs:
            assert in_words(run)
        was_read = len(runs) == 1 and sum(len(g.records) for g in runs[0].groups) == 2
        count(f"{kind}, checksum right", was_read)
