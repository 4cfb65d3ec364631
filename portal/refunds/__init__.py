"""Money going back to those who paid, decided by two people."""

from portal.refunds.queries import (
    Heap,
    Row,
    Wanted,
    effect_of,
    expect_transfers,
    heaps,
    of_enrolment,
    returning_to,
    to_pay_count,
    touched_by,
    waiting_count,
)
from portal.refunds.reports import every, heaps_of, numbers_of, waiting_by_enrolment
from portal.refunds.rules import LABELS, TABS, RefundState
from portal.refunds.service import (
    open_for_answer,
    open_for_contract,
    reconsider,
    withdraw_for_contract,
)

__all__ = [
    "LABELS",
    "TABS",
    "Heap",
    "RefundState",
    "Row",
    "Wanted",
    "effect_of",
    "every",
    "expect_transfers",
    "heaps",
    "heaps_of",
    "numbers_of",
    "of_enrolment",
    "open_for_answer",
    "open_for_contract",
    "reconsider",
    "returning_to",
    "to_pay_count",
    "touched_by",
    "waiting_by_enrolment",
    "waiting_count",
    "withdraw_for_contract",
]
