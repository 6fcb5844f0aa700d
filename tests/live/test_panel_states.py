"""What a page shows when something is wrong, foreign, late or elsewhere; what is taken along."""

import json
import re
import shutil

import pytest
from live_book import TOKEN, Live
from panel_book import BROKEN, PATH, answer, as_script, record
from playwright.sync_api import expect

from helpers import parameters
from helpers.pipeline import execute, plan
from helpers.pipeline.live import answers, head, settings

PAGE = f"chapters/{PATH}.html"
LATER = f"{PAGE}?horizon_year=2030"
COUNT = ".live-count"
LAST = f"[data-result='{PATH}/last']"
FIGURE = f"figure[data-figure='{PATH}/path']"
PLANTED = """<figure id="figure-path" data-figure="1-path/path" onclick="alert(1)">
<figcaption><p class="figure-title">Planted</p></figcaption>
<script>window.planted = 1</script><style>main { display: none }</style>
<img src="x" onerror="window.planted = 2"><iframe src="https://example.org"></iframe>
<a class="one" href="java&#10;script:window.planted = 3">a</a>
<a class="two" href=" javascript:window.planted = 4">b</a>
<a class="three" href="data:text/html,<script>1</script>">c</a>
<a class="four" href="chapters/x.html">d</a><form action="/live/scenarios"><button>e</button></form>
<svg class="book-drawing"><a xlink:href="javascript:window.planted = 5"><text>f</text></a>
<set attributeName="href" to="javascript:window.planted = 6"/>
<text onload="window.planted=7">g</text></svg>
</figure>"""


def answered(told):
    """Answers of the chapter of the page that are planted."""
    return lambda path: told if path.startswith(f"answers/{PATH}/") else None


# ------------------------------------------------------------------ what goes wrong


def test_a_chapter_that_fails_says_so_and_stays_dimmed(opened):
    page = opened(f"chapters/{BROKEN}.html?horizon_year=2033")
    fault = page.locator(".live-fault")
    expect(fault).to_contain_text("no path to 2033")
    said = fault.inner_text()
    assert "Chapter 4:" in said and "cell 2" in said
    assert f"book run {BROKEN} --set horizon_year=2033" in said
    number = page.locator(f"[data-result='{BROKEN}/z']").first
    expect(number).to_have_text("2026 (not computed for these values)")
    assert "live-not-computed" in number.get_attribute("class")
    expect(page.locator(COUNT)).to_have_text("Nothing on this page moved; 1 not computed.")
    page.get_by_role("button", name="Back to the baseline").click()
    expect(number).to_have_text("2026")
    assert number.get_attribute("class") == "book-value" and page.errors == []


def test_a_figure_that_was_not_computed_says_why_on_top_of_it(opened):
    failed = answer(PATH, "horizon_year=2030", status="timeout", reason="cell 3 took too long",
                    command="book run 1 --set horizon_year=2030")
    page = opened(LATER, answered(failed))
    note = page.locator(f"{FIGURE} > :first-child")
    expect(note).to_contain_text("Not computed for these values. Chapter 1: cell 3 took too long.")
    assert "book run 1 --set horizon_year=2030" in note.inner_text()
    assert page.locator(f"{FIGURE} > svg").is_visible()


def test_a_server_that_is_gone_is_told(opened):
    page = opened(LATER, lambda path: (lambda route: route.abort())
                  if path.startswith("answers/") else None)
    expect(page.locator(".live-fault").first).to_contain_text("does not answer")


def test_a_busy_server_is_asked_again(opened):
    times = []

    def busy(route):
        times.append(route.request.url)
        if len(times) == 1:
            route.fulfill(status=503, headers={"Retry-After": "1"}, json={"error": "full"})
        else:
            route.fulfill(json=answer(PATH, "horizon_year=2030",
                                      records={"last": record("there", "2026")}))

    page = opened(LATER, lambda path: busy if path.startswith(f"answers/{PATH}") else None)
    expect(page.locator(LAST).first).to_contain_text("there")
    assert len(times) == 2


