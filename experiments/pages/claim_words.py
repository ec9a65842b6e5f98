"""The paper's claims in words: what its abstract and figures say, and what a run found."""

from dataclasses import dataclass

from experiments.analysis.claims import (
    ABSTRACT_MAPE,
    LESS_ERROR,
    LESS_MEMORY,
    PAPER_KB,
    PREDICTION_MS,
    ROWS,
    AccuracyClaim,
    Claim,
    DataClaim,
    ErrorClaim,
    LargerClaim,
    SizeClaim,
    SpeedClaim,
    TooFewClaim,
    Verdict,
)
from experiments.analysis.statistics import spread
from experiments.training.recipes import PAPER_MAPE
from tinylstm.model import BYTES_PER_KB

NOTHING = "-"


@dataclass(frozen=True)
class ClaimWords:
    """A row of the table of claims."""

    claim: str
    abstract: str  # what the paper's abstract says
    figure: str  # what the author's own figure shows
    ours: str  # what this run found
    verdict: Verdict


def claim_words(claim: Claim) -> ClaimWords:
    """A claim in words."""
    return ClaimWords(*_stated(claim), _found(claim) or NOTHING, claim.verdict)


def _stated(claim: Claim) -> tuple[str, str, str]:
    match claim:
        case DataClaim():
            return f"the data: {ROWS:,} daily sales, 10 stores of 50 items", f"{ROWS:,}", NOTHING
        case SizeClaim():
            sizes = f"{PAPER_KB[128]} → {PAPER_KB[64]} KB"
            return f"64 units take {LESS_MEMORY}% less memory than 128", sizes, sizes
        case ErrorClaim():
            abstract = NOTHING if claim.in_abstract is None else f"{claim.in_abstract}%"
            figure = f"{PAPER_MAPE[claim.units]}%"
            return f"{claim.units} units have a MAPE of {claim.stated}%", abstract, figure
        case AccuracyClaim():
            abstract, figure = (f"{of[128]} → {of[64]}%" for of in (ABSTRACT_MAPE, PAPER_MAPE))
            return f"64 units are {LESS_ERROR}% more accurate than 128", abstract, figure
        case LargerClaim():
            name = "larger models do not always give better results"
            return name, "stated", f"{PAPER_MAPE[32]}% at 32 units"
        case TooFewClaim():
            figure = f"{PAPER_MAPE[32]} → {PAPER_MAPE[16]}%"
            return "16 units are too few: the error doubles", NOTHING, figure
        case SpeedClaim():
            figure = f"{PREDICTION_MS[0]} to {PREDICTION_MS[1]} ms"
            return "one prediction takes as long at every size", NOTHING, figure
    raise TypeError(f"{type(claim).__name__} is no claim of the paper")


def _found(claim: Claim) -> str:
    match claim:
        case DataClaim():
            return f"{claim.data}: {claim.n_rows:,} rows, {claim.n_series} series"
        case SizeClaim(bytes_128=int(large), bytes_64=int(small), percent_less=less):
            kb = f"{large / BYTES_PER_KB:.1f} → {small / BYTES_PER_KB:.1f} KB"
            return f"{kb}, {less:.0f}% less"
        case ErrorClaim(found=(error,)):
            return f"{error:.2f}%, one seed"
        case ErrorClaim(found=errors) if errors:
            mean, _, low, high = spread(errors)
            runs = f"runs from {min(errors):.2f} to {max(errors):.2f}"
            return f"{mean:.2f}% [{low:.2f}, {high:.2f}], {runs}"
        case AccuracyClaim(found=found) if found:
            return f"{found.mean:+.2f} points, {found.verdict.value} (p = {found.p:.2g})"
        case LargerClaim(found=found) if found:
            sizes = (f"{n}: {of.mean:+.2f} [{of.low:+.2f}, {of.high:+.2f}]" for n, of in found)
            return f"against {claim.largest} units: {'; '.join(sizes)}"
        case TooFewClaim():
            means = {
                "as the paper forecasts": claim.as_published,
                "with dropout left on": claim.left_on,
                "trained without dropout": claim.without,
            }
            told = (f"{error:.2f}% {how}" for how, error in means.items() if error is not None)
            return "; ".join(told)
        case SpeedClaim(largest_us=float(large), smallest_us=float(small)):
            ends = min(PAPER_MAPE), max(PAPER_MAPE)
            return f"{small:.0f} µs at {ends[0]} units, {large:.0f} µs at {ends[1]}"
    return ""
