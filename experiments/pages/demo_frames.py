"""The demonstration as pictures of text: what the unit does, its loss, the gradient check."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.analysis.demonstration import STEPS, Gates, Moment, Pair
from tinylstm.check.bugs import Bug
from tinylstm.check.gradients import TOLERANCE, UNPROVEN, WRONG
from tinylstm.check.trials import Trial

COLUMNS, ROWS = 80, 24  # the least terminal that a frame fits into
WIDEST = 110
LABEL = 15  # columns of the names of rows
LOSS_ROWS, LOSS_TOP, LOSS_BOTTOM = 5, 1e-1, 1e-3
BLOCKS = " ▁▂▃▄▅▆▇█"
HEALTHY, BROKEN = "·", "o"  # the marks of the two curves
CLOSE = 0.1  # mean error of the answers that are good enough to be green
SIZES = (0.05, 0.25, 0.5)  # of what comes in, from which on it has one sign, two, three

CODES = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "cyan": 36}

TASK = "Numbers go by, some with a flag. After each the unit is asked for the one flagged last."
CHECK = "The gradient check nudges each number by a little and watches the loss."


class Ink:
    """Colours of a terminal, or none: where colour helps, the characters say the same."""

    def __init__(self, is_coloured: bool) -> None:
        self.is_coloured = is_coloured

    def __call__(self, text: str, *names: str) -> str:
        """The text in that colour or weight."""
        if not self.is_coloured or not names or not text.strip():
            return text
        codes = ";".join(str(CODES[name]) for name in names)
        return f"\x1b[{codes}m{text}\x1b[0m"


@dataclass(frozen=True)
class Scene:
    """A training so far, and of the one before it, without a bug, all that there was."""

    moments: Sequence[Moment]
    updates: int  # that there will be
    bug: Bug | None = None  # what is switched on
    before: Sequence[Moment] = ()

    @property
    def now(self) -> Moment:
        """The latest moment."""
        return self.moments[-1]

    @property
    def is_done(self) -> bool:
        """Whether this is the last moment."""
        return self.now.updates == self.updates


def title(scene: Scene) -> str:
    """What is going on."""
    if scene.bug:
        return f"2  The same again, with the bug {scene.bug.name}"
    return "1  One LSTM unit learns to remember"


def diff(bug: Bug) -> list[str]:
    """The line that was changed, before and after."""
    pieces = (("-", bug.healthy), ("+", bug.broken))
    return [f"{sign} {line.strip()}" for sign, piece in pieces for line in piece.split("\n")]


def opening(scene: Scene) -> list[str]:
    """What begins, for where no picture can be drawn."""
    if scene.bug is None:
        return [title(scene), *textwrap.wrap(TASK, COLUMNS - 1)]
    mistake = textwrap.wrap(scene.bug.mistake, COLUMNS - 1)
    return [title(scene), *(f"  {line}" for line in diff(scene.bug)), *mistake]


def training_frame(scene: Scene, columns: int, ink: Ink) -> list[str]:
    """The unit at work on one window, its gates in numbers, and the loss so far.

    At most ROWS - 1 lines of at most `columns` - 1 characters, beside those of the colours.
    """
    width = min(columns - 1, WIDEST)
    step = (width - LABEL) // STEPS
    sight = scene.now.sight

    def row(name: str, cells: Sequence[str], *names: str) -> str:
        return f"{name:<{LABEL}}" + "".join(
            ink(f"{cell:<{step}}", *(names if at_flag else names or ("dim",)))
            for cell, at_flag in zip(cells, sight.flags, strict=True)
        )

    def bars(name: str, values: np.ndarray, rows: int, *names: str) -> list[str]:
        levels = [bar(value, rows, step - 1) for value in values]
        lines = zip(*levels, strict=True)
        return [row("" if n else name, line, *names) for n, line in enumerate(lines)]

    marks = ["▲" * (step - 1) if flag else "" for flag in sight.flags]
    close = np.abs(sight.answers - sight.right).mean() < CLOSE
    head = [ink(part[:width], colour) for part, colour in explained(scene, width)]
    return [
        ink(title(scene), "bold", *(("red",) if scene.bug else ())),
        *head,
        *bars("number", sight.numbers, 2),
        row("flag", marks, "yellow"),
        *bars("to remember", sight.right, 2, "cyan"),
        *bars("its answer", sight.answers, 2, "green" if close else "red"),
        "",
        *bars("input gate", sight.i, 1, "yellow"),
        *bars("forget gate", sight.f, 1, "yellow"),
        row("comes in, i*g", [signs(value, step - 1) for value in sight.i * sight.g], "yellow"),
        *bars("cell", (sight.c + 1) / 2, 1, "cyan"),
        gates_sentence(scene.now.gates),
        "",
        *loss_chart(scene, width, ink),
    ]


def explained(scene: Scene, width: int) -> list[tuple[str, str]]:
    """Two lines under the title, each with its colour: the task or, of a bug, the diff."""
    if scene.bug is None:
        return list(zip([*textwrap.wrap(TASK, width), ""][:2], ("dim", "dim"), strict=True))
    lines = diff(scene.bug)
    return list(zip([lines[0], lines[-1]], ("red", "green"), strict=True))


def bar(value: float, rows: int, width: int) -> list[str]:
    """A bar from 0 to 1 in so many rows, the upper one first; never without a foot."""
    level = round(min(max(float(value), 0.0), 1.0) * 8 * rows) or 1
    return [BLOCKS[min(max(level - 8 * row, 0), 8)] * width for row in reversed(range(rows))]


def signs(value: float, width: int) -> str:
    """A number as plus or minus signs, the more the larger; a dot for next to nothing."""
    size = sum(abs(value) >= least for least in SIZES)
    return ("+" if value > 0 else "-") * min(size, width) or "."


def gates_sentence(gates: Gates) -> str:
    """Both gates in numbers."""
    return (
        f"at flags: input gate {gates.input_at_flags:.2f}, "
        f"forget gate {gates.forget_at_flags:.2f}; "
        f"elsewhere {gates.input_elsewhere:.2f} and {gates.forget_elsewhere:.2f}"
    )


def loss_chart(scene: Scene, width: int, ink: Ink) -> list[str]:
    """The loss over the updates on a logarithmic scale, and under it the latest in numbers."""
    places = width - LABEL
    grid = [[" "] * places for _ in range(LOSS_ROWS)]
    broken = scene.bug is not None
    curves = [(scene.before, HEALTHY), (scene.moments, BROKEN if broken else HEALTHY)]
    for moments, mark in curves:
        for moment in moments:
            share = np.log(LOSS_TOP / max(moment.loss, 1e-12)) / np.log(LOSS_TOP / LOSS_BOTTOM)
            row = round(float(np.clip(share, 0, 1)) * (LOSS_ROWS - 1))
            grid[row][round(moment.updates / scene.updates * (places - 1))] = mark
    names = {0: f"loss   {LOSS_TOP:g}", LOSS_ROWS - 1: f"       {LOSS_BOTTOM:g}"}
    colours = {" ": (), HEALTHY: ("green",), BROKEN: ("red",)}
    lines = [
        f"{names.get(n, ''):<{LABEL}}" + "".join(ink(mark, *colours[mark]) for mark in row)
        for n, row in enumerate(grid)
    ]
    now = f"update {scene.now.updates} of {scene.updates}: loss {scene.now.loss:.4f}"
    if broken:
        then = scene.before[len(scene.moments) - 1]  # after as many updates
        now += f" {BROKEN} with the bug, {then.loss:.4f} {HEALTHY} healthy"
    return [*lines, f"{'':{LABEL}}{now}"]


def moment_line(moment: Moment) -> str:
    """A moment as a line, for where no picture can be drawn."""
    gates = moment.gates
    return (
        f"{moment.updates:>7}  {moment.loss:.4f}"
        f"{gates.input_at_flags:>17.2f}{gates.forget_at_flags:>8.2f}"
        f"{gates.input_elsewhere:>18.2f}{gates.forget_elsewhere:>8.2f}"
    )


def moment_header() -> str:
    """The names of the columns of `moment_line`."""
    return "updates  loss    at flags: input  forget  elsewhere: input  forget"


def check_frame(
    pairs: Sequence[Pair], trial: Trial | None, gates: tuple[Gates, Gates], columns: int, ink: Ink
) -> list[str]:
    """The table of the gradient check so far and, once there is a trial, what came out.

    `gates` are those after training, without the bug and with it.
    """
    width = min(columns - 1, WIDEST)
    lines = [ink("3  Is the gradient right?", "bold"), *textwrap.wrap(CHECK, width), ""]
    lines += [check_header(), *(check_row(pair, ink) for pair in pairs)]
    if trial:
        lines += ["", *conclusion(trial, gates, width, ink)]
    return lines


def check_header() -> str:
    """The names of the columns of `check_row`."""
    return f"{'gradient of':<14}{'shape':<9}{'healthy: error':<25}with the bug: error"


def check_row(pair: Pair, ink: Ink) -> str:
    """An array and the largest relative error of its gradient, without the bug and with it."""
    shape = "x".join(map(str, pair.healthy.shape))
    cells = []
    for row in pair:
        error = "" if row.verdict in UNPROVEN else f"{row.error:.0e}  "
        colour = "red" if row.verdict == WRONG else "green"
        cells.append(ink(f"{error + row.verdict:<25}", colour))
    return f"{pair.healthy.name:<14}{shape:<9}{''.join(cells)}"


def conclusion(trial: Trial, gates: tuple[Gates, Gates], width: int, ink: Ink) -> list[str]:
    """What the loss says, what the gradient check says, and what the forget gate has learnt."""
    hidden = trial.training == "still learns"
    wrong = [row.name for row in trial.wrong]
    loss = (
        f"The loss (median of the last tenth): {trial.healthy:.4f} healthy, {trial.loss:.4f} with "
        f"the bug. It {trial.training}"
        + (": the curve alone would have hidden the bug." if hidden else ", so the curve shows it.")
    )
    are = "is" if len(wrong) == 1 else "are"
    found = (
        f"The check: {len(wrong)} of {len(trial.rows)} gradients {are} off by more than "
        f"{TOLERANCE:.0e}: {', '.join(wrong)}."
        if wrong
        else "The check found no wrong gradient."
    )
    healthy, broken = (each.forget_at_flags for each in gates)
    forget = f"The forget gate at flags: {healthy:.2f} healthy, {broken:.2f} with the bug."
    styles: tuple[tuple[str, ...], ...] = (), ("red",) if wrong else (), ()
    sentences = zip((loss, found, forget), styles, strict=True)
    return [ink(line, *style) for text, style in sentences for line in textwrap.wrap(text, width)]
