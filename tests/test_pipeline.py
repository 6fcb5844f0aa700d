"""Only a whole run is a run: whatever fails, dies or lacks a result is never published."""

import json
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest

from helpers import datasets, paths, results
from helpers.pipeline import accept, edition, execute, executors, kernels, rendering, store

HEAD = [
    ("markdown", "# A chapter", []),
    ("code", "horizon_year = 2026  # year", ["parameters"]),
]
RECORD = (
    "from helpers import results\n_ = results.record('x', horizon_year, unit='year', label='X')"
)


def write(folder, name, *sources, head=HEAD):
    cells = [*head, *[("code", source, ["hide-input"]) for source in sources]]
    notebook = nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_markdown_cell(source) if kind == "markdown"
        else nbformat.v4.new_code_cell(source, metadata={"tags": tags})
        for kind, source, tags in cells
    ])
    nbformat.write(notebook, folder / f"{name}.ipynb")


@pytest.fixture
def workshop(tmp_path, monkeypatch):
    """A folder of chapters and a build folder of its own."""
    folder = tmp_path / "chapters"
    folder.mkdir()
    monkeypatch.setattr(paths, "CHAPTERS", folder)
    monkeypatch.setenv("BOOK_BUILD", str(tmp_path / "build"))
    # A worker process would not see the two changes above.
    monkeypatch.setattr(executors, "make_pool", lambda jobs: ThreadPoolExecutor(1))
    return folder


def published(tmp_path):
    runs = tmp_path / "build" / "runs"
    return sorted(path.name for path in runs.glob("*") if path.name != ".incoming")


def test_a_good_chapter_is_published_with_its_ledger(workshop, tmp_path):
    write(workshop, "good", RECORD)
    result = execute.run_one(execute.RunSpec("good", {"horizon_year": 2030}, required=("x",)))
    assert result.status == "ok", result.reason
    record = store.published(result.key)
    assert record["parameters"] == {"horizon_year": 2030}
    ledger = json.loads((store.folder(result.key) / "results.json").read_text())
    assert ledger[0]["value"] == 2030
    assert list((tmp_path / "build" / "runs" / ".incoming").iterdir()) == []


@pytest.mark.parametrize("name, source, status, reason", [
    ("raises", "raise ValueError('no such market')", "failed", "ValueError: no such market"),
    ("dies", "import os\nos._exit(3)", "dead", "kernel died"),
    ("hangs", "import time\ntime.sleep(60)", "timeout", "more than 2 seconds"),
    ("exhausts", "held = []\nwhile True:\n    held.append(bytearray(64 << 20))", "failed",
     "MemoryError"),
    ("asks", "bytearray(1 << 40)", "failed", "MemoryError"),
    ("lacks", "pass", "failed", "results missing: x"),
])
def test_what_is_no_whole_run_is_not_published(
        workshop, tmp_path, monkeypatch, name, source, status, reason):
    monkeypatch.setattr(execute, "CELL_SECONDS", 2 if name == "hangs" else 600)
    write(workshop, name, source)
    result = execute.run_one(execute.RunSpec(name, required=("x",)))
    assert result.status == status
    assert reason in result.reason
    assert published(tmp_path) == [] and store.published(result.key) is None


def test_a_run_that_the_store_has_is_not_executed_again(workshop):
    write(workshop, "good", RECORD)
    first = execute.run_one(execute.RunSpec("good"))
    again = execute.run_one(execute.RunSpec("good"))
    assert (first.cached, again.cached) == (False, True) and first.key == again.key
    assert execute.run_one(execute.RunSpec("good", fresh=True)).cached is False
    assert execute.run_one(execute.RunSpec("good", {"horizon_year": 2031})).cached is False
    assert execute.run_one(execute.RunSpec("good", {"medium_score": 1.5})).cached is True


@pytest.mark.parametrize("how", [
    "open(paths.DATA / 'paper' / 'claims.csv').close()",
    "import pandas; pandas.read_csv(paths.DATA / 'paper' / 'claims.csv')",
    "getattr(datasets, 'load')('claims')",
])
def test_a_table_read_without_being_declared_fails_the_run(workshop, tmp_path, how):
    write(workshop, "sly", RECORD + "\nfrom helpers import datasets, paths\n"
          "datasets.load('ratings')\n_ = None", how + "\n_ = None")
    result = execute.run_one(execute.RunSpec("sly", required=("x",)))
    assert result.status == "failed"
    assert "read without being declared: data/paper/claims.csv" in result.reason
    assert published(tmp_path) == []


