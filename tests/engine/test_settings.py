"""Nothing in the settings of the checks switches one off: pytest, lock, ranges, CI, skip marks.

Each rule is a function of a text, and a planted change of that text is found. A change that is
wanted is stated here too, beside its reason, and so is read by who looks at the change.
"""

import ast
import re
import tomllib
from functools import partial

import gates
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from small_book import REAL

from helpers import parameters
from helpers.pipeline import check, packages

HERE = "tests/engine/test_settings.py"
PYTEST = {
    "testpaths": ["tests", "chapters"],
    "pythonpath": ["tests"],
    "markers": ["slow: runs whole notebooks, builds pages, opens a browser, or kills processes"],
    "addopts": "-p xdist -p nbval --numprocesses auto --maxprocesses 4 --dist loadfile "
               "--strict-markers -ra -q",
    "filterwarnings": ["error::DeprecationWarning:helpers", "error::FutureWarning:helpers"],
}
# Hooks and settings of our conftest files and plug-ins; another may take tests away.
HOOKS = {
    "conftest.py": {"pytest_plugins", "pytest_sessionstart"},
    "tests/conftest.py": {"pytest_collection_modifyitems"},
    "tests/live/conftest.py": set(),  # fixtures alone
}
# Files that leave tests out for a reason that is not in `SKIPS` of tests/gates.py, and how often.
MAY_SKIP = {
    "tests/nbval_adapter.py": 1,  # what comes after a cell that failed
    # Libraries that agree with ours; the lock file has them, so a whole run that skips is red.
    "tests/engine/test_cluster.py": 1, "tests/analysis/test_composite.py": 2,
    "tests/analysis/test_growth.py": 2, "tests/live/test_on_a_cluster.py": 1,
}
LEAVES_OUT = {"skip", "skipif", "xfail", "importorskip", "skipTest", "collect_ignore",
              "collect_ignore_glob", "__test__"}
# What each parameter may be, and why no more: a range that is widened lets values through that the
# analysis was not made for, and nothing else would go red.
RANGES = {
    "base_year": ("2018 to 2021", "around the paper's own year, with rates and prices there"),
    "horizon_year": ("2020 to 2035", "after the base; a longer path says nothing about markets"),
    "information_cutoff": ("2019 to 2026", "from the paper's own data to its latest outside rows"),
    "interval_coverage": ("0.5 to 0.99", "an interval that says something, and has two ends"),
    "random_seed": ("0 to 4294967295", "what every generator takes: 32 bits"),
    "draws": ("1000 to 2000000", "below it quantiles are noise, above it memory ends"),
    "display_currency": ("original, USD, RMB, EUR", "currencies in which the paper and its "
                                                     "sources print"),
    "exchange_rate_basis": ("annual_mean, fixed", "published means, or the two rates below"),
    "rmb_per_usd": ("5.0 to 11.0", "around every yearly mean since the euro began"),
    "usd_per_eur": ("0.8 to 1.6", "around every yearly mean since the euro began"),
    "price_basis": ("nominal, real_usd", "consumer prices are there for dollars only"),
    "approximate_half_width": ("0.5 to 20", "what the word may cover in millions"),
    "attack_reading": ("all, power_five_million, product_million, power_seven",
                       "the readings in the table of readings, and all of them"),
    "share_denominator": ("vulnerabilities, advisories", "the two bases that the report has"),
    "growth_model": ("random_walk_drift, loglinear", "the two models that helpers.growth fits"),
    "damping": ("0.8 to 0.98", "growth that fades, though not at once; 1 would not damp"),
    "persistence_share": ("0.0 to 1.0", "a share"),
    "reference_class": ("m3_yearly, gdp_world_bank", "the classes in the table of base rates"),
    "medium_score": ("1.05 to 2.95", "between Low, which is 1, and High, which is 3"),
    "aggregation_power": ("-2 to 2", "from worse than harmonic to better than arithmetic"),
    "dimension_weights": ("five shares, each 0 to 1, sum 1", "one for each column of Table 1"),
    "weight_concentration": ("0.2 to 50", "from nearly one dimension alone to nearly equal"),
    "merge_identical_columns": ("true, false", "yes or no"),
    "rating_error": ("0.0 to 0.3", "beyond it a rating says hardly more than chance"),
    "evidence_scope": ("country_only, with_eu_members", "the two ways to count facts of the EU"),
    "dating_rule": ("stated_only, title_or_code, with_outside_dates",
                    "the rules of helpers.dates"),
    "count_unit": ("advisories, distinct_cve", "columns of the table of advisories"),
    "count_model": ("poisson, negative_binomial", "the two models that helpers.counts fits"),
    "count_first_year": ("2010 to 2018", "from the first advisories on; later leaves too few"),
    "partial_link_weight": ("0.0 to 1.0", "between no link and a whole one"),
    "min_confidence": ("high, medium, low", "the levels that outside rows have"),
}


