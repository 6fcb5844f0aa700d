"""Plans that are kept are those that would be made anew, whatever is edited."""

import os

import pytest
from live_book import OWN, YEARS, write
from small_book import own_table

from helpers import datasets
from helpers.pipeline import plan
from helpers.pipeline.live import planning


@pytest.fixture
def project(tmp_path):
    return write(tmp_path / "book")


def replaced(file, old, new, keep_time=False):
    state = file.stat()
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    if keep_time:
        os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))


def same(plans, chapter):
    """Whether what is kept is what is made anew; a fresh one, since it is asked after an edit."""
    return plans.of(chapter, {"horizon_year": 2030}) == plan.make(
        plans.project, chapter, {"horizon_year": 2030})


@pytest.mark.parametrize("edit", [
    lambda project: replaced(project.chapters / f"{OWN}.ipynb", "head(2)", "head(3)"),
    lambda project: replaced(project.chapters / f"{OWN}.ipynb", "head(2)", "head(3)", True),
    lambda project: replaced(project.chapters / f"{OWN}.ipynb", "2026", "2027"),
    lambda project: replaced(datasets.locate("ratings", project), ",High", ",Low"),
    lambda project: replaced(datasets.locate("ratings", project), ",High", ",Lowe", True),
    lambda project: replaced(project.data_package, "policies", "rules"),
    lambda project: replaced(project.lock_file, "#", "# "),
    lambda project: (project.chapters / f"{OWN}.ipynb").touch()])
def test_after_an_edit_the_plan_is_made_anew(project, edit):
    plans = planning.Plans(project)
    before = plans.of(OWN, {})
    assert plans.of(OWN, {}) is not before and plans.of(OWN, {}) == before
    edit(project)
    assert same(plans, OWN)


def test_without_an_edit_nothing_is_made(project, monkeypatch):
    plans = planning.Plans(project)
    first = plans.of(YEARS, {})
    monkeypatch.setattr(plan, "make", lambda *told: 1 / 0)
    assert plans.of(YEARS, {"horizon_year": first.values["horizon_year"]}).key == first.key
    assert plans.of(YEARS, {"horizon_year": 2030}).key != first.key


def test_a_readers_own_table_that_comes_later_is_seen(project, tmp_path):
    folder = own_table(tmp_path / "mine")
    [table] = folder.iterdir()
    aside = table.rename(tmp_path / table.name)
    plans = planning.Plans(project.with_own_data(folder))
    before = plans.of(OWN, {})
    replaced(aside, ",High", ",Low")
    aside.rename(table)
    assert plans.of(OWN, {}).key != before.key and same(plans, OWN)


def test_the_contents_are_read_again_after_an_edit(project):
    plans = planning.Plans(project)
    assert YEARS in plans.names()
    replaced(project.contents, f"      - file: chapters/{YEARS}\n", "")
    assert YEARS not in plans.names()
