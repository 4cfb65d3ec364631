"""Whoever changes several transfers holds their refunds first, then the enrolments, each by rising id."""

from collections.abc import Iterable
from typing import Any

from portal import fees
from portal.kernel.db import database
from portal.payouts.models import Transfer
from portal.refunds.models import Refund

CHUNK = 400


def hold_refunds(transfer_ids: Iterable[int | str]) -> None:
    """Hold the refunds behind these transfers, in the order of their ids."""
    wanted = [int(key) for key in transfer_ids]
    refunds: set[int] = set()
    for start in range(0, len(wanted), CHUNK):
        rows: Any = (
            Transfer.select(Transfer.refund)
            .where(Transfer.id.in_(wanted[start : start + CHUNK]))
            .tuples()
        )
        refunds |= {refund_id for (refund_id,) in rows}
    _hold(sorted(refunds))


def hold_order(order_id: int) -> None:
    """Hold all that the bank's answer to an order may change: its refunds, then their enrolments."""
    rows: Any = (
        Transfer.select(Transfer.refund, Transfer.payer).where(Transfer.order == order_id).tuples()
    )
    parts = list(rows)
    _hold(sorted({refund_id for refund_id, _ in parts}))
    fees.hold_enrolments([payer_id for _, payer_id in parts], [])


def _hold(refund_ids: list[int]) -> None:
    for start in range(0, len(refund_ids), CHUNK):
        some = Refund.select(Refund.id).where(Refund.id.in_(refund_ids[start : start + CHUNK]))
        list(some.order_by(Refund.id).for_update(database.for_update))
