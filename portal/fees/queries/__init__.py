"""What screens and other rooms read about money; nothing here writes."""

from portal.fees.queries.account import StudentAccount, account_of, timeline_of
from portal.fees.queries.file import money_file, payer_of, statement_of
from portal.fees.queries.office import (
    PaymentPage,
    Till,
    payment,
    payments,
    students_matching,
    till_of,
)
from portal.fees.queries.standing import (
    lines_of,
    next_due,
    overdue,
    overdue_count,
    owed_by_enrolment,
    payers_of,
    plan_of,
    policy_on,
    position_of,
    preview_funding,
    price_of,
    recently_changed,
    schedule_of,
)

__all__ = [
    "PaymentPage",
    "StudentAccount",
    "Till",
    "account_of",
    "lines_of",
    "money_file",
    "next_due",
    "overdue",
    "overdue_count",
    "owed_by_enrolment",
    "payer_of",
    "payers_of",
    "payment",
    "payments",
    "plan_of",
    "policy_on",
    "position_of",
    "preview_funding",
    "price_of",
    "recently_changed",
    "schedule_of",
    "statement_of",
    "students_matching",
    "till_of",
    "timeline_of",
]
