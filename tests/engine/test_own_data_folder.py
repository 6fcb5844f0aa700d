"""BOOK_DATA means one folder, wherever a chapter runs, or is refused in one line."""

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner
from small_book import REAL

from helpers import datasets
from helpers.pipeline import cli, execute, plan
from helpers.project import ProjectError


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A working directory with a folder ``mine`` that has one table."""
    target = tmp_path / "mine" / datasets.describe("claims")["path"]
    target.parent.mkdir(parents=True)
    target.write_bytes(datasets.locate("claims", REAL).read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOOK_BUILD", str(tmp_path / "build"))
    return tmp_path / "mine"


@pytest.mark.parametrize("given", ["mine", "./mine", "../{parent}/mine"])
def test_a_command_takes_a_relative_folder_from_where_it_starts(own, monkeypatch, given):
    monkeypatch.setenv("BOOK_DATA", given.format(parent=own.parent.name))
    seen = []
    monkeypatch.setattr(plan, "make", lambda place, *_: seen.append(place))
    monkeypatch.setattr(execute, "run_many", lambda *_, **__: [])
    CliRunner().invoke(cli.main, ["run", "2-3-market-expansion"])
    assert seen[0].own_data == own


@pytest.mark.parametrize("command", [["build"], ["run", "2-3-market-expansion"], ["why", "x"],
                                     ["sweep", "scenarios"], ["compare", "a", "b"]], ids=" ".join)
@pytest.mark.parametrize("given", ["nowhere", "/nowhere/at/all", "file"])
def test_a_folder_that_is_not_there_is_refused_by_every_command(own, monkeypatch, command, given):
    (own.parent / "file").write_text("")
    monkeypatch.setenv("BOOK_DATA", given)
    monkeypatch.setattr(execute, "run_many", lambda *_, **__: pytest.fail("a chapter ran"))
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
    assert "ProjectError: " in done.stderr.strip().splitlines()[-1]
    assert said in done.stderr.strip().splitlines()[-1]


def test_the_refusal_has_the_command_that_mends_it(own, monkeypatch):
    monkeypatch.setenv("BOOK_DATA", "mine")
    with pytest.raises(ProjectError, match=f"export BOOK_DATA={own}"):
        datasets.load("claims")
    monkeypatch.setenv("BOOK_DATA", str(own))
    assert datasets.replaced() == ["claims"]
