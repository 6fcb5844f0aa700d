"""Many readers at once who turn knobs at random, while things go wrong around them.

Run it from the project folder: ``python benchmarks/soak.py --readers 20 --turns 20 --minutes 5``;
it needs Chromium. ``book serve`` is started on a build folder and a checkout of its own. In between
a process of a run is killed, a helper and a table are edited and taken back, and the store refuses
to be written for a while. At the end every page must show the answer to its last request, equal to
a clean ``book run`` in another build folder, and a page that an accident failed must do so when it
is loaded once more; no process of the server may be left when it ends, and its memory may not have
grown past a bound.
"""

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from edition import NAMES, PROJECT, environment, program

from helpers import parameters
from helpers.pipeline import chapters
from helpers.pipeline.effects import settings
from helpers.pipeline.live import address

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
COPIED = ("chapters", "data", "questions", "scenarios", "src", "vendor", "locales")
PATIENCE = 180_000  # ms until the last answer of a page
# What the page shows of its own records, and whether anything is still asked.
SHOWN = """() => ({
  query: location.search,
  asking: window.bookLive.asking.progress.waiting.size,
  texts: Object.fromEntries([...document.querySelectorAll(
    "main [data-result], main [data-quote]")].map(each => [
      each.dataset.result ?? each.dataset.quote,
      [...each.childNodes].find(node => node.nodeType === Node.TEXT_NODE)?.data ?? ""])),
  faults: [...document.querySelectorAll(".live-fault")].map(each => each.textContent)})"""

ANSWERED = """() => window.bookLive?.asking && document.readyState === "complete"
  && document.querySelector(".live-bar") && !window.bookLive.asking.progress.waiting.size"""


