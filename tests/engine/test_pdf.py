"""The one document of the whole book, and its printing: links, page numbers, editions."""

import lxml.html
import pytest
import yaml

from helpers.pipeline import edition, pdf
from helpers.pipeline.site import one_document

PARTS = [("", ["intro"]), ("One part", ["chapters/one", "chapters/two"])]
COVER = one_document.Cover("A book", "Baseline edition", [])
PAGE = '<html><body><article class="article"><h1>{0}</h1>{1}</article></body></html>'
CODE = '<details class="hide above-input"><summary>Code</summary><pre id="code-3">x</pre></details>'


@pytest.fixture
def pages(tmp_path):
    """A function that writes the pages of a small book, and the folder of these."""
    def write(**bodies):
        (tmp_path / "chapters").mkdir(exist_ok=True)
        for page in (page for _, listed in PARTS for page in listed):
            (tmp_path / f"{page}.html").write_text(PAGE.format(page, bodies.get(
                page.rpartition("/")[2], "")))
        return tmp_path
    return write


def links(folder, public=""):
    """Links of the pages in the one document, by their words, and all ids."""
    root = lxml.html.fromstring(one_document.of_book(folder, PARTS, COVER, {}, public=public))
    return ({link.text: link.get("href") for link in root.find(".//main").iter("a")},
            set(root.xpath("//@id")))


class TestLinks:
    def test_what_is_printed_is_found_where_it_is(self, pages):
        found, ids = links(pages(
            intro='<a href="chapters/two.html#place">there</a><a href="chapters/one.html">page</a>',
            two='<p id="place">Here</p><a href="#place">here</a>'))
        assert found == {"there": "#chapters-two--place", "page": "#page-chapters-one",
                         "here": "#chapters-two--place"}
        assert {address[1:] for address in found.values()} <= ids

    def test_what_is_not_printed_is_at_the_beginning_of_its_page(self, pages):
        found, ids = links(pages(
            intro='<a href="chapters/two.html#code-3">code</a>',
            two=f'{CODE}<a href="#code-3">own code</a>'))
        assert set(found.values()) == {"#page-chapters-two"} and "page-chapters-two" in ids

    def test_the_document_holds_every_place_that_its_contents_list(self, pages):
        ids = links(pages())[1]
        listed = one_document.in_contents(PARTS)
        assert listed == ["page-intro", "part-one-part", "page-chapters-one", "page-chapters-two"]
        assert set(listed) <= ids

    def test_beyond_the_document_they_lead_to_the_public_book_if_there_is_one(self, pages):
        folder = pages(one='<a href="../_static/data/a.csv">table</a>')
        assert links(folder, "https://example.org/book/")[0] == {
            "table": "https://example.org/book/_static/data/a.csv"}
        assert links(folder)[0] == {"table": None}


class Printer:
    """Prints nothing: says after each printing where places are, as it was told beforehand."""

    def __init__(self, *printings):
        self.printings, self.given = list(printings), []

    def __call__(self, numbers):
        self.given.append(dict(numbers))
        return self.printings[len(self.given) - 1]


class TestNumbersOfTheContents:
    def test_two_printings_where_nothing_moves(self):
        printer, said = Printer({"a": 2, "b": 5, "other": 9}, {"a": 2, "b": 5, "other": 8}), []
        pdf.settle(printer, ["a", "b"], said.append)
        assert printer.given == [{}, {"a": 2, "b": 5}]
        assert said == list(pdf.PRINTINGS[:2])

    def test_a_third_where_the_numbers_moved_a_page(self):
        printer, said = Printer({"a": 2, "b": 5}, {"a": 2, "b": 6}, {"a": 2, "b": 6}), []
        pdf.settle(printer, ["a", "b"], said.append)
        assert printer.given[-1] == {"a": 2, "b": 6} and said == list(pdf.PRINTINGS)

    def test_numbers_that_do_not_hold_still_are_not_published(self):
        printer = Printer({"a": 2, "b": 5}, {"a": 2, "b": 6}, {"a": 2, "b": 5})
        with pytest.raises(edition.BuildError, match="page 6 for b, which is on page 5") as said:
            pdf.settle(printer, ["a", "b"])
        assert len(str(said.value).splitlines()) == 1 and len(printer.given) == 3

    def test_a_place_on_no_page_is_named(self):
        with pytest.raises(edition.BuildError, match="tells for b no page"):
            pdf.settle(Printer({"a": 2}), ["a", "b"])


@pytest.mark.parametrize("assigned, expected", [
    ([], "https://example.org/book/"), (["horizon_year=2030"], "")])
def test_an_edition_does_not_lead_to_files_of_the_public_baseline(
        workshop, monkeypatch, assigned, expected):
    """The table of an edition is not the one that stands at the public address."""
    config = yaml.safe_load(workshop.config.read_text())
    config.setdefault("html", {})["baseurl"] = "https://example.org/book"
    workshop.config.write_text(yaml.safe_dump(config))
    workshop.build.mkdir(parents=True, exist_ok=True)
    seen = []

    def written(*_, public):
        seen.append(public)
        raise edition.BuildError("seen")

    monkeypatch.setattr(pdf, "of_book", written)
    monkeypatch.setattr(pdf, "chromium", lambda: "chromium")
    with pytest.raises(edition.BuildError, match="seen"):
        pdf.write(edition.resolve(workshop, "baseline", assigned))
    assert seen == [expected]
