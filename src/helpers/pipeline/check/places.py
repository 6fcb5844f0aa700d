"""Rules for where outputs lie: under the cell that makes them, and before a reader's eyes."""

import ast
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from helpers import results
from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check.exhibits import exhibits
from helpers.pipeline.check.ledger import GLUED
from helpers.pipeline.check.parts import at, numbered, prose_of

TAGS = {"hide-input", "parameters"}  # others hide what a cell shows, or switch a comparison off


def place_faults(chapter: Chapter, glued_elsewhere: Iterable[str] = ()) -> list[str]:
    """Outputs under a cell that does not name them, and results that no reader meets.

    Parameters
    ----------
    chapter : Chapter
    glued_elsewhere : iterable of str
        Names of this chapter's records that other pages of the book glue in.
    """
    return [*_tag_faults(chapter), *_outputs_elsewhere(chapter), *_unread_names(chapter),
            *_unglued(chapter, set(glued_elsewhere))]


def _tag_faults(chapter: Chapter) -> list[str]:
    return [at(chapter, place, f"the tag {tag!r} would hide what it shows, or keep it from being "
                               f"compared. Remove the tag")
            for place, cell in numbered(chapter)
            for tag in cell["metadata"].get("tags", []) if tag not in TAGS]


# ------------------------------------------------------------------ outputs and their cells


def _outputs_elsewhere(chapter: Chapter) -> list[str]:
    """Outputs whose name their cell does not write, nor what the cell calls."""
    trees = {place: _parsed(cell["source"]) for place, cell in numbered(chapter)}
    binds = {name: place for place, tree in trees.items() for name in _bound(tree)}
    found = []
    for place, cell in numbered(chapter):
        names = [(kind, name) for output in cell.get("outputs", [])
                 for kind, name in _named(output)]
        if not names:
            continue
        texts, gaps = _written(place, trees, binds)
        found += [at(chapter, place, f"the {kind} {name} lies under it, and it does not make one "
                                     f"of this name. Type: book accept {chapter.name}")
                  for kind, name in names
                  if name not in texts and not any(gap.fullmatch(name) for gap in gaps)]
    return found


def _named(output: Mapping) -> Iterable[tuple[str, str]]:
    about = output.get("metadata", {}).get("book", {})
    for kind in ("figure", "table"):
        if kind in about:
            yield kind, about[kind]
    if results.MIME in output.get("data", {}):
        entry = output["data"][results.MIME]
        yield entry["type"], entry["name"]


def _written(place: int, trees: Mapping, binds: Mapping) -> tuple[set, set]:
    """Texts of a cell and of what it uses, and patterns of those with gaps (f-strings)."""
    seen, waiting, texts, gaps = set(), [place], set(), set()
    while waiting:
        now = waiting.pop()
        if now in seen:
            continue
        seen.add(now)
        own, open_ones = _texts(trees[now])
        texts, gaps = texts | own, gaps | open_ones
        waiting += [binds[name] for name in _used(trees[now]) if name in binds]
    return texts, gaps


@lru_cache(maxsize=4096)
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)


@lru_cache(maxsize=4096)
def _texts(tree: ast.Module) -> tuple[frozenset[str], frozenset[re.Pattern]]:
    texts, gaps = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.add(node.value)
        if isinstance(node, ast.JoinedStr):
            gaps.add("".join(re.escape(part.value) if isinstance(part, ast.Constant) else ".+"
                             for part in node.values))
    return frozenset(texts), frozenset(map(re.compile, gaps - {".+"}))


@lru_cache(maxsize=4096)
def _used(tree: ast.Module) -> frozenset[str]:
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name)
                     and isinstance(node.ctx, ast.Load))


@lru_cache(maxsize=4096)
def _bound(tree: ast.Module) -> frozenset[str]:
    """Names that a cell gives at its top level: values, functions, loops."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return frozenset(names)


def _unread_names(chapter: Chapter) -> list[str]:
    """Values made and read by nothing: what showed them is gone."""
    trees = {place: _parsed(cell["source"]) for place, cell in numbered(chapter)
             if "parameters" not in cell["metadata"].get("tags", [])}
    read = {name for tree in trees.values() for name in _used(tree)}
    found = []
    for place, tree in trees.items():
        for node in tree.body:
            made = _made_by(node)
            if made and not made & read:
                found.append(at(chapter, place, f"{min(made)} is made and nothing reads it. Show "
                                                f"it, or delete its line"))
    return found


def _made_by(node: ast.stmt) -> set[str]:
    """Names that a statement is there for; none where it does more than give them."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.split(".")[0] for alias in node.names}
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Assign) and not any(
            isinstance(part, ast.Call) and "results." in ast.unparse(part.func)
            for part in ast.walk(node)):
        return {name.id for target in node.targets for name in ast.walk(target)
                if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}
    return set()


# ------------------------------------------------------------------ what readers meet


def _unglued(chapter: Chapter, elsewhere: set[str]) -> list[str]:
    """Sentences, quotes and refusals that no text shows."""
    prose = prose_of(chapter)
    glued, first = glued_in(prose) | elsewhere, glued_in(prose[:1])
    hidden = [entry["name"] for entry in results.entries(chapter.notebook)
              if entry["type"] == "sentence" and entry["name"].startswith("answer")
              and entry["name"] in glued and entry["name"] not in first]
    return [f"{chapter.name}: the answer {name} does not stand in the first text. Write "
            f"{{glue:text}}`{name}` between `:::{{div}} answer` and `:::`."
            for name in hidden] + [
            f"{chapter.name}: the {entry['type']} {entry['name']} is recorded and no text shows "
            f"it. Write {{glue:text}}`{entry['name']}` where it belongs, or delete it."
            for entry in results.entries(chapter.notebook)
            if entry["name"] not in glued and entry["type"] in ("sentence", "quote")]


def unseen(chapter: Chapter) -> list[str]:
    """Results that no text, figure or table of the chapter shows, such as those for scenarios."""
    shown, glued = exhibits(chapter), glued_in(prose_of(chapter))
    entries = results.entries(chapter.notebook)
    texts = "\n".join([
        *(entry["text"] for entry in entries if entry["type"] != "result"),
        *(text for each in shown for text in each.words.values()),
        *(cell for each in shown for row in [*each.shown, *each.rows] for cell in row)])
    return [entry["name"] for entry in entries if entry["type"] == "result"
            and entry["name"] not in glued and entry["text"] not in texts]


def glued_in(texts: Iterable[str]) -> set[str]:
    """Names that texts glue in."""
    return {name for text in texts for name in GLUED.findall(text)}
