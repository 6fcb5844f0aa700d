"""BOOK_DATA means one folder, wherever a chapter runs, or is refused in one line."""

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from helpers import datasets, paths
from helpers.pipeline import cli, execute, executors


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A working directory with a folder ``mine`` that has one table."""
    target = tmp_path / "mine" / datasets.describe("claims")["path"]
    target.parent.mkdir(parents=True)
    target.write_bytes((paths.DATA / datasets.describe("claims")["path"]).read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOOK_BUILD", str(tmp_path / "build"))
    return tmp_path / "mine"


@pytest.mark.parametrize("given", ["mine", "./mine", "../{parent}/mine"])
def test_a_command_takes_a_relative_folder_from_where_it_starts(own, monkeypatch, given):
    monkeypatch.setenv("BOOK_DATA", given.format(parent=own.parent.name))
    seen = []

    def elsewhere(*_, **__):
        os.chdir("/")  # as a worker or a kernel
        seen.append(datasets.locate("claims"))
        return execute.RunResult("2-3-market-expansion", "failed", reason="stopped here")

    monkeypatch.setattr(execute, "run_one", elsewhere)
    CliRunner().invoke(cli.main, ["run", "2-3-market-expansion"])
    assert [path.is_relative_to(own) for path in seen] == [True]


@pytest.mark.parametrize("command", [["build"], ["run", "2-3-market-expansion"], ["why", "x"],
                                     ["sweep", "scenarios"], ["compare", "a", "b"]], ids=" ".join)
@pytest.mark.parametrize("given", ["nowhere", "/nowhere/at/all", "file"])
def test_a_folder_that_is_not_there_is_refused_by_every_command(own, monkeypatch, command, given):
    (own.parent / "file").write_text("")
    monkeypatch.setenv("BOOK_DATA", given)
    monkeypatch.setattr(executors, "run_many", lambda *_, **__: pytest.fail("a chapter ran"))
    done = CliRunner().invoke(cli.main, command)
    assert done.exit_code == 2
    assert given in done.output and "is not a folder" in done.output
    assert len(done.output.strip().splitlines()) == 1


@pytest.mark.parametrize("given, said", [
    ("mine", "is relative"), ("./mine", "is relative"), ("/nowhere/at/all", "is not a folder")])
def test_a_kernel_refuses_what_it_cannot_know(own, given, said):
    """As in JupyterLab or plain papermill, where no command of the book ran before."""
    done = subprocess.run(
        [sys.executable, "-c", "from helpers import datasets\ndatasets.load('claims')"],
        env={**os.environ, "BOOK_DATA": given}, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "OwnDataError: BOOK_DATA=" in done.stderr.strip().splitlines()[-1]
    assert said in done.stderr.strip().splitlines()[-1]


def test_the_refusal_has_the_command_that_mends_it(own, monkeypatch):
    monkeypatch.setenv("BOOK_DATA", "mine")
    with pytest.raises(paths.OwnDataError, match=f"export BOOK_DATA={own}"):
        datasets.load("claims")
    monkeypatch.setenv("BOOK_DATA", str(own))
    assert datasets.replaced() == ["claims"]


def test_hashes_of_a_folder_that_is_not_there_are_not_written(own):
    done = subprocess.run([sys.executable, "-m", "helpers.datasets"], capture_output=True,
                          env={**os.environ, "BOOK_DATA": "nowhere"}, text=True, check=False)
    assert done.returncode == 1 and len(done.stderr.strip().splitlines()) == 1
