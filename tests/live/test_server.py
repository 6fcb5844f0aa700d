"""What a served book sends: pages with the panel, answers, files, results, editions."""

import errno
import gzip
import io
import json
import re
import socket
import threading
import zipfile

import pytest
from live_book import BROKEN, DRAWN, OWN, TOKEN, YEARS, Live, until, write
from small_book import own_table

from helpers.pipeline import edition
from helpers.pipeline.execute import RunResult
from helpers.pipeline.live import answers, editions, head
from helpers.pipeline.live.commands import Commands

PAGE = f"/chapters/{YEARS}.html"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return write(tmp_path_factory.mktemp("server") / "book")


class Named(Commands):
    """Commands that are only written down."""

    typed, code, go = (), 0, threading.Event()

    def run(self, arguments, tell=lambda line: None):
        self.typed = (*self.typed, list(arguments))
        tell("[1/4] 1-years  1.0 s")
        assert self.go.wait(60)
        return self.code, "Error: it broke." if self.code else ""


@pytest.fixture(scope="module")
def live(project):
    named = Named(project)
    with Live(project, more=lambda book: {"editions": editions.Editions(project, named)}) as found:
        found.named = named
        yield found


def test_a_page_is_as_it_was_built_but_for_the_lines_in_its_head(live):
    status, headers, content = live.ask(PAGE)
    assert status == 200 and headers["Content-Type"] == "text/html; charset=utf-8"
    text = content.decode()
    assert text.replace(head.lines("../"), "") == (live.wanted.folder / PAGE[1:]).read_text()
    assert '<script src="../live/book.js" defer></script>' in text
    assert text.index("live/book.js") < text.index("</head>")
    assert '<script src="live/book.js" defer>' in live.ask("/intro.html")[2].decode()


def test_the_start_address_leads_to_the_first_page_with_its_token(live):
    status, headers, _ = live.ask("/?token=abc")
    assert status == 302 and headers["Location"] == "/intro.html?token=abc"


def test_the_settings_are_a_script_that_assigns(live):
    status, headers, content = live.ask("/live/book.js")
    assert status == 200 and headers["Content-Type"].startswith("text/javascript")
    told = json.loads(re.fullmatch(r"window\.bookSettings = (.*);\n", content.decode(), re.S)[1])
    assert told["mode"] == "local" and told["chapters"][YEARS]["parameters"] == ["horizon_year"]
    about = {each["name"]: each for each in told["parameters"]}
    assert about["horizon_year"]["literal"] in about["horizon_year"]["grid"]


def test_an_answer_is_that_of_its_runs_and_is_sent_once(live, project):
    path = f"/live/answers/{YEARS}/horizon_year%3D2030.json"
    status, headers, content = live.ask(path, Accept_Encoding="gzip")
    assert status == 200 and headers["Content-Encoding"] == "gzip"
    told = json.loads(gzip.decompress(content))
    assert told["records"]["x"]["text"] == "2030" and told["status"] == "ok"
    again = live.json(path)
    assert again == told
    status, headers, content = live.ask(path, If_None_Match=headers["Etag"])
    assert (status, content) == (304, b"")


@pytest.mark.parametrize("text", ["horizon_year=2030", "horizon_year%3D2030",
                                  "horizon_year%3D+2030", "damping=0.8&horizon_year=2030"])
def test_an_address_is_read_in_each_spelling_and_what_is_not_read_there_is_left_out(live, text):
    told = live.json(f"/live/answers/{YEARS}/{text}.json")
    assert (told["address"], told["values"]) == ("horizon_year=2030", {"horizon_year": "2030"})


def test_set_back_the_answer_is_empty_and_against_the_pages_as_well(live):
    for query in ("", "?against=built"):
        if query:  # whoever built the pages ran it
            live.json(f"/live/answers/{YEARS}/.json")
        told = live.json(f"/live/answers/{YEARS}/.json{query}")
        assert told["records"] == told["exhibits"] == {}


def test_a_failed_chapter_is_an_answer_and_not_run_again(live):
    path = f"/live/answers/{BROKEN}/horizon_year=2033.json"
    told = live.json(path)
    assert told["status"] == "failed" and "cell 2" in told["reason"]
    assert told["command"] == f"book run {BROKEN} --set horizon_year=2033"
    assert live.json(path) == told


