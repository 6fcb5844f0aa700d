"""What a chapter reaches is found by reading imports; nothing that could change it is left out."""

import shutil
from dataclasses import replace

import pytest
from small_book import REAL

from helpers.pipeline import chapters, closure
from helpers.pipeline.notebooks import ChapterError
from helpers.project import PACKAGE, Project

MODULES = {
    "__init__.py": "",
    "plain.py": "x = 1",
    "late.py": "def f():\n    from helpers import plain",
    "group/__init__.py": "from helpers.group import one",
    "group/one.py": "from . import two",
    "group/two.py": "from ..late import f",
    "group/apart.py": "import helpers.broken",
    "broken.py": "READS = ('fonts/*.ttf',)\n1 / 0",
    "circle.py": "import helpers.round",
    "round.py": "import helpers.circle",
}


@pytest.fixture
def project(tmp_path):
    """A package of its own; nothing of it is ever imported."""
    for name, source in MODULES.items():
        file = tmp_path / "src" / "helpers" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source + "\n")
    return Project.at(tmp_path)


def reached(project, source):
    return [file.relative_to(project.code).as_posix()
            for file in closure.modules(project, [source])]


GROUP = ["__init__.py", "group/__init__.py", "group/one.py", "group/two.py", "late.py", "plain.py"]


@pytest.mark.parametrize("source, found", [
    ("import numpy", []),
    ("import helpers", ["__init__.py"]),
    ("from helpers import plain", ["__init__.py", "plain.py"]),
    ("import helpers.plain as p", ["__init__.py", "plain.py"]),
    ("from helpers.plain import x", ["__init__.py", "plain.py"]),
    ("def f():\n    from helpers import late", ["__init__.py", "late.py", "plain.py"]),
    ("from helpers import group", GROUP),
    ("from helpers.group.two import f", GROUP),
    ("import helpers.group.apart", sorted([*GROUP, "broken.py", "group/apart.py"])),
    ("from helpers import circle", ["__init__.py", "circle.py", "round.py"]),
    ("from helpers import no_such_module", ["__init__.py"]),
    ("from helpersome import plain", []),
    ("from helpers import (", []),
])
def test_modules_are_found_through_others(project, source, found):
    assert reached(project, source) == found


def test_an_edited_module_is_read_again(project):
    assert reached(project, "from helpers import plain") == ["__init__.py", "plain.py"]
    (project.code / "plain.py").write_text("from helpers import late\n")
    assert "late.py" in reached(project, "from helpers import plain")


def test_files_that_a_module_declares_to_read_are_found(project):
    (project.root / "fonts").mkdir()
    for name in ("a.ttf", "b.ttf", "c.txt"):
        (project.root / "fonts" / name).touch()
    modules = closure.modules(project, ["import helpers.broken"])
    assert [file.name for file in closure.files_read(project, modules)] == ["a.ttf", "b.ttf"]
    assert closure.files_read(project, closure.modules(project, ["import helpers.plain"])) == []


@pytest.mark.slow
def test_what_is_reached_is_what_is_imported(tmp_path):
    """The oracle is Python: what a process has loaded after the imports of each chapter."""
    import subprocess
    import sys

    sources = {name: [cell["source"] for cell in chapters.read(REAL, name).code_cells]
               for name in chapters.names(REAL)}
    imports = sorted({line.strip() for cells in sources.values() for source in cells
                      for line in source.splitlines() if line.startswith(("from helpers",
                                                                          "import helpers"))
                      and "(" not in line})
    assert len(imports) > 10
    code = "\n".join([*imports, "import sys", "print(*(module.__file__ for name, module in "
                      "sys.modules.items() if name.split('.')[0] == 'helpers'))"])
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                            env={"PYTHONPATH": str(PACKAGE.parent)}, check=True).stdout.split()
    found = {str(file) for file in closure.modules(REAL, imports)}
    assert set(loaded) <= found


def test_a_copied_package_is_that_of_its_book(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "src" / "helpers", ignore=shutil.ignore_patterns("__py*"))
    copied = Project.at(tmp_path)
    assert copied.code == tmp_path / "src" / "helpers"
    assert Project.at(tmp_path / "src").code == PACKAGE, "a folder without a package of its own"
    source = ["from helpers import audit"]
    assert ([file.relative_to(copied.code) for file in closure.modules(copied, source)]
            == [file.relative_to(PACKAGE) for file in closure.modules(REAL, source)])
    assert replace(copied, code=PACKAGE) != copied


@pytest.mark.parametrize("source, said", [
    (b"x = 1\ndef (\n", "line 2: invalid syntax"), (b"\0", "line 1: .*null bytes"),
    (b"x = '\xff'", "line 1: .*utf-8"), (b"(" * 3000, "line 1: too many nested"),
    (b"READS = f()", "line 1: malformed")])
def test_a_module_that_is_no_python_is_a_line_with_its_name(project, source, said):
    (project.code / "plain.py").write_bytes(source)
    with pytest.raises(ChapterError, match=f"^src/helpers/plain.py, {said}.*git diff") as refused:
        closure.modules(project, ["from helpers import late"])
    assert "\n" not in str(refused.value)
    assert reached(project, "import helpers.circle") == ["__init__.py", "circle.py", "round.py"]
