"""A page shows one code switch for each figure or table, below it, and loses no record."""

from helpers import results
from helpers.pipeline.site import assemble


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
    """Code that a reader can unfold, in order."""
    return [each["source"] for each in cells if each["cell_type"] == "code"
            and "remove-input" not in each["metadata"]["tags"]]


def test_quiet_cells_are_folded_into_the_next_that_shows_something():
    shown = assemble.folded([
        prose("# Title"), cell("a = 1"), cell("b = a", record("b")), cell("draw(b)", FIGURE),
        prose("## More"), cell("draw(a)", FIGURE)])
    assert switches(shown) == ["a = 1\n\nb = a\n\ndraw(b)", "draw(a)"]


def test_the_figure_stands_right_below_the_answer_and_its_code_below_it():
    shown = assemble.folded([prose("answer"), cell("a = 1"), cell("draw(a)", FIGURE)])
    assert [each["cell_type"] for each in shown] == ["markdown", "code", "code"]
    assert shown[1]["outputs"] == [FIGURE]
    assert [each["metadata"]["tags"] for each in shown[1:]] == [["remove-input"], ["hide-input"]]


def test_no_record_is_lost_and_none_is_shown_twice():
    shown = assemble.folded([cell("a", record("a")), cell("b", record("b"), FIGURE),
                             prose("end"), cell("c", record("c"))])
    names = [output["data"][results.MIME]["name"] for each in shown
             for output in each.get("outputs", []) if results.MIME in output["data"]]
    assert names == ["a", "b", "c"]


def test_code_after_the_last_figure_joins_its_code():
    shown = assemble.folded([cell("draw()", FIGURE), prose("end"),
                             cell("count = 1", record("count"))])
    assert switches(shown) == ["draw()\n\ncount = 1"]
    assert shown[0]["outputs"] == [FIGURE, record("count")]
    assert all(each["source"] for each in shown)  # an empty cell is left out of a page


def test_a_page_without_figure_or_table_keeps_its_code():
    shown = assemble.folded([prose("Words."), cell("a = 1", record("a"))])
    assert switches(shown) == ["a = 1"]
    assert shown[1]["outputs"] == [record("a")]
