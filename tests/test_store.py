"""The store under fire: killed writers, many writers, a full disk. Never a half-run."""

import errno
import json
import os
import random
import signal
import time
from pathlib import Path

import pytest

from helpers.pipeline import execute, store

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a POSIX system")


@pytest.fixture(autouse=True)
def build_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("BOOK_BUILD", str(tmp_path))
    return tmp_path


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


def test_a_writer_killed_at_any_moment_leaves_whole_runs_only(build_folder):
    chance = random.Random(20190)
    keys = [f"{number:064x}" for number in range(4)]

    def write_for_ever():
        number = 0
        while True:
            number += 1
            store.publish(files(number), keys[number % len(keys)], {"status": "ok"})

    child = in_child(write_for_ever)
    while not runs(build_folder):  # else, on a busy machine, nobody lives long enough to publish
        assert os.waitpid(child, os.WNOHANG) == (0, 0), "the writer ended"
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    for _ in range(50):
        child = in_child(write_for_ever)
        time.sleep(chance.uniform(0.001, 0.04))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        for key in keys:
            if store.folder(key).exists():
                assert store.published(key) is not None, "a half-written run can be seen"
    store.publish(files(0), keys[0], {"status": "ok"})  # nobody left a lock behind
    assert store.published(keys[0]) is not None


def test_eight_writers_of_one_key_leave_one_whole_run(build_folder):
    key = "a" * 64

    def write(number):
        for _ in range(10):
            store.publish(files(number), key, {"status": "ok"})

    children = [in_child(lambda number=number: write(number)) for number in range(8)]
    seen = 0
    while children:
        done, _ = os.waitpid(-1, os.WNOHANG)
        if done:
            children.remove(done)
        seen += store.published(key) is not None
    assert seen and store.published(key) is not None
    assert len(runs(build_folder)) == 1
    assert not list((build_folder / "runs" / ".incoming").iterdir())


def test_a_full_disk_loses_the_run_and_nothing_else(build_folder, monkeypatch):
    old = execute.Finished(execute.RunResult("c", "ok", "b" * 64), {"status": "ok"}, files(1))
    assert execute.publish(old).status == "ok"

    def full(self, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    result = execute.publish(old)
    assert result.status == "failed" and "No space left" in result.reason
    assert store.published("b" * 64) is not None, "the run that was there is still whole"
    assert not list((build_folder / "runs" / ".incoming").iterdir())


def test_a_run_that_did_not_succeed_is_never_taken_for_one(build_folder):
    for status in ("failed", "", "OK", None):
        store.publish(files(1), "c" * 64, {"status": status})
        assert store.published("c" * 64) is None


def test_what_a_killed_writer_left_is_removed_a_day_later(build_folder):
    incoming = build_folder / "runs" / ".incoming"
    (incoming / "old" / "new").mkdir(parents=True)
    (incoming / "fresh").mkdir()
    yesterday = time.time() - 90_000
    os.utime(incoming / "old", (yesterday, yesterday))
    store.tidy()
    assert [path.name for path in incoming.iterdir()] == ["fresh"]
