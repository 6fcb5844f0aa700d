"""What several test files share: a browser, a small book, what a cell displays, patience."""

import os
import shutil

import pytest
import small_book
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile(
    "book", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("book")

PATIENCE = 300_000  # milliseconds for whatever a browser is asked; a wrong page is seen at once
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
                    "--disable-component-update", "--disable-sync", "--no-first-run"]


@pytest.fixture(scope="session")
def browser():
    """The system's Chromium, headless; without it the test is skipped, or fails in CI."""
    if CHROMIUM is None:
        if os.environ.get("BOOK_REQUIRE_BROWSER"):
            pytest.fail("Chromium is required here and is not installed.")
        pytest.skip("NO CHROMIUM: the pages were NOT looked at. Install it: apt install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=CHROMIUM_OPTIONS, timeout=PATIENCE)
        chromium.new_page = _patient(chromium.new_page)
        chromium.new_context = _patient(chromium.new_context)
        yield chromium


def _patient(make):
    def made(**options):
        new = make(**options)
        new.set_default_timeout(PATIENCE)
        return new

    return made


@pytest.fixture(scope="session")
def baseline(tmp_path_factory):
    """Pages of the real book, built once for a session, and what the command printed."""
    return small_book.built(tmp_path_factory)


@pytest.fixture
def shown(monkeypatch):
    """What a cell would display, as its outputs."""
    import IPython.display

    outputs = []
    monkeypatch.setattr(
        IPython.display, "display",
        lambda data, raw=False, metadata=None: outputs.append(
            {"data": data, "metadata": metadata or {}}))
    return outputs


@pytest.fixture
def workshop(tmp_path):
    """A book with all tables and without a chapter."""
    return small_book.make(tmp_path / "book")


def pytest_collection_modifyitems(items):
    """Whatever opens a browser is slow."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
