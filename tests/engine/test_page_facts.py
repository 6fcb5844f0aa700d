"""The foot of a page and the box of a chapter: true of their edition, and of nothing else."""

import re
import shutil
from types import SimpleNamespace

import pytest
import small_book
import yaml
from pybtex import database
from small_book import READS, REAL, RECORD

from helpers import parameters
from helpers.pipeline import edition
from helpers.pipeline.site import edition_box, page_facts, page_metadata, rendering

CITED = {"title": "A book", "authors": ["The authors"], "version": "1.2.0", "date": "2026-11-22",
         "repository": "", "root": ""}
PAGE = "chapters/one.html"
ADVISORIES = "from helpers import datasets\ncounts = datasets.load('ics_advisories')"


@pytest.fixture
def project(workshop):
    shutil.copy(REAL.root / page_metadata.CITATION, workshop.root)
    small_book.write(workshop, "one", READS, RECORD, head="horizon_year = 2026  # year")
    small_book.write(workshop, "two", RECORD.replace("horizon_year", "1"),
                     head="medium_score = 2.0  # points")
    return workshop


def told(project, *changes, page=PAGE, run="0123456789abcdef", **cited):
    return page_facts.about(edition.resolve(project, assignments=changes), {**CITED, **cited},
                            page, "1 One", {"one": run})


class TestCitation:
    def test_it_names_page_book_version_edition_and_run(self, project):
        assert told(project)["text"] == (
            "The authors (2026): 1 One. In: A book, version 1.2.0. Baseline edition. "
            "Run 0123456789ab.")

    def test_another_edition_is_cited_with_what_it_sets(self, project):
        said = told(project, "horizon_year=2030")["text"]
        assert "Edition with horizon_year = 2030 (baseline 2026)" in said
        assert "Baseline edition" not in said

    def test_a_scenario_is_cited_by_its_title(self, project):
        small_book.scenario(project, "slow", damping=0.85)
        said = page_facts.in_words(edition.resolve(project, "slow"), CITED, PAGE, "1 One", "")
        assert "Edition Slow with damping = 0.85 (baseline 0.9)." in said and "Run" not in said

    def test_own_tables_are_named_and_their_place_is_not(self, project, tmp_path):
        folder = small_book.own_table(tmp_path / "mine")
        mine = edition.resolve(project.with_own_data(folder))
        said = page_facts.in_words(mine, CITED, PAGE, "1 One", "")
        assert "own tables: ratings" in said and str(folder) not in said

    def test_the_front_page_stands_for_the_book(self, project):
        facts = told(project, page="intro.html")
        assert "In:" not in facts["text"] and facts["bibtex"].startswith("@misc{book-2026,")
        assert "Run" not in facts["text"]

    def test_an_address_is_there_where_the_book_has_one(self, project):
        assert "https" not in told(project)["text"]
        facts = told(project, root="https://example.org/book/")
        assert "https://example.org/book/chapters/one.html" in facts["text"]
        assert "url = {https://example.org/book/chapters/one.html}" in facts["bibtex"]

    def test_an_entry_for_bibtex_can_be_read(self, project):
        entry = told(project, "horizon_year=2030")["bibtex"]
        read = database.parse_string(entry, "bibtex").entries["one-2026"]
        assert read.type == "incollection" and read.fields["year"] == "2026"
        assert read.fields["title"] == "{1 One}" and read.fields["booktitle"] == "{A book}"
        assert r"horizon\_year = 2030" in read.fields["note"]

    @pytest.mark.parametrize("sign", list("&%$#_{}~^\\"))
    def test_signs_of_latex_stand_as_they_are(self, sign):
        assert page_facts._plain(sign) != sign


class TestDates:
    def test_sources_are_those_of_the_tables_that_the_page_reads(self, project):
        assert told(project)["sources"] == 0  # the ratings are the paper's own
        small_book.write(project, "one", ADVISORIES, RECORD)
        facts = told(project)
        assert facts["sources"] and facts["oldest"] <= facts["newest"]
        everything = told(project, page="glossary.html")
        assert everything["oldest"] <= facts["oldest"] <= facts["newest"] <= everything["newest"]
        assert everything["sources"] > facts["sources"]

    def test_results_last_moved_when_the_log_says(self, project):
        (project.chapters / "moved.csv").write_text(
            "date,chapter,name,change,old,new,cause,reason\n"
            "2026-01-02,one,x,value,1,2,data,why\n2026-03-04,two,x,value,1,2,data,why\n")
        assert told(project)["moved"] == "2026-01-02"
        assert told(project, page="glossary.html")["moved"] == "2026-03-04"


