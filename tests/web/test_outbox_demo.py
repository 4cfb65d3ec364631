from dataclasses import replace

import pytest

from portal import notifications
from portal.app import create_app
from portal.kernel.db import database, transaction
from tests.support import databases
from tests.support.client import StrictClient

SUBJECT, BODY = "Hello %(name)s", "Read this:\n\n%(link)s\n\n<b>%(name)s</b>"


@pytest.fixture
def demo(settings, tmp_path):
    """A portal in demo mode, whose mails are files."""
    folder = tmp_path / "mail"
    app = create_app(replace(settings, demo=True, mail_url=f"file://{folder}"))
    app.testing = True
    with database.connection_context():
        yield StrictClient(app)
    databases.close()


def post(make, **facts):
    with transaction():
        link = notifications.link("/verify")
        notifications.write_to(make.person(), SUBJECT, BODY, link=link, **{"name": "Ada"} | facts)


@pytest.fixture
def make(demo):
    from tests.support.make import Make

    return Make()


def test_the_mails_of_the_demo_can_be_read_and_their_links_followed(demo, make):
    assert demo.page("/dev/outbox").select_one(".empty")
    post(make)
    post(make, name="Grace")

    links = demo.page("/dev/outbox").select("ol a")
    assert [link.text for link in links] == ["Hello Grace", "Hello Ada"]
    letter = demo.page(links[1]["href"])
    assert letter.h1.text == "Hello Ada"
    assert letter.select_one("main a[href$='/verify']")
    assert not letter.select("main b"), "the text of a mail is text"


@pytest.mark.parametrize(
    "name",
    ["nothing", "..", "../portal.db", "..%2fportal.db", "%2e%2e%2fportal", "*", "x" * 5000, "%00"],
)
def test_nothing_but_mails_can_be_read(demo, make, tmp_path, name):
    post(make)
    (tmp_path / "secret.eml").write_text("Subject: secret\n\nsecret")
    answer = demo.raw.get(f"/dev/outbox/{name}")
    assert answer.status_code in (308, 404)
    assert "secret" not in answer.text
    assert demo.raw.get("/dev/outbox/..%2fsecret").status_code == 404


def test_only_a_demo_shows_its_mails(client):
    assert client.raw.get("/dev/outbox").status_code == 404


def test_the_demo_says_who_can_sign_in_and_lets_one_in_with_one_button(demo, make):
    from portal.identity.passwords import hashed

    make.person("Camille", email="student@demo.example", password_hash=hashed("demo-portal-2026"))
    page = demo.page("/sign-in?as=student")
    assert page.select_one("#email")["value"] == "student@demo.example"
    for name in ("student", "company", "registrar", "finance", "director"):
        assert f"{name}@demo.example" in page.text
    assert "demo-portal-2026" in page.text
    form = page.select_one("#demo-accounts ~ ul form")
    assert demo.submit(form, htmx=False, expect=303) == "/"
