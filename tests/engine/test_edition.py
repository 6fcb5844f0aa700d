"""An edition is what differs from the baseline: its name, its command, its notice say so."""

import re
import shlex
from dataclasses import replace

import pytest
from small_book import READS, REAL, RECORD, own_table, scenario, write

from helpers import datasets, parameters
from helpers.pipeline import building, chapters, cli, edition, naming
from helpers.pipeline.cli import build as build_command
from helpers.project import ProjectError

ODD = ["dimension_weights=[0.4, 0.3, 0.1, 0.1, 0.1]", "merge_identical_columns=true",
       "price_basis=real_usd", "damping=0.85", "horizon_year=2030"]


def parsed(command):
    """What click makes of a command as a shell would hand it over."""
    words = shlex.split(command)
    assert words[:2] == ["book", "build"]
    return build_command.command.make_context("build", words[2:]).params


def again(project, command):
    """The edition that a printed command describes."""
    given = parsed(command)
    place = project.with_own_data(given["own_data"])
    return edition.resolve(place, given["scenario"], given["assigned"])


# ------------------------------------------------------------------ names


@pytest.mark.parametrize("text", ["../../etc", "a/b", "..", ".hidden", "x" * 300, "a b;c", "ä"])
def test_an_edition_name_cannot_leave_its_folder(text, tmp_path):
    name = edition.Edition(REAL, text, "", "").name
    target = (tmp_path / name).resolve()
    assert target.is_relative_to(tmp_path) and target != tmp_path
    assert "/" not in name and len(name) <= naming.LONGEST + len("-123456789abc")


def test_an_edition_is_what_differs_from_the_baseline():
    standard = edition.resolve(REAL)
    assert standard.overrides == {} and standard.is_baseline
    assert standard.folder == REAL.build / "html"
    assert edition.resolve(REAL, "baseline", ("horizon_year=2026",)).is_baseline
    changed = edition.resolve(REAL, "baseline", ("horizon_year=2030", "medium_score=1.5"))
    assert changed.overrides == {"horizon_year": 2030, "medium_score": 1.5}
    assert changed.folder == REAL.build / "editions" / changed.name / "html"


def test_two_editions_that_differ_have_two_names(tmp_path):
    folders = [own_table(tmp_path / place / "mine") for place in ("a", "b")]
    file = tmp_path / "to-2030.toml"
    file.write_text((REAL.scenarios / "to-2030.toml").read_text())
    made = [edition.resolve(project, name, assigned)
            for project in (REAL, *map(REAL.with_own_data, folders))
            for name in ("baseline", "to-2030", str(file))
            for assigned in ((), ("medium_score=1.5",), ("aggregation_power=-2",),
                             ("aggregation_power=2",), (ODD[0],),
                             ("dimension_weights=[0.3, 0.4, 0.1, 0.1, 0.1]",))]
    names = [each.name for each in made]
    assert len({name.lower() for name in names}) == len(names)


# ------------------------------------------------------------------ commands


@pytest.mark.parametrize("name", edition.scenarios(REAL))
def test_the_command_of_a_shipped_scenario_can_be_pasted(name):
    made = edition.resolve(REAL, name)
    assert again(REAL, made.command()) == made


@pytest.mark.parametrize("assigned", [*[(text,) for text in ODD], tuple(ODD)])
@pytest.mark.parametrize("name", ["baseline", "to-2030"])
def test_the_command_of_lists_and_blanks_can_be_pasted(name, assigned, tmp_path):
    own = REAL.with_own_data(own_table(tmp_path / "own data; $HOME 'x'"))
    for project in (REAL, own):
        made = edition.resolve(project, name, assigned)
        assert again(REAL, made.command()) == made
        assert again(REAL, made.command()).name == made.name


def test_the_command_of_a_file_with_a_blank_can_be_pasted(tmp_path):
    file = tmp_path / "my own.toml"
    file.write_text((REAL.scenarios / "to-2030.toml").read_text())
    made = edition.resolve(REAL, str(file))
    assert again(REAL, made.command()) == made and made.scenario == "my own"


def test_a_command_goes_through_the_command_line_itself(workshop, tmp_path):
    """Up to the refusal of a table that is broken, before anything runs."""
    from click.testing import CliRunner

    made = edition.resolve(workshop, "baseline", ODD)
    own = own_table(tmp_path / "own", change=lambda text: text.replace("High", "Hgh", 1))
    typed = shlex.split(replace(made, project=workshop.with_own_data(own)).command())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(workshop.root)
        done = CliRunner().invoke(cli.main, typed[1:], env=workshop.variables())
    assert done.exit_code == 2 and "'Hgh' is not one of" in done.output


# ------------------------------------------------------------------ scenarios


def test_a_scenario_is_refused_by_name_with_the_nearest():
    with pytest.raises(parameters.ParameterError, match="Nearest name: 'to-2030'"):
        edition.resolve(REAL, "to-203")
    with pytest.raises(parameters.ParameterError, match="is not a scenario"):
        edition.resolve(REAL, "nowhere.toml")


