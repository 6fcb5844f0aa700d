"""The page *All results*: the whole ledger of an edition, to be filtered and taken along.

A number on any page leads to its row here, without a script. The files beside it hold the same
rows, described as a data package.
"""

import hashlib
import io
import json
from importlib import metadata
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from helpers import downloads, markup, parameters, results, words
from helpers.pipeline.site import glued
from helpers.pipeline.site.ledger import Ledger, Told
from helpers.project import DISTRIBUTION

FOLDER = "ledger"  # of the static files
STEM = "all-results"
PACKAGE = "datapackage.json"
MEDIA = {"csv": "text/csv", "json": "application/json",
         "parquet": "application/vnd.apache.parquet"}
FEW = 3  # claims that a row names; the files name all
STATUSES = {"computed": "computed", "scope_flagged": "crosses two scopes", "refused": "refused",
            "not_in_paper": "not in the paper"}
TYPES = {"result": "result", "sentence": "sentence", "quote": "quotation"}
FIELDS = {
    "chapter": ("string", "Chapter that records it."),
    "name": ("string", "Name in the chapter."),
    "type": ("string", "result, sentence (chosen by code) or quote (as the paper prints it)."),
    "label": ("string", "What the value is; empty for a sentence."),
    "text": ("string", "As prose prints it."),
    "value": ("number", "The value, where it is a number; ten significant digits."),
    "value_json": ("string", "Any other value, as JSON."),
    "unit": ("string", "Unit of the value."),
    "kind": ("string", "What sort of value it is: number, text, boolean, list, mapping or none."),
    "status": ("string", "computed, scope_flagged, refused or not_in_paper; empty for texts."),
    "scope": ("string", "Scope of the value, or what was crossed."),
    "note": ("string", "For a refusal the reason."),
    "tolerance": ("number", "Relative difference that still counts as the same result."),
    "claims": ("string", "Printed claims that it rests on, with blanks between."),
    "parameters": ("string", "Parameters that its value flows from, with blanks between."),
    "tables": ("string", "Tables that its value flows from, with blanks between."),
    "baseline_text": ("string", "What it says in the baseline, where that differs."),
    "address": ("string", "Where it stands in the book."),
}


def write(staged: Path, told: Ledger) -> None:
    """Write the page and its files."""
    (staged / "source" / f"{glued.ALL_RESULTS}.md").write_text(text(told), encoding="utf-8")
    folder = staged / "static" / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files(told).items():
        (folder / name).write_bytes(content)


def frame(records: list[Told]) -> pd.DataFrame:
    """Records as rows, one a record."""
    return pd.DataFrame([_row(each) for each in records], columns=list(FIELDS)).astype(
        {name: "float64" if kind == "number" else "str" for name, (kind, _) in FIELDS.items()})


def _row(each: Told) -> dict:
    entry = each.entry
    flat = results.flat(entry) if entry["type"] == "result" else {"kind": "text"}
    row = {"chapter": each.chapter, "name": each.name, "type": entry["type"],
           "text": entry["text"], "label": entry.get("label", ""),
           "tolerance": entry.get("tolerance"), "claims": " ".join(entry["claims"]),
           "parameters": " ".join(each.parameters), "tables": " ".join(each.tables),
           "baseline_text": each.before or "", "address": address(each)}
    row |= {name: flat.get(name, "") for name in
            ("value_json", "unit", "kind", "status", "scope", "note")}
    return row | {"value": flat.get("value")}


def address(each: Told) -> str:
    """Where a record stands, from the root of the book."""
    page = f"chapters/{quote(each.chapter)}.html"
    return f"{page}#{each.place}" if each.place else page


def files(told: Ledger) -> dict[str, bytes]:
    """The ledger as CSV, Parquet and JSON, and the package that describes them."""
    rows = frame(list(told.records))
    made = {f"{STEM}.csv": csv_of(rows), f"{STEM}.parquet": _parquet(rows),
            f"{STEM}.json": json_of(rows)}
    described = package(
        told, "all-results", f"All results of the book, edition {told.edition.heading}",
        [resource(name, content) for name, content in made.items()])
    return {**made, PACKAGE: _json(described)}


def csv_of(rows: pd.DataFrame) -> bytes:
    """Rows as the CSV that readers take away."""
    return downloads.to_bytes(downloads.to_csv(rows))


def json_of(rows: pd.DataFrame) -> bytes:
    """Rows as a JSON list of objects; what is missing is null."""
    return _json(rows.astype(object).where(rows.notna(), None).to_dict("records"))


def _parquet(rows: pd.DataFrame) -> bytes:
    into = io.BytesIO()
    rows.to_parquet(into, index=False)
    return into.getvalue()


