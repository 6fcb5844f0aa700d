"""A chapter leads to related findings, which lead back, and to the questions it helps to answer."""

from docutils import nodes

from helpers import datasets
from helpers.pipeline import chapters, pages
from helpers.pipeline.site import passages, related
from helpers.project import Project

PROJECT = Project.current()
CHAPTERS = chapters.names(PROJECT)


CELLS = related.cells(PROJECT, CHAPTERS)


def leads_to(chapter):
    return CELLS[chapter]["source"] if chapter in CELLS else ""


def test_each_pair_is_of_two_chapters_and_leads_both_ways():
    for row in datasets.load(related.TABLE).itertuples():
        assert {row.chapter, row.other} <= set(CHAPTERS) and row.chapter != row.other
        assert f"<{row.other}\\.ipynb>".replace("-", "\\-") in leads_to(row.chapter)
        assert f"<{row.chapter}\\.ipynb>".replace("-", "\\-") in leads_to(row.other)


def test_no_chapter_is_a_dead_end():
    assert [name for name in CHAPTERS if not leads_to(name)] == []


def test_a_chapter_leads_to_the_questions_that_rest_on_it():
    behind = {(each.page, each.chapter) for each in pages.all_references(PROJECT)
              if each.page.startswith(f"{pages.FOLDER}/")}
    assert behind
    for page, chapter in behind:
        title = pages.title((PROJECT.root / f"{page}.md").read_text("utf-8"))
        assert f"[{title.replace('?', chr(92) + '?')}]" in leads_to(chapter)
    assert all("rests on this chapter" not in leads_to(name) for name in CHAPTERS
               if name not in {chapter for _, chapter in behind})


def test_search_finds_a_chapter_where_it_is_and_not_where_one_is_led_to_it():
    ways = "<p>2.3 Market expansion</p>"
    context = {"body": f"<h1>A</h1><section id='own'><h2>Own</h2><p>Said here.</p></section>"
                       f'<section id="{related.ANCHOR}"><h2>{related.HEADING}</h2>{ways}</section>'}
    related._leave_out_of_search(None, "chapters/a", "page.html", context, None)
    page = passages.read("chapters/a.html",
                         f"<article>{context['body']}</article>".encode())
    assert [each.title for each in page.passages] == ["A", "Own"]
    assert related.ANCHOR in page.anchors, "it can be led to all the same"


def test_sphinx_names_the_section_as_the_hook_expects():
    assert all(f"## {related.HEADING}\n" in cell["source"] for cell in CELLS.values())
    assert nodes.make_id(related.HEADING) == related.ANCHOR
