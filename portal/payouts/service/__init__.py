"""Decisions about payment orders. One function, one decision, one transaction."""

from portal.payouts.service.answering import (
    came_back,
    executed,
    executed_all,
    executed_order,
    read_answer,
)
from portal.payouts.service.closing import executed_by_word, never_taken
from portal.payouts.service.holding import hold_refunds
from portal.payouts.service.ordering import prepare, release, withdraw
from portal.payouts.service.resealing import reseal

__all__ = [
    "came_back",
    "executed",
    "executed_all",
    "executed_by_word",
    "executed_order",
    "hold_refunds",
    "never_taken",
    "prepare",
    "read_answer",
    "release",
    "reseal",
    "withdraw",
]
