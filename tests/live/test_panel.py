"""The panel of a page: a knob is turned, the page follows, and goes back to what it was."""

import json
import re
import threading

import pytest
from panel_book import OTHER, PATH, SHARES, answer, record
from playwright.sync_api import expect

PAGE = f"chapters/{PATH}.html"
LATER = f"{PAGE}?horizon_year=2030"
COUNT, FIELD = ".live-count", "#live-horizon_year-field"
ENDS = f"[data-sentence='{PATH}/ends']"
LAST = f"[data-result='{PATH}/last']"
FIGURE = f"figure[data-figure='{PATH}/path']"
SUMS = f"figure[data-table='{PATH}/sums']"
# Whether a table is a stop for the keyboard follows from its width, whoever put it where.
MAIN = """(() => { const copy = document.querySelector('main').cloneNode(true);
    for (const box of copy.querySelectorAll('.book-table')) box.removeAttribute('tabindex');
    return copy.outerHTML; })()"""


def moved(page):
    """Wait until the page has followed."""
    expect(page.locator(COUNT)).to_contain_text(" moved")
    return page


def settled(page):
    """Wait until the page is that of the baseline."""
    expect(page.locator(".live-bar")).to_be_hidden()
    return page


def turn(page, value, field=FIELD):
    """Type a value in the panel."""
    if page.locator("#live-panel").is_hidden():
        page.locator(".live-opener").click()
    page.locator(field).fill(value)
    page.locator(field).press("Enter")


# ------------------------------------------------------------------ following


def test_the_page_follows_and_set_back_it_is_what_it_was(opened):
    page = opened(PAGE)
    page.locator(".live-opener").click()
    before = page.evaluate(MAIN)
    turn(page, "2030")
    moved(page)
    assert page.url.endswith(LATER)
    expect(page.locator(ENDS)).to_contain_text("2030")
    expect(page.locator(LAST).first).to_have_attribute("title", "baseline: 2026")
    assert page.locator(LAST).first.inner_text().startswith("2030")
    expect(page.locator(f"[data-result='{PATH}/held']").first).to_have_text("7")
    expect(page.locator(f"{FIGURE} .figure-title")).to_have_text("Down to 2030")
    label = page.locator(f"{FIGURE} > svg").get_attribute("aria-label")
    assert label == "A line that falls until 2030."
    said = page.locator(COUNT).inner_text()
    assert said == "1 result, 1 sentence, 1 figure, 1 table moved; 3 held."
    notice = page.locator("aside.edition-notice")
    expect(notice).to_contain_text("horizon_year = 2030 (baseline 2026)")
    page.locator("[data-live=horizon_year] button", has_text="Reset").click()
    settled(page)
    expect(notice).to_have_count(0)
    assert page.evaluate(MAIN) == before
    assert page.url.endswith(PAGE) and page.errors == []


def test_an_explorer_begins_where_the_values_put_it(opened):
    page = opened(f"{PAGE}?damping=0.8")
    moved(page)
    medium = page.locator("#explorer-weights-position")
    expect(medium).to_have_value("40")
    medium.fill("70")
    turn(page, "2030")  # moves nothing of it, so it stays where its reader put it
    moved(page)
    expect(page.locator(ENDS)).to_contain_text("2030")
    expect(medium).to_have_value("70")
    page.locator("[data-live=damping] button", has_text="Reset").click()
    expect(page.locator(ENDS)).not_to_contain_text("0.8")
    expect(medium).to_have_value("45")
    assert page.locator(".explorer").count() == 1 and page.errors == []


def test_what_is_being_typed_stays_when_an_earlier_answer_comes(opened):
    waiting = []
    page = opened(PAGE, lambda path: waiting.append if path.startswith(f"answers/{OTHER}/")
                  else None)
    turn(page, "0.8", "#live-damping-field")
    expect(page.locator(ENDS)).to_contain_text("0.8")
    page.locator(FIELD).fill("2030")
    waiting[0].fallback()
    expect(page.locator(".live-bar")).to_contain_text("1 change in other chapters")
    expect(page.locator(FIELD)).to_have_value("2030")
    page.locator(FIELD).press("Enter")
    expect(page.locator(ENDS)).to_contain_text("2030")
    assert page.errors == []


