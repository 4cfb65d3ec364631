"""How transfers are numbered, written and answered: plain decisions."""

from portal.payouts.rules.answers import (
    Answer,
    Status,
    Told,
    check_answer,
    completed,
    gravest,
    last_word,
)
from portal.payouts.rules.contradictions import check_known
from portal.payouts.rules.life import (
    CLOSED_LABELS,
    LIVING,
    ORDER_LABELS,
    TRANSFER_LABELS,
    Closed,
    OrderState,
    TransferState,
    check_closer,
    check_executed_day,
    check_execution_day,
    check_releaser,
    check_wanted_day,
    standing_of,
)
from portal.payouts.rules.numbers import as_sepa, end_to_end

__all__ = [
    "CLOSED_LABELS",
    "LIVING",
    "ORDER_LABELS",
    "TRANSFER_LABELS",
    "Answer",
    "Closed",
    "OrderState",
    "Status",
    "Told",
    "TransferState",
    "as_sepa",
    "check_answer",
    "check_closer",
    "check_executed_day",
    "check_execution_day",
    "check_known",
    "check_releaser",
    "check_wanted_day",
    "completed",
    "end_to_end",
    "gravest",
    "last_word",
    "standing_of",
]
