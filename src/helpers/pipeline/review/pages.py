"""A review as one page of HTML: no network, no script needed to read it, nothing trusted.

Every text of a notebook is escaped, and figures are pictures in addresses of their own, where no
script of theirs can run.
"""

import base64
import html
from collections.abc import Sequence
from pathlib import Path

from helpers import agreement, words
from helpers.pipeline import compare, differences, wording
from helpers.pipeline.differences import Difference
from helpers.pipeline.review.groups import Group

TEMPLATES = Path(__file__).parents[1] / "templates"
SVG = "image/svg+xml"
VIEWS = (("side", "side by side"), ("wipe", "wipe"), ("onion", "onion skin"),
         ("difference", "difference"))
FEW_CELLS, MOST_CELLS = 6, 40  # cells of data that are listed at once, and at all
# Nothing is loaded and nothing of a notebook runs, even if an escape were forgotten somewhere.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def page(title: str, groups: Sequence[Group], refused: Sequence[str] = ()) -> str:
    """The review as a whole page.

    Parameters
    ----------
    title : str
    groups : sequence of Group
    refused : sequence of str
        Rules that are broken; nothing can be accepted before these are mended.
    """
    style, script = ((TEMPLATES / f"review.{end}").read_text("utf-8") for end in ("css", "js"))
    count = sum(len(group.differences) for group in groups)
    parts = [f"<h1>{_text(title)}</h1>",
             f"<p>{_text(words.opening(words.plural(count, 'output')))} "
             f"{words.inflected(count, 'differs', 'differ')}"
             f"{': the groups, the largest first' if groups else ''}.</p>"]
    if refused:
        listed = "".join(f"<li>{_text(line)}</li>" for line in refused)
        parts.append('<div class="refused"><p><strong>Nothing can be accepted while rules are '
                     f"broken:</strong></p><ul>{listed}</ul></div>")
    if groups:
        parts.append("<ol>" + "".join(f'<li><a href="#group-{number}">{_text(group.title)}</a></li>'
                                      for number, group in enumerate(groups, start=1)) + "</ol>")
    views = _Views()
    for number, group in enumerate(groups, start=1):
        parts.append(f'<section><h2 id="group-{number}">{number}. {_text(group.title)}</h2>')
        parts += [_item(each, views) for each in group.differences]
        parts.append("</section>")
    return (f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{_text(title)}</title><style>{style}</style></head>\n<body>\n<main>"
            + "\n".join(parts) + f"</main>\n<script>{script}</script></body></html>\n")


def _text(text) -> str:
    return html.escape(str(text))


class _Views:
    """Numbers for the switches of figures."""

    def __init__(self):
        self.count = 0

    def of(self, name: str, old: str, new: str) -> str:
        """A figure in four views; the switches are plain fields, so no script is needed."""
        self.count += 1
        switches = "".join(
            f'<label><input type="radio" name="view-{self.count}" value="{value}"'
            f"{' checked' if value == 'side' else ''}> {label}</label>" for value, label in VIEWS)
        pictures = "".join(
            f'<figure class="{side}"><figcaption>{label}</figcaption>'
            f'<img src="{_address(svg)}" alt="{_text(f"{name}, {label}")}"></figure>'
            for side, label, svg in (("old", "before", old), ("new", "after", new)))
        return (f'<fieldset class="views"><legend>Views of {_text(name)}</legend>{switches}'
                f'<input class="at" type="range" min="0" max="100" value="50" '
                f'aria-label="How much of the new picture of {_text(name)} shows">'
                f'<div class="stage">{pictures}</div></fieldset>')


def _address(svg: str) -> str:
    return f"data:{SVG};base64,{base64.b64encode(svg.encode()).decode()}"


def _item(each: Difference, views: _Views) -> str:
    """One difference: its place, what changed, and what shows it."""
    head = f"<h3>{_text(each.name)} <small>{_text(_where(each))}</small></h3>"
    old, new = each.old, each.new
    if each.change in ("new", "gone"):
        return head + _only(each, new if each.change == "new" else old)
    if not isinstance(old, dict):
        return f"{head}<p>{_text(differences.detail(each))}</p>"
    if "claims" in old:
        return head + _of_records(each, old, new)
    found = [head]
    if each.change in ("picture", "value") and SVG in old and SVG in new and (
            not differences.same_picture(old[SVG], new[SVG])):
        found.append(views.of(each.name, old[SVG], new[SVG]))
    apart = differences.cells_apart(old.get("text/csv", ""), new.get("text/csv", ""))
    if each.sort == "table" and "text/html" in old:
        found.append(_of_shown(*(differences.html_table(side["text/html"]) for side in (old, new))))
    if each.change == "value" and apart:
        found.append(_of_cells(apart))
    if len(found) == 1:
        found.append(f"<p>{_text(differences.detail(each))}</p>")
    return "".join(found)


