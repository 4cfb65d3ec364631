"""A company that paid above its bill gets it back; its student neither sees nor hears of it."""

from datetime import timedelta

import pytest

from portal import fees, payouts, refunds
from portal.contracts import service as contracts
from portal.contracts.models import Contract
from portal.fees import Payer
from portal.kernel import clock
from portal.kernel.errors import NotPossible
from portal.notifications.models import OutgoingMail
from portal.refunds import queries, service
from portal.refunds.models import Refund, RefundShare
from tests.support import make_fees, make_payouts, make_refunds

#: 6 000 € funded: the company's share is 3 750 €, the student's 4 250 € come back.
PAID = 4_000_00
REFUSALS = {
    "This is more than the company paid above its bill.",
    "The amount must be more than zero.",
}


@pytest.fixture
def case(make):
    return make_refunds.case(make, paid=4_250_00, funded=6_000_00)


@pytest.fixture
def company(make, case):
    payer = Payer.get((Payer.enrolment == case.enrolment) & (Payer.kind == "company"))
    Payer.update(email="accounts@orsay.example", locale="en").where(Payer.id == payer).execute()
    make_fees.pay(make, case.enrolment, PAID, payer=payer, by=case.clerk)
    make_fees.account(payer.id, iban=make_payouts.IBANS[0], holder="Orsay")
    return Payer.find(payer.id)


@pytest.fixture
def finance(client, make):
    return client.sign_in(make_refunds.colleague(make, "finance", "Carla Credit"))


def propose(browser, company, euros="250", *, htmx=True, expect=204):
    page = browser.page(f"/staff/refunds/credit/{company.enrolment_id}")
    form = page.select_one("form[action*=credit]")
    answer = {"reason": "Paid twice", f"payer-{company.id}": euros}
    return browser.submit(form, htmx=htmx, expect=expect, **answer)


def its_refund(company):
    return Refund.get(Refund.company_payer == company.id)


def mails_to(person):
    return [mail.subject for mail in OutgoingMail.select() if mail.recipient == person.email]


def test_finance_gives_back_what_a_company_paid_above_its_bill(finance, company):
    file = finance.page(f"/staff/fees/{company.enrolment_id}")
    link = file.select_one("a[href*='/refunds/credit/']")["href"]
    page = finance.page(link)
    assert "paid €250.00 above its bill" in page.text
    assert "At most €250.00" in page.text
    asked = [field["name"] for field in page.select("form[action*=credit] [name^=payer-]")]
    assert asked == [f"payer-{company.id}"], (
        "what the student sent waits in the refund of the contract"
    )
    propose(finance, company, htmx=False, expect=303)
    refund = its_refund(company)
    assert refund.amount_cents == 250_00
    row = finance.page("/staff/refunds").select_one(f"#refund-{refund.id}")
    assert company.name in row.text
    assert not row.select("[href$='/ask']")


def test_the_company_gets_it_once_and_its_bill_stays_what_it_was(make, finance, company):
    propose(finance, company)
    refund = its_refund(company)
    make_refunds.approve(refund, by=make_refunds.colleague(make, "finance", "Grace Hopper"))
    order = make_payouts.released(make, [Refund.find(refund.id)])
    position = fees.position_of(company.enrolment_id)
    assert (position.company_share, position.company_paid) == (3_750_00, 3_750_00)
    assert (position.company_credits, position.coming_back) == ([], 0)
    transfer = make_payouts.transfer_of(refund)
    assert (transfer.order_id, transfer.amount_cents) == (order.id, 250_00)
    assert RefundShare.get(RefundShare.refund == refund).payer_id == company.id


def test_only_the_company_hears_of_it(make, new_client, finance, company, case):
    OutgoingMail.delete().execute()
    propose(finance, company)
    make_refunds.approve(
        its_refund(company), by=make_refunds.colleague(make, "finance", "Grace Hopper")
    )
    student = case.enrolment.student.person
    assert mails_to(student) == []
    prepared, approved = mails_to(company)
    assert prepared.endswith("is being prepared")
    assert approved.endswith("is approved")
    browser = new_client().sign_in(student)
    mine = Refund.get(Refund.company_payer.is_null())
    assert its_refund(company).number not in browser.page("/refunds").text
    assert mine.number in browser.page("/refunds").text
    browser.page(f"/refunds/{its_refund(company).id}", expect=404)


def test_the_money_of_a_company_and_of_a_family_are_two_refunds(make, finance, company, case):
    waiting = Refund.get(Refund.company_payer.is_null())
    service.cancel(
        waiting.id, reason="x", version=waiting.version, key=make_refunds.key(), by=case.clerk.id
    )
    student = fees.student_payer(company.enrolment_id)
    shares = {student.id: 100_00, company.id: 250_00}
    key, carla = make_refunds.key(), make_refunds.colleague(make, "finance", "Carla Credit").id
    for _ in range(2):
        service.give_credit_back(company.enrolment_id, shares=shares, reason="x", key=key, by=carla)
    found = Refund.select().where(Refund.state == "proposed").order_by(Refund.amount_cents)
    assert [(one.amount_cents, one.company_payer_id) for one in found] == [
        (100_00, None),
        (250_00, company.id),
    ]