def test_a_run_with_a_changed_file_is_no_run(workshop):
    write(workshop, "good", RECORD)
    result = execute.run_one(execute.RunSpec("good"))
    (store.folder(result.key) / "results.json").write_text("[]")
    assert store.published(result.key) is None


def test_a_run_without_its_marker_is_no_run(workshop):
    write(workshop, "good", RECORD)
    result = execute.run_one(execute.RunSpec("good"))
    (store.folder(result.key) / "run.json").unlink()
    assert store.published(result.key) is None


def parts(workshop, *sources, **values):
    write(workshop, "keyed", *sources)
    notebook = store.read_chapter("keyed")
    return store.components(notebook, store.resolve(notebook, values))


def test_the_key_follows_code_parameters_and_data_but_not_prose(workshop, monkeypatch, tmp_path):
    base = parts(workshop, RECORD)
    assert store.key(base) == store.key(parts(workshop, RECORD))
    assert store.key(base) == store.key(parts(workshop, RECORD, horizon_year=2026))
    assert store.key(base) != store.key(parts(workshop, RECORD, horizon_year=2027))
    assert store.key(base) != store.key(parts(workshop, RECORD + "\n"))
    write(workshop, "keyed", RECORD)
    notebook = store.read_chapter("keyed")
    notebook["cells"][0]["source"] = "# Another title"
    notebook["cells"][1]["metadata"]["tags"].append("hide-input")
    assert store.components(notebook, {"horizon_year": 2026})["code"] == parts(
        workshop, RECORD)["code"]
    reads = RECORD + "\nfrom helpers import datasets\n_ = datasets.load('ratings')"
    before = parts(workshop, reads)
    own = tmp_path / "own" / "paper"
    own.mkdir(parents=True)
    text = (paths.DATA / "paper" / "ratings.csv").read_text().replace("Low", "Medium", 1)
    (own / "ratings.csv").write_text(text)
    monkeypatch.setenv("BOOK_DATA", str(own.parent))
    after = parts(workshop, reads)
    assert {name for name in before if before[name] != after[name]} == {"data"}


def test_the_key_follows_every_helper_a_chapter_can_import(workshop):
    helpers = parts(workshop, RECORD)["helpers"]
    assert "results.py" in helpers and "growth/rates.py" in helpers
    assert not any(name.startswith("pipeline") for name in helpers)


def test_kernels_have_addresses_of_their_own():
    first, second = kernels.configuration(), kernels.configuration()
    assert first["KernelManager"]["ip"] != second["KernelManager"]["ip"]
    assert len(first["KernelManager"]["ip"]) < 90


def test_an_unknown_chapter_names_the_nearest(workshop):
    write(workshop, "2-3-market-expansion", RECORD)
    with pytest.raises(store.ChapterError, match="Nearest name: '2-3-market-expansion'"):
        store.read_chapter("2-3-market")


def test_accepting_writes_outputs_and_says_what_moved(workshop):
    write(workshop, "good", RECORD)
    assert accept.accept(["good"], jobs=1) == ["good: x: new: 2026"]
    reference = nbformat.read(workshop / "good.ipynb", as_version=4)
    assert [cell.get("execution_count") for cell in reference.cells] == [None, 1, 2]
    assert reference.cells[2].outputs and "papermill" not in reference.metadata
    before = (workshop / "good.ipynb").read_bytes()
    assert accept.accept(["good"], jobs=1) == []
    assert (workshop / "good.ipynb").read_bytes() == before


def test_nothing_is_accepted_when_one_chapter_fails(workshop):
    write(workshop, "good", RECORD)
    write(workshop, "bad", "1 / 0")
    before = (workshop / "good.ipynb").read_bytes()
    with pytest.raises(accept.AcceptError, match="bad: failed: .*ZeroDivisionError"):
        accept.accept(["good", "bad"], jobs=1)
    assert (workshop / "good.ipynb").read_bytes() == before


@pytest.mark.parametrize("text", ["../../etc", "a/b", "..", ".hidden", "x" * 300, "a b;c", "ä"])
def test_an_edition_name_cannot_leave_its_folder(text, tmp_path):
    name = edition.slug(text)
    target = (tmp_path / name).resolve()
    assert target.is_relative_to(tmp_path) and "/" not in name and len(name) <= 80


def test_an_edition_is_what_differs_from_the_baseline():
    assert edition.resolve().overrides == {}
    assert edition.resolve("baseline", ("horizon_year=2026",)).overrides == {}
    changed = edition.resolve("baseline", ("horizon_year=2030", "medium_score=1.5"))
    assert changed.overrides == {"horizon_year": 2030, "medium_score": 1.5}
    assert changed.folder != edition.resolve().folder
    assert "horizon_year" in edition.announcement(changed)
    assert edition.announcement(edition.resolve()) == ""


