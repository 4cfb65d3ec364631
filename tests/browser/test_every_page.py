"""Every page that the demo's people find by links: axe has nothing to say, nothing scrolls sideways."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.support.living import account, crawl, installation_in

WHO = ["stranger", "student", "company", "registrar", "finance", "director"]
STRANGERS = ["/sign-in", "/forgotten-password", "/verify", "/nowhere", "/dev/outbox"]


@pytest.fixture
def settings(tmp_path, lived_in):
    return installation_in(tmp_path, lived_in)


def kinds(addresses):
    """Two addresses of each shape: a list as it opens and one of its tabs, two objects in different states."""
    chosen: dict[str, list[str]] = {}
    for address in addresses:
        shape = "".join("#" if sign.isdigit() else sign for sign in address.split("?")[0])
        chosen.setdefault(shape, []).append(address)
    return [address for some in chosen.values() for address in some[:2]]


@pytest.mark.slow
@pytest.mark.parametrize("who", WHO)
def test_nothing_stands_in_anybodys_way(who, open_tab, new_client, db):
    person = None if who == "stranger" else account(who)
    addresses = STRANGERS if person is None else kinds(crawl(new_client().sign_in(person)))
    assert len(addresses) > 3
    wide = open_tab(person, viewport={"width": 1280, "height": 900}, color_scheme="light")
    phone = open_tab(person, viewport={"width": 320, "height": 700}, color_scheme="dark")
    for address in addresses:
        for tab in (wide, phone):
            tab.goto(address)
            found = Axe().run(tab).response["violations"]
            assert found == [], (address, [(v["id"], v["nodes"][0]["html"]) for v in found])
            overflow = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 0, f"{address} is {overflow} px too wide for {tab.viewport_size}"
    wide.complaints[:] = [said for said in wide.complaints if "404" not in said]
