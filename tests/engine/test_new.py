"""What `book new` makes keeps every rule at once; what it refuses leaves nothing behind."""

import errno
import json
import os
import signal

import frictionless
import made_book
import pytest

from helpers import datasets, parameters
from helpers.pipeline import accept, chapters, check, new
from helpers.project import Project

ROBOTS = "year,country,robots_count,share,checked,code\n" \
         "2019,DE,10,0.5,yes,007\n2020,DE,,0.25,no,008\n2019,JP,3,1,yes,009\n"


@pytest.fixture
def small(tmp_path, monkeypatch) -> Project:
    project = made_book.make(tmp_path / "book", scenarios=("to-2030",))
    made_book.enter(project, monkeypatch)
    return project


@pytest.fixture
def robots(tmp_path):
    file = tmp_path / "robots.csv"
    file.write_text(ROBOTS)
    return file


# ------------------------------------------------------------------ chapters


@pytest.mark.slow
def test_a_new_chapter_runs_and_keeps_every_rule_at_once(small):
    done = made_book.book("new", "chapter", "2-4-new-markets")
    assert done.exit_code == 0, done.output
    assert check.faults(small, "2-4-new-markets") == []
    found = chapters.read(small, "2.4")
    assert found.title == "2.4 New markets" and found.recorded == ("rows", "answer_rows")
    assert datasets.changed(small) == []
    again = made_book.book("check", "2.4")
    assert again.exit_code == 0 and "2-4-new-markets: keeps every rule." in again.output
    assert "texts marked 'TO WRITE'" in again.output


@pytest.mark.slow
def test_a_chapter_that_cannot_run_leaves_nothing(small, monkeypatch):
    before = made_book.contents(small)
    broken = new._filled

    def failing(template, **texts):
        return broken(template, **texts).replace(b"len(rows)", b"len(nothing)")

    monkeypatch.setattr(new, "_filled", failing)
    done = made_book.book("new", "chapter", "2-4-new-markets")
    assert done.exit_code == 1 and "NameError" in done.output
    assert made_book.contents(small) == before


@pytest.mark.parametrize("name, after", [
    ("2-2-b", "2-1-international-competition"), ("2-10-b", "2-3-market-expansion"),
    ("7-b", "6-suggestions-for-china"), ("a4-b", "a3-scenarios"), ("0-b", None),
])
def test_a_chapter_gets_its_place_by_its_number(name, after, tmp_path):
    book = Project.current()
    text = book.contents.read_text()
    if name == "2-2-b":
        text = text.replace("      - file: chapters/2-2-technology-convergence\n", "")
    (tmp_path / "_toc.yml").write_text(text)
    changed = new.with_chapter(Project.at(tmp_path), name).decode()
    assert changed.replace(f"      - file: chapters/{name}\n", "") == text
    names = [line.split("/")[1] for line in changed.splitlines() if "chapters/" in line]
    assert names.index(name) == (names.index(after) + 1 if after else 0)


def test_the_first_chapter_of_a_book_goes_under_the_heading(small):
    changed = new.with_chapter(small, "1-start").decode()
    assert changed.endswith("    chapters:\n      - file: chapters/1-start\n")
    assert "# kept as it is" in changed


def test_a_list_of_chapters_typed_by_hand_is_left_to_the_author(small):
    (small.root / "intro.md").write_text("| 1 | [One](chapters/1-one.ipynb) |\n")
    made = new.chapter(small, "1-one")
    assert any("| 1 | [One](chapters/1-one.ipynb)" in line for line in made.remarks)
    assert small.root / "intro.md" not in made.contents


@pytest.mark.parametrize("name", ["markets", "2-4", "2-4-New", "2.4-new", "../x", "2-4-new.ipynb",
                                  "2-4--new", "02-4-new", "2-\u0664-new", ""])
