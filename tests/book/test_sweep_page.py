"""The page of a sweep in a browser: menus, address, charts, rows, and fifty thousand of them."""

import axe
import made_sweep
import pandas as pd
import pytest
import seen
from made_sweep import AXES, every_kind, result
from small_book import REAL
from validator import Validator

from helpers.pipeline import sweep
from helpers.pipeline.site import sweep_page

pytestmark = pytest.mark.slow

MANY = 50_000
VIEWS = ["values", "heat", "effects", "flips"]
WATCH = """document.addEventListener("securitypolicyviolation",
  event => console.error(`${event.violatedDirective} ${event.blockedURI}`));"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A page with a result of every kind, three parameters, failed and refused runs."""
    folder = tmp_path_factory.mktemp("sweep")
    made, failed = made_sweep.frame(AXES, every_kind)
    return made_sweep.write(folder, made_sweep.told(made, failed), REAL.vendor).as_uri()


@pytest.fixture
def opened(browser):
    """A function that opens a page, the network cut off, and keeps what went wrong on it."""
    contexts = []

    def open_page(address, view="", width=1280, theme="light"):
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True,
                                      color_scheme=theme)
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(WATCH)
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("console", lambda said: page.errors.append(said.text)
                if said.type == "error" else None)
        page.goto(f"{address}#{view}")
        page.locator("#shown h2").first.wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()


def title(page):
    return page.locator("#shown h2").first.inner_text()


def said(page):
    return page.locator("#shown figcaption").first.inner_text()


def listed(page):
    """Rows of the table under a chart."""
    return [[cell.strip() for cell in row.split("\t")] for row in
            page.locator("#shown details table").first.evaluate(
                "table => [...table.tBodies[0].rows].map(row => "
                "[...row.cells].map(cell => cell.textContent).join('\\t'))")]


def cells(page, column):
    """What a column of all rows shows."""
    place = page.locator("#table thead th").all_inner_texts().index(column) + 1
    return page.locator(f"#table tbody td:nth-child({place})").all_inner_texts()


# ------------------------------------------------------------------ menus and address


def test_menus_choose_the_chart_the_address_keeps_it_and_back_goes_back(opened, address):
    page = opened(address, "view=values&result=1-one/grows&x=medium_score&by=")
    assert title(page) == "Growth of <b>it</b> against medium_score"
    assert page.locator("#shown b").count() == 0, "a label is text"
    page.get_by_label("Parameter", exact=True).select_option("price_basis")
    page.wait_for_url("**x=price_basis**")
    assert title(page).endswith("against price_basis") and page.title().startswith(title(page))
    page.get_by_label("View").select_option("effects")
    page.wait_for_url("**view=effects**")
    assert title(page).startswith("What moves: Growth")
    page.go_back()
    page.wait_for_url("**view=values**x=price_basis**")
    assert title(page).endswith("against price_basis")
    assert page.get_by_label("View").input_value() == "values"
    kept = page.url
    assert opened(kept.split("#")[0], kept.split("#")[1]).url == kept
    assert page.errors == []


def test_a_result_is_found_by_typing_and_a_wrong_address_shows_what_is_usual(opened, address):
    page = opened(address, "view=nothing&result=no/such&x=what&held.price_basis=zz")
    assert title(page) == "Score: UK / 1 against medium_score", "what a parameter moves most"
    known = page.locator("#known option").evaluate_all("all => all.map(each => each.value)")
    page.get_by_label("Find a result").fill(next(each for each in known if "still" in each))
    page.wait_for_url("**result=1-one%2Fstill**")
    assert title(page) == "Still against medium_score" and page.errors == []
    group = page.locator("#result optgroup").get_attribute("label")
    assert group == "1 One"


# ------------------------------------------------------------------ charts


def test_a_line_for_each_value_of_a_second_parameter_with_what_is_held(opened, address):
    page = opened(address, "view=values&result=1-one/grows&x=medium_score&by=aggregation_power")
    assert page.locator("#shown svg[role=img] g[stroke-width='2'] path").count() == 3
    assert page.locator(".legend li").all_inner_texts() == [
        "aggregation_power = -1", "aggregation_power = 0", "aggregation_power = 1",
        "failed or refused"]
    assert "3 lines, one for each value of aggregation_power" in said(page)
    assert "Held: price_basis = nominal." in said(page)
    page.get_by_label("Hold price_basis at").select_option("")
    page.wait_for_url("**held.price_basis=*")
    assert "Runs with all values of price_basis are in it" in said(page)
    assert len(listed(page)) == len(AXES["medium_score"]) * 3 * 2


