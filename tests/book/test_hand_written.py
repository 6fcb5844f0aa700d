"""Pages that people write state no number that nothing counts, and no command that fails."""

import functools
import itertools
import json
import re
import shlex
import tomllib
from collections import Counter

import pytest
import recomputed
import yaml
from hand_written import Allowed, Check, code_blocks, faults, spelled

from helpers import parameters, results, words
from helpers.figures.style import KINDS
from helpers.pipeline import chapters
from helpers.pipeline.check.cells import LONGEST_CELL
from helpers.project import Project
from helpers.scenario_effects import STABLE_SPREAD

PROJECT = Project.current()
CHAPTERS = chapters.names(PROJECT)
ROWS = recomputed.Tables(PROJECT.data)
PACKAGE = {resource["name"]: resource for resource in json.loads(
    PROJECT.data_package.read_text(encoding="utf-8"))["resources"]}
SECTIONS = {row["section"] for row in ROWS("sections")} | {
    row["parent"] for row in ROWS("sections")} - {""}
SETTINGS = tomllib.loads((PROJECT.root / "pyproject.toml").read_text(encoding="utf-8"))

# What a reader sees on the front page, in this order: moved or exchanged glue is a fault.
FRONT_PAGE = ["5-3-market-in-china::finding_world", "5-3-market-in-china::finding_forecast",
              "3-4-investment::finding_budget", "3-6-country-comparison::finding_ratings",
              "6-suggestions-for-china::finding_advice", "a1-claims-audit::confirmed_line",
              "a2-hindsight::paper_date"]

# ------------------------------------------------------------------ what numbers count

CODED, DATA, README = "data/analyst/README.md", "data/README.md", "README.md"
DESCRIPTIONS = "data/datapackage.json"  # titles and descriptions, which a page of the book shows


def values(table, column, **wanted):
    """Different cells of a column, in rows with these cells."""
    return {row[column] for row in ROWS(table)
            if all(row[key] == cell for key, cell in wanted.items())} - {""}


@functools.cache
def count(table, **wanted):
    """Rows of a table with these cells."""
    return sum(all(row[key] == cell for key, cell in wanted.items()) for row in ROWS(table))


@functools.cache
def total(name, column):
    """Sum of a column of the table that says how the transcriptions compare."""
    text = (PROJECT.root / DATA).read_text(encoding="utf-8")
    rows = re.findall(r"^\| \w+ (?:\| [\d of]+ ){6}\|.*$", text, re.MULTILINE)
    cells = [re.split(r" *\| *", row.strip("| "))[column] for row in rows]
    return sum(int(cell.split(" of ")[name]) for cell in cells)


@functools.cache
def cells_of(table):
    """Coder -> the cells that a coding fills: all but what is said about them."""
    keys = PACKAGE[table]["schema"]["primaryKey"]
    found = {}
    for row in ROWS(table):
        found.setdefault(row["coder"], {})[
            tuple(row[key] for key in keys if key != "coder")] = row
    return found


FIRST_FIVE = ("challenge_suggestion", "suggestion_specificity", "trend_support",
              "trend_suggestion", "challenge_elsewhere")
LINKED = [table for table in FIRST_FIVE if table != "suggestion_specificity"]
MARKS = ("actor", "instrument", "deadline", "quantity", "foreign_example")


@functools.cache
def filled_by_both():
    """Cells of the first five tables that both coders filled."""
    return sum(len(set(cells_of(table)["first"]) & set(cells_of(table)["second"]))
               for table in FIRST_FIVE)


@functools.cache
def same_notes():
    """Cells of the first five tables on which both coders wrote one and the same note."""
    coded = [cells_of(table) for table in FIRST_FIVE]
    return sum(first["note"] == table["second"][key]["note"] != ""
               for table in coded for key, first in table["first"].items()
               if key in table["second"])


@functools.cache
def nested():
    """How many tables of links have no cell of the second coder that the first left empty."""
    return sum(set(cells_of(table)["second"]) <= set(cells_of(table)["first"])
               for table in LINKED)


