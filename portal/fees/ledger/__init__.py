"""Writing and summing the ledger. Nothing else in the portal touches `LedgerEntry`."""

from portal.fees.ledger.summing import balances, moves, owed, standing_on
from portal.fees.ledger.writing import (
    Posting,
    SourceReused,
    Unbalanced,
    post,
    post_all,
    posted,
    sources_among,
)

__all__ = [
    "Posting",
    "SourceReused",
    "Unbalanced",
    "balances",
    "moves",
    "owed",
    "post",
    "post_all",
    "posted",
    "sources_among",
    "standing_on",
]