def test_a_bad_name_of_a_chapter_is_refused(small, name):
    before = made_book.contents(small)
    done = made_book.book("new", "chapter", name)
    assert done.exit_code == 2 and "is no name of a chapter" in done.output
    assert len(done.output.strip().splitlines()) == 1
    assert made_book.contents(small) == before


@pytest.mark.slow
def test_a_name_that_no_file_can_have_is_refused(small):
    for made in (new.chapter, new.scenario):
        with pytest.raises(new.NewError, match="signs, at most"):
            made(small, "2-4-" + "a" * 300)


def test_every_file_that_a_new_chapter_changes_is_named(small):
    before = made_book.contents(small)
    done = made_book.book("new", "chapter", "2-4-new-markets")
    after = made_book.contents(small)
    changed = {small.shown(file) for file in after if after[file] != before.get(file)}
    named = {line.removeprefix("written: ") for line in done.output.splitlines()
             if line.startswith("written: ")}
    assert named == changed


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_command_that_is_told_to_end_takes_back_what_it_tried(small, monkeypatch, name):
    before = made_book.contents(small)
    was = signal.getsignal(getattr(signal, name))

    def told(*_, **__):
        assert made_book.contents(small) != before
        assert signal.getsignal(getattr(signal, name)) != signal.SIG_DFL
        os.kill(os.getpid(), getattr(signal, name))

    monkeypatch.setattr(accept, "prepare", told)
    signal.signal(getattr(signal, name), signal.SIG_DFL)
    try:
        done = made_book.book("new", "chapter", "2-4-new-markets")
    finally:
        signal.signal(getattr(signal, name), was)
    assert done.exit_code == 128 + getattr(signal, name)
    assert made_book.contents(small) == before


def test_a_full_disk_is_one_line(small, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(accept, "prepare", full)
    done = made_book.book("accept")
    assert done.exit_code == 1 and done.output.splitlines()[-1].startswith(
        "Error: No space left on device.")


def test_a_taken_number_is_refused():
    with pytest.raises(new.NewError, match="2.3 is taken by 2-3-market-expansion"):
        new.chapter(Project.current(), "2-3-again")


# ------------------------------------------------------------------ tables


def test_a_new_table_is_described_whole_and_valid(small, robots):
    done = made_book.book("new", "table", str(robots))
    assert done.exit_code == 0, done.output
    about = datasets.describe("robots", small)
    assert about["path"] == "external/robots.csv" and about["origin"] == "published"
    kinds = {each["name"]: each["type"] for each in about["schema"]["fields"]}
    assert kinds == {"year": "year", "country": "string", "robots_count": "integer",
                     "share": "number", "checked": "boolean", "code": "string"}
    assert about["schema"]["primaryKey"] == ["year", "country"]
    optional = [each["name"] for each in about["schema"]["fields"] if "constraints" not in each]
    assert optional == ["robots_count"]
    assert len(datasets.load("robots", small)) == 3 and robots.is_file()
    assert datasets.changed(small) == [] and datasets.undescribed(small) == []
    assert check.tables(small, []) == []
    assert any("robots" in line and "TO WRITE" in line for line in check.notes(small))
    assert any(line.startswith("No chapter reads ") for line in check.notes(small))


def test_a_new_table_is_valid_for_frictionless(small, robots):
    assert made_book.book("new", "table", str(robots), "--to", "analyst").exit_code == 0
    package = frictionless.Package(str(small.data_package))
    report = package.get_resource("robots").validate()
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "note"])


def test_the_rest_of_the_data_package_stays_byte_for_byte(small, robots):
    before = json.loads(small.data_package.read_text())
    made = new.table(small, robots)
    after = json.loads(made.contents[small.data_package])
    after["resources"] = [each for each in after["resources"] if each["name"] != "robots"]
    assert after == before


