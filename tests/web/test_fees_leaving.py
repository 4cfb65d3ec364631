"""A student leaves without a work-study contract: what the school keeps, and what comes back."""

from datetime import date
from uuid import uuid4

import pytest

from portal import fees
from portal.fees import proof, queries, service
from portal.fees.models import Invoice, PaymentPlan
from portal.fees.rules import LineState
from portal.kernel import clock
from portal.kernel.errors import NotPossible
from portal.kernel.money import Cents
from portal.programme.models import Enrolment
from portal.refunds.models import Refund
from tests.support import make_fees, make_refunds
from tests.support.threads import at_once


@pytest.fixture
def finance(client, make):
    return client.sign_in(make.staff("finance", name="Paul Lemaire"))


@pytest.fixture
def paid(make):
    """Deposit and two instalments came."""
    enrolment = make_fees.plan(make, first_due_on=date(2027, 1, 5))
    make_fees.pay(make, enrolment, 4_250_00)
    return enrolment


def opened(browser, enrolment):
    page = browser.page(f"/staff/fees/{enrolment.id}")
    link = page.select_one("a[href$=leave]")["href"]
    return browser.page(link).select_one("form[action$=leave]")


def leave(enrolment, kept, *, by, key=None):
    service.leave(
        enrolment.id,
        kept=Cents(kept),
        reason="Moved abroad",
        version=PaymentPlan.get(PaymentPlan.enrolment == enrolment.id).version,
        key=key or uuid4().hex,
        by=by.id,
    )


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_a_student_leaves_and_gets_back_all_but_the_deposit(finance, paid, htmx, post_box, make):
    form = opened(finance, paid)
    assert form.select_one("[name=kept]")["value"] == "1,500.00"
    for wrong in ("1499.99", "9750.01"):
        finance.submit(form, htmx=htmx, expect=409, kept=wrong, reason="Moved abroad")
    for wrong in ("-1", "NaN", "0.001", "1e9", "1,5", "１５００", "", "  ", "\u00a0"):
        answer = finance.submit(form, htmx=htmx, expect=422, kept=wrong, reason="Moved abroad")
        assert answer.select_one("[name=kept]").get("value", "") == wrong.strip()
    for _ in range(2):
        finance.submit(form, htmx=htmx, expect=204 if htmx else 303, reason="Moved abroad")

    position = fees.position_of(paid.id)
    assert (position.price, position.credit, position.owes) == (1_500_00, 2_750_00, -2_750_00)
    assert Enrolment.find(paid.id).withdrawn_on is not None
    assert [line.rest for line in fees.lines_of(paid.id, position.owes) if line.open] == []
    assert any("Your year is settled" in mail["Subject"] for mail in post_box)
    asked = Invoice.get(Invoice.kind == "invoice").amount_cents
    freed = sum(one.amount_cents for one in Invoice.select().where(Invoice.kind == "credit_note"))
    assert asked - freed == 1_500_00
    assert proof.verify().flaws == []
    page = finance.page(f"/staff/fees/{paid.id}")
    assert not page.select("a[href$=leave]")
    assert page.select("a[href*='refunds/credit']")


def test_the_policy_may_give_the_deposit_back(finance, paid, make):
    make.policy(deposit_outside_contract="refundable")
    finance.submit(opened(finance, paid), htmx=True, expect=204, kept="0", reason="Ill")
    assert fees.position_of(paid.id).credit == 4_250_00


def test_what_is_missing_of_the_part_that_is_kept_is_asked_for(make):
    enrolment = make_fees.plan(make, first_due_on=date(2027, 1, 5))
    make_fees.pay(make, enrolment, 1_000_00)
    leave(enrolment, 3_000_00, by=make.staff("finance"))
    position = fees.position_of(enrolment.id)
    lines = [line.rest for line in fees.lines_of(enrolment.id, position.owes) if line.open]
    assert (position.owes, sum(lines)) == (2_000_00, 2_000_00)


PAID = [0, 1, 1_500_00, 2_000_00, 2_875_00, 4_249_99, 5_700_01, 9_750_00]
KEPT = [1_500_00, 1_500_01, 2_875_00, 3_000_00, 4_250_00, 6_000_00, 9_749_99, 9_750_00]


def standing(enrolment):
    return fees.lines_of(enrolment.id, fees.position_of(enrolment.id).owes)


@pytest.mark.parametrize("came", PAID)
def test_what_was_paid_stays_paid_and_the_rest_is_asked_on_coming_days(make, monkeypatch, came):
    monkeypatch.setattr(clock, "today", lambda: date(2026, 12, 1))
    for kept in KEPT:
        enrolment = make_fees.plan(make)
        if came:
            make_fees.pay(make, enrolment, came)
        paid = [line.id for line in standing(enrolment) if line.state == LineState.PAID]
        leave(enrolment, kept, by=make.staff("finance"))

        after = standing(enrolment)
        still_open = [line for line in after if line.open]
        assert [line.id for line in after if line.state == LineState.PAID] == paid
        assert sum(line.rest for line in still_open) == max(0, kept - came)
        assert not [line for line in still_open if line.settled]
        assert all(line.due_on >= clock.today() for line in still_open)
        assert not queries.overdue_count()


