"""The page of a sweep: charts chosen by menus, and all rows to sort and filter.

A browser opens it from a folder, where it may fetch nothing. So the data are a script that assigns
one variable: columns of codes into lists of the different values, in their order, by which a
hundred thousand rows are sorted and filtered without a text being touched.
"""

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from helpers import colours, parameters, words

OWN = Path(__file__).with_name("sweep")
# In the order in which they are loaded.
LIBRARIES = ("d3/d3.min.js", "plot/plot.umd.min.js")
SCRIPTS = ("rows.js", "words.js", "marks.js", "charts.js", "findings.js", "table.js", "sweep.js")
LICENCES = ("d3/LICENSE", "plot/LICENSE")
# An identifier that nobody filters by, what `text` says in words already, and what values show.
HIDDEN = ("run_key", "value_json", "kind")
FIRST_SEEN = ("scenario", "chapter", "result")  # columns in the order of the sweep, not of letters
MOST_ROWS = 500_000  # what a browser holds with ease
MOST_LISTED = 100
MOST_FLIPS = 2000
MISSING = -1


class SweepPageError(RuntimeError):
    """A library that pages of sweeps need is not where it should be. One line."""


@dataclass(frozen=True)
class Sweep:
    """What a page shows.

    Attributes
    ----------
    name : str
    frame : pandas.DataFrame
        As `sweep.run` returns it.
    failed : list of dict
        Runs that failed, with their reason and the values of the varied parameters.
    orders : dict
        Parameter that the sweep varies -> its values in their order.
    wordings : pandas.Series
        As `swept.wordings` returns it.
    effects : pandas.DataFrame
        As `swept.effects` returns it.
    flips : list of dict
        As `swept.flips` returns it.
    titles : dict
        Chapter -> its title.
    """

    name: str
    frame: object
    failed: Sequence[dict]
    orders: Mapping[str, list]
    wordings: object
    effects: object
    flips: Sequence[dict]
    titles: Mapping[str, str]


def files(sweep: Sweep, vendor: Path) -> dict[str, bytes]:
    """Files of the page by their place in the sweep's folder.

    Parameters
    ----------
    sweep : Sweep
    vendor : Path
        Folder of files of others.

    Raises
    ------
    SweepPageError
        If a library is not there.
    """
    ours = {name: (OWN / name).read_bytes() for name in (*SCRIPTS, "sweep.css")}
    libraries = {}
    for name in (*LIBRARIES, *LICENCES):
        file = vendor / "sweeps" / name
        if not file.is_file():
            raise SweepPageError(f"{file} is not there, and pages of sweeps need it. "
                                 f"Type: git checkout -- {vendor}")
        libraries[name] = file.read_bytes()
    return {"index.html": page(sweep).encode(), "data.js": script(sweep).encode(),
            "colours.css": colours.style_sheet().encode(), **ours, **libraries}


# ------------------------------------------------------------------ the page


def page(sweep: Sweep) -> str:
    """The page without its data."""
    frame = sweep.frame
    results = int((frame["type"] == "result").sum())
    scripts = "\n".join(f'<script src="{name}" defer></script>'
                        for name in (*LIBRARIES, "data.js", *SCRIPTS))
    bound = ("" if len(frame) <= MOST_ROWS else
             f" This page holds the first {MOST_ROWS:,} rows; the files hold all.")
    return Template((OWN / "index.html").read_text(encoding="utf-8")).substitute(
        name=html.escape(sweep.name), scripts=scripts, bound=bound,
        counts=f"Scenarios: {len(_scenario_names(sweep)):,}. Rows: {results:,} of results, "
               f"{len(frame) - results:,} of sentences.",
        unanswered=_unanswered(sweep))


def _unanswered(sweep: Sweep) -> str:
    """Lists of the runs that failed and of the results that were refused."""
    frame = sweep.frame
    failed = [f"{row['scenario']}, {row['chapter']}: {row['status']}: {row['reason']}"
              for row in sweep.failed]
    withheld = frame[(frame["type"] == "result") & frame["status"].isin(["refused"])]
    refused = [f"{label} ({chapter}): {note} In {len(rows):,} scenarios, first {first}."
               for (chapter, label, note), rows in
               withheld.groupby(["chapter", "label", "note"], sort=False)
               for first in [rows["scenario"].iloc[0]]]
    return (_listed("failed", "Failed runs", failed, "failed.json")
            + _listed("refused", "Refused results", refused, "results.csv"))


def _listed(name: str, title: str, lines: list[str], file: str) -> str:
    if not lines:
        return ""
    shown = "".join(f"<li>{html.escape(line)}</li>" for line in lines[:MOST_LISTED])
    if len(lines) > MOST_LISTED:
        shown += (f'<li>and {len(lines) - MOST_LISTED:,} more, all in '
                  f'<a href="{file}">{file}</a></li>')
    return (f'<section aria-labelledby="{name}"><h2 id="{name}">{title} ({len(lines):,})</h2>'
            f"<ul>{shown}</ul></section>")


