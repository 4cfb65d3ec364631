"""Staff read a whole file: its papers, what was found, and what accepting does to the money before they do it."""

from datetime import timedelta

import pytest

from portal import fees
from portal.audit.models import AuditEvent
from portal.contracts import service
from portal.contracts.models import Contract, ContractDocument
from portal.fees.models import Instalment
from portal.refunds.models import Refund
from tests.support import make_fees
from tests.support.make_contracts import send, submitted


@pytest.fixture
def contract(make, app):
    """A file that waits, of a student who paid 4,250 euros by instalments."""
    make.policy()
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, 4_250_00, by=make.staff("finance"))
    return submitted(make, app, enrolment=enrolment, concluded_on=None)


def review(contract):
    return f"/staff/contracts/{contract.id}/review"


def said(soup, place):
    return " ".join(soup.select_one(place).text.replace("\xa0", " ").split())


def test_the_effect_is_said_before_accepting_and_comes_true(staff, contract):
    page = staff.page(review(contract))
    assert said(page, "#effect").startswith(
        "Accepting suspends 4 instalments and proposes a refund of €4,250.00."
    )
    form = page.select_one("form[action$='/review/accept']")
    assert staff.submit(form, htmx=True, expect=204) == "/staff/contracts"
    assert Refund.get().amount_cents == 4_250_00
    assert Instalment.select().where(Instalment.cancelled_at.is_null(False)).count() == 4


def test_another_amount_is_worked_out_first_and_is_what_is_accepted(staff, contract):
    page = staff.page(f"{review(contract)}?funded=6000.00")
    assert "The company is billed €3,750.00." in said(page, "#effect")
    form = page.select_one("form[action$='/review/accept']")
    assert "€6,000.00" in form.text.replace("\xa0", " ")
    staff.submit(form, htmx=False, expect=303)
    assert Contract.find(contract.id).funded_cents == 6_000_00
    assert fees.position_of(contract.enrolment_id).company_share == 3_750_00


def test_an_amount_that_cannot_be_read_is_said_once_in_french(client, make, contract):
    reader = client.sign_in(make.staff("registrar", name="Nadia Berthelot", locale="fr"))
    page = reader.page(f"{review(contract)}?funded=1,5", expect=422)
    assert page.select_one("#funded-error").text.count("Écrivez le montant en euros") == 1
    assert "Write the amount" not in page.text


@pytest.mark.parametrize("amount", ["", "0", "-1", "1,5", "NaN"])
def test_an_amount_that_means_nothing_is_asked_again(staff, contract, amount):
    page = staff.page(f"{review(contract)}?funded={amount}", expect=422)
    assert page.select_one("#funded")["value"] == amount
    assert not page.select("form[action$='/review/accept']")


def test_accepting_leads_to_the_next_file(staff, contract, make, app):
    other = submitted(make, app)
    form = staff.page(review(contract)).select_one("form[action$='/review/accept']")
    assert staff.submit(form, htmx=True, expect=204) == review(other)


def test_what_blocks_is_named_with_its_law_and_nothing_can_be_accepted(staff, contract):
    Contract.update(concluded_on=contract.starts_on + timedelta(days=1)).execute()
    page = staff.page(review(contract))
    assert "signed after its first day" in page.select_one("#file .note.bad").text
    assert "L6222-4" in page.select_one("#file .note.bad").text
    assert not page.select("form[action$='/review/accept']")


def test_a_warning_is_ticked_once_and_stays_in_the_trail(staff, registrar, contract):
    Contract.update(tutor_name="").execute()
    form = staff.page(review(contract)).select_one("#warnings")
    staff.submit(form, htmx=True, expect=422)
    for _ in range(2):
        page = staff.submit(form, htmx=True, seen=["tutor", "made-up"])
    box = page.select_one("input[value=tutor]")
    assert box.has_attr("checked")
    lines = AuditEvent.select().where(AuditEvent.tag == "contract:warning-seen")
    assert [(line.detail, line.actor_id) for line in lines] == [("tutor", registrar.id)]


