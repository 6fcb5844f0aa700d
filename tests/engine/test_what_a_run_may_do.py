"""A run computes and no more, and what it read is what its key says, whoever edits meanwhile."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from small_book import READS, RECORD, write
from small_runs import executed, notebook, outputs

from helpers import datasets
from helpers.pipeline import execute, plan, store
from helpers.pipeline.running.work import Outcome, Work

ONE = execute.How(jobs=1)
TRY = """
def attempt(act):
    try:
        act()
    except PermissionError as error:
        print(type(error).__name__, error)
"""
ATTEMPTS = {
    "open(BOOK / 'table.csv', 'w')": "it writes to {book}/table.csv",
    "open(BOOK / 'table.csv', 'r+')": "it writes to {book}/table.csv",
    "(BOOK / 'new.csv').touch()": "it writes to {book}/new.csv",
    "(BOOK / 'table.csv').rename('mine.csv')": "it writes to {book}/table.csv",
    "os.replace(mine(), BOOK / 'table.csv')": "it writes to {book}/table.csv",
    "(BOOK / 'table.csv').unlink()": "it writes to {book}/table.csv",
    "(BOOK / 'folder').mkdir()": "it writes to {book}/folder",
    "os.symlink('x', BOOK / 'link.csv')": "it writes to {book}/link.csv",
    "os.truncate(BOOK / 'table.csv', 0)": "it writes to {book}/table.csv",
    "shutil.rmtree(BOOK)": "it writes to {book}",
    "os.unlink('table.csv', dir_fd=os.open(BOOK, os.O_RDONLY))": "it writes to {book}/table.csv",
    "subprocess.run(['cat', BOOK / 'table.csv'])": "it starts a process (cat)",
    "os.system('true')": "it starts a process (b'true')",
    "os.fork()": "it starts a process (os.fork)",
    "os.posix_spawn('/bin/true', ['true'], {{}})": "it starts a process (/bin/true)",
}


@pytest.fixture
def book(tmp_path):
    """A folder with a table, which stands for a book."""
    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "table.csv").write_text("a\n1\n")
    return folder


def closed(book, *cells, **options):
    """The outcome of cells that may only compute."""
    first = f"import os, pathlib, shutil, subprocess\nBOOK = pathlib.Path({str(book)!r})\n"
    return executed(Work(notebook(first, *cells), watched=(str(book),), closed=True), **options)


def attempts(book, **options):
    mine = "def mine():\n    return shutil.copy(BOOK / 'table.csv', 'mine.csv')\n"
    sources = [f"attempt(lambda: {each.format()})" for each in ATTEMPTS]
    return closed(book, TRY + mine, "\n".join(sources), **options)


def test_a_run_changes_nothing_in_the_book_and_starts_no_process(book):
    outcome = attempts(book)
    printed = "".join(output["text"] for output in outputs(outcome)[-1])
    assert printed.count("PermissionError a run may not") == len(ATTEMPTS)
    said = dict.fromkeys(said.format(book=book) for said in ATTEMPTS.values())
    assert list(outcome.refused) == list(said)
    assert [file.name for file in book.iterdir()] == ["table.csv"]
    assert (book / "table.csv").read_text() == "a\n1\n"


@pytest.mark.slow
def test_nor_does_one_in_a_stock_kernel(book):
    assert attempts(book, stock=True).refused == attempts(book).refused


def test_what_a_run_makes_for_itself_is_no_fault(book):
    outcome = closed(book, "pathlib.Path('own.csv').write_text('a')\nos.mkdir('folder')",
                     "import tempfile\nwith tempfile.NamedTemporaryFile('w+') as file:\n"
                     "    print('x', file=file, flush=True)\n    print(open(file.name).read())",
                     "shutil.rmtree('folder')")
    assert (outcome.status, outcome.refused, outcome.opened) == ("ok", (), ())


def test_a_file_from_anywhere_and_another_name_of_a_table_are_noted(book, tmp_path):
    elsewhere, twin = tmp_path / "elsewhere.csv", tmp_path / "twin.csv"
    elsewhere.write_text("a\n2\n")
    os.link(book / "table.csv", twin)
    outcome = closed(book, f"""
        open({str(elsewhere)!r}).close()
        import pandas
        pandas.read_csv({str(twin)!r})
        os.link(BOOK / 'table.csv', 'own.csv')
        open('own.csv').close()
        open('/etc/hostname').close()""")
    assert outcome.opened == (str(elsewhere), str(twin), str(book / "table.csv"))


def test_a_module_runs_as_its_source_is_not_as_it_was_compiled(tmp_path):
    """Of the same size and second: Python would take the compiled one."""
    outcome = executed(Work(notebook(f"""
        import os, pathlib, py_compile, hashlib
        import helpers
        helpers.__path__.append({str(tmp_path)!r})
        module = pathlib.Path({str(tmp_path / 'edited.py')!r})
        module.write_text('x = 1')
        state = module.stat()
        py_compile.compile(module)
        module.write_text('x = 2')
        os.utime(module, ns=(state.st_atime_ns, state.st_mtime_ns))
        from helpers import edited
        print(edited.x, hashlib.sha256(module.read_bytes()).hexdigest())""")))
    value, digest = outputs(outcome)[0][0]["text"].split()
    assert value == "2"
    assert outcome.loaded == (f"{digest} {tmp_path / 'edited.py'}",)


# ------------------------------------------------------------------ of a book


def one(project, name, **options):
    [result] = execute.run_many(project, [plan.make(project, name, {})], ONE,
                                required={name: ()}, **options)
    return result


def stored(project):
    return [path for path in (project.build / "runs").glob("*") if path.name != ".incoming"]


def test_a_chapter_that_writes_a_table_before_it_loads_it_fails(workshop):
    ratings = datasets.locate("ratings", workshop)
    before = ratings.read_bytes()
    write(workshop, "sly", RECORD,
          f"with open({str(ratings)!r}, 'a') as file:\n    file.write('x')\n{READS}")
    result = one(workshop, "sly")
    assert result.status == "failed" and "a run may not write into the book" in result.reason
    write(workshop, "sly", RECORD, f"try:\n    open({str(ratings)!r}, 'a')\n"
                                   f"except PermissionError:\n    pass\n{READS}")
    result = one(workshop, "sly")
    assert result.reason == "it writes to data/paper/ratings.csv"
    assert ratings.read_bytes() == before and stored(workshop) == []


def test_a_module_that_no_import_names_fails_the_run(workshop):
    write(workshop, "sly", RECORD, "import importlib\nimportlib.import_module('helpers.agreement')")
    reason = one(workshop, "sly").reason
    assert reason.startswith("imported behind the key's back: ") and "agreement.py" in reason


def test_a_cell_that_shows_a_path_of_this_machine_fails_the_run(workshop):
    write(workshop, "shows", RECORD, "import pandas\nprint('warning in', pandas.__file__)")
    assert one(workshop, "shows").reason.startswith("cell 3 prints a path of this machine, /")


class Editor:
    """Edits a file whenever runs begin, so many times, and puts it back when they end."""

    def __init__(self, monkeypatch, file: Path, times: int, restore: bool = True):
        self.file, self.times, self.restore, self.runs = file, times, restore, 0
        self.execute = execute.processes.run
        monkeypatch.setattr(execute.processes, "run", self)

    def __call__(self, *arguments, **options):
        self.runs += 1
        content, state = self.file.read_bytes(), self.file.stat()
        edit = self.runs <= self.times
        if edit:
            self.file.write_bytes(content.replace(b",Medium", b",High"))
        try:
            self.execute(*arguments, **options)
        finally:
            if edit and self.restore:
                self.file.write_bytes(content)
                os.utime(self.file, ns=(state.st_atime_ns, state.st_mtime_ns))


COUNTS = READS + ("\ny = results.record('y', ratings.to_csv().count('Medium'), unit='rows', "
                  "label='Y')")


def test_a_table_edited_during_a_run_and_put_back_is_run_again(workshop, monkeypatch):
    write(workshop, "reads", RECORD, COUNTS)
    value = execute.ledger(one(workshop, "reads"))[1]["value"]
    editor = Editor(monkeypatch, datasets.locate("ratings", workshop), times=1)
    again = one(workshop, "reads", fresh=True)
    assert (again.status, editor.runs) == ("ok", 2)
    assert execute.ledger(again)[1]["value"] == value > 0


def test_what_is_edited_each_time_or_left_so_is_told_and_not_stored(workshop, monkeypatch):
    write(workshop, "reads", RECORD, COUNTS)
    editor = Editor(monkeypatch, datasets.locate("ratings", workshop), times=9)
    result = one(workshop, "reads")
    assert (result.status, editor.runs) == ("moved", execute.TRIES)
    assert result.reason == ("data/paper/ratings.csv changed while it ran, so nothing of it is "
                             "stored. Type the same command again")
    editor.restore, editor.runs = False, 0
    assert one(workshop, "reads").status == "moved"
    assert editor.runs == 1, "its key is another one now"
    assert stored(workshop) == []


@pytest.mark.parametrize("touch", [
    lambda project: project.lock_file, lambda project: project.data_package,
    lambda project: datasets.locate("ratings", project)])
def test_a_file_that_was_touched_is_named_even_if_it_is_as_it_was(workshop, touch):
    write(workshop, "reads", RECORD, COUNTS)
    planned = plan.make(workshop, "reads", {})
    assert plan.moved(workshop, planned) == []
    file = touch(workshop)
    content, state = file.read_bytes(), file.stat()
    file.write_bytes(content)
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert plan.moved(workshop, planned) == [workshop.shown(file)]


def test_a_chapter_or_package_that_changed_is_named_and_prose_is_not(workshop, monkeypatch):
    write(workshop, "reads", RECORD, COUNTS)
    planned = plan.make(workshop, "reads", {})
    file = workshop.chapters / "reads.ipynb"
    file.write_text(file.read_text().replace("# A chapter", "# Another"))
    assert plan.moved(workshop, planned) == []
    file.write_text(file.read_text().replace("label='Y'", "label='Z'"))
    assert plan.moved(workshop, planned) == ["chapters/reads.ipynb"]
    monkeypatch.setattr(plan, "installed", lambda lock: {"numpy": "0"})
    assert "the installed packages" in plan.moved(workshop, planned)


def test_a_module_that_ran_otherwise_than_the_key_says_is_named(workshop):
    write(workshop, "reads", RECORD, COUNTS)
    planned = plan.make(workshop, "reads", {})
    ran = f"{'0' * 64} {workshop.code.resolve() / 'words.py'}"
    finished = execute.judge(workshop, planned, Outcome("failed", "boom", loaded=(ran,)), ())
    assert finished.result.status == execute.MOVED
    assert finished.result.reason.startswith(workshop.shown(workshop.code / "words.py"))
    same = replace(planned, parts={**planned.parts, "helpers": {"words.py": "0" * 64}})
    assert execute.judge(workshop, same, Outcome("failed", "boom", loaded=(ran,)),
                         ()).result.reason == "boom"


def test_a_run_that_moved_is_never_in_the_store(workshop):
    result = execute.RunResult("c", execute.MOVED, "k" * 64)
    assert execute.publish(workshop, execute.Finished(result)) is result
    assert store.published(workshop.build, "k" * 64) is None


def test_libraries_may_ask_which_packages_are_installed(workshop):
    """This project is installed as its own sources are: its description lies among them."""
    about = workshop.root / "src" / "made.egg-info" / "entry_points.txt"
    about.parent.mkdir(parents=True)
    about.write_text("[made]\n")
    write(workshop, "asks", RECORD, f"import pathlib\npathlib.Path({str(about)!r}).read_text()")
    assert one(workshop, "asks").status == "ok"
