"""Time from a released knob to a patched page, beside a whole rebuild and the stock way.

Run it from the project folder: ``python benchmarks/live.py``; it needs Chromium. ``book serve`` is
started on a build folder of its own, and a real browser turns values on pages as a reader does:
the clock of the page runs from the change of the control until the page has painted what came back.
Every value is asked twice: ``fresh`` has a run behind it, ``stored`` takes the run that is there.

- ``stored``, ``fresh``: for every chapter, another value of a parameter that it reads; the page may
  not ask for other chapters, whose runs would be there when it is their turn;
- ``wide``: `WIDE`, which more chapters read than any other, turned on the page of one of them: when
  that page was patched, and when all other chapters had answered; ``alone``: the same page under
  another value, when it may not ask for others;
- ``rebuild``: ``book build --set`` with a value of a parameter that one chapter reads;
- ``stock``: ``papermill`` for that chapter, then ``jupyter-book build`` of the pages.

``--write`` puts the table into README.md beside this file. With ``--check`` the exit code is 1 when
a bar is missed.
"""

import argparse
import datetime
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from edition import (
    CHAPTER,
    NAMES,
    PARAMETER,
    PROJECT,
    Cases,
    environment,
    machine,
    program,
    timed,
    write,
)

from helpers import parameters
from helpers.pipeline import chapters
from helpers.pipeline.effects import settings

WIDE = "min_confidence"
PATIENCE = 120_000  # ms for one page
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
# Turns a control, and tells after how many ms this page, and then all chapters, were there.
TURN = """([name, literal]) => new Promise(done => {
  const live = window.bookLive, began = performance.now(), told = {};
  const painted = part => requestAnimationFrame(() => setTimeout(() => {
    told[part] ??= performance.now() - began;
    if (part === "all") done(told);
  }));
  live.asking.listen((progress, chapter, finished) => {
    if (done.called) return;
    if (progress.here.every(each => !progress.waiting.has(each))) painted("here");
    if (finished) { done.called = true; painted("all"); }
  });
  live.store.set(name, literal);
})"""


def another(chapter: str) -> list[tuple[str, str]]:
    """Two values of parameters that a chapter reads, each moved alone, as they are typed."""
    read = [name for name in chapters.read(PROJECT, chapter).parameters
            if name not in (WIDE, "draws", "random_seed")]
    return [(name, parameters.literal(settings(name)[0])) for name in read][:2]


