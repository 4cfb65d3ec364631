"""What an enrolment costs, who pays it, and the ledger of every cent that moved."""

from portal.fees.models import MoneyPolicy, Payer
from portal.fees.queries import owed_by_enrolment, policy_on, position_of
from portal.fees.rules import Funding, PayerKind, PlanKind, Position, Receipt
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
    "MoneyPolicy",
    "Payer",
    "PayerKind",
    "PlanKind",
    "Position",
    "Receipt",
    "add_payer",
    "apply_funding",
    "open_plan",
    "owed_by_enrolment",
    "policy_on",
    "position_of",
    "post_payout",
    "post_refund",
    "record_payment",
    "student_payer",
]
