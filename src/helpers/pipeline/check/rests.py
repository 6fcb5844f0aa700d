"""Rules for what results rest on: unit, scale and scope against the table of printed claims."""

import re
from collections.abc import Iterable, Mapping

from helpers import results
from helpers.pipeline.chapters import Chapter

COLUMNS = ("printed", "value", "unit", "scope_id")  # of the table of claims, for these rules
MONEY = re.compile(r"(USD|RMB|EUR)[ _](million|billion)")
CURRENCY = re.compile(r"\b(USD|RMB|EUR)\b")
AMOUNT = re.compile(r"\b(USD|RMB|EUR)\s(\d[\d.,]*\d|\d)\s(million|billion)")
SCALE = {"million": 1e6, "billion": 1e9}
CONVERSION = re.compile(r"convert|exchange rate|\brates?\b|in dollars|in USD|in RMB", re.I)
MANY = 4
FURTHEST = 300  # times a claim's size; a result further off is in another unit


def rest_faults(chapter: Chapter, claims: Mapping[str, Mapping] | None) -> list[str]:
    """Records that do not agree with the claims they rest on.

    Parameters
    ----------
    chapter : Chapter
    claims : dict, optional
        Id of a claim -> its row with `COLUMNS`; None where the book has no such table.
    """
    if claims is None:
        return []
    found, used = [], {}
    for entry in results.entries(chapter.notebook):
        rows = [claims[claim] for claim in entry["claims"] if claim in claims]
        used |= {claim: claims[claim] for claim in entry["claims"] if claim in claims}
        found += [f"{chapter.name}, record {entry['name']}: {line}"
                  for line in _entry_faults(entry, rows)]
    for entry in results.entries(chapter.notebook):
        found += [f"{chapter.name}, record {entry['name']}: {line}"
                  for line in amount_faults(entry["text"], used.values())]
        if entry["type"] == "sentence":
            found += [f"{chapter.name}, record {entry['name']}: {line}"
                      for line in _elsewhere_faults(entry, claims)]
    return found


def _entry_faults(entry: Mapping, rows: list[Mapping]) -> list[str]:
    if entry["type"] == "quote":
        printed = rows[0]["printed"] if rows else None
        return [] if entry["text"] == printed else [
            f"it quotes {entry['text']!r}, and its claim is printed as {printed!r}. Use "
            f"results.quote with the claim's id."]
    if entry["type"] != "result" or not rows or entry["value"] is None:
        return []
    return [*_unit_faults(entry, rows), *_scope_faults(entry, rows)]


def _unit_faults(entry: Mapping, rows: list[Mapping]) -> list[str]:
    unit, values = entry["unit"], _numbers(entry["value"])
    money = [(MONEY.fullmatch(row["unit"]), row["value"]) for row in rows
             if MONEY.fullmatch(row["unit"])]
    known = {match[1] for match, _ in money}
    foreign = sorted(set(CURRENCY.findall(unit)) - known)
    said = " ".join(str(entry.get(part, "")) for part in ("label", "scope", "note"))
    if foreign and not (known and CONVERSION.search(said)):
        return [f"its unit is {unit}, and no claim it rests on is in {foreign[0]}. Correct unit or "
                f"claims, or say in its label at which rate it is converted."]
    own = MONEY.fullmatch(unit)
    for value in values if own else ():
        near = [row_value * SCALE[match[2]] for match, row_value in money if row_value == row_value]
        size = abs(value) * SCALE[own[2]]
        if near and size and not any(1 / FURTHEST <= size / other <= FURTHEST for other in near):
            return [f"{value:g} {unit} is more than {FURTHEST} times off every claim it rests on. "
                    f"Correct its unit."]
    for value in values:
        for match, row_value in money:
            if value == row_value and value != int(value) and (
                    own is None or own.groups() != match.groups()):
                return [f"it has the value of a claim in {' '.join(match.groups())}, and the unit "
                        f"{unit}. Give it the claim's unit."]
    return []


def _scope_faults(entry: Mapping, rows: list[Mapping]) -> list[str]:
    scopes = {row["scope_id"] for row in rows if row["scope_id"]}
    # A count of claims, and a share of many of them, measure the text and not what they speak of.
    of_the_text = entry["unit"] == "count" or entry["unit"] == "fraction" and len(scopes) > MANY
    if len(scopes) < 2 or entry["status"] != "computed" or entry["scope"] or of_the_text:
        return []
    return [f"its claims are of {len(scopes)} scopes, and it does not say that it crosses them. "
            f"Give it status scope_flagged, or a scope."]


def amount_faults(text: str, rows: Iterable[Mapping]) -> list[str]:
    """Sums of money in a text that are a claim's in all but the currency."""
    rows, found = list(rows), []
    for currency, digits, scale in AMOUNT.findall(text):
        value = float(digits.replace(",", ""))
        same = [MONEY.fullmatch(row["unit"]) for row in rows if row["value"] == value
                and MONEY.fullmatch(row["unit"])]
        same = [match for match in same if match[2] == scale]
        if same and all(match[1] != currency for match in same):
            found.append(f"it says {currency} {digits} {scale}, which the paper prints in "
                         f"{same[0][1]}. Format it from the claim.")
    return found


def _elsewhere_faults(entry: Mapping, claims: Mapping[str, Mapping]) -> list[str]:
    """Prints in a sentence of claims that it does not rest on."""
    found = []
    for match in AMOUNT.finditer(entry["text"]):
        owners = [claim for claim, row in claims.items() if row["printed"] == match[0]]
        if owners and not set(owners) & set(entry["claims"]):
            found.append(f"it says {match[0]}, the print of {owners[0]}, and does not rest on that "
                         f"claim. Correct its claims.")
    return found


def _numbers(value) -> list[float]:
    if isinstance(value, bool):
        return []
    if isinstance(value, int | float):
        return [float(value)]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for item in value for number in _numbers(item)]
    return []
