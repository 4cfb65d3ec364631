from datetime import timedelta

import pytest
from playhouse.test_utils import assert_query_count

from portal.identity import service
from portal.identity.models import Person, SecretLink, SignedInSession, StaffPermission
from portal.identity.passwords import hashed, matches
from portal.kernel import clock
from portal.kernel.errors import Missing
from tests.support.threads import at_once

OLD, NEW = "analytical engine", "difference engine no. 2"


@pytest.fixture
def ada(make):
    return make.person("Ada Byron", email="ada@example.org", password_hash=hashed(OLD))


@pytest.fixture
def reset_link(client, ada, post_box):
    """The address in the mail that follows a forgotten password."""
    form = client.page("/forgotten-password").select_one("form[action='/forgotten-password']")
    client.submit(form, htmx=True, expect=204, email=" ADA@example.org")
    return link_in(post_box[-1])


def link_in(message) -> str:
    address = next(word for word in message.get_content().split() if "://" in word)
    return "/" + address.split("/", 3)[3]


def set_password(client, link, password=NEW, again=None, expect=303):
    form = client.page(link).select_one(f"form[action='{link}']")
    return client.submit(
        form, htmx=False, expect=expect, password=password, again=again or password
    )


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(client, ada, reset_link):
    client.page(reset_link)
    assert set_password(client, reset_link) == "/sign-in"
    assert matches(Person.get().password_hash, NEW)
    client.page(reset_link, expect=404)


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client, ada, post_box):
    form = client.page("/forgotten-password").select_one("form[action='/forgotten-password']")
    known = client.submit(form, htmx=False, expect=303, email=ada.email)
    unknown = client.submit(form, htmx=False, expect=303, email="nobody@example.org")
    assert known == unknown
    assert [message["To"] for message in post_box] == [ada.email]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda: SecretLink.update(expires_at=clock.now() - timedelta(seconds=1)).execute(),
        lambda: Person.update(active=False).execute(),
        lambda: service.ask_for_reset(email="ada@example.org"),
    ],
    ids=["too old", "person disabled", "a newer one was sent"],
)
def test_a_link_dies(client, reset_link, spoil):
    spoil()
    client.page(reset_link, expect=404)


def test_of_many_uses_at_once_one_works(reset_link):
    token = reset_link.rsplit("/", 1)[1]

    def use():
        return service.set_password_by_link(token, purpose="reset", password=NEW)

    outcomes = at_once(*[use] * 12)
    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Missing) for outcome in outcomes) == 11


def test_the_database_keeps_no_link(reset_link):
    assert reset_link.rsplit("/", 1)[1] not in str(SecretLink.get().__data__)


def test_a_reset_link_is_no_invitation(client, reset_link):
    client.page(reset_link.replace("reset", "invitation"), expect=404)


@pytest.mark.parametrize(
    ("password", "again"),
    [
        ("short", None),
        ("password2026", None),
        ("ada@example.org", None),
        (NEW, "another one!!"),
        ("aaaaaaaaaaaaaaa", None),
        ("", None),
        ("x" * 1001, None),
    ],
)
def test_a_weak_password_is_refused_in_place(client, reset_link, password, again):
    answer = set_password(client, reset_link, password, again, expect=422)
    assert answer.select_one(".err")
    assert matches(Person.get().password_hash, OLD)


@pytest.mark.parametrize(
    "password",
    [
        "lower case only, twenty",
        "x" * 64,
        "密碼密碼一二三四五六七八九",
        "é" * 3 + "abcdefghij",
        "one two three four " * 50,
    ],
)
def test_any_long_password_will_do(client, reset_link, password):
    set_password(client, reset_link, password)
    assert matches(Person.get().password_hash, password)


def change(client, *, expect, current=OLD, new=NEW):
    form = client.page("/account").select_one("form[action='/account/password']")
    return client.submit(form, htmx=False, expect=expect, current=current, password=new, again=new)


def test_changing_the_password_signs_out_every_other_browser_and_tells_the_person(
    client, new_client, ada, post_box
):
    elsewhere = new_client().sign_in(ada)
    client.sign_in(ada)
    assert change(client, expect=303) == "/account"
    client.page("/account")
    assert elsewhere.raw.get("/account").status_code == 303
    assert post_box[-1]["Subject"] == "Your password was changed"


