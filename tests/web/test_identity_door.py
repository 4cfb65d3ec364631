from datetime import timedelta
from sys import setprofile

import pytest

from portal.audit.models import AuditEvent
from portal.identity.models import Person, SignedInSession, SignInAttempt
from portal.identity.passwords import hashed
from portal.identity.rules import local_path
from portal.kernel import clock
from tests.support.client import HTMX
from tests.support.threads import at_once

PASSWORD = "analytical engine"


@pytest.fixture
def ada(make):
    return make.person("Ada Byron", email="ada@example.org", password_hash=hashed(PASSWORD))


@pytest.fixture
def attempt(client):
    def attempt(*, email="ada@example.org", password=PASSWORD, expect=204, htmx=True, **more):
        form = client.page("/sign-in").select_one("form[action='/sign-in']")
        return client.submit(form, htmx=htmx, expect=expect, email=email, password=password, **more)

    return attempt


@pytest.mark.parametrize("email", ["ada@example.org", " Ada@Example.ORG "])
def test_the_right_password_opens_the_home_page(client, ada, attempt, email):
    assert attempt(email=email) == "/"
    assert client.raw.get("/account").status_code == 200


def test_signing_in_works_without_javascript_and_leads_where_one_was_going(ada, client, attempt):
    wanted = client.raw.get("/timetable/2026-W48").location
    assert wanted == "/sign-in?next=/timetable/2026-W48"
    assert attempt(htmx=False, expect=303, next="/timetable/2026-W48") == "/timetable/2026-W48"


def test_a_wrong_pair_does_not_say_which_half_is_wrong(ada, make, attempt):
    make.person(email="gone@example.org", password_hash=hashed(PASSWORD), active=False)
    answers = [
        attempt(email=email, password=password, expect=403).select_one("[role=alert]").text
        for email, password in (
            ("ada@example.org", "guess"),
            ("nobody@example.org", "guess"),
            ("gone@example.org", PASSWORD),
        )
    ]
    assert len(set(answers)) == 1


def test_a_known_address_costs_as_much_as_an_unknown_one(ada, attempt):
    """Each checks one argon2 hash, which is what takes the time; clocks are not asked."""

    def hashes_checked(email):
        checked = []

        def watch(frame, event, _argument):
            if event == "call" and frame.f_code.co_name == "verify_secret":
                checked.append(email)

        setprofile(watch)
        try:
            attempt(email=email, password="guess", expect=403)
        finally:
            setprofile(None)
        return len(checked)

    hashes_checked("warm-up@example.org")
    assert hashes_checked("ada@example.org") == hashes_checked("nobody@example.org") == 1


def test_the_password_must_fit_exactly(ada, attempt):
    for wrong in (PASSWORD.upper(), PASSWORD + " ", " " + PASSWORD, PASSWORD[:-1]):
        attempt(password=wrong, expect=403)


def test_the_eleventh_guess_is_not_even_looked_at_but_the_owner_gets_in_from_elsewhere(
    ada, client, attempt
):
    for _ in range(10):
        attempt(password="guess", expect=403)
    attempt(expect=429)
    client.raw.environ_base["REMOTE_ADDR"] = "198.51.100.9"
    assert attempt() == "/"


def test_one_address_cannot_work_through_a_list_of_accounts(attempt, db):
    SignInAttempt.insert_many(
        {"email": f"{n}@example.org", "address": "127.0.0.1"} for n in range(100)
    ).execute()
    attempt(email="fresh@example.org", expect=429)


def test_old_tries_are_forgotten_after_a_quarter_of_an_hour(ada, attempt):
    for _ in range(10):
        attempt(password="guess", expect=403)
    SignInAttempt.update(at=clock.now() - timedelta(minutes=16)).execute()
    assert attempt() == "/"


def test_parallel_guesses_cannot_share_one_try(ada, make):
    from portal.identity.service import sign_in

    def guess():
        sign_in(email=ada.email, password="guess", address="192.0.2.1")

    outcomes = [type(o).__name__ for _ in range(2) for o in at_once(*[guess] * 8)]
    assert outcomes.count("NotAllowed") == 10
    assert outcomes.count("TooMany") == 6


