"""How values, counts, lists and names read in a sentence: one place, so that they read alike.

A chapter decides what to say; this module decides how a number, a plural or a list is spelled. It
knows no result and no chapter.
"""

import math
import re
from collections.abc import Mapping, Sequence

SPACE = "\u00a0"  # a number and its unit stay on one line
MINUS = "\u2212"
# Names of places that take an article in a sentence.
WITH_ARTICLE = re.compile(r"(US|UK|EU|United .*|European .*)")
# A bound is rounded by its decimal digits, not by the binary neighbour that holds it: 0.3 must not
# become 0.31 because it is kept as 0.30000000000000004.
BINARY_NOISE = 1e-9

# Text of a value by unit: (factor, decimals, pattern).
TEXTS = {
    "1/year": (100, 1, "{}" + SPACE + "%"),
    "fraction": (100, 1, "{}" + SPACE + "%"),
    "probability": (100, 0, "{}" + SPACE + "%"),
    "percentage points": (1, 1, "{} percentage points"),
    "ratio": (1, 2, "{}"),
    "count": (1, 0, "{}"),
    "years": (1, 1, "{} years"),
    "year": (1, 0, "{}"),
    "rank": (1, 1, "{}"),
    "points": (1, 1, "{}"),
    "RMB per USD": (1, 2, "{} RMB per USD"),
}
MONEY = re.compile(r"(USD|RMB|EUR) (million|billion)")


def format_value(value, unit: str, digits: int | None = None) -> str:
    """Text of a value in its unit, as prose prints it.

    Parameters
    ----------
    value : number, str, bool, list or dict
    unit : str
    digits : int, optional
        Decimals, where the unit's own are not wanted.

    Returns
    -------
    str
        For example ``8.9 %`` for 0.0888 and ``"1/year"``, ``USD 29.76 billion`` for 29.76.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        texts = (f"{key}: {format_value(item, unit, digits)}" for key, item in value.items())
        return "; ".join(texts)
    if isinstance(value, Sequence):
        return in_words([format_value(item, unit, digits) for item in value])
    money = MONEY.fullmatch(unit)
    if money:
        decimals = 2 if digits is None else digits
        return SPACE.join([money[1], f"{value:,.{decimals}f}", money[2]])
    factor, decimals, pattern = _style(unit)
    decimals = decimals if digits is None else digits
    number = value * factor
    grouped = "" if unit == "year" else ","
    text = f"{number:{grouped}.{decimals}f}"
    # "-0.0 %" would claim a decline that the digits do not show.
    text = text.removeprefix("-") if float(text.replace(",", "")) == 0 else text
    return pattern.format(text.replace("-", MINUS))


def _style(unit: str) -> tuple[float, int, str]:
    """Factor, decimals and pattern of the numbers of a unit."""
    return TEXTS.get(unit, (1, 2, "{}"))


def in_words(items: Sequence[str]) -> str:
    """Join words as a sentence does: ``a``, ``a and b``, ``a, b and c``; ``none`` for nothing."""
    items = list(items)
    if not items:
        return "none"
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


def leading(items: Sequence[str], letters: int) -> str:
    """As many of the items as fit, in their order, and how many more: ``a, b and three more``.

    Parameters
    ----------
    items : sequence of str
        What matters most stands at the front. The first is named whatever its length.
    letters : int
        Most letters of the text.
    """
    items = list(items)
    text = in_words(items)
    for named in range(len(items) - 1, 0, -1):
        if len(text) <= letters:
            break
        text = f"{', '.join(items[:named])} and {count_in_words(len(items) - named)} more"
    return text


def count_in_words(count: int) -> str:
    """A count as running text prints it: ``no``, ``one`` to ``ten``, then digits (``1,200``)."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[count] if 0 <= count < len(words) else format_value(count, "count")


ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
            "tenth")


def ordinal(place: int) -> str:
    """A place as running text prints it: ``first`` to ``tenth``, then ``11th``, ``22nd``."""
    if 1 <= place <= len(ORDINALS):
        return ORDINALS[place - 1]
    ending = "th" if 10 <= place % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"


def percent(fraction: float, digits: int = 1) -> str:
    """A fraction as per cent: ``8.9 %`` for 0.0888."""
    return format_value(fraction, "fraction", digits)


def signed(text: str) -> str:
    """A formatted number with its sign: ``+8.9 %`` for a rise; a fall has its minus already."""
    return text if text.startswith(MINUS) else f"+{text}"


def rounded_outwards(low: float, high: float, digits: int) -> tuple[float, float]:
    """The ends of a range at so many decimals, never narrower than the range.

    Parameters
    ----------
    low, high : float
        Ends of the range, ``low <= high``.
    digits : int
        Decimals to keep; negative for tens, hundreds and so on.

    Returns
    -------
    (float, float)

    Raises
    ------
    ValueError
        If the ends are not finite or in the wrong order.
    """
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise ValueError(f"a range needs two finite ends in order; got {low} and {high}")
    return _down(low, digits), -_down(-high, digits) + 0.0


def _down(value: float, digits: int) -> float:
    scaled = value * 10.0**digits
    return math.floor(scaled + BINARY_NOISE * max(1.0, abs(scaled))) / 10.0**digits


