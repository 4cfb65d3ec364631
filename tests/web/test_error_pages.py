import html
import json
import logging

import pytest
from peewee import OperationalError, ProgrammingError
from werkzeug.exceptions import default_exceptions

from portal.identity.passwords import hashed
from portal.kernel import db
from portal.web import errors
from tests.support.client import HTMX

PAGES = {"/nowhere": 404, "/static/nowhere.css": 404, "/staff/audit": 403}


@pytest.fixture
def broken(app):
    """The same portal with a page that fails in the way asked for."""
    from portal.web.guards import public

    app.testing = False
    view = app.view_functions["certificates.show_verify"]

    def fail_with(error):
        @public
        def fail():
            raise error

        app.view_functions["certificates.show_verify"] = fail

    yield fail_with
    app.view_functions["certificates.show_verify"] = view


@pytest.mark.parametrize(("address", "status"), PAGES.items())
def test_a_failure_is_a_page_in_the_portals_look_with_a_number(client, make, address, status):
    client.sign_in(make.enrolment().student.person)
    answer = client.raw.get(address)
    assert answer.status_code == status
    assert answer.headers["X-Request-Id"] in answer.text
    assert 'class="mast"' in answer.text


def test_over_htmx_it_is_a_sentence_for_the_banner(client, make):
    client.sign_in(make.person())
    answer = client.raw.get("/nowhere", headers=HTMX)
    assert (answer.status_code, answer.mimetype) == (404, "text/plain")
    assert answer.headers["HX-Reswap"] == "none"
    assert "<" not in answer.text


def test_it_speaks_the_readers_language(client, make):
    client.sign_in(make.person(locale="fr"))
    assert "Page introuvable" in client.page("/nowhere", expect=404).text


def test_a_bug_shows_no_trace_and_is_logged_as_one_line(client, broken, capsys):
    broken(ZeroDivisionError("secret detail\nsecond line"))
    answer = client.raw.get("/verify")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if "{" in line]
    [failure] = [line for line in lines if line["event"] == "failed"]
    assert failure["request"] == answer.headers["X-Request-Id"]
    assert "secret detail" in json.dumps(failure)


def test_a_library_that_complains_is_logged_in_the_same_shape(app, capsys):
    logging.getLogger("huey").error("lost\n%s", "a line")
    try:
        raise ZeroDivisionError("deep")
    except ZeroDivisionError:
        logging.getLogger("portal.kernel.db").exception("a wake-up failed")
    lost, failed = map(json.loads, capsys.readouterr().err.splitlines())
    assert (lost["event"], lost["level"]) == ("lost\na line", "error")
    assert failed["exception"][0]["exc_type"] == "ZeroDivisionError"


def test_what_people_type_never_reaches_the_log(client, make, capsys):
    make.person(email="ada@example.org", password_hash=hashed("canary password"))
    form = client.page("/sign-in").select_one("form[action='/sign-in']")
    fields = {"email": "ada@example.org", "next": "/\r\ncanary-next"}
    client.submit(form, htmx=False, expect=403, password="canary wrong", **fields)
    client.submit(form, htmx=False, expect=303, password="canary password", **fields)
    client.raw.get("/reset/canary-token")
    client.raw.get("/verify/canary-code?x=canary%0aquery", headers={"User-Agent": "canary\x1b[2J"})
    said = capsys.readouterr().err
    assert "canary" not in said
    assert len([json.loads(line) for line in said.splitlines()]) == 5, "one request, one line"


def test_a_refused_request_is_logged_with_who_asked(client, make, capsys):
    person = make.person()
    client.sign_in(person).raw.get("/staff/audit")
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (line["status"], line["person"]) == (403, person.id)
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 418, 429, 500, 502, 503])
@pytest.mark.parametrize("locale", ["fr", "en"])
def test_every_status_is_a_page_of_ours_and_a_sentence_over_htmx(
    client, make, broken, status, locale
):
    client.sign_in(make.person(locale=locale))
    broken(default_exceptions[status]())
    page = client.raw.get("/verify")
    assert page.status_code == status
    assert page.headers["X-Request-Id"] in page.text
    assert f'lang="{locale}"' in page.text
    sentence = client.raw.get("/verify", headers=HTMX)
    assert (sentence.status_code, sentence.mimetype) == (status, "text/plain")
    assert sentence.text in html.unescape(page.text)


def test_a_file_that_is_too_large_is_said_so(client, make):
    client.sign_in(make.person())
    token = client.page("/verify").select_one("meta[name=csrf-token]")["content"]
    answer = client.raw.post(
        "/verify", data={"csrf_token": token}, environ_overrides={"CONTENT_LENGTH": "1000000000"}
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("error", [ProgrammingError("no such table"), RuntimeError("odd")])
def test_when_even_knowing_the_visitor_fails_the_page_still_comes(
    client, make, app, monkeypatch, error
):
    def fail(_token):
        raise error

    client.sign_in(make.person())
    app.testing = False
    monkeypatch.setattr(app.login_manager, "_user_callback", fail)
    answer = client.raw.get("/account")
    assert answer.status_code == 500
    assert 'class="mast"' in answer.text


def test_a_database_that_is_away_is_a_503_that_says_nothing_was_changed(client, broken):
    broken(OperationalError("database is locked"))
    answer = client.raw.get("/verify")
    assert answer.status_code == 503
    assert 'class="mast"' in answer.text


def test_a_portal_whose_database_cannot_be_opened_still_answers(client, monkeypatch, app):
    def refuse(**_):
        raise OperationalError("no route to the database")

    app.testing = False
    with monkeypatch.context() as away:
        away.setattr(db.database.obj, "connect", refuse)
        answer = client.raw.get("/sign-in")
    assert answer.status_code == 503
    assert client.raw.get("/sign-in").status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_a_method_nobody_offers_is_refused(client, method):
    assert client.raw.open("/sign-in", method=method).status_code == 405


def test_every_status_has_its_sentence_and_every_refusal_its_status():
    from portal.kernel.errors import Refusal

    assert set(Refusal.__subclasses__()) == set(errors.STATUS)
    assert set(errors.STATUS.values()) - {409} <= set(errors.SENTENCES)


def test_debug_doors_are_closed(client):
    for address in (
        "/console",
        "/?__debugger__=yes&cmd=resource&f=debugger.js",
        "/.git/config",
        "/metrics",
    ):
        answer = client.raw.get(address)
        assert answer.status_code in (303, 302, 404)
        assert "traceback" not in answer.text.lower()
