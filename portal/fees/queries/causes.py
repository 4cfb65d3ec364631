"""What caused the transactions of an enrolment, when, and under which policy."""

from datetime import datetime
from typing import Any, NamedTuple

from peewee import JOIN, fn

from portal.fees.models import LedgerEntry, LedgerTransaction, MoneyPolicy
from portal.fees.queries.standing import policy_on
from portal.kernel import clock


class Cause(NamedTuple):
    """A transaction's `source`, when it was posted, and whether it moved any money."""

    source: str
    at: datetime
    moved: bool


def causes_of(enrolment_id: int, what: str) -> list[Cause]:
    """What was posted for sources that begin with `what` ("contract:"), oldest first; one query."""
    mine = (LedgerTransaction.enrolment == enrolment_id) & LedgerTransaction.source.startswith(what)
    rows: Any = (
        LedgerTransaction.select(
            LedgerTransaction.source, LedgerTransaction.posted_at, fn.COUNT(LedgerEntry.id)
        )
        .join(LedgerEntry, JOIN.LEFT_OUTER)
        .where(mine)
        .group_by(LedgerTransaction.id, LedgerTransaction.source, LedgerTransaction.posted_at)
        .order_by(LedgerTransaction.number)
        .tuples()
    )
    return [Cause(source, at, count > 0) for source, at, count in rows]


def policy_at(moment: datetime) -> MoneyPolicy:
    """The money policy in force then, also when another was written later that day; two queries at most."""
    day = clock.school_time(moment).date()
    known = (MoneyPolicy.valid_from <= day) & (MoneyPolicy.created_at <= moment)
    policy = MoneyPolicy.select().where(known).order_by(MoneyPolicy.version.desc()).first()
    return policy or policy_on(day)
