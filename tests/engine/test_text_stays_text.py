"""Text of a file is text on every page: no directive, role, link, formula or HTML comes of it.

Each place is filled with a word and with hostile text; the page must have the same parts.
"""

import html.parser
import json
import unicodedata
from dataclasses import replace
from pathlib import Path

import made_sweep
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from small_book import REAL

from helpers import characters, datasets, downloads, drawing, markup, results, tables
from helpers.explorers import page as explorer
from helpers.pipeline import building, compare, edition
from helpers.pipeline.site import exhibits, generated, sweep_page

WORD = "word"
HOSTILE = [
    "\n\n```{include} /etc/passwd\n```\n", "\n~~~{raw} html\n<b>\n~~~\n", "\n:::{note}\nx\n:::\n",
    "{glue}`x`", "{raw-html}`x`", "{{ project }}", "<script>x</script>", "<!-- ", " -->", "</div>",
    "\n\n</table></div>\n\n# Heading\n\n", "[a](http://evil.example)", "![a](b.png)", "[^1]",
    "<http://evil.example>", "http://evil.example", "www.evil.example", "a@evil.example",
    "$x^2$", "$$x$$", "\\begin{align}x\\end{align}", "\n(target)=\n", "\n% comment\n", "\n+++\n",
    "\n---\n", "\n# heading\n", "\n- item\n", "\n1. item\n", "\n> quote\n", "\n    code\n",
    "\n: definition\n", "\n| a | b |\n|---|---|\n| 1 | 2 |\n", "**b**", "_e_", "`c`", "``", "\\",
    "&lt;", "&#60;", "\"", "'", "\r\n\r\n", "\r", "\u2028", "\x0c", "\x85", "]", ")", ">", "%", "?"]
hostile = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=6), min_size=1, max_size=5).map(
    lambda parts: f"x{''.join(parts)}x")

EXTENSIONS = yaml.safe_load(REAL.config.read_text())["parse"]["myst_enable_extensions"]
MARKDOWN = create_md_parser(MdParserConfig(enable_extensions=set(EXTENSIONS)), RendererHTML)


class Elements(html.parser.HTMLParser):
    """Elements of HTML with the names of their attributes, and comments; not the text."""

    def __init__(self, text):
        super().__init__()
        self.found, self.text = [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, [name for name, _ in attributes]))

    def handle_endtag(self, tag):
        self.found.append(("end", tag))

    def handle_comment(self, data):
        self.found.append(("comment", data))

    def handle_decl(self, decl):
        self.found.append(("decl", decl))

    def handle_data(self, data):
        self.text += data


def parts_of_markdown(text):
    """Everything that a page of Markdown consists of, but for the text itself."""
    found = []

    def walk(tokens):
        for token in tokens:
            if token.type in ("html_block", "html_inline"):
                found.extend(Elements(token.content).found)
            elif token.type == "fence":
                found.append((token.type, token.info))
            else:
                found.append((token.type, token.tag, sorted(token.attrs)))
            walk(token.children or [])

    walk(MARKDOWN.parse(text))
    return found


# ------------------------------------------------------------------ pages of Markdown


def table_of_sources(text):
    about = {**datasets.describe("ratings", REAL), "title": text, "description": text,
             "sources": [{"title": text, "path": text}, {"title": text},
                         {"title": text, "path": f"https://a.example/{text}"}],
             "licenses": [{"name": "x", "title": text, "path": f"https://a.example/{text}"}]}
    about = {**about, "schema": {"fields": [{"name": text}]}}
    return generated.entry(about, datasets.locate("ratings", REAL), ["2-3-market-expansion"])


def what_changed(text):
    made = edition.Edition(replace(REAL, own_data=Path("/nowhere") / text.replace("/", "")),
                           "gloomy", text, text, {}, {"horizon_year": 2030})
    row = {"chapter": "c", "name": text, "label": text, "old_text": text, "new_text": text,
           "change": 0.5}
    found = compare.Comparison([row], [{"chapter": "c", "old": text, "new": text}],
                               [{"chapter": "c", "name": text, "old": "", "new": "",
                                 **{each: dict.fromkeys(("title", "subtitle", "source"), text)
                                    for each in ("old_about", "new_about")}}])
    return generated.what_changed_page(made, found, [])


def shipped_editions(text):
    return generated.parameters_page(REAL, [], [
        edition.Edition(REAL, "gloomy", text, text, {"horizon_year": 2030})])