@pytest.mark.parametrize("euros", ["250.01", "4000", "0"])
def test_no_more_than_what_is_above_the_bill(finance, company, euros):
    answer = propose(finance, company, euros, expect=409)
    assert answer.select_one("[role=alert]").text.strip() in REFUSALS
    assert not Refund.select().where(Refund.company_payer == company.id).exists()


def test_what_waits_in_a_refund_cannot_be_promised_again(finance, company):
    propose(finance, company, "200")
    propose(finance, company, "50.01", expect=409)
    propose(finance, company, "50")
    assert Refund.select().where(Refund.company_payer == company.id).count() == 2


def test_a_bill_that_grew_meanwhile_stops_the_approval(make, finance, company):
    propose(finance, company)
    with_terms = fees.Terms(5_900_00, "employer")
    fees.apply_funding(
        company.enrolment_id,
        terms=with_terms,
        employer=fees.Employer(company.siret, company.name),
        source="contract:9.9",
    )
    with pytest.raises(NotPossible):
        make_refunds.approve(
            its_refund(company), by=make_refunds.colleague(make, "finance", "Grace Hopper")
        )
    assert its_refund(company).state == "proposed"


def test_a_transfer_whose_money_went_back_is_not_taken_back(make, finance, company):
    propose(finance, company)
    make_refunds.approve(
        its_refund(company), by=make_refunds.colleague(make, "finance", "Grace Hopper")
    )
    payment = fees.Payment.get(fees.Payment.payer == company.id)
    with pytest.raises(NotPossible):
        fees.reverse_payment(payment.id, reason="Wrong", by=payment.recorded_by_id)


def test_nobody_asks_the_student_about_it(finance, company):
    propose(finance, company)
    refund = its_refund(company)
    form = finance.page(f"/staff/refunds/{refund.id}/ask").select_one("form[action$=ask]")
    answer = finance.submit(form, htmx=True, expect=409, question="Which account?")
    assert "Write to the company" in answer.text


def test_the_promise_to_a_company_does_not_lessen_what_the_student_gets(make, finance, company):
    propose(finance, company)
    given = queries.simulate(company.enrolment_id, starts_on=clock.today(), funded=9_750_00)
    assert given.calculation.given.promised == 4_250_00


def approved(make, finance, company, euros="250"):
    propose(finance, company, euros)
    refund = its_refund(company)
    make_refunds.approve(refund, by=make_refunds.colleague(make, "finance", "Grace Hopper"))
    return Refund.find(refund.id)


def came_back(make, refund):
    """The order is released, and the bank says that the account is closed."""
    order = make_payouts.released(make, [refund])
    payouts.read_answer(
        make_payouts.answer(order, {make_payouts.transfer_of(refund).end_to_end: "RJCT"}),
        by=make_payouts.people(make).first.id,
    )
    return Refund.find(refund.id)


def bill(company, cents):
    """The contract is amended: this much is the company's to pay."""
    contract = Contract.get()
    Contract.update(funded_cents=9_750_00 - cents, version=Contract.version + 1).execute()
    refunds.open_for_contract(contract=Contract.find(contract.id), by=contract.decided_by_id)
    assert fees.position_of(company.enrolment_id).company_share == cents


def test_the_students_fees_say_nothing_of_it(make, finance, company, case, new_client):
    browser = new_client().sign_in(case.enrolment.student.person)
    before = browser.page("/fees").select_one("main").text
    refund = approved(make, finance, company)
    assert browser.page("/fees").select_one("main").text == before
    came_back(make, refund)
    assert browser.page("/fees").select_one("main").text == before
    back = Refund.find(refund.id)
    service.cancel(
        back.id, reason="x", version=back.version, key=make_refunds.key(), by=case.clerk.id
    )
    assert browser.page("/fees").select_one("main").text == before


@pytest.mark.parametrize("whose", ["the company's", "an own one that nobody asked about"])
def test_a_student_answers_only_what_was_asked(make, finance, company, case, new_client, whose):
    refund = approved(make, finance, company)
    if whose != "the company's":
        refund = Refund.get(Refund.company_payer.is_null())
        make_refunds.approve(refund, by=make_refunds.colleague(make, "finance", "Grace Hopper"))
        refund = Refund.find(refund.id)
    browser = new_client().sign_in(case.enrolment.student.person)
    token = browser.page("/refunds").select_one("meta[name=csrf-token]")["content"]
    facts = {"version": refund.version, "key": make_refunds.key(), "text": "Pay me."}
    answer = browser.raw.post(f"/refunds/{refund.id}/answer", data=facts | {"csrf_token": token})
    assert answer.status_code == (404 if whose == "the company's" else 409)
    assert Refund.find(refund.id).state == "approved"


