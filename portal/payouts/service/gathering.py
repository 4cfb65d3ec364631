"""What approved refunds still owe, and to which accounts."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from peewee import fn

from portal.fees import Payer, payable
from portal.kernel.errors import NotPossible
from portal.payouts.models import Transfer
from portal.payouts.rules import TransferState, end_to_end
from portal.refunds.models import Refund, RefundShare

CHUNK = 400
UNANSWERED = (TransferState.WAITING, TransferState.SENT)


class Due(NamedTuple):
    """A share that is to be paid: where to, and under which number."""

    refund_id: int
    payer_id: int
    cents: int
    iban: str
    holder: str
    number: str


def check_free(refunds: Sequence[Refund]) -> None:
    """`NotPossible` when one of these held refunds is in another order; one query for every four hundred."""
    for start in range(0, len(refunds), CHUNK):
        some = [refund.id for refund in refunds[start : start + CHUNK]]
        living = Transfer.refund.in_(some) & Transfer.state.in_(UNANSWERED)
        if Transfer.select().where(living).exists():
            raise NotPossible("One of these refunds is in another order already.")


def due_of(refunds: Sequence[Refund]) -> list[Due]:
    """What these refunds still owe, each share with its account and its number; three queries."""
    numbers = {refund.id: refund.number for refund in refunds}
    shares = _shares(list(numbers))
    counts = Counter(refund_id for refund_id, *_ in shares)
    attempts = _attempts(list(numbers))
    seen: Counter[int] = Counter()
    due = []
    for refund_id, payer_id, cents, paid_at, name, iban, holder in shares:
        seen[refund_id] += 1
        if paid_at is not None:
            continue
        if not iban:
            raise NotPossible("No bank account is known for %(name)s.", name=name)
        if not payable(iban):
            raise NotPossible("No SEPA transfer can reach the account of %(name)s.", name=name)
        number = end_to_end(
            numbers[refund_id],
            share=seen[refund_id],
            shares=counts[refund_id],
            attempt=attempts.get((refund_id, payer_id), 0) + 1,
        )
        due.append(Due(refund_id, payer_id, cents, iban, holder or name, number))
    return due


def _shares(refund_ids: list[int]) -> list[tuple]:
    found: list[tuple] = []
    for start in range(0, len(refund_ids), CHUNK):
        rows: Any = (
            RefundShare.select(
                RefundShare.refund,
                RefundShare.payer,
                RefundShare.amount_cents,
                RefundShare.paid_at,
                Payer.name,
                Payer.iban,
                Payer.account_holder,
            )
            .join(Payer)
            .where(RefundShare.refund.in_(refund_ids[start : start + CHUNK]))
            .order_by(RefundShare.refund, RefundShare.id)
            .tuples()
        )
        found.extend(rows)
    return found


def _attempts(refund_ids: list[int]) -> dict[tuple[int, int], int]:
    """How often each share was in an order before."""
    found: dict[tuple[int, int], int] = {}
    for start in range(0, len(refund_ids), CHUNK):
        rows: Any = (
            Transfer.select(Transfer.refund, Transfer.payer, fn.COUNT(Transfer.id))
            .where(Transfer.refund.in_(refund_ids[start : start + CHUNK]))
            .group_by(Transfer.refund, Transfer.payer)
            .tuples()
        )
        found |= {(refund_id, payer_id): int(count) for refund_id, payer_id, count in rows}
    return found


def check_as_prepared(order_id: int, refunds: Sequence[Refund]) -> None:
    """`NotPossible` when a share or an account is not what the frozen file says any more; two queries."""
    rows: Any = (
        Transfer.select(Transfer.refund, Transfer.payer, Transfer.amount_cents, Transfer.iban)
        .where(Transfer.order == order_id)
        .tuples()
    )
    owed = {
        (refund_id, payer_id, cents, iban)
        for refund_id, payer_id, cents, paid_at, _, iban, _ in _shares([one.id for one in refunds])
        if paid_at is None
    }
    if set(rows) != owed:
        raise NotPossible(
            "A refund or an account in this order was changed. Withdraw the order and prepare a new one."
        )
