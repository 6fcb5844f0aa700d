"""Commands that look and change nothing: list, open, status, check, completion; and run's words."""

import json
import os
import subprocess
import sys

import made_book
import pytest
from click.shell_completion import ShellComplete

from helpers.pipeline import (
    chapters,
    cli,
    compare,
    edition,
    listing,
    packages,
    scenario_table,
    status,
    store,
)
from helpers.pipeline.site import checksums
from helpers.project import Project

MANIFEST = {"key": "old", "name": "baseline", "title": "Baseline", "why": "",
            "scenario": "baseline", "file": "", "given": {}, "overrides": {}, "own_data": "",
            "own_tables": [], "command": "book build", "runs": {}}


@pytest.fixture
def small(tmp_path, monkeypatch) -> Project:
    project = made_book.make(tmp_path / "book", "3-3-small-enterprises", "2-3-market-expansion",
                             scenarios=("to-2030",))
    made_book.enter(project, monkeypatch)
    return project


def published(project, name="baseline", **changes):
    """A folder of pages as a build leaves it."""
    folder = (project.build / "html" if name == "baseline"
              else project.build / "editions" / name / "html")
    (folder / "chapters").mkdir(parents=True)
    (folder / "index.html").write_text("pages")
    (folder / edition.MANIFEST).write_text(json.dumps({**MANIFEST, "name": name, **changes}))
    checksums.write(folder)
    return folder


# ------------------------------------------------------------------ list


def test_everything_is_listed_with_numbers_titles_and_addresses(small):
    folder = published(small, "to-2030", scenario="to-2030", title="To 2030",
                       overrides={"horizon_year": 2030}, own_tables=["claims"])
    sweep = small.build / "sweeps" / "grid"
    sweep.mkdir(parents=True)
    (sweep / "index.html").write_text("")
    (sweep / "results.csv").write_text('a\n1\n"2\n3"\n')
    said = made_book.book("list").output
    assert "  2.3  2-3-market-expansion   Market expansion" in said
    assert "horizon_year = 2030, own table claims" in said
    assert (folder / "index.html").as_uri() in said
    assert "grid  2 rows" in said and (sweep / "index.html").as_uri() in said


def test_one_kind_can_be_listed_and_read_by_machines(small):
    assert made_book.book("list", "editions").output == "none is built. Type: book build\n"
    rows = json.loads(made_book.book("list", "scenarios", "--json").output)
    assert rows == {"scenarios": listing.of_scenarios(small)}
    assert [row["sets"] for row in rows["scenarios"]] == [{}, {"horizon_year": 2030}]


def test_a_broken_scenario_is_listed_as_one(small):
    (small.scenarios / "gloomy.toml").write_text("title = 1")
    done = made_book.book("list", "scenarios")
    assert done.exit_code == 0 and "gloomy" in done.output and "cannot be read" in done.output


# ------------------------------------------------------------------ open


@pytest.fixture
def opened(monkeypatch):
    found = []
    monkeypatch.setattr("webbrowser.open", found.append)
    monkeypatch.setenv("DISPLAY", ":0")
    return found


@pytest.mark.parametrize("arguments, page", [
    ([], "_build/html/index.html"),
    (["2.3"], "_build/html/chapters/2-3-market-expansion.html"),
    (["baseline", "3-3"], "_build/html/chapters/3-3-small-enterprises.html"),
    (["to-2030"], "_build/editions/to-2030/html/index.html"),
    (["to-2030", "2.3"], "_build/editions/to-2030/html/chapters/2-3-market-expansion.html"),
])
def test_a_page_is_opened_and_its_address_printed(small, opened, arguments, page):
    for name in ("baseline", "to-2030"):
        folder = published(small, name, scenario=name)
        for chapter in chapters.names(small):
            (folder / "chapters" / f"{chapter}.html").write_text("page")
    done = made_book.book("open", *arguments)
    address = (small.root / page).as_uri()
    assert done.exit_code == 0 and done.output == address + "\n" and opened == [address]


def test_without_a_display_the_address_is_enough(small, opened, monkeypatch):
    published(small)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert made_book.book("open").output.startswith("file://") and opened == []


@pytest.mark.parametrize("arguments, said", [
    ([], "Type: book build"), (["to-2030"], "Type: book build to-2030"),
    (["nowhere"], "neither an edition nor a chapter"), (["nowhere", "2.3"], "is not a scenario"),
    (["baseline", "9.9"], "No chapter is called '9.9'"),
])
def test_what_is_not_built_says_what_to_type(small, opened, arguments, said):
    done = made_book.book("open", *arguments)
    assert done.exit_code == 2 and said in done.output and opened == []
    assert len(done.output.strip().splitlines()) == 1