def test_every_value_in_between_leaves_nothing_behind(opened):
    page = opened(PAGE)
    page.locator(".live-opener").click()
    before = page.evaluate(MAIN)
    for value in ("2030", "2028", "2035"):
        turn(page, value)
        expect(page.locator(f"{FIGURE} .figure-title")).to_have_text(f"Down to {value}")
        expect(page.locator(f"{FIGURE} .live-compare")).to_have_count(1)
        moved(page)
    turn(page, "2026")
    settled(page)
    assert page.evaluate(MAIN) == before


def test_a_slider_tells_while_it_moves_and_asks_when_it_is_let_go(opened):
    page = opened(PAGE)
    page.locator(".live-opener").click()
    slider = page.locator("[data-live=horizon_year] input[type=range]")
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.4, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, middle, steps=5)
    told = page.locator(FIELD).input_value()
    assert told != "2026" and page.url.endswith(PAGE)
    assert not [url for url in page.asked if "/live/answers/" in url]
    page.mouse.up()
    moved(page)
    assert page.url.endswith(f"?horizon_year={told}")


def test_a_held_arrow_key_asks_once(opened):
    page = opened(PAGE)
    page.locator(".live-opener").click()
    page.locator("[data-live=horizon_year] input[type=range]").focus()
    for _ in range(3):
        page.keyboard.down("ArrowRight")
    assert page.locator(FIELD).input_value() == "2029" and page.url.endswith(PAGE)
    page.keyboard.up("ArrowRight")
    moved(page)
    asked = {url.split("/live/answers/")[1] for url in page.asked if f"/answers/{PATH}/" in url}
    assert asked == {f"{PATH}/horizon_year%3D2029.json"}


def held_back(page_texts):
    """Answers of one chapter that wait until they are let go; by address."""
    waiting, there = {}, threading.Event()

    def planted(path):
        if not path.startswith(f"answers/{PATH}/"):
            return None
        address = path.split("/")[2].removesuffix(".json").replace("%3D", "=")

        def keep(route):
            waiting[address] = lambda: route.fulfill(json=answer(PATH, address, records={
                "last": record(page_texts[address], "2026")}))
            there.set()
        return keep

    return planted, waiting


def test_what_waits_is_dimmed_and_never_blank_and_a_late_answer_overwrites_nothing(opened):
    planted, waiting = held_back({"horizon_year=2030": "early", "horizon_year=2031": "latest"})
    page = opened(PAGE, planted)
    turn(page, "2030")
    expect(page.locator(COUNT)).to_contain_text("Computing 1")
    last = page.locator(LAST).first
    expect(last).to_have_attribute("aria-busy", "true")
    expect(last).to_have_text("2026")
    turn(page, "2031")
    page.wait_for_timeout(100)
    waiting["horizon_year=2031"]()
    expect(last).to_contain_text("latest")
    assert last.get_attribute("aria-busy") is None
    waiting["horizon_year=2030"]()  # the browser has given it up
    page.wait_for_timeout(200)
    expect(last).to_contain_text("latest")
    assert page.errors == []


def test_the_page_is_asked_first_and_the_rest_two_at_a_time(opened):
    running, most, order = set(), [], []

    def planted(path):
        if not path.startswith("answers/"):
            return None
        _, name, address = path.split("/")

        def later(route):
            running.add(name)
            most.append(len(running))
            order.append(name)
            page.wait_for_timeout(30)
            running.discard(name)
            route.fulfill(json=answer(name, address.removesuffix(".json")))
        return later

    page = opened(PAGE, planted)
    page.goto(page.url + "?damping=0.8&horizon_year=2030")
    expect(page.locator(".live-others summary")).to_have_text("0 changes in other chapters")
    assert order[0] == PATH and set(order) == {PATH, OTHER, "4-broken"} and max(most) <= 2


