"""Weight, speed, accessibility and fit of five pages, of one book or of two side by side.

    benchmarks/pages.py _build/html
    benchmarks/pages.py _build/html --before FOLDER

The table says what each page was and is. What is loaded comes over http with gzip into an empty
browser; the paint is a median of several visits, those of the two books taken in turn, since only
what is measured side by side can be compared on a busy machine.
"""

import argparse
import json
import shutil
import statistics
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import axe  # noqa: E402
import measured  # noqa: E402
from validator import Validator  # noqa: E402

PAGES = {"intro": "intro.html", "2.3": "chapters/2-3-market-expansion.html",
         "3.6": "chapters/3-6-country-comparison.html", "a1": "chapters/a1-claims-audit.html",
         "all results": "all-results.html"}
PHONE, DESK = 390, 1280
ROUNDS = 5
# Measure -> how its number is printed.
MEASURES = {
    "requests": "{:.0f}", "transferred, kB": "{:.0f}", "of it scripts, kB": "{:.0f}",
    "first paint at a desk, ms": "{:.0f}", "first paint on a slow phone, ms": "{:.0f}",
    "elements of the page": "{:.0f}",
    "axe, places at 390 and 1280": "{:.0f}", "errors of HTML": "{:.0f}",
    "first figure at 390 px, px wide": "{:.0f}", "of it out of sight, %": "{:.0f}",
    "smallest text at 390 px, CSS px": "{:.1f}", "smallest text in figures, CSS px": "{:.1f}",
    "tab stops before the first figure": "{:.0f}",
}
NONE = "–"


def measure(browser, validator: Validator, folder: Path, address: str, page: str) -> dict | None:
    """All measures of one page but the paint; None where the book has no such page."""
    file = folder / page
    if not file.is_file():
        return None
    seen = {"axe": Counter(), "html": Counter(
        error["ruleId"] for error in validator.errors(file.read_text(encoding="utf-8")))}

    def judge(opened):
        for found in axe.violations(opened):
            seen["axe"][found["id"]] += len(found["nodes"])

    def look_small(opened):
        drawn = measured.drawings(opened)
        texts = measured.texts(opened)
        in_figures = [text["size"] for text in texts if text["drawn"]]
        seen["smallest text at 390 px, CSS px"] = texts[0]["size"]
        seen["smallest text in figures, CSS px"] = (
            min(in_figures) if in_figures else "outlines" if drawn else None)
        if drawn:
            seen["first figure at 390 px, px wide"] = drawn[0]["width"]
            seen["of it out of sight, %"] = 100 * drawn[0]["hidden"]
        judge(opened)

    def look_large(opened):
        seen["elements of the page"] = opened.evaluate("document.querySelectorAll('*').length")
        seen["tab stops before the first figure"] = measured.stops_before(
            opened, measured.EXHIBIT)
        opened.evaluate("document.activeElement.blur()")
        judge(opened)

    visit = measured.visit(browser, f"{address}/{page}", width=DESK, then=look_large)
    measured.visit(browser, f"{address}/{page}", width=PHONE, height=844, then=look_small)
    return seen | {
        "requests": visit.requests, "transferred, kB": visit.bytes() / 1000,
        "of it scripts, kB": visit.bytes("Script") / 1000,
        "axe, places at 390 and 1280": seen["axe"].total(),
        "errors of HTML": seen["html"].total(),
    }


def paints(browser, addresses: list[str], page: str, rounds: int, **screen) -> list[float]:
    """Median milliseconds to the first contentful paint, the books visited in turn."""
    times = [[measured.visit(browser, f"{address}/{page}", **screen).painted
              for address in addresses] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def of_books(folders: list[Path], rounds: int) -> list[dict]:
    """Measures of all pages of each book: page -> measures."""
    with sync_playwright() as playwright, ExitStack() as stack:
        browser = stack.enter_context(playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox"]))
        validator = Validator(browser)
        addresses = [stack.enter_context(measured.served(folder)) for folder in folders]
        books = []
        for folder, address in zip(folders, addresses, strict=True):
            books.append({})
            for name, page in PAGES.items():
                books[-1][name] = measure(browser, validator, folder, address, page)
                print(f"{folder}: {name}", file=sys.stderr, flush=True)
        for name, page in PAGES.items():
            there = [place for place, book in enumerate(books) if book[name]]
            for key, screen in {
                    "first paint at a desk, ms": {"width": DESK},
                    "first paint on a slow phone, ms": {"width": PHONE, "phone": True}}.items():
                found = paints(browser, [addresses[place] for place in there], page, rounds,
                               **screen)
                for place, milliseconds in zip(there, found, strict=True):
                    books[place][name][key] = milliseconds
        return books


def printed(value, form: str = "{:.0f}") -> str:
    return NONE if value is None else value if isinstance(value, str) else form.format(value)


def cell(values: list, form: str = "{:.0f}") -> str:
    """One number, or before and after."""
    return " → ".join(printed(value, form) for value in values)


def table(head: str, rows: dict[str, list[str]]) -> str:
    """Markdown with a column for each page."""
    lines = [f"| {head} | {' | '.join(PAGES)} |", f"| --- |{' ---: |' * len(PAGES)}"]
    return "\n".join([*lines, *(f"| {name} | {' | '.join(row)} |" for name, row in rows.items())])


def report(books: list[dict]) -> str:
    """The measures, and which rules of axe and of HTML were broken how often."""
    def row(of_page, form="{:.0f}"):
        return [cell([None if book[name] is None else of_page(book[name]) for book in books], form)
                for name in PAGES]

    parts = [table("measure", {
        measure: row(lambda page, measure=measure: page.get(measure), form)
        for measure, form in MEASURES.items()})]
    for judge, head in (("axe", "rule of axe"), ("html", "rule of HTML")):
        broken = sorted({rule for book in books for page in book.values() if page
                         for rule in page[judge]})
        if broken:
            parts.append(table(head, {
                rule: row(lambda page, judge=judge, rule=rule: page[judge].get(rule, 0))
                for rule in broken}))
    return "\n\n".join(parts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("book", type=Path, help="folder of a built book")
    parser.add_argument("--before", type=Path, help="folder of an earlier one to hold against it")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="visits for a paint")
    parser.add_argument("--json", type=Path, help="file that keeps the numbers")
    options = parser.parse_args()
    folders = [folder.resolve() for folder in (options.before, options.book) if folder]
    books = of_books(folders, options.rounds)
    if options.json:
        options.json.write_text(json.dumps(books, indent=1) + "\n", encoding="utf-8")
    print(report(books))
    return 0


if __name__ == "__main__":
    sys.exit(main())
