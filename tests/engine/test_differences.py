"""Whatever is committed and differs is a difference, and nothing else is."""

import copy
import json

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_book import REAL

from helpers import results
from helpers.pipeline import accept, differences, wording

SVG = ('<svg><defs><clipPath id="p1a"><path d="M 0 0"/></clipPath></defs>'
       '<path clip-path="url(#p1a)" d="M 12 34.5" fill="#999999"/><text>2019</text></svg>')


def output(data, **metadata):
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def record(name, value=0.0888, text="8.9 %", **fields):
    entry = {"type": "result", "name": name, "value": value, "unit": "1/year", "label": "Growth",
             "status": "computed", "claims": ["a"], "tolerance": 1e-9, "scope": "", "note": "",
             "text": text, **fields}
    return output({results.PREFIX + "text/plain": repr(text), results.MIME: entry,
                   "text/plain": results.in_a_line(entry)}, scrapbook={"name": name})


def sentence(name, text, **fields):
    entry = {"type": "sentence", "name": name, "claims": [], "text": text, **fields}
    return output({results.PREFIX + "text/plain": repr(text), results.MIME: entry,
                   "text/plain": text}, scrapbook={"name": name})


def figure(name="paths", csv="year,value\n2019,16.4\n2020,17.9\n", svg=SVG, alt="Two lines rise"):
    return output({"image/svg+xml": svg, "text/csv": csv, "text/plain": f"Figure {name}"},
                  book={"figure": name, "alt": alt})


def table(name="rates", csv="market,rate\nA,8.9\nB,45\n", marked=0, caption="Rates", note="",
          heading="Rate, %"):
    rows = [row.split(",") for row in csv.splitlines()[1:]]
    body = "".join(f"<tr{' class=highlight' if place == marked else ''}><th>{a}</th><td>{b}</td>"
                   "</tr>" for place, (a, b) in enumerate(rows))
    return output(
        {"text/html": f"<div><table><caption>{caption}</caption><tr><th>Market</th><th>{heading}"
                      f"</th></tr>{body}</table><p>{note}</p></div>",
         "text/csv": csv, "text/plain": caption}, book={"table": name, "caption": caption})


def notebook(*cells):
    """A notebook of cells: each a source and its outputs."""
    return {"cells": [{"cell_type": "code", "source": source, "metadata": {}, "outputs": outputs,
                       "execution_count": place} for place, (source, *outputs) in enumerate(cells)]}


def between(old, new):
    """Differences of two notebooks of one cell, as change and name."""
    return [(each.change, each.name) for each in
            differences.between("c", notebook(("a", *old)), notebook(("a", *new)))]


ALL = [record("x"), sentence("s", "It lies above 3 %."), figure(), table(),
       output({"text/html": "<p>16.4 and more</p>", "text/plain": "x"})]


def test_the_same_outputs_do_not_differ():
    assert between(ALL, copy.deepcopy(ALL)) == []