@pytest.fixture(autouse=True, scope="module")
def no_own_table():
    """The folder of own tables is a name only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets, "replaced", lambda _=None: [])
        yield


@pytest.mark.parametrize("page", [table_of_sources, what_changed, shipped_editions])
@settings(max_examples=25)
@given(text=hostile)
def test_a_page_has_the_same_parts_whatever_its_texts_say(page, text):
    assert parts_of_markdown(page(text)) == parts_of_markdown(page(WORD))


@pytest.mark.parametrize("write", [markup.inline, markup.code, markup.linked,
                                   lambda text: markup.link(text, "https://a.example/"),
                                   lambda text: markup.link_to_page(text, "page.md")])
@settings(max_examples=40)
@given(text=hostile)
def test_text_on_a_page_reads_as_it_stands(write, text):
    page = MARKDOWN.render(f"{write(text)}\n")
    shown = Elements(page).text
    assert "".join(markup.one_line(text).split()) in "".join(shown.split()).replace("\ufffd", "\0")


def test_the_comparison_of_parts_goes_red_without_the_escape():
    """Nearly all of these texts mean something to Markdown where nothing escapes them."""
    def alone(way):
        return [text for text in HOSTILE if parts_of_markdown(f"{way(text)}x\n")
                != parts_of_markdown("x\n")]

    assert alone(markup.inline) == []
    assert len(alone(lambda text: text)) > len(HOSTILE) / 2


@pytest.mark.parametrize("address", ["javascript:x", "data:text/html,x", "/etc/passwd", "file:///x",
                                     "https://", "../x", "//evil.example", "JAVASCRIPT:x", ""])
def test_only_addresses_of_the_web_are_links(address):
    assert markup.link("a", address) == "a"


def test_an_address_in_a_text_is_a_link_to_it_and_what_ends_the_sentence_is_not():
    page = MARKDOWN.render(markup.linked("See https://a.example/b_c_d, or (https://e.example)."))
    assert 'href="https://a.example/b_c_d"' in page and 'href="https://e.example"' in page
    assert page.count("<a ") == 2 and page.endswith(".</p>\n")


# ------------------------------------------------------------------ HTML


def shown_table(text):
    said = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("IPython.display.display", lambda data, **_: said.append(data))
        # Captions with unseen signs are refused.
        caption = characters.one_line(unicodedata.normalize("NFC", text)).replace("\ufffd", "")
        tables.show(pd.DataFrame({"a": [text], "b": [1]}), "t", caption=caption, note=caption,
                    headers={"a": text})
    return said[0]["text/html"]


def figure_on_a_page(text):
    table = downloads.to_csv(pd.DataFrame({text: [text], "b": [1]}))
    told = {"figure": "f", "alt": text, "title": text, "subtitle": text, "source": "a table"}
    drawn = drawing.plain('<svg viewBox="0 0 1 1"/>', "f", text)
    output = {"data": {"text/csv": table, "image/svg+xml": drawn}, "metadata": {"book": told}}
    return exhibits.as_html(output, "c", page="chapters/c.html", around=exhibits.Around(REAL))


def explorer_of(text):
    said = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("IPython.display.display", lambda data, **_: said.append(data))
        explorer.emit({"x": text}, "n", pd.DataFrame({"a": [text]}), [], text, text, text)
    return said[0]["text/html"]


def a_sweep(text):
    """A sweep whose name, scenarios, parts, labels, reasons and sentences are a text."""
    found, failed = made_sweep.of_scenarios({text: {}, f"{text}2": {}}, lambda: [
        made_sweep.result("a", {text: 1.0, "b": text}, label=text, unit=text),
        made_sweep.result("c", None, label=text, note=text), made_sweep.sentence("s", text)])
    lost = {"scenario": text, "chapter": text, "status": text, "reason": text, "parameters": {}}
    return made_sweep.told(found, [lost], text)


def sweep(text):
    return sweep_page.page(a_sweep(text))


def notice(text):
    return building.announcement(edition.Edition(
        REAL, "gloomy", text, text, {"horizon_year": 2030}))


@pytest.mark.parametrize("page", [shown_table, figure_on_a_page, explorer_of, sweep, notice])
@settings(max_examples=25)
@given(text=hostile)
def test_html_has_the_same_elements_whatever_its_texts_say(page, text):
    assert Elements(page(text)).found == Elements(page(WORD)).found


@settings(max_examples=25)
@given(text=hostile)
def test_the_data_of_a_sweep_only_assign_and_hold_each_text_as_it_is(text):
    """No text ends the script, begins a comment of HTML, or is a line end to an old browser."""
    script = sweep_page.script(a_sweep(text))
    begin, end = "window.sweep = ", ";\n"
    assert script.startswith(begin) and script.endswith(end) and script.isascii()
    assert "<" not in script and len(script.splitlines()) == 1
    told = json.loads(script[len(begin):-len(end)])
    assert told["name"] == text and told["failed"][0]["reason"] == text
    columns = {column["name"]: column["values"] for column in told["columns"]}
    for name in ("scenario", "part", "label", "unit", "text", "note"):
        assert text in columns[name], name


# ------------------------------------------------------------------ what prose glues in


@settings(max_examples=20)
@given(text=hostile)
def test_a_glued_text_is_one_piece_of_text(text):
    """What the role makes text of is the text as it was recorded, by the role's own code."""
    from myst_nb.core.variables import format_plain_text

    said = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("IPython.display.display", lambda data, **_: said.append(data))
        patch.setattr(results, "SEEN", ())  # which refuses some of them
        results.sentence("s", text)
    glued = said[0][results.PREFIX + "text/plain"]
    assert format_plain_text(glued, "s") == text


def test_prose_glues_by_the_role_that_makes_text():
    """`glue:md` would read the text as Markdown, `glue` as whatever the cell displays."""
    for file in REAL.chapters.glob("*.ipynb"):
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                text = "".join(cell["source"])
                assert text.count("{glue") == text.count("{glue:text}"), file.name