def test_other_pages_show_the_same_pieces(opened):
    page = moved(opened("intro.html?horizon_year=2030"))
    expect(page.locator(f"{FIGURE} .figure-title")).to_have_text("Down to 2030")
    expect(page.locator(FIGURE)).to_have_attribute("id", f"figure-{PATH}-path")
    link = page.locator(f"{FIGURE} a", has_text="chapter 1")
    assert link.get_attribute("href") == f"chapters/{PATH}.html?horizon_year=2030"
    page.goto(page.url.replace("intro", "all-results"))
    moved(page)
    row = page.locator(f"tr[data-result='{PATH}/last']")
    expect(row.locator("td").nth(1)).to_contain_text("2030")
    assert page.errors == []


# ------------------------------------------------------------------ pieces that were put in


def test_new_pieces_are_as_alive_as_those_of_the_page(opened):
    page = moved(opened(LATER))
    first = page.locator(f"{SUMS} tbody tr").first
    before = first.inner_text()
    page.locator(f"{SUMS} th button", has_text="sum").click()
    page.locator(f"{SUMS} th button", has_text="sum").click()
    assert first.inner_text() != before
    csv = page.locator(f"{SUMS} a", has_text="CSV").get_attribute("href")
    assert csv.endswith(f"/live/files/{PATH}/horizon_year%3D2030/{PATH}-sums.csv")
    got = page.request.get(csv)
    assert got.ok and "2030" in got.text()
    for end in ("SVG", "PNG"):
        link = page.locator(f"{FIGURE} a", has_text=end).get_attribute("href")
        assert page.request.get(link).ok


def test_open_boxes_focus_and_place_stay(opened):
    page = opened(PAGE)
    page.locator(".live-opener").click()
    page.locator(f"{FIGURE} .figure-data summary").click()
    page.locator(f"{FIGURE} .figure-data summary").focus()
    page.locator(f"{SUMS}").scroll_into_view_if_needed()
    place = page.locator(SUMS).bounding_box()["y"]
    page.evaluate("bookLive.store.set('horizon_year', '2030')")
    expect(page.locator(f"{FIGURE} .figure-title")).to_have_text("Down to 2030")
    moved(page)
    assert page.evaluate("document.activeElement.closest('figure')?.dataset.figure") == \
        f"{PATH}/path"
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert page.locator(f"{FIGURE} .figure-data").get_attribute("open") is not None
    assert abs(page.locator(SUMS).bounding_box()["y"] - place) < 150, "the text jumped"


def test_the_card_of_a_number_tells_both(opened):
    page = moved(opened(LATER))
    page.locator(f"a{LAST}").first.click()
    card = page.locator("#book-card:popover-open")
    expect(card.locator(".book-card-value")).to_have_text("2030")
    said = card.inner_text()
    assert "2026" in said and "horizon_year = 2030 (baseline 2026)" in said.replace("\n", " ")


def test_the_box_of_parameters_follows_and_opens_the_panel(opened):
    page = moved(opened(LATER))
    box = page.locator("#assumptions")
    expect(box.locator("summary")).to_have_text(
        "This edition: horizon_year = 2030 (baseline 2026)")
    row = box.locator("[data-parameter=horizon_year]")
    assert row.get_attribute("data-value") == "2030"
    assert row.get_attribute("data-baseline") == "2026"
    assert box.locator(".command code").text_content() == "book build --set horizon_year=2030"
    button = box.locator("button", has_text="Change the assumptions")
    button.click()
    expect(page.locator("#live-panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#live-panel")).to_be_hidden()
    expect(button).to_be_focused()


# ------------------------------------------------------------------ what moved


def test_struck_and_new_words_keep_the_links_around_them(opened):
    page = moved(opened(LATER))
    sentence = page.locator(ENDS).first
    assert "2026" in sentence.locator("del").text_content()
    assert "2030" in sentence.locator("ins").text_content()
    assert sentence.locator("a.book-ask").count() == 1
    page.get_by_label("Words before and after").uncheck()
    expect(sentence.locator("del")).to_be_hidden()
    expect(sentence.locator("ins")).to_be_visible()


