"""What could go into the next order."""

from itertools import groupby
from typing import Any, NamedTuple

from peewee import JOIN

from portal.fees import Payer, masked
from portal.payouts.models import PaymentOrder, Transfer
from portal.payouts.rules import LIVING
from portal.programme import Enrolment, Student
from portal.refunds.models import Refund, RefundShare
from portal.refunds.rules import RefundState

#: Parts on one page: more are not looked through, and follow when these are in an order.
MOST = 1000


class DueRow(NamedTuple):
    """One payer's part of an approved refund; `account` is masked, empty when one is missing.

    `tick_cents` is what the whole refund adds to an order: on its first part, when every part is ready.
    """

    refund_id: int
    number: str
    name: str
    cents: int
    account: str
    payee: str
    blocked_by: str
    enrolment_id: int
    tick_cents: int = 0


def due_rows() -> tuple[list[DueRow], bool]:
    """Approved refunds, oldest first, each with all its parts, about a thousand; and whether there are more; one query."""
    living = Transfer.alias()
    rows: Any = (
        RefundShare.select(
            Refund.id,
            Refund.number,
            Student.family_name,
            Student.given_names,
            RefundShare.amount_cents,
            Payer.iban,
            Payer.name,
            PaymentOrder.number,
            Refund.enrolment,
        )
        .join(Refund)
        .join(Enrolment)
        .join(Student)
        .switch(RefundShare)
        .join(Payer)
        .switch(RefundShare)
        .join(
            living,
            JOIN.LEFT_OUTER,
            on=(living.refund == RefundShare.refund)
            & (living.payer == RefundShare.payer)
            & living.state.in_(LIVING),
        )
        .join(PaymentOrder, JOIN.LEFT_OUTER, on=living.order == PaymentOrder.id)
        .where((Refund.state == RefundState.APPROVED) & RefundShare.paid_at.is_null())
        .order_by(Refund.id, RefundShare.id)
        .limit(MOST + 1)
        .tuples()
    )
    parts = [
        DueRow(key, number, f"{family}, {given}", cents, masked(iban), payee, order or "", enrolled)
        for key, number, family, given, cents, iban, payee, order, enrolled in rows
    ]
    more = len(parts) > MOST
    refunds = _by_refund(parts)
    shown = [
        part._replace(tick_cents=cents if n == 0 else 0)
        for several in (refunds[:-1] if more else refunds)  # the last one may have been cut
        for cents in [_ready_cents(several)]
        for n, part in enumerate(several)
    ]
    return shown, more


def _by_refund(parts: list[DueRow]) -> list[list[DueRow]]:
    return [list(several) for _, several in groupby(parts, key=lambda part: part.refund_id)]


def _ready_cents(several: list[DueRow]) -> int:
    """An order pays a refund whole or not at all: 0 when one of its parts cannot go."""
    ready = all(part.account and not part.blocked_by for part in several)
    return sum(part.cents for part in several) if ready else 0
