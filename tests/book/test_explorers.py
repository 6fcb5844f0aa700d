"""The explorers: JavaScript against Python, and what a reader does with keyboard, phone, no script.

The pages opened here hold the outputs of the committed chapters beside the files of the book, so
no book has to be built for them.
"""

import io
import json
import re
import shutil

import axe
import numpy as np
import pandas as pd
import pytest
import seen
from PIL import Image
from small_book import REAL

from helpers import composite, datasets, explorers, growth
from helpers.pipeline import chapters, edition
from helpers.pipeline.site import frame, inputs

FILES = REAL.code / "explorers" / "static" / "explorers"
CHAPTERS = {"weights": "3-6-country-comparison", "growth": "2-3-market-expansion"}
SETTINGS = 1000


@pytest.fixture(scope="module")
def table():
    ratings = datasets.load("ratings")
    levels = ratings.pivot_table(
        index="country", columns="dimension", values="level", aggfunc="first")
    return levels.loc[ratings["country"].unique(), ratings["dimension"].unique()]


MARKETS = [{"name": "A, <b>", "rate": 0.1, "points": [
    {"year": 2019, "value": 10.0, "kind": "observed", "printed": "USD 10 billion"},
    {"year": 2026, "value": 20.0, "kind": "forecast", "printed": "USD 20 </script> billion"}]}]


def stored(output):
    """The JSON in an output, as the script reads it."""
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>',
                                output["text/html"], re.S)[1])


# ------------------------------------------------------------------ what Python emits


def test_an_explorer_starts_at_the_parameters_of_its_chapter(shown, table):
    shares = [0.4, 0.3, 0.1, 0.1, 0.1]
    explorers.weights(table, weights=shares, position=0.63, name="w")
    data = stored(shown[0]["data"])
    assert data["start"] == {"weights": [40, 30, 10, 10, 10], "position": 0.63}
    assert data["units"] == list(table.index), "the order of Table 1, no other"
    names = data["units"]
    assert [(names[one], names[other]) for one, other in data["pairs"]] == [
        ("Japan", "France"), ("France", "South Korea"), ("UK", "South Korea")]
    assert '<td class="number">1</td>' in shown[0]["data"]["text/html"]
    assert "Rank" in shown[0]["data"]["text/plain"]


def test_merged_columns_become_one_slider(shown, table):
    merged = composite.merge_identical_columns(table)
    shares = composite.merge_weights(table, pd.Series([0.2] * 5, table.columns))
    explorers.weights(merged, weights=shares, position=0.5, name="w")
    data = stored(shown[0]["data"])
    assert data["dimensions"][-1] == "capital and alliances"
    assert data["start"]["weights"] == [20, 20, 20, 40]


def test_the_same_input_gives_the_same_bytes_and_no_text_leaves_the_data(shown):
    for _ in range(2):
        explorers.growth_path(MARKETS, last_year=2030, name="g")
    assert shown[0] == shown[1]
    page = shown[0]["data"]["text/html"]
    assert page.count("</script>") == 2 and "<b>" not in page
    [market] = stored(shown[0]["data"])["markets"]
    assert market["points"][1]["printed"] == "USD 20 </script> billion"
    assert "not a forecast" in shown[0]["data"]["text/plain"]


def test_sliders_reach_figures_outside_their_usual_range(shown):
    market = MARKETS[0] | {"rate": 1.23}
    market["points"] = [market["points"][0] | {"year": 2001}, market["points"][1] | {"year": 2040}]
    explorers.growth_path([market], last_year=2036, name="g")
    data = stored(shown[0]["data"])
    assert data["years"] == [2001, 2040] and data["rates"] == [-0.2, 1.3]


def test_what_cannot_be_shown_is_refused(table):
    with pytest.raises(ValueError, match="position of Medium"):
        explorers.weights(table, weights=[0.2] * 5, position=1.0, name="w")
    with pytest.raises(ValueError, match="sum"):
        explorers.weights(table, weights=[0.3] * 5, position=0.5, name="w")
    with pytest.raises(ValueError, match="no market"):
        explorers.growth_path([], last_year=2030, name="g")
    with pytest.raises(ValueError, match="after 2019"):
        explorers.growth_path(MARKETS, last_year=2019, name="g")
    with pytest.raises(ValueError, match="linear or log"):
        explorers.growth_path(MARKETS, last_year=2030, name="g", axis="square")
    for points, fault in [(MARKETS[0]["points"][:1], "two printed figures"),
                          (MARKETS[0]["points"][::-1], "rising year"),
                          ([MARKETS[0]["points"][0] | {"value": 0}, MARKETS[0]["points"][1]],
                           "not above zero")]:
        with pytest.raises(ValueError, match=fault):
            explorers.growth_path([MARKETS[0] | {"points": points}], last_year=2030, name="g")


