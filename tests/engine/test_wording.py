"""Words in other languages: what a message is, and that translations say nothing else."""

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
import small_book

from helpers.pipeline.site import catalogues, messages, signs, wording

ROOT = small_book.REAL.root
LANGUAGES = wording.there(ROOT)
FONTS = ROOT / "vendor" / "pages" / "fonts"
# A month is a number in Chinese and a word in English.
MONTHS = {name: f"{number} 月" for number, name in enumerate(
    ("January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December"), start=1)}


def faults(message: str, said: str) -> list[str]:
    """What a translation says that its message does not, or the other way round."""
    found = []
    places = Counter(number for number, _ in wording.PLACE.findall(wording.by_order(said,
                     list(dict.fromkeys(wording.NAMED.findall(message))))))
    wanted = Counter(number for number, _ in wording.PLACE.findall(wording.by_order(message)))
    if set(places) != set(wanted):
        found.append(f"places {sorted(places)} for {sorted(wanted)}")
    if messages.marks(said) != messages.marks(message):
        found.append("other marks")
    for number, form in wording.PLACE.findall(said):
        if form in wording.UNITS:
            after = message.partition(f"{{{number}}}")[2]
            before = message.partition(f"{{{number}}}")[0]
            unit = wording.UNITS[form][0]
            if unit not in after and unit not in before:
                found.append(f"{form} where English has no {unit}")
            # The unit nearest behind a number is its own.
            near = re.search(r"million|billion", after)
            if near and near[0] != unit:
                found.append(f"{form} where English has {near[0]}")
    typed = re.findall(r"\d+", wording.PLACE.sub("", said))
    allowed = re.findall(r"\d+", message if "{" not in message else wording.PLACE.sub("", message))
    allowed += [text.split()[0] for month, text in MONTHS.items() if month in message]
    if Counter(typed) - Counter(allowed):
        found.append(f"typed numbers {typed}")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_says_other_numbers_or_loses_an_element(language):
    wrong = {message: faults(message, said)
             for message, said in wording.catalogue(ROOT, language).items()}
    assert {message: found for message, found in wrong.items() if found} == {}