def test_nothing_of_an_answer_runs(opened):
    told = answer(PATH, "horizon_year=2030", records={
        "last": record("<img src=x onerror='window.planted=8'>", "2026"),
        "ends": record("<b>The</b> path", "The path", "sentence")},
        exhibits={"path": {"sort": "figure", "pages": {PAGE: PLANTED}, "alt": "<i>",
                           "old_alt": ""}})
    page = opened(LATER, answered(told))
    expect(page.locator(f"{FIGURE} .figure-title")).to_have_text("Planted")
    expect(page.locator(LAST).first).to_contain_text("<img src=x")
    figure = page.locator(FIGURE)
    assert figure.locator("script, style, iframe, form, set, b").count() == 0
    assert figure.evaluate("""each => [each, ...each.querySelectorAll('*')].flatMap(one =>
        [...one.attributes].map(({name, value}) => `${name}=${value}`)).filter(one =>
        /^on|script:|^style|data:text/i.test(one))""") == []
    for name in ("one", "two", "three"):
        assert figure.locator(f".{name}").get_attribute("href") is None
    assert figure.locator(".four").get_attribute("href")
    assert page.evaluate("window.planted") is None


# ------------------------------------------------------------------ taken along


def open_part(page, words):
    """Open the panel and one of its parts."""
    page.locator(".live-opener").click()
    page.locator("#live-panel summary", has_text=words).click()


def test_a_reader_takes_the_command_results_and_a_citation(opened):
    page = opened(f"{PAGE}?dimension_weights=%5B0.6%2C%200.1%2C%200.1%2C%200.1%2C%200.1%5D"
                  "&horizon_year=2030", permissions=["clipboard-read", "clipboard-write"])
    expect(page.locator(COUNT)).to_contain_text("moved")
    open_part(page, "Take it along")
    page.get_by_role("button", name="Copy the command").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == (
        "book build --set 'dimension_weights=[0.6, 0.1, 0.1, 0.1, 0.1]' --set horizon_year=2030")
    cited = page.locator(".live-cite").inner_text()
    assert "horizon_year = 2030" in cited and re.search(r"Runs 1 [0-9a-f]{12}", cited)
    assert "do not vouch" in cited
    link = page.locator(".live-files a", has_text="CSV").get_attribute("href")
    got = page.request.get(link)
    assert got.ok and "2030" in got.text()
    assert page.locator(".live-form").count() == 0, "without the token nothing can be saved"
    page.locator("#live-panel summary", has_text="What is checked").click()
    assert "Only for the baseline" in page.locator("#live-panel").inner_text()


def test_the_token_leaves_the_address_and_saves_a_scenario(opened, served):
    page = opened(f"?token={TOKEN}")
    assert "token" not in page.url
    page.goto(f"http://{served.host}/{LATER}")
    expect(page.locator(COUNT)).to_contain_text("moved")
    open_part(page, "Take it along")
    page.get_by_label("Title", exact=True).fill("A Later Year")
    page.get_by_label("Why", exact=True).fill("To see.")
    page.get_by_role("button", name="Save as a scenario").click()
    expect(page.locator(".live-form")).to_contain_text("Saved as scenario a-later-year.")
    file = served.book.project.scenarios / "a-later-year.toml"
    assert parameters.read_scenario(file)["parameters"] == {"horizon_year": 2030}
    page.get_by_role("button", name="Save as a scenario").click()
    expect(page.locator(".live-form")).to_contain_text("is taken")
    page.reload()  # as a page does whose book was built anew with the scenario
    expect(page.locator(".live-form")).to_contain_text("Saved as scenario a-later-year.")
    file.unlink()


def test_a_whole_edition_is_asked_for_and_its_state_told(opened, served):
    built = "editions/x/html/intro.html"
    states = iter([{"state": "running", "line": "3 of 4"},
                   {"state": "done", "line": "It is built.", "address": built}])
    sent = []

    def planted(path):
        if path == "editions":
            return lambda route: (sent.append(route.request.post_data_json),
                                  sent.append(route.request.headers["x-book-token"]),
                                  route.fulfill(status=202, json={"name": "x"}))
        return next(states) if path == "editions/x.json" else None

    page = opened(f"?token={TOKEN}", planted)
    page.goto(f"http://{served.host}/{LATER}")
    open_part(page, "Take it along")
    page.get_by_role("button", name="Build the whole edition").click()
    link = page.get_by_role("link", name="Open it")
    assert link.get_attribute("href") == f"http://{served.host}/{built}"
    assert sent == [{"values": {"horizon_year": "2030"}}, TOKEN]


def test_the_state_of_an_edition_is_told_on_after_a_page_was_loaded_again(opened, served):
    state = {"state": "running", "line": "3 of 4"}
    page = opened(f"?token={TOKEN}", lambda path: {"name": "x"} if path == "editions"
                  else dict(state) if path == "editions/x.json" else None)
    page.goto(f"http://{served.host}/{LATER}")
    open_part(page, "Take it along")
    page.get_by_role("button", name="Build the whole edition").click()
    told = page.locator(".live-take")
    expect(told).to_contain_text("3 of 4")
    page.reload()
    expect(told).to_contain_text("3 of 4")
    state.update(state="done", line="It is built.")
    expect(told.get_by_role("link", name="Open it")).to_be_visible()


