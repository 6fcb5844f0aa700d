"""What moved between two editions is found, and only that."""

import json
import re

import pytest
from small_book import READS, REAL, RECORD, book, own_table, scenario, write

from helpers import colours
from helpers.pipeline import compare, edition
from helpers.pipeline.site import generated


def record(name="x", value=1.0, **changes):
    return {"type": "result", "name": name, "value": value, "unit": "ratio", "label": "X",
            "status": "computed", "claims": [], "tolerance": 1e-9, "scope": "", "note": "",
            "text": f"{value}", **changes}


def run(folder, *entries, figure=None):
    folder.mkdir()
    (folder / "results.json").write_text(json.dumps(entries))
    outputs = [] if figure is None else [{
        "metadata": {"book": {"figure": "f", "alt": "what is shown"}},
        "data": {"image/svg+xml": figure}}]
    (folder / "notebook.ipynb").write_text(json.dumps({"cells": [{"outputs": outputs}]}))
    return {"c": folder}


def test_an_edition_agrees_with_itself(tmp_path):
    runs = run(tmp_path / "a", record(), figure="<svg/>")
    found = compare.compare(runs, runs)
    assert (found.changed, found.sentences, found.figures, found.only) == ([], [], [], [])
    assert found.same == 1


def test_a_moved_result_is_shown_with_its_change(tmp_path):
    found = compare.compare(run(tmp_path / "a", record(value=2.0)),
                            run(tmp_path / "b", record(value=3.0)))
    row = found.changed[0]
    assert (row["old"], row["new"], row["change"], row["unit"]) == (2.0, 3.0, 0.5, "ratio")
    assert compare.in_lines(found)[0].startswith("c  x: 2.0 -> 3.0  (+50.0")


@pytest.mark.parametrize("old, new, tolerance, same", [
    (1.0, 1.0 + 1e-12, 1e-9, True), (1.0, 1.001, 1e-9, False), (1.0, 1.001, 1e-2, True),
    ([1.0, 2.0], [1.0, 2.0 + 1e-12], 1e-9, True), ([1.0], [1.0, 2.0], 1e-9, False),
    ({"a": 1.0}, {"a": 1.1}, 1e-9, False), ("US", "Japan", 1e-9, False), (True, False, 1.0, False),
    (0.0, 1e-13, 1e-9, True),
])
def test_values_agree_within_their_tolerance(old, new, tolerance, same):
    pair = [record(value=value, tolerance=tolerance) for value in (old, new)]
    assert compare.agree(*pair) is same


def test_a_result_that_becomes_refused_has_moved(tmp_path):
    found = compare.compare(
        run(tmp_path / "a", record()),
        run(tmp_path / "b", record(value=None, status="refused", text="Two points.")))
    assert found.changed[0]["status"] == "computed -> refused"
    assert found.changed[0]["change"] is None


def test_another_unit_is_refused(tmp_path):
    with pytest.raises(compare.CompareError, match="c: x is in ratio and in USD billion"):
        compare.compare(run(tmp_path / "a", record()),
                        run(tmp_path / "b", record(unit="USD billion")))


def test_sentences_figures_and_new_results_are_found(tmp_path):
    words = {"type": "sentence", "name": "s", "claims": []}
    found = compare.compare(
        run(tmp_path / "a", {**words, "text": "A leads."}, figure="<svg>1</svg>"),
        run(tmp_path / "b", {**words, "text": "B leads."}, record("new"), figure="<svg>2</svg>"))
    assert found.sentences == [{"chapter": "c", "name": "s", "old": "A leads.", "new": "B leads."}]
    assert found.figures[0]["new_about"]["alt"] == "what is shown"
    assert found.only == [{"chapter": "c", "name": "new", "edition": "B"}]


