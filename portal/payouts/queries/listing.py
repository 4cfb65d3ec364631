"""The list of payment orders, with how far their end is known."""

from datetime import date, datetime
from typing import Any, NamedTuple

from peewee import fn

from portal.payouts.models import PaymentOrder, Transfer
from portal.payouts.rules import TransferState, standing_of

PER_PAGE = 50


class OrderRow(NamedTuple):
    """An order in the list: how many of its transfers are still at the bank, how many came back."""

    id: int
    number: str
    state: str
    execution_on: date
    transfers: int
    control_sum_cents: int
    prepared_at: datetime
    in_flight: int
    back: int

    @property
    def standing(self) -> str:
        return standing_of(self.state, in_flight=self.in_flight)


def orders(page: int) -> tuple[list[OrderRow], bool]:
    """Newest first, without their files, and whether there are more; one query."""
    found: Any = (
        PaymentOrder.select(
            PaymentOrder.id,
            PaymentOrder.number,
            PaymentOrder.state,
            PaymentOrder.execution_on,
            PaymentOrder.transfers,
            PaymentOrder.control_sum_cents,
            PaymentOrder.prepared_at,
            _count(TransferState.SENT),
            _count(TransferState.REJECTED, TransferState.RETURNED),
        )
        .order_by(PaymentOrder.id.desc())
        .limit(PER_PAGE + 1)
        .offset((page - 1) * PER_PAGE)
        .tuples()
    )
    rows = [OrderRow(*facts) for facts in found]
    return rows[:PER_PAGE], len(rows) > PER_PAGE


def _count(*states: TransferState) -> Any:
    mine = (Transfer.order == PaymentOrder.id) & Transfer.state.in_(states)
    return Transfer.select(fn.COUNT(Transfer.id)).where(mine)
