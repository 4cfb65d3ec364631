"""Whatever a visitor types, the answer is ours: no page and no form fails over a number, a day or a sign."""

import re
from io import BytesIO
from pathlib import Path

import pytest
import wtforms
from flask import jsonify, request
from wtforms import Form
from wtforms.fields.core import UnboundField
from wtforms.validators import NumberRange

import portal
from portal.identity import Permission
from portal.web.fields import DateField
from portal.web.guards import public
from tests.support.client import HTMX

ROOMS = Path(portal.__file__).parent
#: Names of arguments, as the rooms read them from an address.
READ = re.compile(r'arg(?:s|uments)\.get(?:list)?\(\s*"(\w+)"')
DAYS = ("from", "to", "since", "on", "day", "starts_on", "ends_on", "after", "before")
HUGE = "9" * 20
TYPED = [
    HUGE,
    "-" + HUGE,
    str(2**31),
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01",
    "9999-12-31",
    "a\0b",
]


def kinds_of_forms(kind=Form):
    for one in kind.__subclasses__():
        yield one
        yield from kinds_of_forms(one)


def names_of_fields():
    return {
        name
        for form in kinds_of_forms()
        for name in dir(form)
        if isinstance(getattr(form, name, None), UnboundField)
    }


def names_of_arguments():
    sources = (path.read_text() for path in ROOMS.rglob("*.py"))
    return (
        {name for source in sources for name in READ.findall(source)}
        | names_of_fields()
        | set(DAYS)
    )


@pytest.fixture
def allowed(app, make, new_client):
    """A browser that may enter where the guard says so."""
    staff = new_client().sign_in(make.staff(*Permission))
    browsers = {
        role: new_client().sign_in(make.person(role, role)) for role in ("student", "company")
    }
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def allowed(guard):
        return next((browsers[role] for role in browsers if role in guard), staff)

    return allowed


def addresses(app, method, *, number="1", word="1"):
    for rule in app.url_map.iter_rules():
        if method in rule.methods and rule.endpoint != "static":
            address = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
            address = re.sub(r"<int[^>]*>", number, address)
            yield re.sub(r"<[^>]*>", word, address), app.view_functions[rule.endpoint].guarded_by


def ask(browser, address, query):
    answer = browser.raw.get(address, query_string=query, headers=HTMX)
    answer.close()
    assert answer.status_code < 500, (address, query)


def fields(kind):
    for form in set(kinds_of_forms()):
        for name in dir(form):
            field = getattr(form, name, None)
            if isinstance(field, UnboundField) and issubclass(field.field_class, kind):
                yield form, name, field


def test_a_day_in_a_form_is_one_of_our_time():
    for form, name, field in fields(wtforms.DateField):
        assert issubclass(field.field_class, DateField), (form, name)


def test_a_number_in_a_form_says_how_large_it_may_be():
    for form, name, field in fields(wtforms.IntegerField):
        checks = [*field.args[1:2], field.kwargs.get("validators")]
        limits = [one for some in checks for one in some or () if isinstance(one, NumberRange)]
        assert any(one.max is not None and one.max < 2**31 for one in limits), (form, name)


def test_no_page_fails_over_what_is_typed_into_its_address(app, allowed):
    names = names_of_arguments() - {"state"}
    assert {"page", "since", "q", "from", "cohort", "older", "least"} <= names
    for address, guard in addresses(app, "GET"):
        for typed in TYPED:
            ask(allowed(guard), address, dict.fromkeys(names, typed))
            if typed[:1].isdigit() and "-" in typed:
                ask(allowed(guard), address, dict.fromkeys(DAYS, typed))
                ask(allowed(guard), address, {"since": typed, "rows": "1", "from": typed})


@pytest.mark.parametrize(
    ("number", "word"), [(HUGE, HUGE), (str(2**63), "9999-W99"), ("1", "a%00b")]
)
def test_no_address_fails_over_its_own_parts(app, allowed, number, word):
    for method in ("GET", "POST"):
        for address, guard in addresses(app, method, number=number, word=word):
            browser = allowed(guard)
            data = {"csrf_token": token_of(browser)} if method == "POST" else {}
            answer = browser.raw.open(address, method=method, data=data)
            answer.close()
            assert answer.status_code < 500, (method, address)


@pytest.mark.parametrize("typed", ["\0" * 20, "a\0b", HUGE, "9999-12-31", "0001-01-01"])
def test_no_form_fails_over_what_is_typed_into_it(app, allowed, typed):
    fields = dict.fromkeys(names_of_fields() | {"pick", "key", "version"}, typed)
    for address, guard in addresses(app, "POST"):
        browser = allowed(guard)
        answer = browser.raw.post(address, data=fields | {"csrf_token": token_of(browser)})
        answer.close()
        assert answer.status_code < 500, address


def token_of(browser):
    if not hasattr(browser, "token"):
        browser.token = browser.page("/verify").select_one("meta[name=csrf-token]")["content"]
    return browser.token


def test_no_room_sees_a_sign_that_no_database_stores(app, client):
    @public
    def echo():
        return jsonify(
            [*request.args.items(), *request.form.items(), *request.values.items()]
            + [[name, file.filename] for name, file in request.files.items()]
        )

    app._got_first_request = False
    app.add_url_rule("/echo", "echo", echo, methods=["POST"])
    token = token_of(client)
    for files in ({}, {"fi\0le": (BytesIO(b"\0"), "na\0me.pdf")}):
        told = client.raw.post(
            "/echo", query_string={"a\0": "\0b"}, data={"csrf_token": token, "c": "d\0"} | files
        )
        assert told.status_code == 200
        assert "u0000" not in told.text
        assert ["a", "b"] in told.json
