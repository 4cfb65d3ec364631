"""Whoever changes several transfers holds their refunds first, then the enrolments, each by rising id."""

from collections.abc import Iterable
from typing import Any

from portal import fees
from portal.kernel.db import chunks
from portal.payouts.models import Transfer
from portal.refunds.models import Refund


def hold_refunds(transfer_ids: Iterable[int | str]) -> None:
    """Hold the refunds behind these transfers, in the order of their ids."""
    wanted = [int(key) for key in transfer_ids]
    refunds: set[int] = set()
    for some in chunks(wanted):
        rows: Any = Transfer.select(Transfer.refund).where(Transfer.id.in_(some)).tuples()
        refunds |= {refund_id for (refund_id,) in rows}
    Refund.hold_all(refunds)


def hold_order(order_id: int) -> None:
    """Hold all that the bank's answer to an order may change: its refunds, then their enrolments."""
    rows: Any = (
        Transfer.select(Transfer.refund, Transfer.payer).where(Transfer.order == order_id).tuples()
    )
    parts = list(rows)
    Refund.hold_all(refund_id for refund_id, _ in parts)
    fees.hold_enrolments([payer_id for _, payer_id in parts], [])
