"""The store under fire: killed writers, many writers, a full disk. Never a half-run."""

import errno
import json
import os
import random
import signal
import time
from pathlib import Path

import pytest

from helpers.pipeline import store
from helpers.pipeline.plan import Plan, differences
from helpers.pipeline.site import kept

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a POSIX system")


def files(number):
    return {"notebook.ipynb": os.urandom(50_000), "results.json": json.dumps([number]).encode()}


def in_child(work):
    """Run something in a forked process, which never returns into the test."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


def runs(folder):
    return [path for path in (folder / "runs").glob("*") if path.name != ".incoming"]


@pytest.mark.slow
@needs_fork
def test_a_writer_killed_at_any_moment_leaves_whole_runs_only(tmp_path):
    chance = random.Random(20190)
    keys = [f"{number:x}" * 64 for number in range(4)]

    def write_for_ever():
        number = 0
        while True:
            number += 1
            store.publish(tmp_path, files(number), keys[number % len(keys)], {"status": "ok"})

    for _ in range(50):
        child = in_child(write_for_ever)
        time.sleep(chance.uniform(0.001, 0.04))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        for key in keys:
            if store.folder(tmp_path, key).exists():
                assert store.published(tmp_path, key) is not None, "a half-written run can be seen"
    assert runs(tmp_path), "no writer lived long enough to publish; the test proves nothing"
    store.publish(tmp_path, files(0), keys[0], {"status": "ok"})  # nobody left a lock behind
    assert store.published(tmp_path, keys[0]) is not None


@needs_fork
def test_eight_writers_of_one_key_leave_one_whole_run(tmp_path):
    key = "a" * 64

    def write(number):
        for _ in range(10):
            store.publish(tmp_path, files(number), key, {"status": "ok"})

    children = [in_child(lambda number=number: write(number)) for number in range(8)]
    seen = 0
    while children:
        done, _ = os.waitpid(-1, os.WNOHANG)
        if done:
            children.remove(done)
        seen += store.published(tmp_path, key) is not None
    assert seen and store.published(tmp_path, key) is not None
    assert len(runs(tmp_path)) == 1
    assert not list((tmp_path / "runs" / ".incoming").iterdir())


def test_a_full_disk_loses_the_run_and_nothing_else(tmp_path, monkeypatch):
    store.publish(tmp_path, files(1), "b" * 64, {"status": "ok"})

    def full(self, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        store.publish(tmp_path, files(2), "b" * 64, {"status": "ok"})
    assert store.published(tmp_path, "b" * 64) is not None, "the run that was there is still whole"
    assert not list((tmp_path / "runs" / ".incoming").iterdir())


def test_a_run_that_did_not_succeed_is_never_taken_for_one(tmp_path):
    for status in ("failed", "", "OK", None):
        store.publish(tmp_path, files(1), "c" * 64, {"status": status})
        assert store.published(tmp_path, "c" * 64) is None


def test_what_a_killed_writer_left_is_removed_a_day_later(tmp_path):
    incoming = tmp_path / "runs" / ".incoming"
    (incoming / "old" / "new").mkdir(parents=True)
    (incoming / "fresh").mkdir()
    yesterday = time.time() - 90_000
    os.utime(incoming / "old", (yesterday, yesterday))
    store.tidy(tmp_path)
    assert [path.name for path in incoming.iterdir()] == ["fresh"]


def test_runs_beyond_a_size_go_those_first_that_rest_longest(tmp_path):
    keys = [f"{number:x}" * 64 for number in range(6)]
    for age, key in enumerate(keys):
        store.publish(tmp_path, files(1), key, {"status": "ok"})
        os.utime(store.folder(tmp_path, key), (1_000_000 - age, 1_000_000 - age))
    published, asked, used = keys[5], keys[4], keys[3]  # else the first to go
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "edition.json").write_text(json.dumps({"runs": {"c": published}}))
    store.use(tmp_path, used)
    store.tidy(tmp_path)
    assert len(runs(tmp_path)) == 6, "no limit"
    store.tidy(tmp_path, [asked], 220_000)
    assert [store.published(tmp_path, key) is not None for key in keys] == [
        True, False, False, True, True, True]
    store.tidy(tmp_path, [], 1)
    assert [key for key in keys if store.published(tmp_path, key)] == [used, published]
    assert not list((tmp_path / "runs" / ".incoming").iterdir())


def test_a_run_with_a_changed_file_or_without_its_marker_is_no_run(tmp_path):
    key = "d" * 64
    for spoil in (lambda run: (run / "results.json").write_text("[]"),
                  lambda run: (run / "run.json").unlink(),
                  lambda run: (run / "notebook.ipynb").unlink()):
        store.publish(tmp_path, files(1), key, {"status": "ok"})
        assert store.published(tmp_path, key) is not None
        spoil(store.folder(tmp_path, key))
        assert store.published(tmp_path, key) is None


@pytest.mark.parametrize("said", [
    "[]", "null", "3", "[" * 100_000, '{"files": []}', '{"files": {"a": 5}}',
    '{"files": {"\\u0000": ""}}'])
def test_a_marker_that_says_something_else_is_none(tmp_path, said):
    plan = planned("e", code="old")
    publish(tmp_path, plan)
    (store.folder(tmp_path, plan.key) / store.MARKER).write_text(said)
    assert store.published(tmp_path, plan.key) is None
    assert store.nearest(tmp_path, plan) is None
    assert store.why(tmp_path, plan) == ["its run was removed or damaged"]
    publish(tmp_path, plan)
    assert store.published(tmp_path, plan.key) is not None


@pytest.mark.parametrize("said", ["[]", "null", "3", '{"runs": []}', '{"runs": {"a": []}}'])
def test_a_manifest_that_says_something_else_stops_no_tidying(tmp_path, said):
    store.publish(tmp_path, files(1), "f" * 64, {"status": "ok"})
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "edition.json").write_text(said)
    os.utime(store.folder(tmp_path, "f" * 64), (1, 1))
    store.tidy(tmp_path, [], 1)
    assert store.published(tmp_path, "f" * 64) is None


@pytest.mark.parametrize("left", [0, 10, 32, 40])
def test_what_is_kept_and_was_cut_short_is_made_again(tmp_path, left):
    def made():
        return kept.get(tmp_path, "key", lambda: b"dear to make")

    assert made() == b"dear to make"
    file = tmp_path / kept.FOLDER / "key"
    file.write_bytes(file.read_bytes()[:left])
    assert made() == b"dear to make"
    assert kept.get(tmp_path, "key", lambda: b"not made again") == b"dear to make"


def test_a_full_disk_leaves_nothing_among_what_is_kept(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(kept.os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        kept.get(tmp_path, "key", lambda: b"dear to make")
    assert list((tmp_path / kept.FOLDER).iterdir()) == []


# ------------------------------------------------------------------ why


def planned(key, **parts):
    return Plan("c", {}, parts, key * 64)


def publish(folder, plan):
    store.publish(folder, files(1), plan.key,
                  {"status": "ok", "chapter": plan.chapter, "parts": plan.parts})


def test_why_names_the_part_that_changed(tmp_path):
    old = planned("1", code="a", parameters={"horizon_year": 2026})
    assert store.why(tmp_path, old) == ["it has never run here"]
    publish(tmp_path, old)
    assert store.why(tmp_path, old) == []
    assert store.why(tmp_path, planned("2", code="b", parameters={"horizon_year": 2030})) == [
        "code: changed", "parameters horizon_year: 2026 -> 2030"]


def test_why_does_not_name_the_parameters_of_another_edition_that_ran_last(tmp_path):
    for key, year in (("1", 2026), ("2", 2030)):
        publish(tmp_path, planned(key, code="a", parameters={"horizon_year": year}))
    wanted = planned("3", code="b", parameters={"horizon_year": 2026})
    assert store.why(tmp_path, wanted) == ["code: changed"]
    damaged = store.nearest(tmp_path, wanted)["key"]
    assert damaged == "1" * 64
    (store.folder(tmp_path, damaged) / "results.json").write_text("[]")
    assert store.nearest(tmp_path, wanted)["key"] == "2" * 64


def test_a_run_that_was_removed_is_said_to_be(tmp_path):
    same = {"code": "a"}
    publish(tmp_path, planned("1", **same))
    assert store.why(tmp_path, planned("2", **same)) == ["its run was removed or damaged"]


def test_differences_are_named_down_to_the_file():
    old = {"data": {"claims": "1"}, "helpers": {"a.py": "1", "b.py": "1"}, "python": "3.11.1",
           "installed": {"numpy": "2.2"}}
    new = {"data": {"claims": "2"}, "helpers": {"a.py": "1", "c.py": "1"}, "python": "3.12.0",
           "installed": {"numpy": "2.3"}}
    assert differences(old, new) == [
        "data claims: changed", "helpers b.py: gone", "helpers c.py: new",
        "installed numpy: '2.2' -> '2.3'", "python: '3.11.1' -> '3.12.0'"]
