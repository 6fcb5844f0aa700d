"""Workflows for who copies this repository: what may write runs nothing of strangers."""

import re
import subprocess

import pytest
import yaml
from small_book import REAL

FOLDER = REAL.root / ".github"
WORKFLOWS = sorted((FOLDER / "workflows").glob("*.yml"))
# What a stranger chooses: it may reach a shell as a variable, never as a part of the command.
CHOSEN_BY_OTHERS = re.compile(r"\$\{\{\s*(github\.(event|head_ref|ref_name)|steps\.)")


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def steps(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def faults(workflow):
    """What could let strangers write, or a failure pass."""
    found = []
    on = workflow[True]  # YAML 1.1 reads the word `on` as true
    if "permissions" not in workflow or workflow["permissions"] not in ({}, {"contents": "read"}):
        found.append("it begins with more rights than to read")
    if "pull_request_target" in on:
        found.append("it runs with rights on what strangers propose")
    for name, job in workflow["jobs"].items():
        if "timeout-minutes" not in job:
            found.append(f"{name} has no end")
        writes = "write" in str(job.get("permissions", ""))
        for step in job["steps"]:
            if CHOSEN_BY_OTHERS.search(step.get("run", "")):
                found.append(f"{name}: what others choose is a part of a command")
            if step.get("uses", "").startswith("actions/checkout"):
                if step.get("with", {}).get("persist-credentials") is not False:
                    found.append(f"{name}: the checkout keeps a token")
                if writes and "head" in str(step.get("with", {}).get("ref", "")):
                    found.append(f"{name}: what is proposed is checked out with rights")
            if step.get("continue-on-error") and "lychee" not in step.get("uses", ""):
                found.append(f"{name}: a failure passes")
    return found


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_has_few_rights_and_an_end(path):
    assert faults(read(path)) == []


@pytest.mark.parametrize("change, fault", [
    (lambda made: made.pop("permissions"), "more rights"),
    (lambda made: made.update({True: {"pull_request_target": None}}), "strangers propose"),
    (lambda made: made["jobs"]["a"].pop("timeout-minutes"), "no end"),
    (lambda made: made["jobs"]["a"]["steps"].append({"run": "echo ${{ github.head_ref }}"}),
     "part of a command"),
    (lambda made: made["jobs"]["a"]["steps"].append({"uses": "actions/checkout@v6"}), "a token"),
    (lambda made: made["jobs"]["a"]["steps"].append({"run": "x", "continue-on-error": True}),
     "failure passes"),
])
def test_a_dangerous_workflow_is_found(change, fault):
    made = {True: {"push": None}, "permissions": {},
            "jobs": {"a": {"timeout-minutes": 5, "steps": []}}}
    assert faults(made) == []
    change(made)
    assert any(fault in line for line in faults(made))


def test_tests_run_the_same_command_as_the_readme_on_every_python_named():
    workflow = read(FOLDER / "workflows" / "tests.yml")
    assert any(step.get("run") == "bash .ci/run" for step in steps(workflow))
    pythons = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert pythons == sorted(set(pythons)) and {"3.11", "3.13"} <= set(pythons)


def test_what_is_published_and_previewed_is_the_live_book():
    made = {name: "\n".join(step.get("run", "") for step in steps(
        read(FOLDER / "workflows" / f"{name}.yml"))) for name in ("publish", "proposed")}
    folder = re.search(r"book publish (\S+)\n", made["publish"])[1]
    assert f".github/publish.sh {folder} ." in made["publish"]
    assert "book publish proposed/html --editions none" in made["proposed"]
    [upload] = [step for step in steps(read(FOLDER / "workflows" / "proposed.yml"))
                if step.get("uses", "").startswith("actions/upload-artifact")]
    assert upload["with"]["path"] == "proposed"


def publish(origin, folder, place):
    return subprocess.run(
        ["bash", FOLDER / "publish.sh", folder, place], capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin", "PAGES_ADDRESS": str(origin), "HOME": str(origin.parent)})


def published(origin):
    listed = subprocess.run(["git", "ls-tree", "-r", "--name-only", "gh-pages"], cwd=origin,
                            capture_output=True, text=True, check=True).stdout.split()
    commits = subprocess.run(["git", "rev-list", "--count", "gh-pages"], cwd=origin,
                             capture_output=True, text=True, check=True).stdout
    assert commits.strip() == "1"
    return set(listed) - {".nojekyll"}


def test_a_preview_is_published_beside_the_book_and_taken_away(tmp_path):
    origin = tmp_path / "origin.git"
    subprocess.run(["git", "init", "--quiet", "--bare", origin], check=True)
    for name, pages in (("one", ("index.html", "old.html")), ("two", ("index.html",))):
        (tmp_path / name).mkdir()
        for page in pages:
            (tmp_path / name / page).write_text(name)
    assert publish(origin, tmp_path / "one", ".").returncode == 0
    assert publish(origin, tmp_path / "two", "preview/12").returncode == 0
    assert published(origin) == {"index.html", "old.html", "preview/12/index.html"}
    assert publish(origin, tmp_path / "two", ".").returncode == 0  # a page that is gone is gone
    assert published(origin) == {"index.html", "preview/12/index.html"}
    assert publish(origin, "-", "preview/12").returncode == 0
    assert published(origin) == {"index.html"}


@pytest.mark.parametrize("place", ["..", "preview/", "preview/12/../..", "/", "preview/x", ""])
def test_no_other_place_is_written(tmp_path, place):
    done = publish(tmp_path / "origin.git", "-", place)
    assert done.returncode == 2 and not list(tmp_path.iterdir())


def test_a_folder_without_pages_is_not_published(tmp_path):
    (tmp_path / "empty").mkdir()
    assert publish(tmp_path / "origin.git", tmp_path / "empty", ".").returncode == 2


@pytest.fixture
def released(tmp_path):
    """A small repository with a built book."""
    root = tmp_path / "book"
    for name in ("data", "_build/html", ".github"):
        (root / name).mkdir(parents=True)
    (root / ".github" / "archive.sh").write_bytes((FOLDER / "archive.sh").read_bytes())
    (root / "data" / "a.csv").write_text("a\n1\n")
    (root / "_build" / "html" / "index.html").write_text("<p>")
    (root / ".gitignore").write_text("_build\n")
    for command in (["init", "--quiet"], ["add", "-A"],
                    ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "a"]):
        subprocess.run(["git", *command], cwd=root, check=True)
    return root


def archive(root, folder):
    return subprocess.run(["bash", ".github/archive.sh", "v1", folder], cwd=root,
                          capture_output=True, text=True)


def test_an_archive_of_a_commit_has_the_same_bytes_each_time(released):
    for folder in ("one", "two"):
        assert archive(released, folder).returncode == 0
    sums = [(released / folder / "SHA256SUMS").read_text() for folder in ("one", "two")]
    assert sums[0] == sums[1] and len(sums[0].splitlines()) == 3
    done = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=released / "one")
    assert done.returncode == 0


def test_nothing_is_archived_into_a_full_folder_or_without_a_book(released):
    (released / "full").mkdir()
    (released / "full" / "x").touch()
    assert archive(released, "full").returncode == 2
    (released / "_build" / "html" / "index.html").unlink()
    assert archive(released, "new").returncode == 2 and not (released / "new").exists()
