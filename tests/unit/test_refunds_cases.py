"""The ten worked cases of the domain guide, from the payment to the ledger, on both databases."""

from datetime import date, timedelta

import pytest

from portal import fees
from portal.audit.models import AuditEvent
from portal.contracts.models import Contract
from portal.fees.models import Instalment
from portal.kernel import clock
from portal.refunds import service
from portal.refunds.models import Refund, RefundShare
from portal.refunds.queries import simulate
from tests.support import make_refunds
from tests.support.make_refunds import accept, case

#: Every due date lies ahead, whatever the day of the test.
NEXT_YEAR = date(clock.today().year + 1, 11, 5)


def cancelled() -> int:
    return Instalment.select().where(Instalment.cancelled_at.is_null(False)).count()


def open_lines() -> list[int]:
    lines = (
        Instalment.select().where(Instalment.cancelled_at.is_null()).order_by(Instalment.position)
    )
    return [line.amount_cents for line in lines if line.kind == "remainder"]


@pytest.mark.parametrize(
    ("facts", "refund", "owes", "gone"),
    [
        ({"paid": 4_250_00, "funded": 9_750_00}, 4_250_00, 0, 4),
        ({"paid": 9_262_50, "funded": 9_262_50, "full": True}, 9_262_50, 0, 0),
        ({"paid": 1_500_00, "funded": 9_750_00}, 1_500_00, 0, 6),
        ({"paid": 4_250_00, "funded": 6_000_00}, 4_250_00, 0, 4),
        ({"paid": 4_250_00, "funded": 6_000_00, "owed_by": "student"}, 500_00, 0, 4),
        (
            {"paid": 9_262_50, "funded": 6_000_00, "owed_by": "student", "full": True},
            6_000_00,
            0,
            0,
        ),
    ],
    ids=[
        "deposit and two",
        "in full",
        "deposit only",
        "employer owes the rest",
        "student owes the rest",
        "in full, student owes the rest",
    ],
)
def test_what_comes_back_and_what_is_left(make, facts, refund, owes, gone):
    enrolment = case(make, **facts).enrolment
    assert Refund.get().amount_cents == refund
    assert cancelled() == gone
    position = fees.position_of(enrolment.id)
    assert position.owes + refund == owes
    assert sum(share.amount_cents for share in RefundShare.select()) == refund


def test_the_employer_is_billed_what_the_funder_leaves(make):
    enrolment = case(make, paid=4_250_00, funded=6_000_00).enrolment
    assert fees.position_of(enrolment.id).company_share == 3_750_00


def test_what_the_student_still_owes_is_spread_over_the_dates_that_are_left(make):
    first = clock.today().replace(day=5) + timedelta(days=-10)
    enrolment = case(
        make,
        paid=1_500_00,
        funded=6_000_00,
        owed_by="student",
        due_from=first.replace(day=5),
    ).enrolment
    dates_left = len(open_lines())
    assert sum(open_lines()) == 2_250_00 == fees.position_of(enrolment.id).owes
    assert Refund.select().count() == 0
    if dates_left == 5:
        assert open_lines() == [450_00] * 5


def test_the_parent_gets_back_what_the_parent_paid(make):
    case(make, paid=4_250_00, parent=1_500_00, funded=9_750_00)
    shares = {share.payer.kind: share.amount_cents for share in RefundShare.select()}
    assert shares == {"parent": 1_500_00, "student": 2_750_00}


def test_nothing_received_means_no_refund_and_no_debt(make):
    enrolment = case(make, paid=0, funded=9_750_00).enrolment
    assert Refund.select().count() == 0
    assert (fees.position_of(enrolment.id).owes, cancelled()) == (0, 7)


@pytest.mark.parametrize("approved", [True, False], ids=["approved before", "still waiting"])
def test_an_amendment_never_refunds_twice(make, approved):
    facts = case(make, paid=4_250_00, funded=6_000_00)
    if approved:
        make_refunds.approve(Refund.get(), by=make.staff("finance"))

    accept(facts.contract, funded=9_750_00, by=facts.registrar)

    assert Refund.select().count() == 1
    assert fees.position_of(facts.enrolment.id).company_share == 0


def test_an_amendment_that_funds_more_gives_back_the_difference(make):
    facts = case(make, paid=4_250_00, funded=6_000_00, owed_by="student")
    make_refunds.approve(Refund.get(), by=make.staff("finance"))

    accept(facts.contract, funded=9_750_00, by=facts.registrar)

    assert [refund.amount_cents for refund in Refund.select().order_by(Refund.id)] == [
        500_00,
        3_750_00,
    ]


def test_the_same_news_twice_proposes_once(make):
    from portal import refunds

    facts = case(make, paid=4_250_00, funded=9_750_00)
    refunds.open_for_contract(contract=Contract.find(facts.contract.id), by=facts.registrar.id)
    assert Refund.select().count() == 1
    assert AuditEvent.select().where(AuditEvent.tag == "refund:proposed").count() == 1


def test_refunds_are_numbered_without_a_gap(make):
    for _ in range(3):
        make_refunds.refund(make, cents=1_500_00)
    year = clock.today().year
    numbers = [refund.number for refund in Refund.select().order_by(Refund.id)]
    assert numbers == [f"R-{year}-{n:04d}" for n in (1, 2, 3)]


def test_the_student_and_finance_are_told(make, post_box):
    paul = make.staff("finance", email="paul@example.org")
    make_refunds.refund(make)
    told = {message["To"]: message["Subject"] for message in post_box}
    assert "to approve" in told[paul.email]
    assert any("refund is being prepared" in subject for subject in told.values())


@pytest.mark.parametrize("approved", [True, False], ids=["approved before", "still waiting"])
def test_an_amendment_that_funds_less_takes_back_what_has_not_left(make, approved):
    facts = case(make, paid=4_250_00, funded=9_750_00, owed_by="student")
    first = Refund.get()
    if approved:
        make_refunds.approve(first, by=make.staff("finance"))

    told = simulate(facts.enrolment.id, starts_on=date(2026, 11, 2), funded=6_000_00)
    accept(facts.contract, funded=6_000_00, by=facts.registrar)

    assert (told.calculation.refund, told.preview.owes, told.preview.added) == (500_00, -500_00, [])
    first, second = Refund.select().order_by(Refund.id)
    assert (first.state, second.state, second.amount_cents) == ("cancelled", "proposed", 500_00)
    assert "worked out anew" in first.reason
    make_refunds.approve(second, by=make.staff("finance", name="Linus"))
    position = fees.position_of(facts.enrolment.id)
    assert (position.coming_back, position.owes) == (500_00, 0)
    assert sum(open_lines()) == 0


def test_an_amendment_that_funds_less_asks_for_what_was_paid_out(make):
    facts = case(make, paid=4_250_00, funded=9_750_00, owed_by="student")
    refund = Refund.get()
    clerk = make.staff("finance")
    make_refunds.approve(refund, by=clerk)
    service.pay(refund.id, note="", version=2, key=make_refunds.key(), by=clerk.id)

    accept(facts.contract, funded=6_000_00, by=facts.registrar)

    assert Refund.get().state == "paid"
    assert fees.position_of(facts.enrolment.id).owes == 3_750_00
