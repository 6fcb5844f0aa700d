"""What every committed chapter keeps to, and proof that each check can fail."""

import ast
import builtins
import copy
import json
import keyword
import re

import nbformat
import pytest

from helpers import datasets, parameters, paths, results
from helpers.pipeline import edition, store

CHAPTERS = edition.chapters()


def read(name):
    """A committed chapter as nbformat reads it."""
    return nbformat.read(store.chapter_path(name), as_version=4)


@pytest.fixture(scope="module", params=CHAPTERS)
def chapter(request):
    return read(request.param)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def changed(notebook, position, source, kind="code"):
    """A copy of a notebook with one cell's source replaced."""
    altered = copy.deepcopy(notebook)
    [cell for cell in altered.cells if cell.cell_type == kind][position]["source"] = source
    return altered


# ------------------------------------------------------------------ parameters cell


def parameter_faults(notebook):
    """Differences between the parameters cell and the registry, and names nobody reads."""
    declared = store.declared_parameters(notebook)
    defaults = parameters.defaults()
    faults = [f"{name} is not in the registry" for name in declared if name not in defaults]
    faults += [f"{name} is {value!r}, the registry says {defaults[name]!r}"
               for name, value in declared.items() if name in defaults and value != defaults[name]]
    faults += [f"{name} cannot be injected safely" for name in declared
               if keyword.iskeyword(name) or hasattr(builtins, name)]
    cell = store.parameters_cell(notebook)
    faults += [f"line {number} has no comment with unit and meaning"
               for number, line in enumerate(cell.source.splitlines(), start=1) if "#" not in line]
    later = code_cells(notebook)[code_cells(notebook).index(cell) + 1:]
    read = set()
    for other in later:
        tree = ast.parse(other.source)
        checks = [node for node in ast.walk(tree) if isinstance(node, ast.Call)
                  and ast.unparse(node.func) == "parameters.check"]
        inside = {id(name) for call in checks for name in ast.walk(call)}
        read |= {node.id for node in ast.walk(tree)
                 if isinstance(node, ast.Name) and id(node) not in inside}
    faults += [f"{name} is never read" for name in declared if name not in read]
    checked = {word.arg for other in later for node in ast.walk(ast.parse(other.source))
               if isinstance(node, ast.Call) and ast.unparse(node.func) == "parameters.check"
               for word in node.keywords}
    faults += [f"{name} is not checked" for name in declared if name not in checked]
    return faults


def test_the_parameters_cell_equals_the_registry(chapter):
    assert parameter_faults(chapter) == []


@pytest.mark.parametrize("source, fault", [
    ("horizon_yaer = 2026  # year", "not in the registry"),
    ("horizon_year = 2027  # year", "the registry says 2026"),
    ("draws = 100_000  # count", "draws is never read"),
    ("draws = 100_000", "no comment"),
])
def test_a_wrong_parameters_cell_is_found(source, fault):
    notebook = changed(read("2-3-market-expansion"), 0, source)
    assert any(fault in found for found in parameter_faults(notebook))


@pytest.mark.parametrize("source", ["a = 1\nb = a + 1", "import os", "a, b = 1, 2", "a += 1"])
def test_a_computed_parameter_is_refused(source):
    notebook = changed(read("2-3-market-expansion"), 0, source)
    with pytest.raises(store.ChapterError, match="name = literal"):
        store.declared_parameters(notebook)


def test_two_parameters_cells_are_refused():
    notebook = copy.deepcopy(read("2-3-market-expansion"))
    code_cells(notebook)[1].metadata["tags"] = ["parameters"]
    with pytest.raises(store.ChapterError, match="found 2"):
        store.parameters_cell(notebook)


# ------------------------------------------------------------------ code and outputs


def code_faults(notebook):
    """Cells that would read differently in Jupyter, papermill, nbval and the book."""
    faults = []
    for position, cell in enumerate(code_cells(notebook), start=1):
        if cell.source.rstrip().endswith(";"):
            faults.append(f"cell {position} ends with a semicolon, which nbval ignores")
        if cell.execution_count != position:
            faults.append(f"cell {position} is stripped or out of order: run `book accept`")
        if not {"hide-input", "remove-cell"} & set(cell.metadata.get("tags", [])):
            faults.append(f"cell {position} is not hidden in the book")
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Attribute) and re.match(r"read_|to_csv|savefig", node.attr):
                faults.append(f"cell {position} calls {node.attr}: use helpers.datasets instead")
            if isinstance(node, (ast.Import, ast.ImportFrom)) and "pipeline" in ast.unparse(node):
                faults.append(f"cell {position} imports the pipeline")
    return faults


def output_faults(notebook):
    """Outputs that nbval cannot compare or readers cannot use."""
    faults = []
    for position, cell in enumerate(code_cells(notebook), start=1):
        pictures = 0
        for output in cell.outputs:
            if output.output_type in ("stream", "error", "execute_result"):
                faults.append(f"cell {position} prints: {str(output)[:80]}")
                continue
            kinds = set(output.data)
            if kinds & {"image/png", "image/jpeg"}:
                faults.append(f"cell {position} has a bitmap, which nbval never compares")
            if "image/svg+xml" in kinds:
                pictures += 1
                if len(output.metadata.get("book", {}).get("alt", "").split()) < 6:
                    faults.append(f"cell {position} has a figure without alternative text")
        if pictures > 1:
            faults.append(f"cell {position} has {pictures} figures; one text serves a whole cell")
        if "nbval-ignore-output" in cell.metadata.get("tags", []):
            faults.append(f"cell {position} is not compared")
    return faults


def test_the_code_runs_the_same_everywhere(chapter):
    assert code_faults(chapter) == []


