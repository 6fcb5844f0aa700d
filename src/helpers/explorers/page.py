"""The output of an explorer: table, numbers and a tag that loads the script of this folder."""

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path

from helpers import markup

# What the pages load; `pipeline.site` copies them to `_static/explorers` of the built book.
STATIC = Path(__file__).with_name("static")  # what pages load, as it stands under `_static`
SCRIPT, STYLE = (STATIC / "explorers" / f"explorers.{kind}" for kind in ("js", "css"))
FOLDER = "../_static/explorers"  # seen from a page of a chapter
EMITTED = re.compile(r'<div class="explorer" id="explorer-([^"]+)">.*?'
                     r'<script type="application/json">(.*?)</script>', re.DOTALL)


def short(value) -> float:
    """Twelve digits: more than a slider shows, fewer than a change of processor could move."""
    return float(f"{float(value):.12g}")


def emit(data, name, frame, numbers, caption, note, sentence):
    """Put an explorer into the notebook.

    Parameters
    ----------
    data : dict
        What the script computes with, plain JSON.
    name : str
        Unique in the chapter; the identifiers on the page come from it.
    frame : pandas.DataFrame
        Table that stands where scripts are off.
    numbers : list of str
        Columns of the table that hold numbers.
    caption, note, sentence : str
        Above the table, and the two lines below it; the second of these is not printed.
    """
    from IPython.display import display

    # As \u003c no text of the data can close the script element or open a comment in it.
    stored = json.dumps(data, ensure_ascii=False, sort_keys=True, allow_nan=False)
    stored = stored.replace("<", "\\u003c")
    static = markup.table(
        list(frame.columns), [[str(cell) for cell in row]
                              for row in frame.itertuples(index=False, name=None)],
        caption=caption,
        numeric=[place for place, column in enumerate(frame.columns) if column in numbers])
    page = (
        f'<link rel="stylesheet" href="{FOLDER}/explorers.css">'
        f'<div class="explorer" id="explorer-{html.escape(name)}">'
        f'<div class="explorer-static"><div class="book-table">{static}</div>'
        f'<p class="table-note">{html.escape(note)}'
        f'<span class="screen-only"> {html.escape(sentence)}</span></p></div>'
        f'<script type="application/json">{stored}</script></div>'
        f'<script src="{FOLDER}/explorers.js"></script>'
    )
    plain = f"{caption}\n{frame.to_string(index=False)}\n{note}"
    display({"text/html": page, "text/plain": plain}, raw=True)


def read(output: Mapping) -> tuple[str, dict] | None:
    """Name and numbers of the explorer that an output of a notebook is; None for any other."""
    found = EMITTED.search("".join(output.get("data", {}).get("text/html", "")))
    return (html.unescape(found[1]), json.loads(found[2])) if found else None
