"""A contact says once what the company is called; what others rest on changes only when staff accept it."""

import pytest

from portal.audit.models import AuditEvent
from portal.contracts.models import Company, CompanyCorrection, Contract
from tests.support.make_contracts import send

TRUE = {"company_name": "Orsay Risk SAS", "company_address": "4 rue Neuve, 91400 Orsay"}


@pytest.fixture
def contract(make):
    return make.contract(make.enrolment(make.person("Camille Moreau")))


@pytest.fixture
def contact(client, contract):
    return client.sign_in(contract.contact)


@pytest.fixture
def shared(make, contract):
    """Another student's contract with the same company, and another contact."""
    return make.contract(
        make.enrolment(make.person("Salma Benkirane")),
        company=contract.company,
        contact=make.person("Ines Petit", "company"),
    )


def confirm(browser, contract, *, htmx=True, expect=204, **typed):
    form = browser.page(f"/contracts/{contract.id}").select_one("#company form")
    return browser.submit(form, htmx=htmx, expect=expect, **(TRUE | typed))


def facts(contract):
    company = Company.find(contract.company_id)
    return company.name, company.address, company.confirmed_by_id


def trail(contract):
    about = AuditEvent.subject == f"company:{contract.company_id}"
    return [event.tag for event in AuditEvent.select().where(about).order_by(AuditEvent.id)]


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "plain"])
def test_a_company_of_one_contract_is_corrected_at_once_and_staff_are_told(
    make, contact, contract, post_box, htmx
):
    registrar = make.staff("registrar")
    section = contact.page(f"/contracts/{contract.id}").select_one("#company")
    assert "732 829 320 00074 (valid)" in section.text.replace("\u00a0", " ")
    confirm(contact, contract, htmx=htmx, expect=204 if htmx else 303)
    assert facts(contract) == ("Orsay Risk SAS", "4 rue Neuve, 91400 Orsay", contract.contact_id)
    assert [mail["To"] for mail in post_box] == [registrar.email]
    assert trail(contract) == ["company:corrected"]
    again = contact.page(f"/contracts/{contract.id}").select_one("#company")
    assert "Confirmed" in again.text
    assert not again.select("form")


def test_it_is_said_once(contact, contract):
    form = contact.page(f"/contracts/{contract.id}").select_one("#company form")
    confirm(contact, contract)
    contact.submit(form, htmx=True, expect=204, **TRUE)
    section = contact.submit(form, htmx=True, expect=409, **TRUE | {"company_name": "Other"})
    assert "Write to the school" in section.text
    assert facts(contract)[0] == "Orsay Risk SAS"


def test_papers_come_before_it_is_confirmed(app, contact, contract):
    send(app, contract)
    assert Contract.find(contract.id).state == "submitted"
    assert facts(contract)[2] is None


def test_what_is_typed_wrong_is_said_and_kept(contact, contract):
    section = confirm(contact, contract, expect=422, company_address="")
    assert section.select_one("[name=company_name]")["value"] == "Orsay Risk SAS"
    page = confirm(contact, contract, htmx=False, expect=422, company_name="x" * 201)
    assert page.select_one("#company .err")


def test_what_others_rest_on_waits_until_staff_take_it_over(
    make, new_client, contact, contract, shared, post_box
):
    registrar = make.staff("registrar")
    confirm(contact, contract)
    assert facts(contract) == ("Orsay Risk Advisory", "", None)
    assert [mail["To"] for mail in post_box] == [registrar.email]
    page = contact.page(f"/contracts/{contract.id}").select_one("#company")
    assert "Orsay Risk SAS" in page.text

    staff = new_client().sign_in(registrar)
    take = staff.page(f"/contracts/{shared.id}").select_one("form[action$='/accept']")
    staff.submit(take, htmx=False, expect=303)
    staff.submit(take, htmx=False, expect=303)
    assert facts(contract) == ("Orsay Risk SAS", "4 rue Neuve, 91400 Orsay", contract.contact_id)
    assert trail(contract) == ["company:correction-proposed", "company:corrected"]


def test_staff_keep_it_as_it_is_and_the_contact_is_told(
    make, new_client, contact, contract, shared, post_box
):
    confirm(contact, contract)
    staff = new_client().sign_in(make.staff("registrar"))
    page = staff.page(f"/contracts/{contract.id}")
    take, keep = (page.select_one(f"form[action$='/{act}']") for act in ("accept", "refuse"))
    post_box.clear()
    staff.submit(keep, htmx=False, expect=303)
    assert [mail["To"] for mail in post_box] == [contract.contact.email]
    staff.submit(take, htmx=False, expect=409)
    assert facts(contract) == ("Orsay Risk Advisory", "", None)
    assert CompanyCorrection.get().state == "refused"
    assert contact.page(f"/contracts/{contract.id}").select("#company form")


def test_students_finance_and_other_companies_decide_nothing(
    make, new_client, contact, contract, shared
):
    confirm(contact, contract)
    number = CompanyCorrection.get().id
    people = [contract.enrolment.student.person, shared.contact, make.staff("finance")]
    for person in people:
        browser = new_client().sign_in(person)
        token = browser.page("/account").select_one("input[name=csrf_token]")["value"]
        for act, status in [
            (f"/contracts/{contract.id}/company", 404 if person is shared.contact else 403),
            (f"/staff/contracts/{contract.id}/corrections/{number}/accept", 403),
        ]:
            answer = browser.raw.post(act, data=TRUE | {"csrf_token": token})
            assert answer.status_code == status
    assert CompanyCorrection.get().state == "waiting"
