"""A year that a contract paid for until it was broken goes on without one, or ends."""

from collections.abc import Sequence
from datetime import date

from portal import audit, programme
from portal.fees import ledger, letters, queries
from portal.fees.rules import Account, Entry, LineKind, PlanLine, check_after_paid, check_anew
from portal.fees.service.agreeing import OTHER_CHANGE, change_plan, check_told, hold_plan
from portal.fees.service.invoicing import invoice
from portal.fees.service.lines import add_lines
from portal.fees.service.payers import student_payer
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible
from portal.kernel.money import Cents


def ask_anew(
    enrolment_id: int,
    *,
    lines: Sequence[tuple[date, Cents]],
    reason: str,
    version: int,
    key: str,
    by: int,
) -> None:
    """Ask for new tuition, which is what `lines` (day and cents) sum to, beside all that was. Once per `key`.

    Whether any may be asked is for the caller to know. `NotPossible` for more than a year costs, days that
    cannot be or lie before what is paid; `Stale` when the plan changed meanwhile.
    """
    with transaction():
        plan = hold_plan(enrolment_id)
        if plan.change_key == key:
            check_told(plan, lines)
            return
        check_anew(lines, Cents(plan.schedule.tuition_cents), clock.today())
        owes = queries.position_of(enrolment_id).owes
        check_after_paid(lines, queries.lines_of(enrolment_id, owes))
        change_plan(plan, version, key)
        cents, source = Cents(sum(one for _, one in lines)), f"plan:{plan.id}:{version + 1}:anew"
        charge = [Entry(Account.RECEIVABLE, cents), Entry(Account.TUITION, Cents(-cents))]
        ledger.post(enrolment_id, source, charge)
        invoice(enrolment_id, student_payer(enrolment_id).id, cents, source)
        add_lines(plan, [PlanLine(LineKind.AGREED, day, one) for day, one in sorted(lines)])
        audit.record("plan:asked-anew", subject=f"plan:{plan.id}", actor_id=by, detail=reason)
        letters.plan_agreed(enrolment_id, lines, reason)


def leave_funded(enrolment_id: int, *, reason: str, version: int, key: str, by: int) -> None:
    """The student leaves after a break: what funders paid, what is owed and what comes back stay as they are."""
    with transaction():
        plan = hold_plan(enrolment_id)
        left = programme.enrolment(enrolment_id).withdrawn_on is not None
        if plan.change_key == key:
            if not left:
                raise NotPossible(OTHER_CHANGE)
            return
        if left:
            raise NotPossible("This student has left already.")
        change_plan(plan, version, key)
        programme.withdraw(enrolment_id, on=clock.today(), by=by)
        audit.record("plan:left", subject=f"plan:{plan.id}", actor_id=by, detail=reason)
        letters.left_funded(enrolment_id, queries.position_of(enrolment_id).owes, reason)