@pytest.mark.parametrize("old, new, changes", [
    (record("x"), record("x", 0.0888 * (1 + 1e-10)), []),
    (record("x"), record("x", 0.0888 * (1 + 1e-8)), ["value"]),
    (record("x", tolerance=0.1), record("x", 0.0889, tolerance=0.1), []),
    (record("x"), record("x", 0.0889, tolerance=0.1), ["value", "text"]),
    (record("x", [1.0, 2.0]), record("x", [1.0, 2.0 + 1e-12]), []),
    (record("x", [1.0, 2.0]), record("x", [1.0, 2.5]), ["value"]),
    (record("x", {"a": 1}), record("x", {"a": 2}), ["value"]),
    (record("x", {"a": 1}), record("x", {"b": 1}), ["value"]),
    (record("x", True), record("x", False), ["value"]),
    (record("x", 1), record("x", True), ["value"]),
    (record("x"), record("x", None, "No.", status="refused", note="No."), ["value"]),
    (record("x", None, "No.", status="refused", note="No."),
     record("x", None, "Never.", status="refused", note="Never."), ["text"]),
    (record("x"), record("x", text="9 %"), ["text"]),
    (record("x", text="8.9 above"), record("x", text="8.9 below"), ["text"]),
    (record("x", tolerance=0.1, text="in 2026"),
     record("x", tolerance=0.1, text="in 2027"), ["text"]),
    *[(record("x"), record("x", **{field: value}), ["text"]) for field, value in [
        ("unit", "RMB"), ("label", "Rise"), ("status", "scope_flagged"), ("claims", ["b"]),
        ("scope", "all"), ("note", "n"), ("tolerance", 0.1), ("kind", "forecast")]],
    (record("x"), record("x", 0.09, unit="RMB"), ["value", "text"]),
    (sentence("s", "Above 3 %."), sentence("s", "Below 3 %."), ["text"]),
    (sentence("s", "Above 3 %."), sentence("s", "Above 4 %."), ["value"]),
    (sentence("s", "Above."), sentence("s", "Above.", claims=["b"]), ["text"]),
    (figure(), figure(csv="year,value\n2019,16.4000000001\n2020,17.9\n"), []),
    (figure(), figure(csv="year,value\n2019,16.4001\n2020,17.9\n"), ["value"]),
    (figure(), figure(csv="year,value\n2020,17.9\n"), ["value"]),
    (figure(), figure(csv="year,value\n2020,16.4\n2020,17.9\n"), ["value"]),
    (figure(), figure(csv="year,worth\n2019,16.4\n2020,17.9\n"), ["value"]),
    (figure(), figure(svg=SVG.replace("p1a", "p2b")), []),
    (figure(), figure(svg=SVG.replace("34.5", "34.500001")), []),
    (figure(), figure(svg=SVG.replace("34.5", "35.5")), ["picture"]),
    (figure(), figure(svg=SVG.replace("#999999", "#999998")), ["picture"]),
    (figure(), figure(svg=SVG.replace("2019", "2020")), ["picture"]),
    (figure(), figure(svg=SVG.replace("url(#p1a)", "none")), ["picture"]),
    (figure(), figure(alt="Two lines fall"), ["metadata"]),
    (figure(), figure("trails"), ["gone", "new"]),
    (table(), table(csv="market,rate\nA,8.9\nB,46\n"), ["value"]),
    (table(), table(csv="market,rate\nA,8.9\nB,45\nC,1\n"), ["value"]),
    (table(), table(heading="Rate, USD"), ["text"]),
    (table(), table(note="Nominal."), ["text"]),
    (table(), table(marked=1), ["metadata"]),
    (table(), table(caption="Ranks"), ["metadata", "metadata"]),
    (ALL[-1], output({"text/html": "<p>17.4 and more</p>", "text/plain": "x"}), ["value"]),
    (ALL[-1], output({"text/html": "<p>16.4 and less</p>", "text/plain": "x"}), ["text"]),
    (ALL[-1], output({"text/html": "<p>16.4 and more</p>"}), ["text"]),
    (record("x"), sentence("x", "8.9 %"), ["gone", "new"]),
])
def test_each_kind_of_change(old, new, changes):
    assert sorted(change for change, _ in between([old], [new])) == sorted(changes)
    assert sorted(change for change, _ in between([new], [old])) == sorted(changes) or (
        "tolerance" in str(new)), "it differs both ways"


@pytest.mark.parametrize("part", ["type", "name", "value", "tolerance", "text"])
def test_a_record_that_lost_a_part_is_compared_as_any_output(part):
    broken = copy.deepcopy(ALL[:4])
    del broken[0]["data"][results.MIME][part]
    found = differences.between("c", notebook(("a", *broken)), notebook(("a", *ALL[:4])))
    assert sorted(each.change for each in found) == ["gone", "new"]
    assert differences.between("c", notebook(("a", *broken)), notebook(("a", *broken))) == []
    assert all(differences.line(each) for each in found)


@pytest.mark.parametrize("kind", [results.PREFIX + "text/plain", "text/plain"])
def test_what_is_glued_in_cannot_part_from_the_record(kind):
    edited = copy.deepcopy(ALL)
    edited[0]["data"][kind] = edited[0]["data"][kind].replace("8.9", "9.9")
    assert between(edited, ALL) == [("text", "x")]


def test_outputs_of_a_moved_cell_are_found_again():
    old = notebook(("a", record("x")), ("b", record("y")), ("c", record("z")))
    new = notebook(("n", record("w")), ("b", record("y", 0.09)), ("c", record("z")),
                   ("a", record("x")))
    assert [(each.cell, each.change, each.name) for each in differences.between("c", old, new)] == [
        (1, "new", "w"), (2, "value", "y"), (4, "order", "x")]