def _json(content) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def resource(name: str, content: bytes) -> dict:
    """A file of the ledger in the words of a data package."""
    stem, _, kind = name.rpartition(".")
    told = {"name": f"{stem}-{kind}", "path": name, "format": kind, "bytes": len(content),
            "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
    if kind != "csv":  # a schema for each form would tell the same twice
        return told | {"type": "file", "mediatype": MEDIA[kind],
                       "description": f"The rows of {stem}.csv with the same columns."}
    encoding = "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"
    return told | {
        "type": "table", "profile": "tabular-data-resource", "mediatype": MEDIA[kind],
        "encoding": encoding, "schema": {
            "fields": [{"name": field, "type": kind, "description": about}
                       for field, (kind, about) in FIELDS.items()],
            "primaryKey": ["chapter", "name"], "missingValues": [""]}}


def package(told: Ledger, name: str, title: str, resources: list[dict]) -> dict:
    """A data package that names the edition, its parameters, the version and the licence."""
    return {
        "profile": "data-package", "name": name, "title": title,
        "version": metadata.version(DISTRIBUTION),
        "licenses": licences(told.citation),
        "edition": {"title": told.edition.heading, "command": told.edition.command(),
                    "parameters": told.values, "changed": told.edition.overrides},
        "resources": resources,
    }


def licences(citation: dict) -> list[dict]:
    """Licences of texts and numbers, as the file of citation has them."""
    named = citation.get("license", [])
    return [{"name": each} for each in ([named] if isinstance(named, str) else named)
            if each.startswith("CC")] or [{"name": "CC-BY-4.0"}]


def text(told: Ledger) -> str:
    """The page as Markdown."""
    edition, count = told.edition, len(told.records)
    kinds = [sum(each.entry["type"] == kind for each in told.records) for kind in TYPES]
    about = (f"Everything that the chapters record, {count} records: {kinds[0]} results, "
             f"{kinds[1]} sentences that code chose, {kinds[2]} quotations. Numbers on other "
             "pages lead here; each row leads back to its place. A row names the printed claims "
             "it rests on and the parameters on the way to its value.")
    offered = " · ".join(
        f'<a href="_static/{FOLDER}/{name}" download>{said}</a>' for name, said in [
            (f"{STEM}.csv", "CSV"), (f"{STEM}.parquet", "Parquet"), (f"{STEM}.json", "JSON"),
            (PACKAGE, "Data package (what the columns are)")])
    set_here = ", ".join(f"{name} = {parameters.literal(value)}"
                         for name, value in edition.overrides.items())
    which = markup.inline(f"Edition: {edition.heading}." + (f" Set: {set_here}." if set_here
                                                           else ""))
    return "\n\n".join([
        "# All results", about, which, f'<p class="book-downloads">{offered}</p>', _form(told),
        _table(told)]) + "\n"


HERE = "name=here"  # of a control: its name goes here


def _form(told: Ledger) -> str:
    """Fields that the page's script shows and reads; without it all rows are there."""
    def field(name: str, title: str, control: str) -> str:
        return (f'<span class="book-field"><label for="filter-{name}">{title}</label>'
                + control.replace(HERE, f'id="filter-{name}" name="{name}"', 1) + "</span>")

    def choice(name: str, title: str, options: dict[str, str]) -> str:
        listed = "".join(f'<option value="{markup.escaped(value)}">{markup.escaped(shown)}</option>'
                         for value, shown in options.items())
        return field(name, title, f'<select {HERE}><option value="">all</option>{listed}</select>')

    chapters = {each: words.chapter_number(each) for each in told.by_chapter}
    return ('<fieldset class="book-filter" hidden>'
            '<legend class="visually-hidden">Which results are listed</legend>'
            + field("q", "Find", f'<input type="search" autocomplete="off" {HERE}>')
            + choice("chapter", "Chapter", chapters) + choice("type", "Type", TYPES)
            + choice("status", "Status", STATUSES)
            + '<p class="book-count" role="status"></p></fieldset>')


def _table(told: Ledger) -> str:
    differs = told.edition.is_baseline is False
    headers = ["What", "Chapter", "Says", "Unit", "Status", "Claims", "Parameters",
               *(["In the baseline"] if differs else [])]
    head = "".join(f'<th scope="col">{each}</th>' for each in headers)
    body = "\n".join(_tr(each, differs) for each in told.records)
    return ('<section class="book-table book-ledger" tabindex="0" aria-label="All results">'
            f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></section>")


def _tr(each: Told, differs: bool) -> str:
    entry, escaped = each.entry, markup.escaped
    told = entry.get("label") or each.name.replace("_", " ")
    sort = TYPES[entry["type"]] if entry["type"] != "result" else STATUSES[entry["status"]]
    claims = entry["claims"]
    more = f" +{len(claims) - FEW}" if len(claims) > FEW else ""
    cells = [words.chapter_number(each.chapter), entry["text"], entry.get("unit", ""), sort,
             " ".join(claims[:FEW]) + more, " ".join(each.parameters),
             *([each.before or ""] if differs else [])]
    key = escaped(f"{each.chapter}/{each.name}")
    return (f'<tr id="{escaped(glued.row(each.chapter, each.name))}" data-result="{key}" '
            f'data-type="{entry["type"]}" data-status="{entry.get("status", "")}">'
            f'<th scope="row"><a href="{escaped(address(each))}">{escaped(told)}</a></th>'
            + "".join(f"<td>{escaped(cell)}</td>" for cell in cells) + "</tr>")