# ------------------------------------------------------------------ the data


def script(sweep: Sweep) -> str:
    """The data as a script that assigns one variable."""
    return f"window.sweep = {literal(data(sweep))};\n"


def literal(value) -> str:
    """A value as JSON that no browser takes for the end of a script, a comment or a line."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":")).replace(
        "<", "\\u003c")


def data(sweep: Sweep) -> dict:
    """What the scripts of the page read."""
    frame = sweep.frame.assign(wording=sweep.wordings).head(MOST_ROWS)
    names = _scenario_names(sweep)
    place = {scenario: code for code, scenario in enumerate(names)}
    told = [column for column in frame if column not in (*HIDDEN, *sweep.orders)]
    chapters = {*frame["chapter"], *(run["chapter"] for run in sweep.failed)}
    return {
        "name": sweep.name,
        "rows": len(frame),
        "parameters": [_parameter(name, values) for name, values in sweep.orders.items()],
        "scenarios": {"names": names, "codes": _scenarios(sweep, names)},
        "columns": [_column(name, frame[name], names if name == "scenario" else None)
                    for name in told],
        "titles": {name: title for name, title in sweep.titles.items()
                   if name in chapters},
        "failed": [{"scenario": place[run["scenario"]], "chapter": run["chapter"],
                    "status": run["status"], "reason": run["reason"]} for run in sweep.failed],
        "effects": [[*key, float(spread), float(largest), float(share), int(held)]
                    for *key, spread, largest, share, held in
                    sweep.effects.itertuples(index=False, name=None)],
        "flips": [{**flip, "before": _label(flip["before"]), "after": _label(flip["after"])}
                  for flip in sweep.flips[:MOST_FLIPS]],
        "flipped": len(sweep.flips),
        "percent": [unit for unit, (factor, *_) in words.TEXTS.items() if factor == 100],
        "colours": {name: each.light for name, each in colours.NAMED.items()},
        "heat": [[each.name, each.ink] for each in colours.SCALES[colours.ACCENT.light][1:]],
    }


def _parameter(name: str, values: list) -> dict:
    """Name, meaning and values of a parameter."""
    numeric = all(isinstance(value, int | float) and not isinstance(value, bool)
                  for value in map(_bare, values))
    standard = parameters.defaults().get(name)
    labels = [_label(value) for value in values]
    usual = _label(standard)
    return {"name": name, "numeric": numeric,
            "values": list(map(_bare, values)) if numeric else labels, "labels": labels,
            "standard": labels.index(usual) if usual in labels else MISSING,
            "unit": parameters.unit(name) if name in parameters.names() else "-",
            "meaning": parameters.meaning(name) if name in parameters.names() else ""}


def _bare(value):
    """A number of a library as one of Python."""
    return value.item() if hasattr(value, "item") else value


def _label(value) -> str:
    """A value of a parameter as it is typed; a whole float without its zero."""
    value = _bare(value)
    return f"{value:.10g}" if isinstance(value, float) else parameters.literal(value)


def _scenario_names(sweep: Sweep) -> list[str]:
    """Scenarios in the order of the sweep; last those of which every run failed."""
    return list(dict.fromkeys([*sweep.frame["scenario"],
                               *(run["scenario"] for run in sweep.failed)]))


def _scenarios(sweep: Sweep, names: list[str]) -> dict[str, list[int]]:
    """Code of the value of each parameter, for each scenario."""
    first = sweep.frame[["scenario", *sweep.orders]].drop_duplicates("scenario")
    known = {row["scenario"]: row for row in first.to_dict("records")}
    for run in sweep.failed:
        known.setdefault(run["scenario"], run["parameters"])
    places = {name: {value: code for code, value in enumerate(values)}
              for name, values in sweep.orders.items()}
    return {name: [place[known[scenario][name]] for scenario in names]
            for name, place in places.items()}


def _column(name: str, column, order: list[str] | None) -> dict:
    """A column as codes into its different values."""
    numeric = column.dtype.kind in "iuf"
    texts = column if numeric else column.astype(object).where(column.notna(), "")
    values = list(dict.fromkeys(texts[texts != ""] if not numeric else texts[texts.notna()]))
    if order is not None:
        values = order
    elif numeric:
        values = sorted(map(float, values))
    elif name not in FIRST_SEEN:
        values = sorted(map(str, values), key=_natural)
    place = {value: code for code, value in enumerate(values)}
    return {"name": name, "numeric": numeric, "values": values,
            "codes": [place.get(value, MISSING) for value in texts]}


def _natural(text: str) -> list:
    """Key by which ``s2`` comes before ``s10``."""
    return [(len(part.lstrip("0")), part.lstrip("0")) if place % 2 else part.casefold()
            for place, part in enumerate(re.split(r"(\d+)", text))]