def test_a_file_that_lies_in_its_folder_is_described_there(small):
    file = small.data / "analyst" / "robots.csv"
    file.write_bytes(b"\xef\xbb\xbf" + ROBOTS.replace("\n", "\r\n").encode())
    assert "book new table data/analyst/robots.csv" in check.tables(small, [])[0]
    made = new.table(small, file)
    assert made.contents[file] == ROBOTS.encode()  # as Excel saves it is put right
    described = json.loads(made.contents[small.data_package])
    assert any(each["path"] == "analyst/robots.csv" for each in described["resources"])


@pytest.mark.parametrize("content, said", [
    (b"a,b\n", "no row under its header"), (b"a;b\n1;2\n", "semicolons"),
    (b"a,b\n1\n", "row 2: 1 cells where the header has 2"), (b"a,a\n1,2\n", "stands there twice"),
    (b"a,\n1,2\n", "row 1, column 2"), (b"a\nH\xfc\n", "not UTF-8"),
])
def test_a_file_that_is_no_table_is_refused(small, robots, content, said):
    before = made_book.contents(small)
    robots.write_bytes(content)
    done = made_book.book("new", "table", str(robots))
    assert done.exit_code == 2 and said in done.output
    assert len(done.output.strip().splitlines()) == 1
    assert made_book.contents(small) == before


@pytest.mark.parametrize("name, said", [
    ("Robots.csv", "is no name of a table"), ("robots.txt", "is no name of a table"),
    ("claims.csv", "is described already"), ("ro bots.csv", "is no name of a table"),
    ("a" * 200 + ".csv", "200 signs, at most"),
])
def test_a_bad_name_of_a_table_is_refused(small, tmp_path, name, said):
    file = tmp_path / name
    file.write_text(ROBOTS)
    with pytest.raises(new.NewError, match=said):
        new.table(small, file)


def test_a_file_that_is_not_there_is_refused_in_one_line(small):
    done = made_book.book("new", "table", "nowhere.csv")
    assert done.exit_code == 2 and len(done.output.strip().splitlines()) == 1


@pytest.mark.parametrize("cells, kind", [
    (["1", "-2"], "integer"), (["1", "2.5"], "number"), (["1", "x"], "string"),
    (["01", "02"], "string"), (["yes", "no"], "boolean"), (["", ""], "string"),
    (["1_0", "2"], "string"), (["nan"], "string"),
])
def test_the_narrowest_type_of_a_column(cells, kind):
    assert new._type("x", cells) == kind


# ------------------------------------------------------------------ scenarios


def test_a_new_scenario_is_valid_and_tells_its_format(small):
    done = made_book.book("new", "scenario", "gloomy", "--set", "damping=0.8")
    assert done.exit_code == 0, done.output
    file = small.scenarios / "gloomy.toml"
    assert parameters.read_scenario(file)["parameters"] == {"damping": 0.8}
    assert all(name in file.read_text() for name in parameters.names())
    assert "scenarios/gloomy.toml has texts marked 'TO WRITE'." in check.notes(small)


def test_every_line_of_a_new_scenario_can_be_taken_up(small):
    [text] = new.scenario(small, "all").contents.values()
    file = small.scenarios / "all.toml"
    head, lines = text.decode().split("[parameters]\n")
    taken_up = "".join(line.removeprefix("# ") for line in lines.splitlines(keepends=True))
    file.write_text(f"{head}[parameters]\n{taken_up}")
    assert parameters.read_scenario(file)["parameters"] == parameters.defaults()


@pytest.mark.parametrize("name, said", [
    ("to-2030", "taken"), ("baseline", "taken"), ("scenarios", "taken"), ("Gloomy", "no name"),
    ("a--b", "no name"), ("../x", "no name"), ("", "no name"),
])
def test_a_bad_name_of_a_scenario_is_refused(small, name, said):
    before = made_book.contents(small)
    done = made_book.book("new", "scenario", name)
    assert done.exit_code == 2 and said in done.output
    assert made_book.contents(small) == before
