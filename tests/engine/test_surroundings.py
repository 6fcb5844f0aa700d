"""Broken surroundings end in one line that names the thing, and change no run and no page."""

import errno
import importlib.machinery
import io
import os
import sys
from types import SimpleNamespace

import pytest
import small_book

import book_command
from helpers.pipeline import cli
from helpers.pipeline.cli import options
from helpers.pipeline.running import environment, processes
from helpers.pipeline.site import extension


class Full(io.StringIO):
    """A standard output that takes nothing, such as a full disk."""

    def write(self, text):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_output_that_cannot_be_written_is_told_in_one_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdout", Full())
    with pytest.raises(SystemExit) as end:
        cli.main(["params"])
    assert end.value.code == 1
    assert capsys.readouterr().err == ("Error: the output could not be written: No space left on "
                                       "device. The work itself is done.\n")


@pytest.mark.parametrize("encoding", ["gbk", "euc-jp", "latin-1", "ascii"])
def test_a_sign_that_the_terminal_lacks_becomes_another(monkeypatch, encoding):
    taken = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(taken, encoding=encoding))
    monkeypatch.setattr(cli.click, "echo", print)
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    print("8.9\u00a0% \u2026", flush=True)
    assert b"8.9" in taken.getvalue()


@pytest.mark.parametrize("variable, value, said", [
    ("BOOK_ROOT", "/nowhere", "/nowhere/_toc.yml is not there. Type: unset BOOK_ROOT"),
    ("BOOK_DATA", "x" * 5000, "BOOK_BUILD or BOOK_DATA is no folder that can be used"),
])
def test_a_variable_of_ours_with_nonsense(monkeypatch, tmp_path, variable, value, said):
    monkeypatch.setenv("BOOK_ROOT", str(small_book.REAL.root))
    monkeypatch.setenv(variable, value)
    with pytest.raises(options.Usage) as refused:
        options.here(str(tmp_path))
    assert said in refused.value.message and "\n" not in refused.value.message


def test_a_folder_that_cannot_be_made_is_told_before_anything_runs(workshop, monkeypatch):
    small_book.write(workshop, "good", small_book.RECORD)
    (workshop.root / "_build").write_text("a file")
    monkeypatch.setattr(processes, "start", lambda *_: pytest.fail("it began to run"))
    done = small_book.book(workshop, "run", "good")
    assert done.exit_code == 1 and done.stderr.startswith(f"Error: {workshop.build}: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("optimize, dev_mode, said", [
    (0, False, ""), (1, False, "PYTHONOPTIMIZE"), (0, True, "PYTHONDEVMODE")])
def test_a_python_that_leaves_out_checks_is_refused(optimize, dev_mode, said):
    assert options.changed_python(SimpleNamespace(optimize=optimize, dev_mode=dev_mode)) == said


@pytest.mark.parametrize("made, said", [
    ("click.py", "click.py"), ("helpers/__init__.py", "helpers"), ("json.py", "json.py"),
    ("mine.py", None), ("click/notes.txt", None), ("click.txt", None)])
def test_a_file_that_hides_a_module_is_named(tmp_path, made, said):
    (tmp_path / made).parent.mkdir(exist_ok=True)
    (tmp_path / made).write_text("")
    found = book_command.hiding(["", str(tmp_path), "/nowhere"], {"click", "helpers", "json"})
    assert found == ([] if said is None else [str(tmp_path / said)])


def test_the_books_own_folder_hides_nothing():
    assert book_command.hiding([str(book_command.OWN)], {"helpers"}) == []


def test_the_command_ends_with_a_line_where_a_module_is_hidden(tmp_path, monkeypatch, capsys):
    (tmp_path / "click.py").write_text("x = 1")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(SystemExit) as end:
        book_command.main()
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith(f"Error: {tmp_path / 'click.py'} would be imported")


@pytest.mark.parametrize("source, said", [
    (b"def (", "invalid syntax"), (b"\0\0", "null bytes")])
def test_a_module_of_the_command_that_is_no_python_is_a_line(tmp_path, monkeypatch, capsys,
                                                             source, said):
    module = tmp_path / "src" / "helpers" / "spoilt.py"
    module.parent.mkdir(parents=True)
    module.write_bytes(source)
    monkeypatch.setattr(book_command, "OWN", tmp_path / "src")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setattr("helpers.pipeline.cli.main", lambda: importlib.machinery.SourceFileLoader(
        "spoilt", str(module)).get_code("spoilt"))
    with pytest.raises(SystemExit) as end:
        book_command.main()
    told = capsys.readouterr().err
    assert end.value.code == 1 and len(told.splitlines()) == 1
    assert told.startswith("Error: src/helpers/spoilt.py, line 1: ") and said in told


# ------------------------------------------------------------------ what runs and pages see


def test_dates_widths_and_wanted_warnings_reach_no_run_and_no_page(monkeypatch):
    for name in environment.REMOVED:
        monkeypatch.setenv(name, "0")
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    seen = environment.of_a_process()
    assert not set(environment.REMOVED) & set(seen) and seen["PYTHONWARNINGS"] == ""
    with environment.surroundings({}):
        assert not set(environment.REMOVED) & set(os.environ)
    assert all(os.environ[name] == "0" for name in environment.REMOVED)


def test_a_kernel_is_looked_for_in_this_environment_first(monkeypatch, tmp_path):
    """One called `python3`, of another Python, may lie in the user's folders."""
    from jupyter_core.paths import jupyter_path

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "own"))
    with environment.surroundings(environment.kernel_variables(tmp_path)):
        assert jupyter_path()[0].startswith(sys.prefix)


def test_pages_are_written_by_as_many_as_may_be_used(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert extension._usable_cores() == 1
    monkeypatch.delattr(os, "sched_getaffinity")
    assert extension._usable_cores() == (os.cpu_count() or 1)


def test_warnings_that_the_driver_was_asked_for_are_not_handed_on(monkeypatch):
    monkeypatch.setattr(sys, "warnoptions", ["error"])
    with processes._as_for_a_run():
        assert sys.warnoptions == []
    assert sys.warnoptions == ["error"]


def test_a_home_that_cannot_be_used_is_replaced_and_another_is_left_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert "HOME" not in environment.variables()
    monkeypatch.setenv("HOME", "/proc/nowhere")
    assert os.path.isdir(environment.variables()["HOME"])