@pytest.mark.parametrize(
    "end",
    [
        lambda: SignedInSession.delete().execute(),
        lambda: Person.update(active=False).execute(),
        lambda: SignedInSession.update(seen_at=clock.now() - timedelta(hours=3)).execute(),
        lambda: SignedInSession.update(started_at=clock.now() - timedelta(days=8)).execute(),
    ],
    ids=["revoked", "person disabled", "idle", "too old"],
)
def test_a_session_that_ended_on_the_server_is_over_at_once(client, ada, end):
    client.sign_in(ada).page("/account")
    end()
    assert client.raw.get("/account").location.startswith("/sign-in")


def test_a_cookie_copied_before_signing_out_is_worthless(client, ada):
    form = client.sign_in(ada).page("/account").select_one("form[action='/sign-out']")
    stolen = client.raw.get_cookie("session").value
    answer = client.raw.post(
        "/sign-out", data={"csrf_token": form.select_one("[name=csrf_token]")["value"]}
    )
    assert "storage" in answer.headers["Clear-Site-Data"]
    client.raw.set_cookie("session", stolen)
    assert client.raw.get("/account").location.startswith("/sign-in")


def test_a_session_from_before_signing_in_is_not_kept(client, ada, attempt):
    client.page("/sign-in")
    before = client.raw.get_cookie("session").value
    attempt()
    client.raw.set_cookie("session", before)
    assert client.raw.get("/account").location.startswith("/sign-in")


def test_every_session_has_its_own_long_name(ada):
    from portal.identity import start_session

    tokens = {start_session(ada.id) for _ in range(200)}
    assert len(tokens) == 200
    assert min(map(len, tokens)) >= 43


def test_signing_in_and_failing_to_are_on_the_trail_without_the_password(ada, attempt):
    attempt(password="guess", expect=403)
    attempt()
    lines = list(AuditEvent.select().order_by(AuditEvent.id))
    assert [line.tag for line in lines] == ["identity:sign-in-refused", "identity:sign-in"]
    assert lines[1].actor_name == "Ada Byron"
    assert all("guess" not in str(line.__data__) for line in lines)


def test_strangers_are_sent_to_sign_in_even_from_htmx(client):
    answer = client.raw.get("/timetable", headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in?next=/timetable")


def test_no_list_of_tricks_leads_off_this_site(shared, client, ada):
    lists = shared / "data/hostile/strings/payloads-all-the-things"
    tricks = [
        line
        for name in ("Open-Redirect-payloads.txt", "openredirects.txt", "crlfinjection.txt")
        for line in (lists / name).read_text(errors="replace").splitlines()
    ]
    client.sign_in(ada)
    for trick in tricks:
        answer = client.raw.get("/sign-in", query_string={"next": trick})
        assert answer.status_code == 303, trick
        assert answer.location.startswith("/"), trick
        assert not answer.location.startswith(("//", "/\\")), trick
        assert local_path(trick, otherwise="") in ("", trick)


def test_the_demo_shows_who_can_sign_in_and_others_do_not(client):
    assert "demo.example" not in client.page("/sign-in").text


@pytest.mark.parametrize("htmx", [True, False])
def test_an_empty_form_says_what_is_missing_and_keeps_what_was_typed(attempt, htmx):
    answer = attempt(email="ada@example.org", password="", expect=422, htmx=htmx)
    assert answer.select_one("#password-error")
    assert answer.select_one("#email")["value"] == "ada@example.org"
    assert answer.select_one(".errors a[href='#password']")


def test_the_language_is_remembered(client, ada):
    form = client.page("/sign-in").select_one("form[action='/language']")
    client.submit(form, htmx=False, expect=303, language="en")
    assert client.page("/sign-in").html["lang"] == "en"
    form = client.sign_in(ada).page("/account").select_one("form[action='/language']")
    client.submit(form, htmx=False, expect=303, language="fr")
    assert Person.get().locale == "fr"
