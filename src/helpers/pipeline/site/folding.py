"""Cells as a page shows them: a switch "Code" for each figure or table, and none without one.

A chapter has a cell for each step. On its page the code of a figure stands below it, so that an
answer is followed by its figure; code that shows nothing is folded into the next that does.
"""

from collections.abc import Iterable

from helpers import results
from helpers.pipeline.site import exhibits

# Metadata of a cell: its pieces of code, each with the number of its cell; names of what it shows.
CODE, SHOWS = "book_code", "book_shows"


def folded(cells: list[dict]) -> list[dict]:
    """The cells of a page: each code cell shows something and holds all code that led to it.

    What the quiet cells recorded moves along: prose glues a record in wherever on the page it was
    made. A cell keeps its number, which messages name and to which other places link.

    Parameters
    ----------
    cells : list of dict
        Those of a chapter, with outputs.
    """
    shown, code, records, number = [], [], [], 0
    for cell in cells:
        if cell["cell_type"] != "code":
            shown.append(cell)
            continue
        number += 1
        code.append([number, cell["source"].strip("\n")])
        visible = [output for output in cell["outputs"] if _is_visible(output)]
        records += [output for output in cell["outputs"] if not _is_visible(output)]
        if visible:
            shown.append(_page_cell(cell, [*records, *visible], code))
            code, records = [], []
    if not code:
        return shown
    # Nothing is shown after these: their code joins that of the last figure or table.
    last = next((place for place in reversed(range(len(shown)))
                 if shown[place]["cell_type"] == "code"), None)
    if last is None:  # a page that shows nothing but text
        cell = next(cell for cell in reversed(cells) if cell["cell_type"] == "code")
        return [*shown, _page_cell(cell, records, code)]
    joined = shown[last]
    shown[last] = _page_cell(joined, [*joined["outputs"], *records],
                             [*joined["metadata"][CODE], *code])
    return shown


def _is_visible(output: dict) -> bool:
    return results.MIME not in output.get("data", {}) and not exhibits.is_for_another_page(output)


def _page_cell(cell: dict, outputs: list[dict], code: list[list]) -> dict:
    code = [[number, source] for number, source in code if source]
    told = [exhibits.about(output) for output in outputs]
    names = [each.get("figure") or each["table"] for each in told if each]
    return {**cell, "outputs": outputs, "metadata": {CODE: code, SHOWS: names},
            "source": "\n\n".join(source for _, source in code) or "# no code"}


def first_exhibit(cells: Iterable[dict]) -> int:
    """Place after the first cell that shows a figure or table; the end where there is none."""
    place = 0
    for place, cell in enumerate(cells, start=1):
        if cell["cell_type"] == "code" and any(map(_is_visible, cell["outputs"])):
            return place
    return place