def text(name):
    return (REAL.root / name).read_text(encoding="utf-8")


# ------------------------------------------------------------------ pytest


def pytest_faults(settings):
    """Settings of pytest that are not the stated ones."""
    found = {name: " ".join(value.split()) if isinstance(value, str) else value
             for name, value in settings["tool"]["pytest"]["ini_options"].items()}
    return [f"pyproject.toml, pytest, {name}: {found.get(name)!r}, stated is {PYTEST.get(name)!r}. "
            f"Restore it, or state it in {HERE}"
            for name in sorted({*PYTEST, *found}) if found.get(name) != PYTEST.get(name)]


def test_pytest_has_the_stated_settings():
    assert pytest_faults(tomllib.loads(text("pyproject.toml"))) == []


@pytest.mark.parametrize("old, new", [
    ('testpaths = ["tests", "chapters"]', 'testpaths = ["tests"]'),
    ("--strict-markers", "--strict-markers --nbval-lax"), ("-p nbval", "-p no:nbval_adapter"),
    ("--strict-markers", "--deselect tests/engine"), ("--strict-markers", '-k "not chapters"'),
    ("filterwarnings = [", 'python_files = ["no.py"]\nfilterwarnings = ['),
    ('"error::FutureWarning:helpers",', '"ignore",')])
def test_a_changed_setting_of_pytest_is_found(old, new):
    changed = text("pyproject.toml").replace(old, new)
    [fault] = pytest_faults(tomllib.loads(changed))
    assert "Restore it" in fault


def test_no_other_file_has_settings_of_pytest(pytestconfig):
    assert pytestconfig.inipath == REAL.root / "pyproject.toml"
    others = ("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "tox.ini", "setup.cfg")
    assert [name for name in others if (REAL.root / name).exists()] == []


def hooks(source):
    """What a conftest file or a plug-in has that changes what is run."""
    return {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)
            and node.name.startswith("pytest_")} | {
        target.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assign)
        for target in node.targets if isinstance(target, ast.Name)
        and (target.id.startswith("pytest_") or target.id in LEAVES_OUT)}


def test_conftest_files_have_the_stated_hooks():
    """A hook may take tests away, or turn what failed into what passed."""
    files = [path for path in sorted(REAL.root.rglob("conftest.py"))
             if not path.relative_to(REAL.root).parts[0].startswith((".", "_"))]
    assert {REAL.shown(path): hooks(path.read_text(encoding="utf-8")) for path in files} == HOOKS
    assert 'WATCHING = ["nbval_adapter", "gates"]' in text("conftest.py")


@pytest.mark.parametrize("line", [
    "collect_ignore = ['test_a.py']", "def pytest_ignore_collect(): return True",
    "def pytest_runtest_makereport(item): pass"])
def test_another_hook_is_found(line):
    assert hooks(text("tests/conftest.py") + line) != HOOKS["tests/conftest.py"]


def left_out(source):
    """How often a file leaves tests out for a reason that is not listed."""
    tree = ast.parse(source)
    marks = [node for node in ast.walk(tree) if isinstance(node, ast.Call)
             and isinstance(node.func, ast.Attribute) and node.func.attr in LEAVES_OUT]
    excused = {id(node.func) for node in marks if any(
        gates.is_listed(text.value) for text in ast.walk(node)
        if isinstance(text, ast.Constant) and isinstance(text.value, str))}
    return sum(1 for node in ast.walk(tree)
               if isinstance(node, ast.Attribute) and node.attr in LEAVES_OUT
               and ast.unparse(node.value) in ("pytest", "pytest.mark", "self", "unittest")
               and id(node) not in excused
               or isinstance(node, ast.Name) and node.id in LEAVES_OUT
               and isinstance(node.ctx, ast.Store))


