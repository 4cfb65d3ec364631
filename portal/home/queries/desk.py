"""What waits for a member of staff."""

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from peewee import fn

from portal import bank, fees, payouts, refunds
from portal.contracts import Contract, ContractState
from portal.refunds import Heap

REVIEWERS = {"registrar", "director"}
CASHIERS = {"finance", "director"}


@dataclass(frozen=True)
class Desk:
    """How much of each kind waits; None or empty where it is not this person's business."""

    contracts: int | None = None
    oldest: datetime | None = None
    refunds: dict[str, Heap] = field(default_factory=dict)
    bank_lines: int = 0
    orders: int = 0

    @property
    def clear(self) -> bool:
        heaps = [
            heap.refunds for tab, heap in self.refunds.items() if tab in ("to-approve", "to-pay")
        ]
        return not any([self.contracts, self.bank_lines, self.orders, *heaps])


def desk_of(permissions: Set[str]) -> Desk:
    """At most four queries; who is late takes a look at every account, so `late_count` is asked apart."""
    count, oldest = _contracts_waiting() if permissions & REVIEWERS else (None, None)
    if not permissions & CASHIERS:
        return Desk(count, oldest)
    return Desk(count, oldest, refunds.heaps(), bank.open_count(), payouts.waiting_orders())


def late_count() -> int:
    """How many enrolments are late; one query that grows with the school."""
    return fees.overdue_count()


def _contracts_waiting() -> tuple[int, datetime | None]:
    """How many contracts the school has to check, and since when the first of them waits."""
    rows: Any = (
        Contract.select(fn.COUNT(Contract.id), fn.MIN(Contract.submitted_at))
        .where(Contract.state == ContractState.SUBMITTED)
        .tuples()
    )
    count, oldest = rows[0]
    return int(count), oldest
