"""Front page and questions in Chinese, as a reader meets them: in a browser, from a folder."""

import re
import shutil
from pathlib import Path

import axe
import pytest
import small_book
from lxml import html

from helpers.pipeline.site import catalogues, languages, messages, signs, wording
from helpers.project import Project

TAG = "zh-CN"
WIDTHS = (320, 390, 1280)
FLIPPED = "finding_world"  # what the first card says is turned round by a dear dollar
CHANGE = ("--set", "exchange_rate_basis=fixed", "--set", "rmb_per_usd=11")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The real book in both languages: the baseline, and an edition that turns a sentence."""
    made = Project.at(small_book.REAL.root, build=tmp_path_factory.mktemp("languages") / "_build")
    for arguments in ((), CHANGE):
        done = small_book.run(made, "build", "--language", "zh_CN", "--quiet", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
    return made


@pytest.fixture(scope="module")
def book(project):
    return project.build / "html"


@pytest.fixture(scope="module")
def edition(project):
    (folder,) = project.build.glob("editions/*/html")
    return folder


NAMES = languages.translated(small_book.REAL)


def tree(file: Path):
    return html.fromstring(file.read_bytes())


def sentences(page):
    """Name of each sentence of a page -> its words and the language they are in."""
    return {each.get("data-sentence"): (" ".join(each.text_content().split()),
                                        next(above.get("lang") for above in
                                             (each, *each.iterancestors()) if above.get("lang")))
            for each in page.xpath('//*[@data-sentence]')}


def test_every_message_of_the_pages_has_a_translation_and_no_other_is_kept(project, book):
    needed = catalogues.wanted(book, project)
    assert catalogues.missing(project, "zh_CN", needed) == []
    assert catalogues.unused(project, "zh_CN", needed) == []


def test_a_new_sentence_is_missed(project, book, tmp_path):
    planted = shutil.copytree(book, tmp_path / "html", ignore=shutil.ignore_patterns("_static"))
    page = planted / "intro.html"
    page.write_text(page.read_text().replace("A policy paper describes", "A new paper describes"))
    needed = catalogues.wanted(planted, project)
    (missed,) = catalogues.missing(project, "zh_CN", needed)
    (unused,) = catalogues.unused(project, "zh_CN", needed)
    assert "A new paper" in missed
    assert "A policy paper" in unused


@pytest.mark.parametrize("name", NAMES)
def test_a_chinese_page_has_every_part_and_number_of_the_english(book, name):
    english, chinese = tree(book / name), tree(book / TAG / name)
    assert chinese.get("lang") == TAG
    for attribute in ("data-sentence", "data-figure", "data-table", "data-result", "id"):
        assert chinese.xpath(f"//main//@{attribute}") == english.xpath(f"//main//@{attribute}")
    assert len(english.xpath("//main//*[@data-sentence]")) > 0
    for here, there in zip(english.xpath("//main//td"), chinese.xpath("//main//td"), strict=True):
        if wording.without_numbers(here.text_content())[0] == "{0}":
            assert there.text_content() == here.text_content()


@pytest.mark.parametrize("name", NAMES)
def test_all_that_is_said_is_chinese_or_marked_as_english(book, name):
    page = tree(book / TAG / name)
    said = page.xpath('//body//text()[normalize-space() and not(ancestor::*[@lang="en" or '
                      'self::script or self::svg or self::code])]')
    left = [text.strip() for text in said if re.search(r"[A-Za-z]{3}", text)
            and not signs.CHINESE.search(text) and not text.startswith("http")]
    # Names are the same in both languages, and so are those of parameters.
    assert {text for text in left if not messages.IDENTIFIER.fullmatch(text)} <= {
        "BibTeX", "GovWin", "Nextgov", "ICS Advisory Project", "SVG", "PNG",
        "Industrial Internet security, recomputed: a reproducible analysis book"}


def test_a_sentence_that_an_edition_turned_round_stands_in_english(book, edition):
    named = f"5-3-market-in-china/{FLIPPED}"
    before, after = (sentences(tree(folder / TAG / "intro.html")) for folder in (book, edition))
    said = sentences(tree(edition / "intro.html"))
    assert before[named][1] == TAG
    assert after[named] == (said[named][0], "en")
    assert said[named] != sentences(tree(book / "intro.html"))[named]
    # The others are as they were.
    assert after["6-suggestions-for-china/finding_advice"][1] == TAG


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere_and_tell_the_language_of_english_pages(book, name):
    file = book / TAG / name
    for link in tree(file).xpath("//a[@href]"):
        href = link.get("href").partition("#")[0].partition("?")[0]
        if not href or re.match(r"[a-z]+:", href):
            continue
        target = (file.parent / href).resolve()
        assert target.is_file(), link.get("href")
        inside = target.is_relative_to((book / TAG).resolve())
        if target.suffix == ".html":
            assert (link.get("hreflang") in (None, TAG)) == inside, link.get("href")
    for attribute in ("//script/@src", "//link/@href"):
        for href in tree(file).xpath(attribute):
            assert (file.parent / href).is_file(), href


@pytest.mark.parametrize("name", NAMES)
def test_the_switch_leads_to_the_same_page_and_back(book, name):
    for here, there, said, tag in ((book / name, book / TAG / name, "中文", TAG),
                                   (book / TAG / name, book / name, "English", "en")):
        (link,) = tree(here).xpath('//*[@class="languages"]/a')
        assert (here.parent / link.get("href")).resolve() == there.resolve()
        assert (link.text, link.get("hreflang"), link.get("lang")) == (said, tag, tag)


def test_a_build_without_another_language_has_no_switch(tmp_path):
    made = small_book.make(tmp_path / "book")
    done = small_book.run(made, "build", "--quiet")
    assert done.returncode == 0, done.stdout + done.stderr
    page = tree(made.build / "html" / "intro.html")
    assert page.xpath('//*[@class="languages"]/a') == []
    assert not (made.build / "html" / TAG).exists()
    refused = small_book.run(made, "build", "--language", "xx", "--quiet")
    assert refused.returncode != 0
    assert "There are no pages in 'xx'" in refused.stdout + refused.stderr


@pytest.fixture
def opened(book, browser):
    contexts = []

    def open_page(name, width=1280, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True,
                                      color_scheme=scheme, reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        page.said = []
        page.on("console", lambda line: page.said.append(line.text)
                if line.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.goto((book / name).as_uri())
        page.wait_for_load_state("load")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_chinese_pages_are_accessible_and_fit(opened, width, scheme):
    for name in (f"{TAG}/intro.html", f"{TAG}/questions/market.html"):
        page = opened(name, width, scheme)
        assert page.said == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert axe.faults(page) == []


def test_chinese_is_drawn_from_the_font_of_the_book(opened):
    page = opened(f"{TAG}/questions/trust.html")
    page.evaluate("document.fonts.ready")
    loaded = page.evaluate('[...document.fonts].filter(f => f.status == "loaded")'
                           ".map(f => f.family)")
    assert {family.strip('"') for family in loaded} >= {"Noto Sans SC", "Source Sans 3"}
    other = opened("chapters/2-3-market-expansion.html")
    loaded = other.evaluate('[...document.fonts].filter(f => f.status == "loaded")'
                            ".map(f => f.family)")
    assert not [family for family in loaded if "Noto" in family]


def test_what_scripts_say_is_chinese(opened):
    page = opened(f"{TAG}/intro.html")
    assert page.evaluate('window.book.words["All results"]') == "全部结果"
    page.locator(".book-ask").first.click()
    card = page.locator("#book-card")
    card.wait_for()
    assert "全部结果" in card.inner_text()
    assert axe.faults(page, "#book-card") == []


def shown_without_glyph(folder):
    """Signs of a book's pages that none of its fonts has, with the page of each."""
    fonts = sorted((folder / "_static" / "fonts").glob("*-400*.woff2"))
    english = [font for font in fonts if "noto" not in font.name] + [
        folder / "_static" / "fonts" / "noto-sans-sc-names.woff2"]
    found = {}
    for page in sorted(folder.rglob("*.html")):
        of_page = fonts if TAG in page.relative_to(folder).parts else english
        lost = signs.without_glyph(signs.of_page(page.read_text(encoding="utf-8")), of_page)
        if lost:
            found[page.relative_to(folder).as_posix()] = lost
    return found


def test_the_fonts_have_every_sign_of_every_page(book):
    assert shown_without_glyph(book) == {}


def test_a_sign_without_a_glyph_is_found(book, tmp_path):
    (tmp_path / TAG).mkdir()
    shutil.copytree(book / "_static" / "fonts", tmp_path / "_static" / "fonts")
    (tmp_path / "intro.html").write_text("<p>市</p>")  # of the Chinese font alone
    (tmp_path / TAG / "intro.html").write_text("<p>市 龘 ⅷ</p>")
    assert shown_without_glyph(tmp_path) == {"intro.html": {"市"}, f"{TAG}/intro.html": {"龘", "ⅷ"}}


def test_dates_of_the_foot_are_written_in_chinese(book):
    foot = tree(book / TAG / "intro.html").xpath('//section[@class="page-facts"]')[0].text_content()
    assert re.search(r"\d{4}年\d{1,2}月\d{1,2}日", foot)
    assert wording.own_name("zh_CN") == "中文"