def test_only_listed_files_leave_tests_out():
    files = {REAL.shown(path): left_out(path.read_text(encoding="utf-8"))
             for path in sorted((REAL.root / "tests").rglob("*.py"))}
    found = {name: count for name, count in files.items() if count > MAY_SKIP.get(name, 0)}
    assert found == {}, f"state the reason in SKIPS, tests/gates.py, or MAY_SKIP, {HERE}"


@pytest.mark.parametrize("line, count", [
    ("@pytest.mark.skip\ndef test_a(): pass", 1), ("@pytest.mark.xfail()\ndef test_a(): pass", 1),
    ("def test_a():\n    pytest.skip('x')", 1), ("__test__ = False", 1),
    ("pytestmark = [pytest.mark.skipif(x, reason='later')]", 1),
    ("pytest.skip('this is no checkout of git')", 0),
    ("@pytest.mark.slow\ndef test_a(): pass", 0)])
def test_a_test_that_is_left_out_is_found(line, count):
    assert left_out(line) == count


# ------------------------------------------------------------------ CI and make


LENIENT = re.compile(r"\|\| *(true|:|exit 0)|set \+e|^exit|^trap|^unset|PYTEST|--nbval|^alias")


def ci_faults(script):
    """How `.ci/run` could be green though a test was red or not run."""
    lines = [line.strip() for line in script.splitlines()
             if line.strip() and not line.strip().startswith("#")]
    found = [f".ci/run: the line {wanted!r} is missing" for wanted in
             ("set -euo pipefail", "export BOOK_REQUIRE_BROWSER=1", "make test")
             if wanted not in lines]
    if lines[-1:] != ["make test"]:
        found.append(".ci/run: something follows `make test`, whose exit status would count")
    for line in lines:
        if LENIENT.search(line):
            found.append(f".ci/run: {line!r} lets a failure pass, or runs less")
        if re.search(r"BOOK_REQUIRE_BROWSER=(?!1$)", line):
            found.append(f".ci/run: {line!r} lets browser tests be skipped")
    return found


def test_continuous_integration_is_red_when_a_test_is():
    assert ci_faults(text(".ci/run")) == []


@pytest.mark.parametrize("old, new", [
    ("make test", "make test || true"), ("make test", "make test; exit 0"),
    ("make test", "make quick"), ("make test", "make test\necho done"),
    ("set -euo pipefail", "set -uo pipefail"), ("export BOOK_REQUIRE_BROWSER=1", ""),
    ("BROWSER=1", "BROWSER=0"), ("BROWSER=1", "BROWSER="),
    ("make test", "export PYTEST_ADDOPTS=--nbval-lax\nmake test")])
def test_a_lenient_script_is_found(old, new):
    assert ci_faults(text(".ci/run").replace(old, new))


RECIPES = {"test": "@$(BIN)/python -m pytest",
           "quick": '@$(BIN)/python -m pytest tests -m "not slow"'}


def make_faults(makefile):
    """Targets of the checks that run something else than they say."""
    found = []
    for target, stated in RECIPES.items():
        lines = re.findall(rf"(?m)^{target}:([^#\n]*).*\n((?:\t.*\n)*)", makefile)
        if [(needs.split(), recipe.strip()) for needs, recipe in lines] != [(["setup"], stated)]:
            found.append(f"Makefile: `make {target}` is not `{stated}` after setup. Restore it, or "
                         f"state it in {HERE}")
    if re.search(r"(?m)^\.(IGNORE|SILENT)|PYTEST|^-?\s*MAKEFLAGS", makefile):
        found.append("Makefile: a setting lets failures pass or runs less")
    return found


def test_make_runs_the_stated_checks():
    assert make_faults(text("Makefile")) == []


