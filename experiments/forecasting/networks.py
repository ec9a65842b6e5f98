"""The networks of a shop, trained in processes, in any number of tries.

A network that is done leaves two files, `models/NAME.npz` with its weights and `jobs/NAME.json`
with what else there is to say; the name holds a hash of everything that it depends on. One that is
not done leaves the checkpoint of its last epoch, `checkpoints/NAME.npz`.
"""

import functools
import hashlib
import json
import pickle
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from concurrent.futures.process import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.data.panel import SalesPanel
from experiments.forecasting.network import Lesson, train
from experiments.forecasting.result import Tell
from experiments.training.folder import file_hash, set_aside, write_text
from experiments.training.interrupts import check_interrupt, held_back
from experiments.training.many_jobs import COMPILING, SECONDS_BETWEEN_LOOKS, TRIES
from experiments.training.processes import compile_in_a_process, process_pool, stored_panel
from experiments.training.stamp import LIBRARIES, SOURCES, make_stamp, vector_length
from tinylstm import LSTMRegressor
from tinylstm.checkpoint import CheckpointError
from tinylstm.training import DivergedError
from tinylstm.weights import WeightsError, write_arrays

Weights = dict[str, np.ndarray]
Next = Callable[[Lesson, int], Lesson | None]


@dataclass(frozen=True, eq=False)
class Network:
    """A trained network, and how many epochs proved best."""

    model: LSTMRegressor
    epochs: int


def train_networks(
    panel: SalesPanel,
    lessons: Iterable[Lesson],
    following: Next,
    out: Path,
    workers: int,
    tell: Tell,
) -> dict[Lesson, Network]:
    """Train a network for each lesson and for each that follows one, `following(lesson, epochs)`.

    Those that lie in the folder are read. They run in so many processes of one thread, and the
    numbers do not depend on how many. One whose loss is no longer finite, or whose process is
    killed again and again, is told and left out.
    """
    subject = fingerprint(panel)
    done: dict[Lesson, Network] = {}
    waiting: list[Lesson] = []

    def sort(lesson: Lesson) -> None:
        """Put a lesson, and those that follow it, among those done or those that wait."""
        network = read_network(out, name_of(lesson, subject), tell)
        if network is None:
            waiting.append(lesson)
            return
        done[lesson] = network
        if (after := following(lesson, network.epochs)) is not None:
            sort(after)

    lessons = list(lessons)
    for lesson in lessons:
        sort(lesson)
    total = sum(2 if following(lesson, 1) else 1 for lesson in lessons)
    tries, before = 0, len(done)
    with stored_panel(panel) as path:
        while waiting and tries < TRIES:
            try:
                if tries == 0:
                    compile_in_a_process(lambda s: tell(COMPILING.format(s), len(done) / total))
                with process_pool(min(workers, len(waiting)), path.parent) as pool:
                    submit = functools.partial(_submit, pool, path, out / "checkpoints", subject)
                    futures = {submit(lesson): lesson for lesson in waiting}
                    while futures:
                        check_interrupt()
                        ended, _ = wait(futures, SECONDS_BETWEEN_LOOKS, FIRST_COMPLETED)
                        tell(f"network {len(done) + 1} of {total}", len(done) / total)
                        for future in ended:
                            lesson = futures.pop(future)
                            try:
                                epochs, weights = future.result()
                            except (DivergedError, MemoryError) as error:
                                waiting.remove(lesson)
                                tell(f"a network was left out: {error or 'out of memory'}", None)
                                continue
                            write_network(out, name_of(lesson, subject), epochs, weights)
                            waiting.remove(lesson)
                            fresh = len(waiting)
                            sort(lesson)
                            futures |= {submit(each): each for each in waiting[fresh:]}
            except BrokenExecutor:
                tries = tries + 1 if len(done) == before else 1
                before = len(done)
                tell("a worker was killed, perhaps for lack of memory; going on in a new one", None)
    return done


def _submit(
    pool: ProcessPoolExecutor, panel: Path, checkpoints: Path, subject: str, lesson: Lesson
) -> Future[tuple[int, Weights]]:
    with held_back():
        checkpoint = checkpoints / f"{name_of(lesson, subject)}.npz"
        return pool.submit(_run, lesson, panel, checkpoint)


def _run(lesson: Lesson, panel: Path, checkpoint: Path) -> tuple[int, Weights]:
    try:
        model, epochs = train(_load(panel), lesson, checkpoint)
    except CheckpointError:
        set_aside(checkpoint.parents[1], checkpoint.stem)
        model, epochs = train(_load(panel), lesson, checkpoint)
    return epochs, model.stored()


@functools.lru_cache(maxsize=1)
def _load(panel: Path) -> SalesPanel:
    loaded: SalesPanel = pickle.loads(panel.read_bytes())
    return loaded


# The folder


def name_of(lesson: Lesson, subject: str) -> str:
    """The name of a network's files: of what program, of which sales, how it was trained."""
    text = f"{shop_stamp()} {subject} {lesson!r}"
    kind = "backtest" if lesson.epochs is None else "all"
    digest = hashlib.sha256(text.encode()).hexdigest()[:10]
    return f"shop-{kind}-units{lesson.units}-seed{lesson.seed}-{digest}"


@functools.cache
def shop_stamp() -> str:
    """The stamp of the program that trains networks of a shop, see `training.stamp`."""
    here = Path(__file__).parent
    sources = (*SOURCES, here / "inputs.py", here / "network.py")
    return make_stamp(sources, LIBRARIES, f"vectors of {vector_length()}")


def fingerprint(panel: SalesPanel) -> str:
    """The sha256 of what a network may see of a panel."""
    digest = hashlib.sha256(f"{panel.sales.shape} {panel.dates[0]}".encode())
    digest.update(panel.sales.astype("<i4").tobytes())
    for array in (panel.first, panel.stop, panel.closed):
        digest.update(b"none" if array is None else np.asarray(array, "<i8").tobytes())
    return digest.hexdigest()


def write_network(out: Path, name: str, epochs: int, weights: Mapping[str, np.ndarray]) -> None:
    """Store a network: first its weights, then what makes them count."""
    model = out / "models" / f"{name}.npz"
    write_arrays(model, dict(weights))
    content = {"epochs": epochs, "model_sha256": file_hash(model)}
    write_text(out / "jobs" / f"{name}.json", json.dumps(content))
    (out / "checkpoints" / f"{name}.npz").unlink(missing_ok=True)


def read_network(out: Path, name: str, tell: Tell) -> Network | None:
    """A stored network; None if there is none, or it is damaged and now set aside."""
    model, job = out / "models" / f"{name}.npz", out / "jobs" / f"{name}.json"
    if not (model.exists() and job.exists()):
        return None
    try:
        content = json.loads(job.read_text("utf-8"))
        if content["model_sha256"] != file_hash(model):
            raise WeightsError(f"{model} has another checksum than when it was written")
        return Network(LSTMRegressor.load(model, dropout=0.0), int(content["epochs"]))
    except (ValueError, KeyError, TypeError) as error:
        tell(f"{error}; set aside in {set_aside(out, name)}, and trained again", None)
        return None