def test_what_is_set_beside_a_scenario_wins(workshop):
    scenario(workshop, "later", horizon_year=2030)
    made = edition.resolve(workshop, "later", ("horizon_year=2031", "medium_score=2.0"))
    assert made.overrides == {"horizon_year": 2031}
    assert made.heading == "Later with horizon_year = 2031"
    assert edition.resolve(workshop, "later", ("horizon_year=2030",)).given == {}
    back = edition.resolve(workshop, "later", ("horizon_year=2026",))
    assert back.overrides == {} and not back.is_baseline


def test_the_baseline_is_the_first_of_the_shipped_ones(workshop):
    scenario(workshop, "a", horizon_year=2030)
    assert [each.scenario for each in edition.shipped(workshop)] == ["baseline", "a"]
    (workshop.scenarios / "broken.toml").write_text("title = 1")
    with pytest.raises(parameters.ParameterError, match="broken.toml"):
        edition.shipped(workshop)


@pytest.mark.parametrize("name", edition.scenarios(REAL))
def test_every_chapter_gets_the_values_that_it_reads(name):
    """One that did not would stand in the edition as it is in the baseline."""
    made = edition.resolve(REAL, name)
    kept = {each.chapter: each.values for each in made.plans()}
    wanted = {chapter: {**chapters.read(REAL, chapter).parameters} for chapter in kept}
    assert kept == {chapter: {**values, **{key: value for key, value in made.overrides.items()
                                           if key in values}}
                    for chapter, values in wanted.items()}


# ------------------------------------------------------------------ own data


@pytest.fixture
def own(workshop, tmp_path):
    """A book with a chapter that reads `ratings` and one that does not, and own ratings."""
    write(workshop, "reads", RECORD, READS)
    write(workshop, "other", RECORD)
    return workshop.with_own_data(own_table(
        tmp_path / "mine", change=lambda text: text.replace("Low", "Medium", 1)))


def test_own_data_make_an_edition_of_their_own(own):
    made = edition.resolve(own)
    assert not made.is_baseline and made.overrides == {}
    assert made.folder.is_relative_to(own.build / "editions")
    assert re.fullmatch("baseline-with-mine-[0-9a-f]{12}", made.name)
    assert shlex.split(made.command()) == ["book", "build", "--data", str(own.own_data)]
    assert made.command("compare", "baseline").startswith("book compare baseline --data ")


def test_own_data_change_the_runs_of_the_chapters_that_read_them(own):
    theirs = {each.chapter: each.key for each in edition.resolve(own).plans()}
    shipped = {each.chapter: each.key for each in edition.baseline(own).plans()}
    assert theirs["reads"] != shipped["reads"] and theirs["other"] == shipped["other"]


def test_own_data_are_combined_with_a_scenario_and_with_values(own):
    scenario(own, "later", horizon_year=2030)
    made = edition.resolve(own, "later", ("medium_score=1.5",))
    assert made.overrides == {"horizon_year": 2030, "medium_score": 1.5}
    assert made.folder != edition.resolve(own).folder
    assert made.folder != edition.resolve(own.with_own_data(None), "later",
                                          ("medium_score=1.5",)).folder
    assert again(own, made.command()) == made


def test_an_edition_with_own_data_is_found_again_by_its_name(own):
    import json

    made = edition.resolve(own, "baseline", ("medium_score=1.5",))
    made.folder.mkdir(parents=True)
    (made.folder / edition.MANIFEST).write_text(json.dumps(edition.describe(made, "key", [])))
    shipped = own.with_own_data(None)
    assert edition.find(shipped, made.name) == made
    assert [record["name"] for record in edition.built(shipped)] == [made.name]
    assert edition.built(shipped)[0]["own_tables"] == ["ratings"]


def test_a_folder_that_is_not_there_is_refused(workshop, tmp_path):
    with pytest.raises(ProjectError, match="is not a folder"):
        workshop.with_own_data(tmp_path / "nowhere")


# ------------------------------------------------------------------ the notice


def test_the_notice_says_what_is_set_and_what_it_was():
    changed = edition.resolve(REAL, "baseline", ("horizon_year=2030",))
    said = building.announcement(changed)
    assert "<code>horizon_year</code> = 2030 (baseline 2026)" in said
    assert said.count("horizon_year") == 1 and "Not the baseline." in said
    assert building.announcement(edition.resolve(REAL)) == ""


def test_the_notice_says_that_data_are_not_the_shipped_ones(own):
    said = building.announcement(edition.resolve(own))
    assert "Not the shipped data:</strong> the table ratings comes from" in said
    assert datasets.replaced(own) == ["ratings"]


def test_markup_in_an_edition_is_escaped():
    made = edition.Edition(REAL, "x", "<script>alert(1)</script>", "", {"price_basis": "<b>"})
    said = building.announcement(made)
    assert "<script>" not in said and "<b>" not in said
