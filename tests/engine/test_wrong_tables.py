"""A table that is not what it seems is refused in one line that names file, row and column."""

import json
import os
import socket
from contextlib import chdir

import pytest
import small_book
from hypothesis import given, settings
from hypothesis import strategies as st
from small_book import REAL

from helpers import characters, datasets
from helpers.datasets import cells, printed, rows
from helpers.project import Project

TABLES = {
    "claims": [
        {"name": "claim_id", "type": "string", "constraints": {"required": True, "unique": True}},
        {"name": "printed", "type": "string", "constraints": {"required": True}},
        {"name": "value", "type": "number"},
        {"name": "half_width", "type": "number"},
        {"name": "unit", "type": "string", "constraints": {"required": True}}],
    "events": [
        {"name": "date", "type": "string", "constraints": {
            "pattern": r"^(?:\d{4}(-\d{2}){0,2}~?|(\d{4}(-\d{2}){0,2}|\.\.)/\d{4}(-\d{2}){0,2})$"}},
        {"name": "count", "type": "integer", "constraints": {"required": True}},
        {"name": "open", "type": "boolean"},
        {"name": "year", "type": "year"},
        {"name": "period_start", "type": "string"},
        {"name": "period_end", "type": "string"},
        {"name": "note", "type": "string"}],
}
GOOD = {
    "claims": "claim_id,printed,value,half_width,unit\n"
              "a,USD 17.251 billion,17.251,0.0005,USD_billion\nb,52%,52,0.5,percent\n"
              "c,four,4,,count\nd,first half of 2020,2020,,year\ne,3.718 × 106 million,,,number\n",
    "events": "date,count,open,year,period_start,period_end,note\n"
              "2019-02,3,yes,2019,2018-10,2018,plain\n2009~,-4,no,,,,\"with, comma\"\n"
              "../2020-06,5,,,2019,2019,\"a \"\"quoted\"\" word\"\n2017/2019-02-28,6,,,,,\n",
}