def test_the_notice_on_top_says_that_data_are_not_the_shipped_ones(tmp_path, monkeypatch):
    (tmp_path / "paper").mkdir()
    (tmp_path / "paper" / "ratings.csv").write_text("x")
    monkeypatch.setenv("BOOK_DATA", str(tmp_path))
    assert "Not the shipped data" in edition.announcement(edition.resolve())
    assert datasets.replaced() == ["ratings"]


def test_markup_in_an_edition_is_escaped():
    made = edition.Edition("x", "<script>alert(1)</script>", "", {"price_basis": "<b>"})
    assert "<script>" not in edition.announcement(made) and "<b>" not in edition.announcement(made)


def test_a_figure_becomes_a_file_with_its_words(tmp_path):
    output = {"output_type": "display_data", "metadata": {"book": {"figure": "f", "alt": "words"}},
              "data": {"image/svg+xml": "<svg/>", "text/csv": "a\n1\n", "text/plain": "f"}}
    notebook = {"cells": [{"cell_type": "code", "metadata": {}, "outputs": [output]}]}
    output["metadata"]["book"]["alt"] = 'say "so" & <more>'
    rendering.prepare(notebook, "c", tmp_path)
    page = notebook["cells"][0]["outputs"][0]["data"]["text/html"]
    assert 'alt="say &quot;so&quot; &amp; &lt;more&gt;"' in page
    assert (tmp_path / "c-f.csv").read_text() == "a\n1\n"
    assert (tmp_path / "c-f.svg").read_text() == "<svg/>" and "c-f.svg" in page


def test_new_prose_meets_the_outputs_of_an_older_run():
    code = {"cell_type": "code", "metadata": {}, "source": "x", "outputs": []}
    chapter = {"cells": [{"cell_type": "markdown", "source": "new"}, code]}
    injected = {**code, "metadata": {"tags": ["injected-parameters"]}, "outputs": ["injected"]}
    metadata = {"papermill": {}, "language_info": {"pygments_lexer": "ipython3"}}
    executed = {"metadata": metadata, "cells": [
        {"cell_type": "markdown", "source": "old"}, injected, {**code, "outputs": ["shown"]}]}
    merged = rendering.with_outputs(chapter, executed)
    assert [cell.get("outputs", cell["source"]) for cell in merged["cells"]] == ["new", ["shown"]]
    assert merged["metadata"] == {"language_info": rendering.PYTHON}


def test_why_names_the_part_that_changed(workshop):
    write(workshop, "keyed", RECORD)
    assert store.why("keyed", {}) == ["it has never run here"]
    execute.run_one(execute.RunSpec("keyed"))
    assert store.why("keyed", {}) == []
    assert store.why("keyed", {"horizon_year": 2030}) == ["parameters horizon_year: 2026 -> 2030"]
    write(workshop, "keyed", RECORD + "\n")
    assert store.why("keyed", {}) == ["code: changed"]


def test_why_does_not_name_the_parameters_of_another_edition_that_ran_last(workshop):
    write(workshop, "keyed", RECORD)
    for overrides in ({}, {"horizon_year": 2030}):
        assert execute.run_one(execute.RunSpec("keyed", overrides)).status == "ok"
    write(workshop, "keyed", RECORD + "\n")
    assert store.why("keyed", {}) == ["code: changed"]
    assert store.why("keyed", {"horizon_year": 2030}) == ["code: changed"]
    damaged = store.nearest("keyed", {})["key"]
    (store.folder(damaged) / "results.json").write_text("[]")
    assert store.nearest("keyed", {})["key"] != damaged


def test_differences_are_named_down_to_the_file():
    old = {"data": {"claims": "1"}, "helpers": {"a.py": "1", "b.py": "1"}, "python": "3.11.1"}
    new = {"data": {"claims": "2"}, "helpers": {"a.py": "1", "c.py": "1"}, "python": "3.12.0"}
    assert store.differences(old, new) == [
        "data claims: changed", "helpers b.py: gone", "helpers c.py: new",
        "python: '3.11.1' -> '3.12.0'"]


def test_results_of_a_published_run_read_back(workshop):
    write(workshop, "good", RECORD)
    result = execute.run_one(execute.RunSpec("good"))
    frame = results.read(store.folder(result.key) / "notebook.ipynb", "good")
    assert frame[["chapter", "name", "value"]].to_numpy().tolist() == [["good", "x", 2026]]
