"""The private link in a company's mails: looking opens nothing, one click signs in, and it can be taken back."""

import re
from datetime import timedelta
from io import BytesIO

import pytest

from portal.audit.models import AuditEvent
from portal.contracts import doors, letters, service
from portal.contracts.models import Contract, DoorLink
from portal.identity.models import SignedInSession
from portal.kernel import clock
from portal.kernel.db import transaction
from tests.support.client import HTMX
from tests.support.make_contracts import pdf, submitted


@pytest.fixture
def contract(make):
    return make.contract(make.enrolment(make.person("Camille Moreau")))


def door_of(contract, person=None) -> str:
    with transaction():
        return doors.path_for(contract.id, person or contract.contact)


def door_in(mail) -> str:
    return re.search(r"/door/\S+", mail.get_content()).group()


def opened(browser, address):
    form = browser.page(address).select_one("form[action^='/door/']")
    return browser.submit(form, htmx=False, expect=303)


def test_from_the_mail_to_received_in_three_screens(client, contract, post_box):
    with transaction():
        letters.awaited(contract, contract.contact)
    address = door_in(post_box[-1])

    first = client.page(address)
    assert "Contract of Camille Moreau" in first.h1.text
    assert [li.text for li in first.select("main li")] == ["Signed contract", "Training agreement"]
    second = client.page(
        client.submit(first.select_one("form[action^='/door/']"), htmx=False, expect=303)
    )
    upload = second.select_one("form[enctype]")
    third = client.page(
        client.submit(upload, htmx=False, expect=303, document=(BytesIO(pdf()), "contract.pdf"))
    )
    assert "Received: Signed contract, version 1." in third.select_one("[role=status].note").text


def test_looking_at_the_link_signs_nobody_in_and_changes_nothing(client, contract):
    address = door_of(contract)
    for _ in range(3):
        client.raw.head(address)
        client.page(address)
    assert SignedInSession.select().count() == 0
    assert AuditEvent.select().count() == 0
    assert client.raw.get(f"/contracts/{contract.id}").status_code == 303


def test_the_same_link_opens_again_as_long_as_it_lives(new_client, contract):
    address = door_of(contract)
    for _ in range(2):
        browser = new_client()
        assert opened(browser, address) == f"/contracts/{contract.id}"
        browser.page(f"/contracts/{contract.id}")
    assert AuditEvent.select().where(AuditEvent.tag == "identity:door-opened").count() == 2


def test_whoever_is_signed_in_by_it_already_goes_straight_on(client, contract):
    address = door_of(contract)
    opened(client, address)
    assert client.raw.get(address).headers["Location"] == f"/contracts/{contract.id}"


def test_somebody_else_in_this_browser_is_signed_out(client, contract):
    client.sign_in(contract.enrolment.student.person)
    address = door_of(contract)
    assert "Camille Moreau is signed in" in client.page(address).text
    opened(client, address)
    assert [s.person_id for s in SignedInSession.select()] == [contract.contact_id]


def test_after_thirty_days_it_offers_a_new_one_to_the_same_address(client, contract, post_box):
    address = door_of(contract)
    later = clock.now() - timedelta(seconds=1)
    DoorLink.update(expires_at=later).execute()

    form = client.page(address, expect=404).select_one("form[action$='/again']")
    assert client.raw.post(address, data={"csrf_token": _token(form)}).status_code == 404
    assert client.submit(form, htmx=False, expect=303) == "/door/sent"
    assert [mail["To"] for mail in post_box] == [contract.contact.email]
    assert opened(client, door_in(post_box[-1])) == f"/contracts/{contract.id}"


def test_an_unknown_link_looks_and_answers_like_an_old_one(client, contract, post_box):
    old = door_of(contract)
    DoorLink.update(expires_at=clock.now()).execute()
    pages = [client.page(address, expect=404) for address in (old, "/door/unknown")]
    assert pages[0].main.h1 == pages[1].main.h1
    form = pages[1].select_one("form[action$='/again']")
    assert client.submit(form, htmx=False, expect=303) == "/door/sent"
    assert post_box == []


def test_nobodys_letter_box_is_flooded(contract, post_box):
    from portal.identity import fingerprint

    token = door_of(contract).removeprefix("/door/")
    for _ in range(9):
        service.send_new_link(fingerprint(token))
    assert len(post_box) == 4


@pytest.mark.parametrize("how", ["disabled", "removed", "another role"])
def test_a_link_ends_with_what_it_opens(client, contract, make, how, post_box):
    address = door_of(contract)
    if how == "disabled":
        contract.contact.active = False
    elif how == "another role":
        contract.contact.role = "staff"
    else:
        Contract.update(contact=make.person("Ines Petit", "company")).execute()
    contract.contact.save()
    form = client.page(address, expect=404).select_one("form[action$='/again']")
    client.submit(form, htmx=False, expect=303)
    assert post_box == []
    csrf = {"csrf_token": _token(form)}
    assert client.raw.post(address, data=csrf).status_code == 404


def test_whoever_chose_a_password_signs_in_with_it(client, contract, post_box):
    address = door_of(contract)
    form = client.page(address).select_one("form[action^='/door/']")
    contract.contact.password_hash = "chosen"
    contract.contact.save()
    here = client.raw.get(address).headers["Location"]
    assert here == f"/sign-in?next=/contracts/{contract.id}"
    assert client.submit(form, htmx=False, expect=303) == "/sign-in"
    assert SignedInSession.select().count() == 0
    with transaction():
        letters.awaited(contract, contract.contact)
    assert "/door/" not in post_box[-1].get_content()


def test_a_contact_may_choose_an_account_with_a_password(client, contract, post_box):
    client.sign_in(contract.contact)
    form = client.page("/account").select_one("form[action='/account/password-link']")
    client.submit(form, htmx=False, expect=303)
    assert "/reset/" in post_box[-1].get_content()
    assert post_box[-1]["To"] == contract.contact.email


def test_only_the_fingerprint_is_kept_and_the_log_names_no_link(client, contract, capfd):
    address = door_of(contract)
    token = address.removeprefix("/door/")
    assert len(token) == 43
    assert token not in str(list(DoorLink.select().dicts()))
    page = client.raw.get(address)
    opened(client, address)
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "no-store"
    seen = capfd.readouterr()
    assert token not in seen.out + seen.err


def test_each_letter_to_the_company_brings_a_fresh_link_and_students_get_none(
    make, app, new_client, post_box
):
    contract = submitted(make, app, enrolment=make.enrolment(make.person("Camille Moreau")))
    post_box.clear()
    with transaction():
        letters.returned(contract, "Page 2 is missing")
    told = {mail["To"]: mail.get_content() for mail in post_box}
    company = told.pop(contract.contact.email)
    assert opened(new_client(), re.search(r"/door/\S+", company).group())
    assert all("/door/" not in text for text in told.values())


def test_guessing_is_slowed_down(app, client, contract):
    answers = {client.raw.get(f"/door/guess{n}", headers=HTMX).status_code for n in range(70)}
    assert answers == {404, 429}


def _token(form) -> str:
    return form.select_one("input[name=csrf_token]")["value"]
