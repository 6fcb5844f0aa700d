"""Wrong usage ends with exit code 2 and one line, before any kernel starts."""

import json

import pytest
from click.testing import CliRunner

from helpers import parameters, paths
from helpers.pipeline import cli


def run(*arguments):
    return CliRunner().invoke(cli.main, list(arguments))


@pytest.mark.parametrize("arguments, said", [
    (["build", "--set", "horizon_yaer=2030"], ["horizon_yaer", "Nearest name: horizon_year (int"]),
    (["build", "--set", "horizon_year=abc"], ["horizon_year: expected int", "2020 to 2035", "abc"]),
    (["build", "--set", "horizon_year=2050"], ["expected int", "2050"]),
    (["build", "--set", "horizon_year"], ["expected name=value"]),
    (["build", "--set", "=1"], ["is not a parameter"]),
    (["build", "basline"], ["basline", "Nearest name: 'baseline'"]),
    (["run", "2-3-market"], ["Nearest name: '2-3-market-expansion'"]),
    (["run", "2-3-market-expansion", "--set", "medium_score=1.5"], ["is not read by"]),
    (["run", "2-3-market-expansion", "--set", "damping=2"], ["damping: expected float"]),
    (["accept", "nothing"], ["No chapter is called 'nothing'"]),
])
def test_wrong_usage_is_one_line_and_exit_code_2(arguments, said):
    done = run(*arguments)
    assert done.exit_code == 2
    for words in said:
        assert words in done.output
    assert len(done.output.strip().splitlines()) == 1


def test_a_name_cannot_smuggle_code(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run("build", "--set", "a=1\nopen('canary', 'w')\nb=2")
    assert done.exit_code == 2 and not (tmp_path / "canary").exists()


def test_the_registry_is_listed_whole():
    done = run("params")
    assert done.exit_code == 0
    for name in parameters.names():
        assert name in done.output


def test_the_registry_is_a_json_schema_for_editors():
    schema = json.loads(run("params", "--json").output)
    assert schema["additionalProperties"] is False
    assert schema["properties"]["horizon_year"]["maximum"] == 2035


def test_help_explains_every_command():
    done = run("--help")
    for command in ("build", "run", "sweep", "compare", "why", "accept", "check", "params"):
        assert f"  {command} " in done.output


@pytest.mark.parametrize("status, code", [(0, 0), (1, 1), (2, 1)])
def test_check_runs_the_tests_and_fails_with_them(monkeypatch, status, code):
    import subprocess

    asked = []

    def tests(command, **options):
        asked.append((command[1:], options))
        return subprocess.CompletedProcess(command, status)

    monkeypatch.setattr(subprocess, "run", tests)
    assert run("check").exit_code == code
    assert asked == [(["-m", "pytest"], {"cwd": paths.ROOT})]
