"""The ways to make a trained network smaller, and the grid of them that is tried."""

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product

from experiments.data.features import N_FEATURES
from tinylstm.compression.lowrank import saves_numbers
from tinylstm.compression.quantize import PER

WIDTH, ROUNDED, TRAINED = "width alone", "rounded afterwards", "rounded in training"
PRUNED, UNITS_PRUNED, LOW_RANK = "pruned", "units pruned", "low rank"
DISTILLED = "distilled"
METHODS = ("as trained", WIDTH, ROUNDED, TRAINED, PRUNED, UNITS_PRUNED, LOW_RANK, DISTILLED)
FLOAT = 32  # bits of a weight that is not rounded
FINE_RATE = 3e-3  # highest learning rate after the network was made smaller
FINE_SHARE = 0.5  # of the epochs before: how long it is then trained again
FEWER_BITS = (8, 6, 4, 3, 2)
SPARSITIES = (0.5, 0.7, 0.9)
RANKS = (1, 2, 4)
TEACHER = 64  # hidden units


@dataclass(frozen=True)
class Compression:
    """What becomes of a network after its training, and how long it then is trained again."""

    method: str
    bits: int = 8  # of a stored weight; 32: float32
    per: str = PER[0]  # what has a scale of its own
    sparsity: float = 0.0  # share of the weights of each matrix that are zero
    rank: int = 0  # of W and U, where that saves numbers; 0: any
    wider: int = 0  # hidden units of the network that units are taken from; 0: none are
    teacher: int = 0  # hidden units of the network whose forecasts it learns; 0: it learns sales
    epochs: int = 0  # of training with the simpler weights
    learning_rate: float = FINE_RATE

    def __str__(self) -> str:
        parts = [self.method, f"{self.bits} bits" if self.bits < FLOAT else ""]
        parts += ["a scale for each column"] * (self.per == PER[1])
        parts += [f"{self.sparsity:.0%} zero"] * (self.sparsity > 0)
        parts += [f"rank {self.rank}"] * (self.rank > 0)
        parts += [f"from {self.wider} units"] * (self.wider > 0)
        return ", ".join(filter(None, parts))


AS_TRAINED = Compression(METHODS[0], FLOAT)  # what the others begin with


@dataclass(frozen=True)
class Grid:
    """What is tried of each network."""

    methods: Collection[str] = METHODS[1:]
    bits: Collection[int] = FEWER_BITS  # of the rounded ones; of the others as Compression says
    teacher: int = TEACHER  # hidden units; 0: none
    epochs: int | None = None  # of training after it was made smaller; None: FINE_SHARE
    learning_rate: float = FINE_RATE

    def ways(self, units: int, epochs_before: int) -> Iterator[Compression]:
        """All that is tried of a network of so many units, which was trained for so many epochs.

        Each way has the same training afterwards, or none where that is the way.
        """
        epochs = self.epochs or math.ceil(FINE_SHARE * epochs_before)
        further = partial(Compression, epochs=epochs, learning_rate=self.learning_rate)
        yield from (way for way in self._all(units, further) if way.method in self.methods)

    def _all(self, units: int, further: Callable[..., Compression]) -> Iterator[Compression]:
        yield further(WIDTH, FLOAT)
        for bits, per in product(self.bits, PER):
            yield Compression(ROUNDED, bits, per)
            yield further(TRAINED, bits, per)
        for sparsity in SPARSITIES:
            yield further(PRUNED, sparsity=sparsity)
        shapes = (N_FEATURES, 4 * units), (units, 4 * units)
        for rank in RANKS:
            if any(saves_numbers(shape, rank) for shape in shapes):
                yield further(LOW_RANK, rank=rank)
        yield further(UNITS_PRUNED, wider=2 * units)
        if units < self.teacher:
            yield further(DISTILLED, teacher=self.teacher)
