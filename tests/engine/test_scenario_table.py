"""The committed results of the scenarios are what chapters give now; a failed run writes none."""

import io
import json
from dataclasses import replace

import pandas as pd
import pytest

from helpers import datasets, paths
from helpers.agreement import agree
from helpers.pipeline import edition, execute, scenario_table, store

FIX = "the scenario tables are stale: run `make scenarios`, then `book accept a3-scenarios`"
KEY = ["scenario", "chapter", "result"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Both tables made anew, in a build folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOOK_BUILD", str(tmp_path_factory.mktemp("scenarios")))
        patch.delenv("BOOK_DATA", raising=False)
        return scenario_table.make()


def read(content):
    """A table as text, an empty cell as an empty text."""
    return pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)


def committed(name):
    return (paths.DATA / datasets.describe(name)["path"]).read_bytes()


def value(row):
    return json.loads(row["value_json"] or row["value"] or "null")


def faults(old, new):
    """What differs between two tables of results, one line each."""
    before = {tuple(row[KEY]): row for _, row in read(old).iterrows()}
    after = {tuple(row[KEY]): row for _, row in read(new).iterrows()}
    found = [f"{', '.join(key)}: {'gone' if key in before else 'new'}"
             for key in sorted(before.keys() ^ after.keys())]
    rest = [name for name in scenario_table.COLUMNS if name not in ("value", "value_json")]
    for key in sorted(before.keys() & after.keys()):
        a, b = before[key], after[key]
        found += [f"{', '.join(key)}: {name}: {a[name]!r} -> {b[name]!r}"
                  for name in rest if a[name] != b[name]]
        if not agree(value(a), value(b)):
            found.append(f"{', '.join(key)}: {value(a)!r} -> {value(b)!r}")
    return found


# ------------------------------------------------------------------ the committed tables


def test_the_committed_results_are_what_the_chapters_give(made):
    found = faults(committed("scenario_results"), made["scenario_results"])
    assert found == [], f"{FIX}\n" + "\n".join(found[:20])


def test_the_committed_scenarios_are_those_of_the_files(made):
    assert committed("scenarios") == made["scenarios"], FIX


def test_a_moved_value_a_lost_row_and_another_word_are_found():
    old = committed("scenario_results")
    frame = read(old)
    place = frame.index[frame["value"] != ""][3]
    frame.loc[place, "value"] = repr(float(frame.loc[place, "value"]) * (1 + 1e-7) + 1e-7)
    moved = faults(old, frame.to_csv(index=False).encode())
    assert len(moved) == 1 and ", ".join(frame.loc[place, KEY]) in moved[0]
    assert len(faults(old, read(old).drop(index=0).to_csv(index=False).encode())) == 1
    frame = read(old)
    frame.loc[5, "status"] = "another"
    assert len(faults(old, frame.to_csv(index=False).encode())) == 1
    assert faults(old, old) == []


def test_a_last_digit_of_another_processor_is_no_fault():
    assert agree({"a": [1.0]}, {"a": [1.0 + 1e-11]}) and not agree({"a": 1.0}, {"b": 1.0})
    assert not agree(1.0, 1.0 + 1e-8) and not agree(True, 1) and not agree(1.0, None)


def test_the_baseline_of_the_table_is_the_committed_ledger():
    """Quick, and tells a stale table from a stale chapter."""
    from helpers import results

    rows = read(committed("scenario_results"))
    rows = rows[rows["scenario"] == edition.BASELINE]
    ledgers = {(name, entry["name"]): entry for name in scenario_table.chapters()
               for entry in results.entries(store.read_chapter(name)) if entry["type"] == "result"}
    assert set(ledgers) == set(zip(rows["chapter"], rows["result"], strict=True)), FIX
    for _, row in rows.iterrows():
        entry = ledgers[row["chapter"], row["result"]]
        assert agree(value(row), json.loads(json.dumps(entry["value"]))), f"{row['result']}: {FIX}"


# ------------------------------------------------------------------ what is run


