"""What pages say of themselves in their heads, with and without a public address."""

import json
import re

import pytest
import small_book
from lxml import etree

from helpers.pipeline.edition import BuildError
from helpers.pipeline.site import address, page_metadata

HOME = "https://example.org/book/"
# All that a public address may add to a page, a line each.
OF_THE_ADDRESS = re.compile(
    r'^<(?:link rel="canonical"|meta (?:property="og:|name="(?:citation_public_url|twitter:))).*\n'
    r'|^ "url": ".*\n', re.M)


def body(text):
    return etree.HTML(f"<div>{text}</div>").find(".//div")


class TestDescription:
    def test_it_is_the_first_sentence_of_the_answer(self):
        page = body('<p>Why?</p><div class="answer"><p>Sales rose by 8.9 % a year. More.</p>'
                    "</div>")
        assert page_metadata.description(page) == "Sales rose by 8.9 % a year."

    def test_without_an_answer_it_is_the_first_paragraph(self):
        page = body("<h1>A</h1><p>One thing.</p><p>Two.</p>")
        assert page_metadata.description(page) == "One thing."
        assert page_metadata.description(body("")) == ""

    def test_it_is_not_longer_than_what_is_shown_and_cut_between_words(self):
        long = page_metadata.shortened("word, " * 60)
        assert len(long) <= page_metadata.LONGEST and long.endswith("word…")


class TestAddress:
    def test_it_is_one_of_a_folder_or_none(self):
        assert address.of_root("https://example.org/book") == HOME == address.of_root(HOME)
        assert address.of_root("") == address.of_root(None) == ""

    @pytest.mark.parametrize("wrong", ["example.org", "/book", "ftp://example.org"])
    def test_what_is_no_address_is_refused(self, wrong):
        with pytest.raises(BuildError, match="no public address"):
            address.of_root(wrong)

    def test_the_map_lists_every_page_once(self):
        found = etree.fromstring(address.sitemap(HOME, ["a.html", "b c.html"]).encode())
        listed = [each.text for each in found.iter("{*}loc")]
        assert listed == [HOME + "a.html", HOME + "b%20c.html"]


def test_a_citation_has_names_date_and_language():
    book = {"title": "A book", "authors": ["A. B."], "date": "2026-11-22", "licences": ["MIT"],
            "version": "1"}
    about = {"title": "A page", "language": "en", "url": "", "description": "D"}
    tags = dict(page_metadata.citation_tags(about, book))
    assert tags == {"citation_title": "A page", "citation_author": "A. B.",
                    "citation_publication_date": "2026/11/22", "citation_inbook_title": "A book",
                    "citation_language": "en"}
    assert list(page_metadata.citation_tags(about, {})) == []


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Pages of one small book, without a public address and with one."""
    found = {}
    for name, home in (("without", ""), ("with", HOME)):
        project = small_book.make(tmp_path_factory.mktemp(name) / "book", ["2-3-market-expansion"])
        (project.root / page_metadata.CITATION).write_bytes(
            (small_book.REAL.root / page_metadata.CITATION).read_bytes())
        text = project.config.read_text()
        project.config.write_text(text.replace("\nhtml:\n", f'\nhtml:\n  baseurl: "{home}"\n'))
        done = small_book.run(project, "build")
        assert done.returncode == 0, done.stdout + done.stderr
        found[name] = project.build / "html"
    return found


def files(folder):
    return {file.relative_to(folder).as_posix(): file for file in folder.rglob("*")
            if file.is_file()}


@pytest.mark.slow
def test_an_address_adds_its_own_lines_and_files_and_nothing_else(folders):
    without, with_one = files(folders["without"]), files(folders["with"])
    assert with_one.keys() - without.keys() == {
        "sitemap.xml", "robots.txt", "404.html", address.CARD}
    assert without.keys() <= with_one.keys()
    for name in ("intro.html", "chapters/2-3-market-expansion.html", "parameters.html"):
        bare, public = without[name].read_text(), with_one[name].read_text()
        assert not OF_THE_ADDRESS.search(bare)
        assert len(OF_THE_ADDRESS.findall(public)) >= 8
        assert '"canonical" href="' + HOME + name in public


@pytest.mark.slow
def test_a_page_that_is_not_there_links_with_whole_addresses(folders):
    page = etree.HTML(folders["with"].joinpath("404.html").read_text())
    links = [*page.xpath("//a/@href"), *page.xpath("//link/@href"), *page.xpath("//script/@src")]
    assert links and all(link.startswith((HOME, "#")) for link in links)


@pytest.mark.slow
def test_the_policy_of_the_pages_lets_linked_data_stand(folders, browser):
    page = browser.new_page()
    said = []
    page.on("console", lambda line: said.append(line.text))
    page.goto((folders["without"] / "chapters" / "2-3-market-expansion.html").as_uri())
    text = page.locator("script[type='application/ld+json']").text_content()
    assert json.loads(text)["@type"] == "Article"
    assert said == []
    # The policy does act: a script in the page would be refused.
    page.evaluate("document.body.append(Object.assign(document.createElement('script'),"
                  "{textContent: 'window.ran = true'}))")
    assert not page.evaluate("window.ran === true") and said
