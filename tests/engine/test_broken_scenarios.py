"""A wrong file in scenarios/ is told in one line; who does not need it never hears of it."""

import os
import shutil

import pytest
import small_book
from click.testing import CliRunner

from helpers import parameters
from helpers.pipeline import cli, edition, execute, scenario_table, sweep
from helpers.project import Project

BROKEN = {
    "no TOML": "title = NO",
    "no text at all": "",
    "a part too few": 'title = "a"\nwhy = "b"',
    "another name": 'title = "a"\nreason = "b"\n[parameters]',
    "no such parameter": 'title = "a"\nwhy = "b"\n[parameters]\nhorizon_yaer = 2030',
    "out of range": 'title = "a"\nwhy = "b"\n[parameters]\nhorizon_year = 2050',
    "a title that is a number": 'title = 1\nwhy = "b"\n[parameters]',
    "a why that is a list": 'title = "a"\nwhy = ["b"]\n[parameters]',
    "an empty title": 'title = " "\nwhy = "b"\n[parameters]',
    "a line break, after which a page would read commands":
        'title = "a\\n\\n```{include} /etc/passwd\\n```"\nwhy = "b"\n[parameters]',
    "parameters that are no table": 'title = "a"\nwhy = "b"\nparameters = 1',
    "no letters": b"\xff\xfe\x00",
    "UTF-16": 'title = "a"\nwhy = "b"\n[parameters]\n'.encode("utf-16"),
    "a part twice": 'title = "a"\ntitle = "b"\nwhy = "b"\n[parameters]',
    "a key of two lines": 'title = "a"\nwhy = "b"\n"x\\ny" = 1\n[parameters]',
    "a parameter of two lines": 'title = "a"\nwhy = "b"\n[parameters]\n"x\\ny" = 1',
    "a text that turns round": 'title = "a\u202eb"\nwhy = "b"\n[parameters]',
    "a text without an end": f'title = "{"a" * 5000}"\nwhy = "b"\n[parameters]',
    "a long value": f'title = "a"\nwhy = "b"\n[parameters]\nhorizon_year = "{"a" * 5000}"',
    "nested without an end": 'title = ' + "[" * 5000,
    "not a number": 'title = "a"\nwhy = "b"\n[parameters]\ndamping = nan',
    "a date": 'title = "a"\nwhy = "b"\n[parameters]\nhorizon_year = 2030-01-01',
    "megabytes": b"#" * (2 << 20),
    "a folder": None,
    "a pipe": os.mkfifo,
    "a link that leads nowhere": lambda file: file.symlink_to("nowhere"),
}


def spoil(folder, content):
    file = folder / "gloomy.toml"
    if content is None:
        file.mkdir()
    elif callable(content):
        content(file)
    elif isinstance(content, bytes):
        file.write_bytes(content)
    else:
        file.write_text(content)
    return file


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The shipped scenarios in a book of one chapter."""
    project = small_book.make(tmp_path_factory.mktemp("book"), ["5-3-market-in-china"])
    shutil.copytree(small_book.REAL.scenarios, project.scenarios, dirs_exist_ok=True)
    return project


@pytest.fixture(params=["no TOML", "a line break, after which a page would read commands",
                        "a folder"])
def broken(request, book, monkeypatch):
    """The shipped scenarios and a wrong one; nothing can run."""
    file = spoil(book.scenarios, BROKEN[request.param])
    monkeypatch.setattr(execute, "run_many", lambda *_, **__: pytest.fail("a chapter ran"))
    monkeypatch.setenv("BOOK_ROOT", str(book.root))
    yield book
    file.rmdir() if file.is_dir() else file.unlink()


@pytest.mark.parametrize("kind", BROKEN)
def test_a_wrong_file_is_refused_in_one_line(tmp_path, kind):
    file = spoil(tmp_path, BROKEN[kind])
    with pytest.raises(parameters.ParameterError) as refused:
        parameters.read_scenario(file)
    said = str(refused.value)
    assert said.startswith("gloomy.toml") and said.isprintable() and len(said) < 400, said


@pytest.mark.parametrize("command", [["build"], ["build", "gloomy"], ["sweep", "scenarios"],
                                     ["compare", "baseline", "gloomy"]], ids=" ".join)
def test_who_needs_it_is_told_its_name_before_any_chapter_runs(broken, command):
    done = CliRunner().invoke(cli.main, command)
    assert done.exit_code == 2, done.output
    assert "gloomy.toml" in done.output and len(done.output.strip().splitlines()) == 1


def test_what_is_right_is_taken_whatever_wrote_it(tmp_path):
    file = tmp_path / "x.toml"
    text = 'title = "Müller’s 5\u00a0%"\nwhy = "概览"\n[parameters]\nmedium_score = 2\n'
    for content in (text.encode(), text.encode("utf-8-sig"), text.replace("\n", "\r\n").encode()):
        file.write_bytes(content)
        assert parameters.read_scenario(file)["parameters"] == {"medium_score": 2.0}


def test_who_makes_the_scenario_tables_is_told_too(broken):
    with pytest.raises(parameters.ParameterError, match="gloomy.toml"):
        scenario_table.make(broken, execute.How())


def test_the_other_scenarios_are_not_hurt(broken):
    for name in edition.scenarios(broken):
        if name != "gloomy":
            assert edition.resolve(broken, name).name == name
            assert edition.find(broken, name).name == name
    assert sweep.grid(("damping=0.8,0.9",))


def test_a_hidden_file_is_no_scenario(tmp_path):
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / ".toml").write_text("x")
    (tmp_path / "scenarios" / ".baseline.toml.swp.toml").write_text("x")
    assert edition.scenarios(Project.at(tmp_path)) == ["baseline"]


def test_the_baseline_has_no_parameters(tmp_path):
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "baseline.toml").write_text(
        'title = "a"\nwhy = "b"\n[parameters]\nhorizon_year = 2030\n')
    with pytest.raises(parameters.ParameterError, match="baseline.toml: .*horizon_year"):
        edition.resolve(Project.at(tmp_path))
