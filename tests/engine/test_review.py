"""A review says what moved, why, and how much, and trusts nothing that a notebook says."""

import html
import json
import re
import subprocess
from html.parser import HTMLParser

import pytest
from small_book import ANOTHER, READS, RECORD, book, write
from test_differences import SVG, figure, notebook, output, record, sentence, table

from helpers.pipeline import differences, moved, plan
from helpers.pipeline.review import beside, causes, groups, pages, text
from helpers.pipeline.site import moved_page

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)> `a` *b* [c](d) | @everyone #1 & more"


def between(*pairs, chapter="2-3-market"):
    """Differences of cells, each with an output before and one after; None for none."""
    old, new = (notebook(*(("a", *([pair[side]] if pair[side] else [])) for pair in pairs))
                for side in (0, 1))
    return differences.between(chapter, old, new)


MANY = between(
    (record("rate"), record("rate", 0.0999, "10.0 %")),
    (record("coin", unit="USD"), record("coin", unit="RMB")),
    (sentence("order", "A lies above B."), sentence("order", "A lies below B.")),
    (figure(), figure(csv="year,value\n2019,16.4\n2020,19\n", svg=SVG.replace("34.5", "36"))),
    (figure("marks"), figure("marks", svg=SVG.replace("34.5", "36"))),
    (table(), table(csv="market,rate\nA,8.9\nB,46\n")),
    (table("notes", caption="Rates"), table("notes", caption="Ranks", marked=1)),
    (None, record("fresh")), (record("old"), None),
    (output({"text/plain": "1.5"}), output({"text/plain": "2.5"})))


def grouped(found, cause="table claims"):
    return groups.of((cause, each) for each in found)


# ------------------------------------------------------------------ groups and causes


def test_groups_are_of_one_cause_and_one_kind_and_the_largest_comes_first():
    found = groups.of([("module a.py", each) for each in MANY[:3]]
                      + [("table b", each) for each in MANY])
    assert {(group.cause, group.change) for group in found} >= {
        ("module a.py", "value"), ("table b", "value"), ("table b", "new"), ("table b", "picture")}
    sizes = [group.differences[0].size for group in found]
    assert sizes == sorted(sizes, reverse=True)
    for group in found:
        inside = [each.size for each in group.differences]
        assert inside == sorted(inside, reverse=True)
        assert {each.change for each in group.differences} == {group.change}


@pytest.mark.parametrize("changed, cause", [
    ({}, causes.NOTHING), ({"data": {"claims": "2", "b": "1"}}, "table claims"),
    ({"description": {"claims": "2"}}, "table claims"), ({"code": "2"}, "cells of one"),
    ({"helpers": {"growth/rates.py": "2"}}, "module growth/rates.py"), ({"lock": "2"}, "lock file"),
    ({"parameters": {"base_year": 2}}, "parameter base_year"), ({"python": "4"}, "Python"),
    ({"files": {"vendor/a.ttf": "2"}}, "file vendor/a.ttf"),
    ({"installed": {"numpy": "2"}}, "package numpy"),
    ({"installed": dict.fromkeys("abcde", "2")},
     "package a, package b, package c and 2 more packages"),
    ({"data": {"claims": "2", "b": "1"}, "helpers": {"growth/rates.py": "2"}},
     "table claims and module growth/rates.py"),
])
def test_a_cause_is_the_part_of_the_key_that_changed(changed, cause):
    old = {"code": "1", "parameters": {"base_year": 1}, "data": {"claims": "1", "b": "1"},
           "description": {"claims": "1"}, "helpers": {"growth/rates.py": "1"},
           "files": {"vendor/a.ttf": "1"}, "lock": "1", "python": "3",
           "installed": dict.fromkeys([*"abcde", "numpy"], "1")}
    if "installed" in changed:
        changed = {"installed": {**old["installed"], **changed["installed"]}}
    assert causes.between("one", old, {**old, **changed}) == cause


def test_the_last_commit_stands_for_outputs_that_were_not_made_here(workshop):
    write(workshop, "one", READS, RECORD)
    with_outputs(workshop, "one", record("x"))
    rated = workshop.data / "paper" / "ratings.csv"
    before = rated.read_text()
    rated.write_text(before.replace("Low", "High", 1))
    plans = {"one": plan.make(workshop, "one", {})}
    assert causes.of_chapters(workshop, plans) == {"one": causes.UNKNOWN}, "no repository"
    rated.write_text(before)
    commit(workshop)
    assert causes.of_chapters(workshop, plans) == {"one": "table ratings"}