def test_next_change_goes_around_and_back_is_a_key_that_fields_do_not_take(opened):
    page = moved(opened(LATER))
    seen = []
    for _ in range(5):
        page.get_by_role("button", name="Next change").click()
        seen.append(page.evaluate("""(() => { const at = document.activeElement.closest(
            "[data-sentence], [data-result], [data-figure], [data-table]");
            return Object.values(at.dataset)[0]; })()"""))
    assert len(set(seen[:4])) == 4 and seen[4] == seen[0]
    page.locator(".live-opener").click()
    page.locator(FIELD).press("Alt+Shift+KeyB")
    assert page.url.endswith(LATER)
    page.locator("#live-title").focus()
    page.keyboard.press("Alt+Shift+KeyB")
    settled(page)
    assert page.url.endswith(PAGE)


def test_a_figure_is_compared_in_three_ways_and_the_last_is_remembered(opened):
    page = moved(opened(LATER))
    compare = page.locator(f"{FIGURE} .live-compare")
    compare.get_by_role("button").click()
    assert compare.locator(".live-pair svg").count() == 2
    assert "until 2026" in compare.inner_text() and "until 2030" in compare.inner_text()
    compare.get_by_label("Wipe").check()
    wiper = compare.locator("input[type=range]")
    wiper.focus()
    page.keyboard.press("Home")
    clipped = "document.querySelector('.live-stack > :last-child').style.clipPath"
    assert "100%" in page.evaluate(clipped)
    compare.get_by_label("Difference").check()
    assert compare.locator(".live-difference").count() == 1
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(ids) == len(set(ids))
    turn(page, "2031")
    expect(page.locator(f"{FIGURE} .figure-title")).to_have_text("Down to 2031")
    compare.get_by_role("button").click()
    expect(compare.get_by_label("Difference")).to_be_checked()


def test_cells_of_a_table_that_moved_tell_what_they_were(opened):
    page = moved(opened(LATER))
    cell = page.locator(f"{SUMS} td.live-moved").first
    assert cell.get_attribute("title") == "baseline: 2026"
    assert page.locator(f"figure[data-table='{PATH}/first']").get_attribute("class") \
        == "book-exhibit-table"


def test_a_table_without_a_cell_that_moved_does_not_count_none(opened):
    exhibit = (f"<figure data-table='{PATH}/sums'><figcaption>Sums of a file</figcaption>"
               "<p>Data (CSV)</p></figure>")
    told = answer(PATH, "horizon_year=2030", exhibits={"sums": {
        "sort": "table", "pages": {PAGE: exhibit}, "alt": "", "old_alt": ""}})
    page = moved(opened(LATER, lambda path: told if path.startswith(f"answers/{PATH}/") else None))
    expect(page.locator(f"{SUMS} .live-note")).to_have_text(
        re.compile("The data of this table moved"))


def test_the_page_of_changes_leads_to_those_of_the_readers_values(opened):
    page = opened("what-changed.html?horizon_year=2030")
    expect(page.locator(".live-others li a").first).to_be_visible()
    expect(page.locator("aside.edition-notice")).to_contain_text("stands at its foot")


def test_all_results_says_whose_files_it_offers(opened):
    page = moved(opened("all-results.html?horizon_year=2030"))
    expect(page.locator("aside.edition-notice")).to_contain_text("its files are those of the built")


# ------------------------------------------------------------------ controls