@pytest.mark.parametrize("path, status, said", [
    (f"/live/answers/{YEARS}/horizon_yaer=1.json", 400, "Nearest name: horizon_year"),
    (f"/live/answers/{YEARS}/horizon_year=1990.json", 400, "2020 to 2035"),
    ("/live/answers/9-none/.json", 404, "No chapter is called"),
    ("/live/answers/x.json", 404, "no such"), ("/live/none.js", 404, "no such"),
    (f"/live/files/{YEARS}//{YEARS}-none.csv", 404, "has no file"),
    ("/live/take/x=1.csv", 400, "is not a parameter"),
    ("/live/editions/none.json", 404, "Nobody asked")])
def test_what_cannot_be_answered_is_one_line_of_json(live, path, status, said):
    got, headers, content = live.ask(path)
    assert got == status and headers["Content-Type"] == "application/json"
    told = json.loads(content)
    assert set(told) == {"error"} and said in told["error"] and "\n" not in told["error"]


def test_values_are_checked_without_a_run(live):
    assert live.json("/live/check?horizon_year=2030") == {"ok": True, "error": ""}
    told = live.json("/live/check?horizon_year=2030&horizon_year=2031")
    assert not told["ok"] and "given twice" in told["error"]


@pytest.mark.parametrize("name, begins", [
    (f"{DRAWN}-path.csv", b"year,size"), (f"{DRAWN}-path.svg", b"<svg"),
    (f"{DRAWN}-path.png", b"\x89PNG")])
def test_a_figure_is_taken_along_under_these_values(live, name, begins):
    status, headers, content = live.ask(f"/live/files/{DRAWN}/damping=0.8/{name}")
    assert status == 200 and content.startswith(begins)
    assert headers["Content-Disposition"] == "attachment"
    if name.endswith(".csv"):
        assert b"0.8" in content


def test_all_results_are_taken_along_with_what_they_are(live):
    live.named.go.set()
    status, headers, content = live.ask("/live/take/damping=0.8&horizon_year=2030.csv")
    assert status == 200 and 'filename="baseline-' in headers["Content-Disposition"]
    assert b"The path ends in 2030." in content and b"The path ends in 2026." in content
    assert json.loads(live.ask("/live/take/horizon_year=2030.json")[2])[0]["chapter"] == YEARS
    archive = zipfile.ZipFile(io.BytesIO(live.ask("/live/take/horizon_year=2030.zip")[2]))
    readme = archive.read("README.md").decode()
    assert "horizon_year = 2030 (baseline 2026)" in readme
    assert "book build --set horizon_year=2030" in readme and "vouch" in readme
    runs = json.loads(archive.read("datapackage.json"))["runs"]
    key = live.json(f"/live/answers/{YEARS}/horizon_year=2030.json")["key"]
    assert runs[YEARS] == key and key in readme
    assert archive.read("results.csv") == live.ask("/live/take/horizon_year=2030.csv")[2]


def test_results_of_which_one_is_missing_are_not_taken_along(live):
    status, _, content = live.ask("/live/take/horizon_year=2034.csv")
    assert status == 409
    assert f"book run {BROKEN} --set horizon_year=2034" in json.loads(content)["error"]


def test_an_edition_is_built_once_at_a_time(live):
    live.named.go.clear()
    status, told = live.post("/live/editions", {"values": {"horizon_year": "2030"}})
    assert status == 202 and told == {"name": "baseline-horizon-year-2030"}
    path = f"/live/editions/{told['name']}.json"
    until(lambda: live.json(path)["state"] == "running")
    assert live.json(path)["line"].startswith("[1/4]")
    assert live.post("/live/editions", {"values": {"horizon_year": 2030}})[0] == 202
    assert live.post("/live/editions", {"values": {"damping": 0.8}})[0] == 202
    assert live.json("/live/editions/baseline-damping-0.8.json")["state"] == "waiting"
    live.named.go.set()
    until(lambda: live.json("/live/editions/baseline-damping-0.8.json")["state"] == "done")
    assert live.json(path)["address"].startswith("editions/baseline-horizon-year-2030/html/")
    assert live.named.typed[-2:] == (["build", "--set", "horizon_year=2030"],
                                     ["build", "--set", "damping=0.8"])
    assert live.post("/live/editions", {"values": {}})[0] == 400
    live.named.code = 1
    live.post("/live/editions", {"values": {"horizon_year": "2031"}})
    state = "/live/editions/baseline-horizon-year-2031.json"
    until(lambda: live.json(state)["state"] == "failed")
    assert live.json(state)["line"] == "Error: it broke."