@pytest.mark.parametrize(("email", "heard"), [("accounts@orsay.example", 1), ("", 0)])
def test_a_new_account_is_told_to_the_company_and_never_to_the_student(company, case, email, heard):
    Payer.update(email=email).where(Payer.id == company.id).execute()
    OutgoingMail.delete().execute()
    fees.set_account(company.id, iban=make_payouts.IBANS[1], holder="Orsay", by=case.clerk.id)
    assert mails_to(case.enrolment.student.person) == []
    assert OutgoingMail.select().count() == heard


@pytest.mark.parametrize("approve", [True, False], ids=["approved", "waiting"])
@pytest.mark.parametrize(
    ("cents", "left"), [(4_250_00, "cancelled"), (3_800_00, None), (3_750_00, None)]
)
def test_a_bill_that_grows_takes_back_what_it_needs(make, finance, company, approve, cents, left):
    """Of 250 above the bill 50 are needed for a larger one: what is approved was taken out before."""
    if approve:
        approved(make, finance, company, "200")
    else:
        propose(finance, company, "200")
    bill(company, cents)
    refund = its_refund(company)
    assert refund.state == (left or ("approved" if approve else "proposed"))
    position = fees.position_of(company.enrolment_id)
    assert position.owed_by(company.id) == cents - PAID + (200_00 if approve and not left else 0)


def test_what_came_back_is_proposed_again_to_the_same_account(make, finance, company):
    refund = came_back(make, approved(make, finance, company))
    row = finance.page("/staff/refunds?state=waiting").select_one(f"#refund-{refund.id}")
    finance.submit(row.select_one("form[action$=propose-again]"), htmx=True)
    again = Refund.find(refund.id)
    assert (again.state, again.decided_by_id) == ("proposed", None)
    make_refunds.approve(again, by=make_refunds.colleague(make, "finance", "Grace Hopper"))
    make_payouts.released(make, [Refund.find(refund.id)])
    assert fees.position_of(company.enrolment_id).company_paid == 3_750_00


def test_only_what_came_back_is_proposed_again(make, finance, company):
    refund = approved(make, finance, company)
    with pytest.raises(NotPossible):
        service.propose_again(
            refund.id, version=refund.version, key=make_refunds.key(), by=refund.proposed_by_id
        )


def test_a_cancelled_one_is_its_credit_again(make, finance, company, case):
    refund = approved(make, finance, company)
    service.cancel(
        refund.id, reason="x", version=refund.version, key=make_refunds.key(), by=case.clerk.id
    )
    position = fees.position_of(company.enrolment_id)
    assert [one.cents for one in position.company_credits] == [250_00]
    assert position.company_share == 3_750_00


def test_the_inbox_finds_it_by_the_companys_name(finance, company):
    Payer.update(name="Zénith Conseil").where(Payer.id == company.id).execute()
    propose(finance, company)
    page = finance.page("/staff/refunds?q=Zénith")
    assert [row["id"] for row in page.select("tbody")] == [f"refund-{its_refund(company).id}"]


def test_the_books_keep_it_on_the_companys_account(make, finance, company, new_client):
    refund = approved(make, finance, company)
    today = clock.today().isoformat()
    with clock.set_to(clock.now() + timedelta(days=1)):
        office = new_client().sign_in(make_refunds.colleague(make, "finance", "Carla Credit"))
        file = office.raw.get(f"/staff/finance/accounting.txt?from={today}&to={today}")
    lines = [line.split("\t") for line in file.text.splitlines()]
    of_refund = [line for line in lines if refund.number in line]
    assert [line[6] for line in of_refund] == [company.reference] * 2


def test_the_same_click_with_another_amount_is_refused(make, company):
    key, carla = make_refunds.key(), make_refunds.colleague(make, "finance", "Carla Credit").id
    facts = {"reason": "x", "key": key, "by": carla}
    service.give_credit_back(company.enrolment_id, shares={company.id: 100_00}, **facts)
    with pytest.raises(NotPossible, match="already proposed refund R-"):
        service.give_credit_back(company.enrolment_id, shares={company.id: 50_00}, **facts)


def test_a_correction_is_told_to_the_company(make, finance, company):
    propose(finance, company)
    OutgoingMail.delete().execute()
    refund = its_refund(company)
    service.edit(
        refund.id,
        shares={company.id: 100_00},
        reason="x",
        version=refund.version,
        key=make_refunds.key(),
        by=refund.proposed_by_id,
    )
    (subject,) = mails_to(company)
    assert subject.endswith("was corrected")


def test_a_company_that_is_called_otherwise_stays_the_same_payer(make, company, case):
    contracts.confirm_company(
        case.contract.id, name="Orsay SA", address="1 rue X", by=case.contract.contact_id
    )
    bill(company, 3_800_00)
    payers = Payer.select().where(Payer.kind == "company")
    assert [(one.id, one.name) for one in payers] == [(company.id, "Orsay SA")]
    assert fees.position_of(company.enrolment_id).credit_of(company.id) == 200_00
