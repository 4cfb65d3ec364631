"""The seal of a ledger transaction: a hash over it, its entries and the seal before it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

from portal.fees.rules.accounts import Entry


def chained(
    before: str,
    enrolment_id: int,
    number: int,
    source: str,
    posted_at: datetime,
    entries: Iterable[Entry],
) -> str:
    """SHA-256 in hex. The order of `entries` does not matter; everything else does."""
    instant = posted_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    sides = sorted(f"{one.account}:{one.payer_id or 0}:{one.cents}" for one in entries)
    facts = [before, str(enrolment_id), str(number), source, instant, *sides]
    return sha256("\n".join(facts).encode()).hexdigest()
