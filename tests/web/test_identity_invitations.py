"""Invitations: who gets a link, how long it lives, and what a disabled or known person gets."""

from datetime import timedelta

import pytest
from playhouse.test_utils import assert_query_count

from portal import identity
from portal.identity import Role, service
from portal.identity.models import Person, SecretLink, StaffPermission
from portal.identity.passwords import hashed
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible
from tests.support.threads import at_once


def invite(**facts):
    with transaction():
        return identity.invite(
            **{
                "email": " Marie@Orsay.example ",
                "name": "Marie Delcourt",
                "role": Role.COMPANY,
                "locale": "fr",
                "by": None,
            }
            | facts
        )


def test_a_newcomer_gets_a_link_for_seven_days(client, post_box, db):
    person = invite()
    assert (person.email, person.password_hash) == ("marie@orsay.example", "")
    assert post_box[-1]["To"] == "marie@orsay.example"
    life = SecretLink.get().expires_at - clock.now()
    assert timedelta(days=6, hours=23) < life <= timedelta(days=7)


def test_a_known_person_is_found_again_and_not_bothered(make, post_box):
    known = make.person(role="company", email="marie@orsay.example", password_hash=hashed("x" * 12))
    assert invite().id == known.id
    assert post_box == []


def test_whoever_did_not_take_up_the_first_invitation_gets_a_fresh_link(client, post_box, db):
    first = invite()
    assert invite().id == first.id
    old, new = (
        "/invitation/" + mail.get_content().split("/invitation/")[1].split()[0] for mail in post_box
    )
    client.page(old, expect=404)
    client.page(new)


def test_nobodys_letter_box_is_flooded_with_invitations(post_box, db):
    for _ in range(9):
        invite()
    assert len(post_box) == 5


@pytest.mark.parametrize(
    "facts", [{"role": "student"}, {"role": "company", "active": False}], ids=["role", "disabled"]
)
def test_an_address_that_is_somebody_elses_is_refused(make, post_box, facts):
    make.person(email="marie@orsay.example", **facts)
    with pytest.raises(NotPossible):
        invite()
    assert post_box == []


def test_the_same_address_invited_by_two_at_once_is_one_person(db):
    people = at_once(*[invite] * 6)
    assert len({person.id for person in people}) == 1


def test_two_administrators_at_once_open_one_account_and_mix_no_permissions(db):
    def add(permission):
        return lambda: service.add_person(
            email="nora@example.org",
            name="Nora",
            role=Role.STAFF,
            permissions=[permission],
            locale="fr",
            by=None,
        )

    outcomes = at_once(add("registrar"), add("finance"), add("director"))
    assert sum(isinstance(outcome, NotPossible) for outcome in outcomes) == 2
    assert StaffPermission.select().count() == 1


@pytest.fixture
def administrator(client, make):
    return client.sign_in(make.staff("administrator", name="Adam Admin"))


def test_an_administrator_sends_the_invitation_again(administrator, make, post_box):
    make.person("Nora Benali", email="nora@example.org")
    page = administrator.page("/staff/people?q=nora")
    form = page.select_one("form[action$='invite-again']")
    administrator.submit(form, htmx=False, expect=303)
    assert post_box[-1]["To"] == "nora@example.org"
    Person.update(password_hash=hashed("x" * 12)).where(Person.name == "Nora Benali").execute()
    administrator.submit(form, htmx=False, expect=409)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("helene", "Hélène Œuvrard"),
        ("HÉLÈNE", "Hélène Œuvrard"),
        ("oeuvrard", "Hélène Œuvrard"),
        ("h.oeuvrard@", "Hélène Œuvrard"),
        ("%", None),
        ("_", None),
        ("' OR 1=1 --", None),
    ],
)
def test_people_are_found_without_their_accents(administrator, make, search, found):
    make.person("Hélène Œuvrard", email="h.oeuvrard@example.org")
    make.person("Zoé Quinn")
    page = administrator.page(f"/staff/people?q={search}")
    assert [row.th.text for row in page.select("tbody tr")] == ([found] if found else [])


def test_recognising_somebody_with_many_hats_costs_one_query(make):
    person = make.staff("registrar", "finance", "director", "administrator")
    token = identity.start_session(person.id)
    with assert_query_count(1):
        visitor = identity.recognise(token)
    assert visitor.permissions == {"registrar", "finance", "director", "administrator"}


def test_a_name_is_text_wherever_it_is_shown(administrator, make):
    make.person("<img src=x onerror=alert(1)>", email="eve@example.org")
    page = administrator.page("/staff/people")
    assert not page.select("main img")
    link = page.select_one("a[href$='/disable']")
    assert not administrator.page(link["href"]).select("main img")