def test_outputs_can_be_compared_and_read(chapter):
    assert output_faults(chapter) == []


@pytest.mark.parametrize("source, fault", [
    ("x = 1;", "semicolon"), ("frame = pd.read_csv('x.csv')", "read_csv"),
    ("from helpers.pipeline import edition", "imports the pipeline"),
])
def test_a_wrong_cell_is_found(source, fault):
    notebook = changed(read("2-3-market-expansion"), 1, source)
    assert any(fault in found for found in code_faults(notebook))


def test_stripped_outputs_are_found():
    notebook = copy.deepcopy(read("2-3-market-expansion"))
    code_cells(notebook)[2]["execution_count"] = None
    assert any("stripped" in fault for fault in code_faults(notebook))


@pytest.mark.parametrize("output, fault", [
    ({"output_type": "stream", "name": "stdout", "text": "x"}, "prints"),
    ({"output_type": "display_data", "data": {"image/png": ""}, "metadata": {}}, "bitmap"),
    ({"output_type": "display_data", "data": {"image/svg+xml": ""}, "metadata": {}}, "alternative"),
])
def test_a_wrong_output_is_found(output, fault):
    notebook = copy.deepcopy(read("2-3-market-expansion"))
    code_cells(notebook)[1]["outputs"] = [nbformat.from_dict(output)]
    assert any(fault in found for found in output_faults(notebook))


# ------------------------------------------------------------------ prose

# Digits that are no results: section and table numbers, names in backquotes, glue, links, formulae.
NOT_TYPED = [
    r"```.*?```", r"\$\$.*?\$\$", r"\$[^$\n]+\$", r"\{glue:text\}`[^`]*`", r"`[^`]*`",
    r"\]\([^)]*\)", r"\{(?:cite|doc|ref)[^}]*\}`[^`]*`", r"^#+ .*$",
    r"\b[Ss]ections? \d+(?:\.\d+)*(?:(?:,| and| to) \d+(?:\.\d+)*)*", r"\bTable 1\b",
    r"\b[PX]\d\d[a-z]?\b", r"\bIndustry 4\.0\b", r"\bSociety 5\.0\b", r"\b5G\b",
]


def typed_numbers(notebook):
    """Numbers typed into prose, which would stay when the results move."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = cell.source
            for pattern in NOT_TYPED:
                text = re.sub(pattern, " ", text, flags=re.S | re.M if "```" in pattern else re.M)
            found += re.findall(r"[^\s]*\d[^\s]*", text)
    return found


def glue_faults(notebook):
    """Names that prose glues in but no cell records."""
    recorded = {entry["name"] for entry in results.entries(notebook)}
    wanted = {name for cell in notebook.cells if cell.cell_type == "markdown"
              for name in re.findall(r"\{glue:text\}`([a-z0-9_]+)[^`]*`", cell.source)}
    return sorted(wanted - recorded)


def test_no_number_is_typed_into_prose(chapter):
    assert typed_numbers(chapter) == []


@pytest.mark.parametrize("text, number", [
    ("The market grows by 8.9 % a year.", "8.9"), ("In 2026 it ends.", "2026"),
    ("It is {glue:text}`x` or 12 times as large.", "12"),
])
def test_a_typed_number_is_found(text, number):
    notebook = changed(read("2-3-market-expansion"), 1, text, "markdown")
    assert any(number in found for found in typed_numbers(notebook))


def test_section_numbers_names_and_glue_are_not_typed_numbers():
    text = ("Section 2.3 and sections 3.1 to 3.5, Table 1, `draws_2`, {glue:text}`answer_1`, "
            "Industry 4.0, $x^2$, finding P05.")
    notebook = changed(read("2-3-market-expansion"), 1, text, "markdown")
    assert typed_numbers(notebook) == []


def test_everything_glued_is_recorded(chapter):
    assert glue_faults(chapter) == []


def test_a_missing_record_is_found():
    notebook = changed(read("2-3-market-expansion"), 1,
                       "{glue:text}`no_such_result`", "markdown")
    assert glue_faults(notebook) == ["no_such_result"]


def test_question_answer_and_limits_are_there(chapter):
    prose = [cell.source for cell in chapter.cells if cell.cell_type == "markdown"]
    assert prose[0].startswith("# ") and "{div} question" in prose[0] and "{div} answer" in prose[0]
    assert "limits" in prose[-1]


# ------------------------------------------------------------------ ledger


def test_the_ledger_rests_on_claims_that_exist(chapter):
    ledger = results.read(chapter, "chapter")
    assert (ledger["type"] == "result").any()
    known = set(datasets.load("claims")["claim_id"])
    used = {claim for claims in ledger["claims"] for claim in claims}
    assert used <= known


def test_the_ledger_is_plain_json(chapter):
    for entry in results.entries(chapter):
        json.dumps(entry, allow_nan=False)


def test_every_chapter_file_is_in_the_contents():
    files = {file.stem for file in paths.CHAPTERS.glob("*.ipynb")}
    assert files == set(CHAPTERS)


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_chapter_has_a_figure_or_a_table_and_declares_its_data(name):
    notebook = read(name)
    shown = [output for cell in code_cells(notebook) for output in cell.outputs
             if "book" in output.get("metadata", {})]
    assert shown
    assert set(store.declared_data(notebook)) <= set(datasets.names())
    assert store.declared_data(notebook)


def test_a_computed_table_name_is_refused():
    notebook = changed(read("2-3-market-expansion"), 1, "datasets.load('a' + x)")
    with pytest.raises(store.ChapterError, match="in quotes"):
        store.declared_data(notebook)
