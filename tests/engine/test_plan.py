"""A key holds all that can change a run, and nothing else."""

import json

import pytest
from small_book import READS, REAL, RECORD, own_table, write

from helpers.pipeline import chapters, plan

DRAWS = "from helpers import figures"


def parts(project, *sources, **overrides):
    write(project, "keyed", *sources)
    return plan.make(project, "keyed", overrides).parts


def apart(before, after):
    return plan.differences(before, after)


def test_the_key_follows_code_and_parameters(workshop):
    write(workshop, "keyed", RECORD)
    key = plan.make(workshop, "keyed", {}).key
    assert plan.make(workshop, "keyed", {"horizon_year": 2026}).key == key
    assert plan.make(workshop, "keyed", {"draws": 5}).key == key, "not a parameter of the chapter"
    assert plan.make(workshop, "keyed", {"horizon_year": 2027}).key != key
    write(workshop, "keyed", RECORD + "\n")
    assert plan.make(workshop, "keyed", {}).key != key


def test_the_key_does_not_follow_prose_outputs_or_tags_of_display(workshop):
    before = parts(workshop, RECORD)
    file = workshop.chapters / "keyed.ipynb"
    notebook = json.loads(file.read_text())
    notebook["cells"][0]["source"] = "# Another title"
    notebook["cells"][2]["metadata"]["tags"].append("remove-cell")
    notebook["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    file.write_text(json.dumps(notebook))
    assert plan.make(workshop, "keyed", {}).parts == before
    notebook["cells"][2]["metadata"]["tags"] = ["skip-execution"]
    file.write_text(json.dumps(notebook))
    assert apart(before, plan.make(workshop, "keyed", {}).parts) == ["code: changed"]


def test_the_key_follows_a_readers_own_table_and_only_where_it_is_read(workshop, tmp_path):
    own = workshop.with_own_data(own_table(
        tmp_path / "own", change=lambda text: text.replace("Low", "Medium", 1)))
    assert apart(parts(workshop, RECORD, READS), plan.make(own, "keyed", {}).parts) == [
        "data ratings: changed"]
    write(workshop, "keyed", RECORD)
    assert plan.make(workshop, "keyed", {}).key == plan.make(own, "keyed", {}).key


def test_a_copy_that_changes_nothing_is_the_same_run(workshop, tmp_path):
    own = workshop.with_own_data(own_table(tmp_path / "own"))
    write(workshop, "keyed", READS)
    assert plan.make(workshop, "keyed", {}).key == plan.make(own, "keyed", {}).key


def test_the_key_follows_the_description_of_a_table_but_not_its_hash(workshop):
    before = parts(workshop, READS)
    package = json.loads(workshop.data_package.read_text())
    [ratings] = [each for each in package["resources"] if each["name"] == "ratings"]
    ratings["hash"], ratings["bytes"] = "sha256:0", 1
    workshop.data_package.write_text(json.dumps(package))
    assert plan.make(workshop, "keyed", {}).parts == before
    ratings["schema"]["fields"][0]["description"] = "Another one."
    workshop.data_package.write_text(json.dumps(package))
    assert apart(before, plan.make(workshop, "keyed", {}).parts) == ["description ratings: changed"]


def test_a_missing_table_is_no_error_of_planning(workshop):
    before = parts(workshop, READS)
    (workshop.data / "paper" / "ratings.csv").unlink()
    after = plan.make(workshop, "keyed", {}).parts
    assert after["data"] == {"ratings": "missing"} != before["data"]


def test_a_changed_font_changes_the_key_of_what_draws_and_of_nothing_else(workshop):
    drawing, quiet = parts(workshop, DRAWS), parts(workshop, RECORD)
    assert quiet["files"] == {}
    font = sorted((workshop.vendor / "fonts").glob("*.ttf"))[0]
    font.write_bytes(font.read_bytes() + b"\0")
    assert parts(workshop, RECORD) == quiet
    assert apart(drawing, parts(workshop, DRAWS)) == [f"files vendor/fonts/{font.name}: changed"]


def test_every_chapter_of_the_book_that_draws_has_the_fonts_in_its_key():
    for name in chapters.names(REAL):
        drawn = any("figures." in cell["source"] for cell in chapters.read(REAL, name).code_cells)
        assert bool(plan.make(REAL, name, {}).parts["files"]) >= drawn, name


# ------------------------------------------------------------------ packages


@pytest.fixture
def packages(tmp_path):
    """A lock file and a folder of installed packages; returns what of it is in a key."""
    lock, folder = tmp_path / "requirements.txt", tmp_path / "site-packages"
    folder.mkdir()
    lock.write_text("# numpy==9\npandas==3.0.0\n    # via x\nscikit-criteria[all]==0.9 ; x\n"
                    "Ruamel.Yaml==1.0\n")

    def installed(*names):
        for entry in folder.iterdir():
            entry.rmdir()
        for name in names:
            (folder / f"{name}.dist-info").mkdir()
        return plan.installed(lock, folder)

    return installed


def test_an_installed_version_is_in_the_key_whatever_the_lock_says(packages):
    assert packages("pandas-3.0.0") == {"pandas": "3.0.0"}
    assert packages("pandas-3.1.0") == {"pandas": "3.1.0"}
    assert packages() == {}


def test_a_package_that_is_not_locked_changes_no_key(packages):
    assert packages("pandas-3.0.0", "numpy-2.0", "black-25.1") == {"pandas": "3.0.0"}


def test_spellings_of_a_package_are_one(packages):
    assert packages("scikit_criteria-0.9", "ruamel_yaml-1.0") == {
        "scikit-criteria": "0.9", "ruamel-yaml": "1.0"}


def test_an_installed_version_changes_a_run(workshop):
    before = parts(workshop, RECORD)
    assert before["installed"]["numpy"] and "pytest" in before["installed"]
    after = {**before, "installed": {**before["installed"], "numpy": "0.1"}}
    assert apart(before, after) == [f"installed numpy: {before['installed']['numpy']!r} -> '0.1'"]


def test_a_book_without_a_lock_file_can_be_planned(workshop):
    workshop.lock_file.unlink()
    found = parts(workshop, RECORD)
    assert (found["lock"], found["installed"]) == ("missing", {})


class Racing(dict):
    """What plans share, where another thread is always quicker to put its own there."""

    def __setitem__(self, name, made):
        super().__setitem__(name, {"of": "another book"})


def test_two_threads_that_plan_at_once_keep_their_own_parts(workshop, monkeypatch):
    write(workshop, "keyed", READS)
    expected = plan.make(workshop, "keyed", {})
    monkeypatch.setattr(plan, "_made", Racing())
    assert plan.make(workshop, "keyed", {}) == expected
    assert "another book" in str(plan._made), "the other thread was not quicker"


def test_a_plan_with_other_values_is_the_one_that_is_made_anew(workshop):
    write(workshop, "keyed", RECORD)
    made = plan.make(workshop, "keyed", {})
    for overrides in ({}, {"horizon_year": 2030}, {"horizon_year": 2030, "draws": 5}):
        assert plan.with_values(workshop, made, overrides) == plan.make(
            workshop, "keyed", overrides)
