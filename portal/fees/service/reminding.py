"""Letters about lines that fall due: one for each line and step, whoever runs this how often."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from portal.fees import ledger, payer_letters
from portal.fees.models import Instalment, PaymentPlan, Reminder
from portal.fees.queries import lines_of
from portal.fees.rules import BEFORE, Line, step_due
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.programme import Enrolment


def remind() -> int:
    """Write to everybody whose line is near or late, unless the school paused it; returns how many letters."""
    return sum(_remind_one(enrolment_id) for enrolment_id in _concerned())


def _concerned() -> list[int]:
    """Enrolments with a standing line that is due within a week or late, and not paused; one query."""
    today = clock.today()
    rows: Any = (
        PaymentPlan.select(PaymentPlan.enrolment)
        .join(Instalment)
        .where(
            Instalment.cancelled_at.is_null()
            & (Instalment.due_on <= today - timedelta(days=BEFORE))
            & (
                PaymentPlan.reminders_paused_until.is_null()
                | (PaymentPlan.reminders_paused_until < today)
            )
        )
        .distinct()
        .tuples()
    )
    return [enrolment_id for (enrolment_id,) in rows]


def _remind_one(enrolment_id: int) -> int:
    with transaction():
        Enrolment.hold(enrolment_id)
        owes = ledger.owed([enrolment_id])[enrolment_id]
        lines = [line for line in lines_of(enrolment_id, owes) if line.open]
        sent = _sent([line.id for line in lines])
        due = [(line, step_due(_days_late(line), sent[line.id])) for line in lines]
        letters_due = [(line, step) for line, step in due if step is not None]
        for line, step in letters_due:
            Reminder.create(instalment=line.id, step=step)
            payer_letters.reminder(enrolment_id, line, step)
        return len(letters_due)


def _days_late(line: Line) -> int:
    return (clock.today() - line.due_on).days


def _sent(line_ids: list[int]) -> dict[int, set[int]]:
    steps: dict[int, set[int]] = defaultdict(set)
    for reminder in Reminder.select().where(Reminder.instalment.in_(line_ids)):
        steps[reminder.instalment_id].add(reminder.step)
    return steps
