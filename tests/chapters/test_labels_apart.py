"""Numbers beside the marks of a figure stay apart, wherever a parameter puts them."""

import json
import re
from itertools import combinations
from pathlib import Path

import pytest
from small_book import make

from helpers.pipeline import edition, execute

TEXT = re.compile(r"<text\b([^>]*)>(.*?)</text>", re.DOTALL)
CASES = [("2-3-market-expansion", "paths", {"horizon_year": 2030}),
         ("5-3-market-in-china", "break-even",
          {"rmb_per_usd": 6.5, "exchange_rate_basis": "fixed"})]
WIDE, HIGH = 0.42, 0.6  # of the size of a letter: less than it has, so that close is no fault


def boxes(picture):
    """Texts of a drawing with their edges: left, right, top, bottom."""
    drawing = picture[picture.index('class="book-drawing"'):]
    for attributes, text in TEXT.findall(drawing[:drawing.index("</svg>")]):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        if "transform" in said:
            continue
        x, y, size = (float(said[name]) for name in ("x", "y", "font-size"))
        width = WIDE * size * len(text)
        left = x - width * {"start": 0, "middle": 0.5, "end": 1}[said.get("text-anchor", "start")]
        yield text, (left, left + width, y - HIGH * size, y)


def touching(picture):
    """Pairs of texts of which one stands on the other."""
    return [(one, other) for (one, a), (other, b) in combinations(boxes(picture), 2)
            if a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]]


def picture(run, figure):
    notebook = json.loads((Path(run.path) / "notebook.ipynb").read_text(encoding="utf-8"))
    [found] = ["".join(output["data"]["image/svg+xml"]) for cell in notebook["cells"]
               for output in cell.get("outputs", [])
               if output.get("metadata", {}).get("book", {}).get("figure") == figure]
    return found


def test_texts_on_each_other_are_found():
    text = '<text x="{}" y="20" font-size="10">horizon</text>'
    around = '<svg class="book-drawing">{}</svg>'
    assert touching(around.format(text.format(0) + text.format(8))) == [("horizon", "horizon")]
    assert touching(around.format(text.format(0) + text.format(80))) == []


@pytest.mark.parametrize("chapter, figure, values", CASES)
def test_no_label_stands_on_another(tmp_path, chapter, figure, values):
    project = make(tmp_path / "book", [chapter])
    asked = edition.resolve(project, assignments=[f"{name}={value}" for name, value
                                                  in values.items()])
    [run] = execute.run_many(project, asked.plans())
    assert touching(picture(run, figure)) == []