@pytest.mark.parametrize("old, new", [
    ("@$(BIN)/python -m pytest\n", "-@$(BIN)/python -m pytest\n"),
    ("@$(BIN)/python -m pytest\n", "@$(BIN)/python -m pytest tests\n"),
    ("@$(BIN)/python -m pytest\n", "@$(BIN)/python -m pytest || true\n"),
    ("test: setup", ".IGNORE: test\ntest: setup"), ("test: setup", "test:"),
    ("test: setup", "export PYTEST_ADDOPTS = --nbval-lax\ntest: setup")])
def test_a_lenient_target_is_found(old, new):
    assert make_faults(text("Makefile").replace(old, new))


def workflow_faults(workflow):
    """Why a job that runs `.ci/run` could pass though that fails, or be left out."""
    found = []
    for name, job in workflow["jobs"].items():
        calls = [step for step in job["steps"] if ".ci/run" in str(step.get("run", ""))]
        for part in [*calls, *([job] if calls else [])]:
            found += [f"{name}: {key} may let it pass or leave it out"
                      for key in ("continue-on-error", "if", "env", "shell") if key in part]
        found += [f"{name}: {step['run']!r} is not `bash .ci/run` alone" for step in calls
                  if step["run"].strip() != "bash .ci/run"]
        if calls and str(workflow.get("env", "")).strip():
            found.append(f"{name}: variables for all steps may switch checks off")
    return found


def test_workflows_run_the_checks_and_let_no_failure_pass():
    calling = 0
    for path in sorted((REAL.root / ".github" / "workflows").glob("*.yml")):
        assert workflow_faults(yaml.safe_load(path.read_text(encoding="utf-8"))) == [], path.name
        calling += "run: bash .ci/run" in path.read_text(encoding="utf-8")
    tests = yaml.safe_load(text(".github/workflows/tests.yml"))
    assert calling and {"push", "pull_request"} <= set(tests[True])  # YAML reads `on` as true


@pytest.mark.parametrize("change", [
    {"run": "bash .ci/run || true"}, {"continue-on-error": True}, {"if": "false"},
    {"env": {"PYTEST_ADDOPTS": "-k x"}}])
def test_a_lenient_workflow_is_found(change):
    step = {"run": "bash .ci/run"}
    assert workflow_faults({"jobs": {"test": {"steps": [step]}}}) == []
    assert workflow_faults({"jobs": {"test": {"steps": [{**step, **change}]}}})
    assert "run" in change or workflow_faults({"jobs": {"test": {"steps": [step], **change}}})


# ------------------------------------------------------------------ pages


STRICT = {"suppress_warnings": [], "nb_execution_raise_on_error": True}


def config_faults(config):
    """How pages could be built though something on them is not right."""
    found = config["sphinx"]["config"]
    return [f"_config.yml: {name} is {found.get(name)!r}, stated is {stated!r}. Restore it, or "
            f"state it in {HERE}" for name, stated in STRICT.items() if found.get(name) != stated]


def test_no_warning_of_a_page_is_suppressed():
    assert config_faults(yaml.safe_load(text("_config.yml"))) == []


@pytest.mark.parametrize("old, new", [
    ("suppress_warnings: []", "suppress_warnings: [myst.xref_missing]"),
    ("raise_on_error: true", "raise_on_error: false")])
def test_a_suppressed_warning_is_found(old, new):
    [fault] = config_faults(yaml.safe_load(text("_config.yml").replace(old, new)))
    assert fault.startswith("_config.yml: ")


# ------------------------------------------------------------------ the lock file


def lock_faults(lock, wanted, stated):
    """Direct needs that the lock file lacks, or has in another version than stated.

    Parameters
    ----------
    lock : str
        ``requirements.txt``.
    wanted : str
        ``requirements.in``.
    stated : list of str
        Requirements of ``pyproject.toml``.
    """
    found = [] if "#    make lock" in lock else ["requirements.txt: `make lock` did not write it"]
    pinned = {}
    for line in lock.splitlines():
        pin = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;]+)", line)
        if pin:
            pinned.setdefault(canonicalize_name(pin[1]), []).append(pin[2])
    moved_together = [line for line in wanted.splitlines() if re.match(r"[A-Za-z]", line)]
    for requirement in map(Requirement, [*stated, *moved_together]):
        versions = pinned.get(canonicalize_name(requirement.name), [])
        if not versions:
            found.append(f"requirements.txt: {requirement.name} is missing. Type: make lock")
        found += [f"requirements.txt: {requirement.name} {version} is not {requirement.specifier}. "
                  "Type: make lock" for version in versions
                  if version not in requirement.specifier]
    return found


