"""A book in which texts, files, names and contents are of odd kinds is built, and shows them."""

import json
import re
from urllib.parse import unquote

import pytest
import small_book
from test_broken_scenarios import BROKEN, spoil

NAME = "Übersicht-a'b&c(d)"
SLY = ("x\n\n```{include} /etc/passwd\n```\n\n<script>alert(1)</script> "
       "[link](http://evil.example) $x^2$ {{ project }} {glue:text}`x` "
       "</table></div> :::{note} hostile")
LINE = " ".join(SLY.split())  # where line breaks are refused


@pytest.mark.slow
def test_an_edition_whose_every_text_is_hostile_shows_them_as_text(tmp_path):
    book = small_book.make(tmp_path / "book")
    small_book.write(book, NAME, small_book.RECORD.replace("label='X'", f"label={LINE!r}"),
                     f"results.sentence('s', {LINE!r} + str(horizon_year))\n"
                     f"import pandas\nfrom helpers import tables\n"
                     f"tables.show(pandas.DataFrame({{'a': [{SLY!r}]}}), 't', caption={LINE!r})",
                     small_book.READS)
    file = book.chapters / f"{NAME}.ipynb"
    notebook = json.loads(file.read_text())
    notebook["cells"][0]["source"] += "\n\nIt says {glue:text}`s`, and {glue:text}`x`."
    file.write_text(json.dumps(notebook))
    package = json.loads(book.data_package.read_text())
    for resource in package["resources"]:
        resource.update(title=LINE, description=LINE, attribution=LINE,
                        sources=[{"title": LINE, "path": "javascript:alert(1)"}])
    book.data_package.write_text(json.dumps(package))
    pages = [{"file": "what-changed"}, {"file": "parameters"}, {"file": "sources.md"}]
    chapter = {"file": f"chapters/{NAME}.ipynb", "sections": pages}
    elsewhere = {"url": "https://a.example", "title": "Elsewhere"}
    book.contents.write_text("\ufeff" + json.dumps(
        {"format": "jb-book", "root": "intro", "chapters": [elsewhere, chapter]}))
    (book.scenarios / "sly.toml").write_text(
        f"title = {json.dumps(LINE[:110])}\nwhy = {json.dumps(LINE)}\n"
        "[parameters]\nhorizon_year = 2030\n")
    for number, content in enumerate(BROKEN.values()):  # who does not need them never hears of them
        spoil(book.scenarios, content).rename(book.scenarios / f"broken-{number}.toml")
    own = small_book.own_table(tmp_path / "own `x` {note}")
    done = small_book.run(book, "build", "sly", "--data", str(own), "--json")
    assert done.returncode == 0, done.stderr
    pages = (book.root / json.loads(done.stdout)["path"]).parent
    for name in (f"chapters/{NAME}.html", "what-changed.html", "sources.html", "parameters.html"):
        text = (pages / name).read_text(encoding="utf-8")
        assert "hostile" in text or name == "parameters.html", name
        assert "<script>alert" not in text and "root:x:0" not in text, name
        for made in ('href="javascript', 'class="admonition note', 'class="math '):
            assert made not in text, (name, made)
        if name != "sources.html":  # an attribution may name an address
            assert 'href="http://evil' not in text, name
    downloads = re.findall(r'href="(\.\./_static/downloads/[^"]*)"',
                           (pages / "chapters" / f"{NAME}.html").read_text(encoding="utf-8"))
    assert downloads
    assert all((pages / "chapters" / unquote(file)).is_file() for file in downloads)
    done = small_book.run(book, "build")  # the baseline lists every scenario
    assert done.returncode == 2 and done.stderr.startswith("Error: broken-")
    assert len(done.stderr.strip().splitlines()) == 1
