"""Words in other languages: catalogues of gettext, and how a message is known in them.

English stands in the code and in the pages, and is what every message is known by. Other
languages are catalogues under ``locales/``, read as they are: they are small, and a compiled copy
could be older than what it was made from.

Numbers are no part of a message. ``fits in 3 of 4`` is known as ``fits in {0} of {1}``, so a
translation tells the numbers of the English sentence and no others, and an edition that says
something else has another message, of which there is no translation.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po

ENGLISH = "en"
LOCALES = "locales"  # folder of a book
DOMAINS = ("frame", "pages", "findings")  # of the frame, of pages written by hand, of chapters
NUMBER = re.compile(r"\d{4}-\d\d-\d\d(?![\d-])|\d+(?:[.,]\d+)*")
PLACE = re.compile(r"\{(\d+)(?::(\w+))?\}")
NAMED = re.compile(r"\{[a-z]+\}")
STRAIGHT = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})
DAY = "day"  # how a date stands in a translation: {0:day}
# Chinese counts money in hundred millions: the English word, and how far the point moves.
UNITS = {"亿": ("billion", 1), "亿m": ("million", -2)}


def _(text: str) -> str:
    """Mark words of the frame for the catalogues; pages in English say them as they stand."""
    return text


def tag(language: str) -> str:
    """A language as HTML and addresses name it: ``zh-CN``."""
    return language.replace("_", "-")


def own_name(language: str) -> str:
    """A language in its own words: ``English``, ``中文``."""
    return Locale.parse(language).languages[language.partition("_")[0]]


def file(root: Path, language: str, domain: str) -> Path:
    """A catalogue's file in a book."""
    return root / LOCALES / language / "LC_MESSAGES" / f"{domain}.po"


def there(root: Path) -> list[str]:
    """Languages that a book has catalogues of."""
    return sorted(folder.parent.name for folder in root.glob(f"{LOCALES}/*/LC_MESSAGES"))


def catalogue(root: Path, language: str, domains: Iterable[str] = DOMAINS) -> dict[str, str]:
    """Message -> translation, of some catalogues of a language; nothing that is fuzzy."""
    found: dict[str, str] = {}
    for place in (file(root, language, domain) for domain in domains):
        if place.is_file():
            found |= _messages(place, place.stat().st_mtime_ns)
    return found


@lru_cache(maxsize=16)
def _messages(place: Path, _changed: int) -> Mapping[str, str]:
    with place.open("rb") as opened:
        return {str(each.id): str(each.string) for each in read_po(opened)
                if each.id and each.string and not each.fuzzy}


def by_order(text: str, names: list[str] | None = None) -> str:
    """Places named in a template, ``{oldest}``, as those of a page: numbered as they come.

    Parameters
    ----------
    text : str
    names : list of str, optional
        The places in the order of the English text, if `text` is its translation.
    """
    names = names or list(dict.fromkeys(NAMED.findall(text)))
    for number, name in enumerate(names):
        text = text.replace(name, f"{{{number}}}").replace(f"{name[:-1]}:", f"{{{number}:")
    return text


def for_pages(messages: Mapping[str, str]) -> dict[str, str]:
    """A catalogue as pages are looked up in it."""
    return {by_order(" ".join(message.split()).translate(STRAIGHT)):
            by_order(said, list(dict.fromkeys(NAMED.findall(message))))
            for message, said in messages.items()}


def without_numbers(text: str, name: str = "") -> tuple[str, list[str]]:
    """A text as its message, and the numbers that stand in it.

    The name of the figure or table that it is about, which is that of a file, is taken out like a
    number. Blanks of any sort are one blank and quotation marks straight: neither is part of what
    is said.
    """
    numbers: list[str] = []

    def place(found: re.Match) -> str:
        numbers.append(found[0])
        return f"{{{len(numbers) - 1}}}"

    wanted = re.compile(f"{re.escape(name)}|{NUMBER.pattern}") if name else NUMBER
    return wanted.sub(place, " ".join(text.split()).translate(STRAIGHT)), numbers


def with_numbers(text: str, numbers: list[str], language: str) -> str:
    """A translation with the numbers put in.

    ``{0}`` is the number as English prints it, ``{0:day}`` a date as the language writes it;
    ``{0:亿}`` stands where English says billions, and is the same number in hundred millions.
    """
    return PLACE.sub(
        lambda found: written(numbers[int(found[1])], found[2] or "", language), text)


def written(number: str, form: str, language: str) -> str:
    """A number of an English text as another language writes it; no digit is added or lost.

    >>> written("16.401", "亿", "zh_CN")
    '164.01'
    """
    if form == DAY:
        return format_date(date.fromisoformat(number), "long", locale=language)
    if form:
        moved = f"{Decimal(number.replace(',', '')).scaleb(UNITS[form][1]):f}"
        # 380 million is 3.8 hundred million: the whole number claims no digit behind its point.
        return moved if "." in number else moved.rstrip("0").rstrip(".") if "." in moved else moved
    return number