def test_who_paid_the_deposit_owes_the_rest_on_the_days_of_the_open_instalments(make, monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(2026, 12, 1))
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, 1_500_00)
    leave(enrolment, 3_000_00, by=make.staff("finance"))
    asked = [(line.due_on.isoformat(), line.rest) for line in standing(enrolment) if line.open]
    months = ("2026-12", "2027-01", "2027-02", "2027-03", "2027-04")
    assert asked == [(f"{month}-05", 300_00) for month in months]


@pytest.mark.parametrize(
    ("kept", "cost", "said"),
    [
        (3_000_00, "€3,000.00", "€2,000.00 of it are still to be paid"),
        (1_500_00, "€1,500.00", "€500.00 of it are still to be paid"),
    ],
)
def test_parents_read_what_is_still_to_be_paid_and_not_why(make, post_box, kept, cost, said):
    enrolment = make_fees.plan(make, first_due_on=date(2027, 1, 5))
    parent = a_parent(make, enrolment, "mum@example.org")
    a_parent(make, enrolment, "")
    make_fees.pay(make, enrolment, 1_000_00)
    leave(enrolment, kept, by=make.staff("finance"))
    letter = told("mum@example.org", post_box)
    assert f"keeps {cost} of the fees" in letter
    assert said in letter
    assert parent.reference in letter
    assert enrolment.student.person.name in letter
    assert "Moved abroad" not in letter


@pytest.mark.parametrize(
    ("locale", "said"), [("en", "Nothing is left to pay"), ("fr", "Il ne reste rien à payer")]
)
def test_parents_read_in_their_language_that_nothing_is_left_to_pay(
    make, paid, post_box, locale, said
):
    a_parent(make, paid, "mum@example.org", locale=locale)
    leave(paid, 1_500_00, by=make.staff("finance"))
    letter = told("mum@example.org", post_box)
    assert said in letter
    assert "Moved abroad" not in letter


def test_a_company_hears_nothing_of_a_student_who_leaves(make, paid, post_box):
    fees.add_payer(paid.id, kind=fees.PayerKind.COMPANY, name="F", email="firm@example.org")
    leave(paid, 1_500_00, by=make.staff("finance"))
    assert not [one for one in post_box if one["To"] == "firm@example.org"]


def a_parent(make, enrolment, email, *, locale="en"):
    facts = {"locale": locale, "by": make_refunds.colleague(make, "finance", "Paul Payments").id}
    return service.enter_payer(enrolment.id, name=f"Parent {email}", email=email, **facts)


def told(address, post_box):
    (letter,) = [one for one in post_box if one["To"] == address]
    return " ".join(letter.get_content().split())


def test_under_a_contract_there_is_nothing_to_settle(finance, make):
    case = make_refunds.case(make, paid=4_250_00, funded=9_750_00)
    assert not finance.page(f"/staff/fees/{case.enrolment.id}").select("a[href$=leave]")
    with pytest.raises(NotPossible, match="work-study contract"):
        leave(case.enrolment, 1_500_00, by=make.staff("finance"))


def test_the_student_still_sees_the_money_and_the_refund(make, new_client, paid):
    clerk = make.staff("finance")
    leave(paid, 1_500_00, by=clerk)
    student = new_client().sign_in(paid.student.person)
    page = student.page("/fees")
    assert "No longer asked, as you have left" in page.text
    assert "€2,750.00" in page.text
    payer = fees.student_payer(paid.id)
    make_refunds.service.give_credit_back(
        paid.id, shares={payer.id: 2_750_00}, reason="Left", key=uuid4().hex, by=clerk.id
    )
    make_refunds.approve(Refund.get(), by=make.staff("finance", name="Linus"))
    assert fees.position_of(paid.id).coming_back == 2_750_00
    assert Refund.get().number in student.page("/refunds").text


def test_who_left_is_not_led_to_the_simulator_and_it_says_why(make, client, paid):
    student = client.sign_in(paid.student.person)
    assert student.page("/fees").select("a[href='/refunds/simulation']")
    leave(paid, 1_500_00, by=make.staff("finance"))
    assert not student.page("/fees").select("a[href='/refunds/simulation']")
    query = "kind=apprenticeship&starts_on=2026-12-01&funded=9750"
    page = student.page(f"/refunds/simulation?{query}")
    said = page.select_one("#simulation [role=alert]").text
    assert said == "You are not enrolled in a programme."


def test_two_colleagues_at_once_settle_it_once(make, paid):
    grace, linus = make.staff("finance"), make.staff("finance", name="Linus")
    at_once(
        lambda: leave(paid, 1_500_00, by=grace),
        lambda: leave(paid, 2_000_00, by=linus),
    )
    assert fees.position_of(paid.id).price in (1_500_00, 2_000_00)
    assert proof.verify().flaws == []


def test_only_finance_lets_a_student_leave(client, make, paid):
    client.sign_in(make.staff("director"))
    client.page(f"/staff/fees/{paid.id}/leave", expect=403)