def stated_requirements():
    project = tomllib.loads(text("pyproject.toml"))["project"]
    return [*project["dependencies"], *sum(project["optional-dependencies"].values(), [])]


def test_the_lock_file_has_what_is_asked_for():
    assert lock_faults(text("requirements.txt"), text("requirements.in"),
                       stated_requirements()) == []


@pytest.mark.parametrize("pattern, new", [
    (r"(?m)^numpy==.*$", "numpy==2.3.0"), (r"(?m)^nbval==.*\n", ""), (r"make lock", "by hand"),
    (r"(?m)^hypothesis==.*$", "hypothesis==6.1")])
def test_a_pin_of_ours_moved_by_hand_is_found(pattern, new):
    changed, count = re.subn(pattern, new, text("requirements.txt"))
    assert count and lock_faults(changed, text("requirements.in"), stated_requirements())


def test_the_lock_file_is_the_stated_one():
    """A pin of a package that only others need can be moved without any rule above."""
    assert gates.lock_digest(REAL.root) == gates.stated_in(REAL.root)["lock"]["sha256"], (
        f"requirements.txt is not the stated one. If `make lock` wrote it, type: {gates.STATE}")


def test_what_is_installed_is_what_is_locked():
    assert packages.other(REAL.lock_file) == []


# ------------------------------------------------------------------ ranges and rules


def range_faults(allowed):
    """Parameters whose range is not the stated one, by a function that tells the range."""
    found = [f"{name}: {allowed(name)}, stated is {RANGES.get(name, ('nothing',))[0]}. Restore it "
             f"in src/helpers/parameters.py, or state it with its reason: RANGES in {HERE}"
             for name in parameters.names() if allowed(name) != RANGES.get(name, ("",))[0]]
    return found + [f"{name} is no parameter any more; take it out of RANGES in {HERE}"
                    for name in RANGES if name not in parameters.names()]


def test_each_parameter_has_the_stated_range():
    assert range_faults(parameters.allowed) == []


def test_a_widened_range_is_found():
    wider = {"draws": "1 to 2000000"}
    [fault] = range_faults(lambda name: wider.get(name, parameters.allowed(name)))
    assert fault.startswith("draws: 1 to 2000000, stated is 1000 to 2000000.")


@pytest.mark.parametrize("name", [name for name in RANGES if " to " in RANGES[name][0]
                                  and "shares" not in RANGES[name][0]])
def test_the_stated_ends_are_where_values_are_refused(name):
    """The words of a range are of no use if another one is enforced."""
    least, most = (float(end) for end in RANGES[name][0].split(" to "))
    kind = int if parameters.type_name(name) == "int" else float
    step = 1 if kind is int else 1e-6
    others = {"base_year": 2018} if name == "horizon_year" else {}
    validate = partial(_validated, name, others)
    assert validate(kind(least)) and validate(kind(most))
    assert not validate(kind(least - step)) and not validate(kind(most + step))


def _validated(name, others, value):
    try:
        parameters.validate({**others, name: value})
    except parameters.ParameterError:
        return False
    return True


def test_every_rule_for_chapters_is_asked():
    """A rule that nobody calls finds nothing, and its own tests stay green."""
    tree = ast.parse((REAL.code / "pipeline" / "check" / "__init__.py").read_text(encoding="utf-8"))
    imported = {alias.name for node in tree.body if isinstance(node, ast.ImportFrom)
                for alias in node.names}
    named = {node.id for function in tree.body if isinstance(function, ast.FunctionDef)
             for node in ast.walk(function) if isinstance(node, ast.Name)}
    rules = {name for name in imported if name.endswith("_faults")}
    assert rules and rules <= named
    written = {name for module in (REAL.code / "pipeline" / "check").glob("*.py")
               for name in re.findall(r"(?m)^def ([a-z]\w*_faults)\(chapter",
                                      module.read_text(encoding="utf-8"))}
    assert written <= rules | {name for name in vars(check) if name.endswith("_faults")}
