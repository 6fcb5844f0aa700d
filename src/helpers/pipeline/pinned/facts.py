"""Everything that a run says, as one flat dictionary: what it is -> value.

Results keep their values, sentences and alternative texts their words. A column of numbers is
three of them (how many, mean, mean weighted by place), which move with any of its numbers and can
be held against others within a tolerance; a column of words is a digest.
"""

import csv
import hashlib
import html
import io
import re
from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree

from helpers import agreement, results

TOLERANCE = 1e-8  # what is held against each other has ten digits, of which the last may differ
LOOKS = ("fill", "stroke", "stroke-width", "stroke-dasharray", "fill-opacity", "stroke-opacity",
         "opacity")  # of a mark; where it stands follows from the data
OF_A_RESULT = ("value", "text", "unit", "label", "status", "scope", "note", "claims")


def facts(notebook: dict) -> dict:
    """What an executed notebook says.

    Parameters
    ----------
    notebook : dict
        As JSON.
    """
    found = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            for name, value in _of_output(output):
                found[name] = value
    return found


def _of_output(output: dict) -> Iterator[tuple[str, object]]:
    data, about = output.get("data", {}), output.get("metadata", {}).get("book", {})
    if results.MIME in data:
        yield from _of_record(data[results.MIME])
    elif "figure" in about:
        name = f"figure {about['figure']}"
        yield f"{name}, alternative text", about["alt"]
        picture = _text(data["image/svg+xml"])
        yield f"{name}, words in it", words_of(picture)
        yield f"{name}, marks", digest(str(marks_of(picture)))
        yield from _columns(name, _text(data["text/csv"]))
    elif "table" in about:
        name = f"table {about['table']}"
        yield f"{name}, caption", about["caption"]
        page = _text(data["text/html"])
        yield f"{name}, headers", re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page)
        yield f"{name}, note", html.unescape("".join(
            text for _, text in re.findall(r'<(p|span) class="table-note">(.*?)</\1>', page)))
        rows = re.findall(r"<tr(.*?)>(?=<th scope=\"row\"|<td)", page)
        yield f"{name}, rows set apart", [
            place for place, row in enumerate(rows, 1) if "highlight" in row]
        if not about.get("offered"):  # a download alone has no cells on the page
            yield f"{name}, cells", digest(re.search("<tbody>.*</tbody>", page)[0])
        yield from _columns(name, _text(data["text/csv"]))
    elif data:
        found = re.search(r'id="([\w-]+)"', _text(data.get("text/html", "")))
        name = found[1] if found else "an output"
        yield f"{name}, page", digest(_text(data.get("text/html", data.get("text/plain", ""))))
    elif output.get("output_type") == "stream":
        yield f"printed to {output['name']}", digest(_text(output["text"]))


def _of_record(entry: dict) -> Iterator[tuple[str, object]]:
    name = f"{entry['type']} {entry['name']}"
    if entry["type"] == "result":
        for part in (part for part in OF_A_RESULT if entry[part] is not None):
            yield f"{name}, {part}", entry[part]
    else:
        yield name, entry["text"]
        yield f"{name}, claims", entry["claims"]


def words_of(picture: str) -> str:
    """The words in a picture: title, subtitle and source, and those of the drawing.

    Numbers alone are labels of ticks, which follow from the data.
    """
    texts = ["".join(element.itertext()).strip() for element in _elements(picture)
             if element.tag.endswith("text")]
    return " | ".join(text for text in texts if re.search(r"[^\W\d_]", text))


def marks_of(picture: str) -> list[tuple[str, int]]:
    """How often each style of line, mark and area is drawn, letters not counted.

    Where they stand follows from the data.
    """
    styles = ("; ".join(f"{key}: {element.get(key)}" for key in LOOKS if element.get(key))
              for element in _elements(picture) if not element.tag.endswith("text"))
    return sorted(Counter(filter(None, styles)).items())


def _elements(picture: str) -> Iterator:
    return ElementTree.fromstring(picture).iter()


def _columns(name: str, table: str) -> Iterator[tuple[str, object]]:
    rows = list(csv.reader(io.StringIO(table)))
    for place, column in enumerate(rows[0]):
        yield f"{name}, column {column}", column_fact([row[place] for row in rows[1:]])


def column_fact(cells: list[str]) -> list | str:
    """A column in short: numbers within a tolerance, words exactly."""
    try:
        numbers = [float(cell) for cell in cells if cell]
    except ValueError:
        return digest("\n".join(cells))
    count = len(numbers)
    if not count or count < len(cells):
        return digest("\n".join(cells))
    weighted = sum(place * value for place, value in enumerate(numbers, 1))
    return [count, *(float(f"{each:.10g}") for each in (
        sum(numbers) / count, weighted / count / count))]


def digest(text: str) -> str:
    """Eight digits that change with a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _text(source) -> str:
    return source if isinstance(source, str) else "".join(source)


def difference(old: dict, new: dict) -> dict:
    """What `new` says otherwise: name -> its value there, None where it says nothing of it."""
    return {name: new.get(name) for name in dict.fromkeys([*old, *new])
            if not agreement.agree(old.get(name), new.get(name), TOLERANCE)}


def overlaid(old: dict, changes: dict) -> dict:
    """What a run says that differs from another by these changes; undoes `difference`."""
    return {name: value for name, value in {**old, **changes}.items() if value is not None}
