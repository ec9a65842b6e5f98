"""The ensemble of a shop: its networks, trained in processes, in any number of tries.

A network that is done leaves two files, `models/NAME.npz` with its weights and `jobs/NAME.json`
with what else there is to say; the name holds a hash of everything that it depends on. One that is
not done leaves the checkpoint of its last epoch, `checkpoints/NAME.npz`.
"""

import functools
import hashlib
import json
import pickle
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.data.panel import SalesPanel
from experiments.forecasting.network import Lesson, train
from experiments.forecasting.result import Tell
from experiments.training.folder import file_hash, set_aside, write_text
from experiments.training.interrupts import held_back
from experiments.training.many_jobs import COMPILING, SECONDS_BETWEEN_LOOKS, TRIES
from experiments.training.processes import compile_in_a_process, process_pool, stored_panel
from experiments.training.stamp import LIBRARIES, SOURCES, make_stamp, vector_length
from tinylstm import LSTMRegressor
from tinylstm.checkpoint import CheckpointError, read_history
from tinylstm.interrupts import check_interrupt
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
    work = _Lessons(list(lessons), following, fingerprint(panel), out, tell)
    tries, done = 0, -1
    with stored_panel(panel) as path:
        while work.waiting and tries < TRIES:
            tries = tries + 1 if len(work.done) == done else 1
            done = len(work.done)
            try:
                compile_in_a_process(lambda seconds: work.tell(COMPILING.format(seconds)))
                with process_pool(min(workers, len(work.waiting)), path.parent) as pool:
                    work.run(pool, path)
            except BrokenExecutor:
                tell("a process was killed, perhaps for lack of memory; going on in another", None)
    for _ in work.waiting:
        tell(f"a network was left out: its process was killed {TRIES} times", None)
    return work.done


class _Lessons:
    """The lessons of a shop: those that are done, and those that wait."""

    def __init__(
        self, lessons: list[Lesson], following: Next, subject: str, out: Path, tell: Tell
    ) -> None:
        self.done: dict[Lesson, Network] = {}
        self.waiting: list[Lesson] = []
        self._following, self._subject, self._out, self._news = following, subject, out, tell
        self._total = sum(2 if following(lesson, 1) else 1 for lesson in lessons)
        for lesson in lessons:
            self._add(lesson)

    def tell(self, words: str) -> None:
        """How far the lessons are, those that are learnt now by their epochs."""
        going = sum(map(self._share, self.waiting))
        self._news(words, min((len(self.done) + going) / self._total, 1.0))

    def _share(self, lesson: Lesson) -> float:
        """Of its epochs, which a lesson has behind it."""
        try:
            history = read_history(self._out / "checkpoints" / f"{self._name(lesson)}.npz")
        except (OSError, CheckpointError):  # not begun, or done meanwhile
            return 0.0
        return history.epochs / (lesson.epochs or lesson.recipe.epochs)

    def run(self, pool: Executor, panel: Path) -> None:
        """Run all that wait, and those that follow them, with the panel of that file."""
        futures: dict[Future[tuple[int, Weights]], Lesson] = {}
        while self.waiting:
            with held_back():
                for lesson in self.waiting:
                    if lesson not in futures.values():
                        checkpoint = self._out / "checkpoints" / f"{self._name(lesson)}.npz"
                        futures[pool.submit(_run, lesson, panel, checkpoint)] = lesson
            check_interrupt()
            self.tell(f"training network {len(self.done) + 1} of {self._total}")
            for future in wait(futures, SECONDS_BETWEEN_LOOKS, FIRST_COMPLETED).done:
                self._end(futures.pop(future), future)

    def _end(self, lesson: Lesson, future: Future[tuple[int, Weights]]) -> None:
        """Store what became of a lesson."""
        try:
            epochs, weights = future.result()
        except (DivergedError, MemoryError) as error:
            self._news(f"a network was left out: {error or 'out of memory'}", None)
        else:
            write_network(self._out, self._name(lesson), epochs, weights)
            self._add(lesson)
        self.waiting.remove(lesson)

    def _add(self, lesson: Lesson) -> None:
        """Put a lesson among those done, and so what follows it, or among those that wait."""
        network = read_network(self._out, self._name(lesson), self._news)
        if network is None:
            self.waiting.append(lesson)
            return
        self.done[lesson] = network
        if (after := self._following(lesson, network.epochs)) is not None:
            self._add(after)

    def _name(self, lesson: Lesson) -> str:
        return name_of(lesson, self._subject)


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
