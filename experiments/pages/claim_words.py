"""The paper's claims in words: what its abstract and figures say, and what a run found."""

from dataclasses import dataclass

from experiments.analysis.claims import Claim, Kind, Verdict
from experiments.pages.sentences import change
from experiments.training.recipes import PAPER_MAPE
from experiments.words import plural
from tinylstm.model import BYTES_PER_KB

STATED = {  # the claim, the abstract, the figure
    Kind.DATA: ("the data: 913,000 daily sales, 10 stores of 50 items", "913,000", "-"),
    Kind.SIZE: ("64 units take 73% less memory than 128", "280 → 76 KB", "280 → 76 KB"),
    Kind.ACCURACY: ("64 units are 47% more accurate than 128", "23.6 → 12.4%", "12.5 → 12.4%"),
    Kind.LARGER: (
        "larger models do not always give better results",
        "stated",
        "12.3% at 32 units",
    ),
    Kind.TOO_FEW: ("16 units are too few: the error doubles", "-", "12.3 → 23.6%"),
    Kind.SPEED: ("one prediction takes as long at every size", "-", "23.0 to 23.7 ms"),
}
WAYS = ("as the paper forecasts", "with dropout left on", "trained without dropout")


@dataclass(frozen=True)
class ClaimWords:
    """A row of the table of claims."""

    claim: str
    abstract: str  # what the paper's abstract says
    figure: str  # what the author's own figure shows
    ours: str  # what this run found; empty if nothing
    verdict: Verdict


def claim_words(claim: Claim) -> ClaimWords:
    """A claim in words."""
    stated = STATED.get(claim.kind) or (
        f"{claim.units} units have a MAPE of {claim.stated}%",
        f"{claim.stated}%" if claim.in_abstract else "-",
        f"{PAPER_MAPE[claim.units]}%",
    )
    ours = _found(claim) if claim.found or claim.compared else ""
    return ClaimWords(*stated, ours, claim.verdict)


def _found(claim: Claim) -> str:
    match claim.kind, claim.found:
        case Kind.DATA, (rows, series):
            return f"{rows:,} rows, {series} series"
        case Kind.SIZE, (large, small):
            less = 100 * (1 - small / large)
            return f"{large / BYTES_PER_KB:.1f} → {small / BYTES_PER_KB:.1f} KB, {less:.0f}% less"
        case Kind.ERROR, (error,):
            return f"{error:.2f}%, one network"
        case Kind.ERROR, (middle, low, high, n):
            of = plural(int(n), "network")
            return f"{middle:.2f}% ({of}), one more from {low:.2f} to {high:.2f}%"
        case Kind.ACCURACY, (of_rmse, low, high, of_mape, lowest, highest):
            return (
                f"RMSE {of_rmse:+.1f}%, one more pair from {low:+.1f} to {high:+.1f}; "
                f"MAPE {of_mape:+.1f}%, one more from {lowest:+.1f} to {highest:+.1f}"
            )
        case Kind.TOO_FEW, errors:
            pairs = zip(errors, WAYS, strict=False)
            return "median " + "; ".join(f"{error:.2f}% {way}" for error, way in pairs)
        case Kind.SPEED, (few, many, fast, slow, fast_alone, slow_alone):
            return (
                f"{fast:.0f} µs at {few:.0f} units, {slow:.0f} µs at {many:.0f}; of many windows "
                f"{fast_alone:.2g} and {slow_alone:.2g} µs each"
            )
    found = (
        f"{each.units}: RMSE {change(each.rmse)}, MAPE {change(each.mape)}, {each.relation.value}"
        for each in claim.compared
    )
    return f"recipe {claim.recipe}, against {claim.units} units, {'; '.join(found)}"