def test_only_chapters_that_read_a_changed_parameter_are_rows():
    changed, names = scenario_table.overrides(), scenario_table.chapters()
    planned = {(cell.scenario, cell.spec.chapter) for cell in scenario_table.plan(changed, names)}
    assert {name for scenario, name in planned if scenario == edition.BASELINE} == set(names)
    for scenario, values in changed.items():
        for name in names:
            read_here = set(store.declared_parameters(store.read_chapter(name)))
            touched = bool(read_here & set(values)) or scenario == edition.BASELINE
            assert ((scenario, name) in planned) == touched
    rows = datasets.load("scenario_results")
    assert set(zip(rows["scenario"], rows["chapter"], strict=True)) == planned, FIX


def test_chapters_that_read_the_tables_are_left_out():
    assert "a3-scenarios" not in scenario_table.chapters()
    assert set(edition.chapters()) - set(scenario_table.chapters()) == {"a3-scenarios"}


def test_every_parameter_of_a_scenario_is_a_row():
    rows = datasets.load("scenarios")
    for scenario, values in scenario_table.overrides().items():
        named = rows.loc[rows["scenario"] == scenario, "parameter"].dropna()
        assert sorted(named) == sorted(values), FIX


# ------------------------------------------------------------------ failures


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """The data in a folder of their own; returns their bytes by file."""
    import shutil

    folder = tmp_path / "data"
    shutil.copytree(paths.DATA, folder)
    monkeypatch.setattr(paths, "DATA", folder)
    monkeypatch.setattr(paths, "DATA_PACKAGE", folder / "datapackage.json")
    datasets._package.cache_clear()
    yield lambda: {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    datasets._package.cache_clear()


def test_a_failed_run_is_an_error_and_nothing_is_written(copied, monkeypatch, capsys):
    before = copied()

    def one_fails(specs, *arguments, **options):
        good = execute.RunResult("x", "ok", path="nowhere")
        return [replace(good, chapter=spec.chapter, status="failed" if place == 7 else "ok",
                        reason="cell 3: ValueError: planted" if place == 7 else "")
                for place, spec in enumerate(specs)]

    monkeypatch.setattr(scenario_table.executors, "run_many", one_fails)
    with pytest.raises(SystemExit) as ended:
        scenario_table.main()
    assert "No scenario table was written" in str(ended.value)
    assert "baseline" in str(ended.value) and "planted" in str(ended.value)
    assert copied() == before


def test_an_invalid_table_puts_the_old_files_back(copied):
    before = copied()
    broken = committed("scenario_results").replace(b",computed,", b",guessed,", 1)
    with pytest.raises(datasets.DataError, match="guessed"):
        scenario_table.write({"scenario_results": broken})
    assert copied() == before


def test_a_full_disk_leaves_the_old_files(copied, monkeypatch):
    before = copied()
    from pathlib import Path

    written = Path.write_bytes
    seen = []

    def full(file, content):
        seen.append(file)
        if len(seen) == 2:
            raise OSError("no space left")
        return written(file, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="no space"):
        scenario_table.write({"scenario_results": b"a\n", "scenarios": b"b\n"})
    monkeypatch.setattr(Path, "write_bytes", written)
    assert copied() == before


def test_new_tables_are_written_and_hashed(copied):
    shorter = b"".join(committed("scenario_results").splitlines(keepends=True)[:30])
    assert scenario_table.write({"scenario_results": shorter}) == ["scenario_results"]
    assert datasets.changed() == []


def test_own_data_are_refused(monkeypatch):
    monkeypatch.setattr(datasets, "replaced", lambda: ["ratings"])
    with pytest.raises(scenario_table.ScenarioTableError, match="ratings"):
        scenario_table.make()


def test_the_spelling_of_values_is_canonical():
    assert scenario_table.canonical({"b": 1, "a": ["é", True]}) == '{"a":["é",true],"b":1}'
    frame = pd.DataFrame({"value": [1 / 3, None, 2.0]})
    assert scenario_table.to_csv(frame) == b"value\n0.3333333333\n\"\"\n2\n"
