"""A small book with every sort of piece and of parameter, built whole, for tests of the panel.

Chapters run in a moment, so that tests ask the real server; what no chapter can be brought to say,
such as an answer that comes late or one with a script in it, is planted on its way to the browser.
"""

import json

import nbformat
import small_book

PATH, OTHER, SHARES, BROKEN = "1-path", "2-other", "3-shares", "4-broken"
CHECK = "from helpers import figures, parameters, results, tables\nparameters.check(globals())\n"
RECORDS = CHECK + """
results.record('last', horizon_year, unit='year', label='Last year of the path')
results.record('held', 7, unit='count', label='What nothing moves')
results.sentence('ends', f'The path ends in {horizon_year}, and it falls to {damping} of its size.')
results.sentence('still', 'It is a path.')
"""
FIGURE = """
import pandas as pd
frame = pd.DataFrame({'year': range(2010, horizon_year + 1)})
frame['size'] = [damping ** place for place in range(len(frame))]
figure, axes = figures.new(f'Down to {horizon_year}', 'Size, USD', source='this test', height=1.5)
axes.plot(frame['year'], frame['size'])
figures.show(figure, 'path', data=frame, alt=f'A line that falls until {horizon_year}.')
"""
TABLES = """
import pandas as pd
sums = range(horizon_year, horizon_year + 12)
tables.show(pd.DataFrame({'year': range(2000, 2012), 'sum': sums}), 'sums', caption='Sums')
tables.show(pd.DataFrame({'year': [2020]}), 'first', caption='The first year')
"""
EXPLORER = """
from helpers import explorers
import pandas as pd
levels = pd.DataFrame({'one': ['High', 'Low'], 'other': ['Medium', 'High']}, index=['A', 'B'])
explorers.weights(levels, weights=[0.5, 0.5], position=damping / 2, name='weights')
"""
TEXT = """## What it says

{glue:text}`ends:s`

{glue:text}`still:s` The last year is {glue:text}`last:s`, and {glue:text}`held:s` stays.
"""
OF_SHARES = CHECK + """
results.record('first_share', dimension_weights[0], unit='fraction', label='First share')
results.record('choice', str(merge_identical_columns) + display_currency + min_confidence
               + dating_rule + str(aggregation_power) + str(random_seed), unit='-', label='Choices')
"""
ALL_SORTS = """dimension_weights = [0.2, 0.2, 0.2, 0.2, 0.2]  # fractions
merge_identical_columns = False  # bool
display_currency = "original"  # name
min_confidence = "medium"  # name
dating_rule = "stated_only"  # name
aggregation_power = 1.0  # power
random_seed = 20190  # seed"""
FAILS = CHECK + """
if horizon_year > 2030:
    raise ValueError(f'no path to {horizon_year}')
results.record('z', horizon_year, unit='year', label='Z')
"""
INTRO = f"""# A small book

A few chapters. {{glue:text}}`chapters/{PATH}.ipynb::ends:s`

The last year: {{glue:text}}`chapters/{PATH}.ipynb::last:s`; of the broken one:
{{glue:text}}`chapters/{BROKEN}.ipynb::z:s`.

:::{{exhibit}} {PATH} path
:::
"""
LISTED = "".join(f"      - file: {page}\n" for page in (
    *(f"chapters/{name}" for name in (PATH, OTHER, SHARES, BROKEN)),
    "what-changed", "all-results", "sources", "parameters"))


def chapter(project, name: str, head: str, *cells: str) -> None:
    """Write a chapter whose cells are code, or Markdown where they begin with ``##``."""
    new = nbformat.v4
    made = [new.new_markdown_cell(small_book.FIRST),
            new.new_code_cell(head, metadata={"tags": ["parameters", "hide-input"]}),
            *[new.new_markdown_cell(cell) if cell.startswith("##")
              else new.new_code_cell(cell, metadata={"tags": ["hide-input"]}) for cell in cells],
            new.new_markdown_cell("## What this rests on, and its limits")]
    for number, cell in enumerate(made):
        cell["id"] = f"cell-{number}"
    nbformat.write(new.new_notebook(cells=made), project.chapters / f"{name}.ipynb")


def write(folder):
    """Write the book; its pages are not built."""
    project = small_book.make(folder)
    chapter(project, PATH, "horizon_year = 2026  # year\ndamping = 0.9  # fraction",
            RECORDS, TEXT, FIGURE, TABLES, EXPLORER)
    chapter(project, OTHER, "damping = 0.9  # fraction", CHECK
            + "results.record('rest', damping, unit='fraction', label='Rest')")
    chapter(project, SHARES, ALL_SORTS, OF_SHARES,
            "## Shares\n\nThe first is {glue:text}`first_share:s`, chosen {glue:text}`choice:s`.")
    chapter(project, BROKEN, "horizon_year = 2026  # year", FAILS,
            "## Broken\n\nIts year is {glue:text}`z:s`.")
    small_book.scenario(project, "later", horizon_year=2030)
    (project.root / "intro.md").write_text(INTRO, encoding="utf-8")
    (project.root / "_toc.yml").write_text(
        f"format: jb-book\nroot: intro\nparts:\n  - chapters:\n{LISTED}", encoding="utf-8")
    return project


def answer(name: str, address: str, **parts) -> dict:
    """An answer that says nothing, but for the parts that are given."""
    return {"chapter": name, "address": address, "key": "0" * 64, "seconds": 0.0, "cached": True,
            "status": "ok", "reason": "", "command": "", "values": {}, "records": {}, "gone": [],
            "new": [], "exhibits": {}, "explorers": {},
            "held": {"results": 0, "sentences": 0, "exhibits": 0}, **parts}


def record(text: str, old: str, sort: str = "result") -> dict:
    """A record of an answer."""
    return {"sort": sort, "text": text, "old": old, "label": "", "unit": "", "change": None,
            "status": ""}


def as_script(call: str, told) -> str:
    """An answer as a file of a static site."""
    return f"{call}({json.dumps(told)});\n"
