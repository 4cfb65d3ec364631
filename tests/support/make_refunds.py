"""Builders of refunds, through the real verbs: payments, then a contract the school accepts."""

from datetime import date, timedelta
from types import SimpleNamespace
from uuid import uuid4

from portal import fees, refunds
from portal.contracts.models import Contract
from portal.identity import Person
from portal.kernel import clock
from portal.kernel.money import Cents
from portal.refunds import service
from portal.refunds.models import Refund
from tests.support import make_fees


def key() -> str:
    return uuid4().hex


def colleague(make, permission, name):
    """One person of that name for the whole test: every further one would get mails too."""
    return Person.get_or_none(Person.name == name) or make.staff(permission, name=name)


def accept(contract, *, funded, by) -> None:
    """What the contracts room does at the end of an acceptance: state, funding, and the event's listener."""
    (
        Contract.update(
            state="signed", funded_cents=funded, decided_by=by, version=Contract.version + 1
        )
        .where(Contract.id == contract.id)
        .execute()
    )
    refunds.open_for_contract(contract=Contract.find(contract.id), by=by.id)


def case(
    make,
    *,
    paid,
    funded,
    owed_by="employer",
    full=False,
    parent=0,
    by=None,
    enrolment=None,
    due_from=date(2026, 11, 5),
):
    """A student with a plan who paid `paid` cents, `parent` of them by a parent, and an accepted contract."""
    make.policy(shortfall_owed_by=owed_by)
    registrar = by or colleague(make, "registrar", "Rosa Registrar")
    kind = fees.PlanKind.FULL if full else fees.PlanKind.INSTALMENTS
    enrolment = make_fees.plan(make, enrolment, kind=kind, first_due_on=due_from)
    clerk = colleague(make, "registrar", "Paul Payments")
    if parent:
        payer = fees.add_payer(enrolment.id, kind=fees.PayerKind.PARENT, name="Parent Byron")
        make_fees.pay(make, enrolment, parent, payer=payer, by=clerk)
    if paid - parent:
        make_fees.pay(make, enrolment, paid - parent, by=clerk)
    contract = make.contract(enrolment)
    accept(contract, funded=funded, by=registrar)
    return SimpleNamespace(enrolment=enrolment, contract=contract, registrar=registrar, clerk=clerk)


def refund(make, *, cents=4_250_00, **rest) -> Refund:
    """A refund of `cents` that waits for its approval."""
    enrolment = case(make, paid=cents, funded=9_750_00, **rest).enrolment
    return Refund.get(Refund.enrolment == enrolment)


def approve(one, *, by, version=None, click=None):
    return service.approve(one.id, version=version or one.version, key=click or key(), by=by.id)


def asked_anew(make, case, contract, cents) -> None:
    """The contract was broken seven months ago, what waited is refused, and new tuition is asked for."""
    ended = clock.today() - timedelta(days=220)
    began = min(Contract.find(contract.id).starts_on, ended - timedelta(days=30))
    days = {"starts_on": began, "ended_on": ended}
    Contract.update(state="terminated", **days).where(Contract.id == contract.id).execute()
    by = colleague(make, "finance", "Grace Hopper").id
    for one in Refund.select().where(Refund.state == "proposed"):
        service.refuse(one.id, reason="x", version=one.version, key=key(), by=by)
    service.go_on_without(
        case.enrolment.id,
        lines=[(clock.today() + timedelta(days=300), Cents(cents))],
        reason="x",
        version=fees.plan_of(case.enrolment.id).version,
        key=key(),
        by=by,
    )
