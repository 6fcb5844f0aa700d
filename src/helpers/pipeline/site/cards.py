"""What the card of a number says: one file for each chapter, loaded when the first is asked.

Pages are opened from a folder too, where a browser fetches nothing, so the data are scripts that
only assign. All in them is text: the page's script builds its elements and never reads HTML.
"""

import json
from pathlib import Path

from helpers import datasets, parameters, results, words
from helpers.pipeline import chapters
from helpers.pipeline.site import generated, ledger
from helpers.pipeline.site.ledger import Ledger, Told

FOLDER = "values"
FEW = 2  # sources of a table that a card names; the page of sources has all


def write(staged: Path, told: Ledger) -> None:
    """Write the data of the cards of every chapter of an edition."""
    folder = staged / "static" / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for chapter in told.executed:
        (folder / f"{chapter}.js").write_text(script(told, chapter), encoding="utf-8")


def script(told: Ledger, chapter: str) -> str:
    """The file of a chapter."""
    name, data = (json.dumps(each, ensure_ascii=False, separators=(",", ":"))
                  for each in (chapter, of_chapter(told, chapter)))
    return f"((window.book ??= {{}}).values ??= {{}})[{name}] = {data};\n"


def of_chapter(told: Ledger, chapter: str) -> dict:
    """What the cards of a chapter say, with what several of them name told once."""
    records = told.by_chapter.get(chapter, [])
    asked = dict.fromkeys(claim for each in records for claim in each.entry["claims"])
    return {
        "chapter": chapters.read(told.project, chapter).title, "audit": told.audit,
        "records": {each.name: _record(told, each) for each in records},
        "claims": {name: told.claims[name] for name in asked if name in told.claims},
        "parameters": {name: _parameter(told, name)
                       for name in ledger.names(records, "parameters")},
        "tables": {name: _table(told, name) for name in ledger.names(records, "tables")},
    }


def _record(told: Ledger, each: Told) -> dict:
    entry = each.entry
    card = {
        "type": entry["type"], "label": entry.get("label", ""), "text": entry["text"],
        "unit": entry.get("unit", ""), "status": entry.get("status", ""),
        "scope": entry.get("scope", ""), "note": entry.get("note", ""),
        "full": _in_full(entry.get("value")), "range": _range(told, each),
        "claims": entry["claims"], "parameters": each.parameters, "tables": each.tables,
        "place": each.place, "code": each.code, "before": each.before,
        "editions": _editions(told, each),
    }
    if card["note"] == card["text"]:
        del card["note"]
    return {key: value for key, value in card.items() if value not in ("", None, [], (), {})}


def _in_full(value) -> str:
    """A number with all its digits; what else a value is stands in its text."""
    return repr(value) if results.kind_of_value(value) == "number" else ""


def _range(told: Ledger, each: Told) -> list[str]:
    """The lowest and highest that the printed digits allow, where the chapter records them."""
    beside = {one.name: one.entry["text"] for one in told.by_chapter[each.chapter]}
    ends = [beside.get(f"{each.name}_{end}") for end in ("low", "high")]
    return ends if all(ends) else []


def _editions(told: Ledger, each: Told) -> dict:
    """What it says in the editions that come with the book, those apart that differ."""
    said = told.in_editions.get((each.chapter, each.name), [])
    if not said:
        return {}
    usual = said[0][1]
    return {"all": len(said), "same": sum(text == usual for _, text in said), "usual": usual,
            "others": [[title, text] for title, text in said if text != usual]}


def _parameter(told: Ledger, name: str) -> dict:
    found = {"value": parameters.literal(told.values[name]),
             "place": generated.anchor("parameter", name), "unit": parameters.unit(name),
             "meaning": words.opening(parameters.meaning(name))}
    if name in told.edition.overrides:
        found["baseline"] = parameters.literal(parameters.defaults()[name])
    return found


def _table(told: Ledger, name: str) -> dict:
    about = datasets.describe(name, told.project)
    sources = about["sources"]
    return {
        "title": about["title"], "place": generated.anchor("data", name),
        "own": name in datasets.replaced(told.project),
        "sources": [[each["title"], each.get("path", "")] for each in sources[:FEW]],
        "more": max(0, len(sources) - FEW)}
