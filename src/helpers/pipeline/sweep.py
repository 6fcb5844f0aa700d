"""Many scenarios over chosen chapters, in one tidy frame.

A sweep is a plan of runs; the store makes it resumable: the same plan again skips what is
finished, whether it was interrupted, killed or only half of it failed.
"""

import html
import itertools
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from helpers import parameters, paths
from helpers.pipeline import edition, execute, executors, store

COLUMNS = ["scenario", "chapter", "result", "value", "text", "unit", "kind", "status", "run_key"]


class SweepError(ValueError):
    """A sweep that cannot be planned. One line."""


@dataclass(frozen=True)
class Cell:
    """One chapter under one scenario."""

    scenario: str
    spec: execute.RunSpec


def grid(assignments: tuple[str, ...]) -> dict[str, dict]:
    """Scenarios of a grid: every combination of ``name=a,b,c`` assignments.

    Parameters
    ----------
    assignments : tuple of str
        A list value (`dimension_weights`) is written in brackets: ``name=[..],[..]``.

    Returns
    -------
    dict
        Label of the scenario -> parameter values.

    Raises
    ------
    parameters.ParameterError, SweepError
        For an unknown name, a value that cannot be taken, or a name given twice.
    """
    axes = {}
    for assignment in assignments:
        name, separator, text = assignment.partition("=")
        name = name.strip()
        if name in axes:
            raise SweepError(f"{name} is given twice; write --grid {name}=a,b,c once.")
        values = _split(text) if separator else []
        if not values:
            raise SweepError(f"{assignment!r}: expected name=a,b,c, such as damping=0.8,0.9.")
        axes[name] = [parameters.parse(f"{name}={value}")[1] for value in values]
    scenarios = {}
    for values in itertools.product(*axes.values()):
        chosen = dict(zip(axes, values, strict=True))
        parameters.validate(chosen)
        label = ", ".join(f"{name}={parameters.literal(v)}" for name, v in chosen.items())
        scenarios[label] = chosen
    return scenarios


