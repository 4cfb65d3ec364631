"""Many hands on one student's money at the same moment: real threads on real databases."""

from datetime import date
from threading import Barrier, Thread

import pytest
from peewee import fn

from portal import fees
from portal.fees import service
from portal.fees.models import Instalment, LedgerEntry, LedgerTransaction, Payer, Payment
from portal.kernel import clock
from portal.kernel.db import database
from portal.kernel.errors import NotPossible, Refusal
from portal.notifications.models import OutgoingMail
from tests.support import make_fees


@pytest.fixture(autouse=True)
def on_1_october(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(2026, 10, 1))


def at_once(*calls):
    """Run `calls` in threads that start together; what each gave or refused, in the order of `calls`."""
    together, outcomes = Barrier(len(calls)), [None] * len(calls)

    def run(n, call):
        with database.connection_context():
            together.wait()
            try:
                outcomes[n] = call()
            except Refusal as refusal:
                outcomes[n] = refusal

    threads = [Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture
def student(make):
    """An enrolment whose year is charged, and its first payer."""
    enrolment = make_fees.plan(make)
    return enrolment, fees.student_payer(enrolment.id).id


def paying(enrolment, payer_id, key, by, cents=1_375_00):
    return lambda: fees.record_payment(
        enrolment_id=enrolment.id,
        payer_id=payer_id,
        amount=cents,
        received_on=date(2026, 10, 1),
        means="transfer",
        key=key,
        by=by.id,
    )


def refunding(enrolment, payer_id, source, cents):
    return lambda: fees.post_refund(enrolment.id, shares={payer_id: cents}, source=source)


def paying_out(enrolment, payer_id, source, cents):
    return lambda: fees.post_payout(enrolment.id, shares={payer_id: cents}, source=source)


@pytest.mark.parametrize("_again", range(3))
def test_the_same_click_eight_times_at_once_records_once(make, student, _again):
    staff = make.staff("finance")

    outcomes = at_once(*[paying(*student, "the same click " * 2, staff)] * 8)

    assert len({payment.id for payment in outcomes}) == 1
    assert Payment.select().count() == 1
    assert fees.position_of(student[0].id).received == 1_375_00
    assert OutgoingMail.select().count() == 1


def test_the_same_first_payment_of_a_parent_at_once_adds_one_parent(make, student):
    staff = make.staff("finance")

    def click():
        return service.record_payment_of_new_payer(
            enrolment_id=student[0].id,
            name="Anne Milbanke",
            email="",
            amount=100_00,
            received_on=date(2026, 10, 1),
            means="cheque",
            key="the same click " * 2,
            by=staff.id,
        )

    at_once(*[click] * 6)

    assert Payer.select().where(Payer.name == "Anne Milbanke").count() == 1
    assert Payment.select().count() == 1


@pytest.fixture
def settled(make, student):
    """A parent has paid the year: whatever else arrives may go back."""
    parent = fees.add_payer(student[0].id, kind=fees.PayerKind.PARENT, name="Anne Milbanke")
    make_fees.pay(make, student[0], 9_750_00, payer=parent)
    return student


def test_refunds_at_once_never_give_back_more_than_was_paid(make, settled):
    student = settled
    make_fees.pay(make, student[0], 1_500_00)

    outcomes = at_once(*[refunding(*student, f"refund:{n}", 400_00) for n in range(16)])

    assert outcomes.count(True) == 3
    assert sum(isinstance(outcome, NotPossible) for outcome in outcomes) == 13
    now = fees.position_of(student[0].id)
    left = {one.payer_id: one.cents for one in now.receipts}
    assert (now.refunded, left[student[1]]) == (1_200_00, 300_00)


def test_payouts_at_once_never_send_more_than_was_approved(make, settled):
    student = settled
    make_fees.pay(make, student[0], 1_500_00)
    fees.post_refund(student[0].id, shares={student[1]: 1_000_00}, source="refund:1")

    outcomes = at_once(*[paying_out(*student, f"payout:{n}", 400_00) for n in range(8)])

    assert outcomes.count(True) == 2
    assert fees.position_of(student[0].id).coming_back == 200_00


def test_a_refund_and_a_reversal_at_once_cannot_both_take_the_money(make, settled):
    student = settled
    staff = make.staff("finance")
    payment = make_fees.pay(make, student[0], 1_500_00, by=staff)

    outcomes = at_once(
        refunding(*student, "refund:1", 1_500_00),
        lambda: service.reverse_payment(payment.id, reason="Mistake", by=staff.id),
    )

    assert sum(isinstance(outcome, NotPossible) for outcome in outcomes) == 1
    now = fees.position_of(student[0].id)
    assert now.received - now.refunded == 9_750_00


def test_sixteen_hands_on_one_ledger_leave_it_balanced(make, student):
    staff = make.staff("finance")
    first = make_fees.pay(make, student[0], 1_500_00, by=staff)

    calls = [paying(*student, f"payment number {n % 4}" * 2, staff) for n in range(6)]
    calls += [refunding(*student, f"refund:{n % 3}", 900_00) for n in range(5)]
    calls += [paying_out(*student, f"payout:{n}", 900_00) for n in range(3)]
    calls += [
        lambda: service.reverse_payment(first.id, reason="Mistake", by=staff.id),
        lambda: service.choose_full(student[0].id, by=staff.id),
    ]
    outcomes = at_once(*calls)

    assert len(calls) == len(outcomes) == 16
    now = fees.position_of(student[0].id)
    paid = Payment.select(fn.SUM(Payment.amount_cents)).where(Payment.reversed_at.is_null())
    assert now.received == paid.scalar()
    assert now.refunded <= now.received
    assert now.owes == now.price - now.received + now.refunded
    assert Payment.select().count() == 5
    uneven = (
        LedgerEntry.select(LedgerEntry.transaction)
        .group_by(LedgerEntry.transaction)
        .having(fn.SUM(LedgerEntry.amount_cents) != 0)
    )
    assert list(uneven) == []
    open_lines = Instalment.select(fn.SUM(Instalment.amount_cents)).where(
        Instalment.cancelled_at.is_null()
    )
    assert open_lines.scalar() >= now.owes


def test_a_plan_opened_by_many_at_once_charges_once(make):
    enrolment = make.enrolment()
    make.schedule(enrolment.cohort)

    plans = at_once(*[lambda: fees.open_plan(enrolment.id)] * 8)

    assert len({plan.id for plan in plans}) == 1
    assert fees.position_of(enrolment.id).price == 9_750_00
    assert LedgerTransaction.select().count() == 1


def test_one_contract_applied_by_many_at_once_counts_once(make, student):
    def apply():
        return fees.apply_funding(
            student[0].id,
            terms=fees.Terms(6_000_00, "employer"),
            employer=fees.Employer("Orsay", "Orsay"),
            source="contract:1",
        )

    outcomes = at_once(*[apply] * 8)

    assert sorted(outcome.cancelled for outcome in outcomes) == [0] * 7 + [7]
    now = fees.position_of(student[0].id)
    assert (now.funded, now.company_share, now.owes) == (6_000_00, 3_750_00, 0)
