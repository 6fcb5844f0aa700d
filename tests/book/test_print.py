"""Paper: what a browser prints of a page, and the whole book as one PDF."""

import io
import re
from pathlib import Path

import lxml.html
import pytest
import small_book
from pypdf import PdfReader

from helpers.pipeline import contents, edition, pdf
from helpers.pipeline.site import one_document

CHAPTERS = ["2-3-market-expansion", "a1-claims-audit"]
WIDE = ["sources", "parameters", "what-changed", *(f"chapters/{chapter}" for chapter in CHAPTERS)]
HIDDEN = [".page-header", ".menu", ".contents", ".next-pages", ".page-footer", "details.hide",
          ".exhibit-line", ".headerlink", "article button:not(.table-sort)", ".copy-button"]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A small book that was printed."""
    made = small_book.make(tmp_path_factory.mktemp("print") / "project", CHAPTERS)
    made.contents.write_text(made.contents.read_text() + "      - file: sources\n")
    if not any(map(pdf.shutil.which, pdf.PROGRAMS)):
        pytest.skip("NO CHROMIUM: nothing was printed. Install it: apt install chromium")
    done = small_book.run(made, "build", "--pdf")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "book.pdf" in done.stdout.splitlines()[-1]
    return made


@pytest.fixture(scope="module")
def printed(project):
    return PdfReader(project.build / "book.pdf")


@pytest.fixture
def opened(project, browser):
    """A function that opens a page of the book as paper would have it."""
    contexts = []

    def open_page(file, theme, media="print", **options):
        # Width of the text on paper, in CSS pixels.
        context = browser.new_context(viewport={"width": 650, "height": 980}, **options)
        contexts.append(context)
        context.add_init_script(f"localStorage.setItem('theme', '{theme}')")
        page = context.new_page()
        page.goto((project.build / "html" / file).as_uri())
        page.emulate_media(media=media)
        return page

    yield open_page
    for context in contexts:
        context.close()


def sheets(page):
    """A page printed, as text of each sheet."""
    made = page.pdf(prefer_css_page_size=True)
    return [sheet.extract_text() for sheet in PdfReader(io.BytesIO(made)).pages]


@pytest.mark.parametrize("theme", ["light", "dark"])
class TestOnePage:
    def test_dark_ink_on_white_without_anything_to_press(self, opened, theme):
        page = opened(f"chapters/{CHAPTERS[0]}.html", theme)
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        style = "getComputedStyle(document.body)"
        assert page.evaluate(f"{style}.backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate(f"{style}.color") == "rgb(0, 0, 0)"
        for selector in HIDDEN:
            seen = page.locator(selector).filter(visible=True)
            assert seen.count() == 0, selector

    def test_each_sheet_has_title_and_number(self, opened, theme):
        told = sheets(opened(f"chapters/{CHAPTERS[0]}.html", theme))
        assert 3 <= len(told) <= 8
        for number, text in enumerate(told, 1):
            assert f"{number} / {len(told)}" in text
            assert "Industrial Internet security, recomputed" in text
        assert all("2.3 Market expansion" in text for text in told[1:])
        assert not any(re.search(r"\bCode\b(?! version)", text) and "version" not in text
                       for text in told)

    def test_a_long_table_has_its_head_on_each_sheet(self, opened, theme):
        told = sheets(opened(f"chapters/{CHAPTERS[1]}.html", theme))
        heads = [text for text in told if "What it is about" in text]
        assert len(heads) >= 3
        assert all(len(text) > 300 for text in told), "no sheet is nearly empty"


# For pages in Chinese, which another option adds; licences, which lie beside what they are of; and
# what is taken along, some of it from pages that this small book has not.
KEPT = re.compile(r"chinese\.css|fonts/noto-sans-sc-(400|700)\.woff2|.*/LICENSE[^/]*"
                  r"|(downloads|ledger)/.*")


def test_nothing_lies_beside_the_pages_that_none_asks_for(project):
    folder = project.build / "html" / "_static"
    asking = [*folder.parent.rglob("*.html"), *folder.rglob("*.css"), *folder.rglob("*.js"),
              *folder.rglob("datapackage.json")]
    asked = "\n".join(file.read_text(encoding="utf-8") for file in asking)
    there = [file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()]
    assert len(there) > 30
    # A script puts the name of a chapter between the folder and the end.
    assert [name for name in there if not KEPT.fullmatch(name) and name not in asked
            and not (name.startswith("values/") and f'"{Path(name).stem}/' in asked)] == []


def test_addresses_in_the_web_are_printed_once(opened):
    page = opened("sources.html", "light")
    said = page.locator("a[href^=http]").evaluate_all(
        "all => all.map(a => [a.textContent, a.href, getComputedStyle(a, '::after').content])")
    assert said
    for words, address, after in said:
        bare = words.strip().rstrip("/") == address.rstrip("/")
        assert (after == "none") == bare, (words, address, after)


def test_what_is_folded_is_read_on_paper_without_scripts_too(opened):
    page = opened("sources.html", "light", java_script_enabled=False)
    assert page.locator(".article details li").first.is_visible()
    assert not opened("sources.html", "light", media="screen").locator(
        ".article details li").first.is_visible()


ASKED = re.compile(r"sliders|with the mouse")  # by words beside an explorer


def test_paper_asks_for_nothing_that_needs_a_screen(opened, printed):
    file = f"chapters/{CHAPTERS[0]}.html"
    on_screen = opened(file, "light", media="screen", java_script_enabled=False)
    assert set(ASKED.findall(on_screen.inner_text("article"))) == {"sliders", "with the mouse"}
    for told in (sheets(opened(file, "light", java_script_enabled=False)),
                 [sheet.extract_text() for sheet in printed.pages]):
        assert "at one rate" in " ".join(told), "the table in the stead of the explorer"
        assert not [text for text in told if ASKED.search(text)]


@pytest.mark.parametrize("page", WIDE)
def test_no_page_moves_sideways_on_the_narrowest_phone(opened, page):
    page = opened(f"{page}.html", "light", media="screen")
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


class TestWholeBook:
    def test_it_is_tagged_and_says_what_it_is(self, printed):
        root = printed.trailer["/Root"]
        assert root["/StructTreeRoot"] and root["/MarkInfo"]["/Marked"]
        assert root["/Lang"] == "en"
        assert printed.metadata.title == "Industrial Internet security, recomputed"
        assert printed.metadata["/PagesKey"]
        assert 20 <= len(printed.pages) <= 90

    def test_bookmarks_are_the_contents(self, printed, project):
        top, pages = [], []
        for entry in printed.outline:
            if isinstance(entry, list):
                pages += [each.title for each in entry if not isinstance(each, list)]
            else:
                top.append(entry.title)
        parts = contents.parts(project)
        assert top[1] == "Contents"
        assert top[2:] == [caption for caption, _ in parts if caption]
        listed = [page for _, pages_of_part in parts for page in pages_of_part]
        assert pages == list(map(first_heading(project), listed))

    def test_the_contents_name_the_sheet_on_which_a_chapter_begins(self, printed, project):
        listed = "\n".join(sheet.extract_text() for sheet in printed.pages[1:3])
        for _, pages in contents.parts(project):
            for title in map(first_heading(project), pages):
                number = re.search(rf"^{re.escape(title)} ?\.* ?(\d+)$", listed, re.M)
                assert number, title
                sheet = printed.pages[int(number[1]) - 1].extract_text()
                assert title in " ".join(sheet.split()), title

    def test_every_link_leads_somewhere(self, printed):
        known, inside, outside = printed.named_destinations, 0, 0
        for sheet in printed.pages:
            for mark in sheet.get("/Annots") or []:
                link = mark.get_object()
                if "/Dest" in link:
                    name = str(link["/Dest"])
                    assert name in known or name.lstrip("/") in known, name
                    inside += 1
                else:
                    assert re.match("https?://", link["/A"]["/URI"]), link["/A"]
                    outside += 1
        assert inside > 30 and outside > 5

    def test_every_link_that_is_printed_has_its_place(self, project):
        """Chromium drops a link without one in silence, so the document itself is looked at."""
        wanted = edition.baseline(project)
        root = lxml.html.fromstring(one_document.of_book(
            wanted.folder, contents.parts(project), pdf.cover_of(wanted), {}))
        ids = set(root.xpath("//@id"))
        inside = [link for link in root.xpath("//a/@href") if link.startswith("#")]
        assert len(inside) > 30 and {link for link in inside if link[1:] not in ids} == set()

    def test_every_sheet_has_its_number_and_no_sheet_is_nearly_empty(self, printed):
        for number, sheet in enumerate(printed.pages[1:], 2):
            text = sheet.extract_text()
            assert f"{number} / {len(printed.pages)}" in text
            # The first page of this small book has one line.
            assert len(text) > 150 or "A few chapters." in text, f"sheet {number}: {text}"

    def test_no_figure_and_no_short_table_is_parted(self, printed, project):
        """The title and the source of a figure, caption and last row of a table, on one sheet."""
        texts = [" ".join(sheet.extract_text().split()) for sheet in printed.pages]
        found = 0
        for chapter in CHAPTERS:
            for title, source in ends_of_figures(project, chapter):
                found += 1
                assert any(title in text and source in text for text in texts), title
        assert found >= 3

    def test_it_is_printed_again_only_when_the_pages_change(self, project, printed):
        file = project.build / "book.pdf"
        wanted = edition.baseline(project)
        before, said = file.read_bytes(), []
        assert pdf.write(wanted, said.append) == file
        assert said == ["The PDF is up to date"] and file.read_bytes() == before
        file.write_bytes(before[:1000])  # not what was printed
        try:
            assert pdf._key_of(file) is None
        finally:
            file.write_bytes(before)
        assert not list(project.build.glob(".pdf-*"))

    def test_a_failure_leaves_the_former_pdf(self, project, printed, monkeypatch):
        file = project.build / "book.pdf"
        before = file.read_bytes()
        monkeypatch.setattr(pdf, "_key_of", lambda file: "another")
        monkeypatch.setattr(pdf, "chromium", lambda: "/bin/false")
        with pytest.raises(edition.BuildError, match="was not printed"):
            pdf.write(edition.baseline(project))
        assert file.read_bytes() == before and not list(project.build.glob(".pdf-*"))


def test_without_chromium_nothing_runs_and_the_next_command_is_said(workshop, monkeypatch):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    done = small_book.book(workshop, "build", "--pdf")
    assert done.exit_code == 2
    assert "apt install chromium" in done.output and "book build" in done.output
    assert not (workshop.build / "html").exists()


def html_of(project, page):
    return lxml.html.parse(str(Path(project.build, "html", f"{page}.html"))).getroot()


def first_heading(project):
    def text(page):
        heading = next(html_of(project, page).iter("h1"))
        return " ".join(heading.text_content().replace("¶", "").split())

    return text


def ends_of_figures(project, chapter):
    for figure in html_of(project, f"chapters/{chapter}").iter("figure"):
        if figure.get("class") == "book-figure":
            yield [" ".join(figure.xpath(f".//p[@class='{part}']")[0].text_content().split())
                   for part in ("figure-title", "figure-source")]
