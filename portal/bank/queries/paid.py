"""Payments that a line may tell again or take back."""

from datetime import date
from typing import Any

from portal import fees
from portal.bank.models import Allocation, BankLine
from portal.bank.rules import Entry, Payment
from portal.kernel.db import chunks


def paid_near(entries: list[Entry]) -> list[Payment]:
    """Payments of the same days, which a line may repeat, and of the same sums, which a debit may take back."""
    if not entries:
        return []
    days = sorted({day for entry in entries for day in entry.days})
    taken = sorted({-entry.cents for entry in entries if entry.cents < 0})
    valued = _valued_on(days)
    return [
        Payment(
            one.payment_id,
            one.payer_id,
            one.cents,
            one.received_on,
            one.end_to_end,
            valued_on=valued.get(one.payment_id),
        )
        for one in _payments(days, taken, set(valued))
    ]


def _payments(days: list[date], taken: list[int], more: set[int]) -> list[fees.PaidBefore]:
    found = {one.payment_id: one for some in chunks(days) for one in fees.paid_on(some)}
    for sums in chunks(taken):
        found |= {one.payment_id: one for one in fees.paid_sums(sums)}
    for ids in chunks(sorted(more - set(found))):
        others = fees.paid_before(ids)
        found |= {key: one for key, one in others.items() if not one.reversed}
    return list(found.values())


def _valued_on(days: list[date]) -> dict[int, date]:
    """Payments, by their ids, of lines that count from one of these days and were booked on another."""
    found: dict[int, date] = {}
    for some in chunks(days):
        rows: Any = (
            Allocation.select(Allocation.payment, BankLine.valued_on)
            .join(BankLine)
            .where(BankLine.valued_on.in_(some) & Allocation.undone_at.is_null())
            .tuples()
        )
        found |= dict(rows)
    return found
