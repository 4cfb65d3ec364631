"""Several contacts of one company, and two companies that never see anything of each other."""

import re

import pytest

from portal.contracts import service
from portal.contracts.models import Contract, ContractContact
from portal.identity.models import Person
from portal.kernel.errors import NotPossible
from tests.support.make_contracts import send, submitted
from tests.support.threads import at_once


@pytest.fixture
def contract(make):
    return make.contract(make.enrolment(make.person("Camille Moreau")))


@pytest.fixture
def lead(client, contract):
    return client.sign_in(contract.contact)


def invite(browser, contract, *, htmx=True, expect=204, name="Ines Petit", email="ines@b.example"):
    form = browser.page(f"/contracts/{contract.id}").select_one("form[action$='/contacts']")
    typed = {"colleague_name": name, "colleague_email": email, "colleague_locale": "en"}
    return browser.submit(form, htmx=htmx, expect=expect, **typed)


def invited(contract, *, email="ines@b.example", name="Ines Petit") -> Person:
    service.invite_colleague(
        contract.id, name=name, email=email, locale="en", by=Contract.find(contract.id).contact_id
    )
    return Person.get(Person.email == email)


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "plain"])
def test_a_contact_invites_a_colleague_who_comes_in_by_a_link_of_their_own(
    lead, new_client, contract, post_box, htmx
):
    where = invite(lead, contract, htmx=htmx, expect=204 if htmx else 303)
    assert "Ines Petit" in lead.page(where).select_one("#contacts").text
    assert [mail["To"] for mail in post_box] == ["ines@b.example"]

    colleague = new_client()
    address = re.search(r"/door/\S+", post_box[0].get_content()).group()
    form = colleague.page(address).select_one("form[action^='/door/']")
    page = colleague.page(colleague.submit(form, htmx=False, expect=303))
    assert page.select_one("form[enctype]")
    assert "Contract of Camille Moreau" in colleague.page("/company").text


def test_inviting_the_same_colleague_twice_is_one_contact_and_one_mail(lead, contract, post_box):
    at_once(*[lambda: invited(contract)] * 4)
    invite(lead, contract)
    assert ContractContact.select().count() == 1
    assert len(post_box) == 1


def test_what_is_typed_wrong_is_said_and_kept(lead, contract):
    section = invite(lead, contract, expect=422, name="", email="ines at b")
    assert section.select_one("[name=colleague_email]")["value"] == "ines at b"
    assert len(section.select(".err")) == 2
    page = invite(lead, contract, htmx=False, expect=422, name="Ines", email="")
    assert page.select_one("#contacts details[open] [name=colleague_name]")["value"] == "Ines"


def test_an_address_of_a_student_or_of_staff_is_refused(lead, contract, post_box):
    student = contract.enrolment.student.person
    section = invite(lead, contract, expect=409, email=student.email)
    assert "another kind of account" in section.text
    assert post_box == []


def test_only_the_first_contact_invites_and_removes(make, new_client, contract):
    ines, jo = invited(contract), invited(contract, email="jo@b.example", name="Jo")
    browser = new_client().sign_in(ines)
    page = browser.page(f"/contracts/{contract.id}")
    assert not page.select("form[action$='/contacts']")
    csrf = page.select_one("input[name=csrf_token]")["value"]
    for address, typed in [
        ("contacts", {"colleague_name": "X", "colleague_email": "x@b.example"}),
        (f"contacts/{jo.id}/remove", {}),
        (f"contacts/{contract.contact_id}/remove", {}),
    ]:
        answer = browser.raw.post(
            f"/contracts/{contract.id}/{address}",
            data={"csrf_token": csrf, "colleague_locale": "en", **typed},
        )
        assert answer.status_code == 403
    assert ContractContact.select().count() == 2


