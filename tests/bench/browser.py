"""What a browser with an empty cache pulls over the wire, told by the browser itself."""

import os
from pathlib import Path

from playwright.sync_api import sync_playwright

CHROMIUM = Path(os.environ.get("PORTAL_TEST_CHROMIUM", "/usr/bin/chromium"))


def bytes_of_first_visit(address: str, cookie: str | None) -> int | None:
    """Heads and bodies of everything the page at `address` needs; None without Chromium."""
    if not CHROMIUM.exists():
        return None
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=options)
        context = browser.new_context()
        if cookie:
            context.add_cookies([{"name": "session", "value": cookie, "url": address}])
        page = context.new_page()
        sizes: list[float] = []
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        page.goto(address, wait_until="networkidle")
        browser.close()
    return round(sum(sizes))