def test_a_scenario_is_one_press(opened):
    page = opened(PAGE)
    open_part(page, "Scenarios")
    page.get_by_role("button", name="Later", exact=True).click()
    expect(page.locator(COUNT)).to_contain_text("moved")
    assert page.url.endswith(LATER)


def test_compare_from_here_on(opened):
    page = opened(LATER)
    expect(page.locator(COUNT)).to_contain_text("moved")
    open_part(page, "Take it along")
    page.get_by_role("button", name="Compare from here on").click()
    expect(page.locator(COUNT)).to_contain_text("Nothing on this page moved")
    page.locator("#live-horizon_year-field").fill("2031")
    page.locator("#live-horizon_year-field").press("Enter")
    expect(page.locator(LAST).first).to_have_attribute("title", "other edition: 2030")
    assert page.url.endswith("?a=horizon_year%3D2030&b=horizon_year%3D2031")


# ------------------------------------------------------------------ turns, and the author's view


def test_where_a_sentence_turns_is_told_and_marked(opened):
    told = {"chapter": PATH, "parameter": "horizon_year", "address": "", "tried": ["2020", "2035"],
            "swept": ["2020", "2035"], "turns": [{
                "sentence": "ends", "between": ["2029", "2030"], "from": "a", "to": "b",
                "words": "[a -> b], from 2030 up"}], "holds": ["still"],
            "results_held": ["held", "other"], "refused": [], "failed": []}
    page = opened(PAGE, lambda path: told if path == f"tipping/{PATH}/horizon_year/.json" else None)
    page.locator(".live-opener").click()
    control = page.locator("[data-live=horizon_year]")
    control.get_by_role("button", name="Where does it flip?").click()
    place = control.locator(".live-flipping")
    expect(place.locator("del")).to_contain_text("a")
    expect(place.locator("ins")).to_contain_text("b")
    expect(place.locator("li").first).to_contain_text(", from 2030 up")
    assert "1 sentence, 2 results held at all 2 values tried" in place.inner_text()
    assert control.locator(".live-tick-flip").count() == 2
    assert page.locator("[data-live=random_seed] button", has_text="flip").count() == 0


def test_an_author_sees_what_an_edit_moves_a_fault_and_its_end(opened, served):
    events = [{"sort": "changed", "chapters": [PATH], "why": ["helpers/growth.py changed"]},
              {"sort": "fault", "text": "line 3: <b>no</b>"}]

    def planted(path):
        if path == "events":
            body = "".join(f"data: {json.dumps(each)}\n\n" for each in events)
            return lambda route: route.fulfill(body="retry: 200\n" + body,
                                               content_type="text/event-stream")
        if path == f"answers/{PATH}/.json?against=built":
            return answer(PATH, "", records={"last": record("edited", "2026")})
        return None

    page = opened(f"?token={TOKEN}", planted)
    page.goto(f"http://{served.host}/{PAGE}")
    expect(page.locator(LAST).first).to_contain_text("edited")
    expect(page.locator(".live-why")).to_have_text("helpers/growth.py changed")
    fault = page.locator(".live-author")
    expect(fault).to_contain_text("line 3: <b>no</b>")
    events[:] = [{"sort": "mended"}]
    expect(fault).to_be_hidden()


def test_pages_that_were_built_again_are_loaded_where_they_stood(opened, served):
    events = []

    def planted(path):
        if path != "events":
            return None
        body = f"data: {json.dumps(events.pop())}\n\n" if events else ""  # each is told once
        return lambda route: route.fulfill(body="retry: 200\n" + body,
                                           content_type="text/event-stream")

    page = opened(f"?token={TOKEN}", planted)
    page.goto(f"http://{served.host}/{PAGE}")
    page.evaluate("scrollTo({top: 300, behavior: 'instant'}); window.before = true")
    with page.expect_event("load"):
        events.append({"sort": "pages"})
    assert page.evaluate("window.before") is None
    assert abs(page.evaluate("scrollY") - 300) < 2


# ------------------------------------------------------------------ from a folder, without a server