def test_rows_of_scenarios_are_compared_by_cell():
    head = "scenario,chapter,result,label,unit,status,scope,value,value_json,text,note\n"
    rows = ["baseline,one,x,X,count,computed,,1,,1,", "later,one,x,X,count,computed,,2,,2,",
            "later,one,s,S,count,computed,,,[1],1,"]
    old = {"scenario_results": head + "\n".join(rows) + "\n"}
    for edit, said in [
            (("computed,,2,,2,", "computed,,2.0000000000001,,2,"), []),
            (("later,one,x,X,count,computed,,2,,2,", "later,one,x,X,USD,computed,,2,,2,"),
             ["one, x under later: unit: 'count' -> 'USD'"]),
            ((",,2,,2,", ",,3,,3,"), ["one, x under later: 2 -> 3 (+50.0 %)"]),
            (("[1],1", "[2],2"), ["one, s under later: 1 -> 2"]),
            (("later,one,s,S,count,computed,,,[1],1,\n", ""),
             ["one, s under later: gone; it was: 1"])]:
        new = {"scenario_results": old["scenario_results"].replace(*edit)}
        assert [differences.line(each) for _, each in beside.of_scenarios(old, new)] == said
    new = {"scenario_results": old["scenario_results"].replace(",,1,,1,", ",,9,,9,")}
    found = [each for _, each in beside.of_scenarios(old, new)]
    assert len(found) == 1 and beside.of_scenarios(old, new, between(
        (record("x", 1, "1"), record("x", 9, "9")), chapter="one")) == [], "a chapter has told it"


# ------------------------------------------------------------------ the page


