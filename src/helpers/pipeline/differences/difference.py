"""One thing that differs, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """One thing that a run has otherwise than the committed chapter.

    Attributes
    ----------
    chapter : str
    cell : int
        Number of the code cell, from 1, as Jupyter shows it; of the old one for what is gone.
    name : str
        Of the record, figure or table; ``output N`` for anything else.
    sort : str
        result, sentence, quote, figure, table or output.
    change : str
        new; gone; value (of a sentence: its numbers only); text (the same value with other text,
        label, unit, status, claims, scope or note; of a sentence: its words); picture (the same
        data); order (the same outputs, elsewhere); metadata (alternative text, caption, name,
        marked rows).
    old, new : dict, str or None
        The record; the output's data; for metadata the output's metadata; for order the places.
    size : float
        For ranking: relative change of a number, 0 to 2; more for what is new, gone or turned.
    """

    chapter: str
    cell: int
    name: str
    sort: str
    change: str
    old: dict | str | None
    new: dict | str | None
    size: float