def _split(text: str) -> list[str]:
    """Parts between commas that stand outside brackets."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign == "[") - (sign == "]")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]


def table(name: str) -> dict[str, dict]:
    """Scenarios of a sweep by name.

    ``scenarios`` is every shipped scenario. Any other name is a file
    ``scenarios/sweeps/<name>.toml`` with a table ``[grid]`` (name = list of values) or a list
    ``[[scenario]]`` of tables with ``title`` and parameters.

    Raises
    ------
    SweepError, parameters.ParameterError
    """
    if name == "scenarios":
        return {title: edition.resolve(title).overrides for title in edition.scenarios()}
    folder = paths.SCENARIOS / "sweeps"
    known = ["scenarios", *sorted(file.stem for file in folder.glob("*.toml"))]
    if name not in known:
        raise SweepError(f"{name!r} is not a sweep; expected one of {', '.join(known)}, or --grid.")
    described = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    if "grid" in described:
        axes = described["grid"]
        combinations = (dict(zip(axes, v, strict=True)) for v in itertools.product(*axes.values()))
        return {", ".join(f"{n}={parameters.literal(v)}" for n, v in values.items()):
                parameters.validate(values) for values in combinations}
    return {row.pop("title"): parameters.validate(row) for row in described["scenario"]}


def plan(scenarios: dict[str, dict], chapters: list[str]) -> list[Cell]:
    """Runs of a sweep, chapters within scenarios.

    A chapter that reads none of a scenario's parameters has the run of the baseline; it is still
    a row of the result, and costs nothing.
    """
    return [Cell(label, execute.RunSpec(chapter, values))
            for label, values in scenarios.items() for chapter in chapters]


def counts(cells: list[Cell]) -> dict[str, int]:
    """What a plan would do: runs in the plan, different ones, those the store already has."""
    keys = {}
    for cell in cells:
        notebook = store.read_chapter(cell.spec.chapter)
        values = store.resolve(notebook, cell.spec.overrides)
        keys[store.key(store.components(notebook, values))] = None
    stored = sum(store.published(key) is not None for key in keys)
    return {"planned": len(cells), "different": len(keys), "cached": stored,
            "to_run": len(keys) - stored}


def run(cells: list[Cell], *, jobs=None, cluster=None, report=lambda result: None):
    """Run a sweep; what fails is reported and does not stop the rest.

    Returns
    -------
    (pandas.DataFrame, list of dict)
        One row per scenario, chapter and result (columns `COLUMNS`; ``value`` is a number where
        the result is one, ``text`` is as prose prints it), and the failed runs with their reason.
    """
    import pandas as pd

    distinct, order = {}, []
    for cell in cells:
        notebook = store.read_chapter(cell.spec.chapter)
        values = store.resolve(notebook, cell.spec.overrides)
        key = store.key(store.components(notebook, values))
        distinct.setdefault(key, cell.spec)
        order.append(key)
    runs = dict(zip(distinct, executors.run_many(
        list(distinct.values()), jobs, report, cluster=cluster), strict=True))
    rows, failed = [], []
    for cell, key in zip(cells, order, strict=True):
        result = runs[key]
        if result.status != "ok":
            failed.append({"scenario": cell.scenario, "chapter": cell.spec.chapter,
                           "status": result.status, "reason": result.reason})
            continue
        ledger = json.loads((Path(result.path) / "results.json").read_text(encoding="utf-8"))
        for entry in ledger:
            if entry["type"] == "result":
                rows.append(_row(cell, entry, result.key))
    return pd.DataFrame(rows, columns=COLUMNS), failed


def _row(cell: Cell, entry: dict, key: str) -> tuple:
    value = entry["value"]
    number = float(value) if isinstance(value, (int, float)) else None
    return (cell.scenario, cell.spec.chapter, entry["name"], number, entry["text"], entry["unit"],
            "refused" if entry["status"] == "refused" else "derived", entry["status"], key[:32])


def write(frame, failed: list[dict], name: str) -> Path:
    """Write a sweep's frame as CSV, Parquet and a page that sorts and filters.

    Returns
    -------
    Path
        The folder ``_build/sweeps/<name>``; its files are replaced one by one, each whole.
    """
    folder = paths.build_folder() / "sweeps" / edition.slug(name)
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        "results.csv": frame.to_csv(index=False, float_format="%.10g").encode(),
        "results.parquet": frame.to_parquet(index=False),
        "failed.json": json.dumps(failed, indent=1).encode(),
        "index.html": page(frame, failed, name).encode(),
    }
    for file, content in contents.items():
        aside = folder / f".{file}.new"
        aside.write_bytes(content)
        aside.replace(folder / file)
    return folder


def page(frame, failed: list[dict], name: str) -> str:
    """A sweep as one HTML page: the table, a filter for each column, sorting by a click."""
    shown = frame.drop(columns=["run_key"])
    cells = [[str(cell) if cell == cell and cell is not None else "" for cell in row]
             for row in shown.itertuples(index=False, name=None)]
    head = "".join(
        f'<th scope="col"><button type="button">{html.escape(column)}</button><br>'
        f'<input aria-label="Filter {html.escape(column)}" size="8"></th>' for column in shown)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
                   for row in cells)
    lost = "".join(
        f"<li>{html.escape(row['scenario'])}, {html.escape(row['chapter'])}: "
        f"{html.escape(row['status'])}: {html.escape(row['reason'])}</li>" for row in failed)
    return PAGE.format(
        name=html.escape(name), head=head, body=body, rows=len(frame),
        scenarios=frame["scenario"].nunique(),
        failed=f"<h2>Failed</h2><ul>{lost}</ul>" if failed else "")


PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sweep {name}</title>
<style>
 body {{ font: 16px/1.45 system-ui, sans-serif; margin: 2rem; color: #1a1a1a; background: #fff; }}
 table {{ border-collapse: collapse; font-size: 0.9rem; }}
 th, td {{ text-align: left; padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid #ddd;
   vertical-align: top; }}
 th {{ position: sticky; top: 0; background: #fff; }}
 th button {{ font: inherit; font-weight: 600; border: 0; background: none; padding: 0;
   cursor: pointer; color: inherit; text-decoration: underline dotted; }}
 input {{ font: inherit; width: 100%; min-width: 5rem; box-sizing: border-box; }}
 @media (prefers-color-scheme: dark) {{ body, th {{ background: #14181e; color: #ced6dd; }} }}
</style>
<h1>Sweep {name}</h1>
<p>{scenarios} scenarios, <span id="shown">{rows}</span> of {rows} results shown. A click on a
heading sorts, text under it filters. <a href="results.csv" download>CSV</a>,
<a href="results.parquet" download>Parquet</a>.</p>
{failed}
<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>
<script>
 const body = document.querySelector("tbody"), rows = [...body.rows];
 const inputs = [...document.querySelectorAll("input")];
 const buttons = [...document.querySelectorAll("th button")];
 let order = [];
 const filter = () => {{
   let count = 0;
   for (const row of rows) {{
     const hit = inputs.every((input, i) =>
       row.cells[i].textContent.toLowerCase().includes(input.value.toLowerCase()));
     row.hidden = !hit;
     count += hit;
   }}
   document.getElementById("shown").textContent = count;
 }};
 const compare = (a, b) => {{
   const x = parseFloat(a), y = parseFloat(b);
   return isNaN(x) || isNaN(y) ? a.localeCompare(b) : x - y;
 }};
 buttons.forEach((button, i) => button.addEventListener("click", () => {{
   const sign = order[0] === i ? -order[1] : 1;
   order = [i, sign];
   rows.sort((a, b) => sign * compare(a.cells[i].textContent, b.cells[i].textContent));
   body.append(...rows);
 }}));
 inputs.forEach(input => input.addEventListener("input", filter));
</script>
</html>
"""
