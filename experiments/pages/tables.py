"""The tables of a run: CSV files, and text for the terminal."""

import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.analysis.claims import Claim, against
from experiments.analysis.groups import Group
from experiments.analysis.statistics import spread
from experiments.references.metrics import METRICS
from experiments.training.folder import RESULT_COLUMNS, write_text
from experiments.training.recipes import PAPER_MAPE
from tinylstm.model import BYTES_PER_KB

FORMULA_SIGNS = tuple("=+-@\t\r＝＋－＠")
INDENT = "    "
SETTING = ("data", "recipe", "split", "dropout", "epochs", "train_windows")
REFERENCE_TITLES = {
    "floor": "floor: the true mean, the best possible",
    "oracle60": "oracle that knows the seasons and 60 days",
    "lightgbm": "LightGBM on the same 60 days",
    "seasonal_naive_7": "the sales of 7 days before",
    "naive_1": "the sales of the day before",
}


def write_tables(out: Path, records: Sequence[dict[str, Any]]) -> None:
    """The folder's networks, of the last command's settings and of any others, as CSV.

    results.csv  a row per network
    summary.csv  a row per setting and size
    models.csv   a row per network: the hash of its weights, equal for equal bits
    """
    order = ["data", "recipe", "split", "dropout", "units", "seed"]
    results = [record["result"] for record in records]
    table = pd.DataFrame(results, columns=list(RESULT_COLUMNS)).assign(
        model=[record["name"] for record in records],
        sha256=[record["model_sha256"] for record in records],
        data_sha256=[record["job"]["data_sha256"] for record in records],
    )
    table = table.sort_values(order, ascending=[True] * 4 + [False, True])
    parts = [
        summarise(rows.to_dict("records")).assign(**dict(zip(SETTING, setting[1:], strict=True)))
        for setting, rows in table.groupby(["data_sha256", *SETTING], sort=False)
    ]
    summary = pd.concat(parts)
    summary = summary[[*SETTING, *(name for name in summary if name not in SETTING)]]
    files = {
        "results": table[list(RESULT_COLUMNS)],
        "summary": summary,
        "models": table[["model", "sha256"]],
    }
    for name, content in files.items():
        write_text(out / f"{name}.csv", content.map(harmless).to_csv(index=False))


def harmless(cell: Any) -> Any:
    """A cell of a CSV that no spreadsheet takes for a formula: such a text gets a ' in front.

    Source: OWASP, "CSV Injection". A file of sales may be called =1+1.csv.
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell


def summarise(results: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """A row per hidden size, largest first, over the seeds of one setting.

    Columns: units, seeds, n_params, size_bytes, kb; for each metric and train_seconds and
    predict_us NAME_mean, NAME_std, NAME_low, NAME_high (95% interval of the mean).
    """
    rows = []
    for units in sorted({result["units"] for result in results}, reverse=True):
        of_size = [result for result in results if result["units"] == units]
        row = {"units": units, "seeds": len(of_size)}
        row |= {name: of_size[0][name] for name in ("n_params", "size_bytes")}
        row["kb"] = row["size_bytes"] / BYTES_PER_KB
        for name in (*METRICS, "train_seconds", "predict_us"):
            for statistic, value in spread([result[name] for result in of_size])._asdict().items():
                row[f"{name}_{statistic}"] = value
        rows.append(row)
    return pd.DataFrame(rows)


def results_table(summary: pd.DataFrame, with_paper: bool = True) -> str:
    """The summary as text: a line per size, the paper's own MAPE beside it if that compares."""
    lines = [
        f"{'units':>5} {'parameters':>11} {'KB':>7} {'MAPE %':>14} {'RMSE':>7}"
        f" {'train s':>8} {'predict µs':>11}" + f" {'paper MAPE %':>13}" * with_paper
    ]
    for row in summary.itertuples():
        mape = f"{row.mape_mean:.2f}"
        if not math.isnan(row.mape_std):
            mape += f" ± {row.mape_std:.2f}"
        lines.append(
            f"{row.units:>5} {row.n_params:>11,} {row.kb:>7.1f} {mape:>14} {row.rmse_mean:>7.2f}"
            f" {row.train_seconds_mean:>8.1f} {row.predict_us_mean:>11.0f}"
            + f" {PAPER_MAPE.get(row.units, '-'):>13}"
            * with_paper
        )
    return "\n".join(lines)


def comparison_lines(group: Group) -> str:
    """MAPE of each size against the yardstick, pair by pair over the seeds; a line each."""
    lines = []
    for units in group.units:
        found = against(group, units, group.yardstick)
        if units != group.yardstick and found:
            points = f"{found.mean:+.2f} [{found.low:+.2f}, {found.high:+.2f}] points of MAPE"
            told = f"{points}, {found.verdict} (p = {found.p:.2g})"
            lines.append(f"{units} against {group.yardstick} units: {told}")
    return "\n".join(lines)


def group_table(group: Group) -> str:
    """The table of a group, and its sizes compared."""
    recipe, split = group.recipe["name"], group.settings["split"]
    table = results_table(summarise(group.results), (recipe, split) == ("paper", "stores"))
    comparisons = comparison_lines(group)
    return f"{table}\n\n{comparisons}" if comparisons else table


def reference_lines(references: Sequence[dict[str, Any]]) -> str:
    """The references as lines of text under the table."""
    return "\n".join(
        f"{REFERENCE_TITLES.get(row['reference'], row['reference']):<42}"
        f" MAPE {row['mape']:>5.2f}   RMSE {row['rmse']:>5.2f}"
        for row in references
    )


def claim_lines(claims: Sequence[Claim]) -> str:
    """The claims as text: what the paper says and the verdict; under it, what was found."""
    lines = [f"{'the paper claims':<48} {'abstract':>13} {'its figure':>15}   verdict"]
    for claim in claims:
        lines.append(f"{claim.claim:<48} {claim.abstract:>13} {claim.figure:>15}   {claim.verdict}")
        if claim.ours != "-":
            lines.append(
                textwrap.fill(claim.ours, 96, initial_indent=INDENT, subsequent_indent=INDENT)
            )
    return "\n".join(lines)
