"""What screens and other rooms read about money; nothing here writes."""

from portal.fees.queries.account import StudentAccount, account_of, timeline_of
from portal.fees.queries.standing import (
    lines_of,
    next_due,
    overdue_count,
    owed_by_enrolment,
    payers_of,
    plan_of,
    policy_on,
    position_of,
    price_of,
    schedule_of,
)

__all__ = [
    "StudentAccount",
    "account_of",
    "lines_of",
    "next_due",
    "overdue_count",
    "owed_by_enrolment",
    "payers_of",
    "plan_of",
    "policy_on",
    "position_of",
    "price_of",
    "schedule_of",
    "timeline_of",
]
