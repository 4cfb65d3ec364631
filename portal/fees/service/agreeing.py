"""A plan made by hand, and a line put off. Lines that were are struck out, never rewritten."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from portal import audit
from portal.fees import letters, queries
from portal.fees.models import Instalment, PaymentPlan
from portal.fees.rules import LineKind, PlanLine, check_after_paid, check_agreed, check_postponed
from portal.fees.service.lines import add_lines, cancel_lines
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import Missing, NotPossible, Stale
from portal.kernel.i18n import mark
from portal.kernel.money import Cents
from portal.programme import Enrolment

OTHER_CHANGE = mark("This click was already used for another change of the plan.")


def agree(
    enrolment_id: int,
    *,
    lines: Sequence[tuple[date, Cents]],
    reason: str,
    version: int,
    key: str,
    by: int,
) -> None:
    """Replace what is still open by `lines` (day and cents), which sum to what is owed. Once per `key`.

    `NotPossible` for another sum, days that cannot be or lie before what is paid, or a student who
    owes nothing; `Stale` when the plan changed meanwhile.
    """
    with transaction():
        plan = hold_plan(enrolment_id)
        if plan.change_key == key:
            check_told(plan, lines)
            return
        owes = queries.position_of(enrolment_id).owes
        check_agreed(lines, owes, clock.today())
        standing = queries.lines_of(enrolment_id, owes)
        check_after_paid(lines, standing)
        change_plan(plan, version, key)
        cancel_lines([line for line in standing if line.open], f"plan:{plan.id}:{version + 1}")
        add_lines(plan, [PlanLine(LineKind.AGREED, day, cents) for day, cents in sorted(lines)])
        audit.record("plan:agreed", subject=f"plan:{plan.id}", actor_id=by, detail=reason)
        letters.plan_agreed(enrolment_id, lines, reason)


def postpone(
    enrolment_id: int, line_id: int, *, to: date, reason: str, version: int, key: str, by: int
) -> None:
    """Ask for what is left of one line on a later day. Refusals as for `agree`; `Missing` for another's line."""
    with transaction():
        plan = hold_plan(enrolment_id)
        if plan.change_key == key:
            _check_put_off(plan, line_id, to, version)
            return
        owes = queries.position_of(enrolment_id).owes
        lines = queries.lines_of(enrolment_id, owes)
        line = next((one for one in lines if one.id == line_id), None)
        if line is None:
            raise Missing("There is no such record.")
        if not line.open:
            raise NotPossible("This line is paid or cancelled: there is nothing to put off.")
        check_postponed(line.due_on, to, clock.today())
        change_plan(plan, version, key)
        cancel_lines([line], f"plan:{plan.id}:{version + 1}")
        add_lines(plan, [PlanLine(LineKind.AGREED, to, line.rest)])
        audit.record("plan:postponed", subject=f"plan:{plan.id}", actor_id=by, detail=reason)
        letters.line_postponed(enrolment_id, line.rest, line.due_on, to, reason)


def pause_reminders(enrolment_id: int, *, until: date | None, reason: str, by: int) -> None:
    """Send this student no reminder up to and including `until`; None sends them again."""
    with transaction():
        plan = hold_plan(enrolment_id)
        PaymentPlan.update(reminders_paused_until=until).where(PaymentPlan.id == plan.id).execute()
        detail = f"{until.isoformat() if until else 'off'}: {reason}"
        audit.record("plan:reminders-paused", subject=f"plan:{plan.id}", actor_id=by, detail=detail)


def check_told(plan: PaymentPlan, lines: Sequence[tuple[date, Cents]]) -> None:
    """A click that changed the plan already laid out these lines, whatever became of them since."""
    there = Counter((one.due_on, one.amount_cents) for one in _agreed(plan))
    if Counter(lines) - there:
        raise NotPossible(OTHER_CHANGE)


def _check_put_off(plan: PaymentPlan, line_id: int, to: date, version: int) -> None:
    mine = (Instalment.plan == plan) & (Instalment.id == line_id)
    struck = mine & (Instalment.cancelled_by_source == f"plan:{plan.id}:{version + 1}")
    put_off = Instalment.select().where(struck).exists()
    if not put_off or to not in {one.due_on for one in _agreed(plan)}:
        raise NotPossible(OTHER_CHANGE)


def _agreed(plan: PaymentPlan) -> list[Instalment]:
    mine = (Instalment.plan == plan) & (Instalment.kind == LineKind.AGREED)
    return list(Instalment.select().where(mine))


def hold_plan(enrolment_id: int) -> PaymentPlan:
    """The plan, while its enrolment is held; `NotPossible` when none was opened."""
    Enrolment.hold(enrolment_id)
    plan = queries.plan_of(enrolment_id)
    if plan is None:
        raise NotPossible("There is no payment plan yet.")
    return plan


def change_plan(plan: PaymentPlan, version: int, key: str) -> None:
    """Guarded by the version that was on the screen; `Stale` when the plan moved on."""
    changed = (
        PaymentPlan.update(version=version + 1, change_key=key)
        .where((PaymentPlan.id == plan.id) & (PaymentPlan.version == version))
        .execute()
    )
    if not changed:
        raise Stale("Somebody changed this plan while you were looking at it.")
