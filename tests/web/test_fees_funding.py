"""What a work-study contract does to an enrolment's money: the worked cases of the school."""

from datetime import date

import pytest

from portal import fees
from portal.fees.models import Instalment, LedgerTransaction
from portal.fees.rules import PayerKind, PlanKind
from portal.kernel import clock
from tests.support import make_fees

DEPOSIT, INSTALMENT = 1_500_00, 1_375_00


@pytest.fixture(autouse=True)
def on_10_december(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(2026, 12, 10))


def fund(enrolment, cents, owed_by="employer", source="contract:1"):
    return fees.apply_funding(
        enrolment.id,
        terms=fees.Terms(cents, owed_by),
        employer=fees.Employer("Orsay Risk Advisory", "Orsay Risk Advisory"),
        source=source,
    )


def test_full_funding_after_the_deposit_and_two_instalments(make):
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, DEPOSIT + 2 * INSTALMENT)

    done = fund(enrolment, 9_750_00)
    now = fees.position_of(enrolment.id)

    assert done == fees.Funding(4, (), 0)
    assert (now.price, now.received, now.funded) == (9_750_00, 4_250_00, 9_750_00)
    assert (now.owes, now.credit) == (-4_250_00, 4_250_00)

    fees.post_refund(enrolment.id, shares={now.receipts[0].payer_id: 4_250_00}, source="refund:1")
    after = fees.position_of(enrolment.id)
    assert (after.owes, after.refunded, after.receipts) == (0, 4_250_00, ())


def test_full_funding_of_a_year_paid_at_once_takes_over_the_reduced_price(make):
    enrolment = make_fees.plan(make, kind=PlanKind.FULL)
    make_fees.pay(make, enrolment, 9_262_50)

    done = fund(enrolment, 9_750_00)
    now = fees.position_of(enrolment.id)

    assert done == fees.Funding(0, (), 0)
    assert (now.price, now.funded, now.owes) == (9_262_50, 9_262_50, -9_262_50)


def test_full_funding_after_the_deposit_alone(make):
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, DEPOSIT)

    assert fund(enrolment, 9_750_00) == fees.Funding(6, (), 0)
    assert fees.position_of(enrolment.id).owes == -DEPOSIT


def test_what_the_funder_leaves_is_billed_to_the_employer(make):
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, DEPOSIT + 2 * INSTALMENT)

    done = fund(enrolment, 6_000_00)
    now = fees.position_of(enrolment.id)

    assert done == fees.Funding(4, (), 3_750_00)
    assert (now.funded, now.company_share, now.owes) == (6_000_00, 3_750_00, -4_250_00)


def test_what_the_funder_leaves_may_be_the_students(make):
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, DEPOSIT + 2 * INSTALMENT)

    done = fund(enrolment, 6_000_00, "student")
    now = fees.position_of(enrolment.id)

    assert done == fees.Funding(4, (), 0)
    assert (now.company_share, now.owes) == (0, -500_00)


def test_what_the_student_still_owes_is_spread_over_the_dates_left(make, monkeypatch):
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, DEPOSIT, on=date(2026, 9, 1))
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 23))

    done = fund(enrolment, 6_000_00, "student")
    lines = list(Instalment.select().where(Instalment.kind == "remainder"))

    assert done == fees.Funding(6, (450_00,) * 5, 0)
    assert [line.due_on for line in lines] == [
        date(2026, 12, 5),
        date(2027, 1, 5),
        date(2027, 2, 5),
        date(2027, 3, 5),
        date(2027, 4, 5),
    ]
    assert fees.position_of(enrolment.id).owes == 2_250_00


def test_a_year_paid_at_once_and_partly_funded(make):
    enrolment = make_fees.plan(make, kind=PlanKind.FULL)
    make_fees.pay(make, enrolment, 9_262_50)

    assert fund(enrolment, 6_000_00, "student") == fees.Funding(0, (), 0)
    now = fees.position_of(enrolment.id)
    assert (now.price, now.owes) == (9_262_50, -6_000_00)