def span(low: float, high: float, unit: str, digits: int | None = None) -> str:
    """A range as prose prints it, rounded outwards: ``8.8 % to 9.0 %``.

    Parameters
    ----------
    low, high : float
        Ends in `unit`.
    unit : str
        As for `format_value`.
    digits : int, optional
        Decimals of the printed numbers, where the unit's own are not wanted.
    """
    factor, decimals, _ = _style(unit)
    decimals = decimals if digits is None else digits
    ends = rounded_outwards(low * factor, high * factor, decimals)
    return " to ".join(format_value(end / factor, unit, decimals) for end in ends)


# Phrase -> whether its number is rounded up, and what is said where it is met exactly.
BOUNDS = {
    "at least": (False, None), "no fewer than": (False, None), "no less than": (False, None),
    "more than": (False, "at least"), "over": (False, "at least"), "above": (False, "at least"),
    "at most": (True, None), "no more than": (True, None), "up to": (True, None),
    "less than": (True, "at most"), "fewer than": (True, "at most"), "under": (True, "at most"),
    "below": (True, "at most"),
}


def bound(phrase: str, value: float, unit: str, digits: int | None = None) -> str:
    """A value as a bound, rounded outwards so that the bound holds: ``at least 91 %`` for 0.9151.

    Parameters
    ----------
    phrase : str
        One of `BOUNDS`. A strict one (``more than``) gives way to its weak twin (``at least``)
        where the rounded number is the value itself.
    value : float
        The exact value that the bound holds for, in `unit`.
    unit : str
        As for `format_value`.
    digits : int, optional
        Decimals of the printed number, where the unit's own are not wanted.

    Raises
    ------
    ValueError
        If the phrase is none that bounds a number, or the value is not finite.
    """
    if phrase not in BOUNDS:
        raise ValueError(f"{phrase!r} bounds no number; known: {', '.join(BOUNDS)}.")
    upwards, met = BOUNDS[phrase]
    factor, decimals, _ = _style(unit)
    decimals = decimals if digits is None else digits
    exact = value * factor
    printed = rounded_outwards(exact, exact, decimals)[upwards]
    if met and math.isclose(printed, exact, rel_tol=BINARY_NOISE, abs_tol=BINARY_NOISE):
        phrase = met
    return f"{phrase} {format_value(printed / factor, unit, decimals)}"


def plural(count: int, noun: str, plural_noun: str | None = None) -> str:
    """A count with its noun: ``no firms``, ``one firm``, ``12 firms``.

    Parameters
    ----------
    count : int
    noun : str
        Singular.
    plural_noun : str, optional
        Where an ``s`` at the end is not enough.
    """
    return f"{count_in_words(count)} {inflected(count, noun, plural_noun)}"


def inflected(count: int, noun: str, plural_noun: str | None = None) -> str:
    """The noun, or verb, that a count takes: ``has`` for 1 and ``have`` otherwise."""
    return noun if count == 1 else plural_noun or f"{noun}s"


def the(place: str) -> str:
    """Name of a place with the article it takes in a sentence: ``the US``, ``Germany``."""
    return f"the {place}" if WITH_ARTICLE.fullmatch(place) else place


def places(names: Sequence[str]) -> str:
    """Names of places as a list in a sentence: ``the US, Germany and Japan``."""
    return in_words([the(name) for name in names])


def opening(text: str) -> str:
    """Text with a capital first letter, as a sentence begins; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def spaced(code: str) -> str:
    """A code of a table as words: ``random_walk_drift`` reads ``random walk drift``."""
    return str(code).replace("_", " ")


def nearest(name: str, known: Sequence[str], cutoff: float = 0.4) -> str | None:
    """The known name that a mistyped one most likely meant; None where none is near.

    Parameters
    ----------
    name : str
    known : sequence of str
    cutoff : float
        How alike they must be, 0 to 1.
    """
    import difflib

    found = difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return found[0] if found else None


def chapter_number(chapter: str) -> str:
    """Number of a chapter from the name of its notebook: ``2.3`` for ``2-3-market-expansion``.

    An appendix has a letter before its number, ``A3`` for ``a3-scenarios``; a chapter without a
    number keeps its name.
    """
    numbered = re.match(r"(\d+(?:-\d+)*|[a-z]\d+)(?:-|$)", chapter)
    return numbered[1].replace("-", ".").upper() if numbered else chapter


def number_in_words(count: int) -> str:
    """A count that stands without a noun: ``none``, ``one`` to ``ten``, then digits."""
    return count_in_words(count) if count else "none"


def large_count(value: float, digits: int = 4) -> str:
    """A count as prose prints it: ``13.56 million``, ``135.6 billion``, below a million in full.

    Parameters
    ----------
    value : float
        Zero or more.
    digits : int
        Significant digits of the millions or billions.
    """
    rounded = float(f"{value:.{digits}g}")
    for size, name in ((1e9, "billion"), (1e6, "million")):
        if rounded >= size:
            return f"{rounded / size:.{digits}g}{SPACE}{name}"
    return f"{value:,.0f}"


def rate(value: float) -> str:
    """A rate with one decimal, and without one from a thousand on."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:,.1f}"
