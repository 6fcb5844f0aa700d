"""What is wrong with ``_config.yml`` or ``CITATION.cff`` is a line, before anything runs."""

import pytest
import small_book

from helpers.pipeline import described
from helpers.pipeline.notebooks import ChapterError

BAD = [("a: [", "cannot be read: line 1: "), ("- a", "expected names with values"),
       ("", "expected"),
       ("3", "expected"), ("a: \xff", "cannot be read: .*utf-8"),
       ("a: " + "[" * 100_000, "recursion"),
       ("title: [a]", "title: expected a text"), ("a: 1", "title: expected a text; got nothing")]


@pytest.mark.parametrize("text, said", BAD)
@pytest.mark.parametrize("name", ["_config.yml", described.CITATION])
def test_a_file_that_cannot_be_taken_is_a_line(workshop, name, text, said):
    described.check(workshop)
    (workshop.root / name).write_bytes(text.encode("latin-1"))
    with pytest.raises(ChapterError, match=f"^{name}.* ?{said}") as refused:
        described.check(workshop)
    assert len(str(refused.value)) < 800 and "\n" not in str(refused.value)


@pytest.mark.parametrize("authors, said", [
    ("", "authors: expected a list"), ("[]", ""), ("[{name: A}]", ""), ("[{family-names: A}]", ""),
    ("[A]", "family-names"), ("[{given-names: A}]", "family-names")])
def test_authors_have_names(workshop, authors, said):
    (workshop.root / described.CITATION).write_text(f"title: T\nauthors: {authors}\n")
    if said:
        with pytest.raises(ChapterError, match=said):
            described.citation(workshop)
    else:
        assert described.citation(workshop)["title"] == "T"


def test_a_build_says_it_before_anything_runs(workshop):
    small_book.write(workshop, "c", "print(1)")
    (workshop.root / described.CITATION).write_text("a: [")
    done = small_book.run(workshop, "build")
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("Error: CITATION.cff") and len(done.stderr.splitlines()) == 1
