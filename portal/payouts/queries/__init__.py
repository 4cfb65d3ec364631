"""What screens and the statement room read about payment orders."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from peewee import JOIN, fn

from portal.fees import masked
from portal.identity import Person
from portal.kernel.errors import Missing, NotPossible
from portal.payouts.models import PaymentOrder, Transfer
from portal.payouts.queries.due import DueRow, due_rows
from portal.payouts.queries.listing import PER_PAGE, OrderRow, orders
from portal.payouts.rules import OrderState, TransferState, standing_of
from portal.refunds.rules import Whereabouts

__all__ = [
    "DueRow",
    "OrderFile",
    "OrderRow",
    "TransferRow",
    "document_of",
    "due_rows",
    "in_same_orders",
    "order_file",
    "ordered_transfers",
    "orders",
    "sent_transfers",
    "waiting_orders",
    "whereabouts",
]
CHUNK = 500
#: Orders that a statement may still tell: a school sends a few a week.
LATEST = 50
Releaser = Person.alias("releaser")


class TransferRow(NamedTuple):
    end_to_end: str
    holder: str
    cents: int
    account: str
    state: str
    reason_code: str
    reason_text: str
    refund_id: int


@dataclass(frozen=True)
class OrderFile:
    order: PaymentOrder
    prepared_by: str
    released_by: str
    closed_by: str
    in_flight_cents: int
    transfers: list[TransferRow]
    more: bool

    @property
    def standing(self) -> str:
        return standing_of(self.order.state, in_flight=self.in_flight_cents)


def order_file(order_id: int, page: int = 1) -> OrderFile:
    """One order with a page of its transfers, those with trouble first; three queries."""
    order = (
        PaymentOrder.select(PaymentOrder, Person.id, Person.name, Releaser.id, Releaser.name)
        .join(Person, on=PaymentOrder.prepared_by)
        .switch(PaymentOrder)
        .join(
            Releaser, JOIN.LEFT_OUTER, on=PaymentOrder.released_by == Releaser.id, attr="releaser"
        )
        .where(PaymentOrder.id == order_id)
        .first()
    )
    if order is None:
        raise Missing("There is no such payment order.")
    found = list(
        Transfer.select()
        .where(Transfer.order == order_id)
        .order_by(Transfer.answered_at.is_null(), Transfer.state.desc(), Transfer.id)
        .limit(PER_PAGE + 1)
        .offset((page - 1) * PER_PAGE)
    )
    releaser = getattr(order, "releaser", None)
    return OrderFile(
        order,
        order.prepared_by.name,
        releaser.name if releaser else "",
        order.closed_by.name if order.closed_by_id else "",
        _in_flight(order),
        [_row(one) for one in found[:PER_PAGE]],
        len(found) > PER_PAGE,
    )


def _in_flight(order: PaymentOrder) -> int:
    """What the bank has and did not tell the end of, in cents; one query for a released order."""
    if order.state != OrderState.RELEASED:
        return 0
    mine = (Transfer.order == order.id) & (Transfer.state == TransferState.SENT)
    return int(Transfer.select(fn.SUM(Transfer.amount_cents)).where(mine).scalar() or 0)


def document_of(order_id: int) -> tuple[str, bytes]:
    """File name and bytes for the bank; `NotPossible` before the release: it must not be sent."""
    order = PaymentOrder.find(order_id)
    if order.state != OrderState.RELEASED:
        raise NotPossible("Only a released order is given to the bank.")
    return f"{order.number}.xml", order.document


def sent_transfers(numbers: list[str]) -> dict[str, tuple[int, int, str]]:
    """Our transfers among these EndToEndIds: id, cents, state; a query for every five hundred."""
    found: dict[str, tuple[int, int, str]] = {}
    for start in range(0, len(numbers), CHUNK):
        rows: Any = (
            Transfer.select(Transfer.end_to_end, Transfer.id, Transfer.amount_cents, Transfer.state)
            .where(
                Transfer.end_to_end.in_(numbers[start : start + CHUNK])
                & (Transfer.state != TransferState.WITHDRAWN)
            )
            .tuples()
        )
        found |= {number: (key, int(cents), state) for number, key, cents, state in rows}
    return found


class Ordered(NamedTuple):
    order: str
    transfer_id: int
    cents: int
    state: str


def ordered_transfers() -> list[Ordered]:
    """Every transfer of the latest orders that went to the bank, by order; one query."""
    latest = (
        PaymentOrder.select(PaymentOrder.id)
        .where(PaymentOrder.state == OrderState.RELEASED)
        .order_by(PaymentOrder.id.desc())
        .limit(LATEST)
    )
    rows: Any = (
        Transfer.select(PaymentOrder.number, Transfer.id, Transfer.amount_cents, Transfer.state)
        .join(PaymentOrder)
        .where(Transfer.order.in_([one.id for one in latest]))
        .order_by(Transfer.id)
        .tuples()
    )
    return [Ordered(*row) for row in rows]


def in_same_orders(transfer_ids: list[int]) -> set[int]:
    """All transfers of the orders that hold these."""
    mine = Transfer.select(Transfer.order).where(Transfer.id.in_(transfer_ids))
    rows: Any = Transfer.select(Transfer.id).where(Transfer.order.in_(mine)).tuples()
    return {key for (key,) in rows} if transfer_ids else set()


def whereabouts(refund_id: int) -> Whereabouts:
    """Was money for this refund sent of which the bank has not told the end, or is it in an order? One query."""
    away = (TransferState.SENT, TransferState.WAITING)
    mine = (Transfer.refund == refund_id) & Transfer.state.in_(away)
    states = {one.state for one in Transfer.select(Transfer.state).where(mine)}
    if TransferState.SENT in states:
        return Whereabouts.SENT
    return Whereabouts.PREPARED if states else Whereabouts.WITH_US


def waiting_orders() -> int:
    """How many orders wait for their release; one query."""
    return (
        PaymentOrder.select(fn.COUNT(PaymentOrder.id))
        .where(PaymentOrder.state == OrderState.PREPARED)
        .scalar()
    )


def _row(one: Transfer) -> TransferRow:
    return TransferRow(
        one.end_to_end,
        one.holder,
        one.amount_cents,
        masked(one.iban),
        one.state,
        one.reason_code,
        one.reason_text,
        one.refund_id,
    )
