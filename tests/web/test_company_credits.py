"""A company that paid above its bill gets it back; its student neither sees nor hears of it."""

import pytest

from portal import fees
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
    fees.learn_account(payer.id, iban=make_payouts.IBANS[0], holder="Orsay")
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
    page = finance.page(link).text
    assert "paid €250.00 above its bill" in page
    assert "Of this, €4,250.00 wait in refunds" in page
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
    assert (position.company_credits, position.coming_back) == ((), 0)
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
        company.enrolment_id, terms=with_terms, company_name=company.name, source="contract:9.9"
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