def test_a_paper_is_accepted_in_place_and_another_returned_with_its_reason(
    staff, contract, post_box
):
    papers = {paper.kind: paper for paper in ContractDocument.select()}
    page = staff.page(review(contract))
    take = page.select_one(f"form[action$='/papers/{papers['cerfa'].id}/accept']")
    page = staff.submit(take, htmx=True)
    assert ContractDocument.find(papers["cerfa"].id).state == "accepted"
    agreement = papers["training_agreement"]
    ask = page.select_one(f"a[href$='/papers/{agreement.id}/return']")["href"]
    form = staff.page(ask).select_one(f"#return-{agreement.id}")
    again = staff.submit(form, htmx=True, expect=422, reason=" ")
    assert again.select_one(".err")
    post_box.clear()
    staff.submit(form, htmx=True, reason="Page 2 is missing.")
    assert Contract.find(contract.id).state == "changes_requested"
    assert ContractDocument.find(agreement.id).reason == "Page 2 is missing."
    assert len(post_box) == 2


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("", ""),
        (
            "?because=page-2&because=employer-signature&in=en",
            "The signature of the employer is missing. Have the form signed and send it again."
            "\n\nPage 2 is missing. Send all pages of the form in one file.",
        ),
        ("?because=nonsense&in=xx", ""),
    ],
)
def test_ready_made_reasons_are_written_into_the_field_and_can_be_edited(
    staff, contract, query, written
):
    paper = ContractDocument.get(ContractDocument.kind == "cerfa")
    page = staff.page(f"/staff/contracts/{contract.id}/papers/{paper.id}/return{query}")
    field = page.select_one(f"#return-{paper.id} textarea")
    assert field.text.strip() == written
    assert len(page.select(f"#reasons-{paper.id} input[name=because]")) == 11
    staff.submit(page.select_one(f"#return-{paper.id}"), htmx=True, reason=f"{written} Thank you.")
    assert ContractDocument.find(paper.id).reason == f"{written} Thank you.".strip()


def test_returning_the_form_can_lead_to_the_next_file(staff, contract, make, app):
    other = submitted(make, app)
    paper = ContractDocument.get(
        (ContractDocument.contract == contract) & (ContractDocument.kind == "cerfa")
    )
    url = f"/staff/contracts/{contract.id}/papers/{paper.id}/return"
    form = staff.page(url).select_one(f"#return-{paper.id}")
    answer = staff.submit(form, htmx=True, expect=204, reason="Sign page 2.", next="1")
    assert answer == review(other)
    assert Contract.find(contract.id).state == "changes_requested"


def test_who_comes_second_reads_what_happened_on_the_fresh_page(
    staff, contract, make, new_client, app
):
    form = staff.page(review(contract)).select_one("form[action$='/review/accept']")
    send(app, contract, text="better scan")
    page = staff.submit(form, htmx=True, expect=409)
    assert "Read it first" in page.select_one("[role=alert]").text
    assert "Version 2" in page.text
    colleague = new_client().sign_in(make.staff("director"))
    theirs = colleague.page(review(contract)).select_one("form[action$='/review/accept']")
    colleague.submit(theirs, htmx=True, expect=204)
    page = staff.submit(page.select_one("form[action$='/review/accept']"), htmx=True, expect=409)
    assert "already accepted" in page.select_one("[role=alert]").text
    assert Refund.select().count() == 1


def test_a_paper_of_another_file_is_missing_here(staff, contract, make, app):
    other = submitted(make, app)
    paper = ContractDocument.get(ContractDocument.contract == other)
    staff.page(f"/staff/contracts/{contract.id}/papers/{paper.id}/return", expect=404)
    staff.page("/staff/contracts/999/review", expect=404)


@pytest.mark.parametrize("permission", ["finance", "administrator"])
def test_only_registrar_and_director_examine(client, make, contract, permission):
    client.sign_in(make.staff(permission)).page(review(contract), expect=403)


def test_a_file_in_order_may_be_signed(staff, contract):
    form = staff.page(review(contract)).select_one("form[action$='/review/check']")
    page = staff.submit(form, htmx=True)
    assert Contract.find(contract.id).state == "checked"
    assert page.select("form[action$='/review/accept']")
    assert not page.select("form[action$='/review/check']")


def test_the_effect_waits_for_the_funder_when_the_policy_says_so(staff, contract, make):
    fees.MoneyPolicy.update(refund_from="accepted").execute()
    assert "once the OPCO has accepted" in said(staff.page(review(contract)), "#effect")
    effect = service.money_effect(Contract.find(contract.id), 9_750_00)
    assert (effect.refund, effect.waits, effect.suspended) == (4_250_00, True, 4)
