"""Names are linked where a page first mentions them, once, and nowhere where a link would break."""

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.utils import new_document

from helpers import datasets
from helpers.pipeline.site import links
from helpers.project import Project

NAMES = {"scope": "glossary.html#term-scope", "CISA": "https://www.cisa.gov",
         "rounding bounds": "glossary.html#term-rounding-bounds",
         "bounds": "glossary.html#term-bounds"}


def linked(text, seen=None):
    return [piece for piece, address in links.first_mentions(text, NAMES, seen or set()) if address]


@pytest.mark.parametrize(("text", "wanted"), [
    ("The scope of a scope", ["scope"]),
    ("Scopes differ", ["Scopes"]),
    ("a telescope, scoped", []),
    ("the rounding  bounds and bounds", ["rounding  bounds", "bounds"]),
    ("cisa is no CISA", ["CISA"]),
    ("pre-scope", []),
])
def test_whole_words_are_linked_once(text, wanted):
    assert linked(text) == wanted


def test_the_pieces_are_the_text_and_what_was_linked_before_is_not_linked_again():
    text, seen = "CISA and scopes", {"https://www.cisa.gov"}
    pieces = links.first_mentions(text, NAMES, seen)
    assert "".join(piece for piece, _ in pieces) == text
    assert [address for _, address in pieces if address] == [NAMES["scope"]]
    assert NAMES["scope"] in seen


def test_documents_with_one_home_page_are_linked_each_and_spellings_of_a_term_once():
    names = {"Plan A": "https://a.org", "Plan B": "https://a.org",
             "SME": "glossary.html#term-SME", "firms": "glossary.html#term-SME"}
    pieces = links.first_mentions("Plan A, Plan B, Plan A; SME and firms", names, set())
    assert [piece for piece, address in pieces if address] == ["Plan A", "Plan B", "SME"]


def test_html_keeps_its_tags_links_captions_and_signs():
    before = ('<table title="scope"><caption>CISA</caption><thead><tr><th>CISA</th></tr></thead>'
              '<tbody><tr><td><a href="x">CISA</a> &lt;b&gt; scope</td></tr></tbody></table>')
    after = links.in_html(before, NAMES, set())
    page = BeautifulSoup(after, "html.parser")
    assert page.get_text() == BeautifulSoup(before, "html.parser").get_text()
    assert [link.get_text() for link in page.select("a.book-term, a.book-name")] == ["scope"]
    assert page.table["title"] == "scope" and "&lt;b&gt;" in after


def test_a_page_is_read_in_order_and_headings_and_code_stay():
    page = new_document("p")
    section = nodes.section("", nodes.title("", "", nodes.Text("scope")),
                            nodes.literal_block("", "CISA"),
                            nodes.raw("", "<td>CISA</td>", format="html"),
                            nodes.paragraph("", "", nodes.Text("CISA has a scope")))
    page += section
    links.link(page, NAMES, up="../")
    assert section[0].astext() == "scope" and section[1].astext() == "CISA"
    assert 'href="https://www.cisa.gov"' in section[2].astext()
    assert [node.astext() for node in section[3]] == [
        "CISA has a ", '<a class="book-term" href="../glossary.html#term-scope">scope</a>']


def test_terms_of_a_glossary_lead_to_their_places():
    page = "# G\n\n```{glossary}\nCVE\n  A number.\n\nstable, sensitive\n  Two words.\n```\n"
    assert links.terms(page) == {
        "CVE": "glossary.html#term-CVE", "stable": "glossary.html#term-stable-sensitive",
        "sensitive": "glossary.html#term-stable-sensitive"}


def test_a_source_is_linked_by_its_title_and_its_publisher_where_one_page_is_used():
    found = links.of_book(Project.current())
    rows = datasets.load("outside_checks")
    for name in ("publisher", "title"):
        pages = rows.groupby(name)["url"].nunique()
        assert any(found.get(each) in set(rows["url"]) for each in pages[pages == 1].index)
    assert "several publishers" not in found
