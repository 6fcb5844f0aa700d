"""Pictures of eight pages on a desk, on a phone, in light, in the dark and on paper, side by side.

    make gallery

They are put into ``_build/gallery`` with a page that shows them all; whoever changed how pages look
goes through it once. Nothing is held against anything here: tests do that.
"""

import argparse
import html
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

PAGES = {"intro": "intro.html", "question": "questions/market.html",
         "2.3": "chapters/2-3-market-expansion.html",
         "3.6": "chapters/3-6-country-comparison.html", "a1": "chapters/a1-claims-audit.html",
         "all results": "all-results.html", "sources": "sources.html",
         "search": "search.html?q=market%20size"}
# Screen and colours; the first stretch of a page, since a whole one is too long to look at.
SCREENS = {
    "desk, light": ({"width": 1280, "height": 1600}, "light"),
    "desk, dark": ({"width": 1280, "height": 1600}, "dark"),
    "phone, light": ({"width": 390, "height": 1600}, "light"),
    "phone, dark": ({"width": 390, "height": 1600}, "dark"),
}
PAPER = "paper, page {}"
SHEETS = 2  # of each page on paper
SHARP = 80  # dots per inch of a sheet


def picture_name(page: str, way: str) -> str:
    return f"{page} {way}".replace(",", "").replace(".", "-").replace(" ", "-") + ".png"


def on_screens(browser, book: Path, folder: Path) -> None:
    """Each page on each screen."""
    for way, (size, colours) in SCREENS.items():
        context = browser.new_context(viewport=size, color_scheme=colours,
                                      reduced_motion="reduce")
        shown = context.new_page()
        for page, address in PAGES.items():
            shown.goto(f"{book.as_uri()}/{address}")
            shown.wait_for_load_state("networkidle")
            if page == "search":
                shown.locator(".search-found a").first.wait_for()
            shown.screenshot(path=folder / picture_name(page, way))
        context.close()


def on_paper(browser, book: Path, folder: Path) -> None:
    """The first sheets of each page as the browser prints it, in the dark: paper stays white."""
    draw = shutil.which("pdftoppm")
    context = browser.new_context(color_scheme="dark")
    shown = context.new_page()
    for page, address in PAGES.items():
        shown.goto(f"{book.as_uri()}/{address}")
        shown.wait_for_load_state("networkidle")
        if draw is None:  # what is printed, without its breaks
            shown.emulate_media(media="print", color_scheme="light")
            shown.set_viewport_size({"width": 718, "height": 1040 * SHEETS})
            shown.screenshot(path=folder / picture_name(page, PAPER.format(1)))
            shown.emulate_media(media="screen", color_scheme="dark")
            continue
        with tempfile.TemporaryDirectory() as place:
            sheets = Path(place) / "sheets.pdf"
            sheets.write_bytes(shown.pdf(prefer_css_page_size=True, format="A4"))
            subprocess.run([draw, "-png", "-r", str(SHARP), "-l", str(SHEETS), str(sheets),
                            str(Path(place) / "sheet")], check=True)
            for number, sheet in enumerate(sorted(Path(place).glob("sheet*.png")), 1):
                shutil.move(sheet, folder / picture_name(page, PAPER.format(number)))
    context.close()


def side_by_side(folder: Path) -> Path:
    """A page with all pictures that were made: a row for each page."""
    ways = [*SCREENS, *(PAPER.format(number) for number in range(1, SHEETS + 1))]
    rows = []
    for page in PAGES:
        cells = []
        for way in ways:
            name = picture_name(page, way)
            cells.append(f'<td><a href="{name}"><img src="{name}" alt="{html.escape(page)}, {way}">'
                         "</a></td>" if (folder / name).is_file() else "<td></td>")
        rows.append(f'<tr><th scope="row">{html.escape(page)}</th>{"".join(cells)}</tr>')
    heads = "".join(f'<th scope="col">{way}</th>' for way in ["page", *ways])
    index = folder / "index.html"
    index.write_text(
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Gallery</title>\n'
        "<style>body { font: 16px sans-serif; } td, th { vertical-align: top; padding: 4px; }\n"
        "img { width: 300px; border: 1px solid #999; }</style></head>\n"
        f"<body><h1>Eight pages</h1><table><thead><tr>{heads}</tr></thead><tbody>\n"
        + "\n".join(rows) + "\n</tbody></table></body></html>\n", encoding="utf-8")
    return index


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("book", type=Path, nargs="?", default=Path("_build/html"),
                        help="folder of a built book")
    parser.add_argument("--into", type=Path, help="folder of the pictures; beside the book if none")
    options = parser.parse_args()
    book = options.book.resolve()
    if not (book / "index.html").is_file():
        parser.error(f"{options.book} holds no book; `make book` builds it")
    folder = (options.into or book.with_name("gallery")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox"])
        on_screens(browser, book, folder)
        on_paper(browser, book, folder)
        browser.close()
    print(side_by_side(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