def test_a_removed_colleague_sees_the_contract_no_more(app, lead, new_client, contract, post_box):
    ines = invited(contract)
    address = re.search(r"/door/\S+", post_box[-1].get_content()).group()
    send(app, contract)
    browser = new_client().sign_in(ines)
    document = browser.page(f"/contracts/{contract.id}").select_one("a[href^='/documents/']")
    form = lead.page(f"/contracts/{contract.id}").select_one("form[action$='/remove'] ")
    lead.submit(
        lead.page(f"/contracts/{contract.id}").select_one(f"form[action$='/{ines.id}/remove']"),
        htmx=True,
        expect=204,
    )
    assert form is not None
    for url in (f"/contracts/{contract.id}", document["href"]):
        assert browser.raw.get(url).status_code == 404
    assert "Camille" not in browser.page("/company").text
    new_client().page(address, expect=404)
    post_box.clear()
    send(app, contract, text="newer")
    assert "ines@b.example" not in {mail["To"] for mail in post_box}


def test_the_only_contact_stays_and_a_lead_who_leaves_hands_the_contract_on(lead, contract):
    with pytest.raises(NotPossible):
        service.remove_colleague(contract.id, contract.contact_id, by=contract.contact_id)
    ines = invited(contract)
    leave = f"form[action$='/{contract.contact_id}/remove']"
    form = lead.page(f"/contracts/{contract.id}").select_one(leave)
    assert lead.submit(form, htmx=False, expect=303) == "/company"
    assert Contract.find(contract.id).contact_id == ines.id
    assert ContractContact.get().may_invite
    lead.page(f"/contracts/{contract.id}", expect=404)


def test_every_contact_gets_the_letters_and_each_a_link_of_their_own(app, contract, post_box):
    invited(contract)
    post_box.clear()
    send(app, contract, by=contract.enrolment.student.person)
    told = {mail["To"]: mail.get_content() for mail in post_box}
    assert {"ines@b.example", contract.contact.email} <= set(told)
    links = {re.search(r"/door/\S+", text).group() for text in told.values()}
    assert len(links) == len(told)


CANARIES = ["Zwhite-student", "Zwhite Labs", "Zwhite-contact", "zwhite-paper", "Zwhite-message"]


@pytest.fixture
def other(make, app):
    """A contract of another company that is full of words which must not travel."""
    contact = make.person("Zwhite-contact", "company", email="known@zwhite.example")
    return submitted(
        make,
        app,
        text="zwhite-paper",
        enrolment=make.enrolment(make.person("Zwhite-student")),
        company=make.company("Zwhite Labs"),
        contact=contact,
    )


def test_company_a_never_sees_a_byte_of_company_b(app, make, lead, contract, other):
    document = other.documents.get()
    form = lead.page(f"/contracts/{contract.id}").select_one("form[action$='/contacts']")
    for url in ["/company", f"/contracts/{contract.id}", "/account"]:
        text = lead.raw.get(url).text
        assert not [canary for canary in CANARIES if canary in text], url
    foreign = [
        f"/contracts/{other.id}",
        f"/documents/{document.id}",
    ]
    for url in foreign:
        answer = lead.raw.get(url)
        assert answer.status_code == 404, url
        assert not [canary for canary in CANARIES if canary in answer.text]
    csrf = {"csrf_token": form.select_one("input[name=csrf_token]")["value"]}
    for act in ("contacts", f"contacts/{other.contact_id}/remove", "documents"):
        answer = lead.raw.post(f"/contracts/{other.id}/{act}", data=csrf)
        assert answer.status_code == 404, act


def test_naming_a_contact_of_another_company_reads_neither_their_name_nor_their_contracts(
    lead, new_client, contract, other
):
    invite(lead, contract, name="Somebody", email="known@zwhite.example")
    text = lead.page(f"/contracts/{contract.id}").text
    assert "Somebody" in text
    assert not [canary for canary in CANARIES if canary in text]
    theirs = new_client().sign_in(other.contact).page("/company").text
    assert "Camille Moreau" in theirs
    assert "Zwhite-student" in theirs
    lead.page(f"/contracts/{other.id}", expect=404)
