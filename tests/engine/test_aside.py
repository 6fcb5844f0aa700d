"""What a killed command leaves in the folder for what passes is removed by the next."""

import os
import signal
import time

import pytest
from small_runs import executed, notebook

from helpers.pipeline.running import aside
from helpers.pipeline.running.work import Work

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a POSIX system")


def command(where, hold: bool) -> int:
    """Number of a process that makes its folder there, and keeps it or is killed."""
    child = os.fork()
    if child == 0:
        aside.folder.cache_clear()
        (made := aside.Path(aside.folder(str(where)), "work")).mkdir()
        (made / "notebook.ipynb").write_text("{}")
        if not hold:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(600)
    return child


def test_the_folder_of_a_killed_command_is_removed_and_that_of_another_is_not(tmp_path):
    killed = command(tmp_path, hold=False)
    os.waitpid(killed, 0)
    [left] = tmp_path.iterdir()
    aside.sweep(str(tmp_path))
    assert left.exists(), "it is so new that its command may be about to lock it"
    os.utime(left, (0, 0))
    living = command(tmp_path, hold=True)
    try:
        until = time.monotonic() + 60
        while left.exists() and time.monotonic() < until:  # the other command removed it
            time.sleep(0.01)
        while not (own := [*tmp_path.rglob("notebook.ipynb")]) and time.monotonic() < until:
            time.sleep(0.01)
        [folder] = tmp_path.iterdir()
        assert folder != left and own
        os.utime(folder, (0, 0))
        aside.sweep(str(tmp_path))
        assert folder.exists(), "its command is alive"
    finally:
        os.kill(living, signal.SIGKILL)
        os.waitpid(living, 0)


@pytest.mark.parametrize("made", ["book-aside-file", "other-folder/"])
def test_what_is_not_ours_stays(tmp_path, made):
    there = tmp_path / made
    there.mkdir() if made.endswith("/") else there.write_text("x")
    os.utime(there, (0, 0))
    aside.sweep(str(tmp_path))
    assert there.exists()


@pytest.mark.slow
def test_runs_leave_nothing_in_it():
    assert executed(Work(notebook("open('left', 'w').write('x')"))).status == "ok"
    left = aside.Path(aside.folder()).rglob("*")
    assert [file.name for file in left if file.name == "left" or "runs-" in file.name] == []