class _Page(HTMLParser):
    """Tags of a page, and addresses that it would load."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.addresses = [], []
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "srcset")]
        assert not [name for name, _ in attrs if name.startswith("on")], attrs


def test_the_page_is_whole_and_shows_every_difference_and_figures_in_four_views():
    source = pages.page("What waits", grouped(MANY))
    page = _Page(source)
    assert all(address.startswith(("data:image/svg+xml;base64,", "#"))
               for address in page.addresses)
    assert "default-src 'none'" in source and "prefers-color-scheme: dark" in source
    assert page.tags.count("fieldset") == 2, "a figure whose data moved, and one drawn otherwise"
    for view in ("side", "wipe", "onion", "difference"):
        assert source.count(f'value="{view}"') == 2
        assert f"[value={view}]:checked" in source or view == "side"
    assert "A lies <del>above</del> <ins>below</ins> B." in source
    assert "<del>8.9</del> <ins>10.0</ins> % <span class=\"change\">(+12.5 %)</span>" in source
    assert "<del>USD</del> <ins>RMB</ins>" in source
    assert "<td><del>45</del> <ins>46</ins></td>" in source, "a table by cell"
    assert "<del>17.9</del>" in source and "<ins>19</ins>" in source, "data of a figure"
    for each in MANY:
        assert html.escape(each.name) in source
    assert "side by side" not in pages.page("Nothing", [])


def hostile():
    """Every kind of output, with mark-up of others wherever a text can stand."""
    entry = {"label": EVIL, "unit": EVIL, "note": EVIL, "scope": EVIL}
    return between(
        (record("x", text=EVIL), record("x", 0.5, text=EVIL + " 2", **entry)),
        (sentence("s", EVIL), sentence("s", EVIL + " more")),
        (sentence(EVIL, "a"), sentence(EVIL, "b")),
        (figure(EVIL, csv=f"a,{EVIL}\n1,{EVIL}\n", svg=f"<svg>{EVIL}</svg>", alt=EVIL),
         figure(EVIL, csv=f"a,{EVIL}\n2,{EVIL}2\n", svg=f"<svg>{EVIL}2</svg>", alt=EVIL + "2")),
        (table("t", caption=html.escape(EVIL)), table("t", caption=html.escape(EVIL + "2"),
                                                      note=html.escape(EVIL))),
        (table(EVIL), table(EVIL, csv=f"market,rate\nA,{html.escape(EVIL).replace(',', ';')}\n")),
        (None, output({"text/plain": EVIL, "text/html": EVIL})),
        (output({"text/html": EVIL}), None))


def test_nothing_of_a_notebook_becomes_mark_up_of_the_page():
    assert len(hostile()) > 8
    ordinary = _Page(pages.page("T", grouped(MANY, "b"), ["r"]))
    source = pages.page(EVIL, grouped(hostile(), EVIL), [EVIL])
    page = _Page(source)
    assert set(page.tags) <= set(ordinary.tags) | {"small"} and page.tags.count("script") == 1
    assert all(address.startswith(("data:image/svg+xml;base64,", "#"))
               for address in page.addresses)
    assert "onerror=alert(2)&gt;" in source, "it is there, as text"


@pytest.mark.slow
def test_the_page_is_read_in_a_browser_without_scripts_and_without_overflow(browser, tmp_path):
    file = tmp_path / "review.html"
    file.write_text(pages.page("What waits", grouped([*MANY, *hostile()])), "utf-8")
    for scripts in (True, False):
        page = browser.new_page(viewport={"width": 360, "height": 700}, java_script_enabled=scripts)
        asked = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(file.as_uri())
        views = page.locator("fieldset.views").first
        for view in ("wipe", "onion", "difference", "side"):
            views.locator(f"input[value={view}]").check()
            style = views.locator(".new").evaluate("e => getComputedStyle(e).mixBlendMode")
            assert (style == "difference") == (view == "difference")
            assert views.locator(".at").is_visible() == (scripts and view in ("wipe", "onion"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        page.close()


# ------------------------------------------------------------------ the comment


def test_the_comment_counts_names_the_largest_and_the_sentences_that_turned():
    made = text.comment(grouped(MANY))
    assert made.startswith(f"**{len(MANY)} outputs of the book differ**, in one chapter.")
    assert "A lies &#91;above -&gt; below&#93; B." in made.split("**The largest")[0]
    assert "8.9 % -&gt; 10.0 % (+12.5 %)" in made.split("**The largest")[1]
    assert text.comment([]) == "**No output of the book moves.**\n"


def test_the_comment_stays_short():
    many = between(*((record(f"r{i}"), record(f"r{i}", i + 1.0, text=f"{i}" * 500))
                     for i in range(300)))
    made = text.comment(grouped(many))
    assert made.count("\n- ") == text.MOST + 1 and len(made) < 10_000
    assert f"and {300 - text.MOST} smaller ones" in made


def test_a_notebook_cannot_mention_link_or_mark_up_in_a_comment():
    made = text.comment(grouped(hostile(), EVIL))
    lines = [line for line in made.splitlines() if not line.startswith(("**", "| Cause", "| ---"))]
    for line in lines:
        inner = line.removeprefix("- ").replace(" | ", " ").strip("| ")
        assert not re.search(r"[<`*@]|(?<!&)#|\[|\]\(", inner), inner


# ------------------------------------------------------------------ the log and its page

ROW = {"date": "2026-11-28", "chapter": "2-3-market", "name": "rate", "change": "value",
       "old": "8.9 %", "new": "10.0 %", "cause": "table claims", "reason": "A misprint"}


def test_the_log_only_grows(workshop):
    first = moved.added(workshop, [ROW])
    moved.file(workshop).write_bytes(first)
    second = moved.added(workshop, [{**ROW, "reason": 'of "two",\nlines'}])
    assert second.startswith(first) and first.startswith(b"date,chapter,name")
    moved.file(workshop).write_bytes(second)
    assert [row["reason"] for row in moved.read(workshop)] == ["A misprint", 'of "two", lines']


@pytest.mark.parametrize("before, after", [
    ("", "# Changelog\n\n## Unreleased\n\n### Results that moved\n\n- why\n"),
    ("# C\n\n## 0.2 (unreleased)\n\n- a\n\n## 0.1\n\n- b\n",
     "# C\n\n## 0.2 (unreleased)\n\n- a\n\n### Results that moved\n\n- why\n\n## 0.1\n\n- b\n"),
    ("# C\n\n## Unreleased\n\n### Results that moved\n\n- a\n  b\n\n### Other\n\n- c\n",
     "# C\n\n## Unreleased\n\n### Results that moved\n\n- a\n  b\n- why\n\n### Other\n\n- c\n"),
    ("# C\n\n## 0.1\n\n- b\n",
     "# C\n\n## Unreleased\n\n### Results that moved\n\n- why\n\n## 0.1\n\n- b\n"),
])
def test_the_changelog_gets_the_reason_where_nothing_is_released_yet(before, after):
    assert moved.in_changelog(before, ["why"]) == after


def test_a_page_says_when_and_why_a_number_moved_whatever_the_day_is(workshop):
    assert "Nothing has moved" in moved_page.text(workshop, [])
    moved.file(workshop).write_bytes(moved.added(workshop, [
        ROW, {**ROW, "date": "2026-11-29", "reason": "<b>", "chapter": "9-gone", "change": "gone",
              "new": "", "name": "old_rate"}]))
    page = moved_page.text(workshop, ["2-3-market"])
    assert page.index("## 2026-11-29: &lt;b&gt;") < page.index("## 2026-11-28: A misprint")
    assert "- [2.3](chapters/2-3-market.ipynb) rate: 8.9 % → 10.0 %" in page
    assert "- 9 old\\_rate: gone, 8.9 %" in page and "Cause: table claims." in page


def test_what_would_be_many_alike_is_one_row_of_the_log():
    new = between(*((None, record(f"r{i}")) for i in range(12)), chapter="new-one")
    found = [("new chapter", each) for each in new] + [("table claims", each) for each in MANY]
    reasons = dict.fromkeys({(cause, each.change) for cause, each in found}, "so")
    rows = text.log_rows(found, reasons, "2026-11-28")
    assert len(rows) == len(MANY) + 1
    assert [row["new"] for row in rows if row["chapter"] == "new-one"] == ["12 outputs"]
    assert {tuple(row) for row in rows} and all(set(row) == set(moved.FIELDS) for row in rows)
    ends = {(row["name"], row["change"]): (row["old"], row["new"]) for row in rows}
    assert ends["rate", "value"] == ("8.9 %", "10.0 %")
    assert ends["coin", "text"] == ("unit USD", "unit RMB")
    assert ends["old", "gone"] == ("8.9 %", "") and ends["fresh", "new"] == ("", "8.9 %")


# ------------------------------------------------------------------ the command


def commit(project):
    for line in (["init", "-q"], ["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@b.c",
                                                 "commit", "-qm", "a", "--no-gpg-sign"]):
        subprocess.run(["git", *line], cwd=project.root, check=True, capture_output=True)


def with_outputs(project, name, *outputs):
    """Give the last code cell of a chapter these outputs."""
    file = project.chapters / f"{name}.ipynb"
    made = json.loads(file.read_text())
    [cell for cell in made["cells"] if cell["cell_type"] == "code"][-1]["outputs"] = list(outputs)
    file.write_text(json.dumps(made))


def test_what_a_change_accepted_is_told_against_a_revision_without_a_run(workshop, tmp_path):
    write(workshop, "one", READS, RECORD)
    write(workshop, "two", READS, RECORD, ANOTHER)
    for name in ("one", "two"):
        with_outputs(workshop, name, record("x"), figure())
    commit(workshop)
    assert book(workshop, "review", "--against", "HEAD").output == "No result moved.\n"
    with_outputs(workshop, "one", record("x", 0.0999, "10.0 %"), figure(csv="a\n1.5\n"))
    rated = workshop.data / "paper" / "ratings.csv"
    rated.write_text(rated.read_text().replace("Low", "High", 1))
    (workshop.chapters / "two.ipynb").unlink()
    before = {file: file.read_bytes() for file in workshop.root.rglob("*") if file.is_file()}
    page, comment = tmp_path / "p.html", tmp_path / "c.md"
    done = book(workshop, "review", "--against", "HEAD", "--page", str(page),
                "--comment", str(comment))
    assert done.exit_code == 0, done.output
    assert "Table ratings: 3 values moved in one and data" in done.output
    assert "one, code cell 3, x: 8.9 % -> 10.0 % (+12.5 %)" in done.output
    assert "Removed chapter two: 2 outputs gone in two" in done.output
    assert "data, ratings: its data: row " in done.output
    assert "x: 8.9 % -&gt; 10.0 %" in comment.read_text() and "<fieldset" not in page.read_text()
    assert before == {file: file.read_bytes() for file in workshop.root.rglob("*")
                      if file.is_file()}
    assert book(workshop, "review", "two", "--against", "HEAD").exit_code == 2


@pytest.mark.parametrize("revision", ["no-such", "--output=x", "HEAD~99"])
def test_a_revision_that_is_not_there_is_one_line(workshop, revision):
    done = book(workshop, "review", "--against", revision)
    assert done.exit_code == 2 and done.output.count("\n") == 1
    assert not (workshop.root / "x").exists()


def test_another_file_that_is_made_with_the_reference_is_told_line_by_line(workshop):
    file = workshop.root / "tests" / "one.json"
    found = beside.of_files(workshop, {file: b'{\n "a": 1,\n "b": "below"\n}\n'},
                            {file: b'{\n "a": 1,\n "b": "above"\n}\n'})
    assert [differences.line(each) for each in found] == [
        'data, tests/one.json, line 3: "b": ["above" -> "below"]']
    assert [each.change for each in beside.of_files(workshop, {file: b"a\n"}, {file: None})] == [
        "new"]


def test_a_setting_of_a_scenario_is_its_own_cause():
    old = {"scenarios": "scenario,title,parameter,value\nlater,Later,horizon_year,2030\n",
           "scenario_results": ""}
    new = {**old, "scenarios": old["scenarios"].replace("2030", "2031")}
    (cause, found), = beside.of_scenarios(old, new)
    assert cause == "scenario later" and "2031" in differences.line(found)