def test_ranks_are_those_of_the_power_means_of_the_chapter(table):
    # Coding and mean reach the ranks through the position of Medium alone.
    for medium in (1.3, 2.0, 2.7):
        for power in (-1, 0, 1, 2):
            scores = composite.aggregate(
                composite.encode_levels(table, (1, medium, 3)), [0.3, 0.25, 0.2, 0.15, 0.1], power)
            ranks, _ = explorers.ranking(
                table, [0.3, 0.25, 0.2, 0.15, 0.1], composite.q_value(medium, power))
            assert list(ranks) == list(composite.competition_rank(scores))


def test_the_path_is_that_of_the_growth_helpers():
    rate = growth.cagr(12.5, 31.25, 7)
    expected = growth.constant_growth_path(12.5, 31.25, 2019, 2026, range(2019, 2031))
    np.testing.assert_allclose(explorers.path(12.5, rate, 2019, 2030), expected, rtol=1e-12)


def test_the_built_book_gets_script_and_style():
    folders = [folder / "explorers" for folder in inputs.static_folders(edition.baseline(REAL))]
    assert [folder for folder in folders if folder.is_dir()] == [FILES]
    assert sorted(FILES.iterdir()) == [explorers.STYLE, explorers.SCRIPT]


# ------------------------------------------------------------------ in a browser


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Folder with a page for each explorer, as it is in its committed chapter."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(FILES, folder / "_static" / "explorers")
    shutil.copytree(REAL.vendor / "pages" / "fonts", folder / "_static" / "fonts")
    for style in ("frame.css", "tables.css"):
        shutil.copy(frame.THEME / "static" / style, folder / "_static")
    (folder / "chapters").mkdir()
    for name, chapter in CHAPTERS.items():
        found = ["".join(output["data"]["text/html"])
                 for cell in chapters.read(REAL, chapter).code_cells
                 for output in cell["outputs"]
                 if 'class="explorer"' in "".join(output.get("data", {}).get("text/html", ""))]
        assert len(found) == 1, f"chapter {chapter} should hold one explorer"
        (folder / "chapters" / f"{name}.html").write_text(
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Explorer</title>'
            '<meta name="viewport" content="width=device-width">'
            '<link rel="stylesheet" href="../_static/frame.css">'
            '<link rel="stylesheet" href="../_static/tables.css"></head>'
            f'<body><main><h1>Explorer</h1>{found[0]}</main></body></html>',
            encoding="utf-8")
    return folder