@contextmanager
def serving(build: Path):
    """Address of a server of the book."""
    process = subprocess.Popen(
        program("book", "serve", "--port", "0", "--no-open"), env=environment(build), cwd=build,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        for line in process.stdout:
            found = re.search(r"http://\S+", line)
            if found:
                yield found[0].partition("?")[0]
                return
        raise SystemExit("book serve ended without an address")
    finally:
        process.terminate()
        process.wait()


def turned(page, root: str, chapter: str, name: str, literal: str, *,
           others: bool = False) -> dict[str, float]:
    """Seconds until the page of a chapter, and until all chapters, followed a value."""
    page.unroute_all()
    page.route(lambda address: "/live/answers/" in address
               and not others and f"/live/answers/{chapter}/" not in address,
               lambda route: route.abort())
    page.goto(f"{root}chapters/{chapter}.html")
    page.wait_for_function("window.bookLive?.asking")
    found = page.evaluate(TURN, [name, literal])
    return {part: ms / 1000 for part, ms in found.items()}


def in_a_browser(build: Path) -> dict:
    """What was seen on pages: per chapter ``stored`` and ``fresh``, and ``wide``."""
    from playwright.sync_api import sync_playwright

    seen = {"stored": {}, "fresh": {}}
    with serving(build) as root, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(bypass_csp=True)  # of its own pages, to be waited for
        page.set_default_timeout(PATIENCE)
        for chapter in NAMES:
            for name, literal in another(chapter):
                fresh = turned(page, root, chapter, name, literal)["here"]
                stored = turned(page, root, chapter, name, literal)["here"]
                seen["fresh"].setdefault(chapter, []).append(fresh)
                seen["stored"].setdefault(chapter, []).append(stored)
        alone, wide = (parameters.literal(value) for value in settings(WIDE)[:2])
        reads = [name for name in NAMES if WIDE in chapters.read(PROJECT, name).parameters]
        chapter = next(name for name in reads if name in seen["fresh"])
        seen["alone"] = turned(page, root, chapter, WIDE, alone)["here"]
        seen["wide"] = turned(page, root, chapter, WIDE, wide, others=True)
        seen["wide chapter"], seen["wide count"] = chapter, len(reads)
        browser.close()
    return seen


def whole(cases: Cases) -> dict[str, float]:
    """The two other ways to see a page under another value."""
    value = next(cases.values)
    rebuild, _ = timed(cases.build, program("book", "build", "--quiet", "--set",
                                            f"{PARAMETER}={value}"))
    build = cases._stock_source("off")
    stock, _ = timed(
        build, program("papermill", "--no-progress-bar", "-k", "python3",
                       PROJECT.chapters / f"{CHAPTER}.ipynb",
                       build / "source" / "chapters" / f"{CHAPTER}.ipynb", "-p", PARAMETER, value),
        program("jupyter-book", "build", build / "source", "--path-output", build / "out"))
    return {"rebuild": rebuild, "stock": stock}


def measured(seen: dict) -> list[tuple[str, str, bool]]:
    """What is asked for, what was seen, and whether it meets it."""
    stored = [seconds for each in seen["stored"].values() for seconds in each]
    fresh = {chapter: statistics.median(each) for chapter, each in seen["fresh"].items()}
    heaviest = max(fresh, key=fresh.get)
    median = statistics.median(fresh.values())
    own = statistics.median(seen["fresh"][CHAPTER])
    asked = [
        ("a stored run, median, seconds", "under 0.15 s", statistics.median(stored), 0.15),
        ("the median chapter, seconds", "under 1.0 s", median, 1.0),
        (f"the heaviest chapter ({heaviest}), seconds", "under 2.5 s", fresh[heaviest], 2.5),
        (f"{WIDE} on {seen['wide chapter']}, read by {seen['wide count']}: this page first, as a "
         f"share of its own time", "at most 1.5 x", seen["wide"]["here"] / seen["alone"], 1.5),
        (f"a page against book build --set ({CHAPTER})", "at most 0.5 x", own / seen["rebuild"],
         0.5),
        (f"a page against papermill and jupyter-book ({CHAPTER})", "at most 0.2 x",
         own / seen["stock"], 0.2),
    ]
    return [(f"{what}: {value:.2f}", bar, value <= limit) for what, bar, value, limit in asked]


def table(seen: dict) -> str:
    """The measurement as Markdown."""
    lines = [f"{datetime.date.today().isoformat()}. {machine()}.", "",
             "| chapter | stored, s | fresh, s |", "| --- | ---: | ---: |"]
    lines += [f"| {chapter} | {statistics.median(seen['stored'][chapter]):.2f} | "
              f"{statistics.median(each):.2f} |" for chapter, each in seen["fresh"].items()]
    lines += ["", f"{WIDE}: this page after {seen['wide']['here']:.2f} s, all "
              f"{seen['wide count']} chapters after {seen['wide']['all']:.2f} s. "
              f"`book build --set` took {seen['rebuild']:.1f} s, papermill and jupyter-book "
              f"{seen['stock']:.1f} s.",
              "", "| seen | asked | |", "| --- | --- | --- |"]
    lines += [f"| {what} | {bar} | {'met' if met else '**missed**'} |"
              for what, bar, met in measured(seen)]
    return "\n".join(lines)


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    parser.add_argument("--check", action="store_true", help="fail where a bar is missed")
    asked = parser.parse_args()
    if CHROMIUM is None:
        raise SystemExit("This needs Chromium. Install it: apt install chromium")
    with tempfile.TemporaryDirectory(prefix="live-") as folder:
        cases = Cases(Path(folder), 1, 1)
        cases.prepare()
        seen = {**in_a_browser(cases.build), **whole(cases)}
    text = table(seen)
    print(text)
    if asked.write:
        write("live", text)
    return int(asked.check and not all(met for *_, met in measured(seen)))


if __name__ == "__main__":
    sys.exit(main())
