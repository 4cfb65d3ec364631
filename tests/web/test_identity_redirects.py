"""Wherever an address comes from outside, it leads to a page of ours or nowhere."""

from urllib.parse import urljoin, urlsplit

import pytest

from portal.identity.passwords import hashed
from tests.support.client import HTMX

LISTS = ("Open-Redirect-payloads.txt", "openredirects.txt", "open_redirect_wordlist.txt")
HOME = "http://localhost/"


@pytest.fixture(scope="module")
def tricks(shared):
    folder = shared / "data/hostile/strings/payloads-all-the-things"
    found = [
        line for name in LISTS for line in (folder / name).read_text(errors="replace").splitlines()
    ]
    assert len(found) > 300
    return [
        *found,
        "/\r\nSet-Cookie: x=1",
        "/%0d%0aSet-Cookie:x=1",
        "/\t/evil.example",
        "/\\evil.example",
    ]


def stays_here(location):
    """Where a browser ends up: they read backslashes as slashes and drop tabs and line ends."""
    read = location.replace("\\", "/").translate({9: None, 10: None, 13: None})
    return urlsplit(urljoin(HOME, read)).netloc == "localhost"


def token_of(client):
    return client.page("/sign-in").select_one("meta[name=csrf-token]")["content"]


def test_choosing_a_language_never_leads_away(client, tricks):
    token = token_of(client)
    for trick in tricks:
        fields = {"csrf_token": token, "language": "en", "next": trick}
        answer = client.raw.post("/language", data=fields)
        assert answer.status_code == 303, trick
        assert stays_here(answer.location), trick
        assert "x=1" not in str(answer.headers.getlist("Set-Cookie"))


def test_signing_in_never_leads_away_not_even_over_htmx(client, make, tricks):
    client.sign_in(make.person())
    for trick in tricks:
        answer = client.raw.get("/sign-in", query_string={"next": trick}, headers=HTMX)
        assert answer.status_code == 204, trick
        assert stays_here(answer.headers["HX-Redirect"]), trick


def test_the_form_itself_carries_no_foreign_address(client, tricks):
    for trick in tricks[::5]:
        answer = client.raw.get("/sign-in", query_string={"next": trick})
        assert answer.status_code == 200, trick
    page = client.page("/sign-in?next=https://evil.example/")
    assert page.select_one("form[action='/sign-in'] [name=next]")["value"] == ""


def test_a_page_of_ours_with_its_arguments_is_returned_to(client, make):
    make.person(email="ada@example.org", password_hash=hashed("analytical engine"))
    wanted = client.raw.get("/timetable?week=2026-W48&x=1").location
    form = client.page(wanted).select_one("form[action='/sign-in']")
    fields = {"email": "ada@example.org", "password": "analytical engine"}
    assert client.submit(form, htmx=False, expect=303, **fields) == "/timetable?week=2026-W48&x=1"


def test_a_host_name_a_stranger_writes_reaches_no_link(client, post_box, make):
    make.person(email="ada@example.org", password_hash=hashed("analytical engine"))
    fields = {"csrf_token": token_of(client), "email": "ada@example.org"}
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    client.raw.post("/forgotten-password", data=fields, headers=headers)
    assert "evil.example" not in post_box[-1].get_content()
    assert "http://127.0.0.1:5000/reset/" in post_box[-1].get_content()


def test_asking_for_mails_without_end_is_slowed_down(client, db):
    fields = {"csrf_token": token_of(client), "email": "ada@example.org"}
    statuses = [client.raw.post("/forgotten-password", data=fields).status_code for _ in range(25)]
    assert statuses == [303] * 20 + [429] * 5
