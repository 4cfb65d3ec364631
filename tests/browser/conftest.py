"""A real browser before a real server: what only Chromium can vouch for."""

import os
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Page
from werkzeug.serving import make_server

from tests.support.databases import installation

CHROMIUM = Path(os.environ.get("PORTAL_TEST_CHROMIUM", "/usr/bin/chromium"))
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


#: Flask-Compress leaves the static file it has read to the collector.
LEFT_OPEN = [
    "ignore:unclosed file:ResourceWarning",
    "ignore:Exception ignored in. <_io.FileIO:pytest.PytestUnraisableExceptionWarning",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            for warning in LEFT_OPEN:
                item.add_marker(pytest.mark.filterwarnings(warning))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    if not CHROMIUM.exists():
        pytest.skip(f"LOUD: Chromium is not at {CHROMIUM}; set PORTAL_TEST_CHROMIUM")
    return browser_type_launch_args | {"executable_path": str(CHROMIUM), "args": QUIET}


@pytest.fixture
def settings(tmp_path, prepared):
    """Journeys run on one database: what differs between them is proved below the browser."""
    return installation("sqlite", tmp_path, prepared)


@pytest.fixture
def address(app):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def open_tab(address, new_client, new_context):
    """Open a tab, signed in as `person` if one is given; an unexpected console error fails the test.

    A test that expects one takes it away with `tab.complaints.pop()`.
    """
    complaints: list[str] = []

    def open_tab(person=None, *, javascript=True, **options) -> Page:
        context = new_context(java_script_enabled=javascript, base_url=address, **options)
        if person:
            cookie = new_client().sign_in(person).raw.get_cookie("session").value
            context.add_cookies([{"name": "session", "value": cookie, "url": address}])
        tab = context.new_page()
        tab.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.complaints = complaints
        return tab

    yield open_tab
    assert complaints == []