@pytest.fixture(scope="module")
def static(built_for_the_panel, tmp_path_factory):
    """The book as files, with the answers for one value."""
    project = built_for_the_panel
    site = tmp_path_factory.mktemp("static") / "site"
    shutil.copytree(project.build / "html", site)
    live = site / head.FOLDER
    shutil.copytree(head.STATIC, live)
    told = settings.of_book(project, "static", "v")
    for about in told["parameters"]:
        if about["name"] == "horizon_year":
            about["grid"] = ["2024", "2026", "2030"]
    (live / "book.js").write_text(settings.as_script(told), encoding="utf-8")
    for name in (PATH, BROKEN):
        plans = [plan.make(project, name, values) for values in ({"horizon_year": 2030}, {})]
        run, against = execute.run_many(project, plans)
        found = answers.of(project, name, {"horizon_year": 2030}, run, against)
        folder = live / "answers" / name
        folder.mkdir(parents=True)
        (folder / "horizon_year=2030.js").write_text(
            as_script("bookAnswer", found), encoding="utf-8")
    (live / "tipping" / PATH / "horizon_year").mkdir(parents=True)
    (live / "tipping" / PATH / "horizon_year" / "baseline.js").write_text(as_script(
        "bookTipping", {"chapter": PATH, "turns": [], "tried": ["2020", "2035"],
                        "swept": ["2020", "2035"], "holds": ["ends"],
                        "results_held": []}), encoding="utf-8")
    for file in site.rglob("*.html"):
        depth = len(file.relative_to(site).parts) - 1
        file.write_text(head.into(file.read_text(encoding="utf-8"), "../" * depth),
                        encoding="utf-8")
    return site


@pytest.fixture
def offline(browser, static):
    """A page of it, opened from the file system with no network."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.start = (static / "chapters" / f"{PATH}.html").as_uri()
    expect.set_options(timeout=120_000)
    yield page
    context.close()


def test_a_book_in_a_folder_follows_as_well(offline):
    page = offline
    page.goto(page.start)
    page.locator(".live-opener").click()
    field = page.locator("#live-horizon_year-field")
    field.fill("2030")
    field.press("Enter")
    expect(page.locator(LAST).first).to_contain_text("2030")
    assert page.url == page.start + "?horizon_year=2030"
    page.goto(page.url)
    expect(page.locator(LAST).first).to_contain_text("2030")
    expect(page.locator(f"{FIGURE} .figure-title")).to_have_text("Down to 2030")
    assert page.locator(f"{FIGURE} a[download]").count() == 0, "files of the baseline alone"
    page.locator(".menu a", has_text="A small book").first.click()
    expect(page.locator(f"{FIGURE} .figure-title")).to_have_text("Down to 2030")
    assert page.errors == []


def test_what_a_folder_does_not_hold_is_told_with_the_command_and_what_it_holds(offline):
    page = offline
    page.goto(page.start + "?horizon_year=2029")
    fault = page.locator(".live-fault").first
    expect(fault).to_contain_text("this copy of the book holds no answer for these values")
    assert "book run 1 --set horizon_year=2029" in fault.inner_text()
    fault.get_by_role("button", name="horizon_year = 2030").click()
    expect(page.locator(LAST).first).to_contain_text("2030")


def test_turns_are_told_from_a_folder(offline):
    page = offline
    page.goto(page.start)
    page.locator(".live-opener").click()
    page.locator("[data-live=horizon_year]").get_by_role("button", name="flip").click()
    expect(page.locator("[data-live=horizon_year] .live-flipping")).to_contain_text(
        "1 sentence, 0 results held at all 2 values tried")
    page.locator("[data-live=damping]").get_by_role("button", name="flip").click()
    expect(page.locator("[data-live=damping] .live-flipping")).to_contain_text("no sweep is stored")


def test_a_history_that_refuses_is_gone_around(offline):
    page = offline
    page.add_init_script("history.pushState = () => { throw new DOMException('no'); }")
    page.goto(page.start)
    page.evaluate("bookLive.store.set('horizon_year', '2030')")
    page.wait_for_url("**?horizon_year=2030")
    expect(page.locator(LAST).first).to_contain_text("2030")


# ------------------------------------------------------------------ for others


def test_a_public_book_offers_nothing_that_it_refuses(browser, built_for_the_panel):
    with Live(built_for_the_panel, public=True, names=["book.example"]) as public:
        page = browser.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"http://{public.host}/{LATER}&token=x")
        expect(page.locator(LAST).first).to_contain_text("2030")
        open_part(page, "Take it along")
        assert page.locator(".live-form").count() == 0
        assert not [url for url in asked if url.endswith("/live/events")]
        page.close()


