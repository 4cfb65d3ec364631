"""A student leaves outside work-study: what the school keeps of the year, and what nobody asks for any more."""

from collections.abc import Sequence
from datetime import date

from portal import audit, programme
from portal.fees import ledger, letters, queries
from portal.fees.models import PaymentPlan
from portal.fees.rules import Account, Entry, Line, LineState, check_leaving, respread
from portal.fees.service.agreeing import OTHER_CHANGE, change_plan, hold_plan
from portal.fees.service.invoicing import credit
from portal.fees.service.lines import add_lines, cancel_lines
from portal.fees.service.payers import student_payer
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible
from portal.kernel.money import Cents


def leave(enrolment_id: int, *, kept: Cents, reason: str, version: int, key: str, by: int) -> None:
    """The student has left today, and the year costs `kept` cents; what was paid above it is a credit. Once per `key`.

    `NotPossible` under a contract, for less than the policy keeps of the deposit, or above the price;
    `Stale` when the plan changed meanwhile.
    """
    with transaction():
        plan = hold_plan(enrolment_id)
        position = queries.position_of(enrolment_id)
        left = programme.enrolment(enrolment_id).withdrawn_on is not None
        if plan.change_key == key:
            if not left or position.price != kept:
                raise NotPossible(OTHER_CHANGE)
            return
        check_leaving(position, kept, queries.least_kept(plan, position), left=left)
        change_plan(plan, version, key)
        lines = queries.lines_of(enrolment_id, position.owes)
        cancel_lines([line for line in lines if line.open], f"plan:{plan.id}:left")
        _ask_no_more(plan, Cents(position.price - kept))
        _ask_for_the_rest(plan, lines)
        programme.withdraw(enrolment_id, on=clock.today(), by=by)
        audit.record("plan:left", subject=f"plan:{plan.id}", actor_id=by, detail=reason)
        letters.left(enrolment_id, kept, queries.position_of(enrolment_id).owes, reason)


def _ask_for_the_rest(plan: PaymentPlan, before: Sequence[Line]) -> None:
    """What is owed, on the days of the open lines, which fell: only paid ones stand, and they stay paid."""
    owes = queries.position_of(plan.enrolment_id).owes
    if owes <= 0:
        return
    days = [line.due_on for line in before if line.open]
    paid = [line.due_on for line in before if line.state == LineState.PAID]
    paid_until = max(paid, default=date.min)
    add_lines(plan, respread(owes, days, clock.today(), paid_until=paid_until))


def _ask_no_more(plan: PaymentPlan, cents: Cents) -> None:
    if not cents:
        return
    source = f"plan:{plan.id}:left"
    entries = [Entry(Account.RECEIVABLE, -cents), Entry(Account.TUITION, cents)]
    ledger.post(plan.enrolment_id, source, entries)
    credit(plan.enrolment_id, student_payer(plan.enrolment_id).id, cents, source)
