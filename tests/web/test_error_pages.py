import json

import pytest
from peewee import OperationalError

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
