"""A checkout has the same bytes on every system: hashes of tables and code are of bytes."""

import subprocess

import pytest
from small_book import REAL


def git(*arguments, folder=REAL.root, **options):
    return subprocess.run(["git", "-c", "safe.directory=*", *arguments], cwd=folder, check=True,
                          capture_output=True, **options).stdout


@pytest.fixture(scope="module")
def tracked():
    """Names of all files of the repository."""
    try:
        return git("ls-files", "-z").decode().split("\0")[:-1]
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no checkout of git")


def test_every_kind_of_file_says_what_its_line_ends_are(tracked):
    said = git("check-attr", "-z", "--stdin", "text", "eol",
               input="\0".join(tracked).encode()).decode().split("\0")[:-1]
    asked = dict.fromkeys(tracked, "")
    for file, _, value in zip(said[::3], said[1::3], said[2::3], strict=True):
        asked[file] += f"{value} "
    wrong = [file for file, value in asked.items()
             if value not in ("set lf ", "unset unspecified ", "unset lf ")]
    assert wrong == [], "name them in .gitattributes"


def test_a_text_that_is_hashed_has_no_carriage_return(tracked):
    for file in tracked:
        if file.startswith(("src/", "data/", "chapters/", "scenarios/", "_static/")):
            assert b"\r\n" not in (REAL.root / file).read_bytes(), file


@pytest.mark.slow
@pytest.mark.parametrize("setting", ["core.autocrlf=true", "core.eol=crlf"])
def test_a_clone_that_turns_line_ends_has_the_same_bytes(tracked, tmp_path, setting):
    """What is not committed yet counts too: the attributes are those of the working folder."""
    clone = tmp_path / "clone"
    git("init", "--quiet", str(clone))
    for name in {".gitattributes", *tracked}:
        if (REAL.root / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            (clone / name).write_bytes((REAL.root / name).read_bytes())
    git("add", "--all", "--force", folder=clone)
    git("-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--quiet", "-m", "x",
        folder=clone)
    git("clone", "--quiet", "-c", setting, str(clone), str(tmp_path / "turned"), folder=tmp_path)
    changed = [file for file in tracked if (REAL.root / file).is_file()
               and (tmp_path / "turned" / file).read_bytes() != (REAL.root / file).read_bytes()]
    assert changed == []
