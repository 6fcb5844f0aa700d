"""The HTML of a table, the same wherever one is shown."""

import html
from collections.abc import Collection, Sequence


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str = "",
          numeric: Collection[int] = (), marked: Collection[int] = (), empty: str = "") -> str:
    """A table with named row and column headers, for screen readers.

    Parameters
    ----------
    headers : sequence of str
    rows : sequence of sequences of str
        Texts; the first of a row is its header.
    caption : str
    numeric : collection of int
        Columns of numbers, which are aligned at their right.
    marked : collection of int
        Rows set apart.
    empty : str
        HTML that stands in an empty cell.
    """
    style = [' class="number"' if column in numeric else "" for column in range(len(headers))]
    head = "".join(f'<th scope="col"{style[column]}>{html.escape(header)}</th>'
                   for column, header in enumerate(headers))
    body = []
    for place, row in enumerate(rows):
        cells = []
        for column, cell in enumerate(row):
            tag = 'th scope="row"' if column == 0 else "td"
            shown = html.escape(cell) if cell else empty
            cells.append(f"<{tag}{style[column]}>{shown}</{tag.split()[0]}>")
        mark = ' class="highlight"' if place in marked else ""
        body.append(f"<tr{mark}>{''.join(cells)}</tr>")
    above = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    return (f"<table>{above}<thead><tr>{head}</tr></thead>"
            f"<tbody>{''.join(body)}</tbody></table>")
