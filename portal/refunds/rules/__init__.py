"""The money rules of a refund, and its life."""

from portal.refunds.rules.calculation import (
    SENTENCES,
    Calculation,
    Given,
    Share,
    Step,
    share_out,
    work_out,
)
from portal.refunds.rules.life import (
    ALREADY,
    LABELS,
    PENDING,
    TABS,
    RefundState,
    approvals_for,
    check_decider,
    check_move,
    check_second,
)

__all__ = [
    "ALREADY",
    "LABELS",
    "PENDING",
    "SENTENCES",
    "TABS",
    "Calculation",
    "Given",
    "RefundState",
    "Share",
    "Step",
    "approvals_for",
    "check_decider",
    "check_move",
    "check_second",
    "share_out",
    "work_out",
]
