"""Adding and cancelling the lines of a plan; no line is ever rewritten. The enrolment is held by the caller."""

from collections.abc import Iterable

from peewee import fn

from portal.fees import queries
from portal.fees.models import Instalment, PaymentPlan
from portal.fees.rules import Line, PlanLine, missing_from, respread
from portal.kernel import clock
from portal.kernel.money import Cents


def add_lines(plan: PaymentPlan, lines: Iterable[PlanLine]) -> None:
    last = Instalment.select(fn.MAX(Instalment.position)).where(Instalment.plan == plan).scalar()
    first = 0 if last is None else last + 1
    for position, line in enumerate(lines, start=first):
        Instalment.create(
            plan=plan,
            position=position,
            kind=line.kind,
            due_on=line.due_on,
            amount_cents=line.cents,
        )


def cancel_lines(lines: Iterable[Line], source: str) -> int:
    """Strike these lines out because of `source`; returns how many were still standing."""
    return (
        Instalment.update(cancelled_at=clock.now(), cancelled_by_source=source)
        .where(Instalment.id.in_([line.id for line in lines]) & Instalment.cancelled_at.is_null())
        .execute()
    )


def ask_for(plan: PaymentPlan, owed: Cents, before: Iterable[Line]) -> tuple[Cents, ...]:
    """New lines for `owed` over the dates that lines `before` were not paid for; returns their amounts."""
    days = [line.due_on for line in before if line.cancelled or line.open]
    added = respread(owed, days, clock.today()) if owed else []
    add_lines(plan, added)
    return tuple(line.cents for line in added)


def ask_for_what_is_missing(enrolment_id: int) -> None:
    """Money went back or was taken back: where more is owed than lines ask for, add what is missing."""
    plan = queries.plan_of(enrolment_id)
    if plan is None:
        return
    owes = queries.position_of(enrolment_id).owes
    lines = queries.lines_of(enrolment_id, owes)
    ask_for(plan, missing_from(lines, owes), lines)