@pytest.mark.parametrize(("message", "said"), [
    ("fits in {0} of {1}", "{0} 个"),
    ("fits in {0} of {1}", "{1} 个中有 {0} 个,即 3 个"),
    ("about USD {0} million", "约 {0:亿} 亿美元"),
    ("in {0}", "{0:亿} 亿"),
    ("on <a>the site</a>", "网站"),
    ("of March {0}", "{0} 年 4 月"),
])
def test_a_translation_that_says_something_else_is_found(message, said):
    assert faults(message, said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_frame_is_in_the_catalogue_and_no_other(language):
    needed = {"frame": sorted(catalogues.of_frame())}
    assert catalogues.missing(small_book.REAL, language, needed) == []
    assert catalogues.unused(small_book.REAL, language, needed) == []


def test_a_word_without_translation_and_one_that_nobody_says_are_found():
    needed = {"frame": [*sorted(catalogues.of_frame() - {"Copied"}), "Never said"]}
    assert catalogues.missing(small_book.REAL, "zh_CN", needed) == ["frame: Never said"]
    assert catalogues.unused(small_book.REAL, "zh_CN", needed) == ["frame: Copied"]


def test_words_are_read_from_templates_modules_and_scripts():
    # One of each, and one inside of a template string of a script.
    assert {"Skip to the text", "About this sentence:", "Copied", "{n} more"} \
        <= catalogues.of_frame()


def test_writing_a_catalogue_again_keeps_it(tmp_path):
    project = small_book.make(tmp_path / "book")
    needed = {"frame": ["Copy", "Print"]}
    catalogues.update(project, "zh_CN", needed, {"Copy": "复制", "Print": "打印"})
    before = wording.file(project.root, "zh_CN", "frame").read_bytes()
    catalogues.update(project, "zh_CN", needed)
    assert wording.file(project.root, "zh_CN", "frame").read_bytes() == before
    catalogues.update(project, "zh_CN", {"frame": ["Print", "New"]})
    assert wording.catalogue(project.root, "zh_CN") == {"Print": "打印"}
    assert catalogues.missing(project, "zh_CN", {"frame": ["Print", "New"]}) == ["frame: New"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("domain", wording.DOMAINS)
def test_no_message_stands_in_a_catalogue_twice(language, domain):
    # Two branches that add the same words leave them twice, and the last one counts in silence.
    text = wording.file(ROOT, language, domain).read_text(encoding="utf-8")
    entries = re.findall(r"^msgid (.+?)^msgstr ", text, re.M | re.S)
    assert [entry for entry, times in Counter(entries).items() if times > 1] == []


def test_numbers_and_dates_stand_apart_from_a_message():
    text, numbers = wording.without_numbers("In 2019\u00a0it was 1,234.5\u202f% on 2026-11-22.")
    assert text == "In {0} it was {1} % on {2}."
    assert numbers == ["2019", "1,234.5", "2026-11-22"]
    said = wording.with_numbers("{2:day}:{0} 年为 {1}%", numbers, "zh_CN")
    assert said == "2026年11月22日:2019 年为 1,234.5%"


@pytest.mark.parametrize("number", ["67.891", "98.76", "6.54", "11", "0.5", "1,234.5", "100"])
def test_billions_in_hundred_millions_are_the_same_number(number):
    told = Decimal(wording.written(number, "亿", "zh_CN"))
    assert told * 10**8 == Decimal(number.replace(",", "")) * 10**9


@pytest.mark.parametrize(("number", "told"), [
    ("380", "3.8"), ("400", "4"), ("1000", "10"), ("531.5", "5.315"), ("5", "0.05")])
def test_millions_in_hundred_millions_are_the_same_number(number, told):
    assert wording.written(number, "亿m", "zh_CN") == told
    assert Decimal(told) * 10**8 == Decimal(number) * 10**6


def test_a_message_has_its_elements_as_marks_and_takes_other_words():
    root, drawings = messages.read(
        '<html><body><p>On <a href="x.html">the <b>site</b></a> run <code>book</code> for 3 of '
        '4.<svg viewBox="0 0 1 1"><clipPath/></svg></p></body></html>')
    (message,) = messages.of_page(root, lambda link: False)
    assert message.text == "On <a>the <b>site</b></a> run <c/> for {0} of {1}."
    message.say("{1} 个中的 {0} 个:<c/>,在<a><b>网站</b></a>上", "zh_CN")
    assert messages.write(root, drawings).split("<body>")[1].startswith(
        '<p>4 个中的 3 个:<code>book</code>,在<a href="x.html"><b>网站</b></a>上'
        '<svg viewBox="0 0 1 1"><clipPath/></svg></p>')


def test_every_chinese_sign_of_the_catalogues_is_in_both_weights():
    for weight in ("400", "700"):
        assert signs.without_glyph(signs.of_catalogues(ROOT),
                                   [FONTS / f"noto-sans-sc-{weight}.woff2"]) == set()
    assert signs.without_glyph(signs.of_english_pages(ROOT),
                               [FONTS / "noto-sans-sc-names.woff2"]) == set()


def test_a_sign_that_no_font_has_is_found():
    assert signs.without_glyph({"市", "龘"}, [FONTS / "noto-sans-sc-400.woff2"]) == {"龘"}


@pytest.mark.parametrize("notebook", sorted(ROOT.glob("chapters/*.ipynb")), ids=lambda f: f.stem)
def test_fonts_have_every_sign_of_every_committed_figure(notebook):
    drawn = sorted((ROOT / "vendor" / "fonts").glob("*.ttf"))
    on_page = sorted(FONTS.glob("source-sans-3-*-400*.woff2"))
    for figure, shown in signs.of_drawings(notebook):
        # Its text is drawn by matplotlib where it is a picture, and by the browser on a page.
        for fonts in (drawn[:1], on_page):
            assert signs.without_glyph(shown, fonts) == set(), figure


def test_signs_of_drawings_are_read(tmp_path):
    notebook = tmp_path / "planted.ipynb"
    notebook.write_text('{"cells": [{"outputs": [{"metadata": {"book": {"figure": "f"}}, "data": '
                        '{"image/svg+xml": "<svg><text>a \\u24d0</text></svg>"}}]}]}')
    assert list(signs.of_drawings(notebook)) == [("f", {"a", "ⓐ"})]
    assert signs.without_glyph({"ⓐ"}, sorted(Path(FONTS).glob("source-sans-3-*.woff2"))) == {"ⓐ"}
