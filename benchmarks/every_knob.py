"""Every knob on every page: panel, page and a clean run agree, and back is back.

Run it from the project folder: ``python benchmarks/every_knob.py``, or with the names of some
chapters behind it; it needs Chromium. ``book serve`` is started on a build folder of its own. On
the page of each chapter each parameter that the chapter reads is set to both ends and the middle of
what it may be. Then the control shows the value, every number and quotation of the page is that of
a run of the same values in another build folder, and a chapter that cannot be run says so on its
page. Set back to its baseline, the page is as it was.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from edition import NAMES, PROJECT, environment, program
from live import CHROMIUM, PATIENCE, serving
from soak import ANSWERED, SHOWN

from helpers import parameters
from helpers.pipeline import chapters, execute, plan
from helpers.pipeline.effects import settings
from helpers.project import Project

MAIN = """() => document.querySelector("main").outerHTML.replace(/ tabindex="0"/g, "")"""
ALONE = "([name, literal]) => window.bookLive.store.become({[name]: literal}, null)"
CONTROL = """name => [...document.querySelectorAll(`[data-live="${name}"] input`)].map(
  each => /radio|checkbox/.test(each.type) ? (each.checked ? each.value : "") : each.value)"""


def values(name: str) -> list:
    """Both ends of a parameter and a value between them; every choice."""
    grid = [value for value in parameters.REGISTRY.grid(name)
            if value != parameters.defaults()[name]]
    found = settings(name)
    middle = grid[len(grid) // 2] if grid else None
    return [*found, *([middle] if middle is not None and middle not in found else [])]


def clean(build: Path, wanted: list[tuple[str, str, object]]) -> dict:
    """Texts of the records of each wanted run, or why there is none, in a store of its own."""
    place = Project.at(PROJECT.root, build=build)
    plans = [plan.make(place, chapter, {name: value}) for chapter, name, value in wanted]
    told = {}
    for (chapter, name, value), run in zip(wanted, execute.run_many(place, plans), strict=True):
        told[chapter, name, parameters.literal(value)] = (
            {f"{chapter}/{entry['name']}": entry["text"] for entry in execute.ledger(run)}
            if run.status == "ok" else run.reason)
    return told


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def refused(name: str, value) -> str:
    """Why the registry takes a value with no other one; empty where it does."""
    try:
        parameters.validate({name: value})
    except parameters.ParameterError as error:
        return str(error)
    return ""


def main() -> int:
    """Turn every knob, and print what does not agree."""
    if CHROMIUM is None:
        raise SystemExit("This needs Chromium. Install it: apt install chromium")
    from playwright.sync_api import sync_playwright

    pages = sys.argv[1:] or NAMES
    wanted = [(chapter, name, value) for chapter in pages
              for name in chapters.read(PROJECT, chapter).parameters for value in values(name)]
    wrong, seen, not_run = [], 0, 0
    with tempfile.TemporaryDirectory(prefix="knobs-") as folder:
        build, other = Path(folder) / "served", Path(folder) / "clean"
        build.mkdir()
        other.mkdir()
        expected = clean(other, [each for each in wanted if not refused(*each[1:])])
        subprocess.run(program("book", "build", "--quiet"), env=environment(build), check=True)
        with serving(build) as root, sync_playwright() as play:
            browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(bypass_csp=True, viewport={"width": 1400, "height": 900})
            page.set_default_timeout(PATIENCE)
            errors = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            for chapter in pages:
                page.goto(f"{root}chapters/{chapter}.html")
                page.wait_for_function(ANSWERED)
                page.evaluate("window.bookLive.drawer.open(true, null, false)")
                page.wait_for_timeout(500)  # charts that are as wide as the page are drawn anew
                before = page.evaluate(MAIN)
                for name, value in [each[1:] for each in wanted if each[0] == chapter]:
                    literal = parameters.literal(value)
                    page.evaluate(ALONE, [name, literal])
                    page.wait_for_function(ANSWERED)
                    shown, what = page.evaluate(SHOWN), f"{chapter} {name}={literal}"
                    told = refused(name, value) or expected[chapter, name, literal]
                    seen += 1
                    if isinstance(told, str):
                        not_run += 1
                        if not any(plain(told)[:40] in plain(fault) for fault in shown["faults"]):
                            wrong.append(f"{what}: should say: {told}; says {shown['faults']}")
                    else:
                        wrong += [f"{what}: {record}: {text!r}, a clean run has {told[record]!r}"
                                  for record, text in shown["texts"].items()
                                  if record in told and plain(text) != plain(told[record])]
                        wrong += [f"{what}: {fault}" for fault in shown["faults"]]
                    control = page.evaluate(CONTROL, name)
                    parts = literal.strip("[]").split(", ") if literal[0] == "[" else [literal]
                    if not all(any(part == each or _number(part) == _number(each) is not None
                                   for each in control) for part in parts) and not isinstance(
                                       value, bool):
                        wrong.append(f"{what}: the control shows {control}")
                page.evaluate("window.bookLive.store.reset()")
                page.wait_for_function(ANSWERED)
                if page.evaluate(MAIN) != before:
                    wrong.append(f"{chapter}: is not as it was when all is set back")
                print(f"{chapter}: {len(wrong)} faults so far", flush=True)
            wrong += errors
            browser.close()
    print(f"{seen} settings on {len(pages)} pages, {not_run} of them refused or failed; "
          f"{len(wrong)} faults")
    for line in wrong[:40]:
        print(" ", line[:300])
    return int(bool(wrong))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


if __name__ == "__main__":
    sys.exit(main())
