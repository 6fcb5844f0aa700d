"""How quick the page of a large sweep is, against a page that holds all its rows as a table.

Run it from the project folder: ``python benchmarks/sweep_page.py``. Two pages of the same made
sweep are opened in one Chromium, in turn within each round, so that a busy machine slows both:

- ``page``: the page of `book sweep`, its data as columns of codes;
- ``table``: every row in the document, filtered by hiding rows, which was the page before; for as
  few rows as ``--table-rows`` says, its times multiplied up to the same number. That favours it,
  since a browser needs more than ten times as long for ten times as many rows.

Opening ends when the page has been painted with its chart or rows; a menu or a filter when the
page has been painted again. With ``--check`` the exit code is 1 when a bar is missed.
"""

import argparse
import html
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

import pandas as pd
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import made_sweep  # noqa: E402
from small_book import REAL  # noqa: E402

RESULTS = 10  # of each run
PATIENCE = 600_000
LEAST_TIMES_FASTER_OPENED = 10.0
LEAST_TIMES_FASTER_CHANGED = 5.0

TABLE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>All rows</title>
<input><table><tbody>{}</tbody></table><script>
const rows = [...document.querySelector("tbody").rows];
document.querySelector("input").addEventListener("input", (event) => {{
  for (const row of rows) row.hidden = ![...row.cells].some((cell) =>
    cell.textContent.toLowerCase().includes(event.target.value));
}});</script></html>"""
PAINTED = """act => new Promise(done => {
  const begin = performance.now();
  new Function(act)();
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begin)));
})"""
OPENED = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(
  () => done(performance.now()))))"""
# The hash is read in the task after it was set.
MENU = """const menu = document.getElementById("result"), place = menu.selectedIndex;
menu.selectedIndex = (place + 1) % menu.options.length;
history.replaceState(null, "", "#result=" + encodeURIComponent(menu.value));
dispatchEvent(new Event("hashchange"));"""
FILTER = """const input = document.querySelector("thead input, input");
input.value = "=1"; input.dispatchEvent(new Event("input"));"""
ROW_FILTER = FILTER.replace("=1", "random_seed=12").replace("thead input, input", "#table input")


def made(rows: int):
    """Frame of a sweep of one parameter with so many rows."""
    return pd.DataFrame([
        (f"random_seed={seed}", seed, made_sweep.CHAPTER, "result", f"result_{number}", "",
         f"What result {number} is, in words", "ratio", "computed", "", seed * number / 7, "",
         "number", f"{seed * number / 7:.2f}", "", "key")
        for seed in range(rows // RESULTS) for number in range(RESULTS)],
        columns=["scenario", "random_seed", *made_sweep.sweep.RESULT])


def as_table(frame) -> str:
    """All rows as a page."""
    return TABLE.format("".join(
        "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>"
        for row in frame.drop(columns=["run_key", "value_json"]).itertuples(index=False)))


def opened(browser, address: str):
    """A page, and the milliseconds until it was painted."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    return page, page.evaluate(OPENED)


def measure(browser, page_address: str, table_address: str, scale: float, into: dict) -> None:
    """One round: the two pages one after the other."""
    page, took = opened(browser, page_address)
    into["page opened"].append(took)
    page.evaluate(PAINTED, MENU)  # the first compiles what it needs
    into["page, menu changed"].append(page.evaluate(PAINTED, MENU))
    into["page, rows filtered"].append(page.evaluate(PAINTED, ROW_FILTER))
    page.close()
    page, took = opened(browser, table_address)
    into["table opened"].append(took * scale)
    into["table filtered"].append(page.evaluate(PAINTED, FILTER) * scale)
    page.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--table-rows", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--check", action="store_true", help="fail when a bar is missed")
    options = parser.parse_args()
    names = ("page opened", "page, menu changed", "page, rows filtered", "table opened",
             "table filtered")
    times: dict[str, list[float]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        frame = made(options.rows)
        address = made_sweep.write(Path(folder), made_sweep.told(frame), REAL.vendor).as_uri()
        table = Path(folder) / "table.html"
        table.write_text(as_table(frame.head(options.table_rows)), encoding="utf-8")
        size = (Path(folder) / "data.js").stat().st_size
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox", "--disable-gpu"], timeout=PATIENCE)
        for _ in range(options.rounds):
            measure(browser, address, table.as_uri(), options.rows / options.table_rows, times)
        browser.close()

    medians = {name: statistics.median(values) for name, values in times.items()}
    print(f"{options.rows:,} rows, data of {size / 1e6:.1f} MB, {options.rounds} rounds, medians "
          f"(table of {options.table_rows:,} rows, multiplied)")
    for name, value in medians.items():
        print(f"  {name:<20} {value:8.0f} ms  "
              f"({min(times[name]):.0f} to {max(times[name]):.0f} ms)")
    bars = []
    for what, ours, other, least in (
            ("opened", "page opened", "table opened", LEAST_TIMES_FASTER_OPENED),
            ("a menu changed", "page, menu changed", "table filtered", LEAST_TIMES_FASTER_CHANGED),
            ("rows filtered", "page, rows filtered", "table filtered",
             LEAST_TIMES_FASTER_CHANGED)):
        ratio = medians[other] / medians[ours]
        bars.append((f"{what}: {ratio:.1f} times faster than the table", least, ratio >= least))
    for text, least, met in bars:
        print(f"{text} (bar: at least {least:g}) {'met' if met else 'MISSED'}")
    return 1 if options.check and not all(met for *_, met in bars) else 0


if __name__ == "__main__":
    sys.exit(main())
