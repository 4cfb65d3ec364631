"""Whoever changes several transfers holds their refunds first, then the enrolments, each by rising id."""

from collections.abc import Iterable
from typing import Any

from portal import fees
from portal.kernel.db import chunks
from portal.payouts.models import Transfer
from portal.refunds.models import Refund


def hold_refunds(transfer_ids: Iterable[int | str]) -> list[int]:
    """Hold the refunds behind these transfers, in the order of their ids.

    Returns who is paid by them: whoever changes the transfers holds the enrolments of these payers next,
    with all others it needs.
    """
    wanted = [int(key) for key in transfer_ids]
    parts: set[tuple[int, int]] = set()
    for some in chunks(wanted):
        rows: Any = Transfer.select(Transfer.refund, Transfer.payer).where(Transfer.id.in_(some))
        parts |= set(rows.tuples())
    Refund.hold_all(refund_id for refund_id, _ in parts)
    return [payer_id for _, payer_id in parts]


def hold_order(order_id: int) -> None:
    """Hold all that the bank's answer to an order may change: its refunds, then their enrolments."""
    mine = Transfer.select(Transfer.id).where(Transfer.order == order_id)
    fees.hold_enrolments(hold_refunds([one.id for one in mine]), [])