def size_of_coding(match):
    """How many rows and columns a table coded twice could fill."""
    challenges, statements = count("challenges", overall="no"), count("trends")
    suggestions = count("suggestions")
    of = {"challenge_suggestion": (challenges, suggestions),
          "suggestion_specificity": (suggestions, len(MARKS)),
          "trend_support": (statements, sum(row["section"][:2] in ("2.", "3.")
                                            for row in ROWS("sections"))),
          "trend_suggestion": (statements, suggestions),
          "challenge_elsewhere": (challenges, sum(row["section"][:2] in ("5.", "6.")
                                                  for row in ROWS("sections")))}
    return of.get(match[1], (None, None))


def final_rows(match):
    """The table of transcriptions ends with the rows there are now."""
    return [match[1], len(ROWS(match[1]))]


def listed_table(match):
    """A line of a list of tables: file, rows."""
    return [PACKAGE[match[1]]["path"], len(ROWS(match[1]))]


def pointed_at():
    """Cells that the examples of the coding guide point at."""
    return len({(row["challenge_id"], row["section"]) for row in ROWS("challenge_elsewhere")
                if row["pointed_at"] == "yes"})


def cells_without_facts():
    """Cells of Table 1 without a fact, all, those without one of the Union either; members."""
    cells = {(row["country"], row["dimension"]) for row in ROWS("ratings")}
    facts = {(row["country"], row["dimension"]) for row in ROWS("evidence_facts")}
    members = values("geographies", "geography", eu_member="yes", in_table_1="yes")
    of_members = {(row["country"], row["dimension"]) for row in ROWS("ratings")
                  if row["geography"] in members and ("EU", row["dimension"]) in facts}
    return [len(cells - facts), len(cells), len(cells - facts - of_members), len(members)]


def twice_coded():
    """Tables with the judgement of two coders."""
    return sum(any("coder" in row for row in ROWS(name)[:1]) and len(values(name, "coder")) == 2
               for name, about in PACKAGE.items() if about["origin"] == "coded")


