"""What an enrolment costs, who pays it, and the ledger of every cent that moved."""

from portal.fees.models import MoneyPolicy, Payer
from portal.fees.queries import (
    lines_of,
    next_due,
    overdue,
    overdue_count,
    owed_by_enrolment,
    policy_on,
    position_of,
    timeline_of,
)
from portal.fees.rules import (
    Funding,
    Item,
    ItemKind,
    Line,
    PayerKind,
    PlanKind,
    Position,
    Receipt,
    ToPay,
    to_pay,
)
from portal.fees.service import (
    add_payer,
    apply_funding,
    open_plan,
    post_payout,
    post_refund,
    record_payment,
    student_payer,
)

__all__ = [
    "Funding",
    "Item",
    "ItemKind",
    "Line",
    "MoneyPolicy",
    "Payer",
    "PayerKind",
    "PlanKind",
    "Position",
    "Receipt",
    "ToPay",
    "add_payer",
    "apply_funding",
    "lines_of",
    "next_due",
    "open_plan",
    "overdue",
    "overdue_count",
    "owed_by_enrolment",
    "policy_on",
    "position_of",
    "post_payout",
    "post_refund",
    "record_payment",
    "student_payer",
    "timeline_of",
    "to_pay",
]
