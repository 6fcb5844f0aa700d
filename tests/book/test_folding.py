"""A page shows one code switch for each figure or table, below it, and loses no record."""

import pytest
from small_book import REAL

from helpers import results
from helpers.pipeline import chapters
from helpers.pipeline.site import folding


def cell(source, *outputs, number=1):
    return {"cell_type": "code", "id": f"cell-{number:02d}", "metadata": {"tags": ["hide-input"]},
            "source": source, "outputs": list(outputs), "execution_count": number}


def prose(text):
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def record(name):
    return {"output_type": "display_data", "metadata": {}, "data": {results.MIME: {"name": name}}}


FIGURE = {"output_type": "display_data", "data": {"image/svg+xml": "<svg/>"},
          "metadata": {"book": {"figure": "paths", "alt": "Two lines."}}}


def switches(cells):
    """Code that a reader can unfold, in order: number of each cell, and its code."""
    return [each["metadata"][folding.CODE] for each in cells if each["cell_type"] == "code"]


def test_quiet_cells_are_folded_into_the_next_that_shows_something():
    shown = folding.folded([
        prose("# Title"), cell("a = 1"), cell("b = a", record("b")), cell("draw(b)", FIGURE),
        prose("## More"), cell("draw(a)", FIGURE)])
    assert switches(shown) == [[[1, "a = 1"], [2, "b = a"], [3, "draw(b)"]], [[4, "draw(a)"]]]


def test_a_cell_of_a_page_is_a_figure_with_the_code_that_led_to_it():
    shown = folding.folded([prose("answer"), cell("a = 1"), cell("draw(a)", FIGURE)])
    assert [each["cell_type"] for each in shown] == ["markdown", "code"]
    assert shown[1]["outputs"] == [FIGURE]
    assert shown[1]["metadata"][folding.SHOWS] == ["paths"]


def test_no_record_is_lost_and_none_is_shown_twice():
    shown = folding.folded([cell("a", record("a")), cell("b", record("b"), FIGURE),
                             prose("end"), cell("c", record("c"))])
    names = [output["data"][results.MIME]["name"] for each in shown
             for output in each.get("outputs", []) if results.MIME in output["data"]]
    assert names == ["a", "b", "c"]


def test_code_after_the_last_figure_joins_its_code():
    shown = folding.folded([cell("draw()", FIGURE), prose("end"),
                             cell("count = 1", record("count"))])
    assert switches(shown) == [[[1, "draw()"], [2, "count = 1"]]]
    assert shown[0]["outputs"] == [FIGURE, record("count")]


def test_cells_keep_the_numbers_by_which_messages_name_them():
    shown = folding.folded([cell("draw()", FIGURE), cell(""), prose("text"),
                            cell("draw()", FIGURE)])
    assert switches(shown) == [[[1, "draw()"]], [[3, "draw()"]]]
    assert all(each["source"] for each in shown)  # an empty cell is left out of a page


def test_what_stands_after_the_first_figure_stands_after_no_quiet_cell():
    shown = folding.folded([prose("answer"), cell("a"), cell("draw()", FIGURE), prose("end")])
    assert folding.first_exhibit(shown) == 2
    assert folding.first_exhibit(folding.folded([prose("Words."), cell("a"), prose("end")])) == 3


def test_a_page_without_figure_or_table_keeps_its_code():
    shown = folding.folded([prose("Words."), cell("a = 1", record("a"))])
    assert switches(shown) == [[[1, "a = 1"]]]
    assert shown[1]["outputs"] == [record("a")]


@pytest.mark.parametrize("chapter", chapters.names(REAL))
def test_every_switch_of_every_chapter_stands_below_what_its_code_made(chapter):
    cells = chapters.read(REAL, chapter).notebook["cells"]
    folded = [cell for cell in folding.folded(cells) if cell["cell_type"] == "code"]
    assert all(any(map(folding._is_visible, cell["outputs"])) for cell in folded)
    numbers = [number for cell in folded for number, _ in cell["metadata"][folding.CODE]]
    assert numbers == list(range(1, len(chapters.read(REAL, chapter).code_cells) + 1))