def test_pages_of_an_edition_are_served_as_they_are(live, project):
    folder = project.build / "editions" / "mine" / "html"
    (folder / "chapters").mkdir(parents=True)
    (folder / "intro.html").write_text("<html><head></head></html>")
    assert live.ask("/editions/mine/html/intro.html")[2] == b"<html><head></head></html>"
    assert live.ask("/editions/none/html/intro.html")[0] == 404
    assert live.ask("/editions/mine/html/../../../html/edition.json")[0] == 404


def test_a_scenario_is_saved_and_never_in_the_place_of_another(live, project):
    told = {"name": "slow-start", "title": 'Slow "start" \\ \'x\'', "why": "To see <b>.",
            "values": {"damping": "0.8"}}
    status, said = live.post("/live/scenarios", told)
    assert status == 201 and said["file"] == "scenarios/slow-start.toml"
    found = edition.resolve(project, "slow-start")
    assert (found.title, found.why, found.overrides) == (
        told["title"], told["why"], {"damping": 0.8})
    before = (project.scenarios / "slow-start.toml").read_bytes()
    status, said = live.post("/live/scenarios", {**told, "values": {"damping": "0.9"}})
    assert status in (400, 409)
    status, said = live.post("/live/scenarios", {**told, "values": {"damping": "0.85"}})
    assert status == 409 and "taken" in said["error"]
    assert (project.scenarios / "slow-start.toml").read_bytes() == before
    (project.scenarios / "slow-start.toml").unlink()
    assert [file.name for file in project.scenarios.iterdir()] == []


@pytest.mark.parametrize("change", [
    {"name": "../evil"}, {"name": "a/b"}, {"name": "baseline"}, {"name": ""}, {"name": "A b"},
    {"name": ".hidden"}, {"title": ""}, {"title": "two\nlines"}, {"why": "x" * 2000},
    {"title": "\u202etrap"}, {"values": {}}, {"values": {"none": "1"}},
    {"values": {"damping": "7"}}, {"values": {"damping": {"x": 1}}}, {"name": 3}, {"more": 1},
    {"name": "a" * 300}, {"title": "half a sign \ud800"}, {"why": "\udfff"}])
def test_a_scenario_that_cannot_be_one_is_refused_and_nothing_written(live, project, change):
    told = {"name": "mine", "title": "Mine", "why": "To see.", "values": {"damping": "0.8"}}
    status, said = live.post("/live/scenarios", {**told, **change})
    assert status in (400, 409) and said["error"]
    assert [file.name for file in project.scenarios.iterdir()] == []