def checkout(folder: Path) -> Path:
    """A copy of the book that may be edited."""
    for part in COPIED:
        shutil.copytree(PROJECT.root / part, folder / part,
                        ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for file in PROJECT.root.iterdir():
        if file.is_file():
            shutil.copy2(file, folder)
    return folder


def variables(root: Path, build: Path) -> dict[str, str]:
    """Surroundings of a command that runs the code of a checkout."""
    return {**environment(build), "BOOK_ROOT": str(root), "PYTHONPATH": str(root / "src")}


def family(pid: int) -> list[int]:
    """A process and all that it has started."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                found += family(int(child))
    return found


def memory(pid: int) -> int:
    """Bytes of a process that are its own and in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def accident(number: int, root: Path, build: Path, server: int) -> str:
    """One thing that goes wrong, and is mended at once."""
    if number % 4 == 0:
        runs = [pid for pid in family(server)[1:] if "forkserver" in Path(
            f"/proc/{pid}/cmdline").read_text(errors="replace")]
        with suppress(ProcessLookupError, IndexError):
            os.kill(runs[-1], signal.SIGKILL)
        return "a process of a run killed"
    if number % 4 in (1, 2):
        file = (root / "src/helpers/growth/__init__.py" if number % 4 == 1
                else root / "data/paper/claims.csv")
        before = file.read_bytes()
        file.write_bytes(before + b"\n")
        time.sleep(1)
        file.write_bytes(before)
        return f"{file.name} edited and taken back"
    runs = build / "runs"
    aside = runs.with_name("runs-aside")
    runs.rename(aside)
    runs.write_text("no folder, as on a disk that takes nothing")
    time.sleep(1)
    runs.unlink()
    aside.rename(runs)
    return "the store refused to be written"


def knobs(chapter: str) -> list[str]:
    """Parameters of a chapter that readers turn; one that only makes a run longer is left alone."""
    return [name for name in chapters.read(PROJECT, chapter).parameters if name != "draws"]


def moved(turn: random.Random, read: list[str]) -> tuple[str, str | None]:
    """A parameter that a page reads and a value, or None for its baseline."""
    name = turn.choice(read)
    value = turn.choice([None, *settings(name)])
    return name, None if value is None else parameters.literal(value)


def expected(root: Path, build: Path, chapter: str, query: str) -> dict[str, str]:
    """Texts of a chapter's records by a clean run of the same values."""
    values = address.read(query.removeprefix("?")) if query else {}
    read = chapters.read(PROJECT, chapter).parameters
    chosen = [f"--set={name}={parameters.literal(value)}" for name, value in values.items()
              if name in read]
    done = subprocess.run(program("book", "run", chapter, *chosen, "--json"), cwd=root,
                          env=variables(root, build), capture_output=True, text=True)
    told = json.loads(done.stdout)
    folder = Path(told["path"])
    ledger = json.loads(((root / folder) / "results.json").read_text(encoding="utf-8"))
    return {f"{chapter}/{entry['name']}": entry["text"] for entry in ledger}


def main() -> int:
    """Turn, break, compare; print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if CHROMIUM is None:
        raise SystemExit("This needs Chromium. Install it: apt install chromium")
    from playwright.sync_api import sync_playwright

    chance, wrong = random.Random(asked.seed), []
    with tempfile.TemporaryDirectory(prefix="soak-") as place:
        root, build, clean = checkout(Path(place) / "book"), Path(place) / "b", Path(place) / "c"
        build.mkdir()
        clean.mkdir()
        server = subprocess.Popen(
            program("book", "serve", "--port", "0", "--no-open"), cwd=root,
            env=variables(root, build), stdout=subprocess.PIPE, text=True)
        address_of = next(found[0].partition("?")[0] for line in server.stdout
                          if (found := re.search(r"http://\S+", line)))
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            readers, read_by = [], {chapter: knobs(chapter) for chapter in NAMES if knobs(chapter)}
            for number in range(asked.readers):
                chapter, read = list(read_by.items())[number % len(read_by)]
                page = browser.new_context(bypass_csp=True).new_page()
                page.set_default_timeout(PATIENCE)
                page.goto(f"{address_of}chapters/{chapter}.html")
                page.wait_for_function("window.bookLive?.asking")
                readers.append((chapter, read, page))
            began, pause = memory(server.pid), 60 * asked.minutes / asked.turns
            for turn in range(asked.turns):
                until = time.monotonic() + pause
                for _, read, page in chance.sample(readers, len(readers)):
                    page.evaluate("([name, literal]) => window.bookLive.store.set(name, literal)",
                                  list(moved(chance, read)))
                if turn % 4 == 2:
                    print(accident(turn // 4, root, build, server.pid), flush=True)
                time.sleep(max(0.0, until - time.monotonic()))
            seen, again = [], 0
            for chapter, _, page in readers:
                page.wait_for_function(ANSWERED)
                shown = page.evaluate(SHOWN)
                if shown["faults"]:
                    again += 1
                    page.reload()
                    page.wait_for_function(ANSWERED)
                    shown = page.evaluate(SHOWN)
                seen.append((chapter, shown))
            ended = memory(server.pid)
            browser.close()
        members = family(server.pid)
        server.terminate()
        server.wait()
        time.sleep(2)
        left = [pid for pid in members if Path(f"/proc/{pid}").exists()]
        for chapter, shown in seen:
            told = expected(root, clean, chapter, shown["query"])
            differs = [name for name, text in shown["texts"].items()
                       if name in told and " ".join(text.split()) != " ".join(told[name].split())]
            if differs or shown["faults"]:
                wrong.append((chapter, shown["query"], differs[:5], shown["faults"][:2]))
    print(f"{len(seen)} pages, {again} of them loaded once more after an accident; {len(wrong)} "
          f"differ from a clean run")
    for line in wrong:
        print(" ", *line)
    print(f"processes left: {len(left)}; memory {began >> 20} -> {ended >> 20} MiB")
    return int(bool(wrong or left or ended > 2.5 * began + (200 << 20)))


if __name__ == "__main__":
    sys.exit(main())
