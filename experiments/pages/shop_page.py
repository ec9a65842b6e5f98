"""A shop's forecast as one HTML page that needs nothing else: no network, no library (jinja2)."""

import importlib.util
from pathlib import Path

from experiments.forecasting.result import ShopForecast
from experiments.pages import shop_data, shop_tables, shop_words
from experiments.pages.mend_words import mend_sentence
from experiments.pages.shop_chart import still_chart
from experiments.pages.template import template
from experiments.training.folder import write_text
from experiments.words import install

NAME = "forecast.html"
OPEN_ROWS = 30  # of the table of orders, which is folded up if it has more


def write_shop_page(out: Path, found: ShopForecast, command: str) -> str:
    """Write `forecast.html`, or only say what it takes; a sentence for the terminal.

    `command` is what makes the page again. Raises OSError.
    """
    if importlib.util.find_spec("jinja2") is None:
        return f"no page without jinja2: {install('[report]')}, then the same command again"
    write_text(out / NAME, page(found, command))
    return f"The page: {out / NAME}"


def page(found: ShopForecast, command: str) -> str:
    """The page's text."""
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    sold, expected = shop_data.totals(found)
    return environment.from_string(template(NAME)).render(
        found=found,
        words=shop_words,
        mend_sentence=mend_sentence,
        tables=shop_tables,
        orders=shop_data.orders(found),
        order_spans=shop_data.order_spans(found),
        open_rows=OPEN_ROWS,
        palette=template("palette.css"),
        css=template("forecast.css"),
        js=template("forecast.js"),
        chart=still_chart(found.panel.dates[-len(sold) :], sold, expected),
        numbers=shop_data.embedded(shop_data.page_numbers(found)),
        command=command,
    )