# ------------------------------------------------------------------ status


def test_status_tells_place_chapters_and_editions(small):
    published(small)
    (small.scenarios / "gloomy.toml").write_text('title = "G"\nwhy = "W"\n[parameters]\n')
    done = made_book.book("status")
    assert done.exit_code == 0, done.output
    assert f"Place: {small.root}" in done.output
    assert "3-3-small-enterprises: it has never run here" in done.output
    assert "Edition baseline: out of date. Type: book build" in done.output
    assert "scenarios/gloomy.toml is not in the tables of scenarios yet" in done.output
    found = json.loads(made_book.book("status", "--json").output)
    assert found["runs"] == 0 and set(found["waiting"]) == set(chapters.names(small))


def test_an_edition_is_up_to_date_until_something_of_it_changes(small):
    from helpers.pipeline import building

    wanted = edition.baseline(small)
    published(small, key=building._page_key(wanted, wanted.plans(), [], ()))
    assert status.of(small).editions[0].current
    (small.root / "intro.md").write_text("# Another\n")
    assert not status.of(small).editions[0].current


def test_an_edition_whose_scenario_is_gone_says_so(small):
    published(small, "gone", scenario="gone")
    found = status.of(small).editions[0]
    assert not found.current and "'gone' is not a scenario" in found.reason


def test_the_store_is_measured_and_a_stored_chapter_does_not_wait(small):
    plan = next(edition.baseline(small).plans())
    store.publish(small.build, {"results.json": b"[]" * 500}, plan.key,
                  {"status": "ok", "chapter": plan.chapter, "parts": plan.parts})
    found = status.of(small)
    assert found.runs == 1 and found.run_bytes > 1000
    assert plan.chapter not in found.waiting and found.chapters == 2


def test_packages_other_than_in_the_lock_file_are_named(tmp_path):
    lock = tmp_path / "requirements.txt"
    lock.write_text("# made by hand\nnumpy==0.1  # via x\nno-such-package==2\n"
                    "pandas==0.1 ; python_version < '3'\n    # via y\n")
    assert packages.locked(lock) == {"numpy": "0.1", "no-such-package": "2"}
    other = packages.other(lock)
    assert other[1] == "no-such-package is not installed, the lock file says 2"
    assert other[0].startswith("numpy is ") and len(other) == 2
    assert packages.warning(lock) == [f"{'; '.join(other)}. Type: make setup"]
    lock.write_text("".join(f"no-such-package-{number}==2\n" for number in range(9)))
    assert "; and 6 more. Type: make setup" in packages.warning(lock)[0]


def test_the_installed_packages_are_those_of_the_lock_file():
    assert packages.warning(Project.current().lock_file) == []


# ------------------------------------------------------------------ check


def test_check_tells_every_broken_rule_and_fails(small):
    file = small.chapters / "3-3-small-enterprises.ipynb"
    notebook = json.loads(file.read_text())
    notebook["cells"][2]["source"] = ["x = 1;"]
    file.write_text(json.dumps(notebook))
    (small.data / "loose.csv").write_text("a\n1\n")
    table = small.data / "paper" / "ratings.csv"
    table.write_bytes(table.read_bytes().replace(b"High", b"Low", 1))
    done = made_book.book("check", "3.3")
    assert done.exit_code == 1
    assert "3-3-small-enterprises, code cell 2: it ends with a semicolon" in done.output
    assert "data/paper/ratings.csv is not what was accepted" in done.output
    assert "Type: book new table data/loose.csv" in done.output
    found = json.loads(made_book.book("check", "--json", "3.3").output)
    assert found["status"] == "failed" and len(found["tables"]) == 2


def test_accept_refuses_a_chapter_that_breaks_a_rule(small):
    file = small.chapters / "3-3-small-enterprises.ipynb"
    notebook = json.loads(file.read_text())
    notebook["cells"][0]["source"] = ["# 3.3\n", "In 2026 it ends."]
    file.write_text(json.dumps(notebook))
    before = made_book.contents(small)
    done = made_book.book("accept", "3.3")
    assert done.exit_code == 1 and "rules for chapters are broken" in done.output
    assert "'2026' is typed by hand" in done.output
    assert made_book.contents(small) == before


# ------------------------------------------------------------------ a scenario of one's own