def test_the_page_shows_results_sentences_and_both_pictures(tmp_path):
    found = compare.compare(
        run(tmp_path / "a", record(value=2.0), figure="<svg>1</svg>"),
        run(tmp_path / "b", record(value=3.0, label="<b>X</b>"), figure="<svg>2</svg>"))
    made = edition.Edition(REAL, "baseline", "To 2030", "A longer view.", {},
                           {"horizon_year": 2030})
    page = generated.what_changed_page(made, found, [])
    assert page.index("<td>2.0</td>") < page.index("<td>3.0</td>"), "the baseline comes first"
    assert "This edition against the baseline." in page, "a reason of the baseline is not its own"
    assert "book build --set horizon_year=2030" in page
    assert "+50.0 %" in page and "<b>X</b>" not in page


def test_the_page_draws_both_pictures_without_an_id_twice(tmp_path):
    fill = f'fill="{colours.ACCENT.light}"'

    def picture(alt):
        return (f'<svg><svg class="book-drawing" y="9" role="img" aria-label="{alt}"><defs>'
                f'<path id="m"/></defs><use href="#m"/><path {fill}/></svg></svg>')

    found = compare.compare(run(tmp_path / "a", figure=picture("one")),
                            run(tmp_path / "b", figure=picture("two")))
    found.figures.append({**found.figures[0], "name": "g"})
    made = edition.Edition(REAL, "baseline", "To 2030", "", {}, {"horizon_year": 2030})
    page = generated.what_changed_page(made, found, [])
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) == 4 and set(re.findall('href="#([^"]+)"', page)) == set(ids)
    assert page.index('aria-label="one"') < page.index('aria-label="two"')
    assert "<img" not in page and fill not in page, "dark where the page is"
    assert page.count("var(--figure-") == 4


@pytest.mark.parametrize("change, said", [
    (0.5, "+50.0 %"), (-0.001, "-0.1 %"), (0.0004, "under 0.1 %"), (-1e-9, "under 0.1 %")])
def test_a_change_too_small_to_print_is_not_called_none(change, said):
    assert compare.change_in_words(change) == said


# ------------------------------------------------------------------ the command


def test_the_command_shows_what_moved(workshop):
    write(workshop, "one", RECORD)
    scenario(workshop, "later", horizon_year=2030)
    done = book(workshop, "compare", "baseline", "later")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert len(lines) == 2 and lines[0].startswith("one  x: 2026 -> 2030  (+0.2")
    assert lines[1] == "Differ: 1 results, 0 sentences, 0 figures. Agree: 0 results."
    said = json.loads(book(workshop, "compare", "later", "baseline", "--json").output)
    assert (said["status"], said["a"], said["b"], said["same"]) == ("ok", "later", "baseline", 0)
    assert (said["results"][0]["old"], said["results"][0]["new"]) == (2030, 2026)


def test_a_change_of_the_first_is_the_second(workshop):
    write(workshop, "one", RECORD)
    done = book(workshop, "compare", "baseline", "--set", "horizon_year=2031")
    assert "one  x: 2026 -> 2031  (+0.2" in done.stdout
    assert book(workshop, "compare", "baseline").exit_code == 2


def test_own_data_are_compared_with_the_shipped(workshop, tmp_path):
    write(workshop, "one", RECORD, READS + "\nfrom helpers import results\n_ = results.record("
          "'low', int((ratings['level'] == 'Low').sum()), unit='count', label='Low')")
    own = own_table(tmp_path / "own", change=lambda text: text.replace("Low", "Medium"))
    done = book(workshop, "compare", "baseline", "--data", str(own), "--json")
    said = json.loads(done.output)
    assert [row["name"] for row in said["results"]] == ["low"] and said["same"] == 1
    assert said["results"][0]["new"] == 0 and said["a"] == "baseline" != said["b"]
    assert not (workshop.build / "html").exists()


def test_a_chapter_that_fails_in_one_of_them_is_named(workshop):
    write(workshop, "one", RECORD + "\nassert horizon_year < 2030")
    done = book(workshop, "compare", "baseline", "--set", "horizon_year=2031")
    assert done.exit_code == 1 and "one: failed: cell" in done.output


def test_a_refusal_that_gives_another_reason_has_moved():
    old = {"status": "refused", "value": None, "tolerance": 1e-9, "text": "Got 2 of 3 values."}
    assert compare.agree(old, dict(old))
    assert not compare.agree(old, {**old, "text": "Got 0 of 3 values."})
