"""Arrows between modules point downwards, there is no circle, and each rule can fail."""

import ast
import graphlib
import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from small_book import REAL

# Lowest first. A module may import from layers below its own and from its own; a name stands for
# all modules of a package.
ANALYSIS, WORK = "every other module of helpers", "every other module of pipeline"
LAYERS = [
    ("words", "said", "project", "files", "characters"), ("registry",), ("parameters",),
    ("datasets",),
    ("results",), (ANALYSIS,), ("figures",), ("tables", "explorers"),
    ("pipeline.running",), ("pipeline.naming", "pipeline.notebooks"),
    ("pipeline.contents", "pipeline.described", "pipeline.pages"), ("pipeline.chapters",),
    ("pipeline.closure",),
    ("pipeline.plan",), ("pipeline.store",), ("pipeline.execute",),
    ("pipeline.edition", "pipeline.compare", "pipeline.moved"), ("pipeline.site",), (WORK,),
    ("pipeline.cli",),
]
KNOWN = {name: place for place, layer in enumerate(LAYERS) for name in layer}
EMPTY = ("", "pipeline")  # packages without code of their own
MAY_READ_THE_ENVIRONMENT = re.compile(r"project|pipeline\.running(\..*)?|pipeline\.cli(\..*)?")


@cache
def sources(package: Path) -> dict[str, str]:
    """Source of every module by its name inside the package."""
    found = {}
    for file in package.rglob("*.py"):
        parts = file.relative_to(package).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file.read_text("utf-8")
    return found


@cache
def nodes(source: str) -> list[ast.AST]:
    """What matters here of a source: imports and attributes."""
    return [node for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Import | ast.ImportFrom | ast.Attribute)]


def imported(source: str, known: Iterable[str], own: str = "") -> set[str]:
    """Modules of the package that a source imports, at its top or inside functions."""
    found = set()
    for node in nodes(source):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{own}: imports are written from `helpers`"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in (name for name in names if name.split(".")[0] == "helpers"):
            name = name.removeprefix("helpers").removeprefix(".")
            while name not in known:
                name = name.rpartition(".")[0]
            found.add(name)
    return found - {own}


def layer(module: str) -> int:
    name = module
    while name and name not in KNOWN:
        name = name.rpartition(".")[0]
    if name:
        return KNOWN[name]
    return KNOWN[WORK if module.startswith("pipeline.") else ANALYSIS]


def room(module: str) -> str:
    """What a module lies in: its package, or itself at the top of the house."""
    parts = module.split(".")
    return ".".join(parts[:2] if parts[0] == "pipeline" else parts[:1])


def faults(modules: dict[str, str]) -> list[str]:
    """Arrows against the rule, circles, and readers of the environment."""
    arrows = {name: imported(source, modules, name) - set(EMPTY)
              for name, source in modules.items()}
    found = [f"{name} imports {other}, which lies above it" for name in arrows
             for other in sorted(arrows[name]) if layer(other) > layer(name)]
    found += [f"{name} imports {other}: what runs chapters knows nothing of the book"
              for name in arrows if room(name) == "pipeline.running"
              for other in sorted(arrows[name]) if room(other) != "pipeline.running"]
    found += [f"{name} imports {other}: only commands know commands" for name in arrows
              for other in sorted(arrows[name])
              if room(other) == "pipeline.cli" != room(name)]
    try:
        # Modules of a package import each other; the package itself gathers them.
        graphlib.TopologicalSorter(arrows).prepare()
    except graphlib.CycleError as error:
        found.append(f"a circle: {' -> '.join(error.args[1])}")
    return found + [f"{name} reads the environment" for name, source in modules.items()
                    if reads_environment(source) and not MAY_READ_THE_ENVIRONMENT.fullmatch(name)]


def reads_environment(source: str) -> bool:
    names = ("environ", "getenv", "putenv")
    return any(
        node.attr in names and ast.unparse(node.value) == "os" if isinstance(node, ast.Attribute)
        else isinstance(node, ast.ImportFrom) and node.module == "os"
        and any(alias.name in names for alias in node.names) for node in nodes(source))


def chapter_faults(source: str) -> list[str]:
    """What a cell imports that no chapter may."""
    modules = sources(REAL.code)
    return [name for name in imported(source, modules) if room(name).startswith("pipeline.")
            or name == "pipeline"]


@pytest.fixture(scope="module")
def modules():
    return sources(REAL.code)


def test_arrows_point_downwards_and_nothing_below_reads_the_environment(modules):
    assert len(modules) > 60 and faults(modules) == []


def test_every_named_module_is_there(modules):
    """A module that is renamed would else leave its layer without a word."""
    assert {name for name in KNOWN if name not in (ANALYSIS, WORK)} <= set(modules)


def test_chapters_import_nothing_of_the_pipeline():
    for file in REAL.chapters.glob("*.ipynb"):
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                assert chapter_faults("".join(cell["source"])) == [], file.name


@pytest.mark.parametrize("module, line, said", [
    ("words", "from helpers import results", "words imports results, which lies above it"),
    ("files", "from helpers.registry import Registry", "files imports registry"),
    ("registry", "from helpers import parameters", "registry imports parameters"),
    ("growth.fits", "from helpers import figures", "growth.fits imports figures"),
    ("markets", "def f():\n    from helpers.pipeline import store", "markets imports pipeline.sto"),
    ("a_new_one", "import helpers.tables", "a_new_one imports tables"),
    ("pipeline.running.watch", "from helpers import parameters", "knows nothing of the book"),
    ("pipeline.running.work", "from helpers.pipeline import store", "lies above it"),
    ("pipeline.chapters", "from helpers.pipeline import plan", "imports pipeline.plan"),
    ("pipeline.closure", "from helpers.pipeline.execute import How", "imports pipeline.execute"),
    ("pipeline.store", "from helpers.pipeline import edition", "imports pipeline.edition"),
    ("pipeline.site.sphinx", "from helpers.pipeline import building", "imports pipeline.building"),
    ("pipeline.sweep", "from helpers.pipeline.cli import options", "imports pipeline.cli.options"),
    ("growth.rates", "from helpers.growth import fits\nfrom helpers import markets", "a circle: "),
    ("pipeline.sweep", "from helpers.pipeline import accept\nimport helpers.pipeline.a", None),
    ("datasets", "import os\nx = os.environ['BOOK_DATA']", "datasets reads the environment"),
    ("markets", "from os import environ", "markets reads the environment"),
    ("pipeline.store", "import os\nos.getenv('X')", "pipeline.store reads the environment"),
    ("pipeline.running.stock", "import os\nos.environ.get('X')", None),
])
def test_a_planted_arrow_is_found(modules, module, line, said):
    found = faults({**modules, module: modules.get(module, "") + "\n" + line})
    assert found == [] if said is None else any(said in fault for fault in found), found


def test_a_circle_is_found():
    assert any("a circle" in fault for fault in faults({
        "": "", "markets": "from helpers import counts", "counts": "import helpers.dates",
        "dates": "from helpers.markets import x"}))


@pytest.mark.parametrize("line", [
    "from helpers import pipeline", "import helpers.pipeline.store",
    "from helpers.pipeline import edition", "from helpers.pipeline.plan import make"])
def test_a_chapter_that_imports_the_pipeline_is_found(line):
    assert chapter_faults(line) and not chapter_faults("from helpers import datasets, audit")