def test_parameters_of_the_page_come_first_each_with_its_control(opened):
    page = opened(f"chapters/{SHARES}.html")
    page.locator(".live-opener").click()
    here = page.locator("#live-panel .live-inside > .live-parameter")
    names = here.evaluate_all("each => each.map(one => one.dataset.live)")
    assert set(names) == {"dimension_weights", "merge_identical_columns", "display_currency",
                          "min_confidence", "dating_rule", "aggregation_power", "random_seed"}
    rest = page.locator(".live-rest")
    expect(rest.locator("[data-live=horizon_year]")).to_be_hidden()
    rest.locator("> summary").click()
    expect(rest.locator("[data-live=horizon_year]")).to_be_visible()

    def of(name):
        return page.locator(f"[data-live={name}]")

    assert of("random_seed").locator("input").count() == 1
    assert of("aggregation_power").locator("input[type=range]").count() == 1
    assert of("min_confidence").get_by_role("radio").count() == 3
    expect(of("merge_identical_columns").get_by_role("switch")).not_to_be_checked()
    of("merge_identical_columns").get_by_role("switch").check()
    moved(page)
    assert "merge_identical_columns=true" in page.url
    of("min_confidence").get_by_label("low").check()
    expect(page.locator(f"[data-result='{SHARES}/choice']").first).to_contain_text("Trueoriginallow")
    assert page.errors == []


def test_shares_always_sum_to_one(opened):
    page = opened(f"chapters/{SHARES}.html")
    page.locator(".live-opener").click()
    field = page.locator("[data-live=dimension_weights] .live-field").first
    field.fill("0.37")
    field.press("Enter")
    moved(page)
    address = page.evaluate("bookLive.store.state.values.dimension_weights")
    shares = json.loads(address)
    assert shares[0] == 0.37 and abs(sum(shares) - 1) < 1e-12
    sums = page.evaluate("""(() => {
      let shares = [0.2, 0.2, 0.2, 0.2, 0.2]; const seen = [];
      for (let turn = 0; turn < 3000; turn++) {
        const place = (turn * 7) % 5, wanted = (turn * 37 % 101) / 100;
        shares = bookLive.literals.shares(shares, place, wanted, 0.01);
        seen.push([Math.round(shares.reduce((sum, each) => sum + each * 100, 0)),
                   shares.every(each => each >= 0 && each <= 1), shares[place] === wanted]);
      }
      return seen; })()""")
    assert all(each == [100, True, True] for each in sums)


def test_a_share_that_cannot_be_is_told_and_left_to_be_mended(opened):
    page = opened(f"chapters/{SHARES}.html")
    page.locator(".live-opener").click()
    field = page.locator("[data-live=dimension_weights] .live-field").first
    error = page.locator("#live-dimension_weights-wrong")
    field.fill("half")
    field.press("Enter")
    expect(error).to_have_text("half: a share from 0 to 1 is expected.")
    expect(field).to_have_value("half")
    field.fill("0.5")
    field.press("Enter")
    expect(error).to_be_hidden()
    expect(field).to_have_value("0.5")


def test_a_value_that_cannot_be_is_told_beside_its_field_and_not_asked(opened):
    page = opened(PAGE)
    turn(page, "2050")
    error = page.locator("#live-horizon_year-wrong")
    expect(error).to_contain_text("2020 to 2035 is expected")
    expect(page.locator(FIELD)).to_have_attribute("aria-invalid", "true")
    assert page.url.endswith(PAGE)
    assert not [url for url in page.asked if "/live/answers/" in url]
    turn(page, "2031")
    expect(error).to_be_hidden()


def test_marks_stand_under_the_slider_and_in_a_list(opened, served):
    script = served.ask("/live/book.js")[2].decode()
    told = json.loads(script[len("window.bookSettings = "):-2])
    about = next(each for each in told["parameters"] if each["name"] == "horizon_year")
    about["marks"] = [{"value": 2025, "sort": "paper", "label": "The paper's end", "source": "2.3"},
                      {"value": 2030, "sort": "scenario", "label": "Later", "source": "later"}]
    about["sourced"] = [2020, 2028]

    def planted(path):
        return (lambda route: route.fulfill(
            body=f"window.bookSettings = {json.dumps(told)};", content_type="text/javascript")
        ) if path == "book.js" else None

    page = opened(PAGE, planted)
    page.locator(".live-opener").click()
    control = page.locator("[data-live=horizon_year]")
    assert control.locator(".live-tick").count() == 3
    assert control.locator(".live-unsourced").count() == 1
    control.locator(".live-marked summary").click()
    assert "The paper's end (the paper's figure, 2.3)" in control.inner_text()
    control.get_by_role("button", name="2030").click()
    moved(page)
    assert page.url.endswith(LATER)


