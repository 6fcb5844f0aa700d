"""A word of order said of numbers: it reaches the reader only if the numbers bear it out.

A chapter chooses a word and says beside it of which numbers it speaks::

    said("above" if gap > 0 else "below", level, print_level)

The choice and the check are two expressions. A comparison that was turned round, two operands
exchanged, or a word that a new parameter made false ends the run, with one line that names both.
"""

import math
import operator
import re
from collections.abc import Iterable

__all__ = ["ORDER", "SaidError", "said", "words_of_order"]

# Each row: what must hold of the two numbers, and the words that say so.
GREATER = (
    "above", "more", "larger", "greater", "bigger", "higher", "longer", "later", "faster",
    "stronger", "wider", "steeper", "farther", "after", "exceeds", "exceed", "rises", "rise",
    "rose", "rising", "grows", "grow", "grew", "increases", "increased", "outgrows")
LESS = (
    "below", "fewer", "less", "smaller", "lower", "shorter", "earlier", "slower", "weaker",
    "narrower", "flatter", "closer", "nearer", "before", "falls", "fall", "fell", "falling",
    "shrinks", "shrank", "declines", "declined", "decreases", "decreased")
GREATEST = ("largest", "greatest", "biggest", "highest", "longest", "latest", "fastest",
            "strongest", "widest", "steepest", "last", "most")
LEAST = ("smallest", "lowest", "shortest", "earliest", "slowest", "weakest", "narrowest",
         "flattest", "first", "fewest", "least")
ALL, NONE = ("all", "every", "each", "throughout"), ("none", "no", "nothing", "never")
MOST = ("most",)
# Phrases that mean something else than the word of order in them; looked for first.
PHRASES = {
    "at least": operator.ge, "no less": operator.ge, "no fewer": operator.ge,
    "at most": operator.le, "no more": operator.le, "up to": operator.le,
    "equal": operator.eq, "equals": operator.eq, "the same": operator.eq, "like": operator.eq,
}
RELATIONS = (PHRASES | dict.fromkeys(GREATER, operator.gt) | dict.fromkeys(LESS, operator.lt)
             | dict.fromkeys(ALL, operator.eq))
# What a text may not hold unless it is said of numbers. Each, after, before, nothing, never and
# throughout are seldom said of numbers, so a text may hold them; so is no, but where a text begins.
SELDOM = {"each", "after", "before", "no", "nothing", "never", "throughout"}
ORDER = re.compile(r"(?-i:^No)\b|\b(?:at least|at most|" + "|".join(sorted(
    {*GREATER, *LESS, *GREATEST, *LEAST, *ALL, *NONE} - SELDOM)) + r")\b", re.IGNORECASE)
_ANY = re.compile(r"\b(?:" + "|".join(sorted(
    {*RELATIONS, *GREATEST, *LEAST, *NONE}, key=len, reverse=True)) + r")\b", re.IGNORECASE)


class SaidError(ValueError):
    """A word of order that the numbers beside it do not bear out, or that has no meaning here."""


def said(phrase: str, left, right=None) -> str:
    """The phrase as given, once the numbers are found to bear out its word of order.

    Parameters
    ----------
    phrase : str
        Words with one word of order in them: ``"above"``, ``"more than"``, ``"the largest"``,
        ``"none of the firms"``.
    left : number
        Of what the word is said: for ``rises`` and ``falls`` the end, for ``all``, ``most`` (of a
        whole) and ``none`` the count.
    right : number, or several
        Against what: for a superlative all values, `left` among them; for ``all`` and ``most``
        the count of the whole; nothing for ``none``.

    Returns
    -------
    str

    Raises
    ------
    SaidError
        If the numbers do not bear the word out, or the phrase holds no single word of order.
    """
    found = words_of_order(phrase)
    if len(found) != 1:
        raise SaidError(f"{phrase!r} holds {len(found)} words of order; one is checked at a time. "
                        f"The words are listed in helpers/said.py.")
    if not _holds(found[0], left, right):
        against = "" if right is None else f" against {_shown(right)}"
        raise SaidError(f"{phrase!r} is said of {_shown(left)}{against}, which does not hold. "
                        f"Turn the comparison that chose it, or exchange the two numbers.")
    return phrase


def words_of_order(phrase: str) -> list[str]:
    """Words and phrases of order in a text, each once."""
    return list(dict.fromkeys(word.lower() for word in _ANY.findall(phrase)))


def _holds(word: str, left, right) -> bool:
    if word in NONE:
        return left == 0
    if isinstance(right, Iterable):
        values = list(right)
        if word in GREATEST:
            return left in values and left >= max(values)
        return word in LEAST and left in values and left <= min(values)
    if word in MOST:
        return right is not None and 2 * left > right >= left
    return word in RELATIONS and right is not None and bool(RELATIONS[word](left, right))


def _shown(value) -> str:
    if isinstance(value, Iterable):
        return f"[{', '.join(_shown(item) for item in value)}]"
    return f"{float(value):g}" if math.isfinite(value) else str(value)
