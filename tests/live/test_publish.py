"""A site holds what a server would answer, goes in whole or not at all, and says what it lacks."""

import json
import os
import re
import shutil
import signal
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from live_book import BROKEN, DRAWN, PATIENCE, YEARS, Live, write
from small_book import REAL, book, scenario, start

from helpers import parameters
from helpers.pipeline import edition, execute
from helpers.pipeline.live import address, publish, switcher, tipping, wanted
from helpers.pipeline.site import checksums

LATE = 2030


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    made = write(tmp_path_factory.mktemp("publish") / "book")
    scenario(made, "late", horizon_year=LATE)
    scenario(made, "both", horizon_year=LATE, damping=0.8)
    return made


@pytest.fixture(scope="module")
def site(project, tmp_path_factory):
    """A site with everything, published once."""
    folder = tmp_path_factory.mktemp("sites") / "site"
    done = book(project, "publish", str(folder), "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["status"] == "ok"
    return folder


@pytest.fixture
def copied(site, tmp_path):
    """A site of its own, to be published anew or broken."""
    return Path(shutil.copytree(site, tmp_path / "site"))


def request_of(project, folder, **told):
    return publish.Request(project, folder, editions=publish.chosen(project, "all"), **told)


def told_by(file):
    """What a file of answers or turns tells: it calls one function, and does nothing else."""
    call = re.fullmatch(r"(\w+)\((\{.*\})\);\n", file.read_text(encoding="utf-8"), re.S)
    return call[1], json.loads(call[2])


def settings_of(folder):
    text = (folder / "live" / "book.js").read_text(encoding="utf-8")
    return json.loads(text.removeprefix("window.bookSettings = ").removesuffix(";\n"))


def leftovers(folder):
    return [file.name for file in folder.parent.glob(f".{folder.name}.*")]


# ---- what a site holds

def test_every_page_of_every_edition_is_there_and_only_the_baseline_has_the_panel(project, site):
    listed = json.loads((site / "live" / "pages.json").read_text())
    for each in edition.shipped(project):
        place = site / publish.place_of(each)
        built = {file.relative_to(each.folder) for file in each.folder.rglob("*.html")}
        assert len(built) > 4 and {Path(row["page"]) for row in listed
                                   if row["edition"] == each.name} == {
            (place / page).relative_to(site) for page in built}
        for page in built:
            text = (place / page).read_text(encoding="utf-8")
            if switcher.END not in text:  # it leads to the front page
                assert page.name == "index.html"
                assert ("live/onward.js" in text) is each.is_baseline
                assert "panel.js" not in text
                continue
            root = "../" * (len(page.parts) - 1)
            assert (f'src="{root}live/book.js" defer' in text) == each.is_baseline
            assert f"{root}live/panel.js" in text or not each.is_baseline
            assert "<style" not in text and not re.search(r"<script(?![^>]*src=)", text)


def test_the_menu_of_editions_stays_on_the_page(project, site):
    editions = {publish.place_of(each): each.title for each in edition.shipped(project)}
    for here in json.loads((site / "live" / "pages.json").read_text()):
        page = site / here["page"]
        text = page.read_text(encoding="utf-8")
        if switcher.END not in text:
            continue
        menu = text[text.index('id="published-editions"'):text.index(switcher.END)]
        links = re.findall(r'<a href="([^"]+)"( aria-current="true")?>([^<]+)</a>', menu)
        assert [title for _, _, title in links] == list(editions.values())
        inside = re.sub(r"^editions/[^/]+/", "", here["page"])
        for (link, current, _), place in zip(links, editions, strict=True):
            target = (page.parent / link).resolve()
            assert target.is_file()
            assert target.relative_to(site.resolve()).as_posix() in (
                f"{place}/{inside}".lstrip("/"), f"{place}/index.html".lstrip("/"))
            assert bool(current) == (target == page.resolve())
        assert sum(bool(current) for _, current, _ in links) == 1
        assert re.search(r'href="([^"]*)live/editions.css"', text)


def test_an_answer_is_the_one_that_the_server_gives(project, site):
    files = sorted((site / "live" / "answers").rglob("*.js"))
    assert len(files) == len(wanted.of_book(project))
    with Live(project) as live:
        for file in files:
            name = file.relative_to(site / "live" / "answers").with_suffix("")
            call, told = told_by(file)
            assert call == "bookAnswer"
            served = live.json(f"/live/answers/{name.parent}/{quote(file.stem)}.json")
            for each in (told, served):
                del each["seconds"], each["cached"]
            assert told == served
            assert file.stem == told["address"] == address.of(address.read(file.stem))


def test_a_run_that_fails_is_an_answer_with_its_reason(site):
    last = parameters.REGISTRY.bounds("horizon_year")[1]
    _, told = told_by(site / "live" / "answers" / BROKEN / f"horizon_year={last}.js")
    assert told["status"] == "failed" and f"no path to {last}" in told["reason"]


def test_the_panel_stops_where_an_answer_is_stored(project, site):
    told = settings_of(site)
    assert told["mode"] == "static" and told["version"]
    grids = {about["name"]: about["grid"] for about in told["parameters"]}
    for name, grid in grids.items():
        stored = {file.stem for file in (site / "live" / "answers").rglob(f"{name}=*.js")
                  if "&" not in file.stem}
        standard = parameters.literal(parameters.defaults()[name])
        assert {f"{name}={quote(each, safe='')}" for each in grid if each != standard} == stored
        assert standard in grid
    assert len(grids["horizon_year"]) > 4 and len(grids["rmb_per_usd"]) == 1


def test_turns_that_take_no_run_are_there_and_no_file_is_hidden(project, site):
    assert not [file for file in site.rglob("*") if file.name.startswith(".")
                and file.name != ".buildinfo" and file.name != ".nojekyll"]
    assert not (site / "live" / "tipping").exists(), "every range would have to be halved"
    found = publish.Published(site)
    publish._turns(site.parent / "turns", request_of(project, site, turns=True),
                   execute.How(), lambda run: None, found)
    file = site.parent / "turns" / "tipping" / YEARS / "horizon_year" / "baseline.js"
    call, told = told_by(file)
    assert call == "bookTipping" and told == tipping.of(project, YEARS, "horizon_year")
    assert found.turns == len(list((site.parent / "turns").rglob("*.js"))) > 1
    with Live(project) as live:
        for name in ("baseline", ""):
            assert live.json(f"/live/tipping/{YEARS}/horizon_year/{name}.json") == told
        status, _, content = live.ask(f"/live/tipping/{YEARS}/damping/baseline.json")
        assert status == 400 and "not read by" in json.loads(content)["error"]
    shutil.rmtree(project.build / tipping.FOLDER)  # what is known is published


def test_the_hashes_of_a_site_are_its_own(site):
    assert checksums.differing(site) == []
    (site / "intro.html").touch()
    assert checksums.differing(site) == []


# ---- which answers have room

def test_what_readers_reach_most_comes_first(project):
    order = wanted.of_book(project)
    assert len({(each.chapter, each.address) for each in order}) == len(order)
    values = [each.overrides for each in edition.shipped(project) if not each.is_baseline]
    first = [each for each in order if any(
        each.overrides == {name: value for name, value in scenario.items()
                           if name in each.overrides} for scenario in values)]
    assert order[:len(first)] == first, "scenarios"
    assert order[0].chapter == YEARS, "the front page shows it"
    ends = parameters.REGISTRY.bounds("horizon_year")
    alone = [each.overrides["horizon_year"] for each in order[len(first):]
             if each.chapter == YEARS]
    assert set(alone[:2]) == set(ends)
    assert set(alone) | {LATE, parameters.defaults()["horizon_year"]} == {
        *parameters.REGISTRY.grid("horizon_year"), LATE}


def test_in_the_real_book_every_parameter_keeps_some_before_any_has_all():
    order = wanted.of_book(REAL)
    alone = [next(iter(each.overrides)) for each in order if len(each.overrides) == 1]
    half = alone[:len(alone) // 2]
    assert set(half) == set(alone) == {name for name in parameters.names()
                                       if len(parameters.REGISTRY.grid(name)) > 1}
    for each in order:
        assert parameters.validate(each.overrides) == each.overrides
        assert not {"random_seed"} & set(each.overrides)


def test_a_site_keeps_to_its_size_and_lists_what_has_no_room(project, site, tmp_path):
    whole = sum(file.stat().st_size for file in (site / "live" / "answers").rglob("*.js"))
    size = whole / 2 / publish.MEGABYTE
    found = publish.publish(request_of(project, tmp_path / "small", size=size))
    files = list((tmp_path / "small" / "live" / "answers").rglob("*.js"))
    assert found.stored_bytes == sum(file.stat().st_size for file in files) <= whole / 2
    left_out = json.loads((tmp_path / "small" / "live" / "left-out.json").read_text())
    assert left_out == found.left_out and {each["why"] for each in left_out} == {publish.NO_ROOM}
    assert len(left_out) + len(files) == len(wanted.of_book(project)) and left_out and files
    for each in left_out:
        assert not (tmp_path / "small" / "live" / "answers" / each["chapter"]
                    / f"{each['address']}.js").exists()
    told = settings_of(tmp_path / "small")["parameters"]
    grids = {about["name"]: about["grid"] for about in told}
    assert len(grids["horizon_year"]) <= len(parameters.REGISTRY.grid("horizon_year"))
    printed = book(project, "publish", str(tmp_path / "small"), "--size", str(size))
    assert printed.exit_code == 0 and "Left out, with --size" in printed.output


# ---- where it goes

@pytest.mark.parametrize("place", ["full", "file", "root", "pages", "above", "runs",
                                   "below", "chapters", "tables"])
def test_a_folder_that_is_not_for_a_site_is_refused_and_stays(project, tmp_path, place):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    folder = {"full": tmp_path / "full", "file": tmp_path / "full" / "mine.txt",
              "root": project.root, "pages": project.build / "html" / "x",
              "above": project.root.parent, "runs": project.build / "runs",
              "below": tmp_path / "full" / "mine.txt" / "a" / "b",
              "chapters": project.chapters / "x", "tables": project.data / "x"}[place]
    done = book(project, "publish", str(folder))
    assert done.exit_code == 2 and done.output.count("\n") == 1, done.output
    assert "folder" in done.output.lower()
    assert (tmp_path / "full" / "mine.txt").read_text() == "mine" and not leftovers(folder)


def test_a_place_where_nothing_can_be_written_is_refused_before_anything_runs(project, tmp_path,
                                                                              monkeypatch):
    monkeypatch.setattr(publish.os, "access", lambda place, _: place != tmp_path)
    done = book(project, "publish", str(tmp_path / "a" / "site"))
    assert done.exit_code == 2 and f"No folder can be made in {tmp_path}" in done.output
    assert list(tmp_path.iterdir()) == []


def test_what_somebody_put_into_a_site_is_not_removed(project, copied):
    (copied / "CNAME").write_text("example.org")
    done = book(project, "publish", str(copied))
    assert done.exit_code == 2 and "CNAME" in done.output
    (copied / "CNAME").unlink()
    assert book(project, "publish", str(copied), "--editions", "none").exit_code == 0
    assert not (copied / "editions").exists() and checksums.differing(copied) == []
    assert "published-editions" not in (copied / "intro.html").read_text()


@pytest.mark.parametrize("told, line", [
    (("--editions", "late,early"), "'early' is no edition"), (("--size", "0"), "--size 0"),
    (("--size", "nan"), "--size nan")])
def test_a_wrong_option_is_refused_before_anything_runs(project, tmp_path, told, line):
    done = book(project, "publish", str(tmp_path / "new"), *told)
    assert done.exit_code == 2 and line in done.output and not (tmp_path / "new").exists()


def test_a_plan_is_shown_and_nothing_is_written(project, site, tmp_path):
    done = book(project, "publish", str(tmp_path / "new"), "--dry-run", "--json")
    told = json.loads(done.stdout)
    assert told["to_build"] == 0 and told["editions"] == 2
    assert told["to_run"] == 1, "what failed is not in the store"
    assert told["answers"] == len(wanted.of_book(project)) and not list(tmp_path.iterdir())


def test_a_second_site_is_the_same_and_runs_nothing(project, site, tmp_path, monkeypatch):
    ran, run = [], execute._execute

    def noted(project, plans, *others):
        ran.extend(plans)
        run(project, plans, *others)

    monkeypatch.setattr(execute, "_execute", noted)
    publish.publish(request_of(project, tmp_path / "again"))
    assert [each.chapter for each in ran] == [BROKEN], "only what failed is not in the store"
    assert checksums.of_all(tmp_path / "again") == checksums.of_all(site)


@pytest.mark.parametrize("stage", ["_copy", "_answers", "_pages", "_finish", "_swap"])
def test_a_full_disk_leaves_the_old_site_as_it_was(project, copied, monkeypatch, stage):
    before = checksums.of_all(copied)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish, stage, full)
    with pytest.raises(edition.BuildError, match="No space left"):
        publish.publish(request_of(project, copied))
    assert checksums.of_all(copied) == before and not leftovers(copied)


def test_a_swap_that_fails_puts_the_old_site_back(project, copied, monkeypatch):
    before, rename, tried = checksums.of_all(copied), os.rename, []

    def fails_once(source, target):
        if Path(target) == copied:
            tried.append(source)
            if len(tried) == 1:
                raise OSError(5, "Input/output error")
        rename(source, target)

    monkeypatch.setattr(publish.os, "rename", fails_once)
    with pytest.raises(edition.BuildError, match="Input/output error"):
        publish.publish(request_of(project, copied))
    assert len(tried) == 2 and checksums.of_all(copied) == before and not leftovers(copied)


def test_pages_that_were_built_meanwhile_are_not_mixed(project, copied, monkeypatch):
    before, copy = checksums.of_all(copied), shutil.copytree

    def built_again(source, *others, **options):  # it calls itself for each folder inside
        copy(source, *others, **options)
        manifest = Path(source) / edition.MANIFEST
        if manifest.is_file():
            undo.append((manifest, manifest.read_text()))
            manifest.write_text(json.dumps({**json.loads(undo[-1][1]), "key": "another"}))

    undo = []
    monkeypatch.setattr(publish.shutil, "copytree", built_again)
    with pytest.raises(edition.BuildError, match="built again meanwhile"):
        publish.publish(request_of(project, copied))
    for manifest, text in undo:
        manifest.write_text(text)
    assert len(undo) == 1 and checksums.of_all(copied) == before and not leftovers(copied)


@pytest.mark.slow
@pytest.mark.parametrize("part", ["", "live", "live/answers", "published.json"])
def test_a_publisher_that_is_killed_leaves_the_old_site_and_the_next_one_clears_up(
        project, copied, part):
    before = checksums.of_all(copied)
    process = start(project, "publish", str(copied))
    end = time.monotonic() + PATIENCE
    while not any((copied.parent / name / part).exists() for name in leftovers(copied)):
        if process.poll() is not None or time.monotonic() > end:
            break  # it was quicker than we looked: then the new site is there, and is the same
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert checksums.of_all(copied) == before and checksums.differing(copied) == []
    publish.publish(request_of(project, copied))
    assert checksums.of_all(copied) == before and not leftovers(copied)


def test_a_site_that_a_killed_swap_has_moved_away_is_put_back(copied):
    before = checksums.of_all(copied)
    (copied.parent / ".site.1.publishing").mkdir()
    copied.rename(copied.parent / ".site.2.publishing")
    publish._tidy(copied)
    assert checksums.of_all(copied) == before and not leftovers(copied)


# ---- in a browser, from the file system

def opened(browser, address):
    """A page from the file system, and what goes wrong in it."""
    page, errors = browser.new_page(), []
    page.set_default_timeout(PATIENCE * 1000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    return page, errors


def test_a_page_from_a_folder_follows_a_stored_value_and_goes_to_its_edition(browser, site):
    there = (site / "chapters" / f"{YEARS}.html").as_uri()
    page, errors = opened(browser, f"{there}?horizon_year={LATE}")
    years = page.locator(f'[data-table="{YEARS}/years"]')
    years.get_by_text(str(LATE)).first.wait_for()
    page.locator(".editions-button").click()
    page.locator("#published-editions a", has_text="Late").click()
    page.wait_for_url(f"**/editions/late/chapters/{YEARS}.html")
    assert str(LATE) in years.text_content() and errors == []
    page.close()


def test_the_address_of_the_site_alone_takes_values_along(browser, site):
    page, errors = opened(browser, (site / "index.html").as_uri() + f"?horizon_year={LATE}#x")
    page.wait_for_url(f"**/intro.html?horizon_year={LATE}#x")
    assert errors == []
    page.close()


def test_a_value_that_is_not_stored_is_said(browser, site):
    page, errors = opened(browser, (site / "chapters" / f"{DRAWN}.html").as_uri() + "?damping=0.81")
    page.get_by_text("holds no answer for these values").first.wait_for()
    assert errors == []
    page.close()