def _where(each: Difference) -> str:
    cell = f", code cell {each.cell}" if each.cell else ""
    return f"{each.chapter}{cell}, {each.sort}"


def _only(each: Difference, content: dict) -> str:
    """What is new or gone."""
    tag = "ins" if each.change == "new" else "del"
    if SVG in content:
        return (f'<p>{each.change}</p><div class="stage"><figure><img alt="{_text(each.name)}" '
                f'src="{_address(content[SVG])}"></figure></div>')
    return f"<p>{each.change}: <{tag}>{_text(differences.said(content))}</{tag}></p>"


def _of_records(each: Difference, old: dict, new: dict) -> str:
    found = []
    if old["text"] != new["text"]:
        found.append(f"<p>{marked(old['text'], new['text'])}{_by(old, new)}</p>")
    elif each.change == "value":
        found.append(f"<p>{_text(differences.value_in_words(old, new))}</p>")
    if each.change == "text":
        rows = [(name, old.get(name, ""), new.get(name, ""))
                for name in differences.fields_apart(old, new) if name != "text"]
        found += [f"<p>{_text(name)}: {marked(_plain(a), _plain(b))}</p>" for name, a, b in rows]
    return "".join(found) or f"<p>{_text(differences.detail(each))}</p>"


def _plain(value) -> str:
    return value if isinstance(value, str) else words.in_words([*map(str, value)]) if isinstance(
        value, list) else str(value)


def _by(old: dict, new: dict) -> str:
    values = old.get("value"), new.get("value")
    if not all(map(agreement.is_number, values)) or not values[0]:
        return ""
    change = compare.change_in_words((values[1] - values[0]) / abs(values[0]))
    return f' <span class="change">({_text(change)})</span>'


def marked(old: str, new: str) -> str:
    """Two texts as one, with the words that differ marked."""
    return " ".join(
        _text(piece.old) if piece.same else
        f"<del>{_text(piece.old)}</del>{' ' if piece.old and piece.new else ''}"
        f"<ins>{_text(piece.new)}</ins>" for piece in wording.pieces(old, new))


def _of_cells(apart: Sequence[differences.Apart]) -> str:
    """Cells that differ, as rows."""
    rows = "".join(
        f"<tr><td>{_text(cell.place)}</td><td>{_text(cell.column)}</td>"
        f"<td>{_end(cell.old, 'del')}</td><td>{_end(cell.new, 'ins')}</td></tr>"
        for cell in apart[:MOST_CELLS])
    more = f"<p>and {len(apart) - MOST_CELLS} more cells</p>" if len(apart) > MOST_CELLS else ""
    count = words.plural(len(apart), "cell")
    return (f"<details{' open' if len(apart) <= FEW_CELLS else ''}><summary>"
            f"{words.opening(count)} of its data {words.inflected(len(apart), 'differs', 'differ')}"
            '</summary><div class="scroll"><table><thead><tr><th scope="col">Row of the data</th>'
            '<th scope="col">Column</th><th scope="col">Before</th><th scope="col">After</th></tr>'
            f"</thead><tbody>{rows}</tbody></table></div>{more}</details>")


def _end(text: str | None, tag: str) -> str:
    return "none" if text is None else f"<{tag}>{_text(text)}</{tag}>"


def _of_shown(old: differences.Shown, new: differences.Shown) -> str:
    """A table as readers see it: its rows that differ, with the cells that differ marked."""
    found = []
    for name, a, b in (("Caption", old.caption, new.caption), ("Note", old.notes, new.notes)):
        if a != b:
            found.append(f"<p>{name}: {marked(a, b)}</p>")
    if old.marked != new.marked:
        found.append(f"<p>Marked rows: {marked(_plain(old.marked), _plain(new.marked))}</p>")
    pairs = [(a, b) for a, b in differences.row_pairs(old.rows, new.rows)]
    shown = [(a, b) for place, (a, b) in enumerate(pairs) if a != b or place == 0]
    if any(a != b for a, b in pairs):
        rows = "".join(_row(a, b) for a, b in shown[:MOST_CELLS])
        found.append(f'<div class="scroll"><table>{rows}</table></div>')
    return "".join(found)


def _row(old: list[str] | None, new: list[str] | None) -> str:
    cells = []
    for place in range(max(len(old or ()), len(new or ()))):
        a, b = (row[place] if row is not None and place < len(row) else "" for row in (old, new))
        cells.append(f"<td>{_text(a) if a == b else f'<del>{_text(a)}</del> <ins>{_text(b)}</ins>'}"
                     "</td>")
    return f"<tr>{''.join(cells)}</tr>"
