"""A built book behind the real server, and pages of it that are watched for errors."""

import panel_book
import pytest
import small_book
from live_book import PATIENCE, Live


@pytest.fixture(scope="session")
def built_for_the_panel(tmp_path_factory):
    """The small book of the panel with its pages, built once; nobody changes it."""
    project = panel_book.write(tmp_path_factory.mktemp("panel") / "book")
    done = small_book.run(project, "build")
    assert done.returncode == 0, done.stdout + done.stderr
    return project


@pytest.fixture(scope="module")
def served(built_for_the_panel):
    """It behind a server."""
    with Live(built_for_the_panel) as found:
        yield found


@pytest.fixture
def opened(browser, served):
    """Function that opens a page of the served book; errors are in ``page.errors``.

    ``planted`` takes a path below ``live/`` and gives what is sent in its place, or None.
    """
    from playwright.sync_api import expect

    expect.set_options(timeout=PATIENCE * 1000)
    contexts = []

    def open_page(address, planted=None, **options):
        context = browser.new_context(**{"viewport": {"width": 1300, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.errors, page.asked = [], []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("console", lambda said: page.errors.append(said.text)
                if said.type in ("error", "warning") else None)
        page.on("request", lambda request: page.asked.append(request.url))

        def handle(route):
            path = route.request.url.split("/live/", 1)[1]
            told = planted and planted(path)
            if told is None and path == "events":  # this server has none
                route.fulfill(body="retry: 1000000\n\n", content_type="text/event-stream")
            elif told is None:
                route.fallback()
            elif callable(told):
                told(route)
            else:
                route.fulfill(json=told)

        page.route("**/live/**", handle)
        page.goto(f"http://{served.host}/{address}")
        return page

    yield open_page
    for context in contexts:
        context.close()