def test_a_new_scenario_file_joins_the_tables_only_when_they_are_made(small):
    (small.scenarios / "gloomy.toml").write_text(
        'title = "G"\nwhy = "W"\n[parameters]\nhorizon_year = 2031\n')
    assert scenario_table.unlisted(small) == ["gloomy"]
    assert "gloomy" not in scenario_table.listed(small)
    listed = {name for name, _ in scenario_table.cells(small, scenario_table.listed(small))}
    assert listed == {"baseline", "to-2030"}
    assert {name for name, _ in scenario_table.cells(small)} == {*listed, "gloomy"}


# ------------------------------------------------------------------ completion


def completed(arguments, incomplete):
    shell = ShellComplete(cli.main, {}, "book", "_BOOK_COMPLETE")
    return [item.value for item in shell.get_completions(list(arguments), incomplete)]


@pytest.mark.parametrize("arguments, incomplete, found", [
    ([], "st", "status"), (["run"], "2.", "2-3-market-expansion"),
    (["accept", "2.3"], "3", "3-3-small-enterprises"), (["check"], "3-", "3-3-small-enterprises"),
    (["build"], "to", "to-2030"), (["compare", "baseline"], "t", "to-2030"),
    (["open"], "to", "to-2030"), (["open", "to-2030"], "2", "2-3-market-expansion"),
    (["run", "2.3", "--set"], "hor", "horizon_year="),
    (["build", "--set"], "price_basis=r", "price_basis=real_usd"),
    (["sweep", "--grid"], "damp", "damping="), (["list"], "sc", "scenarios"),
    (["new"], "ch", "chapter"), (["new", "chapter", "x", "--table"], "cla", "claims"),
])
def test_a_word_is_completed(small, arguments, incomplete, found):
    assert found in completed(arguments, incomplete)


def test_completion_fails_without_a_word(small):
    (small.root / "_toc.yml").write_text("]")
    assert completed(["run"], "2") == []
    small.data_package.write_text("]")
    assert completed(["new", "chapter", "x", "--table"], "c") == []


@pytest.mark.parametrize("line, found", [
    ("book run 2", ["plain,2-3-market-expansion"]), ("book run 2.3 --se", ["plain,--set"]),
    ("book build --set horizon_y", ["plain,horizon_year="]),
    ("book build --set price_basis=re", ["plain,real_usd"]),  # bash keeps what stands before "="
    ("book build ", ["plain,baseline", "plain,to-2030"]),
])
def test_a_shell_completes_without_errors_and_heavy_imports(small, line, found):
    program = ("import sys\nfrom helpers.pipeline.cli import main\n"
               "try:\n    main(prog_name='book')\n"
               "finally:\n    print([name for name in ('pandas', 'matplotlib', 'papermill', "
               "'nbformat') if name in sys.modules], file=sys.stderr)\n")
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=small.root,
        env={**os.environ, "_BOOK_COMPLETE": "bash_complete", "COMP_LINE": line})
    assert done.stdout.splitlines() == found
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("line, found", [
    ("book run 2.", "2-3-market-expansion"), ("book build --set price_basis=r", "real_usd"),
])
def test_bash_takes_what_it_is_given(small, tmp_path, line, found):
    """With the very function that `eval` switches on; a small program stands for the script."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "book").write_text(
        f"#!/bin/sh\nexec {sys.executable} -m helpers.pipeline.cli \"$@\"\n")
    (programs / "book").chmod(0o755)
    script = (f'eval "$(_BOOK_COMPLETE=bash_source book)"; COMP_LINE={line!r}; '
              f'COMP_POINT={len(line)}; _book_completion book; echo "${{COMPREPLY[@]}}"')
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, cwd=small.root,
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"})
    assert (done.stdout.strip(), done.stderr) == (found, "")


# ------------------------------------------------------------------ run


def test_what_moved_is_said_in_the_words_of_the_labels():
    row = {"chapter": "c", "name": "x", "label": "Market A", "unit": "ratio", "old": 2.0,
           "new": 3.0, "old_text": "2.00", "new_text": "3.00", "change": 0.5, "status": "computed"}
    found = compare.Comparison(
        [row], [{"chapter": "c", "name": "s", "old": "It grows.", "new": "It falls."}],
        [{"chapter": "c", "name": "paths"}], [{"chapter": "c", "name": "y", "edition": "B"}], 3)
    assert compare.in_lines_of_a_chapter(found) == [
        "Market A: 2.00 -> 3.00  (+50.0 %)", "Sentence s: It grows. -> It falls.",
        "Figure paths moved.", "y is new.", "Three results held."]
    assert compare.in_lines_of_a_chapter(compare.Comparison(same=20)) == [
        "Nothing moved: 20 results held."]