def described(name, fields):
    return {"name": name, "path": f"paper/{name}.csv", "title": "T", "description": "D",
            "origin": "coded", "sources": [], "licenses": [], "schema": {"fields": fields}}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Two tables and their description."""
    root = tmp_path_factory.mktemp("book")
    (root / "data" / "paper").mkdir(parents=True)
    package = {"resources": [described(name, fields) for name, fields in TABLES.items()]}
    (root / "data" / "datapackage.json").write_text(json.dumps(package))
    return Project.at(root)


def put(project, name, text):
    file = project.data / "paper" / f"{name}.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def refusal(project, name, text):
    """The one line by which a table is refused."""
    put(project, name, text)
    with pytest.raises(datasets.DataError) as refused:
        datasets.load(name, project)
    said = str(refused.value)
    assert said.startswith(f"data/paper/{name}.csv") and "\n" not in said and len(said) < 400, said
    return said


@pytest.mark.parametrize("name", GOOD)
def test_what_is_right_is_taken(project, name):
    put(project, name, GOOD[name])
    assert len(datasets.load(name, project)) == GOOD[name].count("\n") - 1
    put(project, name, GOOD[name].replace("\n", "\r\n"))
    assert len(datasets.load(name, project)) == GOOD[name].count("\n") - 1
    put(project, name, GOOD[name].removesuffix("\n"))
    assert len(datasets.load(name, project)) == GOOD[name].count("\n") - 1


@pytest.mark.parametrize("old, new, said", [
    ("2019-02,", "2019-99,", "row 2, column date: '2019-99' names a day that no calendar has"),
    ("2019-02,", "2019-00,", "no calendar has"), ("2019-02,", "2019-02-30,", "no calendar has"),
    ("2019-02,", "0000,", "names the year 0000"), ("2019-02,", "0219-02,", "the year 0219"),
    ("2009~", "0009~", "row 3, column date: '0009~' names the year 0009"),
    ("../2020-06", "../2020-13", "row 4"), ("2019-02-28", "2019-02-29", "row 5, column date"),
    ("2017/2019-02-28", "2020/2019-02-28", "ends before it begins"),
    ("2017/2019-02-28", "2017-13/2019", "no calendar has"),
    ("2019-02,", "２０１９-02,", "does not match"), ("2019-02,", "٢٠١٩,", "does not match"),
    (",3,", ",３,", "row 2, column count: '３' is not of type integer; write it with the digits"),
    (",3,", ",٣,", "the digits 0 to 9"), (",3,", ",3.0,", "not of type integer"),
    (",3,", ",1_000,", "without marks between thousands"),
    (",3,", ",\"1,000\",", "without marks between thousands"),
    (",3,", ",1 000,", "without marks between thousands"), (",3,", ",,", "a value is required"),
    (",3,", ", ,", "holds blanks only"), (",3,", ",\u00a0,", "holds blanks only"),
    (",3,", ",3 ,", "begins or ends with a blank"), (",3,", ",\t3,", "control character"),
    (",3,", ",99999999999999999999,", "not of type integer"), (",3,", ",0x3,", "type integer"),
    (",yes,", ",Yes,", "not of type boolean; write yes or no"), (",yes,", ",TRUE,", "boolean"),
    (",2019,2018", ",0000,2018", "row 2, column year: '0000' is not of type year"),
    (",2019,2018", ",19,2018", "type year"), (",2019,2018", ",2019.0,2018", "type year"),
    ("2018-10,2018,", "2018-10,2018-09,", "column period_end: '2018-09' lies before period_start"),
    (",plain", ", plain", "begins or ends with a blank"),
    (",plain", ",plain\u3000", "begins or ends with a blank"),
    (",plain", ",pl\0ain", "control character, U+0000"), (",plain", ",pl\x1bain", "U+001B"),
    (",plain", ",pl\u202eain", "nobody sees, U+202E (right-to-left override)"),
    (",plain", ",pl\u200bain", "U+200B (zero width space)"), (",plain", ",pl\u00adain", "U+00AD"),
    (",plain", ",\ufeffplain", "U+FEFF"), (",plain", ",pl\u2066ain", "U+2066"),
    (",plain", ",pl\ufffdain", "lost between two encodings"), (",plain", ",pl\u2028ain", "break"),
    (",plain", ",pla\u0308in", "its accent as two signs"), (",plain", ",pl\x0bain", "line break"),
    (",plain", ",\"plain", "row 2: a quotation mark is not closed"),
    (",plain", ",\"pl\nain\"", "row 2: a quotation mark is not closed"),
    (",plain", ",pl\"ain", "row 2: a quotation mark"), (",plain", ",\"pl\"ain", "row 2: a quot"),
    (",plain", ",'plain\"", "row 2: a quotation mark"),
    (",plain", ",pl\rain", "row 2: a carriage return alone"),
    (",plain", ",plain,", "row 2: 8 cells where the header has 7"),
    (",plain", "", "row 2: 6 cells where the header has 7"),
    ("\n2009~", "\n\n2009~", "row 3 is empty"),
    (",plain", "," + "x" * 131_073, "row 2: a cell has more than 131,072 signs"),
    ("date,count", "date,date", "row 1: the columns do not match the data package: 'date' stands"),
    ("date,count", "date ,count", "found 'date ', expected 'date'"),
    ("date,count", "Date,count", "found 'Date', expected 'date'"),
])
def test_a_slip_in_a_cell_is_refused_with_its_place(project, old, new, said):
    assert GOOD["events"].count(old) >= 1
    assert said in refusal(project, "events", GOOD["events"].replace(old, new, 1))


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e400", "1e-400", "1_000", "17,251",
                                   "1.000,5", "1'000", "０.5", "1e", "--1", "0x1p3", "1.2.3"])
def test_what_is_no_number_is_refused(project, value):
    cell = f'"{value}"' if "," in value else value
    assert "row 2, column value" in refusal(
        project, "claims", GOOD["claims"].replace(",17.251,", f",{cell},"))


@pytest.mark.parametrize("change", [
    lambda text: text.splitlines()[0], lambda text: "", lambda text: "\n",
    lambda text: text.replace("\n", "\r"), lambda text: text.encode("utf-16"),
    lambda text: text.encode("utf-8-sig"), lambda text: text.replace(",", ";"),
    lambda text: text.replace(",", "\t"), lambda text: b"\xff" + text.encode(),
    lambda text: text.replace(",", "|"), lambda text: text.encode().replace(b"plain", b"pl\xe4in"),
])
def test_a_file_of_another_form_is_refused(project, change):
    refusal(project, "events", change(GOOD["events"]))


@settings(max_examples=60)
@given(st.data())
def test_an_unclosed_mark_anywhere_never_loses_a_row(project, data):
    """Where it does not stand for itself, the row that it is in is named."""
    place = data.draw(st.integers(len("date"), len(GOOD["events"]) - 2))
    spoiled = f'{GOOD["events"][:place]}"{GOOD["events"][place:]}'
    put(project, "events", spoiled)
    with pytest.raises(datasets.DataError, match=f"row {spoiled[:place].count(chr(10)) + 1}: a q"):
        datasets.load("events", project)


# ------------------------------------------------------------------ printed, value and unit


@pytest.mark.parametrize("old, new, said", [
    ("17.251,0.0005,USD_billion", "17251,0.0005,USD_billion", "column value: '17251.0' is not"),
    ("17.251,0.0005,USD_billion", "0.017251,0.0005,USD_billion", "row 2, column value"),
    ("17.251,0.0005,USD_billion", "17.215,0.0005,USD_billion", "row 2, column value"),
    ("USD_billion", "USD_million", "row 2, column unit"), ("USD_billion", "RMB_billion", "unit"),
    ("USD_billion", "percent", "unit"), ("USD_billion", "count", "unit"),
    ("52,0.5,percent", "0.52,0.5,percent", "row 3, column value"),
    ("52,0.5,percent", "52,0.5,count", "row 3, column unit"),
    ("52,0.5,percent", "52,0.5,USD_million", "row 3, column unit"),
    ("52,0.5,percent", "52,0.05,percent", "row 3, column half_width: '0.05' is not half"),
    ("four,4", "four,5", "row 4, column value"), ("2020,2020", "2020,2002", "row 5, column value"),
])
def test_a_number_and_a_unit_that_are_not_the_printed_ones_are_refused(project, old, new, said):
    assert said in refusal(project, "claims", GOOD["claims"].replace(old, new, 1))


def test_a_reader_may_ask_what_if_but_not_in_another_unit(project, tmp_path):
    own = project.with_own_data(tmp_path)

    def load(old, new):
        (tmp_path / "claims.csv").write_text(GOOD["claims"].replace(old, new, 1))
        return datasets.load("claims", own)

    assert load(",17.251,0.0005", ",17,0.5")["value"][0] == 17
    for slip in ("17251", "0.017251", "17251000000"):
        with pytest.raises(datasets.DataError, match="column value.*is not the printed"):
            load(",17.251,", f",{slip},")
    with pytest.raises(datasets.DataError, match="column unit.*not the unit"):
        load("USD_billion", "percent")


def test_every_printed_figure_of_the_book_is_read():
    claims = datasets.load("claims", REAL)
    for claim in claims.to_dict("records"):
        assert printed.figures(claim["printed"]), claim["claim_id"]


# ------------------------------------------------------------------ rows that are gone


def counted(project, rows_before):
    """A book whose data package counts the rows of `events`."""
    for name in TABLES:
        put(project, name, GOOD[name])
    package = json.loads(project.data_package.read_text())
    package["resources"][1]["rows"] = rows_before
    project.data_package.write_text(json.dumps(package))


def test_a_table_that_has_lost_most_of_its_rows_is_not_hashed(project):
    counted(project, 100)
    before = project.data_package.read_bytes()
    with pytest.raises(datasets.DataError, match="events.csv has 4 rows where there were 100"):
        datasets.write_hashes(project)
    assert project.data_package.read_bytes() == before
    counted(project, 5)
    assert datasets.row_changes(project) == ["events: 5 rows -> 4"]
    datasets.write_hashes(project)
    assert datasets.describe("events", project)["rows"] == 4
    assert datasets.row_changes(project) == []


def test_the_data_package_counts_the_rows_of_every_table():
    for name in datasets.names(REAL):
        assert datasets.describe(name, REAL)["rows"] == len(datasets.load(name, REAL)), name


# ------------------------------------------------------------------ the data package


@pytest.mark.parametrize("change, said", [
    (lambda it: it.update(title="a\n\n```{include} /etc/passwd\n```"), "title.*line break"),
    (lambda it: it.update(description="a\u202eb"), "description.*U\\+202E"),
    (lambda it: it.update(title=" "), "title is empty"),
    (lambda it: it.update(sources=[{"title": "x\0"}]), "sources 1.title"),
    (lambda it: it.update(path="../../etc/passwd.csv"), "path: expected a .csv file in data/"),
    (lambda it: it.update(path="/etc/x.csv"), "path: expected"),
    (lambda it: it.update(path="paper/claims.xlsx"), "path: expected"),
    (lambda it: it.update(name="Claims"), "expected a name of small letters"),
    (lambda it: it.update(name="events"), "another table has this name"),
    (lambda it: it["schema"].update(primaryKey="nobody"), "key 'nobody' is no column"),
    (lambda it: it["schema"]["fields"][0].update(type="any"), "column claim_id: type 'any'"),
    (lambda it: it["schema"]["fields"][0].update(name="unit"), "'unit' stands twice"),
    (lambda it: it["schema"]["fields"][2].update(constraints={"minimun": 0}),
     "'minimun' is no rule. Nearest name: 'minimum'"),
    (lambda it: it["schema"]["fields"][1].update(constraints={"pattern": "("}), "pattern is none"),
    (lambda it: it.update(schema=[]), "another form"),
])
def test_a_wrong_description_is_refused_with_table_and_place(project, tmp_path, change, said):
    package = json.loads(project.data_package.read_text())
    change(package["resources"][0])
    package["resources"].reverse()  # the second of two names is the one too many
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "datapackage.json").write_text(json.dumps(package))
    with pytest.raises(datasets.DataError, match=said) as refused:
        datasets.names(Project.at(tmp_path))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"resources": 3}', '{"resources": [3]}',
                                  '{"resources": [], "resources": []}', "\ufeff{}", "\xff",
                                  "[" * 100_000])
def test_what_is_no_data_package_is_refused_without_throwing_it_away(tmp_path, text):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "datapackage.json").write_bytes(text.encode("latin-1", "replace"))
    with pytest.raises(datasets.DataError, match="cannot be read.*git diff"):
        datasets.names(Project.at(tmp_path))


# ------------------------------------------------------------------ a reader's own folder


def make_socket(path):
    with chdir(path.parent), socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)  # a whole path may be too long


NO_FILES = {
    "a pipe": os.mkfifo,
    "a folder": lambda path: path.mkdir(),
    "a link that leads nowhere": lambda path: path.symlink_to("nowhere"),
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a link to a folder": lambda path: path.symlink_to("/"),
    "a socket": make_socket,
}


@pytest.mark.parametrize("what", NO_FILES)
@pytest.mark.parametrize("place", ["", "paper"])
def test_something_under_the_name_of_a_table_is_never_passed_over(project, tmp_path, what, place):
    for name in GOOD:
        put(project, name, GOOD[name])
    (tmp_path / place).mkdir(exist_ok=True)
    file = tmp_path / place / "events.csv"
    NO_FILES[what](file)
    own = project.with_own_data(tmp_path)
    for ask in (datasets.check_own, datasets.replaced, lambda own: datasets.load("events", own)):
        with pytest.raises(datasets.DataError) as refused:
            ask(own)
        assert str(file) in str(refused.value) and "no file" in str(refused.value)


@pytest.mark.parametrize("name, cure", [
    ("Events.CSV", "Rename it: events.csv"), ("EVENTS.csv", "Rename it: events.csv"),
    ("events.xlsx", "Save it as CSV"), ("events.tsv", "Save it as CSV"),
    ("external/events.csv", "Move it to "), ("paper/deep/events.csv", "Move it to "),
    ("events", "Rename it: events.csv"),
])
def test_a_file_that_was_meant_as_a_table_is_refused_with_what_to_do(project, tmp_path, name, cure):
    for table in GOOD:
        put(project, table, GOOD[table])
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(GOOD["events"])
    (tmp_path / "claims.csv").write_text(GOOD["claims"])  # beside a table that is read
    own = project.with_own_data(tmp_path)
    with pytest.raises(datasets.DataError) as refused:
        datasets.check_own(own)
    assert f"{file} would not be read. {cure}" in str(refused.value)
    (tmp_path / "events.csv").write_text(GOOD["events"])
    assert len(datasets.check_own(own)) == 1, "what a table was saved from may lie beside it"


def test_own_tables_inside_the_shipped_ones_are_refused(project):
    own = project.data / "own"
    own.mkdir(exist_ok=True)
    with pytest.raises(datasets.DataError, match="lies in data/"):
        datasets.check_own(project.with_own_data(own))


@pytest.mark.parametrize("secret", ["root:x:0:0", "token-1234567890", "date,secret"])
def test_a_link_shows_nothing_of_what_it_leads_to(project, tmp_path, secret):
    (tmp_path / "foreign").write_text(f"{secret}\nmore of it\n")
    own = tmp_path / "own"
    own.mkdir()
    (own / "events.csv").symlink_to(tmp_path / "foreign")
    with pytest.raises(datasets.DataError, match="row 1") as refused:
        datasets.check_own(project.with_own_data(own))
    assert secret not in str(refused.value) and "secret" not in str(refused.value)


def test_a_table_of_many_megabytes_is_refused_unread(project, tmp_path):
    with (tmp_path / "events.csv").open("wb") as file:
        file.truncate(rows.LARGEST_BYTES + 1)  # takes no room on the disk
    with pytest.raises(datasets.DataError, match="has 64 MB"):
        datasets.check_own(project.with_own_data(tmp_path))


def test_a_command_refuses_own_data_in_one_line_and_runs_nothing(tmp_path):
    book = small_book.make(tmp_path / "book")
    small_book.write(book, "one", small_book.RECORD, small_book.READS)
    own = small_book.own_table(tmp_path / "own", change=lambda text: text.replace(
        "High", '"High', 1))
    for command in (["run", "one"], ["build"], ["sweep", "baseline"]):
        done = small_book.book(book, *command, "--data", str(own))
        assert done.exit_code == 2 and "row 2: a quotation mark is not closed" in done.output
        assert len(done.output.strip().splitlines()) == 1
    assert not book.build.exists()


def test_a_shipped_table_that_was_edited_is_refused_before_anything_runs(tmp_path):
    book = small_book.make(tmp_path / "book")
    small_book.write(book, "one", small_book.RECORD, small_book.READS)
    file = book.data / "paper" / "ratings.csv"
    file.write_text(file.read_text().replace("High", "Hgh", 1))
    for command in (["run", "one"], ["build"], ["sweep", "baseline"]):
        done = small_book.book(book, *command, "--quiet")
        assert done.exit_code == 2, done.output
        assert done.output.startswith("Error: data/paper/ratings.csv, row 2, column level: 'Hgh'")
        assert len(done.output.strip().splitlines()) == 1
    assert not (book.build / "runs").exists()


# ------------------------------------------------------------------ signs


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_has_no_fault(text):
    assert characters.fault(text) == ""


@pytest.mark.parametrize("text", ["5\u00a0%", "−3", "概览", "Müller", "“quoted”", "×", "a\u3000b"])
def test_letters_and_blanks_of_any_script_are_taken(text):
    assert characters.fault(text) == ""


@given(st.dates(min_value=cells.ends("1800")[0], max_value=cells.ends("2100")[1]))
def test_every_day_of_the_calendar_is_a_date(day):
    assert cells.fault_of_date(day.isoformat()) == ""
    assert cells.ends(day.isoformat()) == (day, day)