def test_a_choice_has_rows_of_dots_and_a_text_has_its_words(opened, address):
    page = opened(address, "view=values&result=1-one/grows&x=price_basis&by="
                           "&held.medium_score=1.5&held.aggregation_power=0")
    assert [row[0] for row in listed(page)] == ["nominal", "real_usd"]
    drawn = page.locator("#shown svg[role=img]").first.text_content()
    assert "nominal" in drawn and "real_usd" in drawn
    page.goto(f"{address}#view=values&result=1-one/word&x=medium_score&by=")
    page.locator("h2", has_text="Word").wait_for()
    assert "2 different values" in said(page)
    assert [row[-1] for row in listed(page)] == ["low", "low", "high", "high"]


def test_a_heat_map_has_a_labelled_cell_for_each_pair(opened, address):
    page = opened(address, "view=heat&result=1-one/grows&x=medium_score&by=aggregation_power")
    drawing = page.locator("#shown svg[role=img]").first
    rects = drawing.locator("rect")
    assert rects.count() == 12
    fills = rects.evaluate_all("all => all.map(each => each.getAttribute('fill'))")
    assert sum(fill == "none" for fill in fills) == 1 and len(set(fills)) > 5
    texts = drawing.locator("text").all_text_contents()
    assert "1,300\u00a0%" in texts and len(listed(page)) == 12
    assert "1 run failed or refused" in said(page)
    assert "failed: It failed at" in listed(page)[9][4]


def test_failed_and_refused_runs_are_crosses_and_stand_in_lists(opened, address):
    page = opened(address, "view=values&result=1-one/asked&x=medium_score&by="
                           "&held.price_basis=&held.aggregation_power=")
    crosses = page.locator("#shown svg[role=img] path[stroke-width='2.5'],"
                           " #shown svg[role=img] g[stroke-width='2.5'] path")
    assert crosses.count() == len(AXES["medium_score"]), "one at each value of the parameter"
    assert "shown as crosses" in said(page) and "failed or refused" in page.locator(
        ".legend").inner_text()
    failed = page.get_by_role("region", name="Failed runs (2)").locator("li").all_inner_texts()
    assert len(failed) == 2 and "medium_score=3.0, aggregation_power=-1.0" in failed[0]
    assert "There is no series." in page.get_by_role(
        "region", name="Refused results (1)").inner_text()


def test_what_moves_most_comes_first_and_what_is_averaged_is_said(opened, address):
    page = opened(address, "view=effects&result=1-one/grows")
    assert "medium_score moves it most" in said(page)
    assert "were varied together: each effect is a mean over the values of the others" in said(page)
    assert [row[0] for row in listed(page)] == ["medium_score", "aggregation_power", "price_basis"]
    bars = page.locator("#shown svg[role=img]").nth(1).locator("rect").evaluate_all(
        "all => all.map(each => Number(each.getAttribute('width')))")
    assert len(bars) == 4 and bars == sorted(bars, reverse=True)


def test_a_sentence_that_flips_is_shown_with_values_and_wording(opened, address):
    page = opened(address, "view=flips&x=medium_score")
    [one] = page.locator(".flips > li").all()
    text = one.inner_text()
    assert "medium_score from 1.5 to 2, in 6 of 6 combinations of the others" in text
    assert one.locator("del").all_inner_texts() == ["below"]
    assert one.locator("ins").all_inner_texts() == ["above"]
    assert "It is below # of #." in one.locator("dd").first.inner_text()
    assert [row[2] for row in listed(page)] == ["A", "A", "B", "B"]
    page.get_by_label("Parameter", exact=True).select_option("aggregation_power")
    page.locator("h2", has_text="aggregation_power").wait_for()
    assert "No sentence says something else" in said(page)


def test_scenarios_that_are_no_grid_are_compared_as_they_are(opened, tmp_path):
    made, failed = made_sweep.of_scenarios(
        {"baseline": {"horizon_year": 2026, "price_basis": "nominal"},
         "real": {"horizon_year": 2030, "price_basis": "real_usd"}},
        lambda horizon_year, price_basis: [
            result("size", float(horizon_year)), made_sweep.sentence("s", f"In {price_basis}.")])
    address = made_sweep.write(tmp_path, made_sweep.told(made, failed), REAL.vendor).as_uri()
    page = opened(address)
    assert title(page) == "Size against scenario"
    assert [row[0] for row in listed(page)] == ["baseline", "real"]
    page.get_by_label("View").select_option("flips")
    page.locator(".flips").wait_for()
    assert "from the scenario baseline to real" in page.locator(".flips").inner_text()
    page.get_by_label("View").select_option("effects")
    page.locator("h2", has_text="What moves").wait_for()
    assert "never varied alone" in said(page) and page.errors == []


