"""Approved refunds leave the bank: orders prepared by one person, released by another, answered by the bank."""

from portal.payouts.queries import (
    in_same_orders,
    ordered_transfers,
    sent_transfers,
    waiting_orders,
    whereabouts,
)
from portal.payouts.reading import is_answer
from portal.payouts.rules import TransferState
from portal.payouts.service import (
    came_back,
    executed,
    executed_all,
    executed_order,
    hold_refunds,
    read_answer,
    reseal,
)

__all__ = [
    "TransferState",
    "came_back",
    "executed",
    "executed_all",
    "executed_order",
    "hold_refunds",
    "in_same_orders",
    "is_answer",
    "ordered_transfers",
    "read_answer",
    "reseal",
    "sent_transfers",
    "waiting_orders",
    "whereabouts",
]