def test_changing_the_password_needs_the_current_one(client, ada):
    answer = change(client.sign_in(ada), expect=403, current="guess")
    assert answer.select_one("#current-error")
    assert matches(Person.get().password_hash, OLD)


def test_one_sees_and_ends_ones_own_sessions(client, new_client, ada, make):
    elsewhere, stranger = new_client().sign_in(ada), new_client().sign_in(make.person("Eve"))
    client.sign_in(ada)
    form = client.page("/account").select_one("form[action$='/end']")
    theirs = SignedInSession.select().where(SignedInSession.person != ada).get().id

    client.submit(form, htmx=False, expect=303)
    assert elsewhere.raw.get("/account").status_code == 303
    form["action"] = f"/account/sessions/{theirs}/end"
    client.submit(form, htmx=False, expect=404)
    stranger.page("/account")


def test_look_and_language_are_remembered(client, ada):
    form = client.sign_in(ada).page("/account").select_one("form[action='/account/look']")
    fields = {"locale": "fr", "theme": "dark"}
    client.submit(form, htmx=False, expect=303, **fields)
    page = client.page("/account")
    assert (page.html["lang"], page.html["data-theme"]) == ("fr", "dark")


@pytest.fixture
def administrator(client, make):
    return client.sign_in(make.staff("administrator", name="Adam Admin"))


def invite(browser, *, expect=303, **fields):
    form = browser.page("/staff/people/new").select_one("form[action='/staff/people/new']")
    facts = {"name": "Nora Benali", "email": "nora@example.org", "role": "staff"}
    facts |= {"permissions": "registrar", "locale": "fr"} | fields
    return browser.submit(form, htmx=False, expect=expect, **facts)


def test_a_new_colleague_is_invited_and_chooses_a_password(administrator, client, post_box):
    invite(administrator)
    nora = Person.get(Person.email == "nora@example.org")
    assert [hat.permission for hat in nora.permissions] == ["registrar"]
    assert set_password(administrator, link_in(post_box[-1])) == "/sign-in"
    assert matches(Person.get_by_id(nora.id).password_hash, NEW)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"email": "not an address"}, 422),
        ({"permissions": ""}, 422),
        ({"role": "emperor"}, 422),
        ({"name": ""}, 422),
    ],
)
def test_a_bad_invitation_is_refused_in_place(administrator, fields, status):
    assert invite(administrator, expect=status, **fields).select_one(".errors")
    assert Person.select().count() == 1


def test_an_address_is_used_once(administrator, ada):
    assert invite(administrator, expect=409, email=ada.email).select_one("#email-error")
    assert not StaffPermission.select().where(StaffPermission.person == ada).exists()


def test_disabling_asks_first_ends_sessions_and_can_be_undone(administrator, new_client, ada):
    theirs = new_client().sign_in(ada)
    page = administrator.page(f"/staff/people/{ada.id}/disable")
    administrator.submit(page.select_one("form[action$=disable]"), htmx=False, expect=303)
    assert theirs.raw.get("/account").status_code == 303
    enable = administrator.page("/staff/people").select_one("form[action$=enable]")
    administrator.submit(enable, htmx=False, expect=303)
    assert Person.get_by_id(ada.id).active


def test_nobody_locks_themselves_out(administrator):
    me = Person.get()
    form = administrator.page(f"/staff/people/{me.id}/disable").select_one("form[action$=disable]")
    administrator.submit(form, htmx=False, expect=403)


def test_a_director_reads_accounts_and_changes_none(client, make, ada):
    client.sign_in(make.staff("director"))
    assert not client.page("/staff/people").select("main form[method=post]")
    client.page("/staff/people/new", expect=403)


def test_the_accounts_page_costs_the_same_for_any_number(administrator, make):
    for n in range(60):
        make.person(f"Person {n:02d}")
    with assert_query_count(3):
        page = administrator.page("/staff/people")
    assert len(page.select("tbody tr")) == 50
    assert len(administrator.fragment("/staff/people?page=2").select("tbody tr")) == 11
    assert len(administrator.page("/staff/people?q=Person+1").select("tbody tr")) == 10
