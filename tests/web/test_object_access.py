"""Every page and action that somebody finds by links, tried by everybody else."""

import re

import pytest
from bs4 import BeautifulSoup

from portal.web.limits import limiter
from tests.support.client import HTMX
from tests.support.living import account, crawl, installation_in, links_of

#: Those who must not see each other; what staff may do is proved guard by guard.
OUTSIDE = ["student", "company", "another student", "another company"]
WHO = ["student", "company", "registrar", "finance", "director"]
PUBLIC = ("/verify", "/dev/")
OBJECT = re.compile(r"/\d+|/C-\d+-\d+\.pdf")


@pytest.fixture
def settings(tmp_path, lived_in):
    return installation_in(tmp_path, lived_in)


@pytest.fixture
def unhurried():
    """Nobody is told to wait: “too many” would hide who is let in."""
    limiter.enabled = False
    yield
    limiter.enabled = True


@pytest.fixture
def seen(new_client, unhurried):
    """What each identity of the demo, and another student, finds by links: addresses of objects and forms on them."""
    from portal.identity.models import Person

    people = {name: account(name) for name in WHO}
    others = Person.select().where(
        (Person.role == "student") & (Person.email != people["student"].email)
    )
    people["another student"] = others.order_by(Person.id).first()
    others = Person.select().where(
        (Person.role == "company") & (Person.email != people["company"].email)
    )
    people["another company"] = others.order_by(Person.id).first()
    return {name: (new_client().sign_in(person), person) for name, person in people.items()}


def objects(pages):
    links = {link for html in pages.values() for link in links_of(html)}
    return {
        address.split("?")[0]
        for address in set(pages) | links
        if OBJECT.search(address) and not address.startswith(PUBLIC)
    }


def actions(pages):
    for html in pages.values():
        for form in BeautifulSoup(html, "html.parser").select("form[method=post]"):
            if OBJECT.search(form["action"]) and not form["action"].startswith(PUBLIC):
                yield form["action"]


@pytest.mark.slow
def test_what_only_somebody_finds_nobody_else_opens_or_acts_on(seen, new_client):
    pages = {name: crawl(client) for name, (client, _) in seen.items()}
    found = {name: objects(some) for name, some in pages.items()}
    acts = {name: set(actions(some)) for name, some in pages.items()}
    assert all(len(some) > 3 for name, some in found.items() if not name.startswith("another"))
    assert sum(map(len, acts.values())) > 10
    nobody = new_client()
    for owner in OUTSIDE:
        for address in found[owner]:
            assert nobody.raw.get(address).location.startswith("/sign-in"), address
            for other in OUTSIDE:
                if address not in found[other]:
                    refused(seen[other][0].raw.get(address), owner, other, address)
    for owner, mine in acts.items():
        for other in OUTSIDE:
            client = seen[other][0]
            token = client.page("/verify").select_one("meta[name=csrf-token]")["content"]
            for action in sorted(mine - acts[other]):
                answer = client.raw.post(action, data={"csrf_token": token}, headers=HTMX)
                refused(answer, owner, other, action)


def refused(answer, *facts):
    answer.close()
    assert answer.status_code in (403, 404), facts


@pytest.mark.slow
def test_no_page_of_one_student_names_another(seen):
    _, other = seen["another student"]
    for address, html in crawl(seen["student"][0]).items():
        assert other.name not in html, address
        assert other.email not in html, address
    for address, html in crawl(seen["company"][0]).items():
        assert other.email not in html, address
        for word in ("1 375,00", "€1,375.00"):
            assert word not in html.replace("\xa0", " "), f"a company sees payments at {address}"