# ------------------------------------------------------------------ the address


def test_back_and_forward_go_through_editions(opened):
    page = opened(PAGE)
    turn(page, "2030")
    moved(page)
    page.wait_for_timeout(1100)
    turn(page, "2031")
    expect(page.locator(f"{FIGURE} .figure-title")).to_have_text("Down to 2031")
    page.go_back()
    expect(page.locator(f"{FIGURE} .figure-title")).to_have_text("Down to 2030")
    expect(page.locator(FIELD)).to_have_value("2030")
    page.go_back()
    settled(page)
    page.go_forward()
    expect(page.locator(f"{FIGURE} .figure-title")).to_have_text("Down to 2030")


@pytest.mark.parametrize("query, said", [
    ("horizon_yaer=2030", "'horizon_yaer' is not a parameter"),
    ("horizon_year=1990", "horizon_year: int (year), 2020 to 2035 is expected, not 1990"),
    ("horizon_year=2030&horizon_year=2031", "horizon_year is given twice"),
    ("a=damping=0.8&horizon_year=2030", "compares two editions"),
    ("base_year=2021&horizon_year=2020", "a year after base_year"),
    ("horizon_year=%3Cb%3E", "is expected, not <b>")])
def test_a_wrong_address_is_told_and_nothing_runs(opened, query, said):
    page = opened(f"{PAGE}?{query}")
    expect(page.locator(".live-faults")).to_contain_text(said)
    expect(page.locator(LAST).first).to_have_text("2026")
    assert not [url for url in page.asked if "/live/answers/" in url] and page.errors == []
    page.get_by_role("button", name="Back to the baseline").click()
    settled(page)


def test_two_editions_are_compared(opened):
    page = moved(opened(f"{PAGE}?a=horizon_year%3D2030&b=horizon_year%3D2031%26damping%3D0.8"))
    last = page.locator(LAST).first
    assert last.get_attribute("title") == "other edition: 2030" and "2031" in last.inner_text()
    sentence = page.locator(ENDS).first
    assert "2030" in sentence.locator("del").first.text_content()
    assert "2031" in sentence.locator("ins").first.text_content()
    page.locator(f"{FIGURE} .live-compare button").click()
    assert "until 2030" in page.locator(f"{FIGURE} .live-alt").inner_text()
    expect(page.locator(".live-others summary")).to_have_text("1 change in other chapters")
    page.goto(page.url.replace("2031%26damping%3D0.8", "2030"))
    expect(page.locator(COUNT)).to_have_text("Nothing on this page moved; 7 held.")
    expect(last).to_have_text("2030")


def test_a_chapter_in_which_two_editions_agree_is_told_as_held(opened):
    page = opened(f"{PAGE}?a=damping%3D0.8&b=damping%3D0.8%26horizon_year%3D2030")
    others = page.locator(".live-others")
    expect(others.locator("summary")).to_have_text("1 change in other chapters")
    link = page.locator(f"a[href*='{OTHER}']")
    expect(others.locator("li", has=link)).to_contain_text("0 moved")


def test_links_to_pages_of_the_book_keep_the_edition(opened):
    page = moved(opened(LATER))
    menu = page.locator(".menu a:not([aria-current])", has_text="A chapter").first
    assert menu.get_attribute("href").endswith("?horizon_year=2030")
    number = page.locator(f"a{LAST}").first.get_attribute("href")
    assert number == f"../all-results.html?horizon_year=2030#{PATH}--last"
    assert "?" not in page.locator(f"{FIGURE} a", has_text="Link").get_attribute("href")
    page.locator(".menu a", has_text="A small book").first.click()
    moved(page)
    assert page.url.endswith("intro.html?horizon_year=2030")