@pytest.fixture
def opened(browser, site):
    """Function that opens the page of an explorer, the network cut off, and watches it."""
    contexts = []

    def open_page(name, **options):
        context = browser.new_context(**{"viewport": {"width": 1000, "height": 900},
                                         "offline": True, **options})
        contexts.append(context)
        page = context.new_page()
        page.asked, page.errors = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("requestfailed", lambda request: page.errors.append(request.url))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto((site / "chapters" / f"{name}.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


def ranks_of(page):
    return {row.locator("th").inner_text(): int(row.locator(".explorer-rank").inner_text())
            for row in page.locator("tbody tr").all() if row.is_visible()}


def random_settings(seed):
    """Settings of the weight explorer: whole steps with zeros, as sliders give, and any others."""
    rng = np.random.default_rng(seed)
    settings = []
    for place in range(SETTINGS):
        if place % 2:
            weights = rng.integers(0, 101, 5) * (rng.random(5) < 0.8)
            weights = weights if weights.any() else np.full(5, 20)
            # Few steps, so that ties of unlike rows come up as well.
            weights = weights // 20 * 20 if place % 4 == 1 and (weights >= 20).any() else weights
            settings.append(([float(w) for w in weights], float(rng.integers(1, 20) / 20)))
        else:
            settings.append((rng.exponential(size=5).tolist(), float(rng.uniform(0.01, 0.99))))
    return settings


def test_ranks_in_the_browser_are_those_of_python_on_1000_settings(opened, table):
    page = opened("weights")
    settings = random_settings(2019)
    levels = [[composite.LEVELS.index(cell) for cell in row] for row in table.to_numpy()]
    pairs = [[4, 2], [2, 5], [3, 5]]
    found = page.evaluate(
        """([settings, levels, pairs]) => settings.map(([weights, position]) => {
             const scores = bookExplorers.scores(levels, bookExplorers.shares(weights), position);
             return [bookExplorers.ranks(scores), bookExplorers.directions(scores, pairs), scores];
           })""", [settings, levels, pairs])
    tied = turned = 0
    for (weights, position), (ranks, ways, scores) in zip(settings, found, strict=True):
        shares = np.array(weights) / sum(weights)
        expected, own = explorers.ranking(table, shares, position)
        assert ranks == list(expected), (weights, position)
        np.testing.assert_allclose(scores, own, rtol=0, atol=1e-14)
        assert ways == [int(np.sign(expected[other] - expected[one])) for one, other in pairs]
        assert ranks[0] == ranks[1] == 1, "the US and Germany always tie"
        tied += 0 in ways
        turned += -1 in ways
    assert min(tied, turned) > 50, "the settings should reach ties and turned pairs"


@pytest.mark.parametrize("name", CHAPTERS)
def test_rails_are_seen_in_forced_colours_too(opened, name):
    page = opened(name, forced_colors="active")
    rails = page.locator('.explorer input[type="range"], .explorer-rail:not(.explorer-places)')
    assert rails.count() > 3
    for rail in (rails.first, rails.last):
        drawn = Image.open(io.BytesIO(rail.screenshot())).convert("RGB")
        for share in (0.03, 0.97):  # wherever a thumb is, it is not at both ends
            column = {drawn.getpixel((int(drawn.width * share), y)) for y in range(drawn.height)}
            assert len(column) > 1, "only the ground is seen"


def test_a_move_is_said_once(opened):
    for name in CHAPTERS:
        live = opened(name).locator(
            'output:not([aria-live="off"]), [role="status"]:not([aria-live="off"])')
        assert live.count() == 1


def test_noise_in_the_last_bits_orders_nobody(opened):
    values = [0.1 + 0.2, 0.3, 0.3 + 2e-12, 0.25]
    found = opened("weights").evaluate("values => bookExplorers.ranks(values)", values)
    assert found == list(composite.competition_rank(values)) == [2, 2, 1, 4]


def test_paths_in_the_browser_are_those_of_python_on_1000_settings(opened):
    rng = np.random.default_rng(2026)
    settings = [(float(rng.uniform(0.1, 40)), float(rng.uniform(-0.2, 0.8)),
                 int(first := rng.integers(2015, 2034)), int(rng.integers(first + 1, 2036)))
                for _ in range(SETTINGS)]
    found = opened("growth").evaluate(
        "settings => settings.map((given) => bookExplorers.path(...given))", settings)
    for given, points in zip(settings, found, strict=True):
        expected = explorers.path(*given)
        assert [point["year"] for point in points] == list(expected.index)
        np.testing.assert_allclose([point["value"] for point in points], expected, rtol=1e-12)


def test_axes_enclose_what_is_drawn(opened):
    rng = np.random.default_rng(7)
    spans = [sorted(10 ** rng.uniform(-2, 4, 2)) for _ in range(SETTINGS)]
    found = opened("growth").evaluate(
        "spans => spans.map(([low, high]) => "
        "[bookExplorers.linearTicks(high, 5), bookExplorers.logTicks(low, high)])",
        [[float(value) for value in span] for span in spans])
    for (low, high), (linear, log) in zip(spans, found, strict=True):
        assert linear[0] == 0 and linear[-1] >= high * 0.99999 and 3 <= len(linear) <= 7
        assert log[0] <= low * 1.00001 and log[-1] >= high * 0.99999 and 2 <= len(log) <= 10
        assert log == sorted(set(log))


def test_a_slider_moved_by_keyboard_changes_the_ranks_and_reset_restores_them(opened, table):
    page = opened("weights")
    before = ranks_of(page)
    assert list(before) == list(table.index), "countries stand in the order of Table 1"
    start = {label: page.get_by_label(label, exact=True).input_value()
             for label in ("SMEs", "Place of Medium")}
    smes = page.get_by_label("SMEs", exact=True)
    smes.focus()
    page.keyboard.press("End")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    assert smes.input_value() == "97"
    weights = np.array([20, 20, 97, 20, 20])
    expected, _ = explorers.ranking(table, weights / weights.sum(), 0.5)
    after = ranks_of(page)
    assert list(after.values()) == list(expected) and after != before
    assert after["US"] == after["Germany"] == 1
    share = page.locator("output").nth(2).inner_text()
    assert share == f"{100 * 97 / 177:.1f}\u00a0%"
    assert smes.get_attribute("aria-valuetext") == f"weight 97, share {share}"
    assert "South Korea is above the UK" in page.locator(".explorer-pairs").inner_text()
    spoken = page.locator("[aria-live=polite]")
    seen.wait_for(
        page, "document.querySelector('[aria-live=polite]').textContent.includes('Korea')")
    assert f"South Korea {after['South Korea']}" in spoken.text_content()

    page.get_by_role("button", name="Reset").press("Enter")
    assert ranks_of(page) == before
    for label, value in start.items():
        assert page.get_by_label(label, exact=True).input_value() == value
    assert page.errors == []


def test_with_all_weights_at_zero_nobody_is_ranked(opened):
    page = opened("weights")
    for slider in page.locator("fieldset input[type=range]").all():
        slider.press("Home")
    assert "nothing to rank by" in page.locator(".explorer-finding").inner_text()
    assert page.locator(".explorer-rank").all_inner_texts() == ["–"] * 6


def test_the_path_follows_market_rate_years_and_axis(opened):
    page = opened("growth")
    finding = page.locator(".explorer-finding")
    printed = datasets.load("claims").set_index("claim_id")["printed"]
    start, end = printed["2.3-market-a-2019"], printed["2.3-market-a-2026"]
    assert f"{start} in 2019" in finding.inner_text()
    assert end.split()[1] in finding.inner_text()
    rate = page.locator("output").nth(1)
    before = rate.inner_text()
    page.get_by_label("Growth a year").press("ArrowRight")
    assert float(rate.inner_text().split()[0]) > float(before.split()[0])
    assert f"above the printed {end}" in page.locator(".explorer").inner_text()
    drawn = page.locator(".explorer-chart").inner_html()
    page.get_by_label("logarithmic").check()
    assert page.locator(".explorer-chart").inner_html() != drawn
    assert page.locator(".explorer-observed").count() == 2, "in the chart and in its key"
    page.get_by_label("First year").press("End")
    assert int(page.get_by_label("Last year").input_value()) == 2035
    assert "your assumption" in page.locator(".explorer").inner_text()
    page.get_by_role("button", name="Reset").click()
    page.get_by_label("Expenditure on security").check()
    spent = printed["2.3-expenditure-b-2019"].removeprefix("USD ")
    assert f"{spent} in 2019" in finding.inner_text() and "2026" in finding.inner_text()
    page.get_by_label("Growth a year").fill("52")
    page.get_by_label("Last year").fill("2025")
    end = explorers.path(0.38, 0.52, 2019, 2025).iloc[-1]
    assert f"USD\u00a0{end:.2f}\u00a0billion in 2025" in finding.inner_text()
    page.get_by_text("Year by year").click()
    assert page.locator("details tbody tr").count() == 7
    assert page.get_by_text("not a forecast").last.is_visible()
    assert page.errors == []


@pytest.mark.parametrize("name, words", [
    ("weights", "ties share the better rank"), ("growth", "not a forecast")])
def test_without_scripts_a_static_table_and_a_sentence_stay(opened, name, words):
    page = opened(name, java_script_enabled=False)
    still = page.locator(".explorer-static")
    assert still.is_visible() and words in still.inner_text()
    assert "scripts" in still.inner_text()
    assert still.locator("tbody tr").count() == {"weights": 6, "growth": 2}[name]
    assert page.locator("input").count() == 0, "nothing is shown that does not work"


def test_with_scripts_the_static_table_makes_way(opened):
    assert not opened("weights").locator(".explorer-static").is_visible()


@pytest.mark.parametrize("name", CHAPTERS)
@pytest.mark.parametrize("width, scheme", [(1000, "light"), (360, "dark")])
def test_an_explorer_asks_for_nothing_and_can_be_used_by_everyone(opened, name, width, scheme):
    page = opened(name, viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.locator("input[type=range]").first.press("PageUp")
    page.wait_for_load_state("networkidle")
    assert all(address.startswith("file:") for address in page.asked) and page.errors == []
    assert axe.faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_grave_fault_is_found(opened):
    page = opened("weights")
    page.locator("label").first.evaluate("label => label.remove()")
    assert any(fault.startswith("label ") for fault in axe.faults(page))


def test_both_files_of_the_explorers_ask_for_nothing():
    for file in FILES.iterdir():
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|fetch\(|XMLHttp|import\(|@import|url\(", text), file.name
