"""Which signs pages show beside those of the latin font, and which of them no font has.

A sign without a glyph is drawn from whatever font the reader's machine has, or as a box.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from helpers.pipeline.site import wording

CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]")
# Arrows, raised and lowered digits and signs of comparison, of Source Sans 3 itself.
BESIDE_LATIN = "←↑→↓↔⁰⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉≈≠≤≥∞√∑✓"
UNSEEN = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->", re.S)
SPOKEN = re.compile(r'\b(?:placeholder|data-words)="([^"]*)"')


def of_catalogues(root: Path) -> set[str]:
    """Chinese signs of all translations of a book."""
    return {sign for language in wording.there(root)
            for said in wording.catalogue(root, language).values()
            for sign in CHINESE.findall(said)} | of_english_pages(root)


def of_english_pages(root: Path) -> set[str]:
    """Chinese signs that English pages show: names in tables, and of languages in the switch."""
    texts = [wording.own_name(language) for language in wording.there(root)]
    texts += [file.read_text(encoding="utf-8") for folder in ("data", "chapters")
              for file in sorted((root / folder).rglob("*"))
              if file.suffix in (".csv", ".json", ".ipynb")]
    # Notebooks and descriptions may write them as \uXXXX.
    return {sign for text in texts for sign in CHINESE.findall(_unescaped(text))}


def _unescaped(text: str) -> str:
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


def of_page(text: str) -> set[str]:
    """Signs that a page shows, those of its drawings among them."""
    spoken = " ".join(SPOKEN.findall(text))
    shown = html.unescape(re.sub(r"<[^>]+>", "", UNSEEN.sub("", text)) + spoken)
    return {sign for sign in shown if sign.isprintable() and not sign.isspace()}


def of_drawings(notebook: Path) -> Iterator[tuple[str, set[str]]]:
    """Figures of a committed chapter, each with the signs that its drawing has."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    for output in (each for cell in cells for each in cell.get("outputs", [])):
        drawing = "".join(output.get("data", {}).get("image/svg+xml", ""))
        if drawing:
            yield (output.get("metadata", {}).get("book", {}).get("figure", ""),
                   of_page("".join(re.findall(r"<text\b.*?</text>", drawing, re.S))))


def without_glyph(shown: Iterable[str], fonts: Iterable[Path]) -> set[str]:
    """Signs that none of some fonts has."""
    from fontTools.ttLib import TTFont  # only tests and the maker of fonts look

    there = {code for font in fonts for code in TTFont(font).getBestCmap()}
    return {sign for sign in shown if ord(sign) not in there}
