"""What a run may take can be set, is told while it works, and is refused where it is nonsense."""

import pytest
from small_book import RECORD, book, write

from helpers.pipeline import execute
from helpers.pipeline.cli import options
from helpers.project import Limits, Project, ProjectError


@pytest.mark.slow
def test_the_deadline_of_a_cell_can_be_given_and_the_message_names_cell_and_option(workshop):
    write(workshop, "sleeps", RECORD, "import time\ntime.sleep(60)")
    done = book(workshop, "run", "sleeps", "--cell-seconds", "1")
    assert done.exit_code == 1
    assert done.stderr == (
        "Error: sleeps: timeout: cell 3 ran for more than 1 seconds. --cell-seconds, or "
        "cell_seconds in pyproject.toml, gives it more\n")


def test_limits_given_to_a_command_are_those_of_its_runs(workshop, monkeypatch):
    write(workshop, "good", RECORD)
    seen = []
    monkeypatch.setattr(execute.processes, "run", lambda works, *_, **__: seen.extend(works))
    book(workshop, "run", "good", "--cell-seconds", "7", "--memory-gb", "2")
    assert [(work.cell_seconds, work.memory_bytes) for _, work in seen] == [(7, 2_000_000_000)]


@pytest.mark.parametrize("given", ["0", "-1", "nan", "inf", "soon", ""])
def test_a_limit_that_is_none_is_refused(workshop, given):
    write(workshop, "good", RECORD)
    done = book(workshop, "run", "good", "--cell-seconds", given)
    assert done.exit_code == 2 and "Traceback" not in done.stderr


@pytest.mark.parametrize("lines, said", [
    ("cell_seconds = -5", "cell_seconds = -5. Expected memory_bytes and cell_seconds"),
    ("cell_minutes = 5", "cell_minutes = 5. Expected"), ("memory_bytes = 'much'", "= 'much'."),
    ("memory_bytes = true", "= True."), ("memory_bytes = ", "pyproject.toml cannot be read: "),
])
def test_settings_that_are_no_limits_are_refused_in_one_line(tmp_path, lines, said):
    (tmp_path / "pyproject.toml").write_text(f"[tool.book.limits]\n{lines}\n")
    with pytest.raises(ProjectError) as refused:
        Project.at(tmp_path).limits  # noqa: B018
    assert said in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("given", ["-1", "0", "'much'", "true"])
def test_a_size_of_the_store_that_is_none_is_refused(tmp_path, given):
    (tmp_path / "pyproject.toml").write_text(f"[tool.book]\nstore_bytes = {given}\n")
    with pytest.raises(ProjectError, match=r"store_bytes = .*Expected a number above 0"):
        Project.at(tmp_path).store_bytes  # noqa: B018


def test_settings_are_read_and_one_can_be_changed(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.book.limits]\ncell_seconds = 30\n")
    assert Project.at(tmp_path).limits == Limits(cell_seconds=30)
    assert Project.at(tmp_path).with_limits(memory_bytes=5).limits == Limits(5, 30)


def test_a_slow_cell_is_told_unless_the_command_is_to_be_quiet(capsys):
    for params, said in (({}, "2-3: cell 4 has run for 20 s of at most 300\n"),
                         ({"quiet": True}, ""), ({"as_json": True}, "")):
        context = options.click.Context(options.click.Command("x"))
        context.params = params
        with context:
            options.how().slow("2-3", 4, 20.2, 300.0)
        assert capsys.readouterr().err == said