# ------------------------------------------------------------------ rows


def test_rows_are_sorted_filtered_and_turned_by_the_hundred(opened, address):
    page = opened(address)
    place = page.locator("#place")
    total = place.inner_text().rpartition(" ")[2]
    assert place.inner_text() == f"Rows 1 to 100 of {total}" and int(total) > 200
    page.get_by_role("button", name="Next 100").click()
    assert place.inner_text().startswith("Rows 101 to 200 of")
    head = page.get_by_role("columnheader", name="value", exact=True)
    for wanted, order in (("ascending", False), ("descending", True)):
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == wanted
        numbers = [float(text) for text in cells(page, "value") if text]
        assert numbers == sorted(numbers, reverse=order) and len(numbers) == 100
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") is None
    page.get_by_label("Filter value").fill(">= 20")
    assert all(float(text) >= 20 for text in cells(page, "value"))
    page.get_by_label("Filter price_basis").fill("REAL")
    assert set(cells(page, "price_basis")) == {"real_usd"}
    page.get_by_label("Filter result").fill("no such")
    assert place.inner_text().startswith("None of") and cells(page, "value") == []
    page.get_by_role("button", name="Clear filters").click()
    assert place.inner_text() == f"Rows 1 to 100 of {total}"


def test_fifty_thousand_rows_are_all_there_and_few_are_drawn(opened, tmp_path):
    seeds = range(MANY // 10)
    made = pd.DataFrame({"scenario": f"random_seed={seed}", "random_seed": seed,
                         "chapter": made_sweep.CHAPTER, "type": "result", "result": f"r{number}",
                         "part": "", "label": f"R {number}", "unit": "ratio",
                         "status": "computed", "scope": "", "value": float(seed * number),
                         "value_json": "", "kind": "number", "text": f"{seed * number}",
                         "note": "", "run_key": "k"} for seed in seeds for number in range(10))
    assert len(made) == MANY and list(made) == ["scenario", "random_seed", *sweep.RESULT]
    page = opened(made_sweep.write(tmp_path, made_sweep.told(made), REAL.vendor).as_uri())
    elements = "document.querySelectorAll('*').length"
    assert page.locator("#table tbody tr").count() == 100
    for view in VIEWS:
        page.goto(f"{page.url.split('#')[0]}#view={view}&result=1-one/r3")
        page.locator(f"#view option[value={view}]:checked").wait_for(state="attached")
        assert page.evaluate(elements) < 6000, view
    assert page.locator("#place").inner_text() == "Rows 1 to 100 of 50,000"
    page.get_by_label("Filter random_seed").fill("=4999")
    assert page.locator("#place").inner_text() == "Rows 1 to 10 of 10, of 50,000 in all"


# ------------------------------------------------------------------ for everyone


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_view_is_accessible_fits_and_keeps_its_policy(opened, address, width, theme):
    page = opened(address, f"view={VIEWS[0]}", width, theme)
    for view in VIEWS:
        page.goto(f"{address}#view={view}&result=1-one/grows")
        page.locator(f"#view option[value={view}]:checked").wait_for(state="attached")
        assert axe.faults(page) == [], view
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
        sizes = page.locator("#shown text").evaluate_all(
            "all => all.map(each => parseFloat(getComputedStyle(each).fontSize))")
        assert min(sizes) >= 12, view
        sides = page.locator("#shown svg[role=img]").evaluate_all(
            "all => all.map(each => each.getBoundingClientRect().right)")
        assert max(sides) <= width, view
        name = page.locator("#shown svg[role=img]").first.get_attribute("aria-label")
        assert said(page).partition(". ")[2][:30] in name, "the sentence is the text of the chart"
    assert page.errors == []


def test_a_chart_follows_the_width_of_the_page(opened, address):
    page = opened(address, "view=values&result=1-one/grows")
    wide = page.locator("#shown svg[role=img]").bounding_box()["width"]
    page.set_viewport_size({"width": 390, "height": 800})
    seen.wait_for(page, "document.querySelector('#shown svg[role=img]').clientWidth < 380")
    assert wide > 1000


def test_the_page_is_valid_and_works_by_keyboard(browser, opened, address):
    validator = Validator(browser)
    made, failed = made_sweep.frame(AXES, every_kind)
    assert validator.faults(sweep_page.page(made_sweep.told(made, failed))) == []
    validator.close()
    page = opened(address)
    page.get_by_label("View").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_url("**view=heat**")
    assert page.evaluate("document.activeElement.id") == "view", "the focus stays"
