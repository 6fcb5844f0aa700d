"""A place is a value: made from a folder, found by its variables, and nothing else knows where."""

import dataclasses
import os
import subprocess
import sys

import pytest
from small_book import REAL

from helpers import files
from helpers.project import PACKAGE, Limits, Project, ProjectError


def test_a_folder_is_a_place_with_its_own_build(tmp_path):
    project = Project.at(tmp_path)
    assert (project.root, project.build) == (tmp_path, tmp_path / "_build")
    assert project.code == PACKAGE and project.own_data is None
    with pytest.raises(dataclasses.FrozenInstanceError):
        project.build = tmp_path


def test_another_process_finds_the_same_place_by_its_variables(tmp_path):
    (tmp_path / "own").mkdir()
    project = Project.at(tmp_path, build=tmp_path / "b", own_data=tmp_path / "own")
    done = subprocess.run(
        [sys.executable, "-c", "from helpers.project import Project; print(Project.current())"],
        env={**os.environ, **project.variables(), "PYTHONPATH": str(PACKAGE.parent)},
        cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == repr(project)


def test_variables_that_are_empty_mean_this_checkout(monkeypatch):
    for name in ("BOOK_ROOT", "BOOK_BUILD", "BOOK_DATA"):
        monkeypatch.setenv(name, "")
    assert Project.current() == REAL


def test_own_data_must_be_a_folder(tmp_path):
    with pytest.raises(ProjectError, match="is not a folder"):
        Project.at(tmp_path, own_data=tmp_path / "nowhere")
    assert REAL.with_own_data(tmp_path).with_own_data(None) == REAL


def test_settings_are_those_of_the_folder(tmp_path):
    project = Project.at(tmp_path)
    assert project.settings == {} and project.limits == Limits()
    (tmp_path / "pyproject.toml").write_text("[tool.book.limits]\ncell_seconds = 7\n")
    assert Project.at(tmp_path).limits == Limits(cell_seconds=7)


def test_paths_are_shown_from_the_root(tmp_path):
    project = Project.at(tmp_path)
    assert project.shown(project.data / "x.csv") == "data/x.csv"
    assert project.shown(PACKAGE) == str(PACKAGE)


# ------------------------------------------------------------------ files


def test_files_are_replaced_all_or_none(tmp_path, monkeypatch):
    from pathlib import Path

    one, two = tmp_path / "one", tmp_path / "new" / "two"
    one.write_text("old")
    written = Path.write_bytes

    def full(file, content):
        if content == b"too much":
            raise OSError("no space left")
        return written(file, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="no space"):
        files.replace({one: b"new", two: b"too much"})
    assert one.read_text() == "old" and not two.exists()
    files.replace({one: b"new", two: b"fits"})
    assert (one.read_bytes(), two.read_bytes()) == (b"new", b"fits")
    files.replace({one: None})
    assert not one.exists()
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["two"]
