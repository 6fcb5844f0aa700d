"""Rule: no number is typed into what readers see, as a digit or as a word that counts.

Prose is held to it in `prose`; here are the texts that code makes, headings, and number words. What
a book may say all the same stands in pyproject.toml, by reason: [tool.book.no_count].
"""

import ast
import builtins
import re
from collections.abc import Collection, Iterable, Mapping

from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check import texts
from helpers.pipeline.check.parts import at, numbered, prose_of

Reasons = Mapping[str, Iterable[str]]  # why a word may stand -> patterns of such words

SECTION = r"\d(?:\.\d+)*s?"
# Places in a text that a book speaks of, and what stands in quotes of code.
PLACES = (
    rf"\b[Ss]ections? {SECTION}(?:(?:,| and| to|, and| or) {SECTION})*\b",
    r"`[^`]*`", r"\{glue:text\}`[^`]*`", r"\]\([^)]*\)", r"(?s)```.*?```", r"\$[^$\n]+\$",
    r"\{\w+\}",  # a value that `format` puts in
)
WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    "seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|"
    "thousand|dozen|half|halves|thirds?|quarters?|tenth|twice|thrice|threefold")
NUMBER = re.compile(r"[^\s]*\d[^\s]*|\b(?:" + WORDS + r")\b", re.IGNORECASE)
HEADING = re.compile(r"(?m)^#+ (.*)$")
# A title begins with the chapter's own number.
OWN_NUMBER = re.compile(rf"^(?:{SECTION}|[A-Z]\d) ")


def typed_faults(chapter: Chapter, may_stand: Reasons) -> list[str]:
    """Numbers typed into texts of code, and number words and headings typed into prose."""
    found = []
    for place, cell in numbered(chapter):
        for number, line in typed_in_code(cell["source"], may_stand):
            found.append(at(chapter, place, (
                f"line {line} types {number!r} into a text. Format it from a record, a parameter "
                f"or data (words.count_in_words); what is no count goes to [tool.book.no_count] "
                f"in pyproject.toml, with its reason")))
        for value, line in typed_values(cell["source"], imported(chapter)):
            found.append(at(chapter, place, (
                f"line {line} puts the typed value {value} where a result belongs. Name the "
                f"parameter, constant or data that it comes from")))
    for number in typed_in_prose(chapter, may_stand):
        found.append(f"{chapter.name}, prose: {number!r} is a number typed by hand and would stay "
                     f"when results move. Say it in a sentence of code and glue that; what is no "
                     f"count goes to [tool.book.no_count] in pyproject.toml, with its reason.")
    return found


def typed_in_code(source: str, may_stand: Reasons) -> list[tuple[str, int]]:
    """Numbers typed into texts of a source, each with its line."""
    return [(number, text.line) for text in texts.shown(source)
            for number in left_in(text.text, NUMBER, may_stand)]


def imported(chapter: Chapter) -> set[str]:
    """Names that a chapter imports."""
    return {alias.asname or alias.name for cell in chapter.code_cells
            for node in ast.walk(ast.parse(cell["source"]))
            if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names}


def typed_values(source: str, tools: Collection[str] = ()) -> list[tuple[str, int]]:
    """Literals in the place of a result, each with its line: in an f-string, record or table.

    Parameters
    ----------
    source : str
    tools : collection of str
        Names that hold no data: what the chapter imports.
    """
    places = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FormattedValue(value=value):
                places.append(value)
            case ast.Call(func=ast.Attribute(attr="record", value=ast.Name(id="results")),
                          args=[_, value, *_]):
                places.append(value)
            case ast.Call(func=ast.Attribute(attr="DataFrame"), args=[ast.Dict(values=values), *_]):
                places += [value for value in values if isinstance(value, ast.List | ast.Tuple)]
    return [(ast.unparse(value), value.lineno) for value in places if _is_typed(value, tools)]


def _is_typed(node: ast.AST, tools: Collection[str]) -> bool:
    """Whether a number in an expression is all that it is made of."""
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return names <= {*tools, *dir(builtins)} and any(
        isinstance(each, ast.Constant) and type(each.value) in (int, float)
        for each in ast.walk(node))


def typed_in_prose(chapter: Chapter, may_stand: Reasons) -> list[str]:
    """Number words of the prose, and digits of its headings."""
    found = []
    for text in prose_of(chapter):
        paragraphs = " ".join(HEADING.sub("", text).split())
        for number in left_in(paragraphs, NUMBER, may_stand):
            if not re.search(r"\d", number):
                found.append(number)
        for heading in HEADING.findall(text):
            found += left_in(OWN_NUMBER.sub("", heading), NUMBER, may_stand)
    return found


def left_in(text: str, wanted: re.Pattern, may_stand: Reasons) -> list[str]:
    """What a pattern finds in a text without the words that may stand: each is a fault."""
    if not wanted.search(text):
        return []
    patterns = (pattern for group in may_stand.values() for pattern in group)
    for pattern in (*patterns, *PLACES):
        text = re.sub(pattern, " ", text)
    return wanted.findall(text)