def test_another_order_in_one_cell_and_another_cell_is_a_difference():
    assert between(ALL, ALL[1:] + ALL[:1]) == [("order", "x")]
    old, new = (notebook(("a", *outputs), ("b", *others)) for outputs, others in [
        (ALL[:2], ALL[2:]), (ALL[:1], ALL[1:])])
    assert [(each.change, each.name) for each in differences.between("c", old, new)] == [
        ("order", "s")]


def test_outputs_without_a_name_are_paired_by_cell_and_turn():
    prints = [output({"text/plain": text}) for text in ("one", "two", "three")]
    assert between(prints, prints[:2]) == [("gone", "output 3")]
    assert between(prints[:1], prints) == [("new", "output 2"), ("new", "output 3")]


def test_the_largest_change_has_the_largest_size():
    changes = [record("x", 0.0889), record("x", 0.5), record("x", unit="RMB")]
    sizes = [each.size for new in changes for each in differences.between(
        "c", notebook(("a", record("x"))), notebook(("a", new)))]
    gone = differences.between("c", notebook(("a", record("x"))), notebook(("a",)))[0].size
    assert sizes == sorted(sizes) and gone > max(sizes) and sizes[0] < 0.01


@pytest.mark.parametrize("old, new, said", [
    (record("x"), record("x", 0.0988, "9.9 %"), "c, code cell 1, x: 8.9 % -> 9.9 % (+11.3 %)"),
    (record("x"), record("x", 0.0889), "x: 0.0888 -> 0.0889, printed alike (+0.1 %)"),
    (record("x", [1, 2]), record("x", [1, 3]), "x: [2] 2 -> 3, printed alike"),
    (record("x"), record("x", unit="RMB"), "x: unit: '1/year' -> 'RMB'"),
    (sentence("s", "It lies far above the print."), sentence("s", "It lies far below the print."),
     "sentence s: It lies far [above -> below] the print."),
    (figure(), figure(csv="year,value\n2019,16.4\n2020,19\n"),
     "figure paths: its data: row 2, 2020, value: 17.9 -> 19"),
    (figure(), figure(svg=SVG.replace("34.5", "35")), "drawn otherwise from the same data"),
    (figure(), figure(alt="Two lines fall"), "figure paths: alt: Two lines [rise -> fall]"),
    (table(), table(csv="market,rate\nA,8.9\n"), "table rates: its data: row 2, B: gone"),
    (table(), table(heading="Rate"), "table rates: shown: headers, Rate: Rate, % -> Rate"),
    (table(), table(marked=1), "table rates: marked rows: [1] -> [2]"),
])
def test_a_line_names_the_place_and_both_ends(old, new, said):
    found = differences.between("c", notebook(("a", old)), notebook(("a", new)))
    assert said in differences.line(found[0])


def test_what_the_reference_sets_by_itself_is_no_difference():
    """Of every committed chapter: its own reference is no change, whatever is counted anew."""
    for file in sorted(REAL.chapters.glob("*.ipynb"))[:3]:
        committed = json.loads(file.read_text(encoding="utf-8"))
        again = nbformat.from_dict(copy.deepcopy(committed))
        for cell in again.cells:
            cell["id"], cell.metadata["papermill"] = "other", {"duration": 1}
        assert differences.between(file.stem, committed, again) == []
        made = json.loads(accept.reference(again))
        assert differences.between(file.stem, committed, made) == []


@given(st.data())
def test_any_edit_of_a_committed_output_is_found(data):
    """One character anywhere in what is committed, unless it is a digit beyond the tolerance."""
    old = copy.deepcopy(ALL)
    new = copy.deepcopy(ALL)
    chosen = data.draw(st.sampled_from(new))
    kind = data.draw(st.sampled_from([k for k in chosen["data"] if k != results.MIME]))
    text = chosen["data"][kind]
    place = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.sampled_from("aZ<%;"))
    chosen["data"][kind] = text[:place] + put + text[place + (text[place] != " "):]
    if chosen["data"][kind] != text and not differences.same_picture(chosen["data"][kind], text):
        assert between(old, new)


@pytest.mark.parametrize("old, new, same", [
    ("8.9 %", "8.9 %", True), ("1.0000000001", "1.0", True), ("in 2026", "in 2027", False),
    ("−1,200.5", "−1,200.5000000001", True), ("-1.5", "1.5", False), ("a 1.5", "b 1.5", False)])
def test_texts_are_alike_but_for_the_last_digits(old, new, same):
    assert wording.alike(old, new) == wording.alike(new, old) == same