class TestAddresses:
    def test_without_a_repository_there_is_no_link(self, project):
        assert told(project)["report"] == told(project)["binder"] == ""

    def test_an_error_is_told_with_page_and_run(self, project):
        link = told(project, repository="https://github.com/a/book")["report"]
        assert link.startswith("https://github.com/a/book/issues/new?title=")
        assert "1%20One" in link and "0123456789ab" in link

    @pytest.mark.parametrize("repository, there", [
        ("https://github.com/a/book", True), ("https://github.com/a/book.git", True),
        ("https://example.org/a/book", False)])
    def test_binder_runs_what_lies_where_it_can_reach(self, project, repository, there):
        link = told(project, repository=repository)["binder"]
        assert link == ("https://mybinder.org/v2/gh/a/book/HEAD?labpath=chapters/one.ipynb"
                        if there else "")
        assert told(project, repository=repository, page="glossary.html")["binder"] == ""


class TestFoot:
    EMPTY = '<h1>1 One<a class="headerlink">#</a></h1><section class="page-facts" a="b"></section>'

    def fill(self, project, folder, *changes):
        (folder / "chapters").mkdir(parents=True)
        (folder / PAGE).write_text(self.EMPTY)
        (folder / "search.html").write_text("<h1>Search</h1>")
        page_facts.fill(folder, edition.resolve(project, assignments=changes),
                        [SimpleNamespace(chapter="one", key="0123456789abcdef")])
        return (folder / PAGE).read_text()

    def test_each_page_with_a_place_gets_its_foot(self, project, tmp_path):
        page = self.fill(project, tmp_path / "html")
        cited = yaml.safe_load((project.root / page_metadata.CITATION).read_text())
        assert f"1 One. In: {cited['title']}, version {cited['version']}" in page
        assert (tmp_path / "html" / "search.html").read_text() == "<h1>Search</h1>"

    def test_pages_that_are_not_there_are_not_linked(self, project, tmp_path):
        assert "status.html" not in self.fill(project, tmp_path / "html")
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "status.html").write_text("")
        assert 'href="../status.html"' in self.fill(project, tmp_path / "other")

    def test_it_can_be_filled_again(self, project, tmp_path):
        page = self.fill(project, tmp_path / "html", "horizon_year=2030")
        (tmp_path / "html" / PAGE).write_text(page)
        page_facts.fill(tmp_path / "html", edition.baseline(project),
                        [SimpleNamespace(chapter="one", key="0123456789abcdef")])
        again = (tmp_path / "html" / PAGE).read_text()
        assert again == self.fill(project, tmp_path / "other")

    def test_a_book_that_does_not_say_how_it_is_cited_has_none(self, project, tmp_path):
        (project.root / page_metadata.CITATION).unlink()
        assert self.fill(project, tmp_path / "html") == self.EMPTY


class TestBox:
    def box(self, project, chapter="one", *changes):
        return edition_box.cell(edition.resolve(project, assignments=changes), chapter)["source"]

    def test_it_has_each_parameter_of_the_page_with_value_and_baseline(self, project):
        box = self.box(project, "one", "horizon_year=2030")
        assert re.findall(r'data-parameter="(\w+)" data-value="(\w+)" data-baseline="(\w+)"',
                          box) == [("horizon_year", "2030", "2026")]
        assert 'id="assumptions" data-chapter="one"' in box and "changed" in box
        assert "book build --set horizon_year=2030" in box

    def test_a_page_that_does_not_read_the_change_has_the_box_of_the_baseline(self, project):
        assert self.box(project, "two", "horizon_year=2030") == self.box(project, "two")
        assert self.box(project, "one", "horizon_year=2030") != self.box(project, "one")

    def test_it_says_whose_tables_the_page_reads(self, project, tmp_path):
        mine = edition.resolve(project.with_own_data(small_book.own_table(tmp_path / "mine")))
        assert "ratings" in edition_box.cell(mine, "one")["source"]
        assert "own folder" not in edition_box.cell(mine, "two")["source"]

    def test_codes_in_a_meaning_are_code_and_signs_are_text(self):
        assert rendering._coded("`a` < b, `c&d`") == "<code>a</code> &lt; b, <code>c&amp;d</code>"

    def test_it_is_one_piece_of_html(self, project):
        for changes in ((), ("horizon_year=2030",)):
            assert "\n\n" not in self.box(project, "one", *changes)

    @pytest.mark.parametrize("name", parameters.names())
    def test_an_example_can_be_typed_and_changes_something(self, name):
        value = edition_box.another(name)
        if value is not None:
            assert parameters.parse(f"{name}={parameters.literal(value)}") == (name, value)
            assert value != parameters.defaults()[name]
        else:
            assert parameters.type_name(name) == "list[float]"
