"""Builders of money: plans and payments through the real verbs, so that every ledger is a true one."""

from datetime import date, timedelta
from uuid import uuid4

from portal import fees
from portal.fees.models import Payer
from portal.fees.rules import PlanKind
from portal.kernel import clock

EUR = 100


def plan(make, enrolment=None, *, kind=PlanKind.INSTALMENTS, **price):
    """An enrolment with its price charged and its lines laid out; returns the enrolment."""
    enrolment = enrolment or make.enrolment()
    make.schedule(enrolment.cohort, **price)
    fees.open_plan(enrolment.id, kind=kind)
    return enrolment


def pay(
    make, enrolment, cents, *, payer=None, on=None, by=None, key=None, means="transfer", note=""
):
    """A payment recorded by a finance officer, by the student unless `payer` says otherwise."""
    return fees.record_payment(
        enrolment_id=enrolment.id,
        payer_id=(payer or fees.student_payer(enrolment.id)).id,
        amount=cents,
        received_on=on or min(clock.today(), date(2026, 12, 1)),
        means=means,
        note=note,
        key=key or uuid4().hex,
        by=(by or make.staff("finance")).id,
    )


def account(payer_id, *, iban, holder):
    """The account that the payer's money came from a year ago: an old one, for which one approval is enough."""
    fees.learn_account(payer_id, iban=iban, holder=holder)
    long_ago = clock.now() - timedelta(days=365)
    Payer.update(iban_changed_at=long_ago).where(
        (Payer.id == payer_id) & Payer.iban_changed_at.is_null(False) & (Payer.iban_learnt == 1)
    ).execute()
