"""Guessing passwords: what is counted, who is stopped, and who is not."""

from datetime import timedelta

import pytest

from portal.audit.models import AuditEvent
from portal.identity import service
from portal.identity.models import Person, SecretLink, SignedInSession, SignInAttempt
from portal.identity.passwords import hashed, hasher, matches
from portal.kernel import clock
from portal.kernel.errors import NotAllowed, TooMany
from tests.support.client import HTMX
from tests.support.threads import at_once

PASSWORD = "analytical engine"
NAT, ELSEWHERE = "127.0.0.1", "198.51.100.9"


@pytest.fixture
def ada(make):
    return make.person("Ada Byron", email="ada@example.org", password_hash=hashed(PASSWORD))


@pytest.fixture
def grace(make):
    return make.person("Grace", email="grace@example.org", password_hash=hashed(PASSWORD))


def attempt(client, *, email="ada@example.org", password=PASSWORD, expect=204, htmx=True):
    form = client.page("/sign-in").select_one("form[action='/sign-in']")
    return client.submit(form, htmx=htmx, expect=expect, email=email, password=password)


def sign_out(client):
    client.submit(
        client.page("/account").select_one("form[action='/sign-out']"), htmx=False, expect=303
    )


def spray(count=10, address=NAT):
    """Somebody at `address` tries one password on many accounts."""
    for n in range(count):
        with pytest.raises(NotAllowed):
            service.sign_in(email=f"{n}@example.org", password="guess", address=address)


def test_ten_accounts_guessed_at_stop_an_address_and_no_other(client, ada):
    spray()
    attempt(client, expect=429)
    client.raw.environ_base["REMOTE_ADDR"] = ELSEWHERE
    assert attempt(client) == "/"


def test_signing_in_is_no_try_however_many_do_it_behind_one_address(new_client, ada):
    for _ in range(12):
        assert attempt(new_client()) == "/"
    assert not SignInAttempt.select().exists()


def test_a_browser_that_was_here_before_is_not_stopped_by_its_neighbours(client, ada, grace):
    attempt(client)
    sign_out(client)
    spray()
    assert attempt(client) == "/"
    sign_out(client)
    attempt(client, email=grace.email, expect=429)


def test_a_browser_that_was_here_before_has_ten_tries_too(client, ada):
    attempt(client)
    sign_out(client)
    for _ in range(10):
        attempt(client, password="guess", expect=403)
    attempt(client, expect=429)


def test_guesses_from_everywhere_end_and_the_owners_own_browser_still_opens(client, ada):
    attempt(client)
    sign_out(client)
    for n in range(50):
        SignInAttempt.create(email=ada.email, address=f"192.0.2.{n}")
    with pytest.raises(TooMany):
        service.sign_in(email=ada.email, password=PASSWORD, address=ELSEWHERE)
    assert attempt(client) == "/"


@pytest.mark.parametrize("forged", ["", "nonsense", '[1, "key"]', "WzEsImtleSJd.x", "é\x00"])
def test_a_forged_mark_of_a_known_browser_is_worth_nothing(client, ada, forged):
    spray()
    client.raw.set_cookie("known", forged.encode("latin-1").decode("latin-1"))
    attempt(client, expect=429)


def test_a_chosen_password_marks_the_browser_in_which_it_was_chosen(client, ada, post_box):
    service.ask_for_reset(email=ada.email)
    link = next(word for word in post_box[-1].get_content().split() if "/reset/" in word)
    address = "/reset/" + link.rsplit("/", 1)[1]
    form = client.page(address).select_one(f"form[action='{address}']")
    new = "difference engine no. 2"
    client.submit(form, htmx=False, expect=303, password=new, again=new)
    spray()
    assert attempt(client, password=new) == "/"


def test_headers_a_stranger_writes_do_not_make_a_new_address(client, ada):
    spray()
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP"):
        token = client.page("/sign-in").select_one("meta[name=csrf-token]")["content"]
        fields = {"csrf_token": token, "email": ada.email, "password": PASSWORD}
        answer = client.raw.post("/sign-in", data=fields, headers={name: ELSEWHERE})
        assert answer.status_code == 429, name


