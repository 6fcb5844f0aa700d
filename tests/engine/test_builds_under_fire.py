"""Builds that are killed, interrupted, or run at once: never a half book, and the next is whole.

Builds here are real ones, of a book of two quick chapters: a parameter changes one of them.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import pytest
import small_book

from helpers.pipeline import store
from helpers.pipeline.site import search
from helpers.project import Project

pytestmark = [pytest.mark.slow,
              pytest.mark.skipif(sys.platform != "linux", reason="signals as on Linux")]

CHAPTERS = ["1-counts", "2-waits"]
RUNS = 10  # of a sweep that is stopped on its way
RATE = ("from helpers import parameters, results\n"
        "parameters.check(globals())\n"
        "x = results.record('x', rmb_per_usd, unit='RMB per USD', label='X')")
RESTS = "import time\ntime.sleep(0.5)"  # so that there is time to stop it
# Fifty are asked of the project and take some minutes; each continuous build tries a few.
KILLS = int(os.environ.get("BOOK_KILLS", "5"))


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    made = small_book.make(tmp_path_factory.mktemp("fire") / "project")
    small_book.write(made, CHAPTERS[0], small_book.RECORD)
    small_book.write(made, CHAPTERS[1], RATE, RESTS, head="rmb_per_usd = 6.91  # RMB per USD")
    return made


def whole(project: Project) -> int:
    """Check that all that is published is whole; how many books and runs there are."""
    found = 0
    for run in (project.build / "runs").glob("*"):
        if run.name != ".incoming":
            record = json.loads((run / "run.json").read_text())
            assert store.published(project.build, record["key"]), "a half-run is published"
            found += 1
    books = [project.build / "html", *(project.build / "editions").glob("*/html")]
    for book in filter(Path.exists, books):
        manifest = json.loads((book / "edition.json").read_text())
        assert list(manifest["runs"]) == CHAPTERS
        for name in [*(f"chapters/{name}.html" for name in CHAPTERS), "intro.html",
                     "index.html", "what-changed.html", "parameters.html", search.FILE]:
            text = (book / name).read_text(encoding="utf-8")
            assert name.endswith(".js") or text.rstrip().endswith("</html>") or "Refresh" in text
        found += 1
    return found


def test_two_builds_at_once_in_one_folder(project):
    both = [small_book.start(project, "build", "--json") for _ in range(2)]
    for process in both:
        out, errors = process.communicate()
        assert process.returncode == 0, errors
        assert json.loads(out)["status"] == "ok"
    assert whole(project) == len(CHAPTERS) + 1
    again = json.loads(small_book.run(project, "build", "--json").stdout)
    assert all(run["cached"] for run in again["runs"])


def test_pages_altered_by_hand_are_built_again_though_what_sphinx_keeps_is_damaged(project):
    page = project.build / "html" / "chapters" / f"{CHAPTERS[0]}.html"
    built = page.read_bytes()
    page.write_bytes(built.replace(b"A chapter", b"Another"))
    kept = project.build / ".pages" / "out" / "_build" / ".doctrees"
    os.truncate(kept / "chapters" / f"{CHAPTERS[0]}.doctree", 100)
    done = small_book.run(project, "build")
    assert done.returncode == 0 and f"Not as it was built: chapters/{page.name}\n" in done.stderr
    assert page.read_bytes() == built
    assert "up to date" in small_book.run(project, "build").stderr


def test_builds_killed_at_random_moments(project):
    chance = random.Random(20190)
    seen = []
    for number in range(KILLS):
        # A new value each time, so that there is always a chapter to run and a book to write.
        rate = f"rmb_per_usd={6 + number / 100}"
        process = small_book.start(project, "build", "--quiet", "--set", rate)
        time.sleep(chance.uniform(0.3, 5))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        seen.append(whole(project))
    rate = f"rmb_per_usd={6 + (KILLS - 1) / 100}"
    done = small_book.run(project, "build", "--json", "--set", rate)
    assert done.returncode == 0, done.stderr
    disturbed = json.loads(done.stdout)
    ledgers = {run["chapter"]: (project.root / run["path"] / "results.json").read_text()
               for run in disturbed["runs"]}
    for run in disturbed["runs"]:
        (project.root / run["path"] / "run.json").unlink()
    calm = json.loads(small_book.run(project, "build", "--json", "--set", rate).stdout)
    assert not any(run["cached"] for run in calm["runs"])
    assert ledgers == {run["chapter"]: (project.root / run["path"] / "results.json").read_text()
                       for run in calm["runs"]}
    leftovers = [path.name for path in (project.build / ".pages").iterdir()]
    assert not {"staged", "html", "old"} & set(leftovers)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_sweep_goes_on_where_it_was(project, number):
    # So many that a test on a busy machine is in time to stop them.
    values = ",".join(f"{7 + number / 100 + step / 10_000:.4f}" for step in range(RUNS))
    sweep = ["sweep", "--grid", f"rmb_per_usd={values}", "--chapters", CHAPTERS[1]]
    # A shell that starts something in the background has it ignore Ctrl-C; not here.
    process = small_book.start(project, *sweep, "--jobs", "2", preexec_fn=lambda: signal.signal(
        signal.SIGINT, signal.SIG_DFL))
    for line in process.stderr:
        if line.startswith(f"[2/{RUNS}]"):
            break
    process.send_signal(number)
    _, errors = process.communicate()
    assert process.returncode == (1 if number == signal.SIGINT else -signal.SIGKILL)
    if number == signal.SIGINT:
        assert "goes on where it stopped" in errors and "Traceback" not in errors
    plan = json.loads(small_book.run(project, *sweep, "--dry-run", "--json").stdout)
    assert 2 <= plan["cached"] < RUNS
    done = small_book.run(project, *sweep, "--json")
    said = json.loads(done.stdout)
    assert said["cached"] == plan["cached"] and said["failed"] == []
    results = (project.build / "sweeps" / "grid" / "results.csv").read_text()
    assert len({line.split(",")[0] for line in results.splitlines()[1:]}) == RUNS


def test_a_full_disk_fails_the_build_and_keeps_the_pages(project):
    """No file may grow beyond a limit here, which is what a full disk looks like to a writer."""
    small_book.run(project, "build", "--quiet")
    before = whole(project)
    index = (project.build / "html" / "chapters" / f"{CHAPTERS[0]}.html").read_bytes()
    chapter = project.chapters / f"{CHAPTERS[0]}.ipynb"
    original = chapter.read_text()
    notebook = json.loads(original)
    notebook["cells"][0]["source"] = "# Changed\n\nA page that has to be written.\n"
    chapter.write_text(json.dumps(notebook))

    def limit():
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    process = small_book.start(project, "build", "--quiet", preexec_fn=limit)
    _, errors = process.communicate()
    chapter.write_text(original)
    assert process.returncode == 1 and "Traceback" not in errors.splitlines()[0]
    assert errors.startswith("Error: ")
    assert whole(project) == before
    assert (project.build / "html" / "chapters" / f"{CHAPTERS[0]}.html").read_bytes() == index
    assert small_book.run(project, "build", "--quiet").returncode == 0