CHECKS = [
    Check(README, r"^## (\w+) commands\n\n```\n((?:make .*\n)+)```",
          lambda match: [len(match[2].splitlines()), match[2]]),
    Check(README, r"They need Python ([\d.]+) or newer",
          lambda match: [float(SETTINGS["project"]["requires-python"].removeprefix(">="))]),
    Check(README, r"`BOOK_KILLS=(\d+)` tries (\w+) moments",
          lambda match: [int(match[1]), int(match[1])]),
    Check(README, r"plants (\d+) faults that a maintainer",
          lambda match: [sum(len(tomllib.loads(file.read_text(encoding="utf-8"))["fault"])
                             for file in PROJECT.root.glob("tests/faults/*.toml"))]),
    Check(README, r"a Frictionless data package of (\w+) folders: ",
          lambda match: [len({about["path"].split("/")[0] for about in PACKAGE.values()})]),
    Check(README, r"The front page: (\w+) findings",
          lambda _: [len([name for name in FRONT_PAGE if "::finding_" in name])]),
    Check("intro.md", r"^## (\w+) findings",
          lambda _: [len([name for name in FRONT_PAGE if "::finding_" in name])]),
    Check("intro.md", r"(\w+) questions, two screens",
          lambda _: [len(list((PROJECT.root / "questions").glob("*.md")))]),
    Check("how-to-read.md", r"\| ([\dA.]+) \| \[([^\]]+)\]\(chapters/([\w-]+)\.ipynb\)",
          lambda match: [spelled_section(words.chapter_number(match[3])),
                         chapters.read(PROJECT, match[3]).title.split(" ", 1)[1].split(":")[0],
                         match[3]]),
    Check("how-to-read.md", r"2-3-market-expansion.ipynb\): (\w+) global figures",
          lambda match: [count("scopes", sections="2.3")]),
    Check("glossary.md", r"its values spread by at most (one) per cent",
          lambda match: ["one" if STABLE_SPREAD == 0.01 else f"{100 * STABLE_SPREAD:g}"]),
    Check(DATA, r"is the summary after ([\d.]+), `T1`", lambda match: [float(next(
        before["section"] for before, row in itertools.pairwise(ROWS("sections"))
        if row["section"] == "3s"))]),
    Check(DATA, r"^The (\w+) kinds are never mixed",
          lambda match: [len({about["path"].split("/")[0] for about in PACKAGE.values()})]),
    Check(DATA, r"^\| \[\w+\.csv\]\(([\w/]+)/(\w+)\.csv\) \| (\d+) \|",
          lambda match: [PACKAGE[match[2]]["path"].split("/")[0], match[2], len(ROWS(match[2]))]),
    Check(DATA, r"Statements of the (\w+) foreign trends",
          lambda match: [len(values("trends", "trend"))]),
    Check(DATA, r"Only the damaged attack count has an empty `value`; its (\w+) readings",
          lambda match: [count("readings", claim_id=next(
              row["claim_id"] for row in ROWS("claims") if not row["value"]))]),
    Check(DATA, r"Before settling: (\d+) and (\d+) rows, (\d+) of them matched; (\d+) of (\d+) "
                r"matched rows \((\d+) %\) and (\d+) of (\d+) compared cells \(([\d.]+) %\)",
          lambda match: [total(0, 1), total(0, 2), total(0, 3), total(0, 4), total(0, 3),
                         round(100 * total(0, 4) / total(0, 3)), total(0, 5), total(1, 5),
                         round(100 * total(0, 5) / total(1, 5), 1)]),
    Check(DATA, r"^\| (\w+) \| \d+ \| \d+ \| \d+ \| \d+ \| \d+ of \d+ \| (\d+) \|", final_rows),
    Check(DATA, r"Years of market figures: (\w+) rows more in B",
          lambda match: [difference_of("claims")]),
    Check(DATA, r"(?:issuer of |^- )(\w+) German guides", lambda match: [
        count("documents", issuer="3.1.2-industry-4.0-platform")]),
    Check(DATA, r"The table counts two deficiencies, which makes (\d+) instead of (\d+)",
          lambda match: [count("challenges", overall="no"), count("challenges", overall="no") - 1]),
    Check(DATA, r"(\d+) numbered and (\d+) unnumbered suggestions instead of (\d+) rows",
          lambda match: [count("suggestions", numbered="yes"), count("suggestions", numbered="no"),
                         matched("suggestions")]),
    Check(DATA, r"own words only; (\w+) rows joined later", lambda match: [
        matched("suggestions") - count("suggestions")]),
    Check(DATA, r"Advisories on industrial control systems per year, (\w+) sources",
          lambda match: [len(values("ics_advisories", "source"))]),
    Check(DATA, r"General cyber indices for (\w+) countries",
          lambda match: [len(values("country_indices", "country"))]),
    Check(DATA, r"\[(\w+)\.csv\]\([^)]*\) \|[^\n]*, by (\w+) coders",
          lambda match: [match[1], len(values(match[1], "coder"))]),
    Check(DATA, r"Nobody edits these (\w+): ", lambda match: [
        sum(about["origin"] == "computed" for about in PACKAGE.values())]),
    Check(CODED, r"^Judgements made for this book\. (\w+) tables hold the same judgement twice",
          lambda match: [twice_coded()]),
    Check(CODED, r"^\| `(\w+)` \| [a-z ]+, (\d+) by (\d+)",
          lambda match: [match[1], *size_of_coding(match)]),
    Check(CODED, r"^\| `measure_instrument` \| measure of section 3.3, (\d+) \| (\w+) instruments",
          lambda match: [count("measures", section="3.3"),
                         len(field("measure_instrument", "instrument")["enum"])]),
    Check(CODED, r"^\| `region_role` \| region, (\d+) \| (\w+) roles",
          lambda match: [count("regions"), len(field("region_role", "role")["enum"])]),
    Check(CODED, r"Of the (\d+) cells that both coders filled in the first (\w+) tables, (\w+) "
                 r"carry the same note word for word\. In (\w+) tables",
          lambda match: [filled_by_both(), len(FIRST_FIVE), same_notes(), nested()]),
    Check(CODED, r"They point at (\w+) cells of `challenge_elsewhere`, marked `pointed_at`",
          lambda match: [pointed_at()]),
    Check(CODED, r"Roles of regions: (\w+) rows and (\w+) roles, each used once",
          lambda match: [count("regions"), len(values("regions", "role"))]),
    Check(CODED, r"(`text_contradictions` sorts[^;]*); the (\w+) judge nothing anew",
          lambda match: [match[1], len({"text_contradictions", "short_names", "chart_names"}
                                       & set(re.findall(r"`(\w+)`", match[1])))]),
    Check("CHANGELOG.md", r"^## ([\d.]+) \(unreleased\)",
          lambda match: [SETTINGS["project"]["version"]]),
    Check("CHANGELOG.md", r"a cell for each step, none over (\d+) lines",
          lambda match: [LONGEST_CELL]),
    Check("CHANGELOG.md", r"all (\w+) sections of the paper, a claims audit",
          lambda match: [sum(not name.startswith("a") for name in CHAPTERS)]),
    Check("CHANGELOG.md", r"the baseline and (\w+) others",
          lambda match: [len(list(PROJECT.root.glob("scenarios/*.toml"))) - 1]),
    Check("vendor/README.md", r"axe-core ([\d.]+) \(MPL",
          lambda match: [version_in("tests/vendor/axe-core/axe.min.js", match[1])]),
    Check("vendor/README.md", r"resvg_py ([\d.]+) \(MIT",
          lambda match: re.findall(r"^resvg-py==([\d.]+)", (
              PROJECT.root / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)),
    Check("vendor/README.md", r"Observable Plot, [^|]*\| ([\d.]+) \|",
          lambda match: [version_in("vendor/sweeps/plot/plot.umd.min.js", match[1])]),
    Check("vendor/README.md", r"D3, which Plot [^|]*\| ([\d.]+) \|",
          lambda match: [version_in("vendor/sweeps/d3/d3.min.js", match[1])]),
]
CHECKS += [Check(DESCRIPTIONS, pattern, counted) for pattern, counted in (
    (r"^trends: Statements of the (\w+) foreign trends",
     lambda match: [len(values("trends", "trend"))]),
    (r"^incidents: .* gives (one) reference for all (\w+)\.",
     lambda match: [{1: "one"}.get(len(values("incidents", "reference"))), count("incidents")]),
    (r"^challenges: .* One row for a deficiency, (\d+) in all",
     lambda match: [count("challenges", overall="no")]),
    (r"^suggestions: .*: (\d+) numbered in the text and (\d+) unnumbered, of which (\d+) open",
     lambda match: [count("suggestions", numbered="yes"), count("suggestions", numbered="no"),
                    count("suggestions", lead="yes")]),
    (r"^regions: .* does not say that the (\w+) cover the country",
     lambda match: [count("regions")]),
    (r"^ics_advisories: Advisories on .*, (\w+) sources .*\(from (\d+)\).*\(from (\d+)\)"
     r".*medical advisories start in (\d+)",
     lambda match: [len(values("ics_advisories", "source")),
                    *(int(min(values("ics_advisories", "year", source=source)))
                      for source in ("ics_advisory_project", "cisa_csaf")),
                    min(int(row["year"]) for row in ROWS("ics_advisories")
                        if row["icsma"] != "0")]),
    (r"^country_indices: General cyber indices for (\w+) countries .* ranks of (\w+) countries in "
     r"(\w+) general indices",
     lambda match: [*[len(values("country_indices", "country"))] * 2,
                    len(values("country_indices", "index"))]),
    (r"^evidence_facts: .* do not depend on it: (\d+) of (\d+), or (\d+) with EU facts for its "
     r"(\w+) members", lambda match: cells_without_facts()),
    (r"^alignment: .*The (\w+) perspectives, (\w+) aspects of China and (\w+) suggestions",
     lambda match: [count("alignment", list=name)
                    for name in ("perspective", "china_aspect", "suggestion")]),
    (r"^alignment: .*from the first two lists only \((\w+)\); (\w+) of the suggestions",
     lambda match: [count("alignment", matched="no")
                    - count("alignment", matched="no", list="suggestion"),
                    count("alignment", matched="no", list="suggestion")]),
    (r"^challenge_suggestion: .*went over all (\d+) challenges and (\d+) suggestions",
     lambda match: [count("challenges", overall="no"), count("suggestions")]),
    (r"^trend_support: .*went over all (\d+) statements", lambda match: [count("trends")]),
    (r"^challenge_elsewhere: .*examples point at (\w+) cells", lambda match: [pointed_at()]),
    (r"^region_role: .*Traps: (\w+) rows and (\w+) roles",
     lambda match: [count("regions"), len(values("regions", "role"))]),
)]
A_TABLE = r"^\| \w+ \| \d+ \| \d+ \| \d+ \| \d+ \| \d+ of \d+ \|"
ALLOWED = [
    Allowed(CODED, r"Chapters 4 and 6 count what both codings see, or what neither sees, and say "
                   r"where the two", "names of chapters; a pair by definition"),
    Allowed(README, r"last run, \d+ of \d+ were caught, most in \d+ to \d+ seconds, and \w+ had "
                    r"not been run to their end; \w+ others", "a score, by tests/faults/plant.py"),
    Allowed(README, r"CC BY 4\.0", "name of a licence"),
    Allowed("intro.md", r"move the growth of two markets", "what the explorer of chapter 2.3 has"),
    Allowed("intro.md", r"questions, two screens each", "how the pages are laid out"),
    Allowed("glossary.md", r"Agreement of two codings beyond what chance would give: 1 for full "
                           r"agreement, 0 for chance", "a definition"),
    Allowed("glossary.md", r"[Tt]wo statements that point|Two figures that cannot both|Where there "
                           r"are two|[Ll]ogarithm of one plus|two groups of known size",
            "a definition"),
    Allowed("glossary.md", r"It is 1 where events are independent", "a definition"),
    Allowed("glossary.md", r"How alike two lists are: .* from 0 to 1", "a definition"),
    Allowed("glossary.md", r"At 1 the forecast was as wrong", "a definition"),
    Allowed("glossary.md", r"How often two codings agree", "a definition"),
    Allowed("glossary.md", r"how alike two orders are: 1 for the same order, -1 for the reverse",
            "a definition"),
    Allowed("glossary.md", r"Two figures determine it exactly", "a definition"),
    Allowed(DATA, A_TABLE, "what was found before settling: its sums are checked"),
    Allowed(DATA, r"Two transcriptions were made independently", "how the tables were made"),
    Allowed(DATA, r"Rows found by only one of the two", "how the tables were made"),
    Allowed(DATA, r"two readers can share a mistake", "how the tables were made"),
    Allowed(DATA, r"type and status; two generic names", "what was settled"),
    Allowed(DATA, r"Two generic names in lower case \([^)]*\) were kept", "what was settled"),
    Allowed(DATA, r"for three organisations it differed which mark covers them",
            "what was settled"),
    Allowed(DATA, r"No two values, units or levels differed", "what was settled"),
    Allowed(DATA, r"The differences are of four kinds:", "they follow, joined by semicolons"),
    Allowed(DATA, r"two rows or one\. It is one body with two descriptions", "what was settled"),
    Allowed(DATA, r"the energy department under its two names", "what was settled"),
    Allowed(DATA, r"Two columns keep both", "what was settled"),
    Allowed(DATA, r"two bodies that occur only inside the name of a third", "what was settled"),
    Allowed(DATA, r"The table counts two deficiencies", "what was settled"),
    Allowed(DATA, r"statements that join two checkable parts", "what was settled"),
    Allowed(DATA, r"CC BY 4\.0", "name of a licence"),
    Allowed(DATA, r"License v1\.0|Attribution 4\.0 International", "names of licences"),
    Allowed(CODED, r"the two cannot both be fully true", "a definition"),
    Allowed(CODED, r"give three figures of agreement together", "they follow in the sentence"),
    Allowed(CODED, r"cannot show that the two worked apart", "the two coders"),
    Allowed(CODED, r"the two coders had seen the codes", "the two coders"),
    *(Allowed("vendor/README.md", pattern, "version of a package whose files do not say it")
      for pattern in (r"Source Sans 3, [^|]*\| [^|]* \|", r"MiniSearch, [^|]*\| [^|]* \|",
                      r"html-validate [\d.]+ \(MIT")),
]
DECLARED = [*CHECKS, *ALLOWED]


def spelled_section(number):
    """Number of a chapter as a text is read: a number where it can be one."""
    return float(number) if re.fullmatch(r"\d+(\.\d+)?", number) else number


def field(table, name):
    """Constraints of a column."""
    return next(each["constraints"] for each in PACKAGE[table]["schema"]["fields"]
                if each["name"] == name)


def version_in(file, version):
    """A version, if a file names it; else what it names."""
    text = (PROJECT.root / file).read_text(encoding="utf-8")
    named = rf"(?:VERSION=\"|axe v|plot v|d3js\.org v){re.escape(version)}\b"
    return version if re.search(named, text) else None


@functools.cache
def compared(table):
    """Rows A, rows B and matched rows of a transcribed table, as the page on data has them."""
    text = (PROJECT.root / DATA).read_text(encoding="utf-8")
    return [int(number) for number in re.search(
        rf"^\| {table} \| (\d+) \| (\d+) \| (\d+) \|", text, re.MULTILINE).groups()]


def matched(table):
    """Matched rows of a transcribed table."""
    return compared(table)[2]


def difference_of(table):
    """How many rows more the second transcription has."""
    return compared(table)[1] - compared(table)[0]


# ------------------------------------------------------------------ pages

# What is measured on a machine, or was true at its time, is not counted again.
NOT_COUNTED = {DESCRIPTIONS: "what sources print; what it says of the tables is checked",
               "benchmarks/README.md": "times of one machine, written by the benchmark",
               "CHANGELOG.md": "what was, at its time; what it says of today is checked"}
PAGES = [DESCRIPTIONS, *sorted(file.relative_to(PROJECT.root).as_posix() for file in (
    *PROJECT.root.glob("*.md"), *PROJECT.root.glob("questions/*.md"),
    *PROJECT.root.glob("docs/**/*.md"),
    *PROJECT.root.glob("data/**/*.md"), *PROJECT.root.glob("benchmarks/*.md"),
    *PROJECT.root.glob("vendor/*.md")))]


def faults_in(file, text):
    found = faults(file, text, DECLARED, sections=SECTIONS,
                   own_words=PROJECT.settings["not_results"],
                   words=not file.startswith("docs/"))  # which tell how, not how many
    return [line for line in found if "nothing counts" not in line or file not in NOT_COUNTED]


def page(file):
    """Text of a page; for the data package one line a table."""
    if file == DESCRIPTIONS:
        return "\n".join(f"{name}: {about['title']} {about['description']}"
                         for name, about in PACKAGE.items())
    return (PROJECT.root / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("file", PAGES)
def test_every_number_of_a_page_is_counted_or_says_why_not(file):
    assert faults_in(file, page(file)) == []


def test_declarations_are_of_pages_that_exist():
    assert {each.file for each in DECLARED} <= set(PAGES)
    assert all(each.why for each in ALLOWED)


@pytest.mark.parametrize("each", CHECKS, ids=[f"{each.file}: {each.pattern[:40]}"
                                              for each in CHECKS])
def test_a_wrong_number_turns_its_check_red(each):
    text = page(each.file)
    match = next(re.finditer(each.pattern.replace(" ", r"\s+"), text, re.MULTILINE))
    numbers = [group for group in range(1, len(match.groups()) + 1)
               if re.fullmatch(r"[\d.]+|one", match[group]) or spelled(match[group]) in range(99)]
    assert numbers
    for group in numbers:
        planted = text[:match.start(group)] + "97" + text[match.end(group):]
        found = faults(each.file, planted, [each], sections=SECTIONS)
        assert [line for line in found if "nothing counts" not in line]


@pytest.mark.parametrize("file, said", [
    (DATA, "Section `7.1` is its end."), ("intro.md", "This book has 21 chapters."),
    ("README.md", "It compares eleven markets."),
    ("docs/architecture.md", "A run takes 3 steps."), ("glossary.md", "See section 7.3."),
])
def test_a_number_that_nothing_counts_is_found(file, said):
    text = page(file) + f"\n{said}\n"
    [line] = faults_in(file, text)
    assert f"{file}, line {len(text.splitlines())}: " in line


def test_measured_times_and_names_are_no_numbers_of_the_book():
    text = "It takes 12 seconds or 3 min, see `x 4` and [A3](a3-5.md) of Industry 4.0.\n\n1. One."
    assert faults("intro.md", text, [], sections=SECTIONS,
                  own_words=PROJECT.settings["not_results"]) == []


# ------------------------------------------------------------------ lists that repeat others


def test_the_front_page_glues_what_it_should():
    glued = re.findall(r"\{glue:text\}`chapters/([\w-]+)\.ipynb::(\w+):s`", page("intro.md"))
    assert [f"{chapter}::{name}" for chapter, name in glued] == FRONT_PAGE
    for chapter, name in glued:
        entries = results.entries(PROJECT.chapters / f"{chapter}.ipynb")
        assert [entry["type"] for entry in entries if entry["name"] == name] == ["sentence"]


def test_the_front_page_lists_all_chapters_in_order():
    assert re.findall(r"\]\(chapters/([\w-]+)\.ipynb\)", page("how-to-read.md")) == CHAPTERS


LOOKS = {"filled": ("fill", True), "open": ("fill", False), "hollow": ("fill", False),
         "solid": ("linestyle", "-"), "dashed": ("linestyle", "--"), "dotted": ("linestyle", ":"),
         "triangle": ("marker", "^"), "circle": ("marker", "o"), "square": ("marker", "s"),
         "diamond": ("marker", "D")}


def legend_faults(text):
    """Kinds of the legend that figures draw otherwise."""
    legend = re.findall(r"^- \*\*(\w+)\*\*, ([^:]*):", text, re.MULTILINE)
    found = [] if [kind for kind, _ in legend] == list(KINDS) else [
        f"how-to-read.md: the legend has {', '.join(kind for kind, _ in legend)}; figures know "
        f"{', '.join(KINDS)}."]
    for kind, said in legend:
        looks = [word for word in re.findall(r"\w+", said) if word in LOOKS]
        found += [f"how-to-read.md: the legend calls {kind} {look}; figures.style draws it "
                  f"otherwise."
                  for look in looks if KINDS.get(kind, {}).get(LOOKS[look][0]) != LOOKS[look][1]]
        found += [] if looks else [f"how-to-read.md: the legend does not say how {kind} looks."]
    return found


def test_the_legend_says_how_figures_draw_each_kind():
    assert legend_faults(page("how-to-read.md")) == []


@pytest.mark.parametrize("old, new", [
    ("open and dashed", "filled and dashed"), ("hollow and dotted", "hollow and dashed"),
    ("a triangle", "a square"), ("- **derived**", "- **outside**"),
])
def test_a_wrong_legend_is_found(old, new):
    assert page("how-to-read.md").count(old) == 1
    assert legend_faults(page("how-to-read.md").replace(old, new))


def test_the_citation_names_the_version_of_the_package():
    cited = yaml.safe_load((PROJECT.root / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["version"] == SETTINGS["project"]["version"]


def test_the_page_on_data_lists_every_table_once_with_its_licence():
    text = page(DATA)
    listed = Counter(re.findall(r"^\| \[\w+\.csv\]\((\w+/\w+\.csv)\)", text, re.MULTILINE))
    assert listed == Counter(about["path"] for about in PACKAGE.values())
    folders = re.findall(r"^\| `(\w+)/` \|", text, re.MULTILINE)
    assert folders == list(dict.fromkeys(
        about["path"].split("/")[0] for about in sorted(
            PACKAGE.values(), key=lambda about: folders.index(about["path"].split("/")[0]))))
    licences = dict(re.findall(r"^\| (\w+)\.csv \| ([^|]+) \|$", text, re.MULTILINE))
    assert licences == {name: about["licenses"][0]["title"] for name, about in PACKAGE.items()
                        if about["path"].startswith("external/")}


def test_the_coding_guide_sorts_every_coded_table_by_its_coders():
    text = page(CODED)
    twice = re.findall(r"^\| `(\w+)` \|.*\| ([a-z, ]+) \|$", text, re.MULTILINE)
    assert {name: set(coders.split(", ")) for name, coders in twice} == {
        name: values(name, "coder") for name, about in PACKAGE.items()
        if about["origin"] == "coded" and "coder" in ROWS(name)[0]
        and len(values(name, "coder")) == 2}
    once = text[text.index("## Tables coded once"):]
    for name, about in PACKAGE.items():
        if about["origin"] == "coded" and name not in dict(twice):
            assert f"`{name}`" in once, f"{CODED} does not say who coded {name}."


# ------------------------------------------------------------------ commands and blocks of code


MADE_BY_THE_READER = {"5.6"}  # a chapter that a page tells how to make


def command_faults(file, text):
    """Commands of a page that would be refused, and settings of its scenarios."""
    found = []
    # `book check 5.6` speaks of the chapter that a reader makes.
    for line in re.findall(r"`(book [^`]+)`", text):
        if not set(line.split()) & MADE_BY_THE_READER:
            found += argument_faults(line.split())
    for language, block in code_blocks(text):
        if language == "toml":
            found += settings_faults(tomllib.loads(block).get("parameters", {}).items())
        if re.search(r"^Error:", block, re.MULTILINE):
            found += refusal_faults(block)
            continue
        for line in block.splitlines():
            try:
                parts = shlex.split(line.removeprefix("$ "), comments=True)
            except ValueError:
                continue
            found += argument_faults(parts)
    return [f"{file}: {line}" for line in found]


def settings_faults(settings):
    found = []
    for name, value in settings:
        try:
            parameters.validate({name: value})
        except parameters.ParameterError as error:
            found.append(str(error))
    return found


def refusal_faults(block):
    """A refusal that is shown as an example must be the one that is given."""
    command, *shown = block.splitlines()
    try:
        parameters.parse(command.split("--set ")[1])
    except parameters.ParameterError as error:
        given = f"Error: {error}"
    else:
        given = "no refusal"
    shown = " ".join(shown)
    return [] if shown == given else [f"{command!r} answers {given!r}, shown is {shown!r}."]


def argument_faults(parts):
    found = []
    if parts[:1] == ["papermill"]:
        chapter = PROJECT.root / parts[1]
        found += [] if chapter.is_file() else [f"{parts[1]} does not exist."]
        values = list(zip(parts, parts[1:], parts[2:], strict=False))
        settings = [f"{name}={value}" for flag, name, value in values if flag == "-p"]
    elif parts[:1] == ["book"]:
        settings = [given for flag, given in zip(parts, parts[1:], strict=False) if flag == "--set"]
        settings += [f"{given.split('=')[0]}={value}"
                     for flag, given in zip(parts, parts[1:], strict=False) if flag == "--grid"
                     for value in given.split("=")[1].split(",")]
        found += named_faults(parts)
    else:
        return []
    for setting in settings:
        try:
            parameters.parse(setting)
        except parameters.ParameterError as error:
            found.append(f"{' '.join(parts)}: {error}")
    return found


TAKES_CHAPTERS = ("run", "effects", "why", "check", "accept", "open")


def named_faults(parts):
    """Chapters, scenarios and results of a command that do not exist."""
    found, scenarios = [], {file.stem for file in PROJECT.root.glob("scenarios/*.toml")}
    plain = [part for before, part in zip(parts, parts[1:], strict=False)
             if not part.startswith("-") and not before.startswith("--")][1:]
    chosen = [given for flag, given in zip(parts, parts[1:], strict=False) if flag == "--chapters"]
    wanted = [name for given in chosen for name in given.split(",")]
    for name in plain:
        if re.fullmatch(r"[\d.]+", name) and parts[1] in TAKES_CHAPTERS:
            wanted.append(name)
        elif parts[1] in ("build", "compare", "open", "sweep") and not re.search(r"[/.]", name):
            found += [] if name in scenarios | {"scenarios"} else [
                f"{' '.join(parts)}: there is no scenario {name!r}."]
        elif parts[1] == "effects" and not re.fullmatch(r"[\d.]+", name):
            recorded = recomputed.ledger(
                PROJECT.chapters / f"{chapters.find(PROJECT, plain[0])}.ipynb")
            found += [] if name in recorded else [f"{' '.join(parts)}: no result {name!r}."]
    for name in wanted:
        try:
            chapters.find(PROJECT, name)
        except chapters.ChapterError as error:
            found.append(f"{' '.join(parts)}: {error}")
    return found


@pytest.mark.parametrize("file", PAGES)
def test_every_command_of_a_page_names_what_exists(file):
    assert command_faults(file, page(file)) == []


@pytest.mark.parametrize("old, new", [
    ("book run 2.3", "book run 2.9"), ("--set horizon_year=2030", "--set horizon_year=2090"),
    ("book build to-2030 ", "book build to-2040 "), ("2.3 market_a_horizon", "2.3 market_horizon"),
    ("--chapters 2.3,5.3", "--chapters 2.3,5.9"), ("-p horizon_year", "-p horizon"),
    ("damping = 0.8", "damping = 0.1"), ("2020 to 2035", "2020 to 2036"),
])
def test_a_wrong_command_is_found(old, new):
    assert old in page(README)
    assert command_faults(README, page(README).replace(old, new, 1))