def test_a_file_that_cannot_be_written_is_a_line_without_a_place(live, project, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device", str(project.root))

    monkeypatch.setattr("helpers.pipeline.live.scenarios.os.link", full)
    told = {"name": "mine", "title": "Mine", "why": "To see.", "values": {"damping": "0.8"}}
    status, said = live.post("/live/scenarios", told)
    assert status == 500 and said == {
        "error": "A file could not be read or written here: No space left on device."}
    assert [file.name for file in project.scenarios.iterdir()] == []


def test_pages_that_are_replaced_at_this_moment_are_asked_for_again(live, monkeypatch):
    gone = live.book.pages / "chapters" / "gone.html"
    monkeypatch.setattr("helpers.pipeline.live.paging.inside", lambda *_, **__: gone)
    status, headers, _ = live.ask(PAGE)
    assert status == 503 and headers["Retry-After"]


def test_readers_own_tables_are_an_edition_that_is_served(project, tmp_path):
    hostile = "<script>alert(1)</script>"
    folder = own_table(tmp_path / "mine", change=lambda text: text.replace(
        "policies and standards", hostile))
    with Live(project.with_own_data(folder)) as live:
        told = live.json(f"/live/answers/{OWN}/.json")
        assert told["records"] == {} and "--data" in told["command"]
        status, headers, content = live.ask(f"/live/files/{OWN}//{OWN}-ratings.csv")
        assert status == 200 and hostile.encode() in content
        assert headers["Content-Disposition"] == "attachment"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert b"<" not in live.ask("/live/book.js")[2]
        run = live.runner.ask(live.book.plans.of(OWN, {})).future.result(60)
        shown = answers.said(run).exhibits["ratings"]["data"]["text/html"]
        assert hostile not in "".join(shown) and "&lt;script&gt;" in "".join(shown)


class Held:
    """Runs that wait until they are let go."""

    def __init__(self):
        self.ran, self.go = [], threading.Event()

    def __call__(self, project, planned):
        self.ran.append(dict(planned.values))
        assert self.go.wait(60)
        return RunResult(planned.chapter, "failed", planned.key, reason="held")


def test_who_goes_away_takes_what_only_he_waited_for_out_of_the_queue(project):
    held = Held()
    with Live(project, run=held, jobs=1) as live:
        thread = threading.Thread(target=live.ask, args=(
            f"/live/answers/{YEARS}/horizon_year=2027.json",))
        thread.start()
        until(lambda: held.ran)
        gone = socket.create_connection(("127.0.0.1", live.port))
        gone.sendall(f"GET /live/answers/{DRAWN}/damping=0.85.json HTTP/1.1\r\n"
                     f"Host: {live.host}\r\n\r\n".encode())
        until(lambda: any(job.planned.values.get("damping") == 0.85
                          for job in list(live.runner._queue)))
        gone.close()
        until(lambda: not any(job.planned.values.get("damping") == 0.85
                              for job in list(live.runner._queue)))
        held.go.set()
        thread.join()
    assert {"damping": 0.85} not in held.ran


def test_an_answer_that_a_reader_has_is_not_made_again(live, monkeypatch):
    path = f"/live/answers/{YEARS}/horizon_year=2030.json"
    _, headers, _ = live.ask(path)
    assert headers["Etag"] == f'"{live.book.tag(live.book.asked(YEARS, "horizon_year=2030"))}"'
    monkeypatch.setattr(live.book, "known", lambda asked: 1 / 0)
    assert live.ask(path, If_None_Match=headers["Etag"])[0] == 304


def test_what_holds_for_once_has_no_name_under_which_it_is_kept(project):
    def killed(project, planned):
        return RunResult(planned.chapter, "dead", planned.key, reason="killed")

    with Live(project, run=killed) as live:
        status, headers, content = live.ask(f"/live/answers/{YEARS}/horizon_year=2032.json")
        assert status == 200 and json.loads(content)["status"] == "dead"
        assert "Etag" not in headers


def test_what_the_page_shows_comes_before_what_it_asks_for_others(project):
    held = Held()
    with Live(project, run=held, jobs=1) as live:
        live.runner.ask(live.book.plans.of(YEARS, {"horizon_year": 2027}))
        until(lambda: held.ran)
        threads = []
        for year, urgency in ((2028, "1"), (2029, "2"), (2031, None)):
            threads.append(threading.Thread(target=live.ask, kwargs={"X_Book_Urgency": urgency},
                                            args=(f"/live/files/{YEARS}/horizon_year={year}/x",)))
            threads[-1].start()
            until(lambda: live.runner.count()[0] == len(threads))
        held.go.set()
        for thread in threads:
            thread.join()
    assert [values["horizon_year"] for values in held.ran] == [2027, 2029, 2031, 2028]


def test_a_full_queue_says_when_to_come_back(project):
    held = Held()
    with Live(project, run=held, jobs=1, most_waiting=1) as live:
        for place, year in enumerate((2028, 2029)):
            live.runner.ask(live.book.plans.of(YEARS, {"horizon_year": year}))
            until(lambda place=place: live.runner.count() == (place, 1))
        status, headers, content = live.ask(f"/live/answers/{DRAWN}/damping=0.86.json")
        assert status == 503 and headers["Retry-After"] and json.loads(content)["error"]
        held.go.set()


def test_who_takes_all_results_again_and_again_leaves_room_for_pages(project):
    """Of twelve such requests two run chapters at a time; the rest wait outside the queue."""
    held = Held()
    with Live(project, run=held, jobs=1, most_waiting=8) as live:
        threads = [threading.Thread(target=live.ask, args=(
            f"/live/take/horizon_year={year}.csv",)) for year in range(2027, 2039)]
        for thread in threads:
            thread.start()
        until(lambda: live.runner.count()[0] >= 5)
        gone = socket.create_connection(("127.0.0.1", live.port))
        gone.sendall(f"GET /live/take/damping=0.5.csv HTTP/1.1\r\nHost: {live.host}\r\n\r\n"
                     .encode())
        gone.close()
        page = threading.Thread(target=live.ask, args=(f"/live/answers/{DRAWN}/damping=0.85.json",))
        page.start()
        until(lambda: any(job.planned.values.get("damping") == 0.85
                          for job in list(live.runner._queue)))
        held.go.set()
        for thread in (*threads, page):
            thread.join()
    assert {"damping": 0.85} in held.ran
    assert not any(values.get("damping") == 0.5 for values in held.ran), "he went away"


def test_no_token_is_in_what_is_served(live):
    for path in (PAGE, "/live/book.js", f"/live/answers/{YEARS}/.json"):
        assert TOKEN.encode() not in live.ask(path)[2]