def test_a_refusal_for_guessing_is_said_in_the_banner_and_on_the_page(client, ada):
    spray()
    page = attempt(client, htmx=False, expect=429)
    assert page.select_one("[role=alert]")
    assert page.select_one("#email")["value"] == ada.email, "what was typed is kept"
    token = page.select_one("meta[name=csrf-token]")["content"]
    fields = {"csrf_token": token, "email": ada.email, "password": PASSWORD}
    banner = client.raw.post("/sign-in", data=fields, headers=HTMX)
    assert (banner.status_code, banner.mimetype) == (429, "text/plain")


def test_a_flood_of_guesses_is_one_line_of_the_trail(ada):
    spray()
    for _ in range(5):
        with pytest.raises(TooMany):
            service.sign_in(email=ada.email, password="guess", address=NAT)
    tags = [line.tag for line in AuditEvent.select()]
    assert tags.count("identity:sign-in-blocked") == 1
    assert tags.count("identity:sign-in-refused") == 10


def test_many_guesses_at_once_on_many_accounts_are_still_ten(db):
    def guess(n):
        return lambda: service.sign_in(email=f"{n}@example.org", password="guess", address=NAT)

    outcomes = [type(o).__name__ for o in at_once(*map(guess, range(16)))]
    assert (outcomes.count("NotAllowed"), outcomes.count("TooMany")) == (10, 6)


def test_a_person_who_forgot_their_current_password_is_stopped_alone(client, ada, grace):
    client.sign_in(ada)
    new = {"password": "difference engine no. 2", "again": "difference engine no. 2"}
    form = client.page("/account").select_one("form[action='/account/password']")
    for status in [403] * 10 + [429]:
        client.submit(form, htmx=False, expect=status, current="guess", **new)
    assert service.sign_in(email=grace.email, password=PASSWORD, address=NAT)
    assert matches(Person.get_by_id(ada.id).password_hash, PASSWORD)


def test_passwords_are_kept_as_owasp_says(ada):
    assert ada.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_password_kept_by_weaker_rules_is_renewed_when_it_is_used(client, make):
    weak = type(hasher)(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    make.person(email="ada@example.org", password_hash=weak)
    attempt(client)
    assert "m=19456,t=2,p=1" in Person.get().password_hash
    sign_out(client)
    assert attempt(client) == "/"


def test_a_password_changed_while_the_old_one_was_being_checked_wins(ada, monkeypatch):
    """The old password was right when it was read, and is not when the session would begin."""
    from portal.identity.service import sessions

    def change_meanwhile(password_hash, password):
        right = matches(password_hash, password)
        Person.update(password_hash=hashed("difference engine no. 2")).execute()
        return right

    monkeypatch.setattr(sessions, "matches", change_meanwhile)
    with pytest.raises(NotAllowed):
        service.sign_in(email=ada.email, password=PASSWORD, address=NAT)


def test_signing_in_as_somebody_else_signs_the_first_one_out(client, ada, grace):
    attempt(client)
    page = client.page("/account")
    token = page.select_one("meta[name=csrf-token]")["content"]
    fields = {"csrf_token": token, "email": grace.email, "password": PASSWORD}
    assert client.raw.post("/sign-in", data=fields).status_code == 303
    assert "Grace" in client.page("/account").text
    assert not ada.sessions.exists()


def test_sessions_and_links_nobody_can_use_are_forgotten(client, ada):
    month = timedelta(days=31)
    client.sign_in(ada)
    SignedInSession.update(started_at=clock.now() - month).execute()
    service.ask_for_reset(email=ada.email)
    SecretLink.update(expires_at=clock.now() - month).execute()
    service.sign_in(email=ada.email, password=PASSWORD, address=NAT)
    service.ask_for_reset(email=ada.email)
    assert SignedInSession.select().count() == 1
    assert SecretLink.select().count() == 1
