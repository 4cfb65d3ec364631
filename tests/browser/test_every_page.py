"""Every page that the demo's people find by links: axe has nothing to say, nothing scrolls sideways."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from portal.fees.models import Payer
from tests.support.living import account, crawl, installation_in

STAFF = ["registrar", "finance", "director"]
WHO = ["stranger", "student", "company", *STAFF]
#: A desk in daylight, and a small phone at night.
LOOKS = [({"width": 1280, "height": 900}, "light"), ({"width": 320, "height": 700}, "dark")]
STRANGERS = ["/sign-in", "/forgotten-password", "/verify", "/nowhere", "/dev/outbox"]


@pytest.fixture
def settings(tmp_path, lived_in):
    return installation_in(tmp_path, lived_in)


def kinds(addresses):
    """Addresses by their shape: a list as it opens and its tabs, objects in different states."""
    chosen: dict[str, list[str]] = {}
    for address in addresses:
        shape = "".join("#" if sign.isdigit() else sign for sign in address.split("?")[0])
        chosen.setdefault(shape, []).append(address)
    return chosen


def to_visit(who, new_client):
    """Two addresses of each shape; a page that several of the staff read, with who may do most on it.

    With each address the looks that axe is asked about: where there are two of a shape, one each.
    """
    if who == "stranger":
        return [(address, LOOKS) for address in STRANGERS]
    readers = STAFF if who in STAFF else [who]
    pages = {name: crawl(new_client().sign_in(account(name))) for name in readers}
    shapes = {name: kinds(pages[name]) for name in readers}
    return [
        (address, LOOKS if len(some) == 1 else [LOOKS[number]])
        for shape, some in shapes[who].items()
        if who == max(readers, key=lambda name: _acts(pages[name], shapes[name].get(shape, [])))
        for number, address in enumerate(some[:2])
    ]


def _acts(pages, addresses):
    """How many buttons and forms the first of these pages offers; fewer than none without a page."""
    html = pages[addresses[0]] if addresses else ""
    return html.count('class="btn') + html.count("<form") if html else -1


@pytest.mark.slow
@pytest.mark.parametrize("who", WHO)
def test_nothing_stands_in_anybodys_way(who, open_tab, new_client, db):
    person = None if who == "stranger" else account(who)
    addresses = to_visit(who, new_client)
    assert len(addresses) > 3
    tab = open_tab(person, reduced_motion="reduce")  # colours change at once
    for address, asked in addresses:
        tab.goto(address)
        for look in LOOKS:
            size, scheme = look
            tab.set_viewport_size(size)
            tab.emulate_media(color_scheme=scheme)
            found = Axe().run(tab).response["violations"] if look in asked else []
            assert found == [], (address, [(v["id"], v["nodes"][0]["html"]) for v in found])
            overflow = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 0, f"{address} is {overflow} px too wide for {size}"
    tab.complaints[:] = [said for said in tab.complaints if "404" not in said]


#: Where a table stands beside the rail, or fills a tablet.
BETWEEN = [768, 960, 1024, 1200]
#: Lists with every state in them; the crawl enters three of each list only.
FULLEST = [
    "/staff/refunds?state=all",
    "/staff/finance/dues?state=open",
    "/staff/contracts?state=all",
]
#: By how much the page, or a table in its sheet, is too wide.
TOO_WIDE = """Math.max(document.documentElement.scrollWidth - innerWidth,
    ...[...document.querySelectorAll("main .grid-t")].map((t) => t.offsetWidth - t.parentElement.clientWidth))"""


@pytest.mark.slow
@pytest.mark.parametrize("who", STAFF)
def test_no_table_is_wider_than_its_sheet(who, open_tab, new_client, db):
    client = new_client().sign_in(account(who))
    pages = crawl(client) | {address: client.raw.get(address).text for address in FULLEST}
    shapes = kinds(address for address, html in pages.items() if "grid-t" in html)
    addresses = {address for some in shapes.values() for address in (*some[:2], some[-1])}
    assert len(addresses) > 3
    tab = open_tab(account(who), reduced_motion="reduce")
    found = []
    for address in addresses:
        tab.goto(address)
        for width in BETWEEN:
            tab.set_viewport_size({"width": width, "height": 900})
            overflow = tab.evaluate(TOO_WIDE)
            found += [(address, width, overflow)] if overflow > 0 else []
    assert found == []


@pytest.mark.slow
def test_a_name_without_a_space_is_broken_and_breaks_no_table(open_tab, db):
    Payer.update(name="W" * 200).execute()
    tab = open_tab(account("finance"))
    wide = []
    for address in (*FULLEST[:2], "/staff/payments", "/staff/finance/ledger", "/staff/payouts"):
        tab.goto(address)
        for width in (390, 768, 1280):
            tab.set_viewport_size({"width": width, "height": 900})
            overflow = tab.evaluate(TOO_WIDE)
            wide += [(address, width, overflow)] if overflow > 0 else []
    assert wide == []