def test_each_payer_keeps_what_they_sent(make):
    enrolment = make_fees.plan(make)
    parent = fees.add_payer(enrolment.id, kind=PayerKind.PARENT, name="Jane Byron")
    make_fees.pay(make, enrolment, DEPOSIT, payer=parent)
    make_fees.pay(make, enrolment, 2 * INSTALMENT)

    fund(enrolment, 9_750_00)
    receipts = fees.position_of(enrolment.id).receipts

    assert {(one.name, one.kind, one.cents) for one in receipts} == {
        ("Jane Byron", "parent", 1_500_00),
        ("Ada Byron", "student", 2_750_00),
    }


def test_full_funding_before_anything_was_paid_cancels_the_whole_plan(make):
    enrolment = make_fees.plan(make)

    assert fund(enrolment, 9_750_00) == fees.Funding(7, (), 0)
    now = fees.position_of(enrolment.id)
    assert (now.owes, now.received, now.receipts) == (0, 0, ())


def test_an_amended_contract_posts_only_the_difference(make):
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, DEPOSIT + 2 * INSTALMENT)
    fund(enrolment, 6_000_00)
    payer = fees.student_payer(enrolment.id)
    fees.post_refund(enrolment.id, shares={payer.id: 4_250_00}, source="refund:1")

    done = fund(enrolment, 9_750_00, source="contract:1:amended")
    now = fees.position_of(enrolment.id)

    assert done == fees.Funding(0, (), 0)
    assert (now.funded, now.company_share, now.owes) == (9_750_00, 0, 0)
    assert (now.received, now.refunded, now.receipts) == (4_250_00, 4_250_00, ())


def test_a_contract_amended_down_asks_for_the_rest_and_keeps_paid_lines_paid(make):
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, DEPOSIT + 2 * INSTALMENT)
    fund(enrolment, 9_750_00)
    payer = fees.student_payer(enrolment.id)
    fees.post_refund(enrolment.id, shares={payer.id: 4_250_00}, source="refund:1")

    done = fund(enrolment, 6_000_00, "student", source="contract:1:amended")

    assert done.respread == (937_50,) * 4
    assert fees.position_of(enrolment.id).owes == 3_750_00


def test_applying_the_same_contract_again_changes_nothing(make):
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, DEPOSIT)
    fund(enrolment, 6_000_00, "student")
    before = (fees.position_of(enrolment.id), Instalment.select().count())

    assert fund(enrolment, 6_000_00, "student") == fees.Funding(0, (), 0)
    assert (fees.position_of(enrolment.id), Instalment.select().count()) == before
    assert LedgerTransaction.select().where(LedgerTransaction.source == "contract:1").count() == 1


def test_with_no_date_left_the_rest_is_due_in_a_month(make, monkeypatch):
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, DEPOSIT)
    monkeypatch.setattr(clock, "today", lambda: date(2027, 5, 3))

    assert fund(enrolment, 6_000_00, "student").respread == (2_250_00,)
    line = Instalment.get(Instalment.kind == "remainder")
    assert line.due_on == date(2027, 6, 2)


def test_a_part_payment_of_a_cancelled_line_is_not_counted_twice(make):
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, DEPOSIT + 1_000_00)

    done = fund(enrolment, 6_000_00, "student")

    assert done.cancelled == 6
    assert sum(done.respread) == fees.position_of(enrolment.id).owes == 1_250_00


def test_a_contract_of_somebody_without_a_plan_opens_one(make):
    enrolment = make.enrolment()
    make.schedule(enrolment.cohort)

    assert fund(enrolment, 9_750_00) == fees.Funding(7, (), 0)
    assert fees.position_of(enrolment.id).owes == 0


def test_another_employer_takes_over_the_bill(make):
    enrolment = make_fees.plan(make)
    fund(enrolment, 6_000_00)

    fees.apply_funding(
        enrolment.id,
        terms=fees.Terms(7_000_00, "employer"),
        employer=fees.Employer("Vauban Conseil", "Vauban Conseil"),
        source="contract:2",
    )
    now = fees.position_of(enrolment.id)

    assert (now.funded, now.company_share, now.owes) == (7_000_00, 2_750_00, 0)
