"""Money going back to those who paid, decided by two people."""

from portal.refunds.queries import (
    Heap,
    Row,
    Wanted,
    export_rows,
    heaps,
    of_enrolment,
    promised_by_enrolment,
    to_pay_count,
    touched_by,
    waiting_count,
)
from portal.refunds.rules import LABELS, TABS, RefundState
from portal.refunds.service import open_for_contract, reconsider, withdraw_for_contract

__all__ = [
    "LABELS",
    "TABS",
    "Heap",
    "RefundState",
    "Row",
    "Wanted",
    "export_rows",
    "heaps",
    "of_enrolment",
    "open_for_contract",
    "promised_by_enrolment",
    "reconsider",
    "to_pay_count",
    "touched_by",
    "waiting_count",
    "withdraw_for_contract",
]
