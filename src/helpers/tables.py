"""House style of tables: `show` puts a table and its CSV into the notebook, `offer` the CSV alone.

Numbers are right-aligned with the same decimals, units stand in the header, the row that matters
is set apart, and what is missing is said in words. The HTML is plain and styled by the book's
style sheet, so that tables follow light and dark pages; it has a caption and named row and column
headers for screen readers (the stock pandas table has an empty corner cell, which is an
accessibility violation).
"""

import html
from numbers import Number

import numpy as np
import pandas as pd

from helpers import downloads, markup


class TableError(ValueError):
    """A table that would reach readers without what they need to read it."""


def show(frame, name, *, caption, headers=None, formats=None, highlight=(), note="",
         for_page=""):
    """Put a table into the notebook as HTML, text and CSV.

    Parameters
    ----------
    frame : pandas.DataFrame
        What is shown, one row a line; the index is not shown.
    name : str
        File stem of the download, unique in the chapter.
    caption : str
        What the table says; stands above it.
    headers : dict, optional
        Column name -> header with its unit. Without an entry the name is used as it is.
    formats : dict, optional
        Column name -> format string (``"{:.1f}"``) or function of the value.
    highlight : sequence of bool or int, or callable
        Which rows are set apart: a truth for each row, their positions, or a function of `frame`
        that gives either. A chapter chooses them by a condition, since rows move.
    note : str
        Stands below the table.
    for_page : str
        A page beside the chapters that shows the table in the chapter's stead. The chapter's own
        page leaves it out.

    Raises
    ------
    TableError
        If there is no row, no caption, a header or format names no column, a row that is to be
        set apart does not exist, or the name cannot be that of a file.
    """
    _must_be_readable(frame, name, caption, note)
    headers, formats = headers or {}, formats or {}
    unknown = [column for column in [*headers, *formats] if column not in frame.columns]
    if unknown:
        raise TableError(f"Table {name!r} has no column {unknown[0]!r}.")
    marked = _positions(highlight(frame) if callable(highlight) else highlight, frame, name)
    from IPython.display import display

    texts = pd.DataFrame(
        {column: [_text(value, formats.get(column)) for value in frame[column]]
         for column in frame.columns},
        columns=frame.columns,
    )
    titles = [headers.get(column, str(column)) for column in frame.columns]
    display(
        {"text/html": _html(frame, texts, titles, caption, marked, note),
         "text/plain": f"{caption}\n" + texts.set_axis(titles, axis=1).to_string(index=False),
         "text/csv": downloads.to_csv(frame)},
        raw=True,
        metadata={"book": {"table": name, "caption": caption,
                           **({"for_page": for_page} if for_page else {})}},
    )


def offer(frame, name, *, caption, about):
    """Put a table into the notebook as a download alone: a register that nobody reads in a row.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an entry, with units in the column names.
    name : str
        File stem of the download, unique in the chapter.
    caption : str
        What the table is.
    about : str
        What it holds and what one finds in it, in about two lines.

    Raises
    ------
    TableError
        As for `show`, and if nothing says what the table holds.
    """
    if not about.strip():
        raise TableError(f"Table {name!r} is a download alone: say what it holds.")
    _must_be_readable(frame, name, caption, about)
    from IPython.display import display

    display(
        {"text/html": f'<p class="book-offered"><strong>{html.escape(caption)}.</strong> '
                      f'<span class="table-note">{html.escape(about)}</span></p>',
         "text/plain": f"{caption}. {about}",
         "text/csv": downloads.to_csv(frame)},
        raw=True,
        metadata={"book": {"table": name, "caption": caption, "offered": True}},
    )


def _must_be_readable(frame, name, caption, note):
    if frame.empty:
        raise TableError(f"Table {name!r} has no rows. Say in words that there are none.")
    if not caption.strip():
        raise TableError(f"Table {name!r} needs a caption.")
    fault = downloads.fault(name, caption, note)
    if fault:
        raise TableError(f"Table {name!r}: {fault}.")


def _positions(rows, frame, name) -> set[int]:
    """Positions of the rows that are set apart."""
    rows = list(rows)
    if rows and all(isinstance(row, bool | np.bool_) for row in rows):
        if len(rows) != len(frame):
            raise TableError(f"Table {name!r} has {len(frame)} rows, and {len(rows)} truths say "
                             f"which are set apart.")
        return {position for position, held in enumerate(rows) if held}
    outside = [row for row in rows if not 0 <= row < len(frame)]
    if outside:
        raise TableError(f"Table {name!r} has no row {outside[0]} to set apart.")
    return set(rows)


def _text(value, how):
    if value is None or (not isinstance(value, (list, dict)) and pd.isna(value)):
        return ""
    how = how or "{}"
    text = how(value) if callable(how) else how.format(value)
    return text.replace("-", "\u2212") if isinstance(value, Number) else text


def _html(frame, texts, titles, caption, highlight, note):
    numeric = [
        pd.api.types.is_numeric_dtype(frame[column])
        and not pd.api.types.is_bool_dtype(frame[column])
        for column in frame.columns
    ]
    # An empty cell means that the source does not say; a dash says so to the eye.
    shown = markup.table(
        titles, list(texts.itertuples(index=False, name=None)), caption=caption,
        numeric=[place for place, is_number in enumerate(numeric) if is_number],
        marked=highlight, empty='<span class="missing">–</span>')
    below = f'<p class="table-note">{html.escape(note)}</p>' if note else ""
    return markup.boxed(f"{shown}{below}", caption)
